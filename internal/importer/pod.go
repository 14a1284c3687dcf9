package importer

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/vet"
)

// official are the images that hearth takes by itself.
func (a *app) official() v1alpha1.Image {
	if a.program == programChat {
		return v1alpha1.OpenWebUIImage()
	}
	return v1alpha1.OllamaImage()
}

// image carries the parts of an image's reference; any of them may be missing, and
// repository may be a whole reference.
func (a *app) image(registry, repository, tag, digest, policy *Node) {
	at := a.at("image")
	full := strings.TrimPrefix(registry.String()+"/"+repository.String(), "/")
	host, repo, tagText, digestText := splitImage(full)
	official := a.official()
	same := (host == "" || host == official.Registry) && (repo == "" || repo == official.Repository)
	whole := func(n *Node) bool { return n == repository && (tagText != "" || digestText != "") }
	if same {
		registry.plain("the official image is hearth's default")
		if !whole(repository) {
			repository.plain("the official image is hearth's default")
		}
	} else {
		a.doc.set(at.with("repository"), repo)
		a.doc.note(at.with("repository"), repository)
		if host != "" {
			a.doc.set(at.with("registry"), host)
			a.doc.note(at.with("registry"), cmp.Or(registry, repository))
		}
		registry.say(Carried, field(at.with("registry")), "", "")
		if !whole(repository) {
			repository.say(Carried, field(at.with("repository")), "", "")
		}
		a.notef("%s runs the image %s, which is not the official one: hearth's settings are made for that", a.where(), full)
	}
	tagFrom := tag
	if t, d, found := strings.Cut(tag.String(), "@"); tag != nil {
		tagText = t
		if found {
			digestText = d
		}
	} else if tagText != "" || digestText != "" {
		tagFrom = repository
	}
	if digest.String() != "" {
		digestText = digest.String()
	}
	if digestText != "" && tagText != "" && tagText != "latest" {
		a.doc.set(at.with("digest"), digestText)
		a.doc.note(at.with("digest"), cmp.Or(digest, tagFrom))
		digest.say(Carried, field(at.with("digest")), "", "")
	}
	switch {
	case tagText == "" && digestText == "":
		tagFrom.plain("without a tag it is the version that hearth is tested with, " + official.Tag)
	case vet.Moves(tagText) && digestText == "" || tagText == "latest" || tagText == "":
		tagFrom.changed(field(at.with("tag")), "a tag that moves is another program tomorrow: the version that hearth is tested with, "+official.Tag, "write image.tag to choose another")
	default:
		a.doc.set(at.with("tag"), tagText)
		a.doc.note(at.with("tag"), tagFrom)
		tagFrom.say(Carried, field(at.with("tag")), "", "")
	}
	digest.plain("the tag is the one that hearth is tested with")
	switch {
	case policy == nil:
	case policy.String() == "IfNotPresent" || policy.Empty():
		policy.plain("hearth's default")
	default:
		a.doc.carry(at.with("pullPolicy"), policy.String(), policy)
	}
}

// splitImage takes a reference apart.
func splitImage(ref string) (host, repository, tag, digest string) {
	_, digest, _ = strings.Cut(ref, "@")
	tag, ref = objects.Tag(ref), objects.Repository(ref)
	if first, rest, found := strings.Cut(ref, "/"); found && strings.ContainsAny(first, ".:") || first == "localhost" {
		host, ref = first, rest
	}
	return host, ref, tag, digest
}

// devices are the resources of device plugins, and what Ollama calls them.
var devices = []struct{ prefix, kind, usual string }{
	{"nvidia.com/", "nvidia", "nvidia.com/gpu"},
	{"amd.com/", "amd", "amd.com/gpu"},
	{"gpu.intel.com/", "intel", "gpu.intel.com/i915"},
}

// resources carries requests and limits, and finds the accelerator among them.
func (a *app) resources(n *Node) {
	if n == nil {
		return
	}
	at := a.at("resources")
	some := false
	for _, list := range n.Items() {
		if list.key != "requests" && list.key != "limits" {
			continue
		}
		for _, r := range list.Items() {
			switch r.key {
			case "cpu", "memory":
				if !r.Empty() {
					some = true
					a.doc.carry(at.with(list.key, r.key), quantity(r), r)
				}
			default:
				a.device(r)
			}
		}
		if list.Empty() {
			list.plain("hearth's defaults: " + a.sizes())
		}
	}
	if some && n.At("limits", "cpu") == nil {
		a.doc.set(at.with("limits", "cpu"), "none")
		a.doc.comment(at.with("limits", "cpu"), "As before: nothing slows the pod down.")
	}
	if len(n.Items()) == 0 {
		n.plain("hearth's defaults: " + a.sizes())
	}
}

func (a *app) sizes() string {
	if a.program == programOllama {
		return "memory follows from the models"
	}
	return "what the chat needs"
}

// quantity is an amount as a value; a number stays a text.
func quantity(n *Node) string { return n.text }

// device is a resource that is neither CPU nor memory.
func (a *app) device(r *Node) {
	at := a.at("accelerator")
	for _, d := range devices {
		if !strings.HasPrefix(r.key, d.prefix) || a.program != programOllama {
			continue
		}
		if r.text == "0" {
			r.plain("no device")
			return
		}
		if old, there := a.doc.get(at.with("resourceName")); there && old != r.key {
			r.lost("hearth asks for devices of one kind", "")
			return
		}
		a.doc.set(at.with("type"), d.kind)
		if r.key != d.usual {
			a.doc.set(at.with("resourceName"), r.key)
		}
		if r.text != "1" {
			a.doc.set(at.with("count"), scalar(r.text))
		}
		a.doc.note(at.with("count"), r)
		r.say(Carried, field(at), "", "")
		if known("ollama", "accelerator", "memory") {
			a.notef("How much memory a device of %s has is not in what was read: with ollama.accelerator.memory, such as 24Gi, hearth counts what fits on it", a.where())
		}
		return
	}
	r.lost("hearth writes CPU, memory and the devices of nvidia, amd and intel", "write a patch, in patches")
}

// runtimeClass is the class, which hearth has for an accelerator alone.
func (a *app) runtimeClass(n *Node) {
	if n.Empty() {
		n.plain("none")
		return
	}
	at := a.at("accelerator")
	if a.program != programOllama {
		n.lost("hearth has a runtime class for Ollama's accelerator alone", "write a patch, in patches")
		return
	}
	if _, there := a.doc.get(at.with("type")); there {
		a.doc.carry(at.with("runtimeClassName"), n.text, n)
		return
	}
	if !strings.Contains(n.text, "nvidia") {
		n.lost("hearth has a runtime class for an accelerator alone", "write a patch, in patches")
		return
	}
	a.doc.set(at.with("type"), "nvidia")
	a.doc.comment(at, "The class came without a device; hearth asks the device plugin for one.")
	a.doc.change(at.with("runtimeClassName"), n.text, n, "a class without a device: hearth asks for one nvidia.com/gpu, so that no other pod has it too", "the node needs NVIDIA's device plugin")
}

// verbatim carries a part of a pod as it is.
func (a *app) verbatim(n *Node, keys ...string) {
	if n.Empty() {
		n.plain("none, as in hearth")
		return
	}
	a.doc.carry(a.at(keys...), n.Value(), n)
}

// scheduling carries what chooses nodes.
func (a *app) scheduling(pod *Node) {
	for _, key := range []string{"nodeSelector", "tolerations", "affinity", "priorityClassName"} {
		n := pod.At(key)
		if key == "nodeSelector" && !n.Empty() {
			labels := map[string]any{}
			for _, c := range n.Items() {
				labels[c.key] = c.text
			}
			a.doc.carry(a.at(key), labels, n)
			continue
		}
		a.verbatim(n, key)
	}
	a.runtimeClass(pod.At("runtimeClassName"))
	if n := pod.At("topologySpreadConstraints"); n != nil {
		if n.Empty() {
			n.plain("none, as in hearth")
		}
		n.lost("one pod has nothing to spread", "")
	}
	for _, key := range []string{"hostIPC", "hostPID", "hostNetwork", "shareProcessNamespace"} {
		if n := pod.At(key); n != nil && !n.True() {
			n.plain("none, as in hearth")
		}
		pod.At(key).lost("the restricted Pod Security Standard forbids it", "leave it out")
	}
	for _, key := range []string{"terminationGracePeriodSeconds", "hostAliases", "dnsPolicy", "dnsConfig", "enableServiceLinks", "automountServiceAccountToken", "restartPolicy", "schedulerName", "hostname"} {
		n := pod.At(key)
		switch {
		case n.Empty():
			n.plain("none, as in hearth")
		case key == "enableServiceLinks" && n.False(), key == "automountServiceAccountToken" && n.False(), key == "restartPolicy" && n.text == "Always":
			n.plain("as in hearth")
		case key == "automountServiceAccountToken":
			n.changed("", "no pod of hearth's gets a token of the cluster", "")
		}
	}
	a.pullSecrets(pod.At("imagePullSecrets"))
}

func (a *app) pullSecrets(n *Node) {
	if n.Empty() {
		n.plain("none, as in hearth")
		return
	}
	at := a.of("images", "pullSecrets")
	for _, s := range n.Items() {
		name := cmp.Or(s.Text("name"), s.text)
		old, _ := a.doc.get(at)
		if list, _ := old.([]any); !slices.Contains(list, any(name)) && name != "" {
			a.doc.add(at, name)
			a.doc.note(at, s)
		}
		s.say(Carried, field(at), "", "")
	}
}

// security carries users and groups; the rest is the restricted standard anyway.
func (a *app) security(nodes ...*Node) {
	for _, n := range nodes {
		for _, c := range n.Items() {
			switch c.key {
			case "runAsUser", "runAsGroup", "fsGroup":
				a.user(c)
			case "supplementalGroups":
				if a.program == programOllama {
					if _, gpu := a.doc.get(a.at("accelerator")); gpu {
						a.doc.carry(a.at("accelerator", "groups"), c.Value(), c)
						continue
					}
				}
				c.lost("hearth has further groups for an accelerator's device files alone", "write ollama.accelerator.groups")
			case "privileged", "allowPrivilegeEscalation":
				if c.True() {
					c.changed("", "the restricted Pod Security Standard forbids it; a device plugin gives the pod its device without", "")
				}
				c.plain("as in hearth")
			case "runAsNonRoot", "seccompProfile", "capabilities", "fsGroupChangePolicy":
				c.plain("hearth's pods are as the restricted Pod Security Standard wants them")
			case "readOnlyRootFilesystem":
				if a.program == programChat && c.True() {
					a.doc.carry(a.at("readOnlyRootFilesystem"), true, c)
				}
				c.plain("as in hearth")
			}
			c.lost("hearth has no field for it", "write a patch, in patches")
		}
		if n.Empty() {
			n.plain("hearth's pods are as the restricted Pod Security Standard wants them")
		}
	}
}

// user is a number that files on a volume belong to.
func (a *app) user(n *Node) {
	switch {
	case n.text == "0":
		n.changed("", "no pod of hearth's runs as root: it is user 10001, and the volume's files are given to its group", "")
	case a.doc.from[a.at(n.key).id()] != nil:
		n.plain("the container's own goes before it")
	default:
		a.doc.carry(a.at(n.key), scalar(n.text), n)
	}
}

// annotations carries those of workloads and pods: a base has them for all objects.
func (a *app) annotations(n *Node, key string) {
	if n.Empty() {
		n.plain("none, as in hearth")
		return
	}
	for _, c := range n.Items() {
		at := a.of(key, c.key)
		if c.row != nil {
			continue
		}
		if old, there := a.doc.get(at); there && old != c.text {
			c.lost("another workload of the base has "+c.key+" with another value, and a base has one for all", "write a patch, in patches")
			continue
		}
		if strings.HasPrefix(c.key, "app.kubernetes.io/") {
			c.changed("", "hearth sets the labels that its selectors go by", "")
			continue
		}
		a.doc.carry(at, c.text, c)
	}
}

// probes are hearth's own.
func probes(n *Node) {
	for _, key := range []string{"livenessProbe", "readinessProbe", "startupProbe", "probes"} {
		p := n.At(key)
		if p.Empty() {
			p.plain("hearth has probes of its own")
		}
		p.changed("", "hearth's probes follow from the program and its models", "")
	}
}

// keepReplicas is for the number of pods: more than one is kept for an Ollama, each
// with a volume of its own; several of a chat take servers that the stack may lack.
func (a *app) keepReplicas() {
	n, at := a.replicas, a.at("replicas")
	_, claim := a.doc.get(a.at("storage", "existingClaim"))
	_, export := a.doc.get(a.at("storage", "nfs"))
	_, people := a.doc.get(a.at("largestModel"))
	switch {
	case n == nil || n.text == "1" || n.Empty():
		n.plain("one pod, as in hearth")
	case a.program == programChat:
		n.changed("", "several pods of a chat need servers for what they keep", "write openWebUI.replicas once they are there: docs/replicas.md")
	case people:
		n.changed("", "a pull of somebody's reaches one pod of several", "name the models in "+field(a.at("models"))+", and write "+field(at))
	case claim || export:
		n.changed("", "one volume for all of them is one that nobody pulls into", "write "+field(at)+" with pull: never, or without the claim, for a volume each")
	default:
		a.doc.carry(at, scalar(n.text), n)
	}
}

// off says of a part of a chart that is turned off that nothing is lost.
func off(n *Node, switches ...string) bool {
	for _, s := range switches {
		if v := n.At(s); v != nil && v.False() {
			n.plain("turned off")
			return true
		}
	}
	return false
}

var pulled = regexp.MustCompile(`ollama\s+(?:pull|run)\s+["']?([A-Za-z0-9_][A-Za-z0-9_.:/-]*)`)

// script finds the models that a command pulls; the rest of it is hearth's own.
func (a *app) script(n *Node) bool {
	var names []string
	for _, leaf := range n.leaves() {
		for _, m := range pulled.FindAllStringSubmatch(leaf.text, -1) {
			names = append(names, m[1])
		}
	}
	if names == nil || a.program != programOllama {
		return false
	}
	for _, name := range names {
		a.model(name, nil)
	}
	a.doc.note(a.at("models"), n)
	n.changed(field(a.at("models")), "hearth pulls the models itself, before Ollama serves anybody", "")
	return true
}

// model adds one.
func (a *app) model(name string, n *Node) {
	at := a.at("models")
	old, _ := a.doc.get(at)
	list, _ := old.([]any)
	same := func(other any) bool {
		return strings.TrimSuffix(other.(string), ":latest") == strings.TrimSuffix(name, ":latest")
	}
	if slices.ContainsFunc(list, same) {
		n.plain("named before")
		return
	}
	a.doc.add(at, name)
	a.doc.note(at.with(strconv.Itoa(len(list))), n)
	n.say(Carried, field(at), "", "")
}
