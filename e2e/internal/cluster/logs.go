package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Logs writes what a person needs to find out why a test failed: what `kind export logs` gives to dir/kind, all events in
// the order of time to dir/events.txt, and each pod with its containers' logs, also those before a restart, to
// dir/pods/NAMESPACE/. It collects what it can and returns what it could not.
func (c *Cluster) Logs(ctx context.Context, dir string) error {
	// A test that failed because its time was up has no time left here either.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var failures []error
	if err := c.provider.CollectLogs(c.Name, filepath.Join(dir, "kind")); err != nil {
		// A node built from source has no crictl, so the list of images is always missing there; the rest is not.
		say(c.out, "kind did not export all of its logs: %v", err)
	}
	if c.Client == nil {
		return nil // the cluster never came up so far
	}
	failures = append(failures, c.writeEvents(ctx, filepath.Join(dir, "events.txt")))
	pods, err := c.Client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return errors.Join(append(failures, err)...)
	}
	for _, pod := range pods.Items {
		failures = append(failures, c.writePod(ctx, filepath.Join(dir, "pods", pod.Namespace), pod))
	}
	return errors.Join(failures...)
}

func (c *Cluster) writeEvents(ctx context.Context, file string) error {
	events, err := c.Client.CoreV1().Events("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	at := func(e corev1.Event) time.Time {
		if !e.LastTimestamp.IsZero() {
			return e.LastTimestamp.Time
		}
		return e.EventTime.Time // what the newer events API fills in
	}
	sort.SliceStable(events.Items, func(i, j int) bool { return at(events.Items[i]).Before(at(events.Items[j])) })
	var out strings.Builder
	for _, e := range events.Items {
		fmt.Fprintf(&out, "%s %-7s %s/%s/%s %s: %s (x%d)\n", at(e).UTC().Format(time.TimeOnly), e.Type, e.InvolvedObject.Namespace,
			e.InvolvedObject.Kind, e.InvolvedObject.Name, e.Reason, e.Message, max(e.Count, 1))
	}
	return os.WriteFile(file, []byte(out.String()), 0o644)
}

func (c *Cluster) writePod(ctx context.Context, dir string, pod corev1.Pod) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	pod.ManagedFields = nil
	data, err := yaml.Marshal(pod)
	if err != nil {
		return err
	}
	failures := []error{os.WriteFile(filepath.Join(dir, pod.Name+".yaml"), data, 0o644)}
	restarts := map[string]int32{}
	started := map[string]bool{}
	for _, s := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
		restarts[s.Name], started[s.Name] = s.RestartCount, s.ContainerID != ""
	}
	for _, container := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
		if !started[container.Name] {
			continue // it has no log
		}
		base := filepath.Join(dir, pod.Name+"_"+container.Name)
		failures = append(failures, c.writeLog(ctx, pod, container.Name, false, base+".log"))
		if restarts[container.Name] > 0 {
			failures = append(failures, c.writeLog(ctx, pod, container.Name, true, base+".previous.log"))
		}
	}
	return errors.Join(failures...)
}

func (c *Cluster) writeLog(ctx context.Context, pod corev1.Pod, container string, previous bool, file string) error {
	stream, err := c.Client.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: container, Previous: previous}).Stream(ctx)
	if err != nil {
		return err
	}
	defer stream.Close()
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, stream)
	return err
}
