package v1alpha1

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
