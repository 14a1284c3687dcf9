package verify

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// diagnose says why a workload is not ready: the first reason that somebody can
// act on.
func (v *verifier) diagnose(ctx context.Context, w *workload, r rollout, pods []corev1.Pod) (result, error) {
	if len(pods) == 0 {
		why := r.failure
		if why == "" {
			var err error
			if why, err = v.warning(ctx, w.namespace, w.kind, w.name); err != nil {
				return result{}, err
			}
		}
		hint := v.kubectl("-n %s describe %s %s", w.namespace, strings.ToLower(w.kind), w.name)
		if why != "" { // quota, Pod Security, an admission webhook
			return failed(hint, "no pod: %s", why), nil
		}
		return waiting(hint, "no pod yet"), nil
	}
	newest := &pods[0]
	for i := range pods {
		if pods[i].CreationTimestamp.After(newest.CreationTimestamp.Time) {
			newest = &pods[i]
		}
	}
	return v.diagnosePod(ctx, w, newest)
}

func (v *verifier) diagnosePod(ctx context.Context, w *workload, pod *corev1.Pod) (result, error) {
	if pod.Status.Phase == corev1.PodFailed {
		return failed(v.describe(pod), "pod failed: %s", phrase(pod.Status.Reason, oneLine(pod.Status.Message))), nil
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return waiting(v.schedulingHint(w, pod, c.Message), "Pending: %s", oneLine(c.Message)), nil
		}
	}
	for i, statuses := range [][]corev1.ContainerStatus{pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses} {
		for _, s := range statuses {
			found, err := v.diagnoseContainer(ctx, w, pod, s, i == 0)
			if err != nil || found.status != "" {
				return found, err
			}
		}
	}
	why, err := v.warning(ctx, pod.Namespace, "Pod", pod.Name)
	if err != nil {
		return result{}, err
	}
	if strings.HasPrefix(why, "FailedMount") && strings.Contains(why, "not found") {
		// A Secret or a ConfigMap that nobody made; other mounts are retried.
		return failed(v.describe(pod), "%s", why), nil
	}
	return waiting(v.describe(pod), "%s", phrase("starting", why)), nil
}

// diagnoseContainer has no status if there is nothing to say about the
// container: it runs as it should, or has not had its turn.
func (v *verifier) diagnoseContainer(ctx context.Context, w *workload, pod *corev1.Pod, s corev1.ContainerStatus, first bool) (result, error) {
	last := s.LastTerminationState.Terminated
	switch state := s.State; {
	case state.Waiting != nil && state.Waiting.Reason == "CrashLoopBackOff":
		return v.crashed(ctx, w, pod, s, last)
	case state.Terminated != nil && (state.Terminated.ExitCode != 0 || !first):
		return v.crashed(ctx, w, pod, s, state.Terminated)
	case state.Waiting != nil:
		detail := fmt.Sprintf("%s: %s", s.Name, phrase(state.Waiting.Reason, oneLine(state.Waiting.Message)))
		switch state.Waiting.Reason {
		case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable":
			return failed(w.field("image")+", images.mirrors or images.pullSecrets; "+v.describe(pod), "%s (%s)", detail, s.Image), nil
		case "CreateContainerConfigError": // a missing Secret, ConfigMap or key
			return failed("hearth secrets "+v.Overlay+"; "+v.describe(pod), "%s", detail), nil
		case "PodInitializing", "ContainerCreating", "":
			return result{}, nil
		default:
			return failed(v.describe(pod), "%s", detail), nil
		}
	case state.Running != nil && first && (s.Started == nil || !*s.Started || !isSidecar(pod, s.Name)):
		line, err := v.lastLine(ctx, pod, s.Name)
		return waiting(v.logs(pod, s.Name), "%s", phrase(s.Name+" is running", line)), err
	case state.Running != nil && !s.Ready:
		detail := fmt.Sprintf("%s is running for %s and not ready yet", s.Name, short(time.Since(state.Running.StartedAt.Time)))
		if last != nil {
			detail += fmt.Sprintf("; it ended %s before, last with %s", times(int(s.RestartCount)), ending(last))
			return waiting(v.endingHint(w, pod, s.Name, last), "%s", detail), nil
		}
		return waiting(v.logs(pod, s.Name), "%s", detail), nil
	}
	return result{}, nil
}

// isSidecar reports whether an init container keeps running, unlike one that has to
// end.
func isSidecar(pod *corev1.Pod, name string) bool {
	for _, c := range pod.Spec.InitContainers {
		if c.Name == name {
			return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		}
	}
	return false
}

// crashed is a container that ended when it should not have.
func (v *verifier) crashed(ctx context.Context, w *workload, pod *corev1.Pod, s corev1.ContainerStatus, end *corev1.ContainerStateTerminated) (result, error) {
	if end == nil {
		end = &corev1.ContainerStateTerminated{}
	}
	detail := fmt.Sprintf("%s ended with %s", s.Name, ending(end))
	if s.State.Waiting != nil {
		detail += fmt.Sprintf(" (%s, %d restarts)", s.State.Waiting.Reason, s.RestartCount)
	}
	if end.Reason != "OOMKilled" { // whose log says nothing
		words, err := v.lastWords(ctx, pod, s.Name)
		if err != nil {
			return result{}, err
		}
		detail = phrase(detail, words)
		if w.ollama != nil && s.Name == puller {
			return failed(w.unreached(words)+"; "+v.logs(pod, s.Name), "%s", detail), nil
		}
	}
	return failed(v.endingHint(w, pod, s.Name, end), "%s", detail), nil
}

// ending is how a container ended: OOMKilled, exit code 137.
func ending(end *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("exit code %d", end.ExitCode)
	if end.Reason != "" && end.Reason != "Error" {
		text = end.Reason + ", " + text
	}
	return text
}

func (v *verifier) endingHint(w *workload, pod *corev1.Pod, container string, end *corev1.ContainerStateTerminated) string {
	if end.Reason == "OOMKilled" {
		return w.field("resources.limits.memory")
	}
	return v.logs(pod, container)
}

// puller is the init container that pulls the models.
const puller = v1alpha1.ContainerPull

// unreached names the field that keeps the puller from its registry, by what
// Ollama said. A name that no DNS server knows is a wrong name; one that none
// answered for, as Go's resolver and the C library's put it, is a server that
// the NetworkPolicy does not let the pod ask.
func (w *workload) unreached(words string) string {
	switch {
	case strings.Contains(words, "lookup ") && !strings.Contains(words, "no such host"):
		return "dns (base " + w.base + "): no DNS server answered, and the NetworkPolicy admits those alone"
	case strings.Contains(words, "dial tcp ") && !strings.Contains(words, "lookup "):
		return w.field("allowTo") + ": the NetworkPolicy admits public addresses at ports 80 and 443, and what stands there"
	case strings.Contains(words, "write ollama.modelsFolder"):
		return w.field("modelsFolder")
	default:
		return w.field("models") + " and its registry"
	}
}

// schedulingHint reads the scheduler's message.
func (v *verifier) schedulingHint(w *workload, pod *corev1.Pod, message string) string {
	for _, known := range []struct{ text, field string }{
		{"Insufficient memory", "resources.requests.memory"},
		{"Insufficient cpu", "resources.requests.cpu"},
		{"untolerated taint", "tolerations"},
		{"node affinity", "nodeSelector or affinity"},
		{"unbound immediate PersistentVolumeClaims", "storage"},
		{"persistentvolumeclaim", "storage"},
		{"volume node affinity", "storage.storageClassName"},
	} {
		if strings.Contains(message, known.text) {
			return w.field(known.field)
		}
	}
	return v.describe(pod)
}

func (v *verifier) describe(pod *corev1.Pod) string {
	return v.kubectl("-n %s describe pod %s", pod.Namespace, pod.Name)
}

func (v *verifier) logs(pod *corev1.Pod, container string) string {
	return v.kubectl("-n %s logs %s -c %s", pod.Namespace, pod.Name, container)
}

// lastLine is what a running container said last.
func (v *verifier) lastLine(ctx context.Context, pod *corev1.Pod, container string) (string, error) {
	said, err := v.log(ctx, pod, container)
	return said.lastLine(), err
}

// lastWords is why a container ended, as it says itself.
func (v *verifier) lastWords(ctx context.Context, pod *corev1.Pod, container string) (string, error) {
	said, err := v.log(ctx, pod, container)
	return said.lastWords(), err
}

// log is the end of a container's log; empty if there is none yet, or if it is
// not ours to read: what the pod says itself is worth reporting anyway.
func (v *verifier) log(ctx context.Context, pod *corev1.Pod, container string) (log, error) {
	data, err := v.Logs(pod.Namespace, pod.Name, container, 60).DoRaw(ctx)
	if ctx.Err() != nil {
		return log{}, ctx.Err()
	}
	if err != nil {
		return log{}, nil
	}
	return readLog(string(data)), nil
}
