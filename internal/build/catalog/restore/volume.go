package restore

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build"
)

// Volume is the data of a workload, what keeps its earlier states, and the ways
// back to one of them.
type Volume struct {
	// Program is Ollama or Open WebUI; Holds is what is lost with the volume.
	Program, Holds string
	// Namespace of Workload, such as statefulset/open-webui, and of its Claims.
	Namespace, Workload string
	// Claims of the pods: of one, or one of each.
	Claims []string
	// Kept says what keeps earlier states, in a sentence.
	Kept string
	// Ways back, the best first. None where nothing keeps earlier states.
	Ways []Way
}

// Way is one way back to an earlier state.
type Way struct {
	// Title such as "From a VolumeSnapshot".
	Title string
	Steps []Step
}

// Step is one thing to do.
type Step struct {
	// Text says what, in Markdown; of the command too, if there is one.
	Text string
	// Command is lines for a shell that does it, in the folder of hearth.yaml. ""
	// where a person has to. A name that only a person can choose is a variable,
	// such as SNAPSHOT, which Text names.
	Command string
	// Stack is lines of hearth.yaml to write there. "" for none.
	Stack string
}

// Of are the volumes of all bases of an overlay, of the stack of that name.
func Of(stack string, o *v1alpha1.ResolvedOverlay) ([]Volume, error) {
	var all []Volume
	for i := range o.Bases {
		volumes, err := Volumes(stack, o.Name, &o.Bases[i])
		if err != nil {
			return nil, err
		}
		all = append(all, volumes...)
	}
	return all, nil
}

// Volumes are those of one resolved base in an overlay, people's data first.
func Volumes(stack, overlay string, b *v1alpha1.Base) ([]Volume, error) {
	objects, err := build.Objects(stack, b)
	if err != nil {
		return nil, err
	}
	var all []Volume
	add := func(v volume) error {
		v.overlay, v.base = overlay, b
		v.job, err = job(objects, v)
		all = append(all, v.described())
		return err
	}
	if w := b.OpenWebUI; w != nil {
		if err := add(volume{
			storage: w.Storage, program: "Open WebUI", field: "openWebUI", name: "open-webui", workload: strings.ToLower(w.Kind()) + "/open-webui", pods: w.Replicas,
			claims: []string{w.Storage.Claim("open-webui")},
			holds:  w.Database.OnVolume("chats, accounts, settings and documents"),
		}); err != nil {
			return nil, err
		}
	}
	if o := b.Ollama; o != nil && o.Storage.Image == nil { // whose earlier states are its registry's
		if err := add(volume{
			storage: o.Storage, program: o.Title(), field: "ollama", name: o.ServiceName(), workload: strings.ToLower(o.Kind()) + "/" + o.ServiceName(),
			claims: o.Claims(), pods: o.Replicas,
			holds: "models, which can be pulled again", pulled: true,
		}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// volume is what the steps are made of.
type volume struct {
	overlay string
	base    *v1alpha1.Base
	storage v1alpha1.Storage
	// field of the base that has the storage; name of the claim that hearth makes,
	// and of its pods.
	program, field, name, workload, holds string
	// claims are all that the pods mount, of which there are so many.
	claims []string
	pods   int
	// pulled says that a pod fills an empty volume by itself.
	pulled bool
	// job is the object that takes the snapshots, as YAML; "" where somebody else
	// has one.
	job string
}

func (v volume) described() Volume {
	made := Volume{
		Program: v.program, Holds: v.holds, Namespace: v.base.Namespace, Workload: v.workload,
		Claims: v.claims,
	}
	backup := v.storage.Backup
	switch {
	case v.storage.ExistingClaim != "":
		made.Kept = "Whoever made the claim decides what keeps its earlier states: hearth writes nothing for it."
	case v.storage.NFS != nil:
		made.Kept = "Whoever runs the NFS server decides what keeps its earlier states: hearth writes nothing for it."
	case len(v.claims) > 1:
		made.Kept = fmt.Sprintf("Each of %d pods has a volume with the same models, and pulls them again where they are lost.", v.pods)
	case backup == nil:
		made.Kept = "Nothing keeps earlier states: what is lost with the volume is lost. `storage.backup` of the workload changes that."
	case backup.Type == v1alpha1.BackupSnapshotSchedule:
		class := "the cluster's default VolumeSnapshotClass"
		if c := backup.SnapshotSchedule.ClassName; c != "" {
			class = "the VolumeSnapshotClass `" + c + "`"
		}
		made.Kept = fmt.Sprintf("snapscheduler takes a snapshot at `%s`, of %s, and keeps the last %d.", backup.Schedule, class, backup.Keep)
		made.Ways = []Way{v.fromSnapshot()}
	case backup.Longhorn.Task == "":
		made.Kept = fmt.Sprintf("Longhorn's recurring jobs of the group `%s` keep them: whoever runs Longhorn decides when, and how many.", backup.Longhorn.Group)
		made.Ways = []Way{v.fromLonghornSnapshot(), v.fromLonghornBackup()}
	case backup.Longhorn.Task == v1alpha1.BackupTaskSnapshot:
		made.Kept = fmt.Sprintf("Longhorn takes a snapshot at `%s`, on the disks of the volume itself, and keeps the last %d.", backup.Schedule, backup.Keep)
		made.Ways = []Way{v.fromLonghornSnapshot()}
	default:
		made.Kept = fmt.Sprintf("Longhorn takes a backup at `%s`, to its backup target, and keeps the last %d.", backup.Schedule, backup.Keep)
		made.Ways = []Way{v.fromLonghornBackup()}
	}
	if v.pulled && v.storage.ExistingClaim == "" && v.storage.NFS == nil {
		made.Ways = append(made.Ways, v.byPull())
	}
	return made
}
