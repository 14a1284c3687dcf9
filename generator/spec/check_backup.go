package spec

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
		c.noEffect(path, "type", "Longhorn's RecurringJob says when, and how many", "schedule", "keep", "snapshotClassName")
		if len(validation.IsQualifiedName("recurring-job-group.longhorn.io/"+b.Group)) > 0 {
			c.errorf(path+".group", "", "got %q, want a group of Longhorn's recurring jobs: letters, digits, '-', '_' and '.'", b.Group)
		}
	case BackupSnapshotSchedule:
		c.noEffect(path, "type", "only Longhorn has groups of jobs", "group")
		if !cronForm.MatchString(b.Schedule) {
			c.errorf(path+".schedule", "", "got %q, want cron's five fields, such as 0 3 * * *", b.Schedule)
		}
		c.intRange(path+".keep", 1, 1000, "snapshots")
		c.optionalName(path+".snapshotClassName", b.SnapshotClassName, "a VolumeSnapshotClass")
	default:
		c.errorf(path+".type", "", "missing: want longhorn or snapshotSchedule")
	}
}
