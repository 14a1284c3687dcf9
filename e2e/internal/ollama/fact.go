package ollama

import (
	"context"
	"fmt"
	"strings"
)

// Fact is a question that a model must answer right, and the word that shows it did.
type Fact struct {
	Prompt, Word string
}

// Facts are questions that [SmolLM2] answers right at temperature 0. They were picked for their margins: on the way to the
// word the best token leads the second by at least 2.2 (black), 0.7 (Eiffel Tower) and 0.6 (water) in log probability, far
// more than another processor's rounding moves it. The model fails at many an easier-looking one, such as the capital of
// Italy.
func Facts() []Fact {
	return []Fact{
		{"What is the opposite of black?", "white"},
		{"In which city is the Eiffel Tower?", "Paris"},
		{"What is the chemical formula of water?", "H2O"},
	}
}

// CheckFacts puts every fact to ask and fails unless at least want answers hold their word. The error quotes all of them.
func CheckFacts(ctx context.Context, facts []Fact, want int, ask func(context.Context, string) (string, error)) error {
	right := 0
	var said strings.Builder
	for _, f := range facts {
		answer, err := ask(ctx, f.Prompt)
		if err != nil {
			return fmt.Errorf("asking %q: %w", f.Prompt, err)
		}
		if strings.Contains(answer, f.Word) {
			right++
		}
		fmt.Fprintf(&said, "\n%s (%s)\n  %s", f.Prompt, f.Word, strings.TrimSpace(answer))
	}
	if right < want {
		return fmt.Errorf("%d of %d answers hold the expected word, want %d:%s", right, len(facts), want, said.String())
	}
	return nil
}
