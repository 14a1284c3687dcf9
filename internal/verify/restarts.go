package verify

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// recent is how long a restart counts against a workload. Longer ago it may
// have been the node's; events, which would say, are kept as long.
const recent = time.Hour

// Restarts are how often a workload's containers were started anew, without the
// init containers: those try again by design.
type Restarts struct {
	Count int `json:"count"`
	// LastReason and LastExitCode of the newest one; nothing without any.
	LastReason   string     `json:"lastReason,omitempty"`
	LastExitCode int32      `json:"lastExitCode,omitempty"`
	LastAt       *time.Time `json:"lastAt,omitempty"`
}

// restarts wants no container to have ended within the last hour.
func (v *verifier) restarts(w *workload) check {
	return check{id: "restarts", subject: w.subject(), title: "no container ended within the last hour", needs: []string{w.key()}, look: func(ctx context.Context) (result, error) {
		pods, err := v.podsOf(ctx, w)
		if err != nil {
			return result{}, err
		}
		count := Restarts{}
		var worst string
		var end *corev1.ContainerStateTerminated
		var in *corev1.Pod
		for i := range pods {
			for _, s := range pods[i].Status.ContainerStatuses {
				count.Count += int(s.RestartCount)
				if t := s.LastTerminationState.Terminated; t != nil && (end == nil || t.FinishedAt.After(end.FinishedAt.Time)) {
					end, worst, in = t, s.Name, &pods[i]
				}
			}
		}
		if end == nil {
			return passed("%s", times(count.Count)).with(count), nil
		}
		at := end.FinishedAt.UTC()
		count.LastReason, count.LastExitCode, count.LastAt = end.Reason, end.ExitCode, &at
		ago := time.Since(at).Round(time.Second)
		detail := fmt.Sprintf("%s; %s ended %s ago with %s", times(count.Count), worst, short(ago), ending(end))
		if ago < recent {
			hint := v.endingHint(w, in, worst, end)
			if strings.HasPrefix(hint, "kubectl") {
				hint += " --previous"
			}
			return failed(hint, "%s", detail).with(count), nil
		}
		return passed("%s", detail).with(count), nil
	}}
}

func times(n int) string {
	switch n {
	case 0:
		return "none"
	case 1:
		return "once"
	default:
		return fmt.Sprintf("%d times", n)
	}
}

// short is a duration in its largest unit that says enough.
func short(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	default:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	}
}
