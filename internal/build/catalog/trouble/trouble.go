// Package trouble is what may be wrong with a running service: by what one sees,
// why, and what to do. docs/troubleshooting.md and the pages of services are made
// of it.
package trouble

import (
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Section is a part of docs/troubleshooting.md.
type Section struct {
	Title    string
	Problems []Problem
}

// Problem is one thing that may be wrong. Texts are Markdown in one line, without
// the sign between a table's cells; their links count from docs/.
type Problem struct {
	// Symptom is what one sees.
	Symptom string
	// Cause of it.
	Cause string
	// Action says what to do, or which field of a base decides.
	Action string
	// When reports whether it can happen to a resolved base.
	When func(b *v1alpha1.Base) bool
}

// Sections are all there are.
func Sections() []Section { return slices.Clone(sections) }

// name stands in the texts for what an Ollama is called.
const name = "OLLAMA-"

// Of are the problems that can happen to one of the bases, with the names that
// their Ollamas have.
func Of(bases []v1alpha1.Base) []Problem {
	var some []Problem
	for _, s := range sections {
		for _, p := range s.Problems {
			for i := range bases {
				b, one := &bases[i], p
				if !p.When(b) {
					continue
				}
				if ollama(b) {
					one.Action = strings.ReplaceAll(p.Action, name, b.Ollama.ServiceName()+"-")
				}
				if !slices.ContainsFunc(some, func(o Problem) bool { return o.Symptom == one.Symptom && o.Action == one.Action }) {
					some = append(some, one)
				}
			}
		}
	}
	return some
}

func ollama(b *v1alpha1.Base) bool { return b.Ollama != nil }

func engine(b *v1alpha1.Base) bool { return b.Engine != nil }

func vllm(b *v1alpha1.Base) bool { return engine(b) && !b.Engine.LlamaCpp() }

func llamaCpp(b *v1alpha1.Base) bool { return engine(b) && b.Engine.LlamaCpp() }

func pulls(b *v1alpha1.Base) bool { return ollama(b) && b.Ollama.Pull == v1alpha1.PullMissing }

func chat(b *v1alpha1.Base) bool { return b.OpenWebUI != nil }

// ownVectors reports whether vectors are kept by a PostgreSQL of somebody else's.
func ownVectors(b *v1alpha1.Base) bool {
	return chat(b) && b.OpenWebUI.Vectors.Type == v1alpha1.VectorsPGVector && b.OpenWebUI.Database.Type == v1alpha1.DatabasePostgres
}

func handsTools(b *v1alpha1.Base) bool { return chat(b) && b.OpenWebUI.HandsTools() }

func chatExposed(b *v1alpha1.Base) bool { return chat(b) && b.Expose.Exposed() }

// balanced reports whether a program has an address of its own.
func balanced(b *v1alpha1.Base) bool {
	return ollama(b) && b.Ollama.Service.Type == v1alpha1.LoadBalancer || chat(b) && b.OpenWebUI.Service.Type == v1alpha1.LoadBalancer
}

func elsewhere(b *v1alpha1.Base) bool {
	return chat(b) && len(b.OpenWebUI.OllamaURLs)+len(b.OpenWebUI.Backends) > 0
}

func nginx(b *v1alpha1.Base) bool { return b.Expose.Type == v1alpha1.ExposeNginx }

func ingressNGINX(b *v1alpha1.Base) bool { return b.Expose.Type == v1alpha1.ExposeIngressNGINX }

// anyNGINX: nginx answers, whoever configures it.
func anyNGINX(b *v1alpha1.Base) bool { return nginx(b) || ingressNGINX(b) }

func traefik(b *v1alpha1.Base) bool { return b.Expose.Type == v1alpha1.ExposeTraefik }

func gateway(b *v1alpha1.Base) bool { return b.Expose.Type == v1alpha1.ExposeGateway }

func uploadsByTraefik(b *v1alpha1.Base) bool { return chat(b) && traefik(b) }

func passwords(b *v1alpha1.Base) bool { return traefik(b) && b.Expose.BasicAuth() != nil }

func withKeys(b *v1alpha1.Base) bool { return b.Expose.APIKeys != nil }

// byUpgrade: the page opens a WebSocket.
func byUpgrade(b *v1alpha1.Base) bool {
	return chatExposed(b) && b.Expose.WebSocket == v1alpha1.WebSocketUpgrade
}

// listed: the route admits some addresses alone.
func listed(b *v1alpha1.Base) bool {
	return len(b.Expose.AllowList()) > 0
}

func https(b *v1alpha1.Base) bool {
	return b.Expose.Exposed() && b.Expose.TLS.Type != v1alpha1.TLSNone
}

func certManager(b *v1alpha1.Base) bool {
	return https(b) && b.Expose.TLS.Type == v1alpha1.TLSCertManager
}
