// Package clientset has clients of the kinds that hearth reads as Go types, and says
// which kinds a cluster serves. They are those of client-go, made for three API groups:
// its generated clients and its discovery import the types of all groups, which were a
// quarter of the program.
package clientset

import (
	"errors"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"
)

// Clientset has the clients.
type Clientset struct {
	core, apps, discovery rest.Interface
	parameters            runtime.ParameterCodec
}

// New makes the clients.
func New(config *rest.Config) (*Clientset, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(corev1.AddToScheme(scheme), appsv1.AddToScheme(scheme), discoveryv1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	codecs := rest.CodecFactoryForGeneratedClient(scheme, serializer.NewCodecFactory(scheme)).WithoutConversion()
	group := func(path string, gv schema.GroupVersion) (rest.Interface, error) {
		c := rest.CopyConfig(config)
		c.APIPath, c.GroupVersion, c.NegotiatedSerializer = path, &gv, codecs
		return rest.RESTClientFor(c)
	}
	c := &Clientset{parameters: runtime.NewParameterCodec(scheme)}
	var errs [3]error
	c.core, errs[0] = group("/api", corev1.SchemeGroupVersion)
	c.apps, errs[1] = group("/apis", appsv1.SchemeGroupVersion)
	c.discovery, errs[2] = group("/apis", discoveryv1.SchemeGroupVersion)
	return c, errors.Join(errs[:]...)
}

// object is what a client reads and writes.
type object interface {
	runtime.Object
	metav1.Object
}

func client[T object, L runtime.Object](c *Clientset, group rest.Interface, resource, namespace string, one func() T, list func() L) *gentype.ClientWithList[T, L] {
	return gentype.NewClientWithList(resource, group, c.parameters, namespace, one, list, gentype.PrefersProtobuf[T]())
}

func empty[T any]() *T { return new(T) }

// Get is a request of a path of the API server.
func (c *Clientset) Get(path string) *rest.Request { return c.core.Get().AbsPath(path) }

// Logs is a request of the last lines that a container wrote.
func (c *Clientset) Logs(namespace, pod, container string, lines int64) *rest.Request {
	return c.core.Get().Namespace(namespace).Resource("pods").Name(pod).SubResource("log").
		Param("container", container).Param("tailLines", strconv.FormatInt(lines, 10))
}

// PortForward is a request of a tunnel into a pod.
func (c *Clientset) PortForward(namespace, pod string) *rest.Request {
	return c.core.Post().Namespace(namespace).Resource("pods").Name(pod).SubResource("portforward")
}

// Namespaces of the cluster.
func (c *Clientset) Namespaces() *gentype.ClientWithList[*corev1.Namespace, *corev1.NamespaceList] {
	return client(c, c.core, "namespaces", "", empty[corev1.Namespace], empty[corev1.NamespaceList])
}

// Pods of a namespace; of all if it is "".
func (c *Clientset) Pods(namespace string) *gentype.ClientWithList[*corev1.Pod, *corev1.PodList] {
	return client(c, c.core, "pods", namespace, empty[corev1.Pod], empty[corev1.PodList])
}

// Services of a namespace.
func (c *Clientset) Services(namespace string) *gentype.ClientWithList[*corev1.Service, *corev1.ServiceList] {
	return client(c, c.core, "services", namespace, empty[corev1.Service], empty[corev1.ServiceList])
}

// Secrets of a namespace.
func (c *Clientset) Secrets(namespace string) *gentype.ClientWithList[*corev1.Secret, *corev1.SecretList] {
	return client(c, c.core, "secrets", namespace, empty[corev1.Secret], empty[corev1.SecretList])
}

// ConfigMaps of a namespace.
func (c *Clientset) ConfigMaps(namespace string) *gentype.ClientWithList[*corev1.ConfigMap, *corev1.ConfigMapList] {
	return client(c, c.core, "configmaps", namespace, empty[corev1.ConfigMap], empty[corev1.ConfigMapList])
}

// PersistentVolumeClaims of a namespace.
func (c *Clientset) PersistentVolumeClaims(namespace string) *gentype.ClientWithList[*corev1.PersistentVolumeClaim, *corev1.PersistentVolumeClaimList] {
	return client(c, c.core, "persistentvolumeclaims", namespace, empty[corev1.PersistentVolumeClaim], empty[corev1.PersistentVolumeClaimList])
}

// Events of a namespace.
func (c *Clientset) Events(namespace string) *gentype.ClientWithList[*corev1.Event, *corev1.EventList] {
	return client(c, c.core, "events", namespace, empty[corev1.Event], empty[corev1.EventList])
}

// Deployments of a namespace; of all if it is "".
func (c *Clientset) Deployments(namespace string) *gentype.ClientWithList[*appsv1.Deployment, *appsv1.DeploymentList] {
	return client(c, c.apps, "deployments", namespace, empty[appsv1.Deployment], empty[appsv1.DeploymentList])
}

// StatefulSets of a namespace; of all if it is "".
func (c *Clientset) StatefulSets(namespace string) *gentype.ClientWithList[*appsv1.StatefulSet, *appsv1.StatefulSetList] {
	return client(c, c.apps, "statefulsets", namespace, empty[appsv1.StatefulSet], empty[appsv1.StatefulSetList])
}

// DaemonSets of a namespace; of all if it is "".
func (c *Clientset) DaemonSets(namespace string) *gentype.ClientWithList[*appsv1.DaemonSet, *appsv1.DaemonSetList] {
	return client(c, c.apps, "daemonsets", namespace, empty[appsv1.DaemonSet], empty[appsv1.DaemonSetList])
}

// EndpointSlices of a namespace.
func (c *Clientset) EndpointSlices(namespace string) *gentype.ClientWithList[*discoveryv1.EndpointSlice, *discoveryv1.EndpointSliceList] {
	return client(c, c.discovery, "endpointslices", namespace, empty[discoveryv1.EndpointSlice], empty[discoveryv1.EndpointSliceList])
}
