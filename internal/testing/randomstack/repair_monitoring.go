package randomstack

import "slices"

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
	if ollama == nil || isEmpty(ollama["models"]) {
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
