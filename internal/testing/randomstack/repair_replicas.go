package randomstack

// repairReplicas leaves to an Ollama of several pods what they can have.
func (d *drawing) repairReplicas(o object) {
	if !replicated(o) {
		return
	}
	if d.focused("base.ollama.largestModel") || d.focused("base.ollama.storage.backup") {
		remove(o, "replicas")
		return
	}
	remove(o, "largestModel")
	if !isStateful(o) {
		o["pull"] = "never"
		return
	}
	remove(child(o, "storage"), "backup")
}

func replicated(o object) bool { return o["replicas"] != nil && o["replicas"] != 1 }

// isStateful reports whether each of an Ollama's several pods has a volume of its own.
func isStateful(o object) bool {
	s := child(o, "storage")
	for _, name := range volumeSources {
		if s[name] != nil {
			return false
		}
	}
	return replicated(o)
}
