package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/sizing"
)

// Footprint is what the models in memory take, and what hearth derives for them.
type Footprint struct {
	Pod    string        `json:"pod"`
	Models []LoadedModel `json:"models"`
	// DerivedBytes is what the models in memory need as hearth reckons, without
	// the headroom of the limit.
	DerivedBytes int64 `json:"derivedBytes"`
	// WorkingSetBytes is what the calibration of hearth is held against.
	WorkingSetBytes int64 `json:"workingSetBytes"`
	// AnonymousBytes of it are those that no file backs: what a limit has to hold.
	AnonymousBytes int64 `json:"anonymousBytes"`
	// At is when the kubelet measured: ten seconds ago, or a few more.
	At time.Time `json:"at"`
}

// LoadedModel is a model in memory.
type LoadedModel struct {
	// Name as the server spells it.
	Name string `json:"name"`
	// ContextLength in tokens of one request; DerivedContextLength is what hearth
	// reckons with, 0 where nothing is known of the model.
	ContextLength        int `json:"contextLength"`
	DerivedContextLength int `json:"derivedContextLength"`
}

func (m LoadedModel) String() string { return fmt.Sprintf("%s (%d tokens)", m.Name, m.ContextLength) }

// kubeletSummary is the kubelet's answer at /stats/summary, as far as it is read
// here (staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go).
type kubeletSummary struct {
	Pods []struct {
		PodRef struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"podRef"`
		Containers []struct {
			Name   string `json:"name"`
			Memory struct {
				Time            metav1.Time `json:"time"`
				WorkingSetBytes int64       `json:"workingSetBytes"`
				RSSBytes        int64       `json:"rssBytes"`
			} `json:"memory"`
		} `json:"containers"`
	} `json:"pods"`
}

// footprint holds what the models in memory take against what hearth derives for
// them, and their contexts. It stands after the questions, which load a model. The
// kubelet keeps no peak that leaves out file cache; what is in use after an answer
// is never above the peak, so that it can prove a limit too low, and no more than
// suggest one too high.
func (v *verifier) footprint(w *workload) check {
	return check{id: "footprint", subject: w.subject(), title: "the models take the memory that is derived", needs: w.modelKeys(), hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		if w.ollama.Accelerator != nil {
			return notChecked("an accelerator holds what it has room for, and nobody measures it here"), nil
		}
		server, err := v.ollama(ctx, w)
		if err != nil {
			return result{}, err
		}
		defer server.close()
		tags, err := server.loaded(ctx)
		if err != nil {
			return result{}, err
		}
		if len(tags) == 0 {
			return notChecked("no model is in memory"), nil
		}
		seen, contexts := Footprint{}, map[string]int{}
		for _, t := range tags {
			seen.Models = append(seen.Models, LoadedModel{Name: t.Name, ContextLength: t.ContextLength, DerivedContextLength: w.declared.DerivedContext(t.Name)})
			contexts[t.Name] = t.ContextLength
		}
		need, known := w.declared.NeedOf(contexts)
		if i := slices.IndexFunc(seen.Models, func(m LoadedModel) bool { return m.DerivedContextLength == 0 || m.ContextLength == 0 }); i >= 0 || !known {
			return notChecked("nothing is known of %s: see ollama.modelSizes", seen.Models[max(i, 0)].Name), nil
		}
		seen.DerivedBytes = need.Required
		for _, m := range seen.Models {
			if m.ContextLength > m.DerivedContextLength {
				return failed(w.field("contextLength")+": who asked sent a num_ctx of its own, and memory is derived for less",
					"%s holds %d tokens of context, and %d are derived", m.Name, m.ContextLength, m.DerivedContextLength).with(seen), nil
			}
		}
		if err := v.measure(ctx, w, &seen); err != nil {
			if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) || apierrors.IsServiceUnavailable(err) {
				return notChecked("not measured: the kubelet's figures are out of reach, which need the right to get nodes/proxy"), nil
			}
			return result{}, err
		}
		found := w.judge(seen, need)
		if seen.WorkingSetBytes == 0 {
			found = notChecked("not measured: the kubelet has no figures of this pod")
		}
		// A model that was in memory before counts in figures from before.
		fresh := time.Since(w.answered) < kubeletPace && seen.At.Before(w.answered)
		switch {
		case found.status != Passed && fresh && v.Timeout >= kubeletPace:
			return waiting(found.hint, "the kubelet has not measured since the answer"), nil
		case found.status == Failed && fresh:
			return notChecked("the kubelet has not measured since the answer: try again"), nil
		}
		return found.with(seen), nil
	}}
}

// kubeletPace is how long the kubelet takes at most from one measurement to the
// next: 10 to 15 seconds (cAdvisor's housekeeping), and as much again on a busy
// node.
const kubeletPace = 30 * time.Second

// measure asks the kubelet of the pod that answers.
func (v *verifier) measure(ctx context.Context, w *workload, into *Footprint) (err error) {
	if into.Pod, err = v.readyPod(ctx, w); err != nil {
		return err
	}
	pod, err := v.Pods(w.namespace).Get(ctx, into.Pod, metav1.GetOptions{})
	if err != nil {
		return err
	}
	data, err := v.Get("/api/v1/nodes/" + pod.Spec.NodeName + "/proxy/stats/summary").DoRaw(ctx)
	if err != nil {
		return err
	}
	var summary kubeletSummary
	if err := json.Unmarshal(data, &summary); err != nil {
		return fmt.Errorf("the kubelet's /stats/summary: %w", err)
	}
	for _, p := range summary.Pods {
		if p.PodRef.Namespace != w.namespace || p.PodRef.Name != into.Pod {
			continue
		}
		for _, c := range p.Containers {
			if c.Name == w.ollama.ServiceName() {
				into.WorkingSetBytes, into.AnonymousBytes, into.At = c.Memory.WorkingSetBytes, c.Memory.RSSBytes, c.Memory.Time.UTC()
			}
		}
	}
	return nil
}

// judge says where the figures miss what is promised of them.
func (w *workload) judge(seen Footprint, need sizing.Need) result {
	var names, notes []string
	for _, m := range seen.Models {
		names = append(names, m.String())
		if m.ContextLength < m.DerivedContextLength {
			notes = append(notes, fmt.Sprintf("%s holds %d tokens of context, and %d are derived: who asked sent a num_ctx of its own", m.Name, m.ContextLength, m.DerivedContextLength))
		}
	}
	detail := fmt.Sprintf("%s: %s, %s with file cache; %s derived", strings.Join(names, " and "),
		mebibytes(seen.AnonymousBytes), mebibytes(seen.WorkingSetBytes), roundedUp(seen.DerivedBytes))
	if below, _ := need.Off(seen.AnonymousBytes); below > 0 {
		return failed(w.field("resources.limits.memory")+": raise it by as much, and tell hearth's authors; of what it is derived: hearth size --explain",
			"%s, which is %s too little", detail, roundedUp(below))
	}
	full := need
	full.Required -= need.Filling()
	if below, above := full.Off(seen.WorkingSetBytes); above > 0 {
		notes = append(notes, fmt.Sprintf("%s above, more than the promised 20%% or 150Mi, unless a longer prompt takes it", roundedUp(above)))
	} else if below > need.Filling() {
		notes = append(notes, fmt.Sprintf("the file cache exceeds it by %s, which the kernel takes back", roundedUp(below-need.Filling())))
	}
	return passed("%s", strings.Join(append([]string{detail}, notes...), "; "))
}

// roundedUp is a figure in whole mebibytes.
func roundedUp(bytes int64) string { return mebibytes(bytes + 1<<20 - 1) }
