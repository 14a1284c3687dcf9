package generator

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// snapshotSchedule is the object of backube/snapscheduler, as far as hearth
// writes it.
type snapshotSchedule struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              snapshotScheduleSpec `json:"spec"`
}

type snapshotScheduleSpec struct {
	ClaimSelector    metav1.LabelSelector `json:"claimSelector"`
	Retention        snapshotRetention    `json:"retention"`
	Schedule         string               `json:"schedule"`
	SnapshotTemplate *snapshotTemplate    `json:"snapshotTemplate,omitempty"`
}

type snapshotRetention struct {
	MaxCount int `json:"maxCount"`
}

type snapshotTemplate struct {
	SnapshotClassName string `json:"snapshotClassName"`
}

// recurringJob is Longhorn's, as far as hearth writes it.
type recurringJob struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              recurringJobSpec `json:"spec"`
}

type recurringJobSpec struct {
	Task        string   `json:"task"`
	Cron        string   `json:"cron"`
	Groups      []string `json:"groups"`
	Retain      int      `json:"retain"`
	Concurrency int      `json:"concurrency"` // volumes at a time
}

// longhornNamespace is where Longhorn looks for its objects, by its manifests
// and its chart.
const longhornNamespace = "longhorn-system"

// volume is the workload's claim and what takes its snapshots.
func (b builder) volume(c component, s v1alpha1.Storage) []any {
	claim := b.volumeClaim(c, s)
	if claim == nil {
		return nil
	}
	switch k := s.Backup; {
	case k == nil:
	case k.Type == v1alpha1.BackupLonghorn:
		// Longhorn copies these to its volume only where the first one is there.
		claim.Labels["recurring-job.longhorn.io/source"] = "enabled"
		claim.Labels["recurring-job-group.longhorn.io/"+k.Group] = "enabled"
		if k.Task == "" {
			break
		}
		job := &recurringJob{
			TypeMeta:   metav1.TypeMeta{APIVersion: "longhorn.io/v1beta2", Kind: "RecurringJob"},
			ObjectMeta: b.meta(c, k.Group),
			Spec:       recurringJobSpec{Task: string(k.Task), Cron: k.Schedule, Groups: []string{k.Group}, Retain: k.Keep, Concurrency: 1},
		}
		job.Namespace = longhornNamespace
		return []any{claim, job}
	case k.Type == v1alpha1.BackupSnapshotSchedule:
		schedule := &snapshotSchedule{
			TypeMeta:   metav1.TypeMeta{APIVersion: "snapscheduler.backube/v1", Kind: "SnapshotSchedule"},
			ObjectMeta: b.meta(c, c.name),
			Spec: snapshotScheduleSpec{
				ClaimSelector: metav1.LabelSelector{MatchLabels: c.selector()},
				Retention:     snapshotRetention{MaxCount: k.Keep},
				Schedule:      k.Schedule,
			},
		}
		if k.SnapshotClassName != "" {
			schedule.Spec.SnapshotTemplate = &snapshotTemplate{SnapshotClassName: k.SnapshotClassName}
		}
		return []any{claim, schedule}
	}
	return []any{claim}
}
