package vet

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// chatDeployedRules are about chats that cannot work as they are deployed.
func chatDeployedRules() []Rule {
	return []Rule{{
		ID: "chat-replicas", Severity: problem.Error, check: chatReplicas,
		Reason: "pods that share neither database nor sessions are chats of their own: people are signed out, miss what they wrote, and wait for answers that another pod got; and Chroma's files break where several open them",
		Fix:    "set replicas: 1; or DATABASE_URL of a PostgreSQL, WEBSOCKET_MANAGER=redis with WEBSOCKET_REDIS_URL and REDIS_URL, VECTOR_DB=pgvector or CHROMA_HTTP_HOST of a server, and a ReadWriteMany volume",
		Source: "https://docs.openwebui.com/getting-started/advanced-topics/scaling",
	}, {
		ID: "chat-data", Severity: problem.Error, check: chatStorage,
		Reason: "without a database elsewhere the chat keeps everything in one SQLite file: it is gone with a pod that has no volume for it, and breaks on a network file system, whose locks it cannot trust",
		Fix:    "mount a claim of block storage at the folder, or set DATABASE_URL of a PostgreSQL",
		Source: "https://www.sqlite.org/faq.html#q5; Open WebUI 0.9.4, env.py, DATA_DIR",
	}, {
		ID: "chat-url", Severity: problem.Error, check: chatURL,
		Reason: "the chat asks an address as it stands: without a scheme, at a port that the Service has not got or below another path nobody answers",
		Fix:    "write scheme, host and port: http://ollama:11434",
		Source: "Open WebUI 0.9.4, routers/ollama.py, routers/openai.py; docs: Environment Variable Configuration",
	}, {
		ID: "chat-sign-in", Severity: problem.Error, check: chatSignIn,
		Reason: "who signs in is sent to an address that is not the chat's, or the chat finds no provider there: nobody gets in",
		Fix:    "write OPENID_REDIRECT_URI=https://HOST/oauth/oidc/callback with the route's host, and OPENID_PROVIDER_URL with its /.well-known/openid-configuration",
		Source: "Open WebUI 0.9.4, utils/oauth.py; docs: Environment Variable Configuration",
	}}
}

// chatData is the folder of the chat's files in its image.
const chatData = "/app/backend/data"

// said is the value of a variable as far as the list shows it, and whether nothing
// else can set it.
func (in *input) said(c container, name string) (value string, certain bool) {
	if v, set := reach.Environment(in.Set, c.Container)(name); set {
		return v.Text, !v.Hidden && !strings.Contains(v.Text, "${")
	}
	return "", !slices.ContainsFunc(c.EnvFrom, func(from corev1.EnvFromSource) bool {
		return from.ConfigMapRef == nil || in.Find("", "ConfigMap", c.pod.Ref.Namespace, from.ConfigMapRef.Name) == nil
	})
}

// most is how many pods of a workload may run at once, besides those of a rollout.
func (in *input) most(p *pod) int {
	n := objects.Replicas(p.Whole)
	for i, ref := range in.Refs {
		target := objects.Child(in.All[i], "spec", "scaleTargetRef")
		if ref.Is("autoscaling", "HorizontalPodAutoscaler") && objects.Namespace(ref.Namespace) == objects.Namespace(p.Ref.Namespace) &&
			objects.Text(target, "kind") == p.Ref.Kind && objects.Text(target, "name") == p.Ref.Name {
			n = max(n, objects.Whole(objects.At(in.All[i], "spec", "maxReplicas"), 1))
		}
	}
	return n
}

// sqlite is the file in which the chat keeps its data; "" where that may be another
// database.
func (in *input) sqlite(c container) string {
	for _, name := range []string{"DATABASE_HOST", "DATABASE_TYPE"} {
		if value, certain := in.said(c, name); !certain || value != "" && value != "sqlite" {
			return ""
		}
	}
	folder, certain := in.said(c, "DATA_DIR")
	database, known := in.said(c, "DATABASE_URL")
	if !certain || !known {
		return ""
	}
	file, ok := strings.CutPrefix(database, "sqlite:///")
	switch {
	case database == "":
		return path.Join(cmp.Or(folder, chatData), "webui.db")
	case ok:
		if path.IsAbs(file) {
			return path.Clean(file)
		}
		return path.Join("/app/backend", file) // the image's working folder
	}
	return ""
}

// chromaFile reports whether the chat keeps its vectors in files of its own.
func (in *input) chromaFile(c container) bool {
	kind, certain := in.said(c, "VECTOR_DB")
	server, known := in.said(c, "CHROMA_HTTP_HOST")
	return certain && known && (kind == "" || kind == "chroma") && server == ""
}

func chatReplicas(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		n := in.most(c.pod)
		if n < 2 {
			continue
		}
		var alone []string
		if in.sqlite(c) != "" {
			alone = append(alone, "no database that they share")
		}
		if manager, certain := in.said(c, "WEBSOCKET_MANAGER"); certain && manager != "redis" && !c.off("ENABLE_WEBSOCKET_SUPPORT") {
			alone = append(alone, "no sessions that they share")
		}
		if in.chromaFile(c) {
			alone = append(alone, "no vectors that they share")
		}
		for _, v := range c.pod.Spec.Volumes {
			if v.PersistentVolumeClaim == nil {
				continue
			}
			if mode := in.oneNode(c.pod.Ref.Namespace, v.PersistentVolumeClaim.ClaimName); mode != "" {
				alone = append(alone, "the "+string(mode)+" volume "+v.PersistentVolumeClaim.ClaimName)
			}
		}
		if len(alone) > 0 {
			found = append(found, Finding{Object: c.pod.Ref, Path: "spec.replicas", Message: fmt.Sprintf("%d pods, with %s", n, strings.Join(alone, ", "))})
		}
	}
	return found
}

// mounted is the volume that a path of a container is in.
func (c container) mounted(at string) (mount corev1.VolumeMount, volume corev1.Volume, found bool) {
	for _, m := range c.VolumeMounts {
		if folder := path.Clean(m.MountPath); (at == folder || strings.HasPrefix(at, strings.TrimSuffix(folder, "/")+"/")) && len(m.MountPath) > len(mount.MountPath) {
			mount, found = m, true
		}
	}
	for _, v := range c.pod.Spec.Volumes {
		if v.Name == mount.Name {
			volume = v
		}
	}
	return mount, volume, found
}

func chatStorage(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		for _, m := range c.VolumeMounts {
			if at := path.Clean(m.MountPath); m.SubPath == "" && (at == "/app" || at == "/app/backend") && len(c.Command) == 0 {
				found = append(found, c.finding("volumeMounts["+m.Name+"].mountPath", "%s hides the program, which the image has there", at))
			}
		}
		file := in.sqlite(c)
		if file == "" {
			continue
		}
		mount, volume, isMounted := c.mounted(file)
		field := "volumeMounts[" + mount.Name + "]"
		switch why, certain := in.unfit(c.pod, volume); {
		case !isMounted:
			found = append(found, c.finding("volumeMounts", "no volume has %s: all that people write is gone with the container", file))
		case why == "":
		default:
			f := c.finding(field, "%s is on %s", file, why)
			if !certain {
				f.Severity = problem.Warning
			}
			found = append(found, f)
		}
	}
	return found
}

// unfit is why a volume cannot hold a database's file; not certain where its
// class has the name alone.
func (in *input) unfit(p *pod, v corev1.Volume) (why string, certain bool) {
	const shared = ", a network file system"
	switch {
	case v.EmptyDir != nil, v.Ephemeral != nil:
		return "a volume that is gone with the pod", true
	case v.NFS != nil:
		return "NFS" + shared, true
	case v.CSI != nil && network(v.CSI.Driver):
		return v.CSI.Driver + shared, true
	}
	claim, ok := in.claim(p, v.Name)
	if !ok {
		return "", true
	}
	if o := in.Find("", "PersistentVolume", "", claim.Spec.VolumeName); o != nil && claim.Spec.VolumeName != "" {
		switch driver := objects.Text(o, "spec", "csi", "driver"); {
		case objects.Child(o, "spec", "nfs") != nil:
			return "NFS" + shared, true
		case network(driver):
			return driver + shared, true
		}
		return "", true
	}
	if class := claim.Spec.StorageClassName; class != nil && network(*class) {
		return "the class " + *class + ": by its name a network file system", false
	}
	return "", true
}

// network reports whether a driver's or a class's name is of a network file system.
func network(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '.' || r == '_' }), func(word string) bool {
		return slices.Contains([]string{"nfs", "smb", "cifs", "efs", "azurefile", "nfs4", "samba"}, word)
	})
}

// chatServerURLs are variables with addresses that the chat asks, and what is
// between several of them.
var chatServerURLs = map[string]string{
	"OLLAMA_BASE_URL": "", "OLLAMA_BASE_URLS": ";", "OPENAI_API_BASE_URL": "", "OPENAI_API_BASE_URLS": ";",
	"RAG_OLLAMA_BASE_URL": "", "RAG_OPENAI_API_BASE_URL": "", "WEBUI_URL": "", "OPENID_PROVIDER_URL": "", "OPENID_REDIRECT_URI": "",
}

func chatURL(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		for _, v := range c.Env {
			separator, is := chatServerURLs[v.Name]
			value, certain := in.said(c, v.Name)
			if !is || !certain || value == "" || strings.HasPrefix(value, "/") { // a path is the image's own
				continue
			}
			all := []string{value}
			if separator != "" {
				all = strings.Split(value, separator)
			}
			for _, one := range all {
				if wrong := in.wrongURL(c, v.Name, strings.TrimSpace(one)); wrong != "" {
					found = append(found, c.finding("env["+v.Name+"]", "%s", wrong))
				}
			}
		}
		if value, certain := in.said(c, "WEBUI_URL"); certain {
			if hosts, other := in.elsewhere(c, value); other {
				f := c.finding("env[WEBUI_URL]", "%q is another host than the route's: %s", value, strings.Join(hosts, ", "))
				f.Severity, f.Fix = problem.Warning, "write the address that people use: sign-in and links lead there"
				found = append(found, f)
			}
		}
	}
	return found
}

// wrongURL is what is wrong with one address; "" if nothing is known to be.
func (in *input) wrongURL(c container, name, text string) string {
	if text == "" {
		return ""
	}
	scheme, rest, has := strings.Cut(text, "://")
	if !has || scheme != "http" && scheme != "https" {
		return fmt.Sprintf("%q does not begin with http:// or https://", text)
	}
	if strings.ContainsAny(rest, ", ") && strings.Contains(rest, "://") {
		return fmt.Sprintf("%q is one address to the chat: it has ; between several", text)
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return fmt.Sprintf("%q is no address", text)
	}
	if !strings.Contains(name, "OLLAMA") && !strings.Contains(name, "OPENAI") {
		return ""
	}
	at := strings.TrimRight(u.Path, "/")
	switch {
	case strings.Contains(name, "OLLAMA") && (at == "/api" || at == "/v1"):
		return fmt.Sprintf("%q has a path, and the chat adds /api/... itself", text)
	case strings.Contains(name, "OPENAI") && at == "" && u.Port() == "11434":
		return fmt.Sprintf("%q is Ollama, whose OpenAI API is below /v1", text)
	}
	service, namespace, ok := v1alpha1.ServiceOf(u.Hostname(), objects.Namespace(c.pod.Ref.Namespace))
	if !ok {
		return ""
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[scheme])
	var ports []string
	for _, i := range in.ServicesNamed(namespace, service) {
		if s := in.Services[i]; s.Spec.ClusterIP == corev1.ClusterIPNone || s.Spec.Type == corev1.ServiceTypeExternalName {
			return "" // the pod's own ports count
		}
		for _, p := range in.Services[i].Spec.Ports {
			ports = append(ports, fmt.Sprint(p.Port))
		}
	}
	if len(ports) > 0 && !slices.Contains(ports, port) {
		return fmt.Sprintf("%q means port %s, and Service/%s has %s", text, port, service, strings.Join(ports, ", "))
	}
	return ""
}

// elsewhere are the hosts of the routes that lead to the chat, and whether an
// address has none of them.
func (in *input) elsewhere(c container, text string) (hosts []string, other bool) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, false
	}
	for _, r := range in.reach().Routes {
		if !slices.ContainsFunc(in.behind(r), func(p pod) bool { return p.Ref == c.pod.Ref }) {
			continue
		}
		for _, b := range r.Branches {
			for _, h := range b.Hosts {
				wild, isWild := strings.CutPrefix(h, "*")
				if h == "" || strings.Contains(h, "$") || strings.EqualFold(h, u.Hostname()) || isWild && strings.HasSuffix(u.Hostname(), wild) {
					return nil, false
				}
				hosts = append(hosts, h)
			}
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts), len(hosts) > 0
}

func chatSignIn(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		if value, certain := in.said(c, "OPENID_PROVIDER_URL"); certain && strings.Contains(value, "://") && !strings.Contains(value, "/.well-known/") {
			found = append(found, c.finding("env[OPENID_PROVIDER_URL]", "%q is not the provider's description, which the chat reads from it as it stands", value))
		}
		value, certain := in.said(c, "OPENID_REDIRECT_URI")
		if u, err := url.Parse(value); !certain || err != nil || u.Host == "" {
			continue
		} else if !slices.Contains([]string{"/oauth/oidc/callback", "/oauth/oidc/login/callback"}, u.Path) {
			found = append(found, c.finding("env[OPENID_REDIRECT_URI]", "%q is no address at which the chat takes people back", value))
		}
		if hosts, other := in.elsewhere(c, value); other {
			found = append(found, c.finding("env[OPENID_REDIRECT_URI]", "%q is another host than the route's: %s", value, strings.Join(hosts, ", ")))
		}
	}
	return found
}
