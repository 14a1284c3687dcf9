package randomstack

import (
	"slices"
	"strings"
)

// repairEngine gives an engine what it needs, and leaves it no way in from outside;
// few stacks have one, for each makes a whole group of pods to build.
func (d *drawing) repairEngine(base object) {
	e := child(base, "engine")
	if e == nil {
		return
	}
	if others := base["ollama"] != nil || base["openWebUI"] != nil; others && !d.focused("base.engine") && !d.chance(0.2) {
		delete(base, "engine")
		return
	}
	// What a field that is looked for takes is vLLM's: llama.cpp has no field of its own.
	llamaCpp := e["type"] == "llamaCpp" && (!d.focused("base.engine") || d.focus == "base.engine.type")
	if e["type"] = "vllm"; llamaCpp {
		e["type"] = "llamaCpp"
	}
	if name, _ := e["model"].(string); llamaCpp {
		e["model"] = "qwen3/Qwen3-4B-Q4_K_M.gguf"
	} else if isBlank(e["model"]) || strings.HasSuffix(name, ".gguf") {
		e["model"] = "Qwen/Qwen3-4B"
	}
	size := child(e, "modelSize")
	if size == nil {
		size = object{}
		e["modelSize"] = size
	}
	for name, value := range map[string]any{"disk": "5Gi", "layers": 32, "kvHeads": 8, "keyLength": 128, "embedding": 4096, "feedForward": 14336, "vocab": 32000} {
		if size[name] == nil {
			size[name] = value
		}
	}
	remove(size, "embedder") // whose heads follow from others of its figures
	if limit, _ := size["contextLimit"].(int); limit > 0 && e["contextLength"] != nil {
		e["contextLength"] = 256
	}
	if llamaCpp {
		repairLlamaCpp(e)
	} else {
		d.repairVLLM(e)
	}
	if s := child(e, "service"); s != nil {
		for name := range s {
			if name != "type" && name != "port" {
				delete(s, name)
			}
		}
		if s["type"] != nil {
			s["type"] = "ClusterIP"
		}
	}
	if base["ollama"] == nil && base["openWebUI"] == nil {
		remove(base, "expose", "monitoring")
	}
}

// repairLlamaCpp keeps what it has: processors, an image with its RPC backend, a
// volume with the file, and the memory that follows from the model.
func repairLlamaCpp(e object) {
	remove(e, "accelerator", "tensorParallel", "command", "pull")
	for _, part := range []string{"requests", "limits"} {
		remove(child(child(e, "resources"), part), "memory")
	}
	if e["image"] == nil {
		e["image"] = object{}
	}
	image := child(e, "image")
	for name, value := range map[string]any{"repository": "mirror/team/x__y", "tag": "b10760"} {
		if image[name] == nil {
			image[name] = value
		}
	}
	s := child(e, "storage")
	remove(s, "backup")
	if !slices.ContainsFunc(volumeSources, func(name string) bool { return s[name] != nil }) {
		e["storage"] = object{"existingClaim": "weights"}
	}
}

// repairVLLM gives vLLM devices that hold the model.
func (d *drawing) repairVLLM(e object) {
	a := child(e, "accelerator")
	if a == nil {
		a = object{}
		e["accelerator"] = a
	}
	if d.focused("base.engine.command") || d.focused("base.engine.accelerator.groups") {
		if e["image"] == nil {
			e["image"] = object{}
		}
		child(e, "image")["repository"] = "mirror/team/x__y"
		if d.focused("base.engine.accelerator.groups") {
			a["type"] = "amd"
		}
	}
	official := child(e, "image")["repository"] != "mirror/team/x__y"
	if a["type"] == nil || a["type"] != "nvidia" && official {
		a["type"] = "nvidia"
	}
	if a["type"] == "nvidia" {
		remove(a, "groups")
	}
	if a["memory"] == nil {
		a["memory"] = "96Gi"
	}
	if a["count"] == nil || a["count"] == 1 {
		if remove(e, "tensorParallel"); !d.focused("base.engine.accelerator.count") {
			a["count"] = 4
		}
	}
	if official {
		remove(e, "command")
	}
	d.repairEngineVolume(e)
}

func (d *drawing) repairEngineVolume(e object) {
	s := child(e, "storage")
	if s == nil {
		return
	}
	remove(s, "backup")
	for _, name := range volumeSources {
		if s[name] != nil {
			e["pull"] = "never"
			return
		}
	}
	if s["retain"] == false {
		s["retain"] = true
	}
}
