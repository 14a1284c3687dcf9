package v1alpha1

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Workload is what Ollama and Open WebUI have in common: one pod with a volume
// and a Service.
type Workload struct {
	// Image of the container. Defaults to the pinned version of hearth.
	Image Image `json:"image,omitempty"`
	// Resources of the container. A missing part, or auto, has its own default:
	// Ollama's memory follows from its models.
	Resources Resources `json:"resources,omitempty"`
	// Storage is the volume. It outlives the pod and, by default, the bundle.
	Storage Storage `json:"storage,omitempty"`
	// Service inside the cluster.
	Service Service `json:"service,omitempty"`
	// Env holds further environment variables by name: a value, or a
	// secretKeyRef. A variable that hearth sets from a field of its own is
	// refused here.
	Env map[string]EnvValue `json:"env,omitempty"`
	// NodeSelector restricts the nodes by label.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Tolerations for tainted nodes.
	Tolerations []Toleration `json:"tolerations,omitempty"`
	// Affinity is a Kubernetes Affinity.
	Affinity Object `json:"affinity,omitempty"`
	// PriorityClassName of the pod. The class must exist.
	PriorityClassName string `json:"priorityClassName,omitempty"`
	// AllowFrom admits clients inside the cluster to the Service's port.
	// Defaults to the pods of the same namespace; [] admits none but those
	// hearth itself needs.
	AllowFrom *[]Peer `json:"allowFrom,omitempty"`
	// AllowTo lets the pod reach further destinations: a model registry, an
	// identity provider, a database.
	AllowTo []Destination `json:"allowTo,omitempty"`
}

// Resources are the container's requests and limits.
type Resources struct {
	Requests ResourceList `json:"requests,omitempty"`
	Limits   ResourceList `json:"limits,omitempty"`
}

// ResourceList holds amounts of CPU (cores) and memory (bytes). auto is the
// default. limits.cpu may be none: then nothing slows the pod down, and it may
// use every core of its node.
type ResourceList struct {
	CPU    Quantity `json:"cpu,omitempty"`
	Memory Quantity `json:"memory,omitempty"`
}

// Storage is a standalone PersistentVolumeClaim, named like its workload.
type Storage struct {
	// Size of the volume. It cannot shrink after the first deploy. Default, or
	// auto: 1Gi for Open WebUI; for Ollama what its models need, and the largest
	// of them a second time, to update it.
	Size Quantity `json:"size,omitempty"`
	// StorageClassName of the volume; it cannot change after the first deploy.
	// Default: the cluster's default class.
	StorageClassName string `json:"storageClassName,omitempty"`
	// AccessMode is ReadWriteOnce (default), ReadWriteOncePod or ReadWriteMany.
	AccessMode AccessMode `json:"accessMode,omitempty"`
	// ExistingClaim uses a claim that somebody else made; the fields above must
	// then be empty.
	ExistingClaim string `json:"existingClaim,omitempty"`
	// Retain keeps the volume when it leaves Git: Fleet, Helm, Argo CD and kpt
	// are told so. Default true.
	Retain *bool `json:"retain,omitempty"`
	// Backup of the volume by the storage system. Default none: chats are lost
	// with their volume, and models can be pulled again.
	Backup *Backup `json:"backup,omitempty"`
}

// AccessMode of a volume.
type AccessMode string

// The access modes of a volume that one pod writes to.
const (
	ReadWriteOnce    AccessMode = "ReadWriteOnce"
	ReadWriteOncePod AccessMode = "ReadWriteOncePod"
	ReadWriteMany    AccessMode = "ReadWriteMany"
)

// Values lists the allowed access modes.
func (AccessMode) Values() []string {
	return []string{string(ReadWriteOnce), string(ReadWriteOncePod), string(ReadWriteMany)}
}

// Service is the workload's Service.
type Service struct {
	// Type is ClusterIP (default), NodePort or LoadBalancer. The last two reach
	// outside the cluster and are refused for Ollama, which has no password.
	Type ServiceType `json:"type,omitempty"`
}

// ServiceType of a Service.
type ServiceType string

// The types of a Service.
const (
	ClusterIP    ServiceType = "ClusterIP"
	NodePort     ServiceType = "NodePort"
	LoadBalancer ServiceType = "LoadBalancer"
)

// Values lists the allowed types.
func (ServiceType) Values() []string {
	return []string{string(ClusterIP), string(NodePort), string(LoadBalancer)}
}

// EnvValue is an environment variable's value, or where to find it. As written
// it is a scalar, or a map with secretKeyRef.
type EnvValue struct {
	// Value as spelled in the stack.
	Value string `json:"value,omitempty"`
	// SecretKeyRef is a key of a Secret in the base's namespace.
	SecretKeyRef *SecretKeyRef `json:"secretKeyRef,omitempty"`
}

// SecretKeyRef names a key of a Secret.
type SecretKeyRef struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

// Toleration is a Kubernetes toleration.
type Toleration struct {
	Key               string             `json:"key,omitempty"`
	Operator          TolerationOperator `json:"operator,omitempty"`
	Value             string             `json:"value,omitempty"`
	Effect            TaintEffect        `json:"effect,omitempty"`
	TolerationSeconds *int64             `json:"tolerationSeconds,omitempty"`
}

// TolerationOperator compares a toleration with a taint.
type TolerationOperator string

// Values lists the allowed operators.
func (TolerationOperator) Values() []string { return []string{"Exists", "Equal"} }

// TaintEffect is what a taint does.
type TaintEffect string

// Values lists the allowed effects.
func (TaintEffect) Values() []string {
	return []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}
}

// Peer is a source of traffic: pods of a namespace, or addresses.
type Peer struct {
	// Namespace of the pods. Default: the base's own.
	Namespace string `json:"namespace,omitempty"`
	// PodLabels select pods in the namespace. Default: all of them.
	PodLabels map[string]string `json:"podLabels,omitempty"`
	// CIDRs are address ranges, instead of pods: clients on a node's own network.
	CIDRs []CIDR `json:"cidrs,omitempty"`
}

// Destination is where a pod may connect to.
type Destination struct {
	Peer
	// Ports are TCP ports. Default: all.
	Ports []Port `json:"ports,omitempty"`
}

// UnmarshalText takes the short form, a scalar as spelled.
func (v *EnvValue) UnmarshalText(text []byte) error {
	v.Value = string(text)
	return nil
}

// workload checks what Ollama and Open WebUI have in common. owned names the
// variables that hearth sets, and where to set them instead.
func (v validator) workload(at *field.Path, w *Workload, owned map[string]string) {
	v.image(path.Child("image"), w.Image)
	v.resources(path.Child("resources"), w.Resources)
	v.storage(path.Child("storage"), w.Storage)
	v.env(path.Child("env"), w.Env, owned)
	v.labels(path.Child("nodeSelector"), w.NodeSelector)
	v.tolerations(path.Child("tolerations"), w.Tolerations)
	v.affinity(path + ".affinity")
	v.optionalName(path.Child("priorityClassName"), w.PriorityClassName, "a PriorityClass")
	for i, p := range *w.AllowFrom {
		v.peer(path.Child("allowFrom").Index(i), p)
	}
	for i, d := range w.AllowTo {
		v.destination(path.Child("allowTo").Index(i), d.Peer)
	}
}

// resources checks amounts. The bounds are what nobody can mean: 4000 cores are
// 4000m, 8 bytes are 8Gi.
func (v validator) resources(at *field.Path, r Resources) {
	request := v.between(path.Child("requests", "cpu"), r.Requests.CPU, "1m", "1024")
	if limit := r.Limits.CPU != None && v.between(path.Child("limits", "cpu"), r.Limits.CPU, "10m", "1024"); request && limit {
		v.notAbove(path, "cpu", r.Requests.CPU, r.Limits.CPU)
	}
	request = v.between(path.Child("requests", "memory"), r.Requests.Memory, "32Mi", "64Ti")
	if limit := v.between(path.Child("limits", "memory"), r.Limits.Memory, "64Mi", "64Ti"); request && limit {
		v.notAbove(path, "memory", r.Requests.Memory, r.Limits.Memory)
	}
}

// notAbove checks that a request is not above its limit.
func (v validator) notAbove(path, what string, request, limit Quantity) {
	requested, limited := path.Child("requests")+what, path.Child("limits")+what
	r, l := request.Parsed(), limit.Parsed()
	if r.Cmp(l) <= 0 || !c.read(requested) || !c.read(limited) {
		return
	}
	at, fix := requested, "lower the request or raise the limit"
	switch {
	case !c.written(limited):
		fix = "lower it, or write limits." + what + " too"
	case !c.written(requested):
		at, fix = limited, "raise it, or write requests."+what+" too"
	case c.own(limited) && !c.own(requested): // the overlay's limit, the base's request
		at = limited
	}
	v.errorf(at, fix, "the request of %s is above the limit of %s", request, limit)
}

// between refuses an amount that nobody can mean.
func (v validator) between(at *field.Path, got, low, high Quantity) bool {
	if !c.written(path) { // hearth's own default
		return true
	}
	g, l, h := got.Parsed(), low.Parsed(), high.Parsed()
	switch {
	case got == None || got == Auto:
		v.errorf(path, "", "got %s, want an amount", got)
	case g.Cmp(l) < 0:
		v.errorf(path, v.meant(got, "Gi", low, high), "got %s, want at least %s", got, low)
	case g.Cmp(h) > 0:
		v.errorf(path, v.meant(got, "m", low, high), "got %s, want at most %s", got, high)
	default:
		return true
	}
	return false
}

// meant asks about a unit that was left out, if the amount were right with it.
func (v validator) meant(got Quantity, unit string, low, high Quantity) string {
	v, err := resource.ParseQuantity(string(got) + unit)
	if l, h := low.Parsed(), high.Parsed(); err != nil || v.Cmp(l) < 0 || v.Cmp(h) > 0 {
		return ""
	}
	return fmt.Sprintf("did you mean %s%s?", got, unit)
}

func (v validator) storage(at *field.Path, s Storage) {
	if s.ExistingClaim != "" {
		v.name(path.Child("existingClaim"), s.ExistingClaim, "a PersistentVolumeClaim")
		c.noEffect(path, "existingClaim", "somebody else made the claim", "size", "storageClassName", "accessMode", "retain", "backup")
		return
	}
	v.backup(path.Child("backup"), s.Backup)
	v.between(path.Child("size"), s.Size, "100Mi", "1Pi")
	v.optionalName(path.Child("storageClassName"), s.StorageClassName, "a StorageClass")
	if s.AccessMode == ReadWriteMany && strings.HasPrefix(path, "openWebUI") {
		v.warnf(path.Child("accessMode"), "write ReadWriteOnce", "volumes of this mode are often NFS, which corrupts Open WebUI's SQLite database")
	}
}
