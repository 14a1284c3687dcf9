package v1alpha1

import "maps"

// Backup is how the storage system keeps earlier states of a volume: docs/restore.md.
type Backup struct {
	// Type is longhorn (labels that Longhorn's recurring jobs go by) or
	// snapshotSchedule (an object of the operator snapscheduler, for other CSI
	// drivers). No default: choose.
	Type BackupType `json:"type"`
	// Group of Longhorn's recurring jobs that work on the volume (longhorn only).
	// Default: default, which also works on every volume that has no job of its
	// own. Required with task.
	Group string `json:"group,omitempty"`
	// Task is snapshot or backup (longhorn only), and adds the RecurringJob that
	// does it: of the group's name, in longhorn-system, to every overlay with the
	// base. backup needs a backup target in Longhorn's settings. Default none:
	// whoever runs Longhorn has a job for the group.
	Task BackupTask `json:"task,omitempty"`
	// Schedule in cron's five fields (snapshotSchedule, and longhorn with task).
	// Default: every night at three, "0 3 * * *".
	Schedule string `json:"schedule,omitempty"`
	// Keep is how many snapshots, or backups, there are before the oldest goes
	// (snapshotSchedule, and longhorn with task). Default 7.
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

// BackupTask is what a recurring job of Longhorn's does.
type BackupTask string

// The tasks that give earlier states of a volume.
const (
	BackupTaskSnapshot BackupTask = "snapshot"
	BackupTaskBackup   BackupTask = "backup"
)

// Values lists the allowed tasks.
func (BackupTask) Values() []string {
	return []string{string(BackupTaskSnapshot), string(BackupTaskBackup)}
}

// scheduled tells a backup whose times and number are the stack's.
func (b *Backup) scheduled() bool { return b.Type == BackupSnapshotSchedule || b.Task != "" }

func (b *Backup) applyDefaults() {
	if b.Type == BackupLonghorn {
		fill(&b.Group, "default")
	}
	if b.scheduled() {
		fill(&b.Schedule, "0 3 * * *")
		fill(&b.Keep, 7)
	}
}

// job is the name of the RecurringJob that the volume brings; "" for none.
func (s Storage) job() string {
	if k := s.Backup; k != nil && k.Type == BackupLonghorn && k.Task != "" {
		return k.Group
	}
	return ""
}

// jobs are the RecurringJobs that the base brings, by the field that names them.
func (b *Base) jobs() map[string]string {
	jobs := map[string]string{}
	if b.Ollama != nil {
		jobs["ollama.storage.backup.group"] = b.Ollama.Storage.job()
	}
	if b.OpenWebUI != nil {
		jobs["openWebUI.storage.backup.group"] = b.OpenWebUI.Storage.job()
	}
	maps.DeleteFunc(jobs, func(_, name string) bool { return name == "" })
	return jobs
}
