package ollama_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

func TestCheckFacts(t *testing.T) {
	facts := []ollama.Fact{{"black?", "white"}, {"tower?", "Paris"}, {"water?", "H2O"}}
	answers := func(said ...string) func(context.Context, string) (string, error) {
		return func(context.Context, string) (string, error) {
			next := said[0]
			said = said[1:]
			if next == "broken" {
				return "", errors.New("model runner has stopped")
			}
			return next, nil
		}
	}
	for name, c := range map[string]struct {
		said []string
		want string
	}{
		"two of three are enough": {[]string{"It is white.", "In Paris.", "Milk."}, ""},
		"one is not":              {[]string{"It is white.", "In Rome.", "Milk."}, "1 of 3 answers hold the expected word, want 2"},
		"a server that fails":     {[]string{"It is white.", "broken"}, `asking "tower?": model runner has stopped`},
	} {
		t.Run(name, func(t *testing.T) {
			err := ollama.CheckFacts(t.Context(), facts, 2, answers(c.said...))
			if c.want == "" && err != nil {
				t.Errorf("got %v, want no error", err)
			}
			if c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
				t.Errorf("got %v, want an error that starts with %q", err, c.want)
			}
		})
	}
}
