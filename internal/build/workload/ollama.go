package workload

import (
	_ "embed" // the puller's script
	"path"
	"regexp"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/sizing"
)

// ollamaHome is HOME in the pod. The volume is mounted below it as .ollama, so
// that it holds what the upstream image keeps in /root/.ollama: a volume filled
// by another deployment, or by hand, fits.
const (
	ollamaHome = "/home/ollama"
	ollamaData = v1alpha1.OllamaData
)

// pullModels is the init container's script.
//
//go:embed pull-models.sh
var pullModels string

// digestParts are the parts of the script that compare digests: each is one more
// that may be wrong, for those who give none.
var digestParts = regexp.MustCompile(`(?ms)^# begin digests\n(.*?)^# end digests\n\n?`)

// pullScript is the script as it is needed.
func (b builder) pullScript() string {
	if b.digests() == "" {
		return digestParts.ReplaceAllString(pullModels, "")
	}
	return pullModels
}

func (b builder) ollamaComponent() component {
	return component{
		Component: b.component(b.base.Ollama.ServiceName(), "inference", b.base.Ollama.Image.Tag),
		port:      ollamaPort, portName: "http", servicePort: int32(b.base.Ollama.Service.Port),
	}
}

// ollama is every object of the inference server.
func (b builder) ollama() []any {
	o := b.base.Ollama
	if o == nil {
		return nil
	}
	c := b.ollamaComponent()
	objects := []any{serviceAccount(c)}
	if o.VolumeEach() {
		objects = append(objects, b.ollamaStatefulSet(c), headless(c))
	} else {
		objects = append(append(objects, volume(c, o.Storage)...), b.ollamaDeployment(c))
	}
	if o.Replicas > 1 {
		objects = append(objects, disruptionBudget(c))
	}
	return append(objects, service(c, &o.Workload), b.ollamaPolicy(c))
}

func (b builder) ollamaDeployment(c component) *appsv1.Deployment {
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: c.Meta(c.Name),
		Spec: appsv1.DeploymentSpec{
			// No replicas: 1 is the default, and an explicit number is drift as
			// soon as somebody scales by hand (Fleet).
			Selector: &metav1.LabelSelector{MatchLabels: c.Selector()},
			// A rolling update starts the new pod before the old one has let
			// go of a ReadWriteOnce volume: a deadlock.
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
			// After ten minutes, the default, a Deployment counts as failed; to
			// pull a model takes longer.
			ProgressDeadlineSeconds: new(int32(b.base.PullDeadline().Seconds())),
			Template:                b.ollamaTemplate(c),
		},
	}
	if n := b.base.Ollama.Replicas; n > 1 {
		d.Spec.Replicas, d.Spec.Strategy = new(int32(n)), oneByOne()
	}
	return d
}

// ollamaTemplate is the pod, however many there are.
func (b builder) ollamaTemplate(c component) corev1.PodTemplateSpec {
	o := b.base.Ollama
	var data *corev1.VolumeSource
	if !o.VolumeEach() {
		data = b.data(c, o.Storage, o.ReadOnly())
	}
	pod := b.podSpec(c, &o.Workload, data)
	if o.Replicas > 1 {
		pod.TopologySpreadConstraints = spread(c)
	}
	pod.TerminationGracePeriodSeconds = new(int64(45))
	image := Image(b.base, v1alpha1.OllamaImage(), o.Image)
	if o.Pull == v1alpha1.PullMissing {
		pod.InitContainers = []corev1.Container{{
			Name:            v1alpha1.ContainerPull,
			Image:           image,
			ImagePullPolicy: corev1.PullPolicy(o.Image.PullPolicy),
			Command:         []string{"/bin/sh", "-c", b.pullScript(), v1alpha1.ContainerPull},
			Args:            b.base.PullModels(),
			Env:             b.initEnv(),
			// The server's: a pod counts the larger of the two, not their sum.
			Resources:       resources(o.Resources),
			VolumeMounts:    b.mounts(ollamaData, o.ReadOnly()),
			SecurityContext: restricted(false),
		}}
	}
	args := o.Args
	if len(o.Command) == 0 && len(args) == 0 {
		args = []string{"serve"}
	}
	pod.Containers = []corev1.Container{{
		Name:            c.Name,
		Image:           image,
		ImagePullPolicy: corev1.PullPolicy(o.Image.PullPolicy),
		Command:         o.Command,
		Args:            args,
		Ports:           []corev1.ContainerPort{{Name: c.portName, ContainerPort: c.port, Protocol: corev1.ProtocolTCP}},
		Env:             environment(o.Env, b.ollamaEnv()),
		EnvFrom:         envFrom(o.EnvFrom),
		Resources:       resources(o.Resources),
		VolumeMounts:    b.mounts(ollamaData, o.ReadOnly()),
		// /api/version, never a loaded model: a model unloads after keepAlive,
		// the endpoint would vanish, and the route would answer 502.
		StartupProbe:   httpProbe(c, "/api/version", 2, 5, 60),
		ReadinessProbe: httpProbe(c, "/api/version", 10, 5, 3),
		// Patient: a busy CPU makes the server slow, and a restart loses the
		// loaded model. / is answered without a look at anything.
		LivenessProbe:   httpProbe(c, "/", 30, 10, 6),
		Lifecycle:       drain(15), // SIGTERM cuts a running answer within 20 ms
		SecurityContext: restricted(false),
	}}
	accelerate(&pod, o.Accelerator)
	b.addContainers(&pod, &o.Workload)
	return corev1.PodTemplateSpec{ObjectMeta: acceleratedMeta(c.PodMeta(), o.Accelerator), Spec: pod}
}

// pullerEnv is what both containers need to find the volume and a registry: a
// person may run ollama pull in the server's container too.
func (b builder) pullerEnv() []corev1.EnvVar {
	env := b.proxyEnv()
	if b.base.CABundle != nil {
		// Go reads its default bundle file besides these folders, so that the
		// public authorities stay trusted.
		env = append(env, corev1.EnvVar{Name: "SSL_CERT_DIR", Value: "/etc/ssl/certs:" + caMountPath})
	}
	o, home := b.base.Ollama, ollamaHome
	if o.ReadOnly() {
		home = "/tmp" // where it writes a key for itself
	}
	env = append(env, corev1.EnvVar{Name: "HOME", Value: home})
	if o.ModelsFolder != v1alpha1.ModelsFolder || home != ollamaHome { // else it is Ollama's own default
		env = append(env, corev1.EnvVar{Name: "OLLAMA_MODELS", Value: path.Join(ollamaData, o.ModelsFolder)})
	}
	if o.ReadOnly() {
		// Else it removes empty folders as it starts, and ends where it cannot.
		env = append(env, corev1.EnvVar{Name: "OLLAMA_NOPRUNE", Value: "1"})
	}
	return env
}

// initEnv is the puller's: besides, what it compares and makes.
func (b builder) initEnv() []corev1.EnvVar {
	env := b.pullerEnv()
	if made := b.modelfiles(); made != "" {
		env = append(env, corev1.EnvVar{Name: "CUSTOM_MODELS", Value: made})
	}
	if digests := b.digests(); digests != "" {
		env = append(env, corev1.EnvVar{Name: "MODEL_DIGESTS", Value: digests})
	}
	copies := b.base.Copies()
	if len(copies) == 0 {
		return env
	}
	var pairs []string
	for _, c := range copies {
		pairs = append(pairs, c[0]+"="+c[1]) // neither character is in a model's name
	}
	return append(env,
		corev1.EnvVar{Name: "COPY_MODELS", Value: strings.Join(pairs, " ")},
		corev1.EnvVar{Name: "COPY_THREADS", Value: string(b.base.Ollama.Threads)})
}

// digests are those of the models that are pulled, as NAME=FILE=DIGEST.
func (b builder) digests() string {
	var all []string
	for _, name := range b.base.PullModels() {
		if digest := b.base.Ollama.ModelDigest(name); digest != "" {
			all = append(all, name+"="+v1alpha1.ModelFile(name)+"="+digest)
		}
	}
	return strings.Join(all, " ")
}

// ollamaEnv is the server's environment from the fields of the spec.
func (b builder) ollamaEnv() []corev1.EnvVar {
	o := b.base.Ollama
	var env []corev1.EnvVar
	if o.KVCacheType != "" {
		env = append(env,
			corev1.EnvVar{Name: "OLLAMA_KV_CACHE_TYPE", Value: string(o.KVCacheType)},
			corev1.EnvVar{Name: "OLLAMA_FLASH_ATTENTION", Value: "1"}) // without it the type is ignored
	}
	env = append(append(env, b.acceleratorEnv()...), b.pullerEnv()...)
	if sizing.LlamaServer(o.Image.Tag) {
		// Unset it keeps 8 GiB of prompts for each model (ollama#18264).
		cache := o.PromptCache.Parsed()
		env = append(env, corev1.EnvVar{Name: "LLAMA_ARG_CACHE_RAM", Value: strconv.FormatInt(cache.Value()>>20, 10)})
	}
	if n := o.ServerThreads(); n > 0 {
		// It ignores the CPU limit (ollama#17916).
		env = append(env, corev1.EnvVar{Name: "LLAMA_ARG_THREADS", Value: strconv.Itoa(n)})
	}
	env = append(env,
		corev1.EnvVar{Name: "OLLAMA_HOST", Value: "0.0.0.0:" + strconv.Itoa(ollamaPort)},
		corev1.EnvVar{Name: "OLLAMA_CONTEXT_LENGTH", Value: strconv.Itoa(o.ContextLength)},
		corev1.EnvVar{Name: "OLLAMA_MAX_LOADED_MODELS", Value: strconv.Itoa(o.MaxLoadedModels)},
		corev1.EnvVar{Name: "OLLAMA_NUM_PARALLEL", Value: strconv.Itoa(o.NumParallel)},
		corev1.EnvVar{Name: "OLLAMA_KEEP_ALIVE", Value: string(o.KeepAlive)},
		corev1.EnvVar{Name: "OLLAMA_LOAD_TIMEOUT", Value: string(o.LoadTimeout)},
	)
	if o.Reads("OLLAMA_NO_CLOUD") {
		env = append(env, corev1.EnvVar{Name: "OLLAMA_NO_CLOUD", Value: "1"}) // no remote models: nothing typed here leaves the cluster
	}
	return env
}
