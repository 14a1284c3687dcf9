package vet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/signin"
)

// pod is one of the list's, with what rules ask of it.
type pod struct{ *objects.Pod }

// container is one of a pod's.
type container struct {
	objects.Container
	pod *pod
}

func (p *pod) containers() []container {
	var all []container
	for _, c := range p.Containers() {
		all = append(all, container{c, p})
	}
	return all
}

// containers of all pods that satisfy a condition.
func (in *input) containers(want func(container) bool) []container {
	var out []container
	for i := range in.pods {
		for _, c := range in.pods[i].containers() {
			if want(c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func anyContainer(container) bool { return true }

// eachContainer asks a rule that needs no more than a container.
func (in *input) eachContainer(check func(container) []Finding) []Finding {
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		found = append(found, check(c)...)
	}
	return found
}

// ollama reports whether the container serves models.
func ollama(c container) bool { return runs(c, reach.Ollama) }

// openWebUI reports whether the container is the chat.
func openWebUI(c container) bool { return runs(c, reach.OpenWebUI) }

// engine reports whether the container runs vLLM, or llama.cpp's RPC server.
func engine(c container) bool { return runs(c, reach.VLLM) || runs(c, reach.LlamaRPC) }

func runs(c container, p reach.Program) bool {
	return !c.Init && slices.Contains(reach.ProgramsOf(c.Container), p)
}

// env is a variable's value as it stands in the object, and whether it is set at
// all, be it from elsewhere.
func (c container) env(name string) (value string, set bool) {
	v, set := c.Variable(name)
	return v.Value, set
}

// off reports whether a switch of Open WebUI's is turned off by a value that
// stands in the object: not one from a Secret, and not one that the kubelet puts
// together.
func (c container) off(name string) bool {
	v, set := c.Variable(name)
	return set && v.ValueFrom == nil && !strings.Contains(v.Value, "$(") && !signin.True(v.Value)
}

// serves reports whether a pod has such a container.
func (p *pod) serves(want func(container) bool) bool {
	for _, c := range p.containers() {
		if want(c) {
			return true
		}
	}
	return false
}

// finding about a field of a container.
func (c container) finding(field, format string, args ...any) Finding {
	return Finding{Object: c.pod.Ref, Path: strings.TrimSuffix(c.Path+"."+field, "."), Message: fmt.Sprintf(format, args...)}
}

// finding about a field of a pod.
func (p *pod) finding(field, format string, args ...any) Finding {
	return Finding{Object: p.Ref, Path: strings.TrimSuffix(p.Path+"."+field, "."), Message: fmt.Sprintf(format, args...)}
}
