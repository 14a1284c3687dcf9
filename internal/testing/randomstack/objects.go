package randomstack

// envValue draws the three forms of an environment variable.
func envValue(d *drawing) any {
	switch d.IntN(4) {
	case 0:
		return pick[any](d, spelled("1.10"), spelled("true"), spelled("0x1F"), spelled("1_000"), spelled("yes"), spelled("2024-01-01"))
	case 1:
		return anyText(d)
	case 2:
		return object{"value": "v" + anyText(d).(string)} // "" is for the short form
	default:
		return object{"secretKeyRef": object{
			"name": pick(d, "extra", "open-webui", "s3.credentials"), "key": pick(d, "token", "API_KEY", "a.b-c"),
		}}
	}
}

// affinity draws a Kubernetes Affinity.
func affinity(d *drawing) any {
	a := object{}
	if d.chance(0.6) {
		a["nodeAffinity"] = object{"requiredDuringSchedulingIgnoredDuringExecution": object{"nodeSelectorTerms": []any{object{
			"matchExpressions": []any{
				object{"key": "kubernetes.io/arch", "operator": "In", "values": []any{pick(d, "amd64", "arm64")}},
				object{"key": "gpu", "operator": pick(d, "Exists", "DoesNotExist")},
			},
		}}}}
	}
	if d.chance(0.6) {
		selector := pick(d, object{}, object{"matchLabels": object{"app": labelValue(d)}})
		a["podAntiAffinity"] = object{"preferredDuringSchedulingIgnoredDuringExecution": []any{object{
			"weight": 1 + d.IntN(100),
			"podAffinityTerm": object{
				"topologyKey": "kubernetes.io/hostname", "labelSelector": selector, "namespaceSelector": object{},
			},
		}}}
	}
	return a
}

// resources draws objects for the escape hatch: of kinds that kustomize knows
// and of one that it does not.
func resources(d *drawing) any {
	all := []any{
		object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": d.metadata("-config"), "data": d.data()},
		object{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": d.metadata("-metrics"), "spec": object{
			"selector":  object{"matchLabels": object{"app": labelValue(d)}},
			"endpoints": []any{object{"port": "http", "sampleLimit": 1 + d.IntN(9000), "ratio": 1.5, "honorLabels": d.chance(0.5)}},
		}},
		object{"apiVersion": "v1", "kind": "Service", "metadata": d.metadata("-alias"), "spec": object{
			"type": "ExternalName", "externalName": pick(d, "a.example.org", "b.example.org"),
		}},
		object{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": object{"name": "x:" + d.of}, "rules": []any{
			object{"apiGroups": []any{""}, "resources": []any{"pods"}, "verbs": []any{pick(d, "get", "list")}},
		}},
	}
	d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+d.IntN(3)]
}

func (d *drawing) metadata(suffix string) object {
	m := object{"name": d.of + suffix}
	if d.chance(0.4) {
		m["annotations"] = object{"note": anyText(d)}
	}
	return m
}

func (d *drawing) data() object {
	data := object{}
	for range 1 + d.IntN(3) {
		data[pick(d, "a", "b.conf", "on", "1")] = anyText(d)
	}
	return data
}

// patchText is a patch as a person may have typed it: with a comment, or a
// blank line at its start.
func (d *drawing) patchText(v any) string {
	return pick(d, "", "", "# why\n", "\n") + string(d.text(v))
}

// patches draws patches of what every Stack may have; repairPatches removes
// those of what this one has not.
func patches(d *drawing) any {
	var list []any
	for range 1 + d.IntN(2) {
		list = append(list, pick(d, d.mergePatch, d.mergePatch, d.jsonPatch, d.targetedMergePatch)())
	}
	return list
}

func (d *drawing) mergePatch() any {
	return object{"patch": d.patchText(pick(d,
		object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": "ollama"}, "spec": object{
			"revisionHistoryLimit": d.IntN(9),
		}},
		object{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": object{"name": "open-webui"}, "spec": object{
			"template": object{"spec": object{"containers": []any{object{"name": "open-webui", "env": []any{
				object{"name": "PATCHED", "value": anyText(d)},
			}}}}},
		}},
		object{"apiVersion": "v1", "kind": "Service", "metadata": object{"name": pick(d, "ollama", "open-webui")}, "spec": object{
			"sessionAffinity": pick(d, "None", "ClientIP"),
		}},
		// Nothing else may go: without its policy a pod stands open, which is refused.
		object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": object{"name": pick(d, "ollama", "open-webui")},
			"$patch": "delete"},
	))}
}

func (d *drawing) jsonPatch() any {
	return pick[any](d,
		object{
			"patch": d.patchText([]any{object{"op": "add", "path": "/spec/revisionHistoryLimit", "value": d.IntN(9)}}),
			"target": object{
				"group": "apps", "version": "v1", "kind": pick(d, "Deployment", "StatefulSet", "Deployment|StatefulSet"),
				"name": pick(d, ".*", "ollama"), "namespace": pick(d, "ai", ".*"),
			},
		},
		object{
			"patch":  d.patchText([]any{object{"op": "add", "path": "/metadata/labels/patched", "value": labelValue(d)}}),
			"target": object{"labelSelector": "app.kubernetes.io/name=" + pick(d, "ollama", "open-webui")},
		},
		object{
			"patch":  d.patchText([]any{object{"op": "add", "path": "/spec/sessionAffinity", "value": "ClientIP"}}),
			"target": object{"kind": "Service", "name": pick(d, "ollama", "open-.*ui")},
		},
	)
}

func (d *drawing) targetedMergePatch() any {
	return object{
		"patch": d.patchText(object{"apiVersion": "v1", "kind": "Any", "metadata": object{"name": "any", "annotations": object{
			"patched": anyText(d),
		}}}),
		"target": object{"annotationSelector": pick(d, "!nobody-has", "nobody-has!=this"), "kind": "Service"},
	}
}
