package generator_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
	objectset "github.com/hearth-dev/hearth/internal/objects"
)

// replaceable are the variables that hearth sets and people may set otherwise:
// nothing else that hearth writes leans on them.
var replaceable = map[string][]string{
	"ollama": {"OLLAMA_NOPRUNE"},
	"open-webui": {
		"AIOHTTP_CLIENT_TIMEOUT", "DATABASE_POOL_SIZE", "DATABASE_SQLITE_PRAGMA_CACHE_SIZE", "DATABASE_SQLITE_PRAGMA_MMAP_SIZE", "DEFAULT_MODELS",
		"DEFAULT_MODEL_PARAMS",
		"WEBUI_AUTH",
	},
}

// TestWhatHearthSets: each variable that hearth writes is refused in env, but for
// those that are replaceable.
func TestWhatHearthSets(t *testing.T) {
	data, err := os.ReadFile("../api/v1alpha1/testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]map[string]bool{"ollama": {}, "open-webui": {}}
	for _, text := range []string{string(data), withDefaults} {
		stack, problems := generator.Load("hearth.yaml", []byte(text))
		if stack == nil {
			t.Fatal(problems)
		}
		for _, o := range stack.Overlays {
			all, problems := generator.Objects(stack, o.Name)
			if problems.Err() != nil {
				t.Fatal(problems)
			}
			own := map[string]bool{}
			for _, b := range o.Bases {
				if b.Ollama != nil {
					maps.Insert(own, names(b.Ollama.Env))
				}
				if b.OpenWebUI != nil {
					maps.Insert(own, names(b.OpenWebUI.Env))
				}
			}
			set := objectset.New(all)
			for i := range set.Pods {
				for _, c := range set.Pods[i].Containers() {
					if in := written[c.Name]; in != nil {
						for _, v := range c.Env {
							if !own[v.Name] {
								in[v.Name] = true
							}
						}
					}
				}
			}
		}
	}
	for program, field := range map[string]string{"ollama": "ollama", "open-webui": "openWebUI"} {
		if len(written[program]) < 10 {
			t.Errorf("%s: %d variables were found, there were 10 and more", program, len(written[program]))
		}
		for _, name := range slices.Sorted(maps.Keys(written[program])) {
			env := map[string]string{field: ", env: {" + name + ": \"1\"}"}
			text := fmt.Sprintf(withEnv, env["ollama"], env["openWebUI"])
			_, problems := generator.Load("hearth.yaml", []byte(text))
			refused := strings.Contains(problems.String(), "."+field+".env."+name+": hearth ")
			if may := slices.Contains(replaceable[program], name); may == refused {
				t.Errorf("%s.env.%s: refused is %t, replaceable is %t: %v", field, name, refused, may, problems)
			}
		}
	}
}

func names[V any](env map[string]V) func(func(string, bool) bool) {
	return func(yield func(string, bool) bool) {
		for name := range env {
			if !yield(name, true) {
				return
			}
		}
	}
}

const withDefaults = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - {name: ai, namespace: ai, ollama: {models: ["llama3.2:3b"]}, openWebUI: {}}
    - {name: alone, namespace: alone, openWebUI: {backends: [{url: "http://vllm.vllm.svc:8000/v1", apiKey: {name: a, key: b}}]}}
  overlays:
    - {name: home, bases: [{name: ai}, {name: alone}]}
`

const withEnv = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - name: ai
      namespace: ai
      ollama: {models: ["llama3.2:3b"]%s}
      openWebUI: {name: chat%s}
`
