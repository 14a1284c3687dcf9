package diff

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/upgrade"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// untilReady is how long a pod is down that stops before the next one starts.
const untilReady = "nobody is served until the new one is ready; how long is not known here"

// restart is what a changed pod template does.
func restart(c *change) []Effect {
	at := objects.TemplatePath(c.ref)
	if at == nil || reflect.DeepEqual(objects.At(c.old, at...), objects.At(c.new, at...)) {
		return nil
	}
	count := pods(c.new)
	switch {
	case c.ref.Kind == "Job":
		return one(Refused, "Kubernetes never changes a Job's pod template; first: kubectl -n %s delete job %s", c.ref.Namespace, c.ref.Name)
	case c.ref.Kind == "CronJob":
		return one(Note, "counts from its next run on")
	case c.ref.Kind == "ReplicaSet" || c.ref.Kind == "ReplicationController":
		return one(Note, "counts for pods that are made from now on: those that run stay as they are")
	case objects.Text(c.new, "spec", "updateStrategy", "type") == "OnDelete":
		return one(Note, "pods that run stay as they are until somebody deletes them (OnDelete)")
	case c.ref.Kind == "DaemonSet":
		return one(Note, "the pods restart, node by node")
	case count == "0":
		return one(Note, "no pod runs (replicas: 0): it counts when one does")
	case recreates(c) && count != "1":
		return one(Down, "all %s pods stop before the first new one starts (Recreate): nobody is served until one is ready; how long is not known here", count)
	case recreates(c):
		return one(Down, "the pod restarts, the old one stops first (Recreate): %s", untilReady)
	case c.ref.Kind == "StatefulSet" && count == "1":
		return one(Down, "the pod restarts, the old one stops first (StatefulSet): %s", untilReady)
	}
	return one(Note, "the pods restart one after another: an old one serves until a new one is ready")
}

func recreates(c *change) bool {
	return c.ref.Kind == "Deployment" && objects.Text(c.new, "spec", "strategy", "type") == "Recreate"
}

// otherKind is for a Deployment that was a StatefulSet of the same name, or the other
// way around: the chat, for several pods and for one.
func otherKind(c *change) []Effect {
	kind := upgrade.OtherKind(c.ref.Kind)
	old := c.before.Find("apps", kind, c.ref.Namespace, c.ref.Name)
	if old == nil {
		return nil
	}
	all := one(Down, "takes the place of the %s of that name, whose pods serve beside its own until it is deleted; kubectl apply does not: kubectl -n %s delete %s %s, before",
		kind, c.ref.Namespace, strings.ToLower(kind), c.ref.Name)
	return slices.Concat(all, chatVersion(old, c.new), chatDatabase(old, c.new))
}

// start is for what makes pods.
func start(c *change) []Effect {
	switch {
	case objects.TemplatePath(c.ref) == nil || pods(c.new) == "0":
		return nil
	case c.ref.Kind == "CronJob":
		return one(Note, "runs by its schedule: %s", objects.Text(c.new, "spec", "schedule"))
	}
	return one(Note, "its pods start")
}

// pods is how many a workload asks for.
func pods(o objects.Object) string {
	if n := objects.At(o, "spec", "replicas"); n != nil {
		return fmt.Sprint(n)
	}
	return "1"
}

// scaled is what becomes of the volumes that a StatefulSet makes.
func scaled(c *change) []Effect {
	old, new := upgrade.Claims(c.old), upgrade.Claims(c.new)
	switch {
	case len(new) > len(old):
		return one(Note, "new volumes, empty unless they are there from before: %s", strings.Join(new[len(old):], ", "))
	case len(new) == len(old):
		return nil
	case upgrade.Deletes(c.new, "whenScaled"):
		return one(Data, "Kubernetes deletes these volumes with their data: %s", strings.Join(old[len(new):], ", "))
	}
	return one(Note, "these volumes stay, for pods that come back; if not, kubectl -n %s delete pvc %s", c.ref.Namespace, strings.Join(old[len(new):], " "))
}

func replicas(c *change) []Effect {
	if before, after := pods(c.old), pods(c.new); c.touches("spec.replicas") && before != after {
		if after == "0" {
			return one(Down, "its pods stop, and none starts")
		}
		return append(one(Note, "%s instead of %s pods", after, before), scaled(c)...)
	}
	return nil
}

// image is for containers that run another one.
func image(c *change) []Effect {
	var all []Effect
	for _, n := range containers(c.after, c.ref) {
		for _, o := range containers(c.before, c.ref) {
			if o.Name == n.Name && o.Init == n.Init && o.Image != n.Image {
				all = append(all, imageOf(o.Image, n.Image)...)
				if p := programs[n.Name]; p != nil && !n.Init {
					all = append(all, releases(p, o.Image, n.Image)...)
				}
			}
		}
	}
	return append(all, chatVersion(c.old, c.new)...)
}

// chatVersion is for a chat of another version.
func chatVersion(old, new objects.Object) []Effect {
	message, fix, back := upgrade.ChatVersion(old, new)
	switch {
	case message == "":
		return nil
	case back:
		return one(Refused, "%s; %s", message, fix)
	}
	return one(Data, "%s; %s", message, fix)
}

// chatDatabase is for a chat whose data is to be elsewhere.
func chatDatabase(old, new objects.Object) []Effect {
	if message, fix := upgrade.ChatDatabase(old, new); message != "" {
		return one(Data, "%s; %s", message, fix)
	}
	return nil
}

func imageOf(old, new string) []Effect {
	name := objects.Repository(new)
	switch {
	case objects.Repository(old) != name:
		return one(Note, "another image is pulled: %s instead of %s", new, old)
	case tag(old) != tag(new):
		return one(Note, "another image is pulled: %s %s -> %s", name, tag(old), tag(new))
	}
	return one(Note, "%s %s is held to another digest, or to none: its content may be another", name, tag(new))
}

// programs whose versions are known, by their containers.
var programs = map[string]*versions.Program{"ollama": &versions.Ollama, "open-webui": &versions.OpenWebUI}

// releases says what another version of a program does otherwise.
func releases(p *versions.Program, old, new string) (all []Effect) {
	for _, r := range p.Between(tag(old), tag(new)) {
		changes, first := r.News(versions.Older(tag(new), r.Version))
		if first != "" {
			changes = append(changes, first)
		}
		for _, text := range changes {
			all = append(all, one(Note, "%s", text)...)
		}
	}
	return all
}

// tag of an image, latest if it has none.
func tag(image string) string {
	return cmp.Or(objects.Tag(image), "latest")
}

// containers are those of the pod that an object makes.
func containers(set *objects.Set, ref objects.Ref) []objects.Container {
	for i := range set.Pods {
		if p := &set.Pods[i]; keyOf(p.Ref) == keyOf(ref) {
			return p.Containers()
		}
	}
	return nil
}

// puller is the container whose arguments are the models that it pulls.
const puller = v1alpha1.ContainerPull

func pulled(set *objects.Set, ref objects.Ref) []string {
	for _, c := range containers(set, ref) {
		if c.Name == puller {
			return c.Args
		}
	}
	return nil
}

// signIn is for a chat whose provider of identities sends people back to it.
func signIn(c *change) []Effect {
	for _, n := range containers(c.after, c.ref) {
		provider, _ := n.Variable("OPENID_PROVIDER_URL")
		if provider.Value == "" {
			continue
		}
		url, _ := n.Variable("WEBUI_URL")
		for _, o := range containers(c.before, c.ref) {
			before, _ := o.Variable("WEBUI_URL")
			had, _ := o.Variable("OPENID_PROVIDER_URL")
			if o.Name == n.Name && (before.Value != url.Value || had.Value != provider.Value) {
				return one(Down, "nobody can sign in until %s knows the redirect URI %s/oauth/oidc/callback", provider.Value, url.Value)
			}
		}
	}
	return nil
}

// models are pulled as the pod starts.
func models(c *change) []Effect {
	before, after := pulled(c.before, c.ref), pulled(c.after, c.ref)
	var more, less []string
	var known []sizing.Model
	unknown := false
	for _, name := range after {
		if slices.Contains(before, name) {
			continue
		}
		m, ok := sizing.Lookup(name)
		unknown = unknown || !ok
		if ok {
			known = append(known, m)
		}
		more = append(more, name)
	}
	for _, name := range before {
		if !slices.Contains(after, name) && len(after) > 0 {
			less = append(less, name)
		}
	}
	var all []Effect
	if len(more) > 0 {
		size := ""
		switch bytes := sizing.Storage(known).Disk; {
		case len(known) == 0:
			size = "of a size that is not in hearth's catalogue"
		case unknown:
			size = sizing.Decimal(bytes) + ", and those that are not in hearth's catalogue"
		default:
			size = sizing.Decimal(bytes)
		}
		all = append(all, one(Note, "pulled before the server starts, unless the volume has it: %s (%s)", strings.Join(more, ", "), size)...)
	}
	if len(less) > 0 {
		all = append(all, one(Note, "no longer pulled, and not deleted from a volume that has it: %s; its space comes back with: kubectl -n %s exec %s/%s -- ollama rm %s",
			strings.Join(less, ", "), c.ref.Namespace, strings.ToLower(c.ref.Kind), c.ref.Name, strings.Join(less, " "))...)
	}
	if len(before) > 0 && len(after) == 0 && c.new != nil {
		all = append(all, one(Note, "nothing is pulled any more: the volume has to have the models")...)
	}
	return all
}
