package workload

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// proxyEnv is the proxy in the spelling that both Go and Python read, with the
// cluster's own names and the private ranges reached directly.
func (b builder) proxyEnv() []corev1.EnvVar {
	p := b.base.Proxy
	if p == nil {
		return nil
	}
	direct := append([]string{"localhost", "127.0.0.1", ".svc", ".cluster.local", b.base.Ollama.ServiceName(), openWebUIName}, p.NoProxy...)
	env := []corev1.EnvVar{{Name: "NO_PROXY", Value: strings.Join(direct, ",")}}
	if p.HTTP != "" {
		env = append(env, corev1.EnvVar{Name: "HTTP_PROXY", Value: p.HTTP})
	}
	if p.HTTPS != "" {
		env = append(env, corev1.EnvVar{Name: "HTTPS_PROXY", Value: p.HTTPS})
	}
	return env
}

// environment puts the person's own variables first, by name, and hearth's
// after them, but for those that the person has set. What an overlay adds tends
// to stand in front then, which keeps its patch short: a strategic merge prepends.
func environment(own map[string]v1alpha1.EnvValue, ours []corev1.EnvVar) []corev1.EnvVar {
	var env []corev1.EnvVar
	for _, name := range slices.Sorted(maps.Keys(own)) {
		v := corev1.EnvVar{Name: name, Value: own[name].Value}
		if ref := own[name].SecretKeyRef; ref != nil {
			v.ValueFrom = secretKey(ref.Name, ref.Key)
		}
		env = append(env, v)
	}
	for _, v := range ours {
		if _, set := own[v.Name]; !set {
			env = append(env, v)
		}
	}
	return env
}

func secretKey(name, key string) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key,
	}}
}

// envFrom are the Secrets and ConfigMaps that a container gets as variables.
func envFrom(own []v1alpha1.EnvFrom) []corev1.EnvFromSource {
	var all []corev1.EnvFromSource
	for _, f := range own {
		var optional *bool
		if f.Optional {
			optional = new(true)
		}
		source := corev1.EnvFromSource{Prefix: f.Prefix}
		if f.SecretName != "" {
			source.SecretRef = &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: f.SecretName}, Optional: optional}
		} else {
			source.ConfigMapRef = &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: f.ConfigMapName}, Optional: optional}
		}
		all = append(all, source)
	}
	return all
}
