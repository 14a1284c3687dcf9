package gguf

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	parser "github.com/gpustack/gguf-parser-go"

	"github.com/hearth-dev/hearth/sizing"
)

// describe says what a header means.
func describe(file *parser.GGUFFile) (sizing.Model, error) {
	name, err := architecture(file)
	if err != nil {
		return sizing.Model{}, err
	}
	var a parser.GGUFArchitecture
	var meta parser.GGUFMetadata
	if err := guard(func() { a, meta = file.Architecture(), file.Metadata() }); err != nil {
		return sizing.Model{}, err
	}
	if a.Architecture != name {
		return sizing.Model{}, fmt.Errorf("holds no language model, but one of kind %s", a.Architecture)
	}
	if err := sensible(a); err != nil {
		return sizing.Model{}, fmt.Errorf("architecture %s: %w", name, err)
	}
	m := sizing.Model{
		Architecture: name,
		Parameters:   int64(file.ModelParameters),
		Active:       active(file, a),
		Quantization: strings.TrimPrefix(meta.FileType.String(), "MOSTLY_"),
		DiskBytes:    int64(file.Size),
		TiedBytes:    tied(file),
		Layers:       layers(a),
		KVHeads:      kvHeads(a),
		KeyLength:    int(a.AttentionKeyLength),
		ValueLength:  int(a.AttentionValueLength),
		Heads:        int(a.AttentionHeadCount),
		Embedding:    int(a.EmbeddingLength),
		FeedForward:  int(feedForward(a)),
		Vocab:        int(a.VocabularyLength),
		ContextLimit: int(a.MaximumContextLength),
		StateBytes:   state(a),
		ExpertBytes:  expertBytes(file),
		Evidence:     sizing.Measured,
	}
	if a.ExpertCount > 0 {
		m.ExpertsUsed = int(a.ExpertUsedCount)
	}
	m.VisionBytes, m.FlashVisionBytes = vision(file, name)
	for i, sliding := range a.AttentionSlidingWindowLayers {
		if sliding && a.AttentionSlidingWindow > 0 && i < m.Layers {
			m.SlidingWindow = int(a.AttentionSlidingWindow)
			m.SlidingLayers++
		}
	}
	// As Ollama knows an embedder (server/images.go of v0.23.2).
	_, m.Embedder = file.Header.MetadataKV.Get(name + ".pooling_type")
	return m, nil
}

// architecture is the header's general.architecture, if it is a language model's.
func architecture(file *parser.GGUFFile) (string, error) {
	text := func(key string) string {
		kv, _ := file.Header.MetadataKV.Get(key)
		s, _ := kv.Value.(string)
		return s
	}
	name := text("general.architecture")
	if name == "" {
		return "", errors.New(`has no key "general.architecture"`)
	}
	if strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.", r)
	}) {
		return "", fmt.Errorf("general.architecture is %q, want small letters, digits, - and _", name)
	}
	kind := text("general.type")
	switch {
	case kind != "" && kind != "model", name == "clip", name == "controlvector":
		return "", fmt.Errorf("holds no language model: general.architecture %q, general.type %q", name, kind)
	}
	// The library makes as many entries as this says, before anybody can look.
	blocks, err := number(file, name+".block_count")
	if err == nil && (blocks < 1 || blocks > maxLayers) {
		err = fmt.Errorf("%s.block_count is %d, want 1 to %d", name, blocks, maxLayers)
	}
	if err != nil {
		return "", err
	}
	// A file that gguf-split joined says 0; a part says how many.
	if parts, err := number(file, "split.count"); err == nil && parts > 1 {
		return "", fmt.Errorf("is one of %d parts of a model; join them first: llama-gguf-split --merge", parts)
	}
	return name, nil
}

// number is the value of a key that must be one.
func number(file *parser.GGUFFile, key string) (n uint64, err error) {
	kv, ok := file.Header.MetadataKV.Get(key)
	if !ok {
		return 0, fmt.Errorf("has no key %q", key)
	}
	switch v := kv.Value.(type) {
	case uint8:
		return uint64(v), nil
	case uint16:
		return uint64(v), nil
	case uint32:
		return uint64(v), nil
	case int32:
		return uint64(max(v, 0)), nil
	case uint64:
		return v, nil
	}
	return 0, fmt.Errorf("key %q holds no number", key)
}

// attentionFree reports whether an architecture keeps a state of a fixed size in
// place of keys and values. Its headers say 0 heads, or nothing (MambaModel and
// Rwkv6Model in llama.cpp's convert_hf_to_gguf.py).
func attentionFree(architecture string) bool {
	return strings.HasPrefix(architecture, "mamba") || strings.HasPrefix(strings.TrimPrefix(architecture, "a"), "rwkv")
}

// sensible holds what the arithmetic multiplies to bounds that no model reaches:
// a 0 would take a whole term out of the memory that a pod gets.
func sensible(a parser.GGUFArchitecture) error {
	var problems []error
	least := uint64(1)
	if attentionFree(a.Architecture) {
		least = 0
	}
	for _, v := range []struct {
		what     string
		got      uint64
		from, to uint64
	}{
		{"context_length", a.MaximumContextLength, 1, maxContext},
		{"embedding_length", a.EmbeddingLength, 1, maxWidth},
		{"block_count", a.BlockCount, 1, maxLayers},
		{"feed_forward_length", slices.Max(append(a.FeedForwardLength, 0)), 0, maxWidth},
		{"expert_feed_forward_length", a.ExpertFeedForwardLength, 0, maxWidth},
		{"expert_shared_feed_forward_length", a.ExpertSharedFeedForwardLength, 0, maxWidth},
		{"expert_used_count", uint64(a.ExpertUsedCount), 0, maxExperts},
		{"attention.head_count", a.AttentionHeadCount, least, maxHeads},
		{"attention.head_count_kv", a.AttentionHeadCountKV, least, maxHeads},
		{"attention.key_length", uint64(a.AttentionKeyLength), least, maxLength},
		{"attention.value_length", uint64(a.AttentionValueLength), least, maxLength},
		{"attention.sliding_window", a.AttentionSlidingWindow, 0, maxContext},
		{"vocab_size", a.VocabularyLength, 1, maxTokens},
	} {
		if v.got < v.from || v.got > v.to {
			seen := fmt.Sprint(v.got)
			if v.got > math.MaxInt64 { // the library does not say which it was
				seen = fmt.Sprintf("%d or %d", int64(v.got), v.got)
			}
			problems = append(problems, fmt.Errorf("%s is %s, want %d to %d", v.what, seen, v.from, v.to))
		}
	}
	if problems == nil && least > 0 {
		if feedForward(a) == 0 {
			problems = append(problems, errors.New("feed_forward_length and expert_feed_forward_length are 0, want one of them"))
		}
		if layers(a) == 0 {
			problems = append(problems, fmt.Errorf("no layer of %d keeps keys and values, by attention.head_count_kv, attention.shared_kv_layers and full_attention_interval; want 1 at least", a.BlockCount))
		}
	}
	return errors.Join(problems...)
}

// layers counts those that keep keys and values. The others of a hybrid have a
// state of a fixed and small size instead; Gemma 3n's last ones use the caches of
// the first.
func layers(a parser.GGUFArchitecture) int {
	n := int(a.BlockCount)
	if first := int(a.AttentionKVFromStartLayerCount); first > 0 {
		n = min(n, first)
	}
	if interval := int(a.FullAttentionInterval); interval > 1 {
		n /= interval
	}
	for i, heads := range a.AttentionHeadCountKVs {
		if heads == 0 && i < int(a.BlockCount) {
			n--
		}
	}
	return max(n, 0)
}

// state is what the layers without keys and values keep of one request, in bytes:
// n_embd_r and n_embd_s in llama-hparams.cpp, as 32-bit numbers.
func state(a parser.GGUFArchitecture) int64 {
	embedding, heads, kernel := float64(a.EmbeddingLength), float64(a.AttentionHeadCount), float64(a.SSMConvolutionKernel)
	inner, long := float64(a.SSMInnerSize), float64(a.SSMStateSize)
	numbers := max(0, kernel-1)*(inner+2*float64(a.SSMGroupCount)*long) + long*inner
	switch head := float64(a.KDAHeadDim); {
	case a.RWKVHeadSize > 0:
		numbers = embedding * (float64(a.RWKVTokenShiftCount) + float64(a.RWKVHeadSize))
	case a.ShortConvLCache > 0:
		numbers = embedding * float64(a.ShortConvLCache-1)
	case head > 0:
		numbers = 3*max(3, kernel-1)*heads*head + head*head*heads
	}
	return int64(min(4*numbers*float64(recurrent(a)), maxState))
}

// recurrent counts the layers with a state.
func recurrent(a parser.GGUFArchitecture) int {
	blocks := int(a.BlockCount)
	switch interval := int(a.FullAttentionInterval); {
	case interval > 1:
		return blocks - blocks/interval
	case len(a.AttentionHeadCountKVs) == 0:
		return blocks // Mamba and RWKV, or both in each layer
	}
	n := 0
	for i, kvHeads := range a.AttentionHeadCountKVs {
		forward := len(a.FeedForwardLength) > i && len(a.FeedForwardLength) > 1 && a.FeedForwardLength[i] > 0
		onlyForward := forward && strings.HasPrefix(a.Architecture, "nemotron_h")
		if kvHeads == 0 && !onlyForward && i < blocks {
			n++
		}
	}
	return n
}

// kvHeads of a layer that keeps any; the average, rounded up, where they differ.
func kvHeads(a parser.GGUFArchitecture) int {
	sum, count := 0, 0
	for _, heads := range a.AttentionHeadCountKVs {
		if heads > 0 {
			sum, count = sum+int(heads), count+1
		}
	}
	if count == 0 {
		return int(a.AttentionHeadCountKV)
	}
	return (sum + count - 1) / count
}

// feedForward is the width of the widest layer, and of as many experts as a
// token passes through.
func feedForward(a parser.GGUFArchitecture) uint64 {
	width := slices.Max(append(a.FeedForwardLength, 0))
	used := uint64(a.ExpertUsedCount)
	switch {
	case used == 0:
		return width
	case a.ExpertFeedForwardLength > 0:
		return max(width, a.ExpertFeedForwardLength*used+a.ExpertSharedFeedForwardLength)
	default:
		return width * used
	}
}

// active is how many parameters a token passes through; 0 for all of them.
func active(file *parser.GGUFFile, a parser.GGUFArchitecture) int64 {
	if a.ExpertCount == 0 || a.ExpertUsedCount == 0 || a.ExpertUsedCount >= a.ExpertCount {
		return 0
	}
	n := float64(file.ModelParameters)
	for _, t := range file.TensorInfos {
		if strings.Contains(t.Name, "_exps.") {
			n -= float64(t.Elements()) * (1 - float64(a.ExpertUsedCount)/float64(a.ExpertCount))
		}
	}
	return int64(n)
}

// expertBytes is the largest tensor that holds a matrix of all experts.
func expertBytes(file *parser.GGUFFile) (most int64) {
	for _, t := range file.TensorInfos {
		if strings.Contains(t.Name, "_exps.") {
			most = max(most, int64(t.Bytes()))
		}
	}
	return most
}

// tied is the size of the token embedding if it is the output layer too.
func tied(file *parser.GGUFFile) int64 {
	if _, ok := file.TensorInfos.Get("output.weight"); ok {
		return 0
	}
	embedding, ok := file.TensorInfos.Get("token_embd.weight")
	if !ok {
		return 0
	}
	return int64(embedding.Bytes())
}
