package randomstack

import (
	"slices"

	"github.com/hearth-dev/hearth/sizing"
)

// repairMonitoring leaves what there is something to watch for.
func (d *drawing) repairMonitoring(m, base object) {
	ollama, e := child(base, "ollama"), child(base, "expose")
	exposed := e["type"] != nil && e["type"] != "internal"
	if prober := child(m, "prober"); prober != nil {
		if !exposed {
			remove(prober, "routeModule")
		}
		if from := child(prober, "from"); from != nil {
			d.repairPeer(from)
		}
	}
	if m["prober"] == nil && m["alerts"] == nil {
		remove(m, "labels")
	}
	if m["prober"] == nil || !exposed || child(e, "tls")["type"] == "none" {
		remove(child(m, "alerts"), "certificateExpiry")
	}
	if dashboard := child(m, "dashboard"); len(child(dashboard, "labels")) == 0 {
		remove(dashboard, "labels")
	}
	if !answers(base) {
		remove(m, "speed")
	} else if speed := child(m, "speed"); speed != nil && speed["model"] != nil && !slices.Contains(list(ollama["models"]), speed["model"]) {
		speed["model"] = pick(d, list(ollama["models"])...)
	}
	if t := child(m, "openTelemetry"); base["openWebUI"] == nil {
		remove(m, "openTelemetry")
	} else if t != nil {
		if isEmpty(t["signals"]) {
			remove(t, "signals")
		}
		if to := child(t, "to"); to != nil {
			d.repairPeer(to)
			repairPlace(to)
		}
	}
}

// answers reports whether a model of the base's own Ollama is surely none to embed with.
func answers(base object) bool {
	ollama := child(base, "ollama")
	embedding, sizes := child(child(base, "openWebUI"), "embedding")["model"], child(ollama, "modelSizes")
	return slices.ContainsFunc(list(ollama["models"]), func(model any) bool {
		name, _ := model.(string)
		size, known := sizing.Lookup(name)
		return model != embedding && child(sizes, name)["embedder"] != true && !(known && size.Embedder)
	})
}
