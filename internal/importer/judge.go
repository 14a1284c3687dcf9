package importer

import (
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// stackName is what problems call the file.
const stackName = "hearth.yaml"

// rounds bounds how often the stack is mended; each round mends every problem of
// one reading, and a mended value may bring a rule into play that was not before.
const rounds = 12

// judge has hearth read the stack and mends what its rules refuse: with a value
// of their choice where there is one, else without the field.
func (in *importing) judge() ([]byte, problem.List) {
	var problems problem.List
	var text []byte
	for range rounds {
		var err error
		if text, err = in.doc.text(in.head()); err != nil {
			return nil, problem.From(err)
		}
		stack, found := generator.Load(stackName, text)
		problems = found
		if stack != nil {
			_, more := generator.Generate(stack)
			problems = append(problems, more...).Sorted()
		}
		mended := false
		in.dropped = nil
		for _, p := range problems.Errors() {
			mended = in.mend(p) || mended
		}
		if !mended {
			break
		}
	}
	return text, problems
}

func (in *importing) head() string {
	head := "Made by hearth import of what ran before. Change this file, run: hearth render,\nand commit both."
	if in.options.Schema != "" {
		head = "yaml-language-server: $schema=" + in.options.Schema + "\n" + head
	}
	return head
}

// mend sees to one problem, and reports whether it changed the stack.
func (in *importing) mend(p problem.Problem) bool {
	at := in.origin(parsePath(p.Path))
	why := strings.TrimPrefix(strings.TrimSuffix(p.Message, "."), "missing: ")
	end := at.String()
	has := func(suffix string) bool { return strings.HasSuffix(end, suffix) }
	switch {
	case strings.Contains(end, "expose.tls"):
		return in.certificate(at, why, p.Fix)
	case has("openWebUI.ollamaURLs") && strings.Contains(p.Message, "the base has no Ollama"):
		in.doc.set(at, []any{"http://ollama:11434"})
		in.doc.comment(at, "The source names no server that can be seen: write yours, or backends.")
		in.notef("%s asks no server that can be seen: http://ollama:11434 stands in openWebUI.ollamaURLs; write yours, and openWebUI.allowTo for the way there", field(at[:len(at)-1]))
		return true
	case has("expose.audience") && strings.HasPrefix(p.Message, "missing"):
		in.doc.set(at, "public")
		return true
	case has("ollama.storage.size") && strings.HasPrefix(p.Message, "missing"):
		in.doc.set(at, "50Gi")
		in.doc.comment(at[:len(at)-1], "For the models that people pull.")
		return true
	case has("ollama.models") && strings.HasPrefix(p.Message, "missing"):
		in.noModels(at[:len(at)-1])
		return true
	case has("traefik.basicAuth") || has("nginx.basicAuth") || has("basicAuth") && strings.HasPrefix(p.Message, "missing"):
		in.doc.comment(at, "It was open: "+why+".")
		in.doc.set(at.with("secretName"), "ollama-users")
		in.notef("The route to Ollama asks for a password now: %s; hearth secrets makes the Secret ollama-users", why)
		return true
	case has("expose.type") && strings.Contains(p.Message, "no authentication"):
		in.doc.comment(at[:len(at)-1].with("dangerouslyUnauthenticated"), "As before: whoever reaches the host can use Ollama, and delete its models.")
		in.doc.set(at[:len(at)-1].with("dangerouslyUnauthenticated"), true)
		in.notef("The route to Ollama is open, as it was: put a policy of the Gateway's implementation before it, or leave the route out")
		return true
	case has("openWebUI.signUp"), has("openWebUI.persistentConfig") && strings.Contains(p.Message, "sign-up"):
		return in.closeSignUp(at[:len(at)-1], why, p.Fix)
	case has("resources.limits.memory"), has("resources.requests.memory"), has("resources.requests.cpu"), has("resources.limits.cpu"):
		return in.replace(at, nil, why+": hearth's own amount stands in its place", "see: hearth size")
	}
	return in.drop(at, why, p.Fix)
}

// origin is a place of a base for one of an overlay that inherits it.
func (in *importing) origin(at path) path {
	if len(at) < 5 || at[0] != "spec" || at[1] != "overlays" || at[3] != "bases" {
		return at
	}
	return append(path{"spec", "bases", at[4]}, at[5:]...)
}

// certificate has one in place of what a rule refuses: of the Gateway's listener for
// https, or in a Secret.
func (in *importing) certificate(at path, why, fix string) bool {
	tls := at[:slices.Index(at, "tls")+1]
	expose := tls[:len(tls)-1]
	if how, _ := in.doc.get(expose.with("type")); how == string(v1alpha1.ExposeGateway) {
		return in.listener(expose, why, fix)
	}
	name := "route-tls"
	if host, _ := in.doc.get(expose.with("host")); host != nil {
		first, _, _ := strings.Cut(host.(string), ".")
		name = label(first) + "-tls"
	}
	how, _ := in.doc.get(tls.with("type"))
	if old, _ := in.doc.get(tls.with("secretName")); old == name && how == string(v1alpha1.TLSSecret) {
		return false
	}
	for _, n := range in.doc.sources(tls) {
		n.resay(Changed, field(tls), why, fix)
	}
	in.doc.set(tls, map[string]any{"type": string(v1alpha1.TLSSecret), "secretName": name})
	in.doc.comment(tls, "Not as before: "+why+".")
	in.notef("%s names the Secret %s for the certificate: %s", field(tls), name, why)
	return true
}

// listener attaches the route to the Gateway's listener for https.
func (in *importing) listener(expose path, why, fix string) bool {
	tls, section := expose.with("tls"), expose.with("gateway", "sectionName")
	if old, _ := in.doc.get(tls.with("type")); old == string(v1alpha1.TLSGateway) {
		return false
	}
	for _, n := range in.doc.sources(section) {
		n.resay(Changed, field(section), why, fix)
	}
	in.doc.set(section, "https")
	in.doc.set(tls, map[string]any{"type": string(v1alpha1.TLSGateway)})
	in.doc.comment(tls, "Not as before: "+why+".")
	in.notef("%s attaches to the Gateway's listener https: %s; write the name that your Gateway has for it", field(section), why)
	return true
}

func (in *importing) closeSignUp(chat path, why, fix string) bool {
	at := chat.with("signUp")
	if old, _ := in.doc.get(at); old == "closed" {
		return in.drop(chat.with("persistentConfig"), why, fix)
	}
	in.doc.set(at, "closed")
	in.doc.comment(at, "Nobody signs up: the admin comes from the Secret open-webui, which hearth secrets makes. Accounts that are there stay.")
	for _, n := range in.doc.from[at.id()] {
		n.resay(Changed, field(at), why, fix)
	}
	in.notef("New accounts are closed: %s", why)
	return true
}

// replace writes another value, nil for hearth's default, and says so of what it
// came from.
func (in *importing) replace(at path, value any, why, fix string) bool {
	if _, there := in.doc.get(at); !there {
		return false
	}
	for _, n := range in.doc.sources(at) {
		n.resay(Changed, field(at), why, fix)
	}
	if value == nil {
		in.doc.unset(at)
		return true
	}
	in.doc.set(at, value)
	return true
}

// drop leaves out what a rule refuses: the field, or what it is part of.
func (in *importing) drop(at path, why, fix string) bool {
	// A problem comes up in the base and in its overlay; what is gone by the first
	// is no reason to drop what it was part of by the second.
	for _, gone := range in.dropped {
		if strings.HasPrefix(at.id()+"\x00", gone.id()+"\x00") {
			return true
		}
	}
	asked := at
	for len(at) > 4 || len(at) > 3 && at[3] == "expose" {
		if _, there := in.doc.get(at); there {
			break
		}
		at = at[:len(at)-1]
	}
	if _, there := in.doc.get(at); !there || len(at) < 4 || len(at) == 4 && at[3] != "expose" {
		return false
	}
	nodes := in.doc.sources(at)
	for _, n := range nodes {
		n.resay(NotExpressible, "", "hearth refuses it: "+why, fix)
	}
	if len(nodes) == 0 {
		in.notef("%s is left out: %s", field(at), why)
	}
	in.doc.unset(at)
	in.dropped = append(in.dropped, asked)
	return true
}

// noModels names one where the source names none: people pulled them by the page.
func (in *importing) noModels(ollama path) {
	at := ollama.with("models")
	if _, there := in.doc.get(at); there {
		return
	}
	if known("ollama", "largestModel") {
		in.doc.set(ollama.with("largestModel"), "5Gi")
		in.doc.comment(ollama.with("largestModel"), "People pull models from the page. Memory follows from the largest of them: write how large it is.")
		in.notef("No model is named in what was read: largestModel says how large the models are that people pull, and memory follows from it; write yours")
		return
	}
	in.doc.set(at, []any{"llama3.2:3b"})
	in.doc.comment(at, "The source names none: people pull from the page. Memory and volume are those of this one, which hearth pulls: write those that you use.")
	in.notef("No model is named in what was read: llama3.2:3b stands in models, and memory and volume follow from it; write those that you use, see hearth size")
}

func secretRef(name, key string) *v1alpha1.SecretKeyRef {
	return &v1alpha1.SecretKeyRef{Name: name, Key: key}
}

// wish is what serves a value that hearth has no field of the same name for.
func (in *importing) wish(n *Node) string {
	for ; n != nil; n = n.parent {
		if answer, _ := new(v1alpha1.Base).Wish(n.key); answer != "" {
			return answer
		}
	}
	return ""
}
