package randomstack

// repairFleet gives the targets overlays, and clusters that no earlier one has.
func (d *drawing) repairFleet(fleet object, overlays []string, unexposed []string) {
	for i, t := range list(fleet["targets"]) {
		t := t.(object)
		t["overlay"] = pick(d, overlays...)
		number := string(rune('a' + i))
		for _, name := range []string{"clusterName", "clusterGroup"} {
			if t[name] != nil {
				t[name] = t[name].(string) + "-" + number
			}
		}
		if s := child(t, "clusterSelector"); s != nil {
			d.repairSelector(s)
			if s["matchLabels"] == nil && i+1 < len(list(fleet["targets"])) {
				s["matchLabels"] = object{}
			}
			if s["matchLabels"] != nil {
				child(s, "matchLabels")["number"] = number
			}
		}
		if t["clusterName"] == nil && t["clusterGroup"] == nil && t["clusterSelector"] == nil {
			t["clusterName"] = "c-m-" + number
		}
	}
	if drift := child(fleet, "correctDrift"); drift != nil {
		drift["enabled"] = true
	}
	for _, dep := range list(fleet["dependsOn"]) {
		dep := dep.(object)
		if s := child(dep, "selector"); s != nil {
			d.repairSelector(s)
		} else if dep["name"] == nil {
			dep["name"] = "longhorn"
		}
	}
	delete(fleet, "defaultOverlay")
	if len(unexposed) > 0 && (d.chance(0.7) || isEmpty(fleet["targets"])) {
		fleet["defaultOverlay"] = pick(d, unexposed...)
	} else if isEmpty(fleet["targets"]) {
		fleet["targets"] = []any{object{"overlay": overlays[0], "clusterName": "homelab"}}
	}
}

// repairCopies has Secrets copied only where no overlay can have Namespace objects.
func repairCopies(fleet object, bases []object, overlays []any) {
	namespaces := map[any]bool{}
	makes := func(b object) {
		if b["createNamespace"] == true {
			delete(fleet, "copySecrets")
		}
		if b["namespace"] != nil {
			namespaces[b["namespace"]] = true
		}
	}
	for _, b := range bases {
		makes(b)
	}
	for _, o := range overlays {
		for _, b := range list(o.(object)["bases"]) {
			if b, ok := b.(object); ok {
				makes(b)
			}
		}
	}
	if len(namespaces) > 1 {
		delete(fleet, "copySecrets")
	}
}

func (d *drawing) repairSelector(s object) {
	for _, e := range list(s["matchExpressions"]) {
		e := e.(object)
		if e["operator"] == "Exists" || e["operator"] == "DoesNotExist" {
			remove(e, "values")
		} else if isEmpty(e["values"]) {
			e["values"] = []any{"prod", "1"}
		}
	}
	if isEmpty(s["matchExpressions"]) && (s["matchLabels"] == nil || len(child(s, "matchLabels")) == 0) {
		s["matchLabels"] = object{"env": labelValue(d)}
	}
}
