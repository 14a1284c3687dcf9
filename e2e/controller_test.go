package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/generator"
)

// controller is an ingress controller that the chat is exposed through. All of them listen on the same ports of the node.
type controller struct {
	name string // for people
	kind string // expose.type in a stack
	ref  string // of its image
	// report is the name of the report's files, of which one controller's also has the pictures for the README.
	report   string
	pictures bool
	start    func(*exposure, *testing.T)
}

func traefikController() controller {
	return controller{name: "Traefik", kind: "traefik", ref: images.Traefik().Ref, report: "chat", pictures: true, start: (*exposure).startTraefik}
}

// nginxController is F5's, which no package registry has in source: its image has to be pulled.
func nginxController() controller {
	return controller{name: "NGINX", kind: "nginx", ref: "docker.io/nginx/nginx-ingress:5.5.4", report: "chat-nginx", start: (*exposure).startNGINX}
}

// startTraefik follows Traefik's own documentation, from its module.
func (e *exposure) startTraefik(t *testing.T) {
	traefik := images.Traefik()
	for _, file := range []string{"kubernetes-crd-definition-v1.yml", "kubernetes-crd-rbac.yml"} {
		e.applyModule(t, traefik.Module, "docs/content/reference/dynamic-configuration/"+file)
	}
	e.applyController(t, "testdata/traefik.yaml", traefik.Ref)
	e.waitReady(t, "traefik", "traefik", nil, 3*time.Minute)
}

func (e *exposure) startNGINX(t *testing.T) {
	e.applyController(t, "testdata/nginx.yaml", nginxController().ref)
	e.waitReady(t, "nginx-ingress", "nginx-ingress", nil, 10*time.Minute)
}

func (e *exposure) applyController(t *testing.T, file, image string) {
	t.Helper()
	manifest, err := os.ReadFile(file)
	must(t, err)
	e.applyText(t, strings.ReplaceAll(string(manifest), "image: IMAGE", "image: "+image))
}

// TestChatStack is hermetic: what a cluster is given later can be rendered, for every controller.
func TestChatStack(t *testing.T) {
	for _, through := range []controller{traefikController(), nginxController()} {
		t.Run(through.name, func(t *testing.T) {
			c := &chat{through: through}
			data, err := os.ReadFile(c.stackFile(t))
			must(t, err)
			stack, problems := generator.Load("chat.yaml", data)
			must(t, problems.Err())
			files, problems := generator.Generate(stack)
			must(t, problems.Err())
			class := "ingressClassName: " + through.kind + "\n"
			if !slices.ContainsFunc(files, func(f generator.File) bool { return strings.Contains(string(f.Data), class) }) {
				t.Errorf("no file has %q", class)
			}
		})
	}
}
