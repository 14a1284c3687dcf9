package v1alpha1

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Workload is what Ollama, Open WebUI and an engine have in common: pods with a
// volume and a Service.
type Workload struct {
	// Image of the container. Defaults to the pinned version of hearth.
	Image Image `json:"image,omitzero"`
	// Command is what the container runs in place of the image's own entry point:
	// for a build of somebody else's, whose image.repository says so. Ollama's
	// init container runs the image's ollama from its PATH either way; where it
	// is elsewhere, pull is never. Default: the image's.
	Command []string `json:"command,omitzero"`
	// Args are the arguments of the command, beside an image.repository of
	// somebody else's. Default: serve for Ollama, unless there is a command. An
	// engine has hearth's own arguments whatever its image, and these after them.
	Args []string `json:"args,omitzero"`
	// Resources of the container. A missing part, or auto, has its own default:
	// Ollama's memory follows from its models.
	Resources Resources `json:"resources,omitzero"`
	// Storage is the volume. It outlives the pod and, by default, the bundle.
	Storage Storage `json:"storage,omitzero"`
	// Service is how others reach the program, from inside the cluster and, by its
	// type, from outside.
	Service Service `json:"service,omitzero"`
	// Env holds further environment variables by name: a value, or a
	// secretKeyRef. A variable that hearth sets from a field of its own is
	// refused here, and so is one that another of hearth's leaves unread.
	Env map[string]EnvValue `json:"env,omitzero"`
	// EnvFrom hands whole Secrets and ConfigMaps to the program as variables, the
	// later of a name before the earlier, env and hearth's own before all.
	EnvFrom []EnvFrom `json:"envFrom,omitzero"`
	Identity
	Containers
	// NodeSelector restricts the nodes by label.
	NodeSelector map[string]string `json:"nodeSelector,omitzero"`
	// Tolerations for tainted nodes.
	Tolerations []Toleration `json:"tolerations,omitzero"`
	// Affinity is a Kubernetes Affinity.
	Affinity *corev1.Affinity `json:"affinity,omitzero"`
	// PriorityClassName of the pod. The class must exist.
	PriorityClassName string `json:"priorityClassName,omitzero"`
	// AllowFrom admits clients inside the cluster to the Service's port.
	// What the base itself needs is admitted besides: its chat to its Ollama,
	// and expose's controller to the program behind the route. Default: nobody
	// else; but the pods of the namespace to an Ollama whose base has neither a
	// chat nor a route, for it is there for somebody.
	AllowFrom *[]Peer `json:"allowFrom,omitzero"`
	// AllowTo lets the pod reach further destinations: a model registry, an
	// identity provider, a database.
	AllowTo []Destination `json:"allowTo,omitzero"`
}

// Resources are the container's requests and limits.
type Resources struct {
	// Requests are what the node keeps free for the container.
	Requests ResourceList `json:"requests,omitzero"`
	// Limits are the most that the container gets: above its CPU it waits, above
	// its memory it is killed.
	Limits ResourceList `json:"limits,omitzero"`
}

// ResourceList holds amounts of CPU (cores) and memory (bytes). auto is the
// default. limits.cpu may be none: then nothing slows the pod down, and it may
// use every core of its node.
type ResourceList struct {
	// CPU in cores: 4, or 500m for half a core. Default, or auto: the workload's
	// own, see its resources.
	CPU Quantity `json:"cpu,omitzero"`
	// Memory in bytes: 8Gi, 512Mi. Default, or auto: the workload's own, see its
	// resources.
	Memory Quantity `json:"memory,omitzero"`
}

// Storage is a standalone PersistentVolumeClaim, named like its workload.
type Storage struct {
	// Size of the volume. It cannot shrink after the first deploy. Default, or
	// auto: 1Gi for Open WebUI; for Ollama what its models need, and the largest
	// of them a second time, to update it.
	Size Quantity `json:"size,omitzero"`
	// StorageClassName of the volume; it cannot change after the first deploy.
	// Default: the cluster's default class.
	StorageClassName string `json:"storageClassName,omitzero"`
	// AccessMode is ReadWriteOnce (default), ReadWriteOncePod or ReadWriteMany.
	AccessMode AccessMode `json:"accessMode,omitzero"`
	// ExistingClaim uses a claim that somebody else made; the fields above must
	// then be empty.
	ExistingClaim string `json:"existingClaim,omitzero"`
	// NFS is an export in the place of a volume of a storage class, for Ollama, and
	// for a chat with database and vectors on servers: no SQLite belongs on NFS.
	NFS *NFS `json:"nfs,omitzero"`
	// Image is an OCI image that holds the models, mounted read-only in the place
	// of a volume, for Ollama alone: the nodes pull it as any image, by
	// images.mirrors and images.pullSecrets. Kubernetes mounts one from 1.35 on,
	// and from 1.33 with the feature gate ImageVolume; so must the nodes'
	// container runtime.
	Image *Image `json:"image,omitzero"`
	// Retain keeps the volume when it leaves Git: Fleet, Helm, Argo CD and kpt
	// are told so. Default true.
	Retain *bool `json:"retain,omitzero"`
	// Backup of the volume by the storage system. Default none: chats are lost
	// with their volume, and models can be pulled again.
	Backup *Backup `json:"backup,omitzero"`
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
func (AccessMode) Values() []string { return texts(ReadWriteOnce, ReadWriteOncePod, ReadWriteMany) }

// EnvValue is an environment variable's value, or where to find it. As written
// it is a scalar, or a map with secretKeyRef.
type EnvValue struct {
	// Value as spelled in the stack.
	Value string `json:"value,omitzero"`
	// SecretKeyRef is a key of a Secret in the base's namespace.
	SecretKeyRef *SecretKeyRef `json:"secretKeyRef,omitzero"`
}

// SecretKeyRef names a key of a Secret.
type SecretKeyRef struct {
	// Name of the Secret, in the namespace of the pod.
	Name string `json:"name"`
	// Key in the Secret.
	Key string `json:"key"`
}

// Short tells somebody who writes a secret itself where it belongs.
func (*SecretKeyRef) Short(string) (fix string, value any) {
	return "write {name: SECRET, key: KEY}: the secret itself belongs into a Secret, made by `hearth secrets`, and never into this file", nil
}

// Secret says that a text in its place may be one.
func (*SecretKeyRef) Secret() {}

// Toleration is a Kubernetes toleration.
type Toleration struct {
	// Key of the taint. Default: every key, with operator Exists.
	Key string `json:"key,omitzero"`
	// Operator is Equal (default), the value has to be the taint's, or Exists,
	// whatever the value.
	Operator TolerationOperator `json:"operator,omitzero"`
	// Value of the taint, for operator Equal. Default: the empty value.
	Value string `json:"value,omitzero"`
	// Effect of the taint that is tolerated: NoSchedule, PreferNoSchedule or
	// NoExecute. Default: all of them.
	Effect TaintEffect `json:"effect,omitzero"`
	// TolerationSeconds is how long the pod stays on a node that gets the taint,
	// in seconds; for effect NoExecute. Default: for ever.
	TolerationSeconds *int64 `json:"tolerationSeconds,omitzero"`
}

// TolerationOperator compares a toleration with a taint.
type TolerationOperator string

// Values lists the allowed operators.
func (TolerationOperator) Values() []string { return []string{"Exists", "Equal"} }

// TaintEffect is what a taint does.
type TaintEffect string

// Values lists the allowed effects.
func (TaintEffect) Values() []string { return []string{"NoSchedule", "PreferNoSchedule", "NoExecute"} }

// Peer is a source of traffic: pods of a namespace, or addresses.
type Peer struct {
	// Namespace of the pods. Default: the base's own.
	Namespace string `json:"namespace,omitzero"`
	// PodLabels select pods in the namespace. Default: all of them.
	PodLabels map[string]string `json:"podLabels,omitzero"`
	// CIDRs are address ranges, instead of pods: clients on a node's own network.
	CIDRs []CIDR `json:"cidrs,omitzero"`
}

// Destination is where a pod may connect to.
type Destination struct {
	Peer
	// Ports are TCP ports. Default: all.
	Ports []Port `json:"ports,omitzero"`
}

// UnmarshalText takes the short form, a scalar as spelled.
func (e *EnvValue) UnmarshalText(text []byte) error {
	e.Value = string(text)
	return nil
}

// MarshalJSON writes the short form where there is one.
func (e EnvValue) MarshalJSON() ([]byte, error) {
	if e.SecretKeyRef == nil {
		return json.Marshal(e.Value)
	}
	type fields EnvValue
	return json.Marshal(fields(e))
}

// applyDefaults fills in what is left out of a workload with the given image,
// resources and volume.
func (w *Workload) applyDefaults(image Image, r Resources, size Quantity) {
	fill(&w.Image.Tag, image.Tag)
	fill(&w.Image.PullPolicy, image.PullPolicy)
	w.Resources.applyDefaults(r)
	if w.Storage.Size == Auto {
		w.Storage.Size = ""
	}
	if w.Storage.sized() {
		fill(&w.Storage.Size, size)
		fillPointer(&w.Storage.Retain, true)
		if w.Storage.NFS == nil {
			fill(&w.Storage.AccessMode, ReadWriteOnce)
		}
	}
	if i := w.Storage.Image; i != nil {
		fill(&i.Registry, image.Registry)
		fill(&i.PullPolicy, image.PullPolicy)
	}
	if w.Storage.Backup != nil {
		w.Storage.Backup.applyDefaults()
	}
	w.Service.applyDefaults()
	fillPointer(&w.AllowFrom, []Peer{})
	w.Identity.applyDefaults()
	w.Containers.applyDefaults()
}

// applyDefaults fills in what is left out, or auto, by the given amounts.
func (r *Resources) applyDefaults(amounts Resources) {
	for _, one := range []struct {
		own    *Quantity
		amount Quantity
	}{
		{&r.Requests.CPU, amounts.Requests.CPU}, {&r.Requests.Memory, amounts.Requests.Memory},
		{&r.Limits.CPU, amounts.Limits.CPU}, {&r.Limits.Memory, amounts.Limits.Memory},
	} {
		if *one.own == Auto {
			*one.own = ""
		}
		fill(one.own, one.amount)
	}
}

// workload checks what Ollama and Open WebUI have in common. ours are the
// variables that hearth decides.
func (v validator) workload(at *field.Path, given, w *Workload, ours map[string]variable) {
	v.image(at.Child("image"), w.Image)
	v.resources(at.Child("resources"), given.Resources, w.Resources)
	v.storage(at.Child("storage"), given.Storage, w.Storage)
	v.env(at.Child("env"), w.Env, ours)
	v.envFrom(at.Child("envFrom"), w.EnvFrom)
	v.containers(at, &given.Containers, w)
	v.labels(at.Child("nodeSelector"), w.NodeSelector)
	v.tolerations(at.Child("tolerations"), w.Tolerations)
	v.affinity(at.Child("affinity"), w.Affinity)
	v.optionalName(at.Child("priorityClassName"), w.PriorityClassName, "a PriorityClass")
	for i, p := range *w.AllowFrom {
		v.peer(at.Child("allowFrom").Index(i), p)
	}
	for i, d := range w.AllowTo {
		v.destination(at.Child("allowTo").Index(i), d.Peer)
	}
}

// command refuses another start of the official image: hearth's probes, figures
// and variables are for the program as that image starts it.
func (v validator) command(at *field.Path, w *Workload) {
	repository := w.Image.Repository
	if repository != "" && repository != OllamaImage().Repository && repository != OpenWebUIImage().Repository {
		return
	}
	for name, words := range map[string][]string{"command": w.Command, "args": w.Args} {
		if len(words) > 0 {
			v.because(at.Child("image", "repository")).errorf(at.Child(name), "remove it, or name another image in image.repository",
				"the official image starts the program itself, and what hearth sets is made for that")
		}
	}
}

// resources checks amounts. The bounds are what nobody can mean: 4000 cores are
// 4000m, 8 bytes are 8Gi. Hearth's own defaults are not looked at.
func (v validator) resources(at *field.Path, given, r Resources) {
	pair := func(name string, given, got [2]Quantity, least [2]Quantity, most Quantity) {
		requests, limits := at.Child("requests", name), at.Child("limits", name)
		good := v.chosen(requests, given[0], least[0], most)
		if got[1] == None && name == "cpu" || !v.chosen(limits, given[1], least[1], most) || !good {
			return
		}
		v.notAbove(name, requests, limits, given, got)
	}
	pair("cpu", [2]Quantity{given.Requests.CPU, given.Limits.CPU}, [2]Quantity{r.Requests.CPU, r.Limits.CPU}, [2]Quantity{"1m", "10m"}, "1024")
	pair("memory", [2]Quantity{given.Requests.Memory, given.Limits.Memory}, [2]Quantity{r.Requests.Memory, r.Limits.Memory}, [2]Quantity{"32Mi", "64Mi"}, "64Ti")
}

// notAbove checks that a request is not above its limit; given and got are both.
func (v validator) notAbove(what string, request, limit *field.Path, given, got [2]Quantity) {
	r, l := got[0].Parsed(), got[1].Parsed()
	if r.Cmp(l) <= 0 {
		return
	}
	at, other, fix := request, limit, "lower the request or raise the limit"
	switch {
	case !isChosen(given[1]):
		fix = "lower it, or write limits." + what + " too"
	case !isChosen(given[0]):
		at, other, fix = limit, request, "raise it, or write requests."+what+" too"
	}
	v.because(other).errorf(at, fix, "the request of %s is above the limit of %s", got[0], got[1])
}

// isChosen reports whether a person chose the amount.
func isChosen(given Quantity) bool { return given != "" && given != Auto }

// chosen is between for an amount that has a default.
func (v validator) chosen(at *field.Path, given, low, high Quantity) bool {
	return !isChosen(given) || v.between(at, given, low, high)
}

// between refuses an amount that nobody can mean.
func (v validator) between(at *field.Path, got, low, high Quantity) bool {
	g, l, h := got.Parsed(), low.Parsed(), high.Parsed()
	switch {
	case got == None || got == Auto:
		v.errorf(at, "", "got %s, want an amount", got)
	case g.Cmp(l) < 0:
		v.errorf(at, meant(got, "Gi", low, high), "got %s, want %s to %s", got, low, high)
	case g.Cmp(h) > 0:
		v.errorf(at, meant(got, "m", low, high), "got %s, want %s to %s", got, low, high)
	default:
		return true
	}
	return false
}

// meant asks about a unit that was left out, if the amount were right with it.
func meant(got Quantity, unit string, low, high Quantity) string {
	q, err := ParseQuantity(string(got) + unit)
	if l, h := low.Parsed(), high.Parsed(); err != nil || q.Cmp(l) < 0 || q.Cmp(h) > 0 {
		return ""
	}
	return fmt.Sprintf("did you mean %s%s?", got, unit)
}

func (v validator) storage(at *field.Path, given, s Storage) {
	if v.source(at, given, s) && s.NFS == nil {
		return
	}
	v.chosen(at.Child("size"), given.Size, "100Mi", "1Pi")
	if s.NFS != nil {
		return
	}
	v.backup(at.Child("backup"), given.Backup, s.Backup)
	v.optionalName(at.Child("storageClassName"), filled(s.StorageClassName, "x"), "a StorageClass")
}
