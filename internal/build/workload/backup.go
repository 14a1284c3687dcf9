package workload

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// snapshotScheduleSpec is that of the SnapshotSchedule of backube/snapscheduler.
type snapshotScheduleSpec struct {
	ClaimSelector    metav1.LabelSelector `json:"claimSelector"`
	Retention        snapshotRetention    `json:"retention"`
	Schedule         string               `json:"schedule"`
	SnapshotTemplate snapshotTemplate     `json:"snapshotTemplate,omitzero"`
}

type snapshotRetention struct {
	MaxCount int `json:"maxCount"`
}

type snapshotTemplate struct {
	SnapshotClassName string `json:"snapshotClassName"`
}

// recurringJobSpec is that of Longhorn's RecurringJob.
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
func volume(c component, s v1alpha1.Storage) []any {
	claim := volumeClaim(c, s)
	if claim == nil {
		return nil
	}
	if s.NFS != nil {
		return []any{export(c, claim, s.NFS), claim}
	}
	k := s.Backup
	if k == nil {
		return []any{claim}
	}
	switch k.Type {
	case v1alpha1.BackupLonghorn:
		// Longhorn copies these to its volume only where the first one is there.
		claim.Labels["recurring-job.longhorn.io/source"] = "enabled"
		claim.Labels["recurring-job-group.longhorn.io/"+k.Longhorn.Group] = "enabled"
		if name := s.RecurringJob(); name != "" {
			job := &object.Custom{
				TypeMeta:   metav1.TypeMeta{APIVersion: "longhorn.io/v1beta2", Kind: "RecurringJob"},
				ObjectMeta: c.Meta(name),
				Spec:       recurringJobSpec{Task: string(k.Longhorn.Task), Cron: k.Schedule, Groups: []string{name}, Retain: k.Keep, Concurrency: 1},
			}
			job.Namespace = longhornNamespace
			return []any{claim, job}
		}
	case v1alpha1.BackupSnapshotSchedule:
		return []any{claim, &object.Custom{
			TypeMeta:   metav1.TypeMeta{APIVersion: "snapscheduler.backube/v1", Kind: "SnapshotSchedule"},
			ObjectMeta: c.Meta(c.Name),
			Spec: snapshotScheduleSpec{
				ClaimSelector:    metav1.LabelSelector{MatchLabels: c.Selector()},
				Retention:        snapshotRetention{MaxCount: k.Keep},
				Schedule:         k.Schedule,
				SnapshotTemplate: snapshotTemplate{SnapshotClassName: k.SnapshotSchedule.ClassName},
			},
		}}
	}
	return []any{claim}
}
