package importer

import (
	"cmp"
	"slices"

	"github.com/hearth-dev/hearth/internal/secretscan"
	"github.com/hearth-dev/hearth/internal/vet"
)

// extra is a container beside the program.
type extra struct {
	key string // in the source
	at  path
}

// extra carries a container into initContainers or sidecars; false if hearth
// cannot have it.
func (a *app) extra(group, key string, c *Node) bool {
	name := label(key)
	at := a.at(group, name)
	if !known(a.program, group) {
		return false
	}
	if _, there := a.doc.get(at); there {
		return false
	}
	image := c.At("image")
	host, repository, tag, digest := splitImage(imageOf(image))
	digest = cmp.Or(digest, image.Text("digest"))
	if repository == "" || digest == "" && (tag == "" || vet.Moves(tag)) {
		c.lost("a tag that moves is another program tomorrow, and hearth wants a version", "write "+field(at)+" with image.tag")
		return true
	}
	a.extras = append(a.extras, extra{key, at})
	for _, part := range []struct{ key, text string }{{"registry", host}, {"repository", repository}, {"tag", tag}, {"digest", digest}} {
		if part.text != "" {
			a.doc.set(at.with("image", part.key), part.text)
		}
	}
	a.doc.note(at.with("image"), image)
	image.At("pullPolicy").plain("hearth's default")
	c.At("imagePullPolicy").plain("hearth's default")
	image.say(Carried, field(at.with("image")), "", "")
	c.At("name").say(Carried, field(at), "", "")
	for _, key := range []string{"command", "args"} {
		if n := c.At(key); n != nil {
			a.wordsAt(at.with(key), n)
		}
	}
	a.extraEnv(at.with("env"), c.At("env"))
	a.extraFrom(at.with("envFrom"), c.At("envFrom"))
	a.extraResources(at.with("resources"), c.At("resources"))
	probes(c)
	c.At("ports").changed("", "nobody but the pod's own containers reaches it: at localhost", "")
	for _, m := range c.At("volumeMounts").Items() {
		a.mountAt(at, m.Text("name"), m, m.At("mountPath"))
		m.At("name").say(Carried, field(at.with("mounts")), "", "")
	}
	a.confined(at, c.At("securityContext"))
	c.At("terminationMessagePath").plain("Kubernetes' default")
	c.At("terminationMessagePolicy").plain("Kubernetes' default")
	if r := c.At("restartPolicy"); r.String() == "Always" {
		r.plain("a sidecar")
	}
	return true
}

// confined carries what a container beside the program may decide for itself.
func (a *app) confined(at path, n *Node) {
	for _, key := range []string{"runAsUser", "runAsGroup"} {
		if id := n.At(key); !id.Empty() && id.text != "0" {
			a.doc.carry(at.with(key), scalar(id.text), id)
		}
	}
	if only := n.At("readOnlyRootFilesystem"); only.True() {
		only.plain("as in hearth")
	} else {
		a.doc.set(at.with("readOnlyRootFilesystem"), false)
		a.doc.note(at.with("readOnlyRootFilesystem"), only)
		only.say(Carried, field(at.with("readOnlyRootFilesystem")), "", "")
	}
	n.changed("", "hearth confines the container as its own", "")
	a.notef("The container %s runs as the program's user, without privileges, unless %s says another", at[len(at)-1], field(at.with("runAsUser")))
}

func (a *app) extraEnv(at path, n *Node) {
	for _, c := range n.Items() {
		name, value := c.key, c
		if n.sequence {
			name, value = c.Text("name"), c.At("value")
		} else if c.mapping {
			value = c.At("value")
		}
		ref := cmp.Or(c.At("valueFrom"), c).At("secretKeyRef")
		switch {
		case name == "":
		case ref != nil:
			a.doc.carry(at.with(name), map[string]any{"secretKeyRef": map[string]any{"name": ref.Text("name"), "key": ref.Text("key")}}, c)
		case value == nil || value.mapping || value.sequence:
		case secretscan.Value(name, value.text) != "":
			a.hide(&variable{name: name, node: c, text: value.text}, at.with(name, "secretKeyRef"))
		default:
			a.doc.carry(at.with(name), value.text, c)
		}
		c.lost("hearth's variables are values and keys of Secrets", "write the value, or a patch")
	}
}

func (a *app) extraFrom(at path, n *Node) {
	for _, c := range n.Items() {
		s := fromOf(c)
		if form := s.form(); form != "" {
			a.doc.add(at, map[string]any{form: s.name})
			a.doc.note(at, c)
			c.say(Carried, field(at), "", "")
		}
	}
}

// extraResources carries amounts; a container beside the program has a limit of memory.
func (a *app) extraResources(at path, n *Node) {
	for _, list := range n.Items() {
		for _, r := range list.Items() {
			if (list.key == "requests" || list.key == "limits") && (r.key == "cpu" || r.key == "memory") {
				a.doc.carry(at.with(list.key, r.key), r.text, r)
			}
		}
	}
	if n.At("limits", "memory").Empty() {
		a.doc.set(at.with("limits", "memory"), cmp.Or(n.Text("requests", "memory"), "256Mi"))
		a.doc.comment(at.with("limits", "memory"), "None was said, and hearth wants one: see what it uses.")
	}
}

// mountAt mounts a volume into a container beside the program.
func (a *app) mountAt(at path, volume string, m, where *Node) {
	if volume == a.data && volume != "" {
		volume = "data"
	} else {
		volume = label(volume)
	}
	at = at.with("mounts", volume)
	a.doc.carry(at.with("path"), where.String(), where)
	if s := m.At("subPath"); !s.Empty() {
		a.doc.carry(at.with("subPath"), s.text, s)
	}
	if r := m.At("readOnly"); r.True() {
		a.doc.carry(at.with("readOnly"), true, r)
	}
	m.At("readOnly").plain("as in hearth")
	m.At("subPath").plain("all of it, as in hearth")
}

// further is one more volume: a claim, the keys of an object, or room on the node.
type further struct {
	name                           string
	claim, configMap, secret, room *Node
	// mount is where the program has it, path being the folder; nil if it has it nowhere.
	mount, path *Node
}

// further carries one more volume; false if hearth has no such kind.
func (a *app) further(v further) bool {
	if !known(a.program, "volumes") {
		return false
	}
	at := a.at("volumes", label(v.name))
	if _, there := a.doc.get(at); there {
		return false
	}
	switch {
	case !v.claim.Empty():
		a.doc.carry(at.with("existingClaim"), v.claim.text, v.claim)
	case !v.configMap.Empty():
		a.doc.carry(at.with("configMapName"), v.configMap.text, v.configMap)
	case !v.secret.Empty():
		a.doc.carry(at.with("secretName"), v.secret.text, v.secret)
	case v.room != nil && !v.room.mapping && !v.room.Empty():
		a.doc.carry(at.with("emptyDir"), v.room.text, v.room)
	case v.room != nil:
		a.doc.change(at.with("emptyDir"), "1Gi", v.room, "a folder of the pod has a size, so that it does not fill the node", "write another size")
	default:
		return false
	}
	if v.path != nil {
		a.doc.carry(at.with("mount", "path"), v.path.text, v.path)
		if s := v.mount.At("subPath"); !s.Empty() {
			a.doc.carry(at.with("mount", "subPath"), s.text, s)
		}
		if v.mount.At("readOnly").True() {
			a.doc.carry(at.with("mount", "readOnly"), true, v.mount.At("readOnly"))
		}
		v.mount.At("readOnly").plain("as in hearth")
		v.mount.At("subPath").plain("all of it, as in hearth")
	}
	return true
}

// template carries a volume of app-template that is not the program's own.
func (a *app) template(p *Node, kind string, mount *Node) bool {
	v := further{name: p.key, mount: mount, path: mount.At("path")}
	switch kind {
	case "persistentVolumeClaim":
		v.claim = p.At("existingClaim")
	case "configMap":
		v.configMap = p.At("name")
	case "secret":
		v.secret = p.At("name")
	case "emptyDir":
		v.room = cmp.Or(p.At("sizeLimit"), p.At("type"))
		if v.room.String() == "emptyDir" {
			v.room = &Node{mapping: true, file: p.file, path: p.path, row: &Row{}}
		}
	}
	return a.further(v)
}

// templateMounts gives a volume of app-template to the containers beside the program.
func (a *app) templateMounts(p *Node, controller string, own bool) {
	name := p.key
	if own {
		name = a.data
	}
	for _, e := range a.extras {
		for _, m := range slices.Concat(p.At("globalMounts").Items(), p.At("advancedMounts", controller, e.key).Items()) {
			if w := m.At("path"); w != nil {
				a.mountAt(e.at, name, m, w)
			}
		}
	}
}
