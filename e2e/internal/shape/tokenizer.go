package shape

// Kinds of tokens, as tokenizer.ggml.token_type counts them.
const (
	normal  int32 = 1
	control int32 = 3
)

// tokenizer is a vocabulary of the real length, whose words are as long as real ones. A text of ASCII finds none of them: each
// of its bytes is one token, so that the length of a prompt is known beforehand.
func (s Shape) tokenizer() map[string]any {
	tokens := make([]string, s.Vocabulary)
	types := make([]int32, s.Vocabulary)
	for i := range tokens {
		types[i] = normal
		switch {
		case s.embedder() && i < 256:
			tokens[i] = string(rune(i)) // a letter of WordPiece in the midst of a word
			if i > ' ' && i < 127 {
				tokens[i] = "▁" + string(rune(i))
			}
		case i < 256:
			tokens[i] = string(letter(i))
		default:
			tokens[i] = word(i)
		}
	}
	types[s.Vocabulary-2], types[s.Vocabulary-1] = control, control
	tokens[s.Vocabulary-2], tokens[s.Vocabulary-1] = "<|begin_of_text|>", "<|end_of_text|>"
	kv := map[string]any{"tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": types}
	if s.embedder() {
		tokens[s.Vocabulary-3] = "[UNK]"
		kv["tokenizer.ggml.model"] = "bert"
		kv["tokenizer.ggml.scores"] = make([]float32, s.Vocabulary)
		kv["tokenizer.ggml.unknown_token_id"] = uint32(s.Vocabulary - 3)
		kv["tokenizer.ggml.cls_token_id"] = uint32(s.Vocabulary - 2)
		kv["tokenizer.ggml.seperator_token_id"] = uint32(s.Vocabulary - 1)
		return kv
	}
	merges := make([]string, s.Merges)
	for i := range merges {
		w := []rune(word(i))
		merges[i] = string(w[:2]) + " " + string(w[2:])
	}
	kv["tokenizer.ggml.model"], kv["tokenizer.ggml.pre"], kv["tokenizer.ggml.merges"] = "gpt2", s.Pre, merges
	return kv
}

// letter is the character by which GPT-2's tokenizer and its followers write a byte: itself if it prints, else one from
// U+0100 on, in order.
func letter(b int) rune {
	prints := func(b int) bool { return b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae && b <= 0xff }
	if prints(b) {
		return rune(b)
	}
	r := rune(0x100)
	for i := range b {
		if !prints(i) {
			r++
		}
	}
	return r
}

// word is the i-th word of three letters that stand for bytes outside ASCII's printable ones, six bytes long as the average of
// real vocabularies is. There are 66³ = 287496 of them.
func word(i int) string {
	const letters = 66
	at := func(i int) rune { return rune(0x101 + i%letters) }
	return string([]rune{at(i), at(i / letters), at(i / letters / letters)})
}
