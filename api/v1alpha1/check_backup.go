package v1alpha1

import (
	"regexp"

	"k8s.io/apimachinery/pkg/util/validation"
)

// cronForm is five fields of numbers, names, lists, ranges and steps.
var cronForm = regexp.MustCompile(`^[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}$`)

func (c *checker) backup(path string, b *Backup) {
	if b == nil || !c.read(path+".type") {
		return
	}
	switch b.Type {
	case BackupLonghorn:
		c.noEffect(path, "type", "only a SnapshotSchedule has a class", "snapshotClassName")
		if len(validation.IsQualifiedName("recurring-job-group.longhorn.io/"+b.Group)) > 0 {
			c.errorf(path+".group", "", "got %q, want a group of Longhorn's recurring jobs: letters, digits, '-', '_' and '.'", b.Group)
		} else if b.Task != "" {
			c.recurringJob(path, b)
		}
		if b.Task == "" && c.read(path+".task") {
			c.noEffect(path, "type", "without task a RecurringJob that is there says when, and how many", "schedule", "keep")
		}
	case BackupSnapshotSchedule:
		c.noEffect(path, "type", "only Longhorn has jobs, and groups of them", "group", "task")
		c.schedule(path, b.Schedule)
		c.intRange(path+".keep", 1, 1000, "snapshots")
		c.optionalName(path+".snapshotClassName", b.SnapshotClassName, "a VolumeSnapshotClass")
	default:
		c.errorf(path+".type", "", "missing: want longhorn or snapshotSchedule")
	}
}

// maxJobName is Longhorn's own bound (longhorn-manager, NameMaximumLength).
const maxJobName = 40

// recurringJob checks a job that the stack brings, which has its group's name.
func (c *checker) recurringJob(path string, b *Backup) {
	const fix = "name a group of the stack's own, such as ai-nightly"
	switch {
	case b.Group == "default":
		c.errorf(path+".group", fix, "a job of the group default works on every volume of the cluster that has no job of its own")
	case len(validation.IsDNS1123Label(b.Group)) > 0 || len(b.Group) > maxJobName:
		c.errorf(path+".group", fix, "got %q, which is the job's name too: want at most %d lower-case letters, digits and '-'", b.Group, maxJobName)
	}
	c.schedule(path, b.Schedule)
	c.intRange(path+".keep", 1, 100, "snapshots or backups") // the default of Longhorn's setting recurring-job-max-retention
}

func (c *checker) schedule(path, cron string) {
	if !cronForm.MatchString(cron) {
		c.errorf(path+".schedule", "", "got %q, want cron's five fields, such as 0 3 * * *", cron)
	}
}
