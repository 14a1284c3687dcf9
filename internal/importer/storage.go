package importer

import (
	"cmp"
	slashed "path"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// volume is the one volume of a program, from whichever form.
type volume struct {
	claim       *Node // that is there already
	size, class *Node
	modes       *Node  // a list, or one mode
	made        string // the claim that the source makes, if it makes one
	subPath     *Node
}

// storage writes the volume.
func (a *app) storage(v volume) {
	at := a.at("storage")
	switch {
	case !v.claim.Empty():
		a.doc.carry(at.with("existingClaim"), v.claim.text, v.claim)
		for _, n := range []*Node{v.size, v.class, v.modes} {
			n.plain("the claim is there already")
		}
	default:
		v.claim.plain("none, as in hearth")
		if v.size.Empty() {
			v.size.plain("hearth's default")
		} else {
			a.doc.carry(at.with("size"), v.size.text, v.size)
		}
		switch {
		case v.class.Empty():
			v.class.plain("the cluster's default class")
		case v.class.text == "-":
			v.class.lost("hearth makes no claim without a class", "make the claim, and write storage.existingClaim")
		default:
			a.doc.carry(at.with("storageClassName"), v.class.text, v.class)
		}
		a.accessMode(v.modes)
		if v.made != "" {
			a.doc.comment(at, "A new volume. To keep the old one's files, keep its claim from Helm and write in place of this: storage: {existingClaim: "+v.made+"}")
			a.notef("%s made the claim %s: hearth makes one of its own, named like the program. To keep the files, annotate the old claim with helm.sh/resource-policy: keep and write %s: {existingClaim: %s}",
				a.where(), v.made, field(at), v.made)
		}
	}
	if !v.subPath.Empty() {
		a.sub = strings.Trim(v.subPath.text, "/")
		a.folder(v1alpha1.ModelsFolder, v.subPath)
	}
	v.subPath.plain("the root of the volume, as in hearth")
}

func (a *app) accessMode(modes *Node) {
	first := modes
	if modes != nil && modes.sequence && len(modes.children) > 0 {
		first = modes.children[0]
	}
	switch {
	case first.Empty() || first.text == "ReadWriteOnce":
		modes.plain("hearth's default")
	default:
		a.doc.carry(a.at("storage", "accessMode"), first.text, first)
		modes.lost("a volume of hearth's has one access mode", "")
	}
}

// folder is where the models are, below what is mounted of the volume.
func (a *app) folder(in string, n *Node) {
	if a.program == programChat {
		n.lost("hearth mounts the root of the volume", "move the files there")
		return
	}
	a.doc.change(a.at("modelsFolder"), slashed.Join(a.sub, cmp.Or(in, ".")), n, "the volume has the models there", "")
}

// modelFolder says where Ollama's models are: with the variable they may lie in
// the root of the volume.
func modelFolder(a *app, v *variable) bool {
	if v.secret != nil || a.mount == "" {
		v.node.plain("hearth mounts the volume there")
		return true
	}
	in, below := strings.CutPrefix(slashed.Clean(v.text)+"/", slashed.Clean(a.mount)+"/")
	in = strings.Trim(in, "/")
	switch {
	case !below:
		v.node.lost("the models are not on the volume that was found, which is mounted at "+a.mount, "see where they are")
	case in == v1alpha1.ModelsFolder && a.sub == "":
		v.node.plain("the folder models of the volume, as in hearth")
	default:
		a.folder(in, v.node)
	}
	return true
}

// home are the folders that the programs keep their files in.
func (a *app) home(mount string) bool {
	mount = slashed.Clean(mount)
	if a.program == programChat {
		return mount == "/app/backend/data"
	}
	if v := a.vars["OLLAMA_MODELS"]; v != nil && v.text != "" {
		return strings.HasPrefix(slashed.Clean(v.text)+"/", mount+"/")
	}
	return strings.HasSuffix(mount, "/.ollama") || mount == "/.ollama" || strings.Contains(mount, "ollama") || mount == "/models"
}
