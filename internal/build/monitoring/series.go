package monitoring

import (
	"regexp"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// series are the time series of a base as others measure them: the prober, the
// kubelet with its cAdvisor, and kube-state-metrics. Alerts and dashboard ask for
// the same.
type series struct {
	namespace string
	base      *v1alpha1.Base
	workloads []watched
	questions []question
	chat      bool // is behind the route
}

// watched is a workload of the base.
type watched struct {
	name  string // of its container and its Service
	title string
	alert string // that says it is down
	kind  string // of what keeps its pods
	// claims that they mount.
	claims []string
	pods   int // that there should be
}

func seriesOf(b *v1alpha1.Base) series {
	s := series{namespace: b.Namespace, base: b, questions: questions(b), chat: b.OpenWebUI != nil}
	if o := b.Ollama; o != nil {
		s.workloads = append(s.workloads, watched{o.ServiceName(), o.Title(), "OllamaDown", strings.ToLower(o.Kind()), o.Claims(), o.Replicas})
	}
	if b.Keys() != nil {
		s.workloads = append(s.workloads, watched{b.KeysName(), "Caddy " + b.KeysName(), "KeysDown", "deployment", nil, 1})
	}
	if w := b.OpenWebUI; w != nil {
		s.workloads = append(s.workloads, watched{"open-webui", "Open WebUI", "OpenWebUIDown", strings.ToLower(w.Kind()), []string{w.Storage.Claim("open-webui")}, w.Replicas})
	}
	return s
}

// in is a selector of the namespace, and of one of the values of a label.
func (s series) in(label string, values ...string) string {
	selector := `namespace="` + s.namespace + `"`
	switch len(values) {
	case 0:
		return selector
	case 1:
		return selector + ", " + label + `="` + values[0] + `"`
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strings.ReplaceAll(regexp.QuoteMeta(v), `\`, `\\`)
	}
	return selector + ", " + label + `=~"` + strings.Join(quoted, "|") + `"`
}

func (s series) containers() string {
	var names []string
	for _, w := range s.workloads {
		names = append(names, w.name)
	}
	return s.in("container", names...)
}

func (s series) claims() string {
	var names []string
	for _, w := range s.workloads {
		names = append(names, w.claims...)
	}
	return s.in("persistentvolumeclaim", names...)
}

// ready is how many pods of the workload serve.
func (w watched) ready(namespace string) string {
	metric := "kube_deployment_status_replicas_available"
	if w.kind == "statefulset" {
		metric = "kube_statefulset_status_replicas_ready"
	}
	return metric + `{namespace="` + namespace + `", ` + w.kind + `="` + w.name + `"}`
}

// look is where somebody looks first.
func (w watched) look(namespace string) string {
	return "Begin with kubectl -n " + namespace + " describe pods -l app.kubernetes.io/name=" + w.name + ", and the pod's log."
}

// answers is 1 where the prober is content, else 0.
func (s series) answers(q question) string { return `probe_success{job="` + q.job(s.base) + `"}` }

// took is how long the prober waited, in seconds.
func (s series) took(q question) string { return `probe_duration_seconds{job="` + q.job(s.base) + `"}` }

// certificateEnd is when the first certificate of the chain ends, in Unix time.
func (s series) certificateEnd(q question) string {
	return `probe_ssl_earliest_cert_expiry{job="` + q.job(s.base) + `"}`
}

// volumeFree is the free part of each volume. Two series of one volume are there
// where two Prometheus objects read one kubelet.
func (s series) volumeFree() string {
	const by = "max by (namespace, persistentvolumeclaim) "
	return by + "(kubelet_volume_stats_available_bytes{" + s.claims() + "})\n/ " +
		by + "(kubelet_volume_stats_capacity_bytes{" + s.claims() + "})"
}

const byContainer = "max by (namespace, pod, container) "

// restarts of each container within a time.
func (s series) restarts(within string) string {
	return byContainer + "(increase(kube_pod_container_status_restarts_total{" + s.containers() + "}[" + within + "]))"
}

// outOfMemory has the containers that were killed and started again within a
// quarter of an hour: why a container ended is said for as long as the pod is there.
func (s series) outOfMemory() string {
	return byContainer + "(kube_pod_container_status_last_terminated_reason{" + s.containers() + `, reason="OOMKilled"}) == 1` +
		"\nand on (namespace, pod, container)\n" + s.restarts("15m") + " > 0"
}

// memory of each container that the kernel would kill for, in bytes.
func (s series) memory() string {
	return byContainer + "(container_memory_working_set_bytes{" + s.containers() + "})"
}

func (s series) memoryLimit() string {
	return byContainer + "(kube_pod_container_resource_limits{" + s.containers() + `, resource="memory"})`
}

func (s series) memoryUsed() string { return s.memory() + "\n/ " + s.memoryLimit() }

// speedFailed has the CronJob whose last run did not succeed, once that has
// ended. A Job that failed stays for as long as another does not, so that
// kube_job_status_failed would tell of it after a good run.
func (s series) speedFailed() string {
	const by = "max by (namespace, cronjob) "
	in := s.in("cronjob", s.base.SpeedName())
	scheduled, succeeded := by+"(kube_cronjob_status_last_schedule_time{"+in+"})", by+"(kube_cronjob_status_last_successful_time{"+in+"})"
	return "(\n  " + scheduled + "\n  > on (namespace, cronjob)\n  " + succeeded +
		"\n  or\n  " + scheduled + "\n  unless on (namespace, cronjob)\n  " + succeeded +
		"\n)\nunless on (namespace, cronjob)\n" + by + "(kube_cronjob_status_active{" + in + "}) > 0"
}
