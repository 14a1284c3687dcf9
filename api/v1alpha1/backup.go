package v1alpha1

import (
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Backup is how the storage system keeps earlier states of a volume: docs/restore.md.
type Backup struct {
	// Type is longhorn (labels that Longhorn's recurring jobs go by) or
	// snapshotSchedule (an object of the operator snapscheduler, for other CSI
	// drivers). No default: choose.
	Type BackupType `json:"type"`
	// Schedule in cron's five fields (snapshotSchedule, in numbers, and longhorn
	// with task). Default: every night at three, "0 3 * * *".
	Schedule string `json:"schedule,omitzero"`
	// Keep is how many snapshots, or backups, there are before the oldest goes
	// (snapshotSchedule, and longhorn with task). Default 7.
	Keep int `json:"keep,omitzero"`
	// Longhorn is what only Longhorn has (type longhorn).
	Longhorn *Longhorn `json:"longhorn,omitzero"`
	// SnapshotSchedule is what only snapscheduler has (type snapshotSchedule).
	SnapshotSchedule *SnapshotSchedule `json:"snapshotSchedule,omitzero"`
}

// Longhorn is how Longhorn's recurring jobs find the volume.
type Longhorn struct {
	// Group of the jobs that work on the volume. Default: default, which also
	// works on every volume that has no job of its own. Required with task.
	Group string `json:"group,omitzero"`
	// Task is snapshot or backup, and adds the RecurringJob that does it: of the
	// group's name, in longhorn-system, to every overlay with the base. backup
	// needs a backup target in Longhorn's settings. Default none: whoever runs
	// Longhorn has a job for the group.
	Task BackupTask `json:"task,omitzero"`
}

// SnapshotSchedule is an object of snapscheduler.
type SnapshotSchedule struct {
	// ClassName is a VolumeSnapshotClass. Default: the cluster's default class.
	ClassName string `json:"className,omitzero"`
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
func (BackupType) Values() []string { return texts(BackupLonghorn, BackupSnapshotSchedule) }

// BackupTask is what a recurring job of Longhorn's does.
type BackupTask string

// The tasks that give earlier states of a volume.
const (
	BackupTaskSnapshot BackupTask = "snapshot"
	BackupTaskBackup   BackupTask = "backup"
)

// Values lists the allowed tasks.
func (BackupTask) Values() []string { return texts(BackupTaskSnapshot, BackupTaskBackup) }

func (b *Backup) applyDefaults() {
	switch b.Type {
	case BackupLonghorn:
		fillPointer(&b.Longhorn, Longhorn{})
		fill(&b.Longhorn.Group, "default")
	case BackupSnapshotSchedule:
		fillPointer(&b.SnapshotSchedule, SnapshotSchedule{})
	}
	if b.Type == BackupSnapshotSchedule || b.Longhorn != nil && b.Longhorn.Task != "" {
		fill(&b.Schedule, "0 3 * * *")
		fill(&b.Keep, 7)
	}
}

// RecurringJob is the name of the job of Longhorn's that the volume brings; ""
// for none.
func (s Storage) RecurringJob() string {
	if k := s.Backup; k != nil && k.Longhorn != nil && k.Longhorn.Task != "" {
		return k.Longhorn.Group
	}
	return ""
}

// backup checks the backup of a volume; given is it as written.
func (v validator) backup(at *field.Path, given, b *Backup) {
	if b == nil {
		return
	}
	v = v.because(at.Child("type"))
	switch b.Type {
	case BackupLonghorn:
		v.only(at, "type is longhorn", *given, "type", "schedule", "keep", "longhorn")
		v.longhorn(at, given, b)
	case BackupSnapshotSchedule:
		v.only(at, "type is snapshotSchedule", *given, "type", "schedule", "keep", "snapshotSchedule")
		v.plainSchedule(at, b)
		v.count(at.Child("keep"), b.Keep, 1, 1000, "snapshots")
		v.optionalName(at.Child("snapshotSchedule", "className"), b.SnapshotSchedule.ClassName, "a VolumeSnapshotClass")
	default:
		v.errorf(at.Child("type"), "", "missing: want longhorn or snapshotSchedule")
	}
}

// maxJobName is Longhorn's own bound (longhorn-manager, NameMaximumLength).
const maxJobName = 40

// longhorn checks the group, and the job that the stack brings, which has the
// group's name.
func (v validator) longhorn(at *field.Path, given, b *Backup) {
	const fix = "name a group of the stack's own, such as ai-nightly"
	group, name := at.Child("longhorn", "group"), b.Longhorn.Group
	switch {
	case len(validation.IsQualifiedName("recurring-job-group.longhorn.io/"+name)) > 0:
		v.errorf(group, "", "got %q, want a group of Longhorn's recurring jobs: letters, digits, '-', '_' and '.'", name)
	case b.Longhorn.Task == "":
	case name == "default":
		v.errorf(group, fix, "a job of the group default works on every volume of the cluster that has no job of its own")
	case len(validation.IsDNS1123Label(name)) > 0 || len(name) > maxJobName:
		v.errorf(group, fix, "got %q, which is the job's name too: want at most %d lower-case letters, digits and '-'", name, maxJobName)
	}
	if b.Longhorn.Task == "" {
		const why = "without longhorn.task a RecurringJob that is there says when, and how many"
		v.because(at.Child("longhorn")).only(at, why, *given, "type", "longhorn", "snapshotSchedule")
		return
	}
	v.schedule(at, b.Schedule)
	v.count(at.Child("keep"), b.Keep, 1, 100, "snapshots or backups") // the default of Longhorn's setting recurring-job-max-retention
}

// cronForm is five fields of numbers, names, lists, ranges and steps.
var cronForm = lazyregexp.New(`^[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}$`)

// plainCron is five fields as snapscheduler's definition takes them: all, a step
// of all, or numbers: one, several, a range, or one with a step.
var plainCron = lazyregexp.New(`^` + plainField + `( ` + plainField + `){4}$`)

const plainField = `(\*|\*/[0-9]+|[0-9]+|[0-9]+(,[0-9]+)+|[0-9]+[-/][0-9]+)`

func (v validator) schedule(at *field.Path, cron string) {
	if !cronForm().MatchString(cron) {
		v.errorf(at.Child("schedule"), "", "got %q, want cron's five fields, such as 0 3 * * *", cron)
	}
}

// plainSchedule is a schedule that snapscheduler's definition takes.
func (v validator) plainSchedule(at *field.Path, b *Backup) {
	if v.schedule(at, b.Schedule); cronForm().MatchString(b.Schedule) && !plainCron().MatchString(b.Schedule) {
		v.errorf(at.Child("schedule"), "", "got %q, want fields that snapscheduler reads, such as * or */15 or 3 or 1,15 or 1-5 or 0/6: no names, and no list of ranges", b.Schedule)
	}
}
