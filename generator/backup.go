package generator

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/generator/spec"
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

// volume is the workload's claim and the schedule of its snapshots.
func (b builder) volume(c component, s spec.Storage) []any {
	claim := b.volumeClaim(c, s)
	if claim == nil {
		return nil
	}
	switch k := s.Backup; {
	case k == nil:
	case k.Type == spec.BackupLonghorn:
		// Longhorn copies these to its volume only where the first one is there.
		claim.Labels["recurring-job.longhorn.io/source"] = "enabled"
		claim.Labels["recurring-job-group.longhorn.io/"+k.Group] = "enabled"
	case k.Type == spec.BackupSnapshotSchedule:
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
