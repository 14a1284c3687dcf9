package restore

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// longhorn is the namespace of Longhorn's objects, and its driver's class.
const longhorn, longhornClass = "longhorn-system", "longhorn"

// restored is the name of the claim that is made of an earlier state.
func (v volume) restored() string { return v.name + "-restored" }

// fromSnapshot makes a second claim, so that nothing is lost where the snapshot
// turns out to be the wrong one.
func (v volume) fromSnapshot() Way {
	ns := v.base.Namespace
	return Way{"From a VolumeSnapshot", []Step{
		{
			Text:    "Choose a snapshot of the claim `" + v.name + "` that is ready to use, and write its name into a variable: `SNAPSHOT=...`.",
			Command: "kubectl -n " + ns + " get volumesnapshots --sort-by=.metadata.creationTimestamp",
		},
		v.stop(),
		{
			Text:    "Make a claim of it, at least as large as the old one. It waits for its pod where the class binds late.",
			Command: v.apply(v.claim("dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: $SNAPSHOT}", v.storage.StorageClassName)),
		},
		v.useRestored(),
		v.render("the old claim leaves the tree, but stays in the cluster with what is in it"),
		v.start(),
		v.verify(),
	}}
}

// fromLonghornSnapshot reverts the volume itself, which only Longhorn's page and
// its own API do.
func (v volume) fromLonghornSnapshot() Way {
	return Way{"From a snapshot of Longhorn's", []Step{
		v.stop(),
		{
			Text:    "Find the volume and its snapshots.",
			Command: v.findVolume() + "\nkubectl -n " + longhorn + " get snapshots.longhorn.io --selector=longhornvolume=$VOLUME",
		},
		{Text: "In Longhorn's page attach the volume `$VOLUME` in maintenance mode, revert it to the snapshot, and detach it. Longhorn has no object for that. Then let GitOps go on."},
		v.start(),
		v.verify(),
	}}
}

// fromLonghornBackup needs no snapshot controller: the volume is Longhorn's own
// object.
func (v volume) fromLonghornBackup() Way {
	name := v.base.Namespace + "-" + v.restored()
	mode := "rwo"
	if v.storage.AccessMode == v1alpha1.ReadWriteMany {
		mode = "rwx"
	}
	class := cmp.Or(v.storage.StorageClassName, longhornClass)
	return Way{"From a backup of Longhorn's", []Step{
		{
			Text:    "Choose a backup that is `Completed`, and write its name into a variable: `BACKUP=...`. Where the cluster is a new one, Longhorn's page shows them by the volume's old name.",
			Command: v.findVolume() + "\nkubectl -n " + longhorn + " get backups.longhorn.io --selector=backup-volume=$VOLUME",
		},
		v.stop(),
		{
			Text: "Make a volume of it, and wait until Longhorn has brought it back.",
			Command: "URL=$(kubectl -n " + longhorn + " get backups.longhorn.io $BACKUP --output=jsonpath='{.status.url}')\n" +
				"SIZE=$(kubectl -n " + longhorn + " get backups.longhorn.io $BACKUP --output=jsonpath='{.status.volumeSize}')\n" + v.apply(fmt.Sprintf(`apiVersion: longhorn.io/v1beta2
kind: Volume
metadata: {name: %s, namespace: %s}
spec: {fromBackup: "$URL", size: "$SIZE", numberOfReplicas: 3, accessMode: %s, frontend: blockdev}`, name, longhorn, mode)) +
				"\nkubectl -n " + longhorn + " wait volumes.longhorn.io/" + name + " --for=jsonpath='{.status.restoreInitiated}'=true --timeout=5m" +
				"\nkubectl -n " + longhorn + " wait volumes.longhorn.io/" + name + " --for=jsonpath='{.status.restoreRequired}'=false --timeout=60m",
		},
		{
			Text: "Make a claim for it.",
			Command: v.apply(fmt.Sprintf(`apiVersion: v1
kind: PersistentVolume
metadata: {name: %s}
spec:
  accessModes: [%s]
  capacity: {storage: %s}
  storageClassName: %s
  persistentVolumeReclaimPolicy: Retain
  csi: {driver: driver.longhorn.io, fsType: ext4, volumeHandle: %s}
---
`, name, v.storage.AccessMode, v.storage.Size, class, name) + v.claim("volumeName: "+name, class)),
		},
		v.useRestored(),
		v.render("the old claim leaves the tree, but stays in the cluster with what is in it"),
		v.start(),
		v.verify(),
	}}
}

// byPull begins with an empty volume, which Ollama's pod fills.
func (v volume) byPull() Way {
	ns := v.base.Namespace
	return Way{"By a pull", []Step{
		v.stop(),
		{Text: "Delete the volume: the models are pulled again, into an empty one.", Command: "kubectl -n " + ns + " delete persistentvolumeclaim " + strings.Join(v.claims, " ")},
		v.render(""),
		v.start(),
		v.verify(),
	}}
}

// stop comes before the claim changes: a StatefulSet whose pod cannot start, as
// on broken data, never gets to a new template by itself.
func (v volume) stop() Step {
	ns := v.base.Namespace
	return Step{
		Text: "Stop the pod, also where it does not run any more: what people write from here on would be lost. Keep GitOps from starting it: Fleet by `spec.paused` of its GitRepo, Flux by `flux suspend`, Argo CD without automatic sync.",
		Command: "kubectl -n " + ns + " scale " + v.workload + " --replicas=0\n" +
			"kubectl -n " + ns + " wait pod --for=delete --selector=app.kubernetes.io/name=" + v.name + " --timeout=5m",
	}
}

func (v volume) findVolume() string {
	return "VOLUME=$(kubectl -n " + v.base.Namespace + " get persistentvolumeclaim " + v.name + " --output=jsonpath='{.spec.volumeName}')"
}

// labels of the restored claim, by which its backup finds it.
func (v volume) labels() map[string]string {
	labels := map[string]string{"app.kubernetes.io/name": v.name, "app.kubernetes.io/instance": v.restored()}
	if b := v.storage.Backup; b.Type == v1alpha1.BackupLonghorn {
		labels["recurring-job.longhorn.io/source"] = "enabled"
		labels["recurring-job-group.longhorn.io/"+b.Longhorn.Group] = "enabled"
	}
	return labels
}

// claim of the name that the stack then uses, bound by a field of its spec.
func (v volume) claim(source, class string) string {
	lines := []string{
		"apiVersion: v1", "kind: PersistentVolumeClaim", "metadata:",
		"  name: " + v.restored(), "  namespace: " + v.base.Namespace, "  labels:",
	}
	labels := v.labels()
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		lines = append(lines, "    "+key+": "+labels[key])
	}
	lines = append(lines, "spec:", "  accessModes: ["+string(v.storage.AccessMode)+"]")
	if class != "" {
		lines = append(lines, "  storageClassName: "+class)
	}
	return strings.Join(append(lines, "  resources: {requests: {storage: "+string(v.storage.Size)+"}}", "  "+source), "\n")
}

func (volume) apply(manifest string) string {
	return "kubectl apply -f - <<END\n" + manifest + "\nEND"
}

// useRestored writes the claim into the stack. What takes snapshots would leave
// the tree with the old claim, so it comes back as an object of the overlay's.
func (v volume) useRestored() Step {
	stack := fmt.Sprintf(`spec:
  overlays:
    - name: %s
      bases:
        - name: %s
          %s:
            storage: {existingClaim: %s, size: null, storageClassName: null, accessMode: null, retain: null, backup: null}`,
		v.overlay, v.base.Name, v.field, v.restored())
	text := "Write the new claim into `hearth.yaml`, in place of the other fields of its storage."
	if v.job != "" {
		stack += "\n      resources:\n        - " + strings.ReplaceAll(v.job, "\n", "\n          ")
		text += " hearth keeps no earlier states of a claim that it did not make, so the job that does goes there as well."
	}
	return Step{Text: text, Stack: stack}
}

// job is the object among those of a base that takes the volume's snapshots, as
// it takes those of the restored claim; "" for none.
func job(objects []object.Object, v volume) (string, error) {
	names := map[any]string{"SnapshotSchedule": v.name, "RecurringJob": v.storage.RecurringJob()}
	for _, o := range objects {
		meta, _ := o["metadata"].(map[string]any)
		name := names[o["kind"]]
		if name == "" || meta["name"] != name {
			continue
		}
		spec, _ := o["spec"].(map[string]any)
		if o["kind"] == "SnapshotSchedule" {
			// Beside the one in the base's folder, which an overlay cannot bring twice.
			name = v.restored()
			labels := map[string]any{}
			for key, value := range v.labels() {
				labels[key] = value
			}
			spec["claimSelector"] = map[string]any{"matchLabels": labels}
		}
		data, err := overlay.Manifest(object.Object{
			"apiVersion": o["apiVersion"], "kind": o["kind"], "spec": spec,
			"metadata": map[string]any{"name": name, "namespace": meta["namespace"]},
		})
		return strings.TrimSpace(string(data)), err
	}
	return "", nil
}

// render writes the tree and deploys it; left is what hearth render then warns
// of.
func (v volume) render(left string) Step {
	text, command := "Render and commit, and let GitOps go on; or apply it yourself.", "hearth render"
	if left != "" {
		text += " `--abandon-volumes` says that you know: " + left + "."
		command += " --abandon-volumes"
	}
	return Step{Text: text, Command: command + "\nkubectl apply -k overlays/" + v.overlay}
}

// start undoes stop: the tree names no number of pods, so applying it leaves
// none.
func (v volume) start() Step {
	return Step{Text: "Start the pod.", Command: "kubectl -n " + v.base.Namespace + " scale " + v.workload + fmt.Sprintf(" --replicas=%d", v.pods)}
}

func (v volume) verify() Step {
	return Step{Text: "Look whether all is there.", Command: "hearth verify " + v.overlay + ` --context "$(kubectl config current-context)"`}
}
