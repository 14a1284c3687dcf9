package reach

import (
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
)

// The ports that the programs listen at unless told otherwise.
const (
	ollamaPort = 11434 // Ollama, envconfig/config.go, Host
	chatPort   = 8080  // Open WebUI, backend/start.sh, PORT
	vllmPort   = 8000  // vLLM, docs/configuration/serve_args.md, --port
	rpcPort    = v1alpha1.EngineRPCPort
)

// ProgramsOf are those that a container runs. It goes by what the image is
// called, what is run, the variables and the ports: a mirror, another build or
// both programs in one image change none of that. nil for any other program, and
// for one that asks Ollama and does not serve.
func ProgramsOf(c objects.Container) []Program {
	var all []Program
	if runsOllama(c) {
		all = append(all, Ollama)
	}
	if runsChat(c) {
		all = append(all, OpenWebUI)
	}
	if runsVLLM(c) {
		all = append(all, VLLM)
	}
	if slices.ContainsFunc(runs(c), func(word string) bool { return slices.Contains(rpcServers, path.Base(word)) }) {
		all = append(all, LlamaRPC)
	}
	return all
}

// words are those of a text, as a shell or a name separates them.
func words(text string, separators string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) })
}

// name is the last part of a container's image, without tag.
func name(c objects.Container) string { return path.Base(objects.Repository(c.Image)) }

// labelled reports whether a container and its pod have the name of a program.
func labelled(c objects.Container, program string) bool {
	return c.Name == program && c.Pod.Meta.Labels["app.kubernetes.io/name"] == program
}

func has(c objects.Container, port int32) bool {
	for _, p := range c.Ports {
		if p.ContainerPort == port {
			return true
		}
	}
	return false
}

// runs are the words that a container is started with.
func runs(c objects.Container) []string {
	return words(strings.Join(slices.Concat(c.Command, c.Args), " "), " \t\n;|&(){}'\"`")
}

// serves reports whether a container is started with a program's verb for that.
func serves(c objects.Container, program string) bool {
	run := runs(c)
	for i := range len(run) - 1 {
		if path.Base(run[i]) == program && run[i+1] == "serve" {
			return true
		}
	}
	return false
}

func runsOllama(c objects.Container) bool {
	image := name(c)
	if image == "ollama" || labelled(c, "ollama") {
		return !client(c)
	}
	if serves(c, "ollama") {
		return true
	}
	if guards(c) != Open { // a proxy may listen at the port of what it guards
		return false
	}
	switch {
	case has(c, ollamaPort), serverVariable(c):
		return true
	case runsChat(c):
		return called(c) // a chat image with Ollama in it
	}
	return false
}

// called reports whether Ollama is a part of the name or the tag of an image.
func called(c objects.Container) bool {
	return slices.Contains(words(name(c)+"-"+c.Image[len(objects.Repository(c.Image)):], "-_.:@"), "ollama")
}

// client reports whether a container with Ollama's image runs a command of it
// that asks a server, such as ollama pull.
func client(c objects.Container) bool {
	run := runs(c)
	if len(run) == 0 || slices.Contains(run, "serve") {
		return false
	}
	return slices.ContainsFunc(run, func(word string) bool {
		return slices.Contains([]string{"pull", "list", "ls", "run", "create", "ps", "show", "rm", "cp", "push", "stop"}, word)
	})
}

// serverVariable reports whether a container has a variable that only a server
// reads, or an address to listen at.
func serverVariable(c objects.Container) bool {
	for _, v := range c.Env {
		switch v.Name {
		case "OLLAMA_HOST":
			if addr, err := netip.ParseAddr(listenHost(v.Value)); err == nil && addr.IsUnspecified() {
				return true
			}
		case "OLLAMA_MODELS", "OLLAMA_KEEP_ALIVE", "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE", "OLLAMA_FLASH_ATTENTION", "OLLAMA_KV_CACHE_TYPE":
			return true
		}
	}
	return false
}

func runsChat(c objects.Container) bool {
	if image := name(c); image == "open-webui" || image == "ollama-webui" || labelled(c, "open-webui") {
		return true
	}
	if strings.Contains(strings.ReplaceAll(name(c), "_", "-"), "open-webui") && has(c, chatPort) {
		return true
	}
	for _, v := range c.Env {
		switch v.Name {
		case "WEBUI_AUTH", "WEBUI_SECRET_KEY", "WEBUI_URL", "WEBUI_ADMIN_EMAIL", "WEBUI_AUTH_TRUSTED_EMAIL_HEADER":
			return true
		}
	}
	return false
}

// runsVLLM reports whether a container is a server of vLLM's: by the name of its
// image, by what it is started with, or by a variable that only a server reads.
func runsVLLM(c objects.Container) bool {
	if guards(c) != Open { // a proxy may have the key, to send it on
		return false
	}
	if slices.Contains(words(name(c), "-_"), "vllm") {
		return true
	}
	_, keyed := c.Variable("VLLM_API_KEY")
	return keyed || serves(c, "vllm") || slices.Contains(runs(c), "vllm.entrypoints.openai.api_server")
}

// argument is the value of a flag that a container is started with, as --flag value
// or --flag=value; the last result is false where it has none.
func argument(c objects.Container, flag string) (string, bool) {
	run := runs(c)
	for i, word := range run {
		if value, has := strings.CutPrefix(word, flag+"="); has {
			return value, true
		}
		if word == flag && i+1 < len(run) {
			return run[i+1], true
		}
	}
	return "", false
}

// oneOfGroup reports whether vLLM is one of several ranks, which speak to each other
// at ports of their choice, and ask nobody who it is.
func oneOfGroup(c objects.Container) bool {
	_, nodes := argument(c, "--nnodes")
	return nodes || headless(c)
}

// headless reports whether vLLM is a rank that serves no clients.
func headless(c objects.Container) bool { return slices.Contains(runs(c), "--headless") }

// listensVLLM are the ports of vLLM's server. A rank that is headless has none.
func listensVLLM(c objects.Container) []int32 {
	if host, has := argument(c, "--host"); headless(c) || has && local(host) {
		return nil
	}
	if text, has := argument(c, "--port"); has {
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			return []int32{int32(n)}
		}
	}
	return []int32{vllmPort}
}

// rpcServers are the names of llama.cpp's program that lends its devices to others:
// tools/rpc/CMakeLists.txt, before and after it was renamed.
var rpcServers = []string{"rpc-server", "ggml-rpc-server"}

// listensRPC are the ports of llama.cpp's RPC server (tools/rpc/rpc-server.cpp),
// which listens for its own host unless told otherwise.
func listensRPC(c objects.Container) []int32 {
	value := func(long, short string) string {
		text, has := argument(c, long)
		if !has {
			text, _ = argument(c, short)
		}
		return text
	}
	if host := value("--host", "-H"); host == "" || local(host) {
		return nil
	}
	if n, err := strconv.ParseInt(value("--port", "-p"), 10, 32); err == nil {
		return []int32{int32(n)}
	}
	return []int32{rpcPort}
}

// listenHost is the host of OLLAMA_HOST, which may have a scheme and a port.
func listenHost(value string) string {
	if _, after, has := strings.Cut(value, "://"); has {
		value = after
	}
	value, _, _ = strings.Cut(strings.Trim(strings.TrimSpace(value), `"'`), "/")
	if strings.HasPrefix(value, "[") {
		host, _, _ := strings.Cut(value[1:], "]")
		return host
	}
	if i := strings.LastIndex(value, ":"); i >= 0 && strings.Count(value, ":") == 1 {
		value = value[:i]
	}
	return value
}

// listens are the ports that a program in a container listens at for other pods,
// besides those that the container declares.
func listens(c objects.Container, p Program) []int32 {
	if p == VLLM {
		return listensVLLM(c)
	}
	if p == LlamaRPC {
		return listensRPC(c)
	}
	if p == OpenWebUI {
		if v, set := c.Variable("PORT"); set && v.ValueFrom == nil {
			if n, err := strconv.ParseInt(v.Value, 10, 32); err == nil {
				return []int32{int32(n)}
			}
		}
		return []int32{chatPort}
	}
	v, set := c.Variable("OLLAMA_HOST")
	if !set {
		if runsChat(c) { // whose image sets no address, so that Ollama listens for itself alone
			return nil
		}
		return []int32{ollamaPort}
	}
	if v.ValueFrom != nil || strings.Contains(v.Value, "$(") {
		return []int32{ollamaPort}
	}
	if local(listenHost(v.Value)) {
		return nil
	}
	if i := strings.LastIndex(v.Value, ":"); i >= 0 {
		if n, err := strconv.ParseInt(strings.TrimSuffix(v.Value[i+1:], "/"), 10, 32); err == nil {
			return []int32{int32(n)}
		}
	}
	return []int32{ollamaPort}
}

// certain reports whether a program listens at the ports of listens and at no
// other: an image of another name, a variable from elsewhere or a shell may have
// it otherwise.
func certain(c objects.Container, p Program) bool {
	image, variable := "ollama", "OLLAMA_HOST"
	switch p {
	case LlamaRPC: // whose arguments say it, in any image
		return !slices.ContainsFunc(runs(c), func(word string) bool { return strings.Contains(word, "$") })
	case OpenWebUI:
		image, variable = "open-webui", "PORT"
	case VLLM:
		image, variable = "vllm-openai", "--config" // a file, which may name another port
	}
	v, _ := c.Variable(variable)
	told := slices.ContainsFunc(slices.Concat(c.Command, c.Args), func(s string) bool { return strings.Contains(s, variable) })
	return name(c) == image && len(c.EnvFrom) == 0 && v.ValueFrom == nil && !strings.Contains(v.Value, "$(") && !told
}

// local reports whether a host is the pod itself.
func local(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// serving are a pod's containers with a program that a port of the pod leads to;
// others are those at that port that run something else. The port is a number or
// a name; "" is any.
func serving(p *objects.Pod, port string) (ends []stop, others []objects.Container) {
	var unclaimed []stop
	var rest []objects.Container
	claimed := false
	number, err := strconv.ParseInt(port, 10, 32)
	for _, c := range p.Containers() {
		if c.Init && (c.RestartPolicy == nil || *c.RestartPolicy != "Always") {
			continue
		}
		declares := port == ""
		for _, own := range c.Ports {
			declares = declares || own.Name == port || err == nil && own.ContainerPort == int32(number)
		}
		programs := ProgramsOf(c)
		if len(programs) == 0 {
			if declares {
				others, claimed = append(others, c), claimed || port != ""
			}
			rest = append(rest, c)
			continue
		}
		for _, program := range programs {
			at := listens(c, program)
			if len(at) == 0 {
				continue // for the pod itself alone
			}
			end := stop{program: program, container: &c}
			switch {
			case port == "", err == nil && slices.Contains(at, int32(number)), declares && len(programs) == 1:
				ends, claimed = append(ends, end), true
			case declares:
				claimed = true // another program's in the same container
			case !certain(c, program):
				unclaimed = append(unclaimed, end)
			}
		}
	}
	if !claimed && err == nil { // an image that nobody knows may listen anywhere
		return unclaimed, rest
	}
	return ends, others
}

// privateRanges reports whether there are ranges, and all of them private. What
// is none counts as public.
func privateRanges(ranges []string) bool {
	for _, text := range ranges {
		text = strings.TrimSpace(text)
		if p, err := netip.ParsePrefix(text); err == nil && v1alpha1.PrivateRange(p) {
			continue
		}
		if addr, err := netip.ParseAddr(text); err == nil && v1alpha1.PrivateRange(netip.PrefixFrom(addr, addr.BitLen())) {
			continue
		}
		return false
	}
	return len(ranges) > 0
}
