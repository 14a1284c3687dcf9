package overlay_test

import (
	"maps"
	"slices"

	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// object makes an object of a random kind.
func (r random) object(name string) overlay.Object {
	kinds := []func() overlay.Object{r.deployment, r.deployment, r.statefulSet, r.service, r.networkPolicy, r.ingress, r.claim, r.configMap, r.route}
	o := pick(r, kinds...)()
	metadata := map[string]any{"name": name}
	if !r.once(5) {
		metadata["namespace"] = pick(r, "ai", "default", "ollama")
	}
	if labels := r.strings(); len(labels) > 0 {
		metadata["labels"] = labels
	}
	o["metadata"] = metadata
	return clone(prune(o).(map[string]any))
}

func (r random) strings() map[string]any {
	m := map[string]any{}
	for _, key := range some(r, "app.kubernetes.io/name", "tier", "on", "1") {
		m[key] = r.value()
	}
	return m
}

func (r random) container(name string) map[string]any {
	return r.thinned(map[string]any{
		"name":  name,
		"image": pick(r, "a:1", "a:2", "registry:5000/a@sha256:00"),
		"args":  slices.Clone(some[any](r, "serve", "--port=8080", "-v", "no")),
		"env": elements(r, func(key string) map[string]any {
			if r.once(3) {
				return map[string]any{"name": key, "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": r.word(), "key": "k"}}}
			}
			if r.once(20) {
				return map[string]any{"name": key, "value": "http://$(A)/"}
			}
			return map[string]any{"name": key, "value": r.value()}
		}, "A", "B", "C", "D", "E", "NO"),
		"ports": elements(r, func(key string) map[string]any {
			return map[string]any{"name": key, "containerPort": r.port(key), "protocol": pick(r, "TCP", "TCP", "UDP")}
		}, "http", "metrics"),
		"volumeMounts": elements(r, func(key string) map[string]any {
			return map[string]any{"mountPath": key, "name": r.word(), "readOnly": r.once(2)}
		}, "/data", "/root/.ollama", "/tmp"),
		"resources": map[string]any{
			"requests": map[string]any{"cpu": pick(r, "100m", "1"), "memory": pick(r, "512Mi", "2Gi")},
			"limits":   map[string]any{"memory": pick(r, "6Gi", "8Gi")},
		},
		"readinessProbe": pick(r,
			map[string]any{"httpGet": map[string]any{"path": "/health", "port": pick[any](r, "http", 8080)}, "periodSeconds": r.IntN(30)},
			map[string]any{"tcpSocket": map[string]any{"port": 80}, "failureThreshold": 3},
			map[string]any{"exec": map[string]any{"command": []any{"ls"}}}),
	})
}

// thinned leaves half of the fields out: small objects find as much as large
// ones, and kustomize reads them sooner.
func (r random) thinned(m map[string]any) map[string]any {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if key != "name" && r.once(2) {
			delete(m, key)
		}
	}
	return m
}

// port is seldom the same for two names: kustomize merges such ports into one.
func (r random) port(name string) int {
	if r.once(30) {
		return 80
	}
	return 8000 + len(name)
}

func (r random) pod() map[string]any {
	return map[string]any{
		"metadata": map[string]any{"labels": map[string]any{"app": r.word()}, "annotations": r.strings()},
		"spec": r.thinned(map[string]any{
			"containers":     elements(r, r.container, "web", "sidecar"),
			"initContainers": elements(r, r.container, "pull"),
			"nodeSelector":   r.strings(),
			"tolerations": elements(r, func(key string) map[string]any {
				return map[string]any{"key": key, "operator": "Exists", "effect": pick(r, "NoSchedule", "NoExecute")}
			}, "gpu", "spot"),
			"topologySpreadConstraints": elements(r, func(key string) map[string]any {
				return map[string]any{"topologyKey": key, "maxSkew": 1 + r.IntN(2), "whenUnsatisfiable": pick(r, "DoNotSchedule", "ScheduleAnyway")}
			}, "zone", "host"),
			"imagePullSecrets": elements(r, func(key string) map[string]any { return map[string]any{"name": key} }, "a", "b", "c"),
			"hostAliases": elements(r, func(key string) map[string]any {
				return map[string]any{"ip": key, "hostnames": []any{r.word()}}
			}, "10.0.0.1", "10.0.0.2"),
			"volumes": elements(r, func(key string) map[string]any {
				return pick(r,
					map[string]any{"name": key, "emptyDir": map[string]any{}},
					map[string]any{"name": key, "emptyDir": map[string]any{"sizeLimit": "1Gi"}},
					map[string]any{"name": key, "persistentVolumeClaim": map[string]any{"claimName": r.word()}},
					map[string]any{"name": key, "configMap": map[string]any{"name": r.word(), "items": []any{map[string]any{"key": "a", "path": r.word()}}}})
			}, "data", "tmp", "ca"),
			"securityContext":               map[string]any{"runAsNonRoot": r.once(2), "fsGroup": r.IntN(3)},
			"terminationGracePeriodSeconds": r.IntN(60),
		}),
	}
}

func (r random) deployment() overlay.Object {
	return overlay.Object{"apiVersion": "apps/v1", "kind": "Deployment", "spec": map[string]any{
		"replicas": r.IntN(3),
		"selector": map[string]any{"matchLabels": r.strings()},
		"strategy": pick(r, map[string]any{"type": "Recreate"},
			map[string]any{"type": "RollingUpdate", "rollingUpdate": map[string]any{"maxSurge": pick[any](r, 1, "25%"), "maxUnavailable": 0}}),
		"template": r.pod(),
	}}
}

func (r random) statefulSet() overlay.Object {
	return overlay.Object{"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": map[string]any{
		"serviceName": r.word(),
		"template":    r.pod(),
		"volumeClaimTemplates": elements(r, func(key string) map[string]any {
			return map[string]any{"metadata": map[string]any{"name": key}, "spec": map[string]any{"accessModes": []any{"ReadWriteOnce"}}}
		}, "data", "logs"),
	}}
}

func (r random) service() overlay.Object {
	return overlay.Object{"apiVersion": "v1", "kind": "Service", "spec": map[string]any{
		"type":     pick(r, "ClusterIP", "NodePort", "LoadBalancer"),
		"selector": r.strings(),
		"ports": elements(r, func(key string) map[string]any {
			port := map[string]any{"name": key, "port": r.port(key), "targetPort": pick[any](r, "http", 8080)}
			if !r.once(40) {
				port["protocol"] = pick(r, "TCP", "TCP", "UDP")
			}
			return port
		}, "http", "https", "dns"),
		"loadBalancerSourceRanges": some[any](r, "10.0.0.0/8", "192.168.0.0/16"),
	}}
}

func (r random) networkPolicy() overlay.Object {
	return overlay.Object{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": map[string]any{
		"podSelector": map[string]any{"matchLabels": r.strings()},
		"policyTypes": some[any](r, "Ingress", "Egress"),
		"ingress": elements(r, func(key string) map[string]any {
			return map[string]any{
				"from":  elements(r, func(cidr string) map[string]any { return map[string]any{"ipBlock": map[string]any{"cidr": cidr}} }, "10.0.0.0/8", "fd00::/8"),
				"ports": []any{map[string]any{"protocol": key, "port": pick[any](r, 80, "http")}},
			}
		}, "TCP", "UDP"),
	}}
}

func (r random) ingress() overlay.Object {
	return overlay.Object{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": map[string]any{
		"ingressClassName": pick(r, "nginx", "traefik"),
		"tls": elements(r, func(key string) map[string]any {
			return map[string]any{"hosts": []any{key}, "secretName": r.word()}
		}, "a.example", "b.example"),
		"rules": elements(r, func(key string) map[string]any {
			return map[string]any{"host": key, "http": map[string]any{"paths": []any{map[string]any{
				"path": "/", "pathType": "Prefix", "backend": map[string]any{"service": map[string]any{"name": r.word(), "port": map[string]any{"number": 80}}},
			}}}}
		}, "a.example", "b.example"),
	}}
}

func (r random) claim() overlay.Object {
	return overlay.Object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": map[string]any{
		"accessModes":      some[any](r, "ReadWriteOnce", "ReadWriteMany"),
		"storageClassName": r.value(),
		"resources":        map[string]any{"requests": map[string]any{"storage": pick(r, "1Gi", "10Gi")}},
	}}
}

func (r random) configMap() overlay.Object {
	return overlay.Object{"apiVersion": "v1", "kind": "ConfigMap", "data": r.strings()}
}

// route is a custom resource: kustomize knows no schema for it.
func (r random) route() overlay.Object {
	return overlay.Object{"apiVersion": "traefik.io/v1alpha1", "kind": "IngressRoute", "spec": map[string]any{
		"entryPoints": some[any](r, "web", "websecure"),
		"routes": elements(r, func(key string) map[string]any {
			return map[string]any{"kind": "Rule", "match": key, "priority": r.IntN(9), "middlewares": elements(r, func(name string) map[string]any {
				return map[string]any{"name": name}
			}, "auth", "buffer")}
		}, "Host(`a`)", "Host(`b`)"),
		"tls": r.strings(),
	}}
}
