package gguf_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/internal/testing/gguftest"
	"github.com/hearth-dev/hearth/sizing"
)

// What differs from architecture to architecture, each beside what small gives.
func TestArchitectures(t *testing.T) {
	plain := sizing.Model{
		Architecture: "llama", Parameters: 128, Quantization: "F32", Layers: 2, KVHeads: 4, KeyLength: 16, ValueLength: 16,
		Heads: 4, Embedding: 64, FeedForward: 128, Vocab: 2, ContextLimit: 2048, Evidence: sizing.Measured,
	}
	for name, c := range map[string]struct {
		file gguftest.File
		want func(m *sizing.Model)
	}{
		"plain":           {small(nil), func(*sizing.Model) {}},
		"grouped queries": {small(key("llama.attention.head_count_kv", uint32(2))), func(m *sizing.Model) { m.KVHeads = 2 }},
		"long heads": {small([]gguftest.Key{{Name: "llama.attention.key_length", Value: uint32(128)}, {Name: "llama.attention.value_length", Value: uint32(96)}}),
			func(m *sizing.Model) { m.KeyLength, m.ValueLength = 128, 96 }},
		"heads by layer": {small([]gguftest.Key{{Name: "llama.block_count", Value: uint32(4)}, {Name: "llama.attention.head_count_kv", Value: []int32{4, 0, 1, 4}}}),
			func(m *sizing.Model) { m.Layers, m.KVHeads = 3, 3 }},
		"every fourth layer attends": {small([]gguftest.Key{{Name: "llama.block_count", Value: uint32(8)}, {Name: "llama.full_attention_interval", Value: uint32(4)}}),
			func(m *sizing.Model) { m.Layers = 2 }},
		"every fourth layer attends, the others keep a state": {small([]gguftest.Key{
			{Name: "llama.block_count", Value: uint32(8)}, {Name: "llama.full_attention_interval", Value: uint32(4)},
			{Name: "llama.ssm.conv_kernel", Value: uint32(4)}, {Name: "llama.ssm.inner_size", Value: uint32(64)},
			{Name: "llama.ssm.state_size", Value: uint32(16)}, {Name: "llama.ssm.group_count", Value: uint32(2)}}),
			func(m *sizing.Model) { m.Layers, m.StateBytes = 2, 6*4*(3*(64+2*2*16)+16*64) }},
		"a state by layer": {small([]gguftest.Key{
			{Name: "llama.block_count", Value: uint32(4)}, {Name: "llama.attention.head_count_kv", Value: []int32{4, 0, 0, 4}},
			{Name: "llama.shortconv.l_cache", Value: uint32(3)}}),
			func(m *sizing.Model) { m.Layers, m.StateBytes = 2, 2*4*64*2 }},
		"sliding by layer": {small([]gguftest.Key{
			{Name: "llama.block_count", Value: uint32(4)}, {Name: "llama.attention.sliding_window", Value: uint32(512)},
			{Name: "llama.attention.sliding_window_pattern", Value: []bool{true, true, true, false}}}),
			func(m *sizing.Model) { m.Layers, m.SlidingWindow, m.SlidingLayers = 4, 512, 3 }},
		"a window that no layer uses": {small(key("llama.attention.sliding_window", uint32(512))), func(*sizing.Model) {}},
		"an embedder":                 {small(key("llama.pooling_type", uint32(1))), func(m *sizing.Model) { m.Embedder = true }},
		"vocabulary by number":        {small(key("llama.vocab_size", uint32(7))), func(m *sizing.Model) { m.Vocab = 7 }},
		"quantization by its number":  {small(key("general.file_type", uint32(15))), func(m *sizing.Model) { m.Quantization = "Q4_K_M" }},
		"experts": {small([]gguftest.Key{
			{Name: "llama.expert_count", Value: uint32(8)}, {Name: "llama.expert_used_count", Value: uint32(2)},
			{Name: "llama.expert_feed_forward_length", Value: uint32(96)}},
			tensor(0, 0, 64), gguftest.Tensor{Name: "blk.0.ffn_up_exps.weight", Shape: []uint64{4, 4, 8}, Offset: 256}),
			func(m *sizing.Model) {
				m.Parameters, m.Active, m.FeedForward, m.ExpertsUsed, m.ExpertBytes = 192, 64+32, 192, 2, 512
			}},
		"embedding and output are one": {small(nil, gguftest.Tensor{Name: "token_embd.weight", Shape: []uint64{64, 2}}),
			func(m *sizing.Model) { m.TiedBytes = 512 }},
	} {
		t.Run(name, func(t *testing.T) {
			want := plain
			want.DiskBytes = c.file.Size()
			c.want(&want)
			got, err := gguf.Read(bytes.NewReader(c.file.Header()), c.file.Size())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Nothing that is read can make the arithmetic overflow.
func TestTheLargestModel(t *testing.T) {
	for _, embedder := range []bool{false, true} {
		keys := []gguftest.Key{
			{Name: "llama.block_count", Value: uint32(512)},
			{Name: "llama.context_length", Value: uint32(1 << 25)},
			{Name: "llama.embedding_length", Value: uint32(1 << 20)},
			{Name: "llama.feed_forward_length", Value: uint32(1 << 20)},
			{Name: "llama.attention.head_count", Value: uint32(1024)},
			{Name: "llama.attention.key_length", Value: uint32(4096)},
			{Name: "llama.attention.value_length", Value: uint32(4096)},
			{Name: "llama.expert_used_count", Value: uint32(4096)},
			{Name: "llama.vocab_size", Value: uint32(1 << 24)},
		}
		if embedder {
			keys = append(keys, gguftest.Key{Name: "llama.pooling_type", Value: uint32(1)})
		}
		f := small(keys)
		m, err := gguf.Read(bytes.NewReader(f.Header()), f.Size())
		if err != nil {
			t.Fatal(err)
		}
		need := sizing.Memory([]sizing.Model{m}, sizing.Settings{ContextLength: 1 << 25})
		for _, term := range need.Terms {
			if term.Bytes < 0 || term.Bytes > need.Required {
				t.Errorf("%s: %d bytes: %s", term.Name, term.Bytes, term.Formula)
			}
		}
	}
}
