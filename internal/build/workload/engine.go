package workload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	if !e.VolumeEach() && (serves || !e.LlamaCpp()) { // whose workers are sent what they hold
		data = b.data(c, e.Storage, e.ReadOnly())
	}
	pod := b.podSpec(c, &e.Workload, data)
	if e.Pods() > 1 {
		pod.TopologySpreadConstraints = spread(c)
	}
	pod.TerminationGracePeriodSeconds = new(int64(60))
	if e.LlamaCpp() && !serves { // it does not hear that it is to end, and outlives the answers of its server
		pod.TerminationGracePeriodSeconds = new(int64(20))
	}
	server := corev1.Container{
		Name:            c.Name,
		Image:           Image(b.base, v1alpha1.VLLMImage(), e.Image),
		ImagePullPolicy: corev1.PullPolicy(e.Image.PullPolicy),
		EnvFrom:         envFrom(e.EnvFrom),
		Resources:       resources(e.Resources),
		VolumeMounts:    b.mounts(v1alpha1.EngineData, e.ReadOnly()),
		SecurityContext: restricted(false),
	}
	if e.LlamaCpp() {
		b.llamaCpp(&server, serves)
	} else {
		b.vllm(&pod, &server, serves)
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
	if e.Accelerator != nil {
		accelerate(&pod, e.Accelerator)
	}
	b.addContainers(&pod, &e.Workload)
	return corev1.PodTemplateSpec{ObjectMeta: acceleratedMeta(c.PodMeta(), e.Accelerator), Spec: pod}
}

// vllm is what a container runs.
func (b builder) vllm(pod *corev1.PodSpec, server *corev1.Container, serves bool) {
	e := b.base.Engine
	// What the processes of a pod hand each other; it counts as the container's memory.
	pod.Volumes = append(pod.Volumes, corev1.Volume{Name: sharedMemory, VolumeSource: corev1.VolumeSource{
		EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory, SizeLimit: resource.NewQuantity(int64(e.Accelerator.Count)<<30, resource.BinarySI)},
	}})
	server.VolumeMounts = append(server.VolumeMounts, corev1.VolumeMount{Name: sharedMemory, MountPath: "/dev/shm"})
	if server.Command = e.Command; len(e.Command) == 0 {
		server.Command = []string{"vllm", "serve"}
	}
	server.Args, server.Env = b.vllmArgs(serves), environment(e.Env, b.vllmEnv())
}

// serveGroup starts llama-server once all workers answer: their addresses come first.
// Asked for its devices, the program fails where one of them does not.
const serveGroup = `until llama-server --rpc "$0" --list-devices; do sleep 2; done
exec llama-server --rpc "$0" "$@"`

// llamaCpp is what a container runs: a server that divides the layers over its own
// processors and those of the workers, each of which lends its memory by RPC.
func (b builder) llamaCpp(server *corev1.Container, serves bool) {
	e := b.base.Engine
	own := []corev1.EnvVar{{Name: "HOME", Value: v1alpha1.TmpPath}}
	cores := e.Resources.Limits.CPU.Parsed()
	threads := []string{"--threads", strconv.FormatInt(max(1, cores.Value()), 10)}
	if cores.IsZero() { // it takes all that it sees
		threads = nil
	}
	if !serves {
		server.Command = []string{"ggml-rpc-server"}
		server.Args = append([]string{"--host", "0.0.0.0", "--port", strconv.Itoa(v1alpha1.EngineRPCPort)}, threads...)
		server.VolumeMounts = slices.DeleteFunc(server.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == dataVolume })
		server.Env = environment(e.Env, own)
		return
	}
	args := []string{
		"--model", v1alpha1.EngineData + "/" + e.Model, "--alias", e.Model,
		"--host", "0.0.0.0", "--port", strconv.Itoa(v1alpha1.EnginePort),
		"--ctx-size", strconv.Itoa(e.ContextLength), "--parallel", "1",
		"--no-mmap",                                  // what is not read into memory would be read from the volume for each word
		"--cache-ram", "0", "--ctx-checkpoints", "0", // earlier requests, which would take gigabytes of the limit
	}
	server.Command = []string{"llama-server"}
	if workers := e.Nodes - 1; workers > 0 {
		var addresses, parts []string
		for i := range workers {
			addresses = append(addresses, fmt.Sprintf("$(POD_NAME)-%d.%s:%d", i+1, v1alpha1.EngineGroup, v1alpha1.EngineRPCPort))
			parts = append(parts, "1")
		}
		// The last layers, and the output, which counts as one.
		lent := e.ModelSize.Layers*workers/e.Nodes + 1
		own = append(own, corev1.EnvVar{Name: "POD_NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.name"}}})
		server.Command = []string{"/bin/sh", "-c", serveGroup, strings.Join(addresses, ",")}
		args = append(args, "--gpu-layers", strconv.Itoa(lent), "--tensor-split", strings.Join(parts, ","))
	}
	server.Args = slices.Concat(args, threads, e.Args)
	server.Env = environment(e.Env, append(own, corev1.EnvVar{Name: "LLAMA_API_KEY", ValueFrom: secretKey(e.SecretName, v1alpha1.EngineKey)}))
}

// vllmArgs are vLLM's, as its documentation gives them for one node and for
// several (docs/serving/parallelism_scaling.md, deployment/frameworks/lws.html).
func (b builder) vllmArgs(serves bool) []string {
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

func (b builder) vllmEnv() []corev1.EnvVar {
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
