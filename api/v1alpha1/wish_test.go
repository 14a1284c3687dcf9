package v1alpha1_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// wished are what homelabs and charts have a name for; see what each is told in
// testdata/refused/wishes.txtar.
const wished = `gpu databaseURL nfs openaiURL ingress persistence autoscaling extraEnv envFrom postgres
redisURL vectorDB hpa livenessProbe readinessProbe probes serviceAccount securityContext podSecurityContext runtimeClassName
existingSecret imagePullSecrets replicaCount volumeMounts extraVolumes extraContainers
podAnnotations podLabels networkPolicy loadBalancer loadBalancerIP nodePort hostPath sso ldap adminEmail webSearch searxng
pipelines tika serviceMonitor numCtx num_ctx model persistentVolume pvc httpRoute route hostname clusterIssuer`

// TestWishes writes each wish into a base and into both of its programs: the
// answer is a field that there is, or a page that there is, and not to remove it.
func TestWishes(t *testing.T) {
	page := regexp.MustCompile(`docs/[a-z]+\.md`)
	for _, name := range strings.Fields(wished) {
		for _, where := range []string{
			"      %: {}\n", "      ollama: {models: [llama3.2:3b], %: {}}\n", "      openWebUI: {%: {}}\n", "      expose: {%: {}}\n",
		} {
			text := "apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: a}\nspec:\n  bases:\n    - name: a\n      namespace: a\n" + strings.ReplaceAll(where, "%", name)
			_, problems := generator.Load("", []byte(text))
			found := false
			for _, p := range problems {
				if !strings.HasSuffix(p.Path, "."+name) {
					continue
				}
				found = true
				if p.Fix == "" || p.Fix == "remove it" || strings.Contains(p.Message, "known fields") && strings.Contains(p.Message, "unknown field") {
					t.Errorf("%s is answered with %s", name, p)
				}
				for _, file := range page.FindAllString(p.Fix, -1) {
					if _, err := os.Stat("../../" + file); err != nil {
						t.Error(err)
					}
				}
			}
			if !found {
				t.Errorf("%s is accepted in %s", name, where)
			}
		}
	}
}

// TestWishesNameFields looks the fields that serve wishes up in the types.
func TestWishesNameFields(t *testing.T) {
	met := map[string]bool{}
	for name, field := range v1alpha1.WishFields() {
		if met[strings.ToLower(name)] {
			t.Errorf("%s is in the table twice", name)
		}
		met[strings.ToLower(name)] = true
		stack, isStacks := reflect.TypeFor[v1alpha1.Base](), false
		if _, isStacks = strings.CutPrefix(field, "spec."); isStacks {
			stack = reflect.TypeFor[v1alpha1.Stack]()
		}
		if !isField(stack, strings.Split(field, ".")) {
			t.Errorf("%s: there is no field %s", name, field)
		}
		if answer, _ := (&v1alpha1.Base{}).Wish(name); !isStacks && !strings.Contains(answer, strings.Split(field, ".")[0]) {
			t.Errorf("%s: the answer %q does not name %s", name, answer, field)
		}
	}
	if isField(reflect.TypeFor[v1alpha1.Base](), []string{"ollama", "gpu"}) {
		t.Error("ollama.gpu passes for a field")
	}
}

// isField reports whether a type has the field at the end of a path.
func isField(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if len(path) == 0 {
		return true
	}
	if t.Kind() == reflect.Map {
		return isField(t.Elem(), path[1:])
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == path[0] {
			return isField(f.Type, path[1:])
		}
	}
	return false
}
