package workload

import (
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/sizing"
)

// leaderWorkerSet is the spec of a LeaderWorkerSet (leaderworkerset.x-k8s.io/v1),
// as far as hearth writes it.
type leaderWorkerSet struct {
	Replicas             int                  `json:"replicas"`
	StartupPolicy        string               `json:"startupPolicy"`
	LeaderWorkerTemplate leaderWorkerTemplate `json:"leaderWorkerTemplate"`
}

type leaderWorkerTemplate struct {
	Size                 int                            `json:"size"`
	RestartPolicy        string                         `json:"restartPolicy"`
	LeaderTemplate       *corev1.PodTemplateSpec        `json:"leaderTemplate,omitzero"`
	WorkerTemplate       corev1.PodTemplateSpec         `json:"workerTemplate"`
	VolumeClaimTemplates []corev1.PersistentVolumeClaim `json:"volumeClaimTemplates,omitzero"`

	PersistentVolumeClaimRetentionPolicy *appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy `json:"persistentVolumeClaimRetentionPolicy,omitzero"`
}

// Labels and variables that LeaderWorkerSet's controller gives the pods.
const (
	workerIndex   = "leaderworkerset.sigs.k8s.io/worker-index"
	groupSize     = "$(LWS_GROUP_SIZE)"
	rank          = "$(LWS_WORKER_INDEX)"
	leaderAddress = "$(LWS_LEADER_ADDRESS)"
)

const sharedMemory = "shared-memory"

func (b builder) engineComponent() component {
	return component{
		Component: b.component(v1alpha1.EngineName(), "inference", b.base.Engine.Image.Tag),
		port:      v1alpha1.EnginePort, portName: "http", servicePort: int32(b.base.Engine.Service.Port),
	}
}

// engine is every object of the engine.
func (b builder) engine() []any {
	e := b.base.Engine
	if e == nil {
		return nil
	}
	c := b.engineComponent()
	objects := []any{serviceAccount(c)}
	if !e.VolumeEach() {
		objects = append(objects, volume(c, e.Storage)...)
	}
	leaders := service(c, &e.Workload)
	leaders.Spec.Selector[workerIndex] = "0"
	return append(objects, b.engineGroups(c), leaders, b.enginePolicy(c))
}

// engineGroups are the pods: each group a leader, which serves, and its workers.
func (b builder) engineGroups(c component) *object.Custom {
	e := b.base.Engine
	set := leaderWorkerSet{
		Replicas: e.Replicas,
		// The ranks wait for each other: a leader is not ready before its workers are there.
		StartupPolicy: "LeaderCreated",
		LeaderWorkerTemplate: leaderWorkerTemplate{
			Size: e.Nodes,
			// Who lost a rank waits for it for ever.
			RestartPolicy:  "RecreateGroupOnPodRestart",
			WorkerTemplate: b.engineTemplate(c, e.Nodes == 1),
		},
	}
	if e.Nodes > 1 {
		leader := b.engineTemplate(c, true)
		set.LeaderWorkerTemplate.LeaderTemplate = &leader
	}
	if e.VolumeEach() {
		set.LeaderWorkerTemplate.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{claimTemplate(c, e.Storage)}
		// A group that restarts is deleted and made anew.
		set.LeaderWorkerTemplate.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
			WhenDeleted: appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
			WhenScaled:  appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		}
	}
	return &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: "leaderworkerset.x-k8s.io/v1", Kind: "LeaderWorkerSet"},
		ObjectMeta: c.Meta(v1alpha1.EngineGroup),
		Spec:       set,
	}
}

// engineTemplate is a pod: the one that serves, or one that only computes.
func (b builder) engineTemplate(c component, serves bool) corev1.PodTemplateSpec {
	e := b.base.Engine
	var data *corev1.VolumeSource
	if !e.VolumeEach() {
		data = b.data(c, e.Storage, e.ReadOnly())
	}
	pod := b.podSpec(c, &e.Workload, data)
	if e.Pods() > 1 {
		pod.TopologySpreadConstraints = spread(c)
	}
	pod.TerminationGracePeriodSeconds = new(int64(60))
	// What the processes of a pod hand each other; it counts as the container's memory.
	pod.Volumes = append(pod.Volumes, corev1.Volume{Name: sharedMemory, VolumeSource: corev1.VolumeSource{
		EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: resource.NewQuantity(int64(e.Accelerator.Count)<<30, resource.BinarySI)},
	}})
	command := e.Command
	if len(command) == 0 {
		command = []string{"vllm", "serve"}
	}
	server := corev1.Container{
		Name:            c.Name,
		Image:           Image(b.base, v1alpha1.VLLMImage(), e.Image),
		ImagePullPolicy: corev1.PullPolicy(e.Image.PullPolicy),
		Command:         command,
		Args:            b.engineArgs(serves),
		Env:             environment(e.Env, b.engineEnv()),
		EnvFrom:         envFrom(e.EnvFrom),
		Resources:       resources(e.Resources),
		VolumeMounts:    append(b.mounts(v1alpha1.EngineData, e.ReadOnly()), corev1.VolumeMount{Name: sharedMemory, MountPath: "/dev/shm"}),
		SecurityContext: restricted(false),
	}
	if serves {
		server.Ports = []corev1.ContainerPort{{Name: c.portName, ContainerPort: c.port, Protocol: corev1.ProtocolTCP}}
		// /health is answered without the key, and not before the model is loaded.
		const period = 10 * time.Second
		server.StartupProbe = httpProbe(c, "/health", int32(period.Seconds()), 5, int32(e.StartLimit()/period))
		server.ReadinessProbe = httpProbe(c, "/health", 10, 5, 3)
		server.LivenessProbe = httpProbe(c, "/health", 30, 10, 6)
		server.Lifecycle = drain(15)
	}
	pod.Containers = []corev1.Container{server}
	accelerate(&pod, e.Accelerator)
	b.addContainers(&pod, &e.Workload)
	return corev1.PodTemplateSpec{ObjectMeta: acceleratedMeta(c.PodMeta(), e.Accelerator), Spec: pod}
}

// engineArgs are vLLM's, as its documentation gives them for one node and for
// several (docs/serving/parallelism_scaling.md, deployment/frameworks/lws.html).
func (b builder) engineArgs(serves bool) []string {
	e := b.base.Engine
	args := []string{
		e.Model,
		"--port", strconv.Itoa(v1alpha1.EnginePort),
		"--max-model-len", strconv.Itoa(e.ContextLength),
		"--gpu-memory-utilization", "0." + strconv.Itoa(sizing.GroupUsable/10),
		"--tensor-parallel-size", strconv.Itoa(e.TensorParallel),
		"--pipeline-parallel-size", strconv.Itoa(e.Stages()),
	}
	if e.Nodes > 1 {
		args = append(args, "--nnodes", groupSize, "--node-rank", rank, "--master-addr", leaderAddress)
	}
	if !serves {
		args = append(args, "--headless")
	}
	return append(args, e.Args...)
}

func (b builder) engineEnv() []corev1.EnvVar {
	e, home := b.base.Engine, v1alpha1.EngineData
	env := b.proxyEnv()
	if b.base.CABundle != nil {
		for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"} {
			env = append(env, corev1.EnvVar{Name: name, Value: caMountPath + "/ca.crt"})
		}
	}
	if e.ReadOnly() {
		home = v1alpha1.TmpPath
	}
	if e.Pull == v1alpha1.PullNever {
		env = append(env, corev1.EnvVar{Name: "HF_HUB_OFFLINE", Value: "1"})
	}
	return append(env,
		corev1.EnvVar{Name: "HF_HOME", Value: v1alpha1.EngineData + "/huggingface"},
		corev1.EnvVar{Name: "HOME", Value: home},   // where it keeps what it has compiled
		corev1.EnvVar{Name: "USER", Value: "vllm"}, // PyTorch asks for the user's name, which no file of the image has (vllm#44548)
		corev1.EnvVar{Name: "VLLM_API_KEY", ValueFrom: secretKey(e.SecretName, v1alpha1.EngineKey)},
		corev1.EnvVar{Name: "VLLM_HOST_IP", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "status.podIP"}}},
		corev1.EnvVar{Name: "VLLM_NO_USAGE_STATS", Value: "1"},
	)
}

// enginePolicy admits the chat and the stack's clients to the port that serves, and
// the engine's own pods to every one: between them nobody asks who it is. It lets
// them out to each other, to look up names and, while there is a model to fetch, to
// the internet.
func (b builder) enginePolicy(c component) *networkingv1.NetworkPolicy {
	e := b.base.Engine
	own := []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: c.Selector()}}}
	in := b.clients(&e.Workload, c)
	if b.base.OpenWebUI != nil {
		in = append(in, networkingv1.NetworkPolicyPeer{
			PodSelector: &metav1.LabelSelector{MatchLabels: b.openWebUIComponent().Selector()},
		})
	}
	var out []networkingv1.NetworkPolicyEgressRule
	for _, d := range e.AllowTo {
		out = append(out, b.egress(d))
	}
	if e.Pull == v1alpha1.PullMissing {
		out = append(out, internet(443))
	}
	if e.Nodes > 1 {
		out = append(out, networkingv1.NetworkPolicyEgressRule{To: own})
	}
	policy := networkPolicy(c, in, append(out, b.dns()))
	if e.Nodes > 1 {
		policy.Spec.Ingress = append(policy.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: own})
	}
	return policy
}
