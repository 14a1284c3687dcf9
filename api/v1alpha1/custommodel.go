package v1alpha1

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/sizing"
)

// CustomModel is a model made of another one, or of a file, as a Modelfile makes
// it: the init container creates it, anew at each start, so that it follows what
// is written here. The weights of another one are shared; those of a file are
// copied among the models, once, and the file is read through at each start.
type CustomModel struct {
	// Name that people choose it by, without a registry: support, or helper:v2.
	Name string `json:"name"`
	// From is one of ollama.models; or a GGUF file of the volume, which somebody has
	// put there: gguf/house.gguf. Of a file the figures are in ollama.modelSizes, by
	// the name of the model that is made; `hearth size FILE` prints them.
	From string `json:"from"`
	// Projector is another GGUF file of the volume, which makes tokens of images
	// for a model that is made of a file: gguf/mmproj.gguf. The memory that it takes
	// is vision in ollama.modelSizes. Default none.
	Projector string `json:"projector,omitzero"`
	// Parameters that differ from those of the other model.
	Parameters *ModelParameters `json:"parameters,omitzero"`
	// System is the system prompt. Default: that of the other model.
	System string `json:"system,omitzero"`
	// Template that makes a prompt of messages, in Go's template language.
	// Default: that of the other model.
	Template string `json:"template,omitzero"`
	// Adapter is a file or folder of the volume with a LoRA adapter for the other
	// model, which somebody has put there: adapters/support.gguf. Its memory is
	// not counted. Default none.
	Adapter string `json:"adapter,omitzero"`
}

// ModelParameters are those of a Modelfile, by Ollama's own names.
type ModelParameters struct {
	// NumCtx is the context in tokens, in the place of ollama.contextLength. The
	// memory is counted with it.
	NumCtx int `json:"num_ctx,omitzero"`
	// NumPredict is the most tokens of an answer; -1 is no bound. Default: -1.
	NumPredict Number `json:"num_predict,omitzero"`
	// Temperature from 0, the likeliest word always, to 2. Default 0.8.
	Temperature Number `json:"temperature,omitzero"`
	// TopK is how many words are chosen among. Default 40.
	TopK Number `json:"top_k,omitzero"`
	// TopP is the sum of the likelihoods of those that are chosen among, 0 to 1.
	// Default 0.9.
	TopP Number `json:"top_p,omitzero"`
	// MinP is the least likelihood of a word, as a part of the likeliest's, 0 to
	// 1. Default 0.
	MinP Number `json:"min_p,omitzero"`
	// RepeatPenalty of words that were there before, 0 to 2. Default 1.1, from
	// Ollama 0.33 on 1.0, with which a small model may not come to an end.
	RepeatPenalty Number `json:"repeat_penalty,omitzero"`
	// RepeatLastN is how many tokens back the penalty looks; -1 is the whole
	// context. Default 64.
	RepeatLastN Number `json:"repeat_last_n,omitzero"`
	// Seed makes answers repeatable. Default: another one each time.
	Seed Number `json:"seed,omitzero"`
	// Stop are texts that end an answer. Default: those of the other model.
	Stop []string `json:"stop,omitzero"`
}

// Number is a number of a Modelfile, as spelled.
type Number string

var numberForm = lazyregexp.New(`^-?[0-9]{1,10}(\.[0-9]{1,10})?$`)

// UnmarshalText accepts a decimal number without an exponent.
func (n *Number) UnmarshalText(text []byte) error {
	if !numberForm().Match(text) {
		return errors.New("want a number such as 40 or 0.7")
	}
	*n = Number(text)
	return nil
}

// Parameter is one line of a Modelfile: PARAMETER NAME VALUE.
type Parameter struct {
	// Name as Ollama has it, such as top_k.
	Name string
	// Value as spelled.
	Value Number
	low   float64
	high  float64
	whole bool
}

// Set are the parameters with a number that are set, in the order of the fields.
func (p *ModelParameters) Set() []Parameter {
	if p == nil {
		return nil
	}
	var set []Parameter
	if p.NumCtx != 0 {
		set = append(set, Parameter{"num_ctx", Number(strconv.Itoa(p.NumCtx)), 256, 1 << 20, true})
	}
	for _, one := range []Parameter{
		{"num_predict", p.NumPredict, -1, 1 << 20, true},
		{"temperature", p.Temperature, 0, 2, false},
		{"top_k", p.TopK, 0, 100000, true},
		{"top_p", p.TopP, 0, 1, false},
		{"min_p", p.MinP, 0, 1, false},
		{"repeat_penalty", p.RepeatPenalty, 0, 2, false},
		{"repeat_last_n", p.RepeatLastN, -1, 1 << 20, true},
		{"seed", p.Seed, 0, 1<<31 - 1, true},
	} {
		if one.Value != "" {
			set = append(set, one)
		}
	}
	return set
}

// customContext is the longest context that a model made of the one of that name
// asks for; 0 for none.
func (o *Ollama) customContext(name string) (tokens int) {
	for _, c := range o.CustomModels {
		if c.Parameters != nil && c.weights() == name {
			tokens = max(tokens, c.Parameters.NumCtx)
		}
	}
	return tokens
}

// Holds reports whether the server has a model once its init container has ended,
// by the name in the stack.
func (o *Ollama) Holds(name string) bool {
	return slices.Contains(o.Models, name) || slices.ContainsFunc(o.CustomModels, func(c CustomModel) bool { return c.Name == name })
}

// OfFile reports whether the model is made of a file of the volume.
func (c *CustomModel) OfFile() bool { return strings.HasSuffix(c.From, ".gguf") }

// weights is the name of the model whose figures the model's are: the other one,
// or its own where it is made of a file.
func (c *CustomModel) weights() string {
	if c.OfFile() {
		return c.Name
	}
	return c.From
}

// fileModels are the names of the models that are made of files of the volume.
func (o *Ollama) fileModels() []string {
	var names []string
	for _, c := range o.CustomModels {
		if c.OfFile() {
			names = append(names, c.Name)
		}
	}
	return names
}

func (v validator) customModels(server *field.Path, b *Base) {
	o, list := b.Ollama, server.Child("customModels")
	if len(o.CustomModels) > 0 && o.Pull == PullNever {
		fix := "write pull: missing, or make them where the volume is filled"
		if o.Shared() {
			fix = "make them where the volume is filled"
		}
		v.because(server.Child("pull"), server.Child("storage")).errorf(list, fix,
			"has no effect: the init container makes them, and pull is never")
		return
	}
	taken := b.PullModels()
	for _, c := range b.Copies() {
		taken = append(taken[:len(taken):len(taken)], c[1])
	}
	for i, c := range o.CustomModels {
		v.customModel(list.Index(i), server, o, c, taken)
		taken = append(taken[:len(taken):len(taken)], c.Name)
	}
}

func (v validator) customModel(at, server *field.Path, o *Ollama, c CustomModel, taken []string) {
	models := server.Child("models")
	switch m := parseModel(c.Name); {
	case c.Name == "":
		v.errorf(at.Child("name"), "", "missing: want a name of your own, such as support or helper:v2")
	case m == nil || m[1] != "":
		v.errorf(at.Child("name"), "", "got %q, want a name of your own, without a registry, such as support or helper:v2", c.Name)
	case sameModelAsOneOf(c.Name, taken):
		v.because(models).errorf(at.Child("name"), "choose another", "got %q, which is another model of this server", c.Name)
	}
	switch {
	case c.From == "":
		v.because(models).errorf(at.Child("from"), "", "missing: want one of ollama.models, or a GGUF file of the volume")
	case c.OfFile():
		v.volumeFile(at.Child("from"), c.From, "a GGUF file of the volume, such as gguf/house.gguf")
	case !slices.Contains(o.Models, c.From):
		v.because(models).errorf(at.Child("from"), "name one of them, or add it", "got %q, which is none of ollama.models", c.From)
	}
	if c.Projector != "" && slices.Contains(o.Models, c.From) {
		v.because(at.Child("from")).errorf(at.Child("projector"), "remove it", "got %q, and %s has its own", c.Projector, c.From)
	}
	v.volumeFile(at.Child("projector"), c.Projector, "a GGUF file of the volume, such as gguf/mmproj.gguf")
	for _, p := range c.Parameters.Set() {
		n, _ := strconv.ParseFloat(string(p.Value), 64)
		switch param := at.Child("parameters", p.Name); {
		case p.whole && strings.Contains(string(p.Value), "."):
			v.errorf(param, "", "got %s, want a whole number", p.Value)
		case n < p.low || n > p.high:
			v.errorf(param, "", "got %s, want %d to %d", p.Value, int(p.low), int(p.high))
		}
	}
	if p := c.Parameters; p != nil {
		for i, s := range p.Stop {
			v.modelText(at.Child("parameters", "stop").Index(i), s)
		}
		if m, known := o.size(c.weights()); known && m.ContextLimit > 0 && p.NumCtx > m.ContextLimit {
			v.because(at.Child("from")).warnf(at.Child("parameters", "num_ctx"), "",
				"%d is more than %s was made for: Ollama silently takes its %d tokens", p.NumCtx, m.Name, m.ContextLimit)
		}
	}
	v.modelText(at.Child("system"), c.System)
	v.modelText(at.Child("template"), c.Template)
	v.volumeFile(at.Child("adapter"), c.Adapter, "a file or folder of the volume, such as adapters/support.gguf")
}

// volumeFile checks a path of the volume's, where there is one.
func (v validator) volumeFile(at *field.Path, file, want string) {
	if file != "" && (file == "." || !folderForm().MatchString(file) || path.Clean(file) != file) {
		v.errorf(at, "", "got %q, want %s, without a slash in front", file, want)
	}
}

// modelText checks a text of a Modelfile: it stands in a variable of the pod.
func (v validator) modelText(at *field.Path, text string) {
	switch {
	case strings.Contains(text, `"""`):
		v.errorf(at, "write it otherwise", `has """, which ends a text of a Modelfile`)
	case strings.Contains(text, "$("), strings.Contains(text, "${"), strings.Contains(text, "$$"):
		v.errorf(at, "write it otherwise", "has $(, ${ or $$, which the kubelet or Flux replaces")
	case strings.Contains("\n"+text, "\n# model "):
		v.errorf(at, "write it otherwise", `has a line that begins with "# model ", which begins the next model of the init container`)
	case strings.ContainsAny(text, "\r\x00"):
		v.errorf(at, "write it without", "has a control character")
	}
}

// withContext is a model with the context that models made of it ask for.
func (o *Ollama) withContext(name string, m sizing.Model) sizing.Model {
	if tokens := o.customContext(name); tokens > o.ContextLength {
		m.Context = tokens
	}
	return m
}
