package generator_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
)

// The page offers the first model that answers, wherever the list has an embedding
// model or the chat brings one; where none answers, it is told of none.
func TestDefaultModel(t *testing.T) {
	for _, c := range []struct{ name, ollama, chat, want string }{
		{"the first", `models: ["llama3.2:3b", "qwen3:4b"]`, "{}", "llama3.2:3b"},
		{"behind an embedding model", `models: ["nomic-embed-text", "llama3.2:3b"]`, "{}", "llama3.2:3b"},
		{"behind one that the stack knows", `models: ["me/mine:1", "llama3.2:3b"], modelSizes: {"me/mine:1": {disk: 1Gi, architecture: bert, layers: 1,
			kvHeads: 1, keyLength: 64, valueLength: 64, heads: 1, embedding: 64, feedForward: 64, vocab: 1000, contextLimit: 512, embedder: true}}`, "{}", "llama3.2:3b"},
		{"behind one that the chat embeds with", `models: ["me/mine:1", "llama3.2:3b"], resources: {limits: {memory: 8Gi}}, storage: {size: 20Gi}`, `{embedding: {model: "me/mine:1"}}`, "llama3.2:3b"},
		{"embedding models alone", `models: ["nomic-embed-text"]`, "{}", ""},
		{"embedding elsewhere, with one in the list", `models: ["nomic-embed-text", "llama3.2:3b"]`, "{embedding: {engine: inPod}}", "llama3.2:3b"},
		{"embedding elsewhere", `models: ["llama3.2:3b"]`, "{embedding: {engine: inPod}}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: home}\nspec:\n  bases:\n    - name: ai\n      namespace: ai\n" +
				"      ollama: {" + c.ollama + "}\n      openWebUI: " + c.chat + "\n"
			stack, problems := generator.Load("hearth.yaml", []byte(strings.ReplaceAll(text, "\t", " ")))
			if stack == nil {
				t.Fatal(problems)
			}
			files, problems := generator.Generate(stack)
			if err := problems.Err(); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range files {
				if _, after, found := strings.Cut(string(f.Data), "- name: DEFAULT_MODELS\n          value: "); found {
					got, _, _ = strings.Cut(after, "\n")
				}
			}
			if got != c.want {
				t.Errorf("DEFAULT_MODELS is %q, want %q", got, c.want)
			}
		})
	}
}
