package v1alpha1

import (
	"net/netip"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// ModelsFolder is the default of Ollama's ModelsFolder: what the upstream image
// has below /root/.ollama.
const ModelsFolder = "models"

// NFS is an export of an NFS server: hearth writes a PersistentVolume of it and
// the claim that takes it, since Pod Security "restricted" lets no pod name one.
type NFS struct {
	// Server is the server's DNS name or address, as the nodes reach it: they
	// mount it, and no NetworkPolicy has to let the pod out.
	Server string `json:"server"`
	// Path of the export, such as /export/models. It belongs to the pod's user,
	// who writes there.
	Path string `json:"path"`
	// ReadOnly mounts it so; then pull is never. Default false.
	ReadOnly bool `json:"readOnly,omitzero"`
}

// ReadOnly reports whether no pod can write to the volume.
func (s Storage) ReadOnly() bool { return s.Image != nil || s.NFS != nil && s.NFS.ReadOnly }

// Claim is the name of the claim that the workload of a name mounts; "" where it
// mounts an image.
func (s Storage) Claim(workload string) string {
	switch {
	case s.Image != nil:
		return ""
	case s.ExistingClaim != "":
		return s.ExistingClaim
	}
	return workload
}

// sized reports whether the size of the volume is the stack's to say.
func (s Storage) sized() bool { return s.ExistingClaim == "" && s.Image == nil }

// provisioned reports whether a storage class makes the volume.
func (s Storage) provisioned() bool { return s.sized() && s.NFS == nil }

// folderForm is a relative path of plain names, or the root itself.
var folderForm = lazyregexp.New(`^(\.|[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*)$`)

// modelStore checks where an Ollama's models lie.
func (v validator) modelStore(at *field.Path, o *Ollama) {
	store, replicas := at.Child("storage"), at.Child("replicas")
	if folder := o.ModelsFolder; !folderForm().MatchString(folder) || len(folder) > 200 {
		v.errorf(at.Child("modelsFolder"), "", "got %q, want a folder of the volume, such as %s or a/b, without a slash in front; or \".\", its root", folder, ModelsFolder)
	}
	switch at := at.Child("pull"); {
	case o.Pull != PullMissing:
	case o.Storage.ReadOnly():
		v.because(store).errorf(at, "write never, or remove it", "got missing: nobody can pull into a volume that is read-only")
	case o.Shared():
		v.because(store, replicas).errorf(at, "write never, or remove it, and fill the volume by other means; or give each pod a volume, by storage.size",
			"got missing: %d pods mount one volume, read-only, for one Ollama removes what another one pulls", o.Replicas)
	}
}

// source checks a volume that is no claim of a storage class; it reports whether
// it is one.
func (v validator) source(at *field.Path, given, s Storage) bool {
	switch {
	case s.ExistingClaim != "":
		v.name(at.Child("existingClaim"), s.ExistingClaim, "a PersistentVolumeClaim")
		v.because(at.Child("existingClaim")).only(at, "somebody else made the claim", given, "existingClaim")
	case s.Image != nil:
		v.because(at.Child("image")).only(at, "the volume is an image", given, "image")
		v.modelImage(at.Child("image"), *s.Image)
	case s.NFS != nil:
		v.because(at.Child("nfs")).only(at, "the volume is the whole export", given, "nfs", "size", "retain")
		v.nfs(at.Child("nfs"), *s.NFS)
	default:
		return false
	}
	return true
}

func (v validator) modelImage(at *field.Path, i Image) {
	if i.Repository == "" {
		v.errorf(at.Child("repository"), "", "missing: want the image that holds the models, such as home/models")
		return
	}
	if i.Tag == "" {
		v.errorf(at.Child("tag"), "", "missing: want the tag of the image that holds the models")
		return
	}
	v.image(at, i)
}

func (v validator) nfs(at *field.Path, n NFS) {
	server := at.Child("server")
	_, notAddress := netip.ParseAddr(n.Server)
	switch {
	case n.Server == "":
		v.errorf(server, "", "missing: want the NFS server's DNS name or address")
	case notAddress != nil && len(validation.IsDNS1123Subdomain(n.Server)) > 0:
		v.errorf(server, "", "got %q, want a DNS name or an address, such as nas.lan or 10.0.0.5", n.Server)
	case notAddress != nil && (strings.HasSuffix(n.Server, ".svc") || strings.Contains(n.Server, ".svc.")):
		v.errorf(server, "write its address, or a name outside the cluster", "got %q, a name in the cluster: the nodes mount the export, and look up no such name", n.Server)
	}
	if n.Path == "" {
		v.errorf(at.Child("path"), "", "missing: want the path of the export, such as /export/models")
	} else if !path.IsAbs(n.Path) || path.Clean(n.Path) != n.Path {
		v.errorf(at.Child("path"), "", "got %q, want the path of the export, such as /export/models", n.Path)
	}
}
