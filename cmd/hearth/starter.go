package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/versions"
)

// overlayLabel selects clusters where no name was given: a cluster gets the
// overlay when somebody labels it, and none gets it by accident.
const overlayLabel = "hearth.dev/overlay"

// starter is what the flags of init say.
type starter struct {
	name, namespace                 string
	models                          []string
	chat                            bool
	storageClass                    string
	controller                      string // namespace of the controller's pods
	expose, host, gateway           string // gateway is NAMESPACE/NAME
	noTLS                           bool
	issuer, certResolver, tlsSecret string
	signUp                          string
	fleet                           bool
	cluster                         string
}

// text is the stack as a commented file. It is built from nodes, so that any
// value is quoted as it must be.
func (s starter) text() ([]byte, error) {
	body := section().
		put("bases", list(s.base()), "A base is one service in one namespace, and a folder under bases/.").
		put("overlays", list(s.overlay()), "An overlay is one or more bases with changes for some clusters, and a folder\nunder overlays/. Any field of the base may be changed here; null returns to its default.")
	if s.fleet {
		body.put("fleet", section().put("targets", list(s.target())),
			"Which cluster gets which overlay; the first match wins, and the others get nothing.")
	}
	root := section().
		put("apiVersion", v1alpha1.APIVersion).
		put("kind", v1alpha1.Kind).
		put("metadata", section().put("name", s.name)).
		put("spec", body)
	root.node.HeadComment = "yaml-language-server: $schema=" + schemaURL() + "\nWhat hearth deploys. Change this file, run: hearth render, and commit both.\n" +
		"The group hearth.dev is provisional and may change before v1."

	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root.node); err != nil {
		return nil, fmt.Errorf("writing the stack: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

func (s starter) base() mapping {
	m := section().
		put("name", s.namespace).
		put("namespace", s.namespace, "Every object lives here. It cannot change later: volumes do not move.")
	a := s.amounts()
	ollama := section().
		put("image", newest(&versions.Ollama), writtenVersion(&versions.Ollama)).
		put("models", s.models, "As for `ollama pull`; see https://ollama.com/library.").
		put("resources", section().
			put("requests", section().put("cpu", 1).put("memory", string(v1alpha1.Auto)).flow()).
			put("limits", section().put("cpu", 4).put("memory", a.memory).flow()),
			a.why+"\nOn a CPU, more cores mean more tokens per second, until the memory's\nbandwidth is used up.").
		put("storage", s.storage(a.volume), "The models' volume. It can grow, but never shrink or change its class.")
	m.put("ollama", ollama)
	if s.chat {
		m.put("openWebUI", section().
			put("image", newest(&versions.OpenWebUI), writtenVersion(&versions.OpenWebUI)).
			put("name", "Open WebUI", "The name that people see in the page.").
			put("signUp", s.signUpDefault(), "open: whoever signs up first becomes admin. closed: nobody signs up, and the\nadmin comes from the Secret that `hearth secrets` makes.").
			put("resources", section().
				put("requests", section().put("cpu", "100m").put("memory", "512Mi").flow()).
				put("limits", section().put("cpu", 1).put("memory", "2Gi").flow()),
				"It uses 825Mi at rest; uploaded documents add to that.").
			put("storage", s.storage("1Gi"), "Chats, accounts and uploads."))
	}
	return m
}

// newest is the image of the newest version that was measured.
func newest(p *versions.Program) mapping { return section().put("tag", p.Measured).flow() }

// writtenVersion says which version a stack gets, and why.
func writtenVersion(p *versions.Program) string {
	text := fmt.Sprintf("The newest %s that hearth was run and measured with; no tag\nmeans %s. `hearth upgrade` says what another version changes.", p.Name, p.Default)
	if p.Counted != [2]string{} {
		text += " Its\ndatabase goes forward only: back it up before."
	}
	return text
}

// written names the versions that a stack gets, and why, for a person.
func (s starter) written() string {
	programs, defaults := []string{}, []string{}
	for _, p := range []*versions.Program{&versions.Ollama, &versions.OpenWebUI} {
		if p == &versions.OpenWebUI && !s.chat {
			continue
		}
		programs, defaults = append(programs, p.Name+" "+p.Measured), append(defaults, p.Default)
	}
	return fmt.Sprintf("%s: the newest that hearth was run and measured with; no tag would mean %s", strings.Join(programs, " and "), strings.Join(defaults, " and "))
}

func (s starter) storage(size string) mapping {
	m := section().put("size", size)
	if s.storageClass != "" {
		m.put("storageClassName", s.storageClass)
	}
	return m
}

func (s starter) overlay() mapping {
	base := section().put("name", s.namespace)
	expose := section().put("type", s.expose, "internal: no way in from outside the cluster. nginx: F5 NGINX Ingress\nController. ingressNGINX: Kubernetes' own, retired. traefik: Traefik.\ngateway: Gateway API.")
	if s.host != "" {
		expose.put("host", s.host).put("tls", s.tls())
	}
	if s.gateway != "" {
		namespace, name, _ := strings.Cut(s.gateway, "/")
		expose.put("gateway", section().put("name", name).put("namespace", namespace),
			"The Gateway that is there. Its listeners https and http are meant, unless\nsectionName and redirectSectionName name others.")
		if s.controller != "" {
			namespace = s.controller
		}
		expose.put("from", section().put("namespace", namespace),
			"Where the Gateway's proxies run, for the NetworkPolicy: beside the Gateway with\nIstio and NGINX Gateway Fabric, in envoy-gateway-system with Envoy Gateway, in\nTraefik's own namespace with Traefik. Anything else is a 503.")
		return section().put("name", s.name).put("bases", list(base.put("expose", expose)))
	}
	if pods := v1alpha1.ControllerPods(v1alpha1.ExposeType(s.expose)); s.controller != "" && s.controller != pods.Namespace {
		labels := section()
		for _, key := range slices.Sorted(maps.Keys(pods.PodLabels)) {
			labels.put(key, pods.PodLabels[key])
		}
		expose.put("from", section().put("namespace", s.controller).put("podLabels", labels),
			"Where the controller's pods run, for the NetworkPolicy: it keeps all others out.")
	}
	if s.host != "" && !s.chat {
		auth := section().put("basicAuth", section().put("secretName", "ollama-users"),
			"Ollama has no password of its own. `hearth secrets` makes this Secret.")
		expose.put(s.expose, auth)
	}
	base.put("expose", expose)
	return section().put("name", s.name).put("bases", list(base))
}

func (s starter) tls() mapping {
	switch {
	case s.issuer != "":
		return section().put("type", string(v1alpha1.TLSCertManager)).put("certManager", section().put("issuer", section().put("name", s.issuer)))
	case s.certResolver != "":
		return section().put("type", string(v1alpha1.TLSCertResolver)).put("certResolver", s.certResolver)
	case s.tlsSecret != "":
		return section().put("type", string(v1alpha1.TLSSecret)).put("secretName", s.tlsSecret)
	case s.gateway != "" && !s.noTLS:
		return section().put("type", string(v1alpha1.TLSGateway))
	}
	return section().put("type", string(v1alpha1.TLSNone))
}

func (s starter) target() mapping {
	m := section().put("overlay", s.name)
	if s.cluster != "" {
		return m.put("clusterName", s.cluster)
	}
	return m.put("clusterSelector", section().put("matchLabels", section().put(overlayLabel, s.name)))
}

// mapping is a YAML mapping under construction.
type mapping struct{ node *yaml.Node }

func section() mapping { return mapping{&yaml.Node{Kind: yaml.MappingNode}} }

func list(items ...mapping) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for _, item := range items {
		n.Content = append(n.Content, item.node)
	}
	return n
}

// put appends a key; a comment stands above it.
func (m mapping) put(key string, value any, comment ...string) mapping {
	k, v := &yaml.Node{}, &yaml.Node{}
	k.SetString(key)
	switch value := value.(type) {
	case mapping:
		v = value.node
	case *yaml.Node:
		v = value
	case string:
		v.SetString(value)
	case int:
		v.Kind, v.Value = yaml.ScalarNode, strconv.Itoa(value)
	case []string:
		v.Kind = yaml.SequenceNode
		for _, text := range value {
			item := &yaml.Node{}
			item.SetString(text)
			v.Content = append(v.Content, item)
		}
	}
	for _, c := range comment {
		k.HeadComment = c
	}
	m.node.Content = append(m.node.Content, k, v)
	return m
}

// flow writes the mapping on one line.
func (m mapping) flow() mapping {
	m.node.Style = yaml.FlowStyle
	return m
}
