package v1alpha1

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Volume is one more volume of a pod, of the kinds that Pod Security "restricted"
// admits. NFS and a folder of the node are not among them: each is a
// PersistentVolume with a claim, and existingClaim names that.
type Volume struct {
	// ExistingClaim is a PersistentVolumeClaim in the base's namespace.
	ExistingClaim string `json:"existingClaim,omitzero"`
	// ConfigMapName is a ConfigMap in the base's namespace; each key is a file.
	ConfigMapName string `json:"configMapName,omitzero"`
	// SecretName is a Secret in the base's namespace; each key is a file.
	SecretName string `json:"secretName,omitzero"`
	// EmptyDir is a folder that lives as long as the pod, by the size of the
	// node's disk that it may take: 1Gi. The kubelet evicts a pod that writes more.
	EmptyDir Quantity `json:"emptyDir,omitzero"`
	// Mount is where the program itself has the volume. Default: nowhere; a
	// container's mounts are its own.
	Mount *Mount `json:"mount,omitzero"`
}

// Mount is where a container has a volume.
type Mount struct {
	// Path in the container, from its root.
	Path string `json:"path"`
	// SubPath is one file or folder of the volume. Default: all of it. A change
	// of a ConfigMap or Secret reaches it only with a new pod.
	SubPath string `json:"subPath,omitzero"`
	// ReadOnly keeps the container from writing to it. Default false; ConfigMaps
	// and Secrets are never written to.
	ReadOnly bool `json:"readOnly,omitzero"`
}

// dataVolume is the name of the program's own volume.
const dataVolume = "data"

// VolumeNames are those of hearth's own volumes.
func VolumeNames() []string { return []string{"ca-bundle", dataVolume, "tmp", "uploads"} }

// Where hearth mounts its own volumes.
const (
	// OllamaData is below Ollama's HOME.
	OllamaData = "/home/ollama/.ollama"
	// OpenWebUIData is where the image has it.
	OpenWebUIData = "/app/backend/data"
	// UploadsPath is where uploads arrive.
	UploadsPath = "/uploads"
	// CAPath is where caBundle is.
	CAPath = "/etc/hearth/ca"
	// TmpPath is a bounded folder of the node's disk.
	TmpPath = "/tmp"
)

// mountForm is what a path in a container, or in a volume, is written with: Kubernetes takes
// ":" for the end of one, and a control character is nobody's wish.
var mountForm = lazyregexp.New(`^[^:\\\x00-\x1f\x7f]+$`)

// volumes checks the volumes; mounted are those that a container has.
func (v validator) volumes(at *field.Path, w *Workload, mounted map[string]bool) {
	own := map[string]Mount{}
	for _, name := range slices.Sorted(maps.Keys(w.Volumes)) {
		at, volume := at.Key(name), w.Volumes[name]
		v.label(at, name, "the volume's name")
		if slices.Contains(VolumeNames(), name) {
			v.errorf(at, "give it another name", "has the name of one of hearth's own volumes: %s", list(VolumeNames()))
		}
		v.podVolume(at, w, volume)
		switch {
		case volume.Mount != nil:
			own[name] = *volume.Mount
			v.ownMount(at.Child("mount", "path"), volume.Mount.Path)
		case !mounted[name]:
			v.warnf(at, "write mount, or the mounts of a container", "nothing mounts it")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		v.mount(at.Key(name).Child("mount"), own[name])
	}
	v.overlaps(own, func(name string) *field.Path { return at.Key(name).Child("mount", "path") })
}

// podVolume checks that a volume is of one kind.
func (v validator) podVolume(at *field.Path, w *Workload, volume Volume) {
	var kinds []string
	for name, set := range map[string]bool{
		"existingClaim": volume.ExistingClaim != "", "configMapName": volume.ConfigMapName != "",
		"secretName": volume.SecretName != "", "emptyDir": volume.EmptyDir != "",
	} {
		if set {
			kinds = append(kinds, name)
		}
	}
	slices.Sort(kinds)
	switch len(kinds) {
	case 0:
		v.errorf(at, "write one of existingClaim, configMapName, secretName and emptyDir", "does not say what it is")
	case 1:
	default:
		v.errorf(at, "keep one of them", "is more than one thing: %s", strings.Join(kinds, " and "))
	}
	v.optionalName(at.Child("existingClaim"), volume.ExistingClaim, "a PersistentVolumeClaim")
	v.optionalName(at.Child("configMapName"), volume.ConfigMapName, "a ConfigMap")
	v.optionalName(at.Child("secretName"), volume.SecretName, "a Secret")
	if volume.EmptyDir != "" {
		v.between(at.Child("emptyDir"), volume.EmptyDir, "1Mi", "1Ti")
	}
	if volume.ExistingClaim != "" && volume.ExistingClaim == w.Storage.ExistingClaim {
		v.errorf(at.Child("existingClaim"), "write the mounts of a container as data: {path: PATH}", "got %q, which is the program's own volume: its name is data", volume.ExistingClaim)
	}
}

// mounts checks where one container has its volumes.
func (v validator) mounts(at *field.Path, mounts map[string]Mount) {
	for _, name := range slices.Sorted(maps.Keys(mounts)) {
		v.mount(at.Key(name), mounts[name])
	}
	v.overlaps(mounts, func(name string) *field.Path { return at.Key(name).Child("path") })
}

func (v validator) mount(at *field.Path, m Mount) {
	switch {
	case m.Path == "":
		v.errorf(at.Child("path"), "", "missing: want a path from the root, such as /data")
	case !path.IsAbs(m.Path) || path.Clean(m.Path) != m.Path || m.Path == "/" || !mountForm().MatchString(m.Path):
		v.errorf(at.Child("path"), "", "got %q, want a path from the root, without a '/' at its end, such as /data", m.Path)
	case slices.Contains([]string{"/dev", "/proc", "/sys"}, "/"+strings.SplitN(m.Path, "/", 3)[1]):
		v.errorf(at.Child("path"), "", "got %q, which is the kernel's", m.Path)
	}
	if m.SubPath != "" && (path.IsAbs(m.SubPath) || path.Clean(m.SubPath) != m.SubPath || strings.HasPrefix(m.SubPath, "..") || !mountForm().MatchString(m.SubPath)) {
		v.errorf(at.Child("subPath"), "", "got %q, want a path within the volume, such as models or a/b", m.SubPath)
	}
}

// overlaps refuses two volumes at one path.
func (v validator) overlaps(mounts map[string]Mount, at func(name string) *field.Path) {
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(mounts)) {
		if other, taken := first[mounts[name].Path]; taken {
			v.errorf(at(name), "give each a path of its own", "got %q, where %s is too", mounts[name].Path, other)
		}
		first[mounts[name].Path] = cmp.Or(first[mounts[name].Path], name)
	}
}

// ownMount refuses a path of the program's that would hide one of hearth's mounts.
func (v validator) ownMount(at *field.Path, p string) {
	for _, own := range []string{OllamaData, OpenWebUIData, UploadsPath, CAPath, TmpPath} {
		if len(p) > 1 && (own == p || strings.HasPrefix(own, p+"/")) {
			v.errorf(at, "choose another path", "got %q, where hearth mounts %s", p, own)
			return
		}
	}
}
