// Package secretscan decides whether a secret stands in clear in a value, an
// argument or a file, and says why. It is pure, and its time is linear in what
// it is given.
package secretscan

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

const (
	inClear   = "a secret's value in clear"
	urlInside = "a URL with a password in it"
)

// Value says why a value under a name is a secret in clear, "" if it is none.
// The value may be a whole file.
func Value(name, value string) string {
	if why := form(value); why != "" {
		return why
	}
	if named(name, value) {
		return inClear
	}
	return content(value)
}

// Text says why a text without a name, such as a file's, has a secret in clear.
func Text(text string) string {
	if why := form(text); why != "" {
		return why
	}
	return content(text)
}

// Argument is a secret in a command line.
type Argument struct {
	Index int
	Why   string
}

// Arguments finds secrets in a command with its arguments: --flag=value, --flag
// value, NAME=value and scripts.
func Arguments(args []string) []Argument {
	var found []Argument
	for i, arg := range args {
		why := form(arg)
		flag, value, joined := strings.Cut(arg, "=")
		switch {
		case why != "":
		case joined && !strings.ContainsAny(flag, " \t\n;") && named(flag, value):
			why = inClear + ", in " + flag
		case i > 0 && strings.HasPrefix(args[i-1], "-") && !strings.ContainsAny(args[i-1], "= \t\n") &&
			!strings.HasPrefix(arg, "-") && named(args[i-1], arg):
			why = inClear + ", of " + args[i-1]
		default:
			why = script(arg)
		}
		if why != "" {
			found = append(found, Argument{i, why})
		}
	}
	return found
}

// script looks at the words of a shell's text.
func script(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ';' })
	for i, word := range words {
		name, value, joined := strings.Cut(word, "=")
		if joined && bare(value) && named(name, unquote(value)) {
			return inClear + ", in " + name
		}
		if i > 0 && strings.HasPrefix(words[i-1], "--") && !strings.HasPrefix(word, "-") && bare(word) && named(words[i-1], unquote(word)) {
			return inClear + ", of " + words[i-1]
		}
	}
	return ""
}

// forms are tokens that their makers gave a beginning to be known by. The
// pattern, which is slow, runs only where one of the beginnings stands. Above
// each is the page that says it.
var forms = []struct {
	what   string
	begins []string
	is     func() *regexp.Regexp
}{
	// https://www.rfc-editor.org/rfc/rfc7468#section-10, and OpenSSL's and
	// OpenPGP's labels.
	{"a private key", []string{"-----BEGIN "}, lazyregexp.New(`-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----`)},
	// https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
	{"a token of GitHub's", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, token(`(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{36})`)},
	// https://docs.gitlab.com/security/tokens/#token-prefixes
	{"a token of GitLab's", []string{"glpat-", "gloas-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glagent-"},
		token(`gl(pat|oas|dt|rtr?|cbt|ptt|agent)-[A-Za-z0-9_-]{20}`)},
	// https://docs.slack.dev/tools/node-slack-sdk/reference/web-api/interfaces/OAuthV2ExchangeArguments
	{"a token of Slack's", []string{"xoxb-", "xoxp-"}, token(`xox[bp]-[0-9A-Za-z-]{10}`)},
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
	{"an access key of AWS's", []string{"AKIA", "ASIA"}, token(`(AKIA|ASIA)[A-Z2-7]{16}`)},
	// https://learn.microsoft.com/en-us/purview/sit-defn-google-api-key, which is
	// not the maker's.
	{"a key of Google's", []string{"AIza"}, token(`AIza[A-Za-z0-9_-]{35}`)},
	// https://github.com/openai/plugins, openai-platform-api-key
	{"a key of OpenAI's", []string{"sk-proj-"}, token(`sk-proj-[A-Za-z0-9_-]{16}`)},
	// https://platform.claude.com/docs/en/manage-claude/admin-api-keys
	{"a key of Anthropic's", []string{"sk-ant-"}, token(`sk-ant-[A-Za-z0-9_-]{16}`)},
	// https://huggingface.co/docs/huggingface.js/hub/interfaces/Credentials
	{"a token of Hugging Face's", []string{"hf_"}, token(`hf_[A-Za-z0-9]{30}`)},
	// https://docs.stripe.com/keys/restricted-api-keys
	{"a key of Stripe's", []string{"sk_live_", "rk_live_"}, token(`[rs]k_live_[A-Za-z0-9]{16}`)},
	// https://github.blog/security/announcing-npms-new-access-token-format
	{"a token of npm's", []string{"npm_"}, token(`npm_[A-Za-z0-9]{36}`)},
	// https://docs.pypi.org/api/secrets/
	{"a token of PyPI's", []string{"pypi-"}, token(`pypi-[A-Za-z0-9_-]{85}`)},
	// https://tailscale.com/docs/reference/key-prefixes
	{"a key of Tailscale's", []string{"tskey-"}, token(`tskey-[a-z]+-[A-Za-z0-9]{8}`)},
	// https://developer.hashicorp.com/vault/docs/concepts/tokens#token-formats
	{"a token of Vault's", []string{"hvs.", "hvb.", "hvr."}, token(`hv[sbr]\.[A-Za-z0-9_-]{24}`)},
	// https://www.rfc-editor.org/rfc/rfc7519#section-3.1: base64url of {"
	{"a JSON Web Token", []string{"eyJ"}, token(`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8}`)},
}

// token is a pattern that begins where a word does.
func token(pattern string) func() *regexp.Regexp {
	return lazyregexp.New(`(?:^|[^A-Za-z0-9_-])` + pattern)
}

var (
	// userInfo is a user and a password in front of a host. The password may have
	// slashes in it, though it should not.
	userInfo = lazyregexp.New(`://[^/\s:@"'<>\[\]]*:([^\s@"']+)@`)
	// port begins what is no password: http://host:8080/@x.
	port = lazyregexp.New(`^[0-9]{1,5}[/?#,]`)
	// query is one parameter of a URL or of a connection string.
	query = lazyregexp.New(`[?&;]([A-Za-z_][A-Za-z0-9_-]*)=([^&;\s"']+)`)
)

// form says what secret can be known without a name.
func form(text string) string {
	for _, f := range forms {
		if slices.ContainsFunc(f.begins, func(b string) bool { return strings.Contains(text, b) }) && f.is().MatchString(text) {
			return f.what + " in clear"
		}
	}
	if strings.Contains(text, "://") {
		for _, m := range userInfo().FindAllStringSubmatch(text, -1) {
			if !reference(m[1]) && !port().MatchString(m[1]) {
				return urlInside
			}
		}
	}
	for _, m := range query().FindAllStringSubmatch(text, -1) {
		if named(m[1], m[2]) {
			return inClear + ", in the parameter " + m[1]
		}
	}
	return ""
}

var (
	// always are last words of a name whose value is a secret.
	always = words("PASSWORD PASSWORDS PASSWD PASS PASSPHRASE PASSCODE PWD REQUIREPASS SECRET SECRETS TOKEN TOKENS CREDENTIAL CREDENTIALS CREDS APIKEY APIKEYS SECRETKEY ACCESSKEY ACCOUNTKEY PRIVATEKEY")
	// keys are what stands before KEY or KEYS in such a name.
	keys = words("API ACCESS SECRET PRIVATE STORAGE ACCOUNT ENCRYPTION SIGNING MASTER SUBSCRIPTION CONSUMER SESSION COOKIE DEPLOY SHARED ADMIN SERVICE LICENSE AUTH HMAC")
	// counts are of tokens that a model reads, which are counted.
	counts = words("MAX MIN NUM N COUNT LIMIT OUTPUT INPUT CHUNK OVERLAP TOTAL CONTEXT PREDICT BATCH PER")
	// pointers say that the value is the name of a Secret.
	pointers = words("EXISTING PULL TLS BASIC REF")
	literals = words("TRUE FALSE YES NO ON OFF NONE NULL NIL AUTO ENABLED DISABLED OPTIONAL REQUIRED T F Y N 0 1 STR STRING INT BYTES UNDEFINED")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// maxName is longer than any name somebody gives a secret.
const maxName = 256

// named reports whether the value is a secret by its name.
func named(name, value string) bool {
	value = strings.TrimSpace(value)
	if value == "" || len(name) > maxName || literals[strings.ToUpper(value)] || references(value) || elsewhere(value) {
		return false
	}
	parts := split(name)
	if len(parts) == 0 {
		return false
	}
	last, before := parts[len(parts)-1], ""
	if len(parts) > 1 {
		before = parts[len(parts)-2]
	}
	switch {
	case strings.EqualFold(name, value): // an argument handed on
		return false
	case last == "TOKEN" || last == "TOKENS":
		_, notNumber := strconv.ParseFloat(value, 64)
		special := strings.HasPrefix(value, "<|") && strings.HasSuffix(value, "|>") // of a model's vocabulary
		return !special && (notNumber != nil || len(value) > 7 && !slices.ContainsFunc(parts, func(p string) bool { return counts[p] }))
	case (last == "SECRET" || last == "SECRETS") && (pointers[before] || before == "AUTH"):
		return false
	case last == "PASS" && before == "PROXY": // nginx's proxy_pass
		return false
	case always[last]:
		return true
	case last == "KEY" || last == "KEYS":
		return keys[before] && !(before == "API" && keyless(value)) || random(value)
	case last == "AUTH" || last == "SALT" || last == "DSN":
		return random(value)
	}
	return false
}

// split is a name's words, in capitals: OPENAI_API_KEY, openaiApiKey and
// --openai-api-key have the same.
func split(name string) []string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsUpper(r) && lower:
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToUpper(r))
	}
	return strings.Fields(b.String())
}

// keyless reports whether each of an API's keys is a word for a server that wants
// none, of which a client demands one all the same.
func keyless(value string) bool {
	for v := range strings.SplitSeq(strings.ToLower(value), ";") {
		v = strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(v), "sk-"), "-", ""), "_", "")
		if !slices.Contains([]string{"", "dummy", "empty", "fake", "noauth", "nokey", "none", "nokeyneeded", "nokeyrequired", "notneeded", "notrequired", "notused", "placeholder", "unused"}, v) {
			return false
		}
	}
	return true
}

// references reports whether each of the values, between semicolons, is a
// reference, or there is none: $(A);;$(C).
func references(value string) bool {
	for v := range strings.SplitSeq(value, ";") {
		if v = strings.TrimSpace(v); v != "" && !reference(v) {
			return false
		}
	}
	return true
}

// reference reports whether the value only says where the secret is.
func reference(value string) bool {
	for _, r := range [][2]string{{"$(", ")"}, {"${", "}"}, {"{{", "}}"}, {"<", ">"}, {"%(", ")s"}} {
		if strings.HasPrefix(value, r[0]) && strings.HasSuffix(value, r[1]) {
			return true
		}
	}
	return variable().MatchString(value) || strings.Trim(value, "*xX.") == ""
}

var (
	variable = lazyregexp.New(`^\$[A-Za-z_][A-Za-z0-9_]*$`)
	path     = lazyregexp.New(`^(~|\.{1,2})?(/[a-z0-9._-]+){2,}/?$`)
	address  = lazyregexp.New(`^[a-z][a-z0-9+.-]*://`)
	digest   = lazyregexp.New(`(^|@)sha(256|512):[0-9a-f]{64,128}$`)
)

// elsewhere reports whether the value is a path, an address or a digest: form
// has looked for a password in the address.
func elsewhere(value string) bool {
	return path().MatchString(value) || address().MatchString(value) || digest().MatchString(value) || strings.HasPrefix(value, "-----BEGIN")
}

// random reports whether the value looks like made by a machine: 16 characters
// or more of base64 or hex, letters and digits mixed, with over 3 bits each: 16
// random hex digits have 3.2 on average.
func random(value string) bool {
	if len(value) < 16 || len(value) > 4096 {
		return false
	}
	var count [128]float64
	letters, digits := false, false
	for i := range len(value) {
		c := value[i]
		switch {
		case c >= '0' && c <= '9':
			digits = true
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			letters = true
		case !strings.ContainsRune("+/=_-", rune(c)):
			return false
		}
		count[c]++
	}
	bits, n := 0.0, float64(len(value))
	for _, c := range count {
		if c > 0 {
			bits -= c / n * math.Log2(c/n)
		}
	}
	return letters && digits && bits > 3
}

// content looks at a value that is a file: JSON, or lines of names and values,
// as .env, YAML, INI, TOML and properties have.
func content(text string) string {
	trimmed := strings.TrimSpace(text)
	if strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[{") {
		var tree any
		if json.Unmarshal([]byte(trimmed), &tree) == nil {
			return walk("", tree)
		}
	}
	if !strings.ContainsAny(trimmed, "=:") {
		return ""
	}
	n, opened := 0, "" // the name of a list's or an EnvVar's value
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || len(line) > 1<<16 {
			continue
		}
		line = strings.TrimPrefix(strings.TrimPrefix(line, "- "), "export ")
		name, value, ok := pair(line)
		if !ok {
			continue
		}
		switch {
		case name == "name":
			opened = value
			continue
		case name == "value" && opened != "":
			name, opened = opened, ""
		}
		if named(name, value) {
			return fmt.Sprintf("%s, in line %d, %s", inClear, n, name)
		}
	}
	return ""
}

// pair is the name and the value of a line.
func pair(line string) (name, value string, ok bool) {
	i := strings.IndexAny(line, "=:")
	if i < 0 {
		return "", "", false
	}
	name = unquote(strings.TrimSpace(line[:i]))
	value = strings.TrimSuffix(strings.TrimSpace(line[i+1:]), ",")
	if comment := strings.Index(value, " #"); comment >= 0 && !strings.ContainsAny(value[:1], `"'`) {
		value = strings.TrimSpace(value[:comment])
	}
	if name == "" || strings.ContainsAny(name, " \t({[") || !bare(value) {
		return "", "", false
	}
	return name, unquote(value), true
}

// bare reports whether the value is a text, not an expression of a program.
func bare(value string) bool {
	if value == "" {
		return false
	}
	return value[0] == '"' || value[0] == '\'' || !strings.ContainsAny(value, " \t()[]{}|")
}

func unquote(s string) string {
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// walk looks through a tree of JSON. An EnvVar's name stands beside its value,
// and a registry's auth is base64 of a password.
func walk(name string, tree any) string {
	switch tree := tree.(type) {
	case map[string]any:
		if key, ok := tree["name"].(string); ok && tree["value"] != nil {
			if why := walk(key, tree["value"]); why != "" {
				return why
			}
		}
		if tree["kind"] == "Secret" && (tree["data"] != nil || tree["stringData"] != nil) {
			return "a Secret with its values"
		}
		if _, ok := tree["auths"].(map[string]any); ok {
			for _, entry := range tree["auths"].(map[string]any) {
				if e, ok := entry.(map[string]any); ok && e["auth"] != nil && e["auth"] != "" {
					return "a registry's password in clear"
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(tree)) {
			if why := walk(key, tree[key]); why != "" {
				return why
			}
		}
	case []any:
		for _, item := range tree {
			if why := walk(name, item); why != "" {
				return why
			}
		}
	case string:
		if named(name, tree) {
			return inClear + ", in " + name
		}
	case float64:
		if named(name, strconv.FormatFloat(tree, 'f', -1, 64)) {
			return inClear + ", in " + name
		}
	}
	return ""
}
