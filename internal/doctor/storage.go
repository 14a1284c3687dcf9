package doctor

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
)

// The annotations that make a class the default one: today's, and the one before,
// which Kubernetes still reads.
var defaultClass = []string{"storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"}

func storageClasses() schema.GroupKind {
	return schema.GroupKind{Group: "storage.k8s.io", Kind: "StorageClass"}
}

// storage wants the class of every volume that will be asked for, and the claims
// that have to be there already.
func (d *doctor) storage() []check {
	var all []check
	own := map[string]bool{}
	add := func(claim corev1.PersistentVolumeClaim, namespace string) {
		own[namespace+"/"+claim.Name] = true
		name := claim.Spec.StorageClassName
		switch {
		case claim.Spec.VolumeName != "" || name != nil && *name == "": // somebody made the volume
		case name != nil && v1alpha1.HasVariable(*name): // Flux knows which
		case name == nil:
			all = append(all, check{id: "storage", subject: "default", title: "there is a default storage class", look: d.defaultClass})
		default:
			all = append(all, d.storageClass(*name))
		}
	}
	for i, o := range d.set.All {
		switch ref := d.set.Refs[i]; {
		case ref.Is("", "PersistentVolumeClaim"):
			if claim, ok := objects.Decode[corev1.PersistentVolumeClaim](o); ok {
				add(claim, ref.Namespace)
			}
		default:
			for _, t := range objects.ClaimTemplates(o) {
				if claim, ok := objects.Decode[corev1.PersistentVolumeClaim](t); ok {
					add(claim, ref.Namespace)
				}
			}
		}
	}
	for i := range d.set.Pods {
		p := &d.set.Pods[i]
		for _, v := range p.Spec.Volumes {
			if c := v.PersistentVolumeClaim; c != nil && !own[p.Ref.Namespace+"/"+c.ClaimName] {
				all = append(all, d.claim(p.Ref.Namespace, c.ClaimName, objects.Replicas(p.Whole)))
			}
		}
	}
	return all
}

func (d *doctor) storageClass(name string) check {
	return check{id: "storage", subject: name, title: "the storage class exists", look: func(ctx context.Context) (result, error) {
		found, missing, err := d.wanted(ctx, storageClasses(), "", "", name, "storage.storageClassName of ollama or openWebUI: it cannot change after the first deploy")
		if found == nil {
			return missing, err
		}
		return passed("%s", describeClass(found)), nil
	}}
}

// defaultClass wants one storage class for volumes that name none.
func (d *doctor) defaultClass(ctx context.Context) (result, error) {
	there, err := d.list(ctx, storageClasses(), "")
	if err != nil {
		return result{}, err
	}
	for i := range there {
		if slices.ContainsFunc(defaultClass, func(key string) bool { return there[i].GetAnnotations()[key] == "true" }) {
			return passed("%s: %s", there[i].GetName(), describeClass(&there[i])), nil
		}
	}
	if len(there) == 0 {
		return failed("install one, such as https://github.com/rancher/local-path-provisioner", "the cluster has no storage class at all"), nil
	}
	return failed("storage.storageClassName of ollama and openWebUI; or "+d.kubectl("annotate storageclass %s %s=true", there[0].GetName(), defaultClass[0]),
		"no storage class is the default one; there are: %s", names(there)), nil
}

func describeClass(class *unstructured.Unstructured) string {
	provisioner, _, _ := unstructured.NestedString(class.Object, "provisioner")
	if grows, _, _ := unstructured.NestedBool(class.Object, "allowVolumeExpansion"); !grows {
		provisioner = strings.TrimSpace(provisioner + ", whose volumes cannot grow later")
	}
	return provisioner
}

// claim wants one that is not the overlay's own, and that so many pods can mount.
func (d *doctor) claim(namespace, name string, pods int) check {
	return check{id: "claim", subject: namespace + "/" + name, title: "the existing claim is there", look: func(ctx context.Context) (result, error) {
		found, err := d.get(ctx, schema.GroupKind{Kind: "PersistentVolumeClaim"}, namespace, name)
		if err != nil {
			return result{}, err
		}
		if found == nil {
			return failed("storage.existingClaim", "no such claim"), nil
		}
		modes, _, _ := unstructured.NestedStringSlice(found.Object, "spec", "accessModes")
		if pods > 1 && !slices.Contains(modes, string(corev1.ReadWriteMany)) && !slices.Contains(modes, string(corev1.ReadOnlyMany)) {
			return failed("replicas: 1; or a claim that is ReadWriteMany or ReadOnlyMany", "is %s, and %d pods mount it: those on another node wait for ever", or(strings.Join(modes, " and "), "of no access mode"), pods), nil
		}
		phase, _, _ := unstructured.NestedString(found.Object, "status", "phase")
		return passed("%s", or(phase, "there")), nil
	}}
}
