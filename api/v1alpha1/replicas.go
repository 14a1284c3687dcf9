package v1alpha1

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// MostReplicas is how many Ollamas one Service may have. No limit of Kubernetes: past it
// somebody wants another engine, or wrote a number of something else.
const MostReplicas = 64

// MostParallel is how many requests a model may answer at the same time.
const MostParallel = 64

// VolumeEach reports whether each of several pods has a volume of its own: they
// are a StatefulSet's then, which asks for the volumes by its template.
func (o *Ollama) VolumeEach() bool {
	return o.Replicas > 1 && o.Storage.provisioned()
}

// Shared reports whether several pods mount one volume. They only read it: an
// Ollama removes at its start what no model of its own needs, and with it what
// another one pulls.
func (o *Ollama) Shared() bool { return o.Replicas > 1 && !o.VolumeEach() }

// ReadOnly reports whether no pod of the Ollama can write to its volume.
func (o *Ollama) ReadOnly() bool { return o.Storage.ReadOnly() || o.Shared() }

// Kind of what keeps the pods: StatefulSet where each has a volume of its own, else
// Deployment.
func (o *Ollama) Kind() string {
	if o.VolumeEach() {
		return "StatefulSet"
	}
	return "Deployment"
}

// HeadlessSuffix ends the name of the Service that gives each pod of a StatefulSet a
// name of its own; before it stands the workload's name.
const HeadlessSuffix = "-headless"

// Pods are the names of a StatefulSet's pods, in order; nil for a Deployment, which
// gives its own names that nobody knows before.
func (o *Ollama) Pods() []string {
	if !o.VolumeEach() {
		return nil
	}
	names := make([]string, min(o.Replicas, MostReplicas)) // a larger number is refused
	for i := range names {
		names[i] = fmt.Sprintf("%s-%d", o.ServiceName(), i)
	}
	return names
}

// Claims are the names of the claims that the pods mount: one, one for each pod of
// a StatefulSet, as that names them, or none where the volume is an image.
func (o *Ollama) Claims() []string {
	var names []string
	for _, pod := range o.Pods() {
		names = append(names, dataVolume+"-"+pod)
	}
	if claim := o.Storage.Claim(o.ServiceName()); names == nil && claim != "" {
		names = []string{claim}
	}
	return names
}

// replicas checks what several pods cannot have.
func (v validator) replicas(at *field.Path, o *Ollama) {
	count := at.Child("replicas")
	v.count(count, o.Replicas, 1, MostReplicas, "pods")
	if o.Replicas < 2 || o.Replicas > MostReplicas {
		return
	}
	v = v.because(count)
	if o.LargestModel != "" {
		v.errorf(at.Child("largestModel"), "name the models in ollama.models, which every pod pulls; or write replicas: 1",
			"with %d pods a pull of somebody's reaches one of them, and the others do not have the model", o.Replicas)
	}
	if o.Storage.Backup != nil && o.VolumeEach() {
		v.errorf(at.Child("storage", "backup"), "remove it, or write replicas: 1",
			"each of %d pods has a volume with the same models, and pulls them again where they are lost", o.Replicas)
	}
}
