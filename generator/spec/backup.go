package spec

// Backup is how the storage system keeps earlier states of a volume: docs/restore.md.
type Backup struct {
	// Type is longhorn (labels that Longhorn's recurring jobs go by) or
	// snapshotSchedule (an object of the operator snapscheduler, for other CSI
	// drivers). No default: choose.
	Type BackupType `json:"type"`
	// Group of Longhorn's recurring jobs that work on the volume (longhorn only).
	// Default: default. The RecurringJob itself lives in Longhorn's namespace and
	// serves many volumes: write it into an overlay's resources, or leave it to
	// whoever runs Longhorn.
	Group string `json:"group,omitempty"`
	// Schedule in cron's five fields (snapshotSchedule only). Default: every
	// night at three, "0 3 * * *".
	Schedule string `json:"schedule,omitempty"`
	// Keep is how many snapshots there are before the oldest goes
	// (snapshotSchedule only). Default 7.
	Keep int `json:"keep,omitempty"`
	// SnapshotClassName is a VolumeSnapshotClass (snapshotSchedule only).
	// Default: the cluster's default class.
	SnapshotClassName string `json:"snapshotClassName,omitempty"`
}

// BackupType is who takes the snapshots.
type BackupType string

// The systems that take snapshots again and again. A VolumeSnapshot in Git is
// none of them: it is taken once.
const (
	BackupLonghorn         BackupType = "longhorn"
	BackupSnapshotSchedule BackupType = "snapshotSchedule"
)

// Values lists the allowed systems.
func (BackupType) Values() []string {
	return []string{string(BackupLonghorn), string(BackupSnapshotSchedule)}
}

func (b *Backup) applyDefaults() {
	switch b.Type {
	case BackupLonghorn:
		fill(&b.Group, "default")
	case BackupSnapshotSchedule:
		fill(&b.Schedule, "0 3 * * *")
		fill(&b.Keep, 7)
	}
}
