package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// backends asks each server of the chat's by its pods, as the chat would.
func (v *verifier) backends(w *workload) []check {
	var all []check
	for i := range w.chat.Backends {
		b := backend{verifier: v, chat: w, Backend: &w.chat.Backends[i], place: fmt.Sprintf("backends[%d]", i)}
		all = append(all, check{id: "backend", subject: b.URL, title: "the chat's server lists its models", look: b.look})
	}
	return all
}

// backend is a server of the chat's.
type backend struct {
	*verifier
	*v1alpha1.Backend
	chat  *workload
	place string // of its fields
}

// field names one for a hint.
func (b backend) field(name string) string { return b.chat.field(b.place + "." + name) }

func (b backend) look(ctx context.Context) (result, error) {
	key, found, err := b.key(ctx)
	if err != nil || found.status != "" {
		return found, err
	}
	u, err := url.Parse(b.Address())
	if err != nil {
		return result{}, err
	}
	name, namespace, inCluster := v1alpha1.ServiceOf(u.Hostname(), b.chat.namespace)
	if !inCluster {
		return notChecked("outside the cluster, where the chat alone asks it"), nil
	}
	service, err := b.Services(namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return failed(b.field("url"), "no Service %s in the namespace %s", name, namespace), nil
	}
	if err != nil {
		return result{}, err
	}
	if len(service.Spec.Selector) == 0 {
		return notChecked("the Service %s/%s selects no pods", namespace, name), nil
	}
	to, port, _ := b.Way(b.chat.namespace)
	i := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == int32(port) })
	if i < 0 && service.Spec.ClusterIP != corev1.ClusterIPNone {
		return failed(b.field("url"), "the Service %s/%s has no port %d", namespace, name, port), nil
	}
	pods, err := b.Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: labels.Set(service.Spec.Selector).String()})
	if err != nil {
		return result{}, err
	}
	j := slices.IndexFunc(pods.Items, func(p corev1.Pod) bool { return ready(&p) })
	if j < 0 {
		return failed(b.kubectl("-n %s describe service %s", namespace, name), "no ready pod behind the Service %s/%s", namespace, name), nil
	}
	pod, number := &pods.Items[j], int(port)
	if service.Spec.ClusterIP != corev1.ClusterIPNone { // whose ports are the pods' own
		number = podPort(pod, service.Spec.Ports[i])
	}
	if !admits(to, b.chat.namespace, pod, number) {
		return failed(b.field("to"), "the NetworkPolicy does not let the chat out to port %d of the pod %s/%s, with the labels %s",
			number, namespace, pod.Name, labels.Set(pod.Labels)), nil
	}
	if u.Scheme != "http" {
		return notChecked("its pods speak TLS, and their certificate is the chat's to judge"), nil
	}
	return b.ask(ctx, pod, number, u, key)
}

// key is the server's, and a result where it is of no use.
func (b backend) key(ctx context.Context) (string, result, error) {
	ref := b.APIKey
	if ref == nil {
		return "", result{}, nil
	}
	secret, err := b.Secrets(b.chat.namespace).Get(ctx, ref.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return "", notChecked("no key: see secrets above"), nil
	}
	if err != nil {
		return "", result{}, err
	}
	key := strings.TrimSpace(string(secret.Data[ref.Key]))
	if strings.Contains(key, ";") {
		return "", failed("another key, in the Secret "+ref.Name, "Open WebUI takes the key for two, since it has a \";\" in it"), nil
	}
	return key, result{}, nil
}

func (b backend) ask(ctx context.Context, pod *corev1.Pod, port int, u *url.URL, key string) (result, error) {
	client := b.forward(pod.Namespace, pod.Name, port)
	defer client.CloseIdleConnections()
	answer, err := fetchWith(ctx, client, u.String()+"/models", key)
	if err != nil {
		return result{}, err
	}
	var list struct {
		Data []json.RawMessage `json:"data"`
	}
	switch err := json.Unmarshal([]byte(answer.body), &list); {
	case answer.status == http.StatusUnauthorized || answer.status == http.StatusForbidden:
		if key == "" {
			return failed(b.field("apiKey"), "it asks for a key: %s", answer.state()), nil
		}
		return failed("another key, in the Secret "+b.APIKey.Name, "it refuses the key: %s", answer.state()), nil
	case answer.status != http.StatusOK:
		return failed(b.field("url"), "%s/models answers %s", u, answer.state()), nil
	case err != nil || list.Data == nil:
		return failed(b.field("url"), "%s/models is no list of OpenAI's API", u), nil
	case len(list.Data) == 0:
		return failed("a model for "+b.URL, "it has no model"), nil
	}
	return passed("models: %d", len(list.Data)), nil
}

func ready(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// podPort is the pod's own port behind one of a Service.
func podPort(pod *corev1.Pod, p corev1.ServicePort) int {
	if p.TargetPort.Type == intstr.String {
		for _, c := range pod.Spec.Containers {
			for _, own := range c.Ports {
				if own.Name == p.TargetPort.StrVal {
					return int(own.ContainerPort)
				}
			}
		}
	}
	if p.TargetPort.IntVal != 0 {
		return int(p.TargetPort.IntVal)
	}
	return int(p.Port)
}

// admits reports whether a destination has the port of a pod. Addresses are not
// compared: a pod's changes.
func admits(to *v1alpha1.Destination, own string, pod *corev1.Pod, port int) bool {
	switch {
	case to == nil:
		return false
	case !slices.Contains(to.Ports, v1alpha1.Port(port)):
		return false
	case len(to.CIDRs) > 0:
		return true
	case to.Namespace != "":
		own = to.Namespace
	}
	return own == pod.Namespace && labels.SelectorFromSet(to.PodLabels).Matches(labels.Set(pod.Labels))
}
