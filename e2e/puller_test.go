package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// TestPuller measures what it costs to pull models in the server's pod, as hearth does, and in a Job on the same volume:
// the figures of docs/decisions/0009-the-puller-stays-in-the-pod.md.
func TestPuller(t *testing.T) {
	s := start(t, wants{full: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{"ollama"}})
	s.setRate(t, 16<<20)
	for range 3 {
		s.inPod(t)
		s.remove(t)
		s.inJob(t, corev1.ReadWriteOnce)
		s.remove(t)
	}
	s.inJob(t, corev1.ReadWriteOncePod)
}

// inPod deploys the overlay as it is committed, and restarts it with the model on its volume.
func (s *suite) inPod(t *testing.T) {
	began := time.Now()
	s.apply(t)
	first := s.waitReady(t, "ollama", "ollama", nil, 5*time.Minute)
	t.Logf("init container: ready with its model after %.1f s", time.Since(began).Seconds())
	s.restart(t, "init container", first)
}

func (s *suite) restart(t *testing.T, what string, old *corev1.Pod) {
	began := time.Now()
	must(t, s.Client.CoreV1().Pods("ollama").Delete(s.ctx, old.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64(1))}))
	p := s.waitReady(t, "ollama", "ollama", old, 3*time.Minute)
	in := p.Status.InitContainerStatuses[0].State.Terminated
	t.Logf("%s: a restart took %.1f s, the first container %.0f of them", what, time.Since(began).Seconds(), in.FinishedAt.Sub(in.StartedAt.Time).Seconds())
}

// inJob deploys the same server with a first container that only waits, and a Job that pulls.
func (s *suite) inJob(t *testing.T, mode corev1.PersistentVolumeAccessMode) {
	for _, folder := range []string{"bases", "overlays"} {
		must(t, s.CopyDir(s.ctx, "../"+folder, "/hearth/"+folder))
	}
	const done = "/home/ollama/.ollama/pulled"
	var objects []string
	var job batchv1.Job
	for _, doc := range strings.Split(s.kubectl(t, "kustomize", "/hearth/overlays/"+overlay), "\n---\n") {
		var meta metav1.TypeMeta
		must(t, yaml.Unmarshal([]byte(doc), &meta))
		switch meta.Kind {
		case "PersistentVolumeClaim":
			var claim corev1.PersistentVolumeClaim
			must(t, yaml.Unmarshal([]byte(doc), &claim))
			claim.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{mode}
			doc = text(t, claim)
		case "Deployment":
			var d appsv1.Deployment
			must(t, yaml.Unmarshal([]byte(doc), &d))
			pod := d.Spec.Template.DeepCopy().Spec
			pod.RestartPolicy = corev1.RestartPolicyOnFailure
			pod.Containers, pod.InitContainers = pod.InitContainers, nil
			pod.Containers[0].Command[2] = strings.ReplaceAll(pod.Containers[0].Command[2], "\nend 0\n", "\n: >"+done+"\nend 0\n")
			job = batchv1.Job{
				TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
				ObjectMeta: metav1.ObjectMeta{Name: "pull-models", Namespace: "ollama"},
				Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{
					// No policy selects these pods: their egress is not the question here.
					ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"job": "pull-models"}},
					Spec:       pod,
				}},
			}
			d.Spec.Template.Spec.InitContainers[0].Command = []string{"/bin/sh", "-c", "until [ -e " + done + " ]; do sleep 1; done"}
			doc = text(t, d)
			objects = append(objects, text(t, job))
		}
		objects = append(objects, doc)
	}
	began := time.Now()
	_, err := s.Kubectl(s.ctx, strings.NewReader(strings.Join(objects, "\n---\n")), "apply", "-f", "-")
	must(t, err)
	if mode == corev1.ReadWriteOncePod {
		time.Sleep(20 * time.Second)
		events := s.kubectl(t, "-n", "ollama", "get", "events", "--field-selector", "reason=FailedScheduling")
		if !strings.Contains(events, "ReadWriteOncePod access mode already in-use") {
			t.Errorf("both pods were scheduled with one ReadWriteOncePod volume; events:\n%s", events)
		}
		return
	}
	first := s.waitReady(t, "ollama", "ollama", nil, 5*time.Minute)
	t.Logf("Job: ready with its model after %.1f s", time.Since(began).Seconds())
	s.restart(t, "Job", first)
	job.Spec.Template.Spec.Containers[0].Args = append(job.Spec.Template.Spec.Containers[0].Args, "another:1b")
	_, err = s.Kubectl(s.ctx, strings.NewReader(text(t, job)), "apply", "-f", "-")
	if err == nil {
		t.Error("a Job was changed to pull one more model, want it refused")
	}
}

func text(t *testing.T, object any) string {
	t.Helper()
	data, err := yaml.Marshal(object)
	must(t, err)
	return string(data)
}

// remove takes everything away, the volume too.
func (s *suite) remove(t *testing.T) {
	for _, kind := range []string{"deployment", "job", "persistentvolumeclaim", "networkpolicy", "service"} {
		s.kubectl(t, "-n", "ollama", "delete", kind, "--all", "--wait=true", "--grace-period=1")
	}
	s.eventually(t, 2*time.Minute, "no pod of Ollama", func() (string, error) {
		list, err := s.Client.CoreV1().Pods("ollama").List(s.ctx, metav1.ListOptions{})
		if err != nil || len(list.Items) == 0 {
			return "", err
		}
		return fmt.Sprint(len(list.Items), " pods"), nil
	})
}
