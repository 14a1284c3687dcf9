package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/browser"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
	"github.com/hearth-dev/hearth/e2e/internal/report"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/doctor"
	"github.com/hearth-dev/hearth/internal/secrets"
	"github.com/hearth-dev/hearth/internal/verify"
)

// The names in testdata/deferred.yaml and testdata/identity.yaml, besides those of the chat and of the exposed API.
const (
	authHost     = "auth.e2e.internal"
	apiNamespace = "ollama"
	gpu          = "nvidia.com/gpu"
)

// TestDeferredStack is hermetic: what a cluster is given later can be rendered, and oauth2-proxy has the flags that the page names.
func TestDeferredStack(t *testing.T) {
	documents.generates(t, "testdata/deferred.yaml")

	page, err := os.ReadFile("../docs/how-to.md")
	must(t, err)
	_, section, _ := strings.Cut(string(page), "\n## Sign-in for an API, by tokens\n")
	section, _, _ = strings.Cut(section, "\n## ")
	manifest, err := os.ReadFile("testdata/identity.yaml")
	must(t, err)
	flags := regexp.MustCompile("`(--[a-z0-9=:/-]+)`").FindAllStringSubmatch(section, -1)
	if len(flags) < 4 {
		t.Errorf("%d flags were found in the page, there were 4 and more", len(flags))
	}
	for _, flag := range flags {
		if flag[1] != "--oidc-extra-audience" && !strings.Contains(string(manifest), "- "+flag[1]) {
			t.Errorf("testdata/identity.yaml lacks %s", flag[1])
		}
	}
}

// deferred is a stack with what the first document left for later, and an identity provider.
type deferred struct {
	*chat
	person       browser.Person // whom the provider knows, and nobody else
	chatKey, key string         // the clients' secrets
	addresses    map[string]string
}

// TestDeferred runs the how-tos for what the first document left for later: a chat that signs people in at an identity provider,
// an API behind tokens of it, several models in memory, and a pod that wants a graphics processor.
func TestDeferred(t *testing.T) {
	dex, proxy := images.Dex(), images.OAuth2Proxy()
	s := start(t, wants{
		full: true, chat: true, namespaces: []string{chatNamespace, apiNamespace}, addons: []images.Addon{dex, proxy},
		models: []ollama.Model{ollama.SmolLM2(), ollama.MiniLM(), ollama.Gemma3()},
	})
	d := &deferred{
		chat: &chat{
			through: traefikController(), exposure: &exposure{suite: s, folder: "/hearth/deferred"},
			admin: browser.Person{Name: "Ann", Email: "ann@e2e.internal"},
		},
		person:  browser.Person{Name: "ben", Email: "ben@e2e.internal", Password: rand.Text()},
		chatKey: rand.Text(), key: rand.Text(),
	}
	var err error
	d.shots, err = os.MkdirTemp("", "hearth-e2e-deferred-")
	must(t, err)
	d.report, err = report.New(s.ctx, "..", report.Data{
		Title: "What the first document left for later", Name: "deferred", Command: s.mode.FullRun(),
		Versions: []report.Version{
			{Program: "Open WebUI", Version: images.OpenWebUIDeployed.Ref()}, {Program: "Ollama", Version: ollama.Deployed.Ref()},
			{Program: "Dex", Version: dex.Ref}, {Program: "oauth2-proxy", Version: proxy.Ref},
			{Program: "Traefik", Version: images.Traefik().Ref}, {Program: "Kubernetes", Version: images.KubernetesVersion},
		},
		Missing: []string{
			"A model on a graphics processor: the machine has none. The node says that it has one, and the model computes on the CPU.",
			"Keycloak, Authelia and other providers: they take the same fields, and only Dex was asked.",
		},
	})
	must(t, err)
	defer d.end(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
		need bool // the others cannot do without
	}{
		{"an identity provider, and the chat", d.deploys, true},
		{"sign-in at the provider", d.signsIn, false},
		{"an account by the admin's hand only", d.refusesUnknown, false},
		{"several models in memory", d.loadsTogether, false},
		{"an API behind tokens", d.takesTokens, false},
		{"a graphics processor", d.wantsDevice, false},
	} {
		end := d.report.Begin(part.name)
		passed := t.Run(part.name, part.run)
		end(passed)
		if !passed && part.need {
			t.FailNow()
		}
	}
}

// end keeps the report where everything passed.
func (d *deferred) end(t *testing.T) {
	if d.page != nil {
		d.page.Close()
	}
	for _, dir := range d.homes {
		_ = os.RemoveAll(dir) // Chromium may still write its last words
	}
	must(t, d.report.Write(d.shots))
	t.Logf("report and screenshots: %s", d.shots)
	if !t.Failed() {
		must(t, d.report.Write(chatReports))
	}
}

// deploys puts the provider behind Traefik, registers at it what hearth says, and deploys the chat.
func (d *deferred) deploys(t *testing.T) {
	d.startTraefik(t)
	d.stack = d.render(t, "testdata/deferred.yaml", d.folder)
	var err error
	d.authority, err = authority.New("hearth e2e")
	must(t, err)
	d.resolve(t, chatHost, "chat")
	node, _, _ := strings.Cut(d.options.Resolve[chatHost+":443"], ":")
	d.addresses = map[string]string{}
	for _, name := range []string{chatHost, host, authHost} {
		d.addresses[name+":443"], d.addresses[name+":80"] = node+":"+securePort, node+":"+webPort
	}
	d.options.Resolve = d.addresses

	traefik, err := d.Client.CoreV1().Services("traefik").Get(d.ctx, "traefik", metav1.GetOptions{})
	must(t, err)
	uris, err := generator.RedirectURIs(d.stack, "chat")
	must(t, err)
	if len(uris) != 1 {
		t.Fatalf("hearth prints %d redirect URIs, want one: %+v", len(uris), uris)
	}
	d.note("registered at Dex, as `hearth secrets` prints it: %s", uris[0].URI)
	hash, err := bcrypt.GenerateFromPassword([]byte(d.person.Password), 10)
	must(t, err)
	manifest, err := os.ReadFile("testdata/identity.yaml")
	must(t, err)
	pem := strings.ReplaceAll(strings.TrimSpace(string(d.authority.Certificate)), "\n", `\n`)
	d.applyText(t, strings.NewReplacer(
		"DEX_IMAGE", images.Dex().Ref, "PROXY_IMAGE", images.OAuth2Proxy().Ref, "TRAEFIK_ADDRESS", traefik.Spec.ClusterIP,
		"PERSON", d.person.Email, "HASH", string(hash), "CHATKEY", d.chatKey, "PROXYKEY", d.key, "COOKIEKEY", rand.Text()+"123456",
		"CALLBACK", uris[0].URI, "AUTHORITY", pem,
	).Replace(string(manifest)))
	pair, err := d.authority.Issue(authHost)
	must(t, err)
	secret, err := json.Marshal(&corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: "auth-tls", Namespace: "auth"}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Certificate, corev1.TLSPrivateKeyKey: pair.Key},
	})
	must(t, err)
	d.applyText(t, string(secret))
	d.waitReady(t, "auth", "dex", nil, 2*time.Minute)

	// The chat trusts the authority of Dex's certificate, and Ollama beside it that of the registry's.
	registry, err := d.Client.CoreV1().ConfigMaps(chatNamespace).Get(d.ctx, registryCA, metav1.GetOptions{})
	must(t, err)
	_, err = d.Client.CoreV1().ConfigMaps(chatNamespace).Create(d.ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "authorities"},
		Data:       map[string]string{"ca.crt": registry.Data["ca.crt"] + string(d.authority.Certificate)},
	}, metav1.CreateOptions{})
	must(t, err)

	d.give(t, "chat", chatHost, "ai/chat-tls")
	d.admin.Password = d.credential.Password
	d.deploy(t, "chat", traefik.Spec.ClusterIP)
	d.waitReady(t, chatNamespace, "open-webui", nil, 15*time.Minute)
	d.waitReady(t, chatNamespace, "ollama", nil, 10*time.Minute)
	d.eventually(t, 3*time.Minute, "the way in is green", func() (string, error) {
		row, _ := d.verify(t).Row("https", "")
		if row.Status != verify.Passed {
			return string(row.Status) + ": " + row.Detail, nil
		}
		return "", nil
	})
	d.page = d.browse(t, d.authority.Certificate)
}

// give makes the overlay's Secrets by hearth's own hand, with the host's certificate in the named one.
func (d *deferred) give(t *testing.T, overlay, host, certificate string) {
	t.Helper()
	pair, err := d.authority.Issue(host)
	must(t, err)
	needs, err := generator.Secrets(d.stack, overlay)
	must(t, err)
	d.makeSecrets(t, needs, secrets.Known{AdminEmail: d.admin.Email, Given: map[string]string{
		certificate + "/tls.crt": string(pair.Certificate), certificate + "/tls.key": string(pair.Key),
		"ai/open-webui/oidc-client-secret": d.chatKey,
	}})
}

// deploy applies an overlay with what the cluster's DNS does not know: where the registry's public name leads, and the provider's.
func (d *deferred) deploy(t *testing.T, name, traefik string) {
	t.Helper()
	registry, err := d.Client.CoreV1().Services(registryNamespace).Get(d.ctx, registryName, metav1.GetOptions{})
	must(t, err)
	alias := func(kind, workload, address, host string) string {
		return fmt.Sprintf("- target: {kind: %s, name: %s}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/template/spec/hostAliases\", "+
			"\"value\": [{\"ip\": %q, \"hostnames\": [%q]}]}]'\n", kind, workload, address, host)
	}
	patches := alias("Deployment", "ollama", registry.Spec.ClusterIP, publicRegistry)
	if traefik != "" {
		patches += alias("StatefulSet", "open-webui", traefik, authHost)
	}
	tree := t.TempDir()
	must(t, os.WriteFile(filepath.Join(tree, "kustomization.yaml"), []byte("resources: [../../overlays/"+name+"]\npatches:\n"+patches), 0o644))
	folder := d.folder + "/aliased/" + name
	must(t, d.CopyDir(d.ctx, tree, folder))
	t.Log(d.kubectl(t, "apply", "-k", folder))
}

// atProvider presses the chat's button and signs in at Dex.
func (d *deferred) atProvider(ctx context.Context, page *browser.Chat) error {
	if err := page.Open(ctx, page.URL+"/auth"); err != nil {
		return err
	}
	if err := page.Click(ctx, "button", "Continue with Dex"); err != nil {
		return err
	}
	if err := page.Type(ctx, "#login", d.person.Email); err != nil {
		return err
	}
	address, err := page.Address(ctx)
	if err == nil && !strings.HasPrefix(address, "https://"+authHost+"/") {
		err = fmt.Errorf("the button led to %s, want it at %s", address, authHost)
	}
	if err != nil {
		return err
	}
	if err := page.Type(ctx, "#password", d.person.Password); err != nil {
		return err
	}
	return page.Click(ctx, "#submit-login", "")
}

// signsIn goes to the provider and back, waits for the admin's consent, and asks the model.
func (d *deferred) signsIn(t *testing.T) {
	d.see(t, d.page, "the provider's button", func(ctx context.Context) error {
		if err := d.page.Open(ctx, d.page.URL+"/auth"); err != nil {
			return err
		}
		if err := d.page.Sees(ctx, d.page.Patience, "button", "Continue with Dex"); err != nil {
			return err
		}
		text, err := d.page.Text(ctx)
		if err == nil && strings.Contains(text, "Sign up") {
			err = errors.New("sign-up is closed, and the page offers it:\n" + text)
		}
		return err
	})
	d.see(t, d.page, "an account that waits", func(ctx context.Context) error {
		if err := d.atProvider(ctx, d.page); err != nil {
			return err
		}
		return d.page.Sees(ctx, d.page.Patience, "body", "Account Activation Pending")
	})
	d.note("signed in at Dex in %s; the account waits for the admin's consent", d.page.Version)
	d.consents(t)
	d.see(t, d.page, "signed in by the provider", func(ctx context.Context) error {
		if err := d.page.Open(ctx, d.page.URL+"/"); err != nil {
			return err
		}
		return d.page.Sees(ctx, d.page.Patience, "#chat-input", "")
	})
	token, err := browser.Look[string](d.ctx, d.page.Browser, "localStorage.token")
	must(t, err)
	var who struct{ Email, Role string }
	d.call(t, token, http.MethodGet, "https://"+chatHost+"/api/v1/auths/", nil, &who)
	if who.Email != d.person.Email || who.Role != "user" {
		t.Errorf("signed in is %+v, want %s, whom Dex knows, as a user", who, d.person.Email)
	}
	d.note("after the consent the chat opens for %s, as a %s, with the prompt", who.Email, who.Role)
}

// consents lets everybody in who waits, by the administrator of the Secret that hearth made.
func (d *deferred) consents(t *testing.T) {
	t.Helper()
	var session struct{ Token string }
	d.call(t, "", http.MethodPost, "https://"+chatHost+"/api/v1/auths/signin", map[string]string{"email": d.admin.Email, "password": d.admin.Password}, &session)
	var all struct {
		Users []struct{ ID, Email, Role string }
	}
	d.call(t, session.Token, http.MethodGet, "https://"+chatHost+"/api/v1/users/", nil, &all)
	found := false
	for _, user := range all.Users {
		if user.Email == d.person.Email {
			found = true
			if user.Role != "pending" {
				t.Errorf("a new account has the role %q, want pending", user.Role)
			}
			d.call(t, session.Token, http.MethodPost, "https://"+chatHost+"/api/v1/users/"+user.ID+"/update", map[string]string{"role": "user"}, nil)
		}
	}
	if !found || len(all.Users) != 2 {
		t.Fatalf("the accounts are %+v, want the admin's and %s", all.Users, d.person.Email)
	}
}

// refusesUnknown takes the account away, and the right to get one by the provider's word.
func (d *deferred) refusesUnknown(t *testing.T) {
	var session struct{ Token string }
	d.call(t, "", http.MethodPost, "https://"+chatHost+"/api/v1/auths/signin", map[string]string{"email": d.admin.Email, "password": d.admin.Password}, &session)
	var all struct{ Users []struct{ ID, Email string } }
	d.call(t, session.Token, http.MethodGet, "https://"+chatHost+"/api/v1/users/", nil, &all)
	for _, user := range all.Users {
		if user.Email == d.person.Email {
			d.call(t, session.Token, http.MethodDelete, "https://"+chatHost+"/api/v1/users/"+user.ID, nil, nil)
		}
	}
	traefik, err := d.Client.CoreV1().Services("traefik").Get(d.ctx, "traefik", metav1.GetOptions{})
	must(t, err)
	old, err := d.pod(chatNamespace, "open-webui")
	must(t, err)
	d.deploy(t, "known", traefik.Spec.ClusterIP)
	d.waitReady(t, chatNamespace, "open-webui", old, 10*time.Minute)
	stranger := d.browse(t, d.authority.Certificate)
	defer stranger.Close()
	d.see(t, stranger, "nobody without an account", func(ctx context.Context) error {
		if err := d.atProvider(ctx, stranger); err != nil {
			return err
		}
		return stranger.Until(ctx, stranger.Patience, "the way back with an error", "location.host == '"+chatHost+"' && location.href.includes('error=')")
	})
	d.call(t, session.Token, http.MethodGet, "https://"+chatHost+"/api/v1/users/", nil, &all)
	if len(all.Users) != 1 {
		t.Errorf("the accounts are %+v, want the admin's alone", all.Users)
	}
	d.note("with `oidc: {signUp: false}` whom Dex knows and the chat does not is sent back with an error, and gets no account")
}

// loadsTogether asks all models and wants them in memory together, within the limit that hearth worked out.
func (d *deferred) loadsTogether(t *testing.T) {
	client := &ollama.Client{URL: d.Config.Host + "/api/v1/namespaces/" + chatNamespace + "/services/ollama:http/proxy", HTTP: d.http}
	models := []string{"all-minilm:22m", "gemma3:270m", "smollm2:135m"}
	for _, model := range models[1:] {
		_, err := client.Generate(d.ctx, ollama.Question{Model: model, Prompt: "Tell me a story.", Threads: 1, MaxTokens: 40})
		must(t, err)
	}
	_, err := client.Embed(d.ctx, models[0], "a text")
	must(t, err)
	loaded, err := client.Loaded(d.ctx)
	must(t, err)
	if !slices.Equal(loaded, models) {
		t.Errorf("/api/ps has %v, want %v", loaded, models)
	}
	p, err := d.pod(chatNamespace, "ollama")
	must(t, err)
	limit := float64(p.Spec.Containers[0].Resources.Limits.Memory().Value()) / (1 << 20)
	set, anonymous := d.uses(t, chatNamespace, "deployment/ollama", "ollama")
	d.report.Figure("memory limit that hearth worked out", limit, "MiB")
	d.report.Figure("working set with three models in memory", set, "MiB")
	d.report.Figure("anonymous", anonymous, "MiB")
	d.note("`/api/ps`: %s", strings.Join(loaded, ", "))
	if restarts := p.Status.ContainerStatuses[0].RestartCount; set > limit || restarts != 0 {
		t.Errorf("%.0f MiB of %.0f, %d restarts", set, limit, restarts)
	}
	if base := d.stack.Overlay("chat").Bases[0]; anonymous > float64(base.Need().Required)/(1<<20) {
		t.Errorf("%.0f MiB are anonymous, more than the %s that hearth says are required", anonymous, base.Need().Sum())
	}
}

// takesTokens asks the API without a token, with a wrong one, and with the provider's.
func (d *deferred) takesTokens(t *testing.T) {
	d.waitReady(t, "auth", "oauth2-proxy", nil, 2*time.Minute)
	d.give(t, "api", host, "ollama/ollama-tls")
	d.deploy(t, "api", "")
	d.waitReady(t, apiNamespace, "ollama", nil, 10*time.Minute)
	look := *d.exposure
	look.options.Overlay, look.model = "api", "smollm2:135m"
	d.eventually(t, 2*time.Minute, "the row https is green", func() (string, error) {
		row, _ := look.verify(t).Row("https", "")
		if row.Status != verify.Passed {
			return string(row.Status) + ": " + row.Detail, nil
		}
		d.note("hearth verify, https: %s", row.Detail)
		return "", nil
	})
	token := d.token(t)
	for name, header := range map[string]string{"no token": "", "another's signature": "Bearer " + token[:strings.LastIndex(token, ".")+1] + "AAAA", "a word": "Bearer word"} {
		response := d.generate(t, header)
		must(t, response.Body.Close())
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %s, want 401", name, response.Status)
		}
	}
	response := d.generate(t, "Bearer "+token)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("with a token of Dex: %s", response.Status)
	}
	d.note("401 without a token, with a wrong signature and with a word; 200 with a token of Dex, streamed in %d pieces", streamed(t, response.Body))
}

// token is what the provider gives a program for the person's password.
func (d *deferred) token(t *testing.T) string {
	t.Helper()
	form := url.Values{"grant_type": {"password"}, "scope": {"openid email"}, "username": {d.person.Email}, "password": {d.person.Password}}
	request, err := http.NewRequestWithContext(d.ctx, http.MethodPost, "https://"+authHost+"/token", strings.NewReader(form.Encode()))
	must(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("ollama", d.key)
	response, err := d.outside().Do(request)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	var out struct {
		Token string `json:"id_token"`
	}
	if err := json.Unmarshal(body, &out); err != nil || out.Token == "" {
		t.Fatalf("Dex gives %s: %s", response.Status, body)
	}
	return out.Token
}

// generate asks the API from outside.
func (d *deferred) generate(t *testing.T, authorization string) *http.Response {
	t.Helper()
	question, err := json.Marshal(map[string]any{
		"model": "smollm2:135m", "prompt": "Tell me a story.", "options": map[string]any{"num_predict": 10 * short},
	})
	must(t, err)
	request, err := http.NewRequestWithContext(d.ctx, http.MethodPost, "https://"+host+"/api/generate", bytes.NewReader(question))
	must(t, err)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := d.outside().Do(request)
	must(t, err)
	return response
}

// outside reaches the hosts as people do, through Traefik.
func (d *deferred) outside() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: d.authority.Pool(), MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, d.addresses[address])
		},
	}}
}

// call asks the chat's API.
func (d *deferred) call(t *testing.T, token, method, url string, in, out any) {
	t.Helper()
	data, err := json.Marshal(in)
	must(t, err)
	request, err := http.NewRequestWithContext(d.ctx, method, url, bytes.NewReader(data))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := d.outside().Do(request)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s: %s", method, url, response.Status, body)
	}
	if out != nil {
		must(t, json.Unmarshal(body, out))
	}
}

// wantsDevice deploys onto a node that offers no processor, and has it offer one: an extended resource is counted by the
// scheduler whether a device plugin or a person has set it.
func (d *deferred) wantsDevice(t *testing.T) {
	row := func() verify.Row {
		found, err := doctor.Run(d.ctx, doctor.Options{Config: d.Config, Context: d.Context(), Stack: d.stack, Overlay: "gpu"}, nil)
		must(t, err)
		row, _ := found.Row("node", apiNamespace+"/ollama")
		return row
	}
	refused := func(want string) {
		t.Helper()
		if got := row(); got.Status != verify.Failed || !strings.Contains(got.Detail, want) {
			t.Errorf("hearth doctor: %+v, want it failed by %q", got, want)
		}
	}
	refused("lacks the label " + gpu + ".present=true")
	d.kubectl(t, "label", "node", d.Node(), gpu+".present=true")
	refused("too little " + gpu + ": 0 - 0 = 0 " + gpu)
	d.note("hearth doctor, without a device: %s", row().Detail)

	d.deploy(t, "gpu", "")
	d.eventually(t, 2*time.Minute, "the scheduler finds no node", func() (string, error) {
		p, err := d.pod(apiNamespace, "ollama")
		if err != nil || p == nil {
			return "no new pod yet", err
		}
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && strings.Contains(c.Message, "Insufficient "+gpu) {
				d.note("the scheduler meanwhile: %s", c.Message)
				return "", nil
			}
		}
		return describe(p), nil
	})
	d.kubectl(t, "patch", "node", d.Node(), "--subresource=status", "--type=json", "-p",
		`[{"op": "add", "path": "/status/capacity/nvidia.com~1gpu", "value": "1"}]`)
	p := d.waitReady(t, apiNamespace, "ollama", nil, 5*time.Minute)
	if limit := p.Spec.Containers[0].Resources.Limits[gpu]; limit.Value() != 1 || p.Spec.NodeName != d.Node() {
		t.Errorf("the pod on %s has %s of %s, want 1", p.Spec.NodeName, limit.String(), gpu)
	}
	answer, err := d.ollamaClient().Generate(d.ctx, ollama.Question{Model: "smollm2:135m", Prompt: "Tell me a story.", Threads: 1, MaxTokens: short})
	must(t, err)
	if answer.Tokens == 0 {
		t.Errorf("the pod with a device answers nothing: %+v", answer)
	}
	got := row()
	if got.Status != verify.Passed || !strings.Contains(got.Detail, "1 "+gpu) {
		t.Errorf("hearth doctor: %+v, want it passed", got)
	}
	d.note("hearth doctor, with one: %s", got.Detail)
}
