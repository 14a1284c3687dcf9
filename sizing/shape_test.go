package sizing

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// weights are the numbers of a row's text tensors by kind. Norms and biases are
// left out: a thousandth.
type weights struct{ embedding, value, down, rest int64 }

func weightsOf(m Model) weights {
	at := func(a, b int) int64 { return int64(m.Layers) * int64(a) * int64(b) }
	w := weights{
		embedding: int64(m.Vocab) * int64(m.Embedding),
		value:     at(m.Embedding, m.KVHeads*m.ValueLength),
		down:      at(m.FeedForward, m.Embedding),
		rest:      at(m.Embedding, m.Heads*m.KeyLength) + at(m.Embedding, m.KVHeads*m.KeyLength) + at(m.Heads*m.ValueLength, m.Embedding),
	}
	w.rest += w.down
	if m.Architecture != "bert" { // whose feed forward has no gate
		w.rest += w.down
	}
	return w
}

// total is all of them, the embedding once where it is the output layer too: where
// the row says so, or that is nearer to its parameters, or to those that are active.
func (w weights) total(m Model) (sum int64, tied bool) {
	want := cmp.Or(m.Active, m.Parameters)
	once := w.embedding + w.value + w.down + w.rest
	tied = m.TiedBytes > 0 || abs(once-want) < abs(once+w.embedding-want)
	if !tied {
		once += w.embedding
	}
	return once, tied
}

func abs(n int64) int64 { return max(n, -n) }

// apart are the parameters that no figure of a row speaks of, in percent of all,
// by architecture: positions and segments of BERT, the two layers behind
// EmbeddingGemma, the vision of the others. Nil for what adds up.
func apart(m Model) (percent float64, what string) {
	switch {
	case m.Architecture == "qwen35":
		return 64, "the layers without a cache, and its vision"
	case m.Architecture == "gemma3n":
		return 62, "the layers without a cache of their own, and an embedding for each"
	case m.Architecture == "gemma3" && m.Embedder:
		return 2, "the two layers behind it"
	case m.Architecture == "bert":
		return 3, "positions and segments"
	case m.VisionBytes > 0 && m.Architecture != "llama":
		return 18, "its vision"
	}
	return 0, ""
}

// A row's shape adds up to the parameters that the model has: a figure of another
// model's, or a digit too many, does not.
func TestShapeAddsUp(t *testing.T) {
	for _, m := range Catalogue() {
		sum, _ := weightsOf(m).total(m)
		want := cmp.Or(m.Active, m.Parameters)
		extra, what := apart(m)
		off := 100 * float64(want-sum) / float64(want)
		if off < -0.6 || off > 0.6+extra {
			t.Errorf("%s: the shape has %d parameters, the model %d: %.2f %% apart, want 0.6 and %g for %q", m.Name, sum, want, off, extra, what)
		}
	}
	one, _ := Lookup("llama3.3:70b")
	one.FeedForward += 1024
	if sum, _ := weightsOf(one).total(one); float64(abs(sum-one.Parameters)) < 0.006*float64(one.Parameters) {
		t.Error("a wrong width is not seen")
	}
}

// formatted is the size that a number format makes of a shape, in bytes, as
// llama.cpp's quantizer gives formats to tensors; 0 for what it cannot say. A
// block of 256 numbers takes 144 bytes in Q4_K and 210 in Q6_K, one of 32 takes 18
// in Q4_0 and 34 in Q8_0.
func formatted(m Model) int64 {
	const q4, q6, q8 = 4.5 / 8, 210.0 / 256, 34.0 / 32
	w := weightsOf(m)
	sum, tied := w.total(m)
	if extra, _ := apart(m); extra > 0 || m.Active > 0 || m.VisionBytes > 0 {
		return 0
	}
	blocks, ends := sum-w.embedding, float64(w.embedding)*q6
	if !tied {
		blocks -= w.embedding
		ends += float64(w.embedding) * q4
	}
	switch m.Quantization {
	case "F16", "BF16":
		return 2 * sum
	case "Q8_0":
		return int64(float64(sum) * q8)
	case "Q4_0":
		return int64(float64(blocks)*q4 + ends)
	case "Q4_K_M":
		if m.Embedding%256 != 0 {
			return 0 // such rows get other formats
		}
		// The first and the last eighth of the layers, and every third between
		// them, have the values and the way down in Q6_K.
		better := 0
		for i := range m.Layers {
			if i < m.Layers/8 || i >= 7*m.Layers/8 || (i-m.Layers/8)%3 == 2 {
				better++
			}
		}
		return int64(float64(blocks)*q4 + float64(w.value+w.down)*(q6-q4)*float64(better)/float64(m.Layers) + ends)
	}
	return 0
}

// ownFormats are architectures that Ollama's own quantizer writes: it leaves the
// values in F16 or Q8_0, and is up to a tenth larger.
func ownFormats(m Model) bool {
	return strings.HasPrefix(m.Architecture, "qwen3") || m.Architecture == "gemma3" || m.Architecture == "phi3" || m.Name == "qwen2.5:72b" || m.Name == "gemma:2b"
}

// sizeErrors are how far the size by formula is from the one read, in percent.
func sizeErrors(own bool) (errors []float64, worst string) {
	for _, m := range Catalogue() {
		size := formatted(m)
		if size == 0 || ownFormats(m) != own {
			continue
		}
		off := math.Abs(100 * float64(m.DiskBytes-size) / float64(m.DiskBytes))
		if len(errors) == 0 || off > slices.Max(errors) {
			worst = m.Name
		}
		errors = append(errors, off)
	}
	slices.Sort(errors)
	return errors, worst
}

// Sizes that were read are what the number format makes of the shape: a size of
// another tag's is not.
func TestSizesFollowFromShapes(t *testing.T) {
	for own, limit := range map[bool]float64{false: 1, true: 10} {
		errors, worst := sizeErrors(own)
		if len(errors) < 5 || errors[len(errors)-1] > limit {
			t.Errorf("own formats %v: %d sizes, %s the farthest of %.2f, want at most %g", own, len(errors), worst, errors, limit)
		}
	}
}

// checkTable says how well the rows agree with each other.
func checkTable() string {
	var b strings.Builder
	b.WriteString("| held to | rows | apart, half of them | apart, at most |\n|---|---|---|---|\n")
	row := func(what string, errors []float64, worst string) {
		slices.Sort(errors)
		fmt.Fprintf(&b, "| %s | %d | %.2f %% | %.2f %% (`%s`) |\n", what, len(errors), errors[len(errors)/2], errors[len(errors)-1], worst)
	}
	var sums []float64
	worst := ""
	for _, m := range Catalogue() {
		if extra, _ := apart(m); extra > 0 {
			continue
		}
		sum, _ := weightsOf(m).total(m)
		want := cmp.Or(m.Active, m.Parameters)
		off := 100 * float64(abs(sum-want)) / float64(want)
		if len(sums) == 0 || off > slices.Max(sums) {
			worst = m.Name
		}
		sums = append(sums, off)
	}
	row("shape: the parameters that the model has", sums, worst)
	errors, worst := sizeErrors(false)
	row("size: what llama.cpp's formats make of the shape", errors, worst)
	errors, worst = sizeErrors(true)
	row("size, where Ollama wrote the formats itself", errors, worst)
	return b.String()
}
