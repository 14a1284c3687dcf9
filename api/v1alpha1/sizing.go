package v1alpha1

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/sizing"
)

// Sizes are the figures of the models that the base's Ollama holds, in their
// order, and the names of those that nothing is known of. What the stack says of
// a model goes before the catalogue.
func (b *Base) Sizes() (known []sizing.Model, unknown []string) {
	for _, name := range b.weighed() {
		if m, ok := b.Ollama.size(name); ok {
			known = append(known, b.Ollama.withContext(name, m))
		} else {
			unknown = append(unknown, name)
		}
	}
	return known, unknown
}

func (o *Ollama) size(name string) (sizing.Model, bool) {
	for key, size := range o.ModelSizes {
		if key == name || sameModelAsOneOf(name, []string{key}) {
			return size.model(name), true
		}
	}
	return sizing.Lookup(name)
}

// Need is the memory of the base's Ollama, as far as its models are known.
func (b *Base) Need() sizing.Need {
	return sizing.Memory(b.held(), b.Ollama.settings())
}

// DerivedContext is how many tokens of context hearth reckons with for a model that
// the base's Ollama holds, for each request; 0 for one that nothing is known of.
func (b *Base) DerivedContext(name string) int {
	o := b.Ollama
	m, known := o.size(o.pulledAs(name))
	if !known {
		return 0
	}
	tokens := o.ContextLength
	for _, c := range o.CustomModels {
		if p := c.Parameters; p != nil && p.NumCtx > 0 && sameModelAsOneOf(name, []string{c.Name}) {
			tokens = p.NumCtx
		}
	}
	if m.ContextLimit > 0 {
		tokens = min(tokens, m.ContextLimit)
	}
	return tokens
}

// NeedOf is the memory that some models of the base's Ollama take together, each
// with a context of so many tokens; false where nothing is known of one.
func (b *Base) NeedOf(contexts map[string]int) (sizing.Need, bool) {
	o := b.Ollama
	var models []sizing.Model
	for _, name := range slices.Sorted(maps.Keys(contexts)) {
		m, known := o.size(o.pulledAs(name))
		if !known {
			return sizing.Need{}, false
		}
		m.Context = contexts[name]
		models = append(models, m)
	}
	s := o.settings()
	s.MaxLoadedModels = len(models)
	return sizing.Memory(models, s), true
}

// pulledAs is the name of the model whose weights a model has: itself, or what the
// init container makes it of.
func (o *Ollama) pulledAs(name string) string {
	for _, c := range o.CustomModels {
		if sameModelAsOneOf(name, []string{c.Name}) {
			return c.weights()
		}
	}
	if n := o.Threads.number(); n > 0 {
		name = strings.TrimSuffix(name, "-t"+strconv.Itoa(n))
	}
	return name
}

// held are the models whose figures are known, and the largest that people pull.
func (b *Base) held() []sizing.Model {
	known, _ := b.Sizes()
	if o := b.Ollama; o.LargestModel != "" {
		known = append(known, sizing.Any("a model of "+string(o.LargestModel), bytesOf(o.LargestModel), o.settings()))
	}
	return known
}

// Volume is the disk that the models need whose figures are known, with one of
// those that people pull, and the files that some are made of.
func (b *Base) Volume() sizing.Volume {
	stored := b.held()
	for _, name := range b.Ollama.fileModels() {
		if m, known := b.Ollama.size(name); known {
			m.Name += ", its file"
			stored = append(stored, m)
		}
	}
	return sizing.Storage(stored)
}

func (o *Ollama) settings() sizing.Settings {
	s := sizing.Settings{
		ContextLength: o.ContextLength, NumParallel: o.NumParallel, MaxLoadedModels: o.MaxLoadedModels,
		KVCacheType: string(o.KVCacheType), Version: o.Image.Tag, PromptCache: bytesOf(o.PromptCache),
		Devices: o.devices(),
	}
	if o.PromptCache == None {
		s.PromptCache = -1
	}
	CountLlama(&s, func(name string) (string, bool) {
		given, set := o.Env[name]
		return given.Value, set && given.SecretKeyRef == nil
	})
	return s
}

// unsized are the defaults where a model is not known: those of the reference
// system, room for a 7B model on a volume for two.
var unsized = struct {
	memory, volume Quantity
	deadline       time.Duration
}{"8Gi", "10Gi", 2 * time.Hour}

// applySizes fills in what follows from the models.
func (b *Base) applySizes() {
	o := b.Ollama
	for name, size := range o.ModelSizes {
		o.ModelSizes[name] = size.applyDefaults()
	}
	_, unknown := b.Sizes()
	limits, requests := &o.Resources.Limits, &o.Resources.Requests
	if len(unknown) > 0 {
		fill(&limits.Memory, unsized.memory)
		fill(&o.LoadTimeout, "5m")
	}
	need, held := b.Need(), b.held()
	fill(&limits.Memory, mebibytes(need.Limit))
	if requests.Memory == "" {
		// What it needs, so that the node keeps it free; never above the limit.
		requests.Memory = mebibytes(min(sizing.Request(need.Required), bytesOf(limits.Memory)))
		if len(unknown) > 0 {
			requests.Memory = mebibytes(min(2<<30, bytesOf(limits.Memory)))
		}
	}
	fill(&o.LoadTimeout, Duration(fmt.Sprintf("%dm", int(sizing.LoadTimeout(held).Minutes()))))
	if o.Storage.sized() {
		if len(unknown) > 0 {
			fill(&o.Storage.Size, unsized.volume)
		}
		fill(&o.Storage.Size, Quantity(fmt.Sprintf("%dGi", b.Volume().Comfortable>>30)))
	}
}

func bytesOf(q Quantity) int64 { v := q.Parsed(); return v.Value() }

func mebibytes(bytes int64) Quantity { return Quantity(fmt.Sprintf("%dMi", bytes>>20)) }

// PullDeadline is how long the pod may take until it runs: its init container
// pulls the models first.
func (b *Base) PullDeadline() time.Duration {
	known, unknown := b.Sizes()
	if len(unknown) > 0 {
		return unsized.deadline
	}
	return sizing.PullDeadline(known)
}

const (
	memoryLimit = "ollama.resources.limits.memory"
	volumeSize  = "ollama.storage.size"
)

// sizing compares what the models need with what they get. It looks last: a sum
// of wrong numbers would be one more mistake for each.
func (v validator) sizing(base *field.Path, given, b *Base) {
	o, at, embedding := b.Ollama, base.Child("ollama"), base.Child("openWebUI", "embedding")
	v.modelSizes(at, o)
	v.threads(at, o)
	v.promptCache(at, given.Ollama.PromptCache != "", o)
	v = v.because(at, embedding)
	if v.failed(at) || v.failed(embedding) {
		return
	}
	known, unknown := b.Sizes()
	for _, name := range unknown {
		v.unknownModel(base, given.Ollama, o, name)
	}
	v.contextLimits(at, o, known)
	v.memory(base, given.Ollama, b)
	switch size := o.Storage.Size; {
	case !o.Storage.sized():
	case isChosen(given.Ollama.Storage.Size):
		v.volume(base, size, b.Volume())
	case o.LargestModel != "" && given.Ollama.Storage.Size == "":
		v.because(at.Child("largestModel")).errorf(at.Child("storage", "size"), "write the volume for the models that people pull, such as 50Gi",
			"missing: how many models people pull nobody knows; %s would be one of %s", size, o.LargestModel)
	}
}

// unknownModel says what cannot be derived, or checked, without its figures.
func (v validator) unknownModel(base *field.Path, given, o *Ollama, name string) {
	at, printed := base.Child("openWebUI", "embedding", "model"), "hearth size --from-registry "+name+", or FILE.gguf, prints them"
	if i := slices.Index(o.Models, name); i >= 0 {
		at = base.Child("ollama", "models").Index(i)
	} else if i := slices.IndexFunc(o.CustomModels, func(c CustomModel) bool { return c.Name == name && c.OfFile() }); i >= 0 {
		at, printed = base.Child("ollama", "customModels").Index(i).Child("from"), "hearth size FILE.gguf prints them"
	}
	near := ""
	if names := sizing.Nearest(name); len(names) > 0 {
		near = "; near it are " + strings.Join(names, ", ")
	}
	if isChosen(given.Resources.Limits.Memory) && (isChosen(given.Storage.Size) || !o.Storage.sized()) {
		v.warnf(at, "write its figures into ollama.modelSizes: "+printed,
			"hearth does not know %q%s: whether the memory limit and the volume are enough is not checked", name, near)
		return
	}
	v.errorf(at, "write its figures into ollama.modelSizes ("+printed+"), or both "+
		memoryLimit+" and "+volumeSize, "hearth does not know %q%s: the memory and the volume that it needs cannot be derived", name, near)
}

func (v validator) contextLimits(at *field.Path, o *Ollama, known []sizing.Model) {
	for _, m := range known {
		if m.ContextLimit > 0 && m.ContextLimit < o.ContextLength && !m.Embedder {
			v.because(at.Child("models")).warnf(at.Child("contextLength"), "",
				"%d is more than %s was made for: Ollama silently takes its %d tokens", o.ContextLength, m.Name, m.ContextLimit)
		}
	}
}

// memory refuses a limit that cannot hold the models. They are not unloaded
// when it gets tight: the container is killed.
func (v validator) memory(base *field.Path, given *Ollama, b *Base) {
	o, need, server := b.Ollama, b.Need(), base.Child("ollama")
	limit := o.Resources.Limits.Memory
	models, at := server.Child("models"), server.Child("resources", "limits", "memory")
	v = v.because(models, server.Child("largestModel"), server.Child("contextLength"), server.Child("numParallel"), server.Child("maxLoadedModels"), server.Child("kvCacheType"))
	chosen := isChosen(given.Resources.Limits.Memory)
	if !chosen {
		at = models
		if len(o.Models) == 0 {
			at = server.Child("largestModel")
		}
	}
	got, what := bytesOf(limit), strings.Join(need.Models, " and ")
	switch least := need.Least(o.Accelerator != nil); {
	case got < need.Required && got >= least && need.Device == nil:
		v.warnf(at, fmt.Sprintf("%s is enough whatever the device holds; or say its memory as ollama.accelerator.memory", mebibytes(need.Limit)),
			"the memory limit of %s is enough for %s only if the device holds all but %s of %s", limit, what, sizing.MiB(got), need.Sum())
	case got < least && need.Device != nil:
		v.errorf(at, fmt.Sprintf("raise it to %s or write auto, which is that; or %s", mebibytes(need.Limit), b.smaller(need, got)),
			"the memory limit of %s cannot hold what of %s stays with the processor: %s; the device holds %s", limit, what, need.Sum(), need.DeviceSum())
	case got < least:
		v.errorf(at, fmt.Sprintf("raise it to %s or write auto, which is that; or %s", mebibytes(need.Limit), b.smaller(need, got)),
			"the memory limit of %s cannot hold %s: %s", limit, what, need.Sum())
	case got < need.Limit && chosen:
		v.warnf(at, fmt.Sprintf("%s is comfortable", mebibytes(need.Limit)),
			"the memory limit of %s is tight for %s: %s", limit, what, need.Sum())
	}
	v.divided(server, o, need)
	if o.Node == nil || o.Node.Memory == "" {
		return
	}
	at = server.Child("node", "memory")
	if !v.between(at, o.Node.Memory, "256Mi", "64Ti") {
		return
	}
	node := bytesOf(o.Node.Memory)
	request := o.Resources.Requests.Memory
	beside, most := o.sidecarMemory()
	sidecars := ""
	if most > 0 {
		v, sidecars = v.because(server.Child("sidecars")), " with its sidecars"
		request, got, limit = mebibytes(bytesOf(request)+beside), got+most, mebibytes(got+most)
	}
	switch {
	case need.Required+most > node && need.Required <= node:
		v.errorf(at, "use larger nodes, smaller limits of the sidecars, or "+b.smaller(need, node-most), "a node of %s cannot hold %s beside the %s of the sidecars: %s",
			o.Node.Memory, what, mebibytes(most), need.Sum())
	case need.Required > node:
		v.errorf(at, "use larger nodes, or "+b.smaller(need, node), "a node of %s cannot hold %s: %s", o.Node.Memory, what, need.Sum())
	case bytesOf(request) > node:
		v.because(server.Child("resources", "requests", "memory")).errorf(at, "lower ollama.resources.requests.memory",
			"no node of %s has the %s that the pod requests%s: it would wait for ever", o.Node.Memory, request, sidecars)
	case got > node:
		v.because(server.Child("resources", "limits", "memory")).warnf(at, "lower "+memoryLimit,
			"the memory limit of %s%s is more than a node of %s has: the node runs out of memory before the limit helps", limit, sidecars, o.Node.Memory)
	}
}

// smaller names the settings that take the most off the sum, as far as the rest
// fits into that many bytes.
func (b *Base) smaller(need sizing.Need, room int64) string {
	o := b.Ollama
	one, alone := *b, *o
	alone.MaxLoadedModels, one.Ollama = 1, &alone
	var cache int64
	for _, t := range need.Terms {
		if t.Name == "kv cache" {
			cache += t.Bytes
		}
	}
	switch {
	case len(need.Models) > 1 && len(b.PullModels()) == len(o.Models) && one.Need().Required <= room: // an embedder is loaded beside the chat's model
		return "write maxLoadedModels: 1"
	case cache*4 > need.Required && o.NumParallel > 1:
		return "lower numParallel or contextLength"
	case cache*4 > need.Required && cmp.Or(o.KVCacheType, "f16") == "f16":
		return "lower contextLength or write kvCacheType: q8_0"
	}
	return "choose a smaller model"
}

// volume refuses a size, which a person chose, that the models do not fit on.
func (v validator) volume(base *field.Path, size Quantity, need sizing.Volume) {
	at := base.Child("ollama", "storage", "size")
	v = v.because(base.Child("ollama", "models"), base.Child("ollama", "largestModel"))
	got := bytesOf(size)
	comfortable := Quantity(fmt.Sprintf("%dGi", need.Comfortable>>30))
	switch {
	case got < need.Minimum:
		v.errorf(at, fmt.Sprintf("raise the volume to %s or write auto, which is that; or hold fewer models", comfortable),
			"the volume of %s is too small: the models are %s on disk, and need %s with what the file system takes", size, sizing.MiB(need.Disk), sizing.MiB(need.Minimum))
	case got < need.Comfortable:
		v.warnf(at, fmt.Sprintf("%s is comfortable", comfortable), "the volume of %s is tight: the models are %s on disk, and to update one needs the old and the new together",
			size, sizing.MiB(need.Disk))
	}
}

// threads checks the CPU limit against what computes.
func (v validator) threads(server *field.Path, o *Ollama) {
	at, threads := server.Child("resources", "limits", "cpu"), server.Child("threads")
	limit := o.Resources.Limits.CPU
	cores := limit.Parsed()
	milli := cores.MilliValue()
	if limit != None && milli >= 10 && milli < 1000 {
		v.errorf(at, "raise it to 1 or more, or write none and let the request share the node", "got %s: even one thread needs a whole core", limit)
	}
	n := o.Threads.number()
	switch {
	case n == 0:
	case o.Pull == PullNever && !sizing.LlamaServer(o.Image.Tag):
		v.because(server.Child("pull"), server.Child("image", "tag")).errorf(threads, "write auto, or pull: missing",
			"has no effect: the init container makes the models with %d threads, and pull is never", n)
	case limit != None && int64(n)*1000 > milli:
		v.because(at).warnf(threads, "lower it, or raise ollama.resources.limits.cpu",
			"%d threads share a limit of %s cores: they wait for each other, and every one gets slower", n, limit)
	}
	if o.Node == nil || o.Node.CPU == "" {
		return
	}
	at = server.Child("node", "cpu")
	if !v.between(at, o.Node.CPU, "100m", "1024") {
		return
	}
	request, node := o.Resources.Requests.CPU.Parsed(), o.Node.CPU.Parsed()
	if request.Cmp(node) > 0 {
		v.because(server.Child("resources", "requests", "cpu")).errorf(at, "lower ollama.resources.requests.cpu",
			"no node of %s has the %s cores that the pod requests: it would wait for ever", o.Node.CPU, o.Resources.Requests.CPU)
	}
}

func (v validator) promptCache(server *field.Path, given bool, o *Ollama) {
	at := server.Child("promptCache")
	if o.PromptCache != "" && o.PromptCache != None {
		v.between(at, o.PromptCache, "1Mi", "64Ti")
	}
	if given && !sizing.LlamaServer(o.Image.Tag) {
		v.because(server.Child("image", "tag")).warnf(at, problem.Remove, "has no effect: Ollama before 0.30 keeps no prompts")
	}
}
