package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/registry"
)

// The registry's names, as the e2e-kind overlay of hearth.yaml knows them.
const (
	registryNamespace = "models"
	registryName      = "model-registry"
	registryCA        = "model-registry-ca"
	// publicRegistry is where Ollama looks for a model whose name has no host.
	publicRegistry = "registry.ollama.ai"
)

// startRegistry serves the models inside the cluster, with a certificate of an authority that only this run knows. The
// namespaces get the authority's certificate.
func (s *suite) startRegistry(t *testing.T, image string, namespaces ...string) {
	t.Helper()
	ca, err := authority.New("hearth e2e")
	must(t, err)
	pair, err := ca.Issue(registryName+"."+registryNamespace+".svc", publicRegistry)
	must(t, err)
	labels := map[string]string{"app.kubernetes.io/name": registryName}
	meta := metav1.ObjectMeta{Name: registryName, Namespace: registryNamespace, Labels: labels}
	core, create := s.Client.CoreV1(), metav1.CreateOptions{}
	for _, namespace := range append([]string{registryNamespace}, namespaces...) {
		_, err = core.Namespaces().Create(s.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: namespace, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
		}}, create)
		must(t, err)
	}
	for _, namespace := range append([]string{registryNamespace}, namespaces...) {
		_, err = core.ConfigMaps(namespace).Create(s.ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: registryCA}, Data: map[string]string{"ca.crt": string(ca.Certificate)},
		}, create)
		must(t, err)
	}
	_, err = core.Secrets(registryNamespace).Create(s.ctx, &corev1.Secret{
		ObjectMeta: meta, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Certificate, corev1.TLSPrivateKeyKey: pair.Key},
	}, create)
	must(t, err)
	_, err = core.Services(registryNamespace).Create(s.ctx, &corev1.Service{
		ObjectMeta: meta,
		Spec: corev1.ServiceSpec{Selector: labels, Ports: []corev1.ServicePort{
			{Name: "registry", Port: ollama.RegistryPort},
			{Name: "https", Port: 443, TargetPort: intstr.FromInt32(ollama.RegistryPort)}, // for its public name
		}},
	}, create)
	must(t, err)
	_, err = s.Client.AppsV1().Deployments(registryNamespace).Create(s.ctx, registryDeployment(meta, image), create)
	must(t, err)
	s.waitReady(t, registryNamespace, registryName, nil, 2*time.Minute)
}

func registryDeployment(meta metav1.ObjectMeta, image string) *appsv1.Deployment {
	yes, no := true, false
	return &appsv1.Deployment{
		ObjectMeta: meta,
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: meta.Labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: meta.Labels},
				Spec: corev1.PodSpec{
					AutomountServiceAccountToken: &no,
					SecurityContext: &corev1.PodSecurityContext{
						RunAsNonRoot:   &yes,
						SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
					},
					Containers: []corev1.Container{{
						Name: registryName, Image: image, ImagePullPolicy: corev1.PullNever,
						SecurityContext: &corev1.SecurityContext{
							AllowPrivilegeEscalation: &no, ReadOnlyRootFilesystem: &yes,
							Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
						},
						ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
							Path: "/healthz", Port: intstr.FromInt32(ollama.RegistryPort), Scheme: corev1.URISchemeHTTPS,
						}}},
						VolumeMounts: []corev1.VolumeMount{{Name: "tls", MountPath: "/tls", ReadOnly: true}},
					}},
					Volumes: []corev1.Volume{{Name: "tls", VolumeSource: corev1.VolumeSource{
						Secret: &corev1.SecretVolumeSource{SecretName: meta.Name},
					}}},
				},
			},
		},
	}
}

// askRegistry calls one of the registry's controls through the API server.
func (s *suite) askRegistry(method, path string) ([]byte, error) {
	url := fmt.Sprintf("%s/api/v1/namespaces/%s/services/https:%s:%d/proxy%s",
		s.Config.Host, registryNamespace, registryName, ollama.RegistryPort, path)
	request, err := http.NewRequestWithContext(s.ctx, method, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := s.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, data)
	}
	return data, err
}

// registryLog is every request for a model so far.
func (s *suite) registryLog() ([]registry.Entry, error) {
	data, err := s.askRegistry(http.MethodGet, "/log")
	if err != nil {
		return nil, err
	}
	var entries []registry.Entry
	return entries, json.Unmarshal(data, &entries)
}

// setRate slows every answer down to so many bytes per second; 0 is unlimited.
func (s *suite) setRate(t *testing.T, bytes int64) {
	t.Helper()
	_, err := s.askRegistry(http.MethodPut, "/rate?bytes="+strconv.FormatInt(bytes, 10))
	must(t, err)
}

// scaleRegistry to 0 is a registry that is down.
func (s *suite) scaleRegistry(t *testing.T, replicas int) {
	t.Helper()
	s.kubectl(t, "-n", registryNamespace, "scale", "deployment/"+registryName, "--replicas", strconv.Itoa(replicas))
	s.eventually(t, time.Minute, fmt.Sprintf("%d pods of the registry", replicas), func() (string, error) {
		list, err := s.Client.CoreV1().Pods(registryNamespace).List(s.ctx, metav1.ListOptions{})
		if err == nil && len(list.Items) != replicas {
			return fmt.Sprintf("there are %d", len(list.Items)), nil
		}
		return "", err
	})
}

// blobBytes is how much of the model's largest file went out, and resumed whether a part of it was asked for by a range
// that begins behind the start.
func blobBytes(entries []registry.Entry) (sent int64, resumed []string) {
	for _, e := range entries {
		if !strings.Contains(e.Path, "/blobs/") || e.Method != http.MethodGet {
			continue
		}
		sent += e.Bytes
		if from, _, ok := strings.Cut(strings.TrimPrefix(e.Range, "bytes="), "-"); ok && from != "" && from != "0" {
			resumed = append(resumed, e.Range)
		}
	}
	return sent, resumed
}
