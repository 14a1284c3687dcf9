package e2e

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/report"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/vet"
)

const (
	doorsDir     = "testdata/doors"
	doorsTraefik = "doors-traefik" // the namespace of the controllers
)

// doorControllers are those of testdata/doors/traefik.yaml, each with where its ports of the node begin.
var doorControllers = []struct{ name, ports, lenient string }{{"strict", "301", "false"}, {"lenient", "302", "true"}}

// door is a world: objects beside the shared Ollama that lead to it, or do not. The comment at its top says
//
//	# ask: ENTRY HOST     whom to ask for what, HOST on an entry point of Traefik's; or node:PORT
//	# header: NAME: VALUE  that is sent
//	# status: 401         what comes back where it is closed: a status, or refused
//	# served: lenient     that Traefik serves it only where it is allowed more than by default
//	# log: yes            that nobody sees Ollama's answer, which gets the request all the same
//	# known: REASON       why the analysis says something else, where it does
type door struct {
	name   string
	open   bool
	about  string
	ask    string
	fields map[string]string
	text   string
	// version of the Ollama behind it.
	version string
}

func readDoors(t *testing.T) []door {
	t.Helper()
	var all []door
	for _, folder := range []string{"open", "closed"} {
		files, err := filepath.Glob(filepath.Join(doorsDir, folder, "*.yaml"))
		must(t, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			must(t, err)
			d := door{name: strings.TrimSuffix(filepath.Base(file), ".yaml"), open: folder == "open", fields: map[string]string{}, text: string(data), version: ollama.Deployed.Version}
			lines := bufio.NewScanner(strings.NewReader(d.text))
			for lines.Scan() {
				line, comment := strings.CutPrefix(lines.Text(), "# ")
				if !comment {
					break
				}
				if key, value, ok := strings.Cut(line, ": "); ok && slices.Contains([]string{"ask", "header", "status", "served", "log", "known"}, key) {
					d.fields[key] = value
				} else {
					d.about = strings.TrimSpace(d.about + " " + line)
				}
			}
			d.ask = d.fields["ask"]
			if d.about == "" || d.ask == "" || d.open == (d.fields["status"] != "") {
				t.Errorf("%s: want comments that say what it is, whom to ask, and the status of one that is closed", file)
			}
			all = append(all, d)
		}
	}
	return all
}

func sharedDoors(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(doorsDir, "shared.yaml"))
	must(t, err)
	return string(data) + "---\n"
}

// addressed is a text with the addresses of the shared Ollama's pod and of the node, which no file can know.
func addressed(text, pod, node string) string {
	return strings.NewReplacer("POD_IP", pod, "NODE_IP", node).Replace(text)
}

// analysed is what hearth vet says of a world: of who gets in, and whether that is an error.
func (d door) analysed(checker *vet.Checker, shared string) (findings []vet.Finding, refused bool) {
	for _, f := range checker.Objects(d.name, []byte(addressed(shared+d.text, "10.244.0.99", "172.18.0.2"))).Findings {
		if f.Rule == reach.OllamaExposed || f.Rule == reach.ExposureUnseen || f.Rule == "build" {
			findings = append(findings, f)
			refused = refused || f.Severity == problem.Error
		}
	}
	return findings, refused
}

// agrees reports whether the analysis says what is so: an open door is found, or what cannot be followed is named; a closed one
// is no error.
func (d door) agrees(findings []vet.Finding, refused bool) bool {
	if d.open {
		return len(findings) > 0
	}
	return !refused
}

// said is the findings in a few words.
func said(findings []vet.Finding) string {
	var words []string
	for _, f := range findings {
		words = append(words, fmt.Sprintf("%s (%s) of %s/%s: %s", f.Rule, f.Severity, f.Object.Kind, f.Object.Name, f.Message))
	}
	return strings.Join(words, "; ")
}

// TestDoorsAnalysed holds hearth vet to what real controllers were seen to do: the folders say it, and [TestDoors] holds these to
// the controllers.
func TestDoorsAnalysed(t *testing.T) {
	shared, checker := sharedDoors(t), vet.New()
	if findings, _ := (door{name: "shared"}).analysed(checker, shared); len(findings) > 0 {
		t.Errorf("the shared objects alone: %s", said(findings))
	}
	for _, d := range append(readDoors(t), door{name: "shared", text: shared}) {
		for _, m := range regexp.MustCompile(`image: (.*)`).FindAllStringSubmatch(d.text, -1) {
			if !slices.Contains([]string{ollama.Deployed.Ref(), images.Traefik().Ref, images.SocatRef}, m[1]) {
				t.Errorf("%s: the image %s is not among those that the node has", d.name, m[1])
			}
		}
	}
	for _, d := range readDoors(t) {
		t.Run(d.name, func(t *testing.T) {
			findings, refused := d.analysed(checker, shared)
			switch agrees, known := d.agrees(findings, refused), d.fields["known"]; {
			case agrees && known != "":
				t.Errorf("the analysis agrees: take the line away that says %q", known)
			case !agrees && known == "" && d.open:
				t.Error("open, and nothing found")
			case !agrees && known == "":
				t.Errorf("closed, and found: %s", said(findings))
			}
		})
	}
}

// seenDoor is what came of asking: a status, or refused, for each controller, or for the node.
type seenDoor struct {
	door
	strict, lenient string
	logged          bool
}

const notTraefik = "-"

// wrong says what is not as the world has it.
func (s seenDoor) wrong() string {
	answered := fmt.Sprintf("strict: %s, lenient: %s, in Ollama's log: %v", s.strict, s.lenient, s.logged)
	ok := false
	switch {
	case !s.open:
		ok = s.strict == s.fields["status"] && s.lenient != opened && !s.logged
	case s.fields["log"] != "":
		ok = s.strict != opened && s.lenient != opened && s.logged
	case s.fields["served"] == "lenient":
		ok = s.strict != opened && s.lenient == opened && s.logged
	default:
		ok = s.strict == opened && (s.lenient == opened || s.lenient == notTraefik) && s.logged
	}
	if ok {
		return ""
	}
	return s.name + ": " + answered
}

// opened is what an Ollama that answers gives.
const opened = "200, from Ollama"

// doors asks real controllers, from outside and without a password, and holds the worlds to what they do.
func (s *suite) doors(t *testing.T) []seenDoor {
	started := time.Now()
	e := &exposure{suite: s}
	traefik := images.Traefik()
	for _, file := range []string{"kubernetes-crd-definition-v1.yml", "kubernetes-crd-rbac.yml", "kubernetes-gateway-rbac.yml"} {
		e.applyModule(t, traefik.Module, "docs/content/reference/dynamic-configuration/"+file)
	}
	for _, kind := range []string{"gatewayclasses", "gateways", "httproutes", "grpcroutes", "referencegrants", "backendtlspolicies"} {
		e.applyModule(t, images.GatewayAPI(), "config/crd/standard/gateway.networking.k8s.io_"+kind+".yaml")
	}
	e.kubectl(t, "wait", "--for=condition=Established", "crd", "--all", "--timeout=1m")
	manifest, err := os.ReadFile(filepath.Join(doorsDir, "traefik.yaml"))
	must(t, err)
	e.applyText(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: "+doorsTraefik+"}\n")
	of := strings.NewReplacer(ollama.Deployed.Ref(), s.pair.ollama.Ref())
	shared := of.Replace(sharedDoors(t))
	e.applyText(t, shared)
	for _, c := range doorControllers {
		e.applyText(t, strings.NewReplacer("NAME", c.name, "PORTS", c.ports, "LENIENT", c.lenient, "image: IMAGE", "image: "+traefik.Ref).Replace(string(manifest)))
		e.kubectl(t, "-n", doorsTraefik, "rollout", "status", "deployment/"+c.name, "--timeout=2m")
	}
	pod := e.waitReady(t, "doors", "ollama", nil, 2*time.Minute)

	all := readDoors(t)
	var texts []string
	for i := range all {
		all[i].version = s.pair.ollama.Version
		texts = append(texts, of.Replace(all[i].text))
	}
	node, err := e.Client.CoreV1().Nodes().Get(e.ctx, e.Node(), metav1.GetOptions{})
	must(t, err)
	address := node.Status.Addresses[0].Address
	e.applyText(t, addressed(strings.Join(texts, "---\n"), pod.Status.PodIP, address))
	for _, namespace := range []string{"doors", "doors-other"} {
		list, err := e.Client.AppsV1().Deployments(namespace).List(e.ctx, metav1.ListOptions{})
		must(t, err)
		for _, d := range list.Items {
			e.kubectl(t, "-n", namespace, "rollout", "status", "deployment/"+d.Name, "--timeout=2m")
		}
	}
	t.Logf("%d worlds applied after %s", len(all), time.Since(started).Round(time.Second))

	var seen []seenDoor
	look := func() (string, error) {
		seen = s.knock(all, address)
		logged, err := s.reachedOllama()
		if err != nil {
			return "", err
		}
		var wrong []string
		for i := range seen {
			seen[i].logged = logged[seen[i].name]
			if w := seen[i].wrong(); w != "" {
				wrong = append(wrong, w)
			}
		}
		return strings.Join(wrong, "\n"), nil
	}
	e.eventually(t, time.Minute, "every door is as it is written down", look)
	time.Sleep(3 * time.Second) // what a controller has not read yet looks closed
	if wrong, err := look(); err != nil || wrong != "" {
		t.Errorf("once more: %v\n%s", err, wrong)
	}
	return seen
}

// knock asks at every door, once.
func (s *suite) knock(all []door, address string) []seenDoor {
	seen := make([]seenDoor, len(all))
	slots := make(chan bool, 8)
	var run sync.WaitGroup
	for i, d := range all {
		seen[i] = seenDoor{door: d, lenient: notTraefik}
		slots <- true
		run.Go(func() {
			defer func() { <-slots }()
			if port, ok := strings.CutPrefix(d.ask, "node:"); ok {
				seen[i].strict = d.knock(s.ctx, net.JoinHostPort(address, port), "http", address)
				return
			}
			entry, host, _ := strings.Cut(d.ask, " ")
			port, scheme := fmt.Sprintf("%02s", strings.TrimPrefix(entry, "c")), "http"
			switch entry {
			case "web":
				port = "00"
			case "websecure":
				port, scheme = "30", "https"
			}
			seen[i].strict = d.knock(s.ctx, net.JoinHostPort(address, doorControllers[0].ports+port), scheme, host)
			seen[i].lenient = d.knock(s.ctx, net.JoinHostPort(address, doorControllers[1].ports+port), scheme, host)
		})
	}
	run.Wait()
	return seen
}

// knock asks who listens at an address for a host, as Ollama would be asked. The name of the door is in the request, and so in the
// log of an Ollama that gets it.
func (d door) knock(ctx context.Context, address, scheme, host string) string {
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+host+"/api/version?door="+d.name, nil)
	if err != nil {
		return err.Error()
	}
	if name, value, ok := strings.Cut(d.fields["header"], ": "); ok {
		request.Header.Set(name, value)
	}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // Traefik's own certificate; who comes is asked here, not who answers
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			},
		},
	}
	response, err := client.Do(request)
	if err != nil {
		return "refused"
	}
	defer response.Body.Close()
	var version struct{ Version string }
	if response.StatusCode == http.StatusOK && json.NewDecoder(io.LimitReader(response.Body, 1<<10)).Decode(&version) == nil && version.Version == d.version {
		return opened
	}
	return fmt.Sprint(response.StatusCode)
}

// reachedOllama are the doors whose requests are in the log of an Ollama.
func (s *suite) reachedOllama() (map[string]bool, error) {
	list, err := s.Client.CoreV1().Pods("doors").List(s.ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	reached := map[string]bool{}
	for _, p := range list.Items {
		if !slices.ContainsFunc(slices.Concat(p.Spec.InitContainers, p.Spec.Containers), func(c corev1.Container) bool { return c.Name == "ollama" }) {
			continue
		}
		data, err := s.Client.CoreV1().Pods(p.Namespace).GetLogs(p.Name, &corev1.PodLogOptions{Container: "ollama"}).DoRaw(s.ctx)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if _, name, ok := strings.Cut(line, "/api/version?door="); ok {
				reached[strings.Trim(strings.TrimSpace(name), `"`)] = true
			}
		}
	}
	return reached, nil
}

// TestDoors asks real controllers at every door, and writes down what they did and what hearth vet says.
func TestDoors(t *testing.T) {
	s := start(t, wants{full: true, relay: true})
	r, err := report.New(s.ctx, "..", report.Data{
		Title: "Doors to Ollama: what real controllers serve, and what hearth vet says", Name: "doors", Command: s.mode.FullRun(),
		Versions: []report.Version{
			{Program: "Traefik", Version: images.Traefik().Ref}, {Program: "Ollama", Version: ollama.Deployed.Ref()},
			{Program: "Gateway API's definitions", Version: images.GatewayAPI().Version}, {Program: "Kubernetes", Version: images.KubernetesVersion},
		},
		Missing: []string{
			"F5's controller: its images are in registries alone, and of its module's versions 5.5.4, 3.7.2, 1.12.6 and 1.12.5 the Go proxy serves the last alone, which knows no basic authentication and asks for networking.k8s.io/v1beta1, which Kubernetes 1.22 took away. What hearth vet says of its Ingresses, VirtualServers, Policies and TransportServers is analysis alone.",
			"ingress-nginx, HAProxy, Kong, Istio, OpenShift, Tailscale, cloud load balancers and other implementations of the Gateway API: analysis alone.",
			"TLSRoute, TCPRoute, UDPRoute: they are in the experimental channel of the Gateway API, which Traefik reads only where it is told to.",
			"NetworkPolicy in front of the doors: the network of a node that is built from source enforces none.",
		},
	})
	must(t, err)
	end := r.Begin("every door is open or closed as it is written down")
	seen := s.doors(t)
	end(!t.Failed())
	for _, open := range []bool{true, false} {
		title, what := "doors that are open", "what comes back"
		if !open {
			title = "doors that are closed"
		}
		done := r.Begin(title)
		table := report.Table{Columns: []string{"door", "is", "asked", what, "where more is allowed", "hearth vet"}}
		agree := 0
		for _, d := range seen {
			if d.open != open {
				continue
			}
			findings, refused := d.analysed(vet.New(), sharedDoors(t))
			says := verdict(findings)
			if d.agrees(findings, refused) {
				agree++
			} else {
				says = "**" + says + "**: " + d.fields["known"]
			}
			answered := d.strict
			if d.fields["log"] != "" {
				answered += ", and Ollama got it"
			}
			table.Rows = append(table.Rows, []string{"`" + d.name + "`", d.about, d.ask, answered, d.lenient, says})
			t.Logf("%-35s %-16s %-16s %s", d.name, d.strict, d.lenient, says)
		}
		r.Figure("doors", float64(len(table.Rows)), "")
		r.Figure("of which hearth vet says so", float64(agree), "")
		r.Step(func(s *report.Step) { s.Tables = append(s.Tables, table) })
		done(!t.Failed())
	}
	if !t.Failed() {
		must(t, r.Write("../docs/reports"))
	}
}

// verdict is the findings in a cell: each object once, the worst of it.
func verdict(findings []vet.Finding) string {
	var words []string
	for _, f := range findings {
		word := string(f.Severity) + " at " + f.Object.Kind
		if f.Rule == reach.ExposureUnseen {
			word = "cannot tell at " + f.Object.Kind
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}
