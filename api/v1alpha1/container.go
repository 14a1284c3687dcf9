package v1alpha1

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Containers are what a pod runs and mounts beside its program. Hearth confines
// them as its own: no privilege, no token, no port that others may reach. The
// NetworkPolicy is the pod's: allowFrom and allowTo say for all of its containers
// who gets in and where they get out.
type Containers struct {
	// InitContainers run to their end before the program starts, one after the
	// other in the order of their names, and before hearth's own.
	InitContainers map[string]Container `json:"initContainers,omitzero"`
	// Sidecars run beside the program: they start before it, after all init
	// containers, and end after it. The program reaches them at localhost.
	Sidecars map[string]Container `json:"sidecars,omitzero"`
	// Volumes by name, for the program and the containers above.
	Volumes map[string]Volume `json:"volumes,omitzero"`
}

// Container is one that a person adds to a pod.
type Container struct {
	// Image of the container: its repository and tag, of docker.io unless it has a
	// registry. `hearth lock` pins it.
	Image Image `json:"image"`
	// Command in place of the image's entry point. Default: the image's.
	Command []string `json:"command,omitzero"`
	// Args of the command. Default: the image's.
	Args []string `json:"args,omitzero"`
	// Env holds environment variables by name, as the program's env does.
	Env map[string]EnvValue `json:"env,omitzero"`
	// EnvFrom hands whole Secrets and ConfigMaps to it as variables.
	EnvFrom []EnvFrom `json:"envFrom,omitzero"`
	// Resources of the container; limits.memory is required, since one without it
	// can take the node's. requests.memory defaults to it, requests.cpu to 10m and
	// limits.cpu to none.
	Resources Resources `json:"resources"`
	// Mounts are where it has volumes, by the volume's name; data is the
	// program's own.
	Mounts map[string]Mount `json:"mounts,omitzero"`
	// RunAsUser is the number of the user. Default: the program's.
	RunAsUser ID `json:"runAsUser,omitzero"`
	// RunAsGroup is the number of the group. Default: runAsUser's number if there
	// is one, else the program's.
	RunAsGroup ID `json:"runAsGroup,omitzero"`
	// ReadOnlyRootFilesystem closes the container's own file system: it writes to
	// its mounts alone. Default true.
	ReadOnlyRootFilesystem *bool `json:"readOnlyRootFilesystem,omitzero"`
}

// Hearth's own init containers.
const (
	ContainerPull    = "pull-models"
	ContainerSeed    = "seed-data"
	ContainerMigrate = "migrate-database"
)

// ContainerNames are those of hearth's own containers, in pods that have a person's
// beside them.
func ContainerNames() []string {
	return []string{serviceOllama, serviceOpenWebUI, serviceEngine, ContainerPull, ContainerSeed, ContainerMigrate}
}

// all calls do with each of the init containers and sidecars, in the order in which they
// start. It may change them.
func (c *Containers) all(do func(field, name string, c *Container)) {
	for _, group := range []struct {
		field string
		of    map[string]Container
	}{{"initContainers", c.InitContainers}, {"sidecars", c.Sidecars}} {
		for _, name := range slices.Sorted(maps.Keys(group.of)) {
			one := group.of[name]
			do(group.field, name, &one)
			group.of[name] = one
		}
	}
}

// Images calls do with each image of the containers, which it may change.
func (c *Containers) Images(do func(image *Image)) {
	c.all(func(_, _ string, one *Container) { do(&one.Image) })
}

// sidecarMemory is the sum of what the sidecars request and may use, in bytes.
func (c *Containers) sidecarMemory() (request, limit int64) {
	for _, s := range c.Sidecars {
		request += bytesOf(s.Resources.Requests.Memory)
		limit += bytesOf(s.Resources.Limits.Memory)
	}
	return request, limit
}

func (c *Containers) applyDefaults() {
	c.all(func(_, _ string, one *Container) { one.applyDefaults() })
}

func (c *Container) applyDefaults() {
	fill(&c.Image.Registry, "docker.io")
	fill(&c.Image.PullPolicy, "IfNotPresent")
	r := &c.Resources
	for _, q := range []*Quantity{&r.Requests.CPU, &r.Requests.Memory, &r.Limits.CPU} {
		if *q == Auto {
			*q = ""
		}
	}
	fill(&r.Requests.CPU, "10m")
	fill(&r.Requests.Memory, r.Limits.Memory)
	fill(&r.Limits.CPU, None)
	fill(&c.RunAsGroup, c.RunAsUser)
	fillPointer(&c.ReadOnlyRootFilesystem, true)
}

// containers checks what a person adds to the pod.
func (v validator) containers(at *field.Path, given *Containers, w *Workload) {
	mounted, volumes := map[string]bool{}, at.Child("volumes")
	w.all(func(group, name string, c *Container) {
		written := given.InitContainers[name]
		if group == "sidecars" {
			written = given.Sidecars[name]
		}
		at := at.Child(group).Key(name)
		v.label(at, name, "the container's name")
		if slices.Contains(ContainerNames(), name) {
			v.errorf(at, "give it another name", "has the name of one of hearth's own containers: %s", list(ContainerNames()))
		}
		if _, both := w.InitContainers[name]; both && group == "sidecars" {
			v.errorf(at, "give it another name", "%q is an init container too, and a pod has each name once", name)
		}
		v.container(at, written, c)
		for _, volume := range slices.Sorted(maps.Keys(c.Mounts)) {
			mounted[volume] = true
			if _, known := w.Volumes[volume]; !known && volume != dataVolume {
				v.because(volumes).errorf(at.Child("mounts").Key(volume), "name one of volumes, or data, which is the program's own", "there is no volume %q", volume)
			}
		}
		v.mounts(at.Child("mounts"), c.Mounts)
	})
	v.volumes(volumes, w, mounted)
}

func (v validator) container(at *field.Path, given Container, c *Container) {
	image, got := at.Child("image"), c.Image
	if got.Repository == "" {
		v.errorf(image.Child("repository"), "", "missing: want the image's name, such as apache/tika")
	}
	if got.Tag == "" || got.Tag == "latest" {
		v.errorf(image.Child("tag"), "", "missing or latest: want the image's version, such as 3.2.3.0")
		got.Tag = "0" // which nothing more is said of
	}
	v.image(image, got)
	v.env(at.Child("env"), c.Env, nil)
	v.envFrom(at.Child("envFrom"), c.EnvFrom)
	limit := at.Child("resources", "limits", "memory")
	if !isChosen(given.Resources.Limits.Memory) {
		v.errorf(limit, "write an amount, such as 256Mi", "missing: a container without it can take the node's memory, and hearth knows no figure for it")
		return
	}
	v.resources(at.Child("resources"), given.Resources, c.Resources)
}
