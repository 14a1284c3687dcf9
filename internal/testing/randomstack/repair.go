package randomstack

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/sizing"
)

// repair makes a drawn base one that package v1alpha1 accepts: it goes through what
// its checks demand of fields together, and removes or adds one.
func (d *drawing) repair(base object) object {
	base = clone(base).(object)
	ollama, webUI := child(base, "ollama"), child(base, "openWebUI")
	if e := child(base, "engine"); e != nil {
		d.repairWorkload("engine", e)
		d.repairEngine(base)
	}
	if ollama == nil && webUI == nil && base["engine"] == nil {
		ollama = d.value("base.ollama", reflect.TypeFor[v1alpha1.Ollama]()).(object)
		base["ollama"] = ollama
	}
	if p := child(base, "proxy"); p != nil && p["http"] == nil && p["https"] == nil {
		p["https"] = d.value("proxy.https", nil)
	}
	if dns := child(base, "dns"); dns != nil {
		d.repairDNS(dns)
	}
	labels := child(base, "namespaceLabels")
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if strings.HasPrefix(key, "pod-security") {
			labels[key] = pick(d, "restricted", "baseline", "privileged")
		}
	}
	if ollama != nil {
		d.repairWorkload("ollama", ollama)
		d.repairOllama(ollama, child(base, "proxy"))
	}
	if webUI != nil {
		d.repairWorkload("openWebUI", webUI)
		if isEmpty(webUI["ollamaURLs"]) && ollama == nil {
			webUI["ollamaURLs"] = []any{"http://ollama.ollama.svc:11434"}
		}
	}
	if e := child(base, "expose"); e != nil {
		d.repairExpose(e, webUI)
		if from := child(e, "from"); child(ollama, "service")["type"] == "LoadBalancer" && !isEmpty(from["cidrs"]) {
			from["cidrs"] = []any{"10.0.0.0/8"} // others would come to Ollama by its own address, past the route
		}
	}
	if webUI != nil {
		d.repairChat(webUI, ollama != nil, child(base, "proxy"))
		d.repairChats(base, webUI, ollama != nil)
	}
	if base["namespace"] == "ollama" || webUI != nil && !isEmpty(webUI["ollamaURLs"]) {
		remove(child(ollama, "service"), "port") // the URLs name the default
	}
	if m := child(base, "monitoring"); m != nil {
		d.repairMonitoring(m, base)
	}
	for _, r := range list(base["resources"]) {
		if m := child(r.(object), "metadata"); d.chance(0.3) && r.(object)["kind"] != "ClusterRole" {
			m["namespace"] = base["namespace"]
		}
	}
	d.repairPatches(base, func(kind, name string) bool { return has(base, kind, name) }, base["namespace"].(string))
	return base
}

func (d *drawing) repairWorkload(path string, w object) {
	d.repairStorage(path, w)
	if k := child(child(w, "storage"), "backup"); k != nil {
		d.repairBackup(k, strings.ToLower(d.of+"-"+path))
	}
	d.repairContainers(w)
	d.repairEnv(w)
	repairEnvFrom(w)
	if image := child(w, "image"); image["repository"] != "mirror/team/x__y" {
		remove(w, "command", "args")
	}
	for _, t := range list(w["tolerations"]) {
		t := t.(object)
		if t["key"] == nil {
			t["operator"] = "Exists"
		}
		if t["operator"] == "Exists" {
			remove(t, "value")
		}
		if t["tolerationSeconds"] != nil {
			t["effect"] = "NoExecute"
		}
	}
	for _, p := range slices.Concat(list(w["allowFrom"]), list(w["allowTo"])) {
		d.repairPeer(p.(object))
	}
	for _, p := range list(w["allowTo"]) {
		repairPlace(p.(object))
	}
	if s := child(w, "service"); s != nil {
		d.repairService(path, s, w)
	}
}

// repairService keeps to a Service what its type has, and from Ollama's whoever
// has no business there.
func (d *drawing) repairService(path string, s, w object) {
	at, balancers := "base."+path+".service.", []string{"loadBalancerClass", "loadBalancerIP", "allocateLoadBalancerNodePorts"}
	if path == "ollama" && s["type"] == "NodePort" || s["dangerouslyUnauthenticated"] == true && d.focused(at+"dangerouslyUnauthenticated") ||
		slices.ContainsFunc(balancers, func(name string) bool { return s[name] != nil && d.focused(at+name) }) {
		s["type"] = "LoadBalancer"
	}
	if s["type"] != "LoadBalancer" {
		remove(s, balancers...)
	}
	if s["type"] != "LoadBalancer" || s["loadBalancerIP"] != nil {
		remove(child(s, "annotations"), "metallb.io/loadBalancerIPs")
	}
	if path != "ollama" || s["type"] != "LoadBalancer" {
		remove(s, "dangerouslyUnauthenticated")
		return
	}
	if s["externalTrafficPolicy"] == "Cluster" {
		s["allocateLoadBalancerNodePorts"] = false
		w["allowFrom"] = []any{object{"cidrs": []any{"192.168.7.0/24"}}}
	}
	if s["dangerouslyUnauthenticated"] == true {
		w["allowFrom"] = []any{object{"cidrs": []any{"203.0.113.9/32"}}}
	} else {
		for _, p := range list(w["allowFrom"]) {
			if p := p.(object); !isEmpty(p["cidrs"]) {
				p["cidrs"] = []any{"10.0.0.0/8"}
			}
		}
	}
}

// repairEnv keeps secrets out of variables, and each of one form.
func (d *drawing) repairEnv(w object) {
	env := child(w, "env")
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if v, _ := env[name].(object); strings.HasSuffix(name, "_KEY") || strings.HasSuffix(name, "_TOKEN") {
			env[name] = object{"secretKeyRef": object{"name": "keys", "key": name}}
		} else if v != nil && v["secretKeyRef"] != nil && v["value"] != "" {
			delete(v, "value")
		} else if name == "OLLAMA_ORIGINS" {
			env[name] = pick(d, "https://chat.example.org", "app://x")
		}
	}
}

// repairContainers gives each container what it needs, and to mounts a volume.
func (d *drawing) repairContainers(w object) {
	volumes := child(w, "volumes")
	at := map[any]bool{}
	for _, name := range slices.Sorted(maps.Keys(volumes)) {
		v := child(volumes, name)
		kinds := []string{"existingClaim", "configMapName", "secretName", "emptyDir"}
		kept := slices.IndexFunc(kinds, func(kind string) bool { return v[kind] != nil })
		if kept < 0 {
			v["emptyDir"] = "1Gi"
			kept = 3
		}
		remove(v, slices.Delete(kinds, kept, kept+1)...)
		if m := child(v, "mount"); m != nil && at[m["path"]] {
			delete(v, "mount")
		} else if m != nil {
			at[m["path"]] = true
		}
	}
	for _, group := range []string{"initContainers", "sidecars"} {
		containers := child(w, group)
		for _, name := range slices.Sorted(maps.Keys(containers)) {
			d.repairContainer(child(containers, name), group, volumes)
		}
	}
}

func (d *drawing) repairContainer(c object, group string, volumes object) {
	d.repairEnv(c)
	repairEnvFrom(c)
	image := child(c, "image")
	if image["repository"] == nil {
		image["repository"] = d.value(group+"{}.image.repository", nil)
	}
	if image["tag"] == nil {
		image["tag"] = d.value("image.tag", nil)
	}
	if child(c, "resources") == nil {
		c["resources"] = object{}
	}
	if r := child(c, "resources"); child(r, "limits") == nil {
		r["limits"] = object{}
	}
	if l := child(child(c, "resources"), "limits"); l["memory"] == nil { // an overlay took it away
		l["memory"] = d.value("limits.memory", nil)
	}
	mounts := child(c, "mounts")
	at := map[any]bool{}
	for _, name := range slices.Sorted(maps.Keys(mounts)) {
		if path := child(mounts, name)["path"]; at[path] || name != "data" && volumes[name] == nil {
			delete(mounts, name)
		} else {
			at[path] = true
		}
	}
}

// repairEnvFrom leaves each source with one name, and once.
func repairEnvFrom(w object) {
	seen := map[string]bool{}
	var kept []any
	for _, f := range list(w["envFrom"]) {
		f := f.(object)
		if f["secretName"] != nil {
			remove(f, "configMapName")
		} else if f["configMapName"] == nil {
			f["configMapName"] = "settings"
		}
		if id := fmt.Sprint(f["secretName"], f["configMapName"], f["prefix"]); !seen[id] {
			seen[id] = true
			kept = append(kept, f)
		}
	}
	if w["envFrom"] != nil {
		w["envFrom"] = append([]any{}, kept...)
	}
}

// volumeSources are the volumes that are no claim of hearth's.
var volumeSources = []string{"existingClaim", "nfs", "image"}

// repairStorage keeps one source of the volume, and what it has.
func (d *drawing) repairStorage(path string, w object) {
	s := child(w, "storage")
	if path == "openWebUI" {
		remove(s, "nfs", "image")
	}
	if d.focused("base."+path+".storage") && !slices.ContainsFunc(volumeSources, func(name string) bool { return d.focused("base." + path + ".storage." + name) }) {
		remove(s, volumeSources...) // which leave nothing of the others
	}
	var sources []string
	for _, name := range volumeSources {
		if s[name] != nil {
			sources = append(sources, name)
		}
	}
	if len(sources) == 0 {
		return
	}
	keep := pick(d, sources...)
	for _, name := range sources {
		if name != keep {
			delete(s, name)
		}
	}
	remove(s, "storageClassName", "accessMode", "backup")
	if keep != "nfs" {
		remove(s, "size", "retain")
	}
	if i := child(s, "image"); i != nil {
		for _, name := range []string{"repository", "tag"} {
			if i[name] == nil {
				i[name] = d.value("storage.image."+name, reflect.TypeFor[string]())
			}
		}
	}
	if s["image"] != nil || child(s, "nfs")["readOnly"] == true {
		w["pull"] = "never"
	}
}

// repairBackup keeps the member of the type; job is the name of one that no other
// volume of the stack has.
func (d *drawing) repairBackup(k object, job string) {
	more := func(name string, t reflect.Type) { // few stacks get as far as to have it
		if k[name] == nil && d.chance(0.5) {
			k[name] = d.value("backup."+name, t)
		}
	}
	for _, kind := range []string{"longhorn", "snapshotSchedule"} {
		if strings.Contains(d.focus, ".backup."+kind) {
			k["type"] = kind
		}
	}
	if k["type"] == "snapshotSchedule" {
		remove(k, "longhorn")
		more("snapshotSchedule", reflect.TypeFor[v1alpha1.SnapshotSchedule]())
		return
	}
	remove(k, "snapshotSchedule")
	more("longhorn", reflect.TypeFor[v1alpha1.Longhorn]())
	if longhorn := child(k, "longhorn"); longhorn["task"] != nil {
		longhorn["group"] = job // the job has the group's name
	} else {
		remove(k, "schedule", "keep")
		if d.chance(0.3) {
			remove(longhorn, "group")
		}
	}
}

func (d *drawing) repairPeer(p object) {
	if !isEmpty(p["cidrs"]) {
		remove(p, pick(d, [][]string{{"cidrs"}, {"namespace", "podLabels"}}...)...)
		if p["cidrs"] == nil {
			return
		}
		remove(p, "namespace", "podLabels")
	}
}

// repairPlace gives a destination the place that it needs.
func repairPlace(p object) {
	if isEmpty(p["cidrs"]) && len(child(p, "podLabels")) == 0 && p["namespace"] == nil {
		p["namespace"] = "models"
	}
}

func (d *drawing) repairDNS(dns object) {
	for _, name := range []string{"to", "ports"} {
		if isEmpty(dns[name]) {
			delete(dns, name)
		}
	}
	for _, p := range list(dns["to"]) {
		d.repairPeer(p.(object))
		repairPlace(p.(object))
	}
}

func (d *drawing) repairOllama(o, proxy object) {
	d.repairReplicas(o)
	if isEmpty(o["models"]) && o["largestModel"] == nil {
		o["models"] = []any{"llama3.2:3b"}
	}
	if a := child(o, "accelerator"); a["type"] == "nvidia" {
		remove(a, "groups")
	}
	private := slices.ContainsFunc(append(list(o["models"]), proxy["http"], proxy["https"]), func(name any) bool {
		s, _ := name.(string)
		return strings.Contains(s, ".svc:") || strings.Contains(s, "10.0.0.") || strings.Contains(s, ".lan")
	})
	if private && o["pull"] != "never" && isEmpty(o["allowTo"]) {
		o["allowTo"] = []any{object{"namespace": "models", "ports": []any{5000}}}
	}
	d.repairCustom(o)
	repairDigests(o)
	if o["pull"] == "never" {
		remove(o, "threads") // nobody makes the models that have them
	}
	d.repairSizes(o)
}

// houseFile is a file that models are made of.
const houseFile = "gguf/house.gguf"

// repairCustom leaves models that are made of one that is there, each with a name
// of its own.
func (d *drawing) repairCustom(o object) {
	if o["pull"] == "never" || isEmpty(o["models"]) {
		remove(o, "customModels")
		return
	}
	if o["customModels"] == nil {
		return
	}
	seen, kept := map[any]bool{}, []any{}
	for _, c := range list(o["customModels"]) {
		c := c.(object)
		if c["from"] != houseFile && !slices.Contains(list(o["models"]), c["from"]) {
			c["from"] = pick(d, list(o["models"])...)
		}
		if c["from"] != houseFile {
			remove(c, "projector")
		}
		if !seen[c["name"]] {
			kept = append(kept, c)
		}
		seen[c["name"]] = true
	}
	o["customModels"] = kept
}

// repairDigests leaves the digests of models that are pulled.
func repairDigests(o object) {
	if o["pull"] == "never" {
		remove(o, "modelDigests")
	}
	digests := child(o, "modelDigests")
	for _, name := range slices.Sorted(maps.Keys(digests)) {
		if !slices.Contains(list(o["models"]), any(name)) {
			delete(digests, name)
		}
	}
}

// repairSizes gives amounts to a server of models that nothing is known of.
func (d *drawing) repairSizes(o object) {
	sizes := child(o, "modelSizes")
	models := slices.Clone(list(o["models"]))
	for _, c := range list(o["customModels"]) {
		if c := c.(object); c["from"] == houseFile {
			models = append(models, c["name"])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		if !slices.Contains(models, any(name)) {
			delete(sizes, name)
		} else if size := child(sizes, name); size["embedder"] == true {
			size["contextLimit"] = 2048 // it takes the square of it
		}
	}
	known := func(name any) bool {
		_, is := sizing.Lookup(name.(string))
		return is || sizes[name.(string)] != nil
	}
	unknown := slices.ContainsFunc(models, func(name any) bool { return !known(name) })
	if !unknown && o["largestModel"] == nil {
		return
	}
	give := func(path []string, field, value string) {
		in := o
		for _, name := range path {
			if child(in, name) == nil {
				in[name] = object{}
			}
			in = child(in, name)
		}
		if in["existingClaim"] == nil && in["image"] == nil && (in[field] == nil || in[field] == "auto") {
			in[field] = value
		}
	}
	if unknown {
		give([]string{"resources", "limits"}, "memory", "60Ti")
	}
	give([]string{"storage"}, "size", "1Ti")
}
