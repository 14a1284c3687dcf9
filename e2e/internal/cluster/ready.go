package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// waitForSystem returns when every pod is ready and the default namespace can take pods. kind itself waits for the node
// only, and a pod made before the default service account exists is refused.
func (c *Cluster) waitForSystem(ctx context.Context, timeout time.Duration) error {
	return poll(ctx, timeout, func(ctx context.Context) (string, error) {
		if _, err := c.Client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{}); apierrors.IsNotFound(err) {
			return "the default service account is missing", nil
		} else if err != nil {
			return "", err
		}
		pods, err := c.Client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		if err != nil {
			return "", err
		}
		var waiting []string
		for _, pod := range pods.Items {
			if !ready(pod) {
				waiting = append(waiting, pod.Namespace+"/"+pod.Name+" is "+string(pod.Status.Phase))
			}
		}
		if len(pods.Items) == 0 {
			return "there is no pod yet", nil
		}
		slices.Sort(waiting)
		return strings.Join(waiting, ", "), nil
	})
}

func ready(pod corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// poll asks each half second until check returns nothing to wait for. An error of check ends it only with the timeout,
// since an API server that has just started refuses a request now and then.
func poll(ctx context.Context, timeout time.Duration, check func(context.Context) (waitingFor string, err error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("timed out after %s", timeout))
	defer cancel()
	for {
		waiting, err := check(ctx)
		if err == nil && waiting == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			if err != nil {
				return fmt.Errorf("%w: %w", context.Cause(ctx), err)
			}
			return fmt.Errorf("%w: %s", context.Cause(ctx), waiting)
		case <-time.After(500 * time.Millisecond):
		}
	}
}
