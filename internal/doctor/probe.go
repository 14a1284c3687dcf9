package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/rand"
	psa "k8s.io/pod-security-admission/api"

	"github.com/hearth-dev/hearth/internal/verify"
)

// Probe asks for the proof that a policy is enforced, and bounds its steps.
type Probe struct {
	// Start is how long a pod may take until it is ready, with the pull of its
	// image, which has some GB. Default: 10 minutes.
	Start time.Duration
	// Schedule is how long a pod may wait for a node. Default: 1 minute.
	Schedule time.Duration
	// Reach is how long the client may take to reach the server, while no policy
	// is in the way. Default: 30 s.
	Reach time.Duration
	// Enforce is how long the network may take until the client reaches the
	// server no more. Default: 30 s.
	Enforce time.Duration
	// Interval between two looks. Default: 500 ms.
	Interval time.Duration
}

const (
	probePrefix = "hearth-probe-"
	// probeLabel marks the probe's namespaces, for one that a killed run has left.
	probeLabel = "hearth.dev/probe"
	probeRole  = "hearth.dev/probe-role" // of a pod: server or client
	probePort  = 8080
	// probeLines are how many of the client's tries in a row have to agree: one
	// may fail on a busy node.
	probeLines = 3
	// probeCleanup is how long the removal may take, also after Ctrl-C.
	probeCleanup = 20 * time.Second
	open, closed = "open", "closed"
)

// serve listens, in Ollama's image and in Open WebUI's.
const serve = `if command -v ollama >/dev/null; then exec ollama serve; fi
cd "$HOME" && exec python3 -m http.server "$PORT"`

// knock says each half second whether a new connection is accepted. A network
// may refuse it or leave it without an answer.
const knock = `while :; do
  if timeout 1 bash -c ': <"/dev/tcp/$SERVER/$PORT"' 2>/dev/null; then echo ` + open + `; else echo ` + closed + `; fi
  sleep 0.5
done`

// probe is one proof.
type probe struct {
	*doctor
	Probe
	namespace string
	like      corev1.PodSpec // whose nodes and image are used
	image     corev1.Container
}

// errProbe is why the probe says nothing.
type errProbe struct{ error }

func nothing(format string, args ...any) error { return errProbe{fmt.Errorf(format, args...)} }

// proved puts the proof in front of what the network is by name.
func (d *doctor) proved(ctx context.Context, named func(context.Context) (result, error)) (result, error) {
	proof := d.prove(ctx)
	byName, err := named(ctx)
	if err != nil {
		byName = d.unseen(err)
	}
	switch {
	case proof.status == verify.NotChecked && byName.status == verify.Failed:
		byName.detail += "; not proved: " + proof.detail
		return byName, nil
	case proof.status == verify.NotChecked && byName.status == verify.Passed:
		proof.detail += "; by name it is " + byName.detail
	case proof.status == verify.Passed && byName.status == verify.Passed:
		proof.detail += "; " + byName.detail
	}
	return proof, nil
}

// prove makes a server and a client in a namespace of its own, and a policy that
// keeps them apart, and removes all of it.
func (d *doctor) prove(ctx context.Context) (out result) {
	p := &probe{doctor: d, Probe: *d.Probe, namespace: probePrefix + rand.String(5)}
	p.Start = cmp.Or(p.Start, 10*time.Minute)
	p.Schedule = cmp.Or(p.Schedule, time.Minute)
	p.Reach = cmp.Or(p.Reach, 30*time.Second)
	p.Enforce = cmp.Or(p.Enforce, 30*time.Second)
	p.Interval = cmp.Or(p.Interval, 500*time.Millisecond)
	var notes []string
	defer func() {
		for _, note := range notes {
			out.detail = strings.TrimPrefix(out.detail+"; "+note, "; ")
		}
	}()
	left, err := p.sweep(ctx)
	if len(left) > 0 {
		notes = append(notes, "removed what a run that was killed had left: "+strings.Join(left, ", "))
	}
	if err != nil {
		return p.why(ctx, err)
	}
	if !p.choose() {
		return notChecked("the overlay has no pods, so no image to probe with")
	}
	d.say("making the namespace %s", p.namespace)
	_, err = d.Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name: p.namespace, Labels: map[string]string{probeLabel: "true", psa.EnforceLevelLabel: string(psa.LevelRestricted)},
	}}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) { // somebody else's
		return p.why(ctx, err)
	}
	defer func() { // after an error too: the answer may be lost, and the namespace there
		if err := p.remove(ctx, p.namespace); err != nil && !(out.status == verify.NotChecked && apierrors.IsForbidden(err)) {
			notes = append(notes, fmt.Sprintf("could not remove it (%v): %s", err, d.kubectl("delete namespace %s", p.namespace)))
		}
	}()
	if err != nil {
		return p.why(ctx, err)
	}
	out, err = p.apart(ctx)
	if err != nil {
		return p.why(ctx, err)
	}
	return out
}

// why is the row of a probe that says nothing.
func (p *probe) why(ctx context.Context, err error) result {
	var reason errProbe
	switch {
	case ctx.Err() != nil:
		return result{status: verify.Waiting} // Run says that it was interrupted
	case errors.As(err, &reason):
		return notChecked("the probe says nothing: %v", reason)
	case verify.Denied(err):
		return notChecked("this user may not probe: %v", err)
	default:
		return notChecked("the probe says nothing: %v", err)
	}
}

// sweep removes the namespaces of runs that were killed.
func (p *probe) sweep(ctx context.Context) (removed []string, err error) {
	list, err := p.Namespaces().List(ctx, metav1.ListOptions{LabelSelector: probeLabel + "=true"})
	if err != nil {
		return nil, err
	}
	for _, n := range list.Items {
		if !strings.HasPrefix(n.Name, probePrefix) || n.DeletionTimestamp != nil {
			continue
		}
		if err := p.remove(ctx, n.Name); err != nil {
			return removed, nothing("%s is left of a run that was killed, and cannot be removed: %w", n.Name, err)
		}
		removed = append(removed, n.Name)
	}
	return removed, nil
}

// remove deletes a namespace, whether or not the run was interrupted.
func (p *probe) remove(ctx context.Context, namespace string) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), probeCleanup)
	defer stop()
	return ignoreNotFound(p.Namespaces().Delete(ctx, namespace, metav1.DeleteOptions{}))
}

func ignoreNotFound(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// choose takes an image that the overlay runs anyway, Ollama's if there is one,
// and the nodes that it may be on.
func (p *probe) choose() bool {
	for _, want := range []string{"ollama", ""} {
		for i := range p.set.Pods {
			pod := &p.set.Pods[i]
			for _, c := range pod.Spec.Containers {
				if want == "" || c.Name == want {
					p.like, p.image = pod.Spec, c
					return true
				}
			}
		}
	}
	return false
}

// apart is the proof itself.
func (p *probe) apart(ctx context.Context) (result, error) {
	server, err := p.start(ctx, p.pod("server", serve, nil))
	if err != nil {
		return result{}, err
	}
	client, err := p.start(ctx, p.pod("client", knock, []corev1.EnvVar{{Name: "SERVER", Value: server.Status.PodIP}}))
	if err != nil {
		return result{}, err
	}
	p.say("the client has to reach the server")
	reached, err := p.until(ctx, p.Reach, func() (bool, error) {
		n, err := p.tries(ctx, open)
		return n == probeLines, err
	})
	if err != nil {
		return result{}, err
	}
	if !reached {
		return result{}, nothing("the client on %s does not reach the server on %s, though the probe has made no policy yet; a policy of the whole cluster may be in the way",
			client.Spec.NodeName, server.Spec.NodeName)
	}
	policy := &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: "deny", Namespace: p.namespace},
		Spec: networkingv1.NetworkPolicySpec{ // no rule: nobody is admitted
			PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{probeRole: "server"}},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		},
	}
	raw, err := runtime.DefaultUnstructuredConverter.ToUnstructured(policy)
	if err != nil {
		return result{}, err
	}
	policies := p.Dynamic().Resource(networkingv1.SchemeGroupVersion.WithResource("networkpolicies")).Namespace(p.namespace)
	if _, err := policies.Create(ctx, &unstructured.Unstructured{Object: raw}, metav1.CreateOptions{}); err != nil {
		return result{}, err
	}
	began := time.Now()
	var since time.Time // of the first closed try of those in a row
	p.say("the client reaches the server; a policy forbids it now")
	apart, err := p.until(ctx, p.Enforce, func() (bool, error) {
		n, err := p.tries(ctx, closed)
		if n == 0 {
			since = time.Time{}
		} else if since.IsZero() {
			since = time.Now()
		}
		return n == probeLines, err
	})
	if err != nil {
		return result{}, err
	}
	// Neither a server that has ended nor a policy that is gone says anything.
	for _, role := range []string{"server", "client"} {
		if err := p.runs(ctx, role); err != nil {
			return result{}, err
		}
	}
	if _, err := policies.Get(ctx, policy.Name, metav1.GetOptions{}); err != nil {
		return result{}, err
	}
	if !apart {
		return failed(enforcing, "a policy was not enforced within %.0f s, on %s: those of the overlay protect nothing here, and each pod of the cluster reaches Ollama, which has no password",
			p.Enforce.Seconds(), server.Spec.NodeName), nil
	}
	return passed("a policy was enforced after %.1f s, on %s", since.Sub(began).Seconds(), server.Spec.NodeName), nil
}

// pod is one of the two, as Pod Security "restricted" wants it.
func (p *probe) pod(role, script string, env []corev1.EnvVar) *corev1.Pod {
	port := strconv.Itoa(probePort)
	c := corev1.Container{
		Name: role, Image: p.image.Image, ImagePullPolicy: p.image.ImagePullPolicy,
		Command: []string{"bash", "-c", script},
		Env: append(env, corev1.EnvVar{Name: "HOME", Value: "/tmp"}, corev1.EnvVar{Name: "PORT", Value: port},
			corev1.EnvVar{Name: "OLLAMA_HOST", Value: "0.0.0.0:" + port}),
		// An idle Ollama takes less than 100 MB.
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{"cpu": resource.MustParse("20m"), "memory": resource.MustParse("64Mi")},
			Limits:   corev1.ResourceList{"cpu": resource.MustParse("1"), "memory": resource.MustParse("512Mi")},
		},
		VolumeMounts: []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true),
			Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
	if role == "server" {
		c.ReadinessProbe = &corev1.Probe{PeriodSeconds: 1, ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(probePort)}}}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: role, Namespace: p.namespace, Labels: map[string]string{probeRole: role}},
		Spec: corev1.PodSpec{
			Containers: []corev1.Container{c}, RestartPolicy: corev1.RestartPolicyNever,
			NodeSelector: p.like.NodeSelector, Tolerations: p.like.Tolerations,
			AutomountServiceAccountToken: new(false), EnableServiceLinks: new(false),
			TerminationGracePeriodSeconds: new(int64(1)),
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: new(true), RunAsUser: new(int64(65534)), RunAsGroup: new(int64(65534)),
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Volumes: []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{
				EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: resource.NewQuantity(64<<20, resource.BinarySI)},
			}}},
		},
	}
}

// start makes a pod and waits until it is ready.
func (p *probe) start(ctx context.Context, pod *corev1.Pod) (*corev1.Pod, error) {
	began := time.Now()
	made, detail := false, ""
	started, err := p.until(ctx, p.Start, func() (bool, error) {
		if !made {
			_, err := p.Pods(p.namespace).Create(ctx, pod, metav1.CreateOptions{})
			if apierrors.IsForbidden(err) && strings.Contains(err.Error(), `serviceaccount "default" not found`) && time.Since(began) < p.Schedule {
				return false, nil // a new namespace gets it a moment later
			}
			if err != nil {
				return false, err
			}
			made = true
		}
		live, err := p.Pods(p.namespace).Get(ctx, pod.Name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		pod = live
		ready := false
		detail, ready, err = p.state(live)
		if unscheduled(live) != "" && time.Since(began) >= p.Schedule {
			err = nothing("no node takes the %s: %s", pod.Name, unscheduled(live))
		}
		p.say("the %s: %s", pod.Name, detail)
		return ready && live.Status.PodIP != "", err
	})
	if err == nil && !started {
		return nil, nothing("the %s is not ready after %s: %s", pod.Name, p.Start, detail)
	}
	return pod, err
}

// until looks again and again, and reports whether it was so within the limit. A
// look that has begun by then counts: each request has a limit of its own.
func (p *probe) until(ctx context.Context, limit time.Duration, look func() (bool, error)) (bool, error) {
	deadline := time.Now().Add(limit)
	for {
		if is, err := look(); is || err != nil || !time.Now().Before(deadline) {
			return is, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(p.Interval):
		}
	}
}

// cannotStart are the reasons for which a container waits that do not go away by
// waiting, or not soon.
var cannotStart = []string{"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"}

// state is what a pod is up to; an error is why it never will be ready.
func (p *probe) state(pod *corev1.Pod) (detail string, ready bool, err error) {
	if pod.DeletionTimestamp != nil {
		return "", false, nothing("somebody removed the %s; did two probes run at once?", pod.Name)
	}
	for _, c := range pod.Status.ContainerStatuses {
		switch {
		case c.State.Terminated != nil:
			t := c.State.Terminated
			return "", false, nothing("the %s ended with exit code %d: %s", pod.Name, t.ExitCode, cmp.Or(line(t.Message), t.Reason))
		case c.State.Waiting != nil:
			detail = c.State.Waiting.Reason
			if slices.Contains(cannotStart, detail) {
				return "", false, nothing("the %s cannot start: %s: %s%s", pod.Name, detail, line(c.State.Waiting.Message), p.pullSecrets(detail))
			}
		default:
			detail = "started, not ready"
			ready = c.Ready
		}
	}
	if ready {
		detail = "ready"
	}
	return cmp.Or(detail, unscheduled(pod), string(pod.Status.Phase), "made"), ready, nil
}

func (p *probe) pullSecrets(reason string) string {
	if !strings.Contains(reason, "ImagePull") || len(p.like.ImagePullSecrets) == 0 {
		return ""
	}
	return "; the probe's namespace has none of the overlay's images.pullSecrets"
}

// unscheduled is why no node takes a pod; "" if one did.
func unscheduled(pod *corev1.Pod) string {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return cmp.Or(line(c.Message), c.Reason)
		}
	}
	return ""
}

// runs fails unless the pod's container runs still.
func (p *probe) runs(ctx context.Context, name string) error {
	pod, err := p.Pods(p.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	_, _, err = p.state(pod)
	return err
}

// tries are how many of the client's last lines say so, without another between.
func (p *probe) tries(ctx context.Context, want string) (int, error) {
	text, err := p.Logs(p.namespace, "client", "client", probeLines).DoRaw(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, said := range slices.Backward(strings.Fields(string(text))) {
		if said != want {
			break
		}
		n++
	}
	return min(n, probeLines), nil
}

// line makes a message one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }
