package page

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
	"github.com/hearth-dev/hearth/internal/build/secret"
	"github.com/hearth-dev/hearth/internal/objects"
)

func (p *page) configuration() string {
	blocks := []string{"### Environment variables"}
	for i := range p.set.Pods {
		pod := &p.set.Pods[i]
		rows := p.variables(pod)
		if len(rows) == 0 {
			continue
		}
		name, table := markdown.Text(pod.Ref.Kind)+" "+markdown.Code(pod.Ref.Name)+":", markdown.Table([]string{"Variable", "Value", "Source", "Purpose", "Secret?"}, rows)
		if n := len(blocks); n > 2 && blocks[n-2] == name && blocks[n-1] == table {
			continue // the leader and the workers of a group
		}
		blocks = append(blocks, name, table)
	}
	blocks = append(blocks, "### ConfigMaps", markdown.Table([]string{"Resource", "Path", "Purpose"}, p.configMaps()), "### Secrets management", p.secrets())
	return paragraphs(blocks...)
}

// variables are a row for each variable of a pod's containers.
func (p *page) variables(pod *objects.Pod) [][]string {
	var rows [][]string
	base, w := p.baseOf(pod.Ref.Namespace, pod.Ref.Name)
	for _, c := range pod.Containers() {
		for i := range c.EnvFrom {
			rows = append(rows, handedOn(&c.EnvFrom[i]))
		}
		for _, v := range c.Env {
			source, purpose := "a patch or resource of the stack", notSaid
			if w != nil {
				source, purpose = origin(w.field, v.Name)
				if group := added(w, c.Name); group != "" {
					source, purpose = markdown.Code(base.Name+": "+w.field+"."+group+"."+c.Name+".env"), notSaid
				} else if _, own := w.Env[v.Name]; own {
					source, purpose = markdown.Code(base.Name+": "+w.field+".env"), notSaid
				} else if known, ok := purposes[v.Name]; ok && known.field == "" {
					source = "hearth"
				}
			}
			value, hidden := markdown.Code(v.Value), "no"
			if f := v.ValueFrom; f != nil {
				value, hidden = from(f)
			}
			row := []string{markdown.Code(v.Name), value, source, purpose, hidden}
			if !slices.ContainsFunc(rows, func(r []string) bool { return slices.Equal(r, row) }) {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// added is the field that a container of a person's is in; "" for hearth's own.
func added(w *workload, container string) string {
	if _, is := w.Sidecars[container]; is {
		return "sidecars"
	}
	if _, is := w.InitContainers[container]; is {
		return "initContainers"
	}
	return ""
}

// handedOn is the row of all variables of a Secret or ConfigMap.
func handedOn(f *corev1.EnvFromSource) []string {
	kind, name, hidden := "ConfigMap", "", "no"
	if f.SecretRef != nil {
		kind, name, hidden = "Secret", f.SecretRef.Name, "yes"
	} else if f.ConfigMapRef != nil {
		name = f.ConfigMapRef.Name
	}
	value := kind + " " + markdown.Code(name)
	return []string{markdown.Code(f.Prefix + "*"), value, "`envFrom`", "Each key is a variable; one that has a row of its own goes before it", hidden}
}

// from is where a value that is not in the object comes from, and whether it is
// a secret.
func from(f *corev1.EnvVarSource) (value, hidden string) {
	switch {
	case f.SecretKeyRef != nil:
		return fmt.Sprintf("Secret %s, key %s", markdown.Code(f.SecretKeyRef.Name), markdown.Code(f.SecretKeyRef.Key)), "yes"
	case f.ConfigMapKeyRef != nil:
		return fmt.Sprintf("ConfigMap %s, key %s", markdown.Code(f.ConfigMapKeyRef.Name), markdown.Code(f.ConfigMapKeyRef.Key)), "no"
	}
	return "of the pod itself", "no"
}

func (p *page) configMaps() [][]string {
	folders := []string{}
	for _, b := range p.overlay.Bases {
		folders = append(folders, "bases/"+b.Name)
	}
	rows := [][]string{{"Kustomize-managed manifests", code(append(folders, p.folder())), "Scheduling, resources, environment and the way in"}}
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		if c := b.CABundle; c != nil {
			rows = append(rows, []string{
				markdown.Code(c.ConfigMap), "not in Git: in the namespace " + markdown.Code(b.Namespace),
				"Authorities that the pods trust, under the key " + markdown.Code(c.Key),
			})
		}
	}
	for i, r := range p.set.Refs {
		if r.Is("", "ConfigMap") {
			var keys []string
			for key := range objects.Child(p.set.All[i], "data") {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			purpose := notSaid
			if len(keys) > 0 {
				purpose = "Holds " + code(keys)
			}
			rows = append(rows, []string{markdown.Code(r.Name), code([]string{p.folder()}), purpose})
		}
	}
	return rows
}

// made is how the value of a key comes to be.
var made = map[secret.KeyForm]string{
	secret.Random:   "made up",
	secret.Token:    "made up",
	secret.Password: "made up, and shown once",
	secret.Htpasswd: "user and password made up, and the password shown once",
	secret.Email:    "you give it: `--admin-email`",
	secret.Given:    "you give it: `--from-file`",

	secret.Variables: "you give them: `--from-file`",
}

func (p *page) secrets() string {
	command := "hearth secrets " + p.overlay.Name
	var rows [][]string
	var names []string
	byHand := false
	copied := secret.Copied(p.stack, p.overlay)
	for _, s := range secret.Of(p.overlay) {
		names = append(names, s.Name)
		for _, k := range s.Keys {
			purpose := k.Purpose
			if purpose == "" {
				purpose = s.Purpose
			}
			byHand = byHand || k.Form == secret.Given || k.Form == secret.Variables
			rows = append(rows, []string{markdown.Code(s.Namespace + "/" + s.Name), markdown.Code(k.Name), markdown.Text(purpose), markdown.Code(command) + ": " + made[k.Form]})
		}
	}
	for i, r := range p.set.Refs {
		if name := objects.Text(p.set.All[i], "spec", "secretName"); r.Is("cert-manager.io", "Certificate") && name != "" {
			names = append(names, name)
			rows = append(rows, []string{markdown.Code(r.Namespace + "/" + name), "`tls.crt`, `tls.key`", "the certificate " + markdown.Code(r.Name) + " and its key", "cert-manager makes and renews it"})
		}
	}
	if len(rows) == 0 {
		return "The overlay needs no Secret."
	}
	blocks := []string{markdown.Table([]string{"Secret", "Key", "Holds", "Comes from"}, rows)}
	source := "the cluster alone; Git holds their names"
	if byHand {
		source = "whoever gave you what only you have, else the cluster alone; Git holds their names"
	}
	if copied {
		source += ". Fleet copies them from " + markdown.Code(p.stack.Fleet.GitRepo.Namespace) + " of its management cluster"
	}
	blocks = append(blocks, strings.Join([]string{
		"- Secret names: " + code(names),
		"- Source of truth: " + source,
		"- Rotation trigger: somebody who knew one leaves, one has been seen, or the other side of an integration changes. Delete the Secret, make it again, and restart what reads it.",
		"- Recovery note: make the Secrets before the pods start. What was made up may be made up anew: people sign in again, and get new passwords.",
	}, "\n"))
	var commands []string
	context, at := "CONTEXT", ""
	if copied {
		context, at = "MANAGEMENT", "--context MANAGEMENT "
	}
	for _, s := range secret.Sources(p.stack, p.overlay) {
		commands = append(commands, fmt.Sprintf("kubectl %s-n %s delete secret %s", at, s.Namespace, s.Name))
	}
	if len(commands) > 0 {
		commands = append(commands, command+" --apply --context "+context)
		for i := range p.overlay.Bases {
			for _, w := range running(&p.overlay.Bases[i]) {
				if w.field == "engine" {
					commands = append(commands, fmt.Sprintf("kubectl -n %s delete pods %s", p.overlay.Bases[i].Namespace, w.object()))
					continue
				}
				commands = append(commands, fmt.Sprintf("kubectl -n %s rollout restart %s", p.overlay.Bases[i].Namespace, w.object()))
			}
		}
		blocks = append(blocks, "To rotate them, leave out the lines of those that stay:", fence(commands))
	}
	for _, r := range secret.RedirectURIs(p.overlay) {
		blocks = append(blocks, "The provider "+markdown.Code(r.Provider)+" has to know the redirect URI "+markdown.Code(r.URI)+".")
	}
	return paragraphs(blocks...)
}

// fence is lines for a shell.
func fence(lines []string) string { return "```sh\n" + strings.Join(lines, "\n") + "\n```" }
