package secretscan

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// parts keeps the tokens from being taken for real ones by whoever scans Git.
func parts(p ...string) string { return strings.Join(p, "") }

var alnum = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"

var secrets = [][2]string{
	{"POSTGRES_PASSWORD", "12345"}, {"POSTGRES_PASSWORD", "hunter2"}, {"AWS_SECRET_ACCESS_KEY", "abc"},
	{"S3_ACCESS_KEY", "abc"}, {"OPENAI_API_KEYS", "sk-a;sk-b"}, {"OPENAI_API_KEYS", ";$(A);sk-b"}, {"API_KEY", "$(A);sk-b;$(C)"}, {"AZURE_STORAGE_KEY", "abc"}, {"LDAP_APP_PASS", "x1"},
	{"LDAP_APP_PASSWORD", "x1"}, {"openaiApiKey", "k"}, {"--api-key", "k"}, {"client-secret", "s"}, {"DB_PASSWD", "p"},
	{"KEY_PASSPHRASE", "p"}, {"MYSQL_PWD", "p"}, {"GIT_CREDENTIALS", "p"}, {"HF_TOKEN", "hf_abc"}, {"TOKEN", "12345678"},
	{"WEBUI_SECRET_KEY", "t0p"}, {"WEBUI_SECRET_KEY", "123e4567-e89b-12d3-a456-426614174000"}, {"ENCRYPTION_KEY", "k"},
	{"SIGNING_KEY", "k"}, {"MASTER_KEY", "k"}, {"redis_requirepass", "p"}, {"apikey", "k"}, {"X_KEY", alnum}, {"X_KEYS", alnum},
	{"SESSION_SECRET", "a b c"}, {"password", "/pa"}, {"ADMIN_PASSWORD", "changeme"},
	{"U", "postgresql://u:p/w@db/x"}, {"U", "postgresql://u:p@db/x"}, {"U", "redis://:p@redis:6379"}, {"U", "http://u:12345@h/"},
	{"U", "https://h/x?password=hunter2"}, {"U", "https://h/x?a=b&api_key=k"}, {"U", "https://h/x?access_token=abc"},
	{"U", "Server=db;User=sa;Password=p"}, {"U", "DefaultEndpointsProtocol=https;AccountKey=abc=="},
	{"x", parts("ghp", "_", alnum)}, {"x", parts("github", "_pat_", alnum)}, {"x", parts("glpat", "-", alnum)},
	{"x", parts("xoxb", "-", alnum)}, {"x", parts("AKIA", "ABCDEFGHIJKLMNOP")}, {"x", parts("AIza", alnum)},
	{"x", parts("sk", "-proj-", alnum)}, {"x", parts("sk", "-ant-", alnum)}, {"x", parts("hf", "_", alnum)}, {"x", parts("gloas", "-", alnum)},
	{"x", parts("sk", "_live_", alnum)}, {"x", parts("npm", "_", alnum)}, {"x", parts("pypi", "-", alnum, alnum, alnum)},
	{"x", parts("hvs", ".", alnum)}, {"x", parts("tskey", "-auth-", alnum)}, {"x", parts("eyJhbGciOiJI.", "eyJzdWIiOiIx.", alnum)},
	{"x", parts("-----BEGIN RSA ", "PRIVATE KEY-----")}, {"sa.json", parts(`{"private_key":"-----BEGIN `, `PRIVATE KEY-----\nx"}`)},
	{"config.json", `{"auths":{"ghcr.io":{"auth":"dTpw"}}}`}, {"a.json", `{"db":{"password":"p"}}`}, {"a.json", `{"password":12345}`},
	{"a.json", `{"env":[{"name":"API_KEY","value":"k"}]}`}, {"a.json", `{"kind":"Secret","data":{"a":"Yg=="}}`},
	{".env", "A=b\nexport DB_PASSWORD=p\n"}, {"a.yaml", "db:\n  password: \"p\"\n"}, {"a.ini", "[db]\npassword = p\n"},
	{"a.toml", "api_key = 'k'\n"}, {"a.yaml", "env:\n- name: API_KEY\n  value: k\n"}, {"a.yaml", "password: p # the database's\n"},
}

var alike = [][2]string{
	{"ENABLE_API_KEY", "True"}, {"ENABLE_API_KEYS", "false"}, {"MAX_TOKEN", "512"}, {"MAX_TOKENS", "512"}, {"max_tokens", "4096"},
	{"MAX_OUTPUT_TOKENS", "128000000"}, {"OPENAI_API_KEYS", ""}, {"OPENAI_API_KEYS", "$(A);;$(C)"}, {"OPENAI_API_KEYS", ";;$(C)"}, {"API_KEY", "$(NAME)"}, {"API_KEY", "${NAME}"}, {"API_KEY", "$NAME"},
	{"API_KEY", "{{ .Values.key }}"}, {"API_KEY", "<your key>"}, {"API_KEY", "****"}, {"API_KEY", "none"}, {"PASSWORD", "null"},
	{"PASSWORD_FILE", "/run/secrets/x"}, {"TOKEN", "/var/run/secrets/token"}, {"OAUTH_TOKEN_URL", "https://h/oauth/token"},
	{"TOKEN", "https://h/token"}, {"secretName", "open-webui"}, {"existingSecret", "chat"}, {"imagePullSecrets", "registry"},
	{"nginx.org/basic-auth-secret", "users"}, {"SECRET_KEY_NAME", "secret-key"}, {"IMAGE", "a/b@sha256:" + strings.Repeat("0a", 32)},
	{"DIGEST", "sha256:" + strings.Repeat("0a", 32)}, {"TOKEN", "sha256:" + strings.Repeat("0a", 32)},
	{"ID", "123e4567-e89b-12d3-a456-426614174000"}, {"MODEL", "llama3.2:3b-instruct-q4_K_M"}, {"ca.crt", "-----BEGIN CERTIFICATE-----\nMIIB"},
	{"TLS_KEY", "tls.key"}, {"CACHE_KEY", "model"}, {"SORT_KEYS", "name"}, {"PRIMARY_KEY", "id"}, {"KEY", "user_id"},
	{"FOREIGN_KEY", "conversation_history"}, {"logo", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"},
	{"U", "http://proxy:3128"}, {"U", "http://h:8080/@x"}, {"U", "https://h/?q=a&max_tokens=5"}, {"U", "https://me@h/x"},
	{"U", "postgresql://u:$(PASSWORD)@db/x"}, {"U", "https://h/x?token=$(TOKEN)"}, {"U", "redis://redis:6379/0"},
	{"U", "http://[::1]:8080/x@y"}, {"x", "task-abcdefghijklmnopqrstuvwx"}, {"x", "sk-learn"}, {"x", "sk-" + alnum}, {"x", "eyJ"},
	{"x", "-----BEGIN PUBLIC KEY-----"}, {"config.json", `{"auths":{}}`}, {"config.json", `{"auths":{"ghcr.io":{}}}`},
	{"a.json", `{"tokens":512}`}, {"a.json", `{"password":""}`}, {"a.json", `{"env":[{"name":"API_KEY","valueFrom":{}}]}`},
	{"a.json", `{"kind":"ConfigMap","data":{"a":"b"}}`}, {"a.yaml", "# password: p\n"}, {"a.yaml", "password:\n"},
	{"a.yaml", "secretKeyRef:\n  name: chat\n  key: token\n"}, {"a.py", "token = os.environ[\"TOKEN\"]\n"},
	{"a.py", "password = getpass()\n"}, {"a.py", "def f(token: str): pass\n"}, {"a.py", "f(token=token)\n"},
	{"a.sh", "PASSWORD=$(cat /run/p)\n"}, {"a.sh", "PASSWORD=\"$PASSWORD\"\n"}, {"nginx.conf", "proxy_pass http://ollama:11434;\n"},
	{"README", "Write the password: it is asked for.\n"}, {"EOS_TOKEN", "<|end|>"}, {"PAD_TOKEN", "0"}, {"FEATURE_SECRET", "off"},
}

func TestSecrets(t *testing.T) {
	if len(secrets) < 60 || len(alike) < 60 {
		t.Errorf("%d secrets and %d look-alikes, want 60 of each", len(secrets), len(alike))
	}
	for _, c := range secrets {
		if Value(c[0], c[1]) == "" {
			t.Errorf("%s=%q is a secret, and was left alone", c[0], c[1])
		}
	}
	for _, c := range alike {
		if why := Value(c[0], c[1]); why != "" {
			t.Errorf("%s=%q: %s, but is none", c[0], c[1], why)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int // the index, -1 for none
	}{
		{[]string{"--api-key=k"}, 0}, {[]string{"--password", "p"}, 1}, {[]string{"sh", "-c", "export PASSWORD=p; serve"}, 2},
		{[]string{"sh", "-c", "serve --api-key k"}, 2}, {[]string{"--db=postgresql://u:p@h/x"}, 0}, {[]string{"env", "API_KEY=k"}, 1},
		{[]string{"--api-key"}, -1}, {[]string{"--api-key", "--verbose"}, -1}, {[]string{"--token-file=/run/token"}, -1},
		{[]string{"--max-token=512"}, -1}, {[]string{"--api-key=$(K)"}, -1}, {[]string{"sh", "-c", "P=$(cat x); serve"}, -1},
	} {
		got := -1
		if found := Arguments(c.args); len(found) > 0 {
			got = found[0].Index
		}
		if got != c.want {
			t.Errorf("%q: got %d, want %d", c.args, got, c.want)
		}
	}
}

// Four times the text takes about four times the processor: were it quadratic, it
// would take sixteen times, and minutes for the 8 MiB of YAML that hearth reads.
// What a whole program may take is in package repository.
func TestLarge(t *testing.T) {
	const size = 256 << 10
	for _, unit := range []string{"://a:b", "?a=b", "sk-proj-", "eyJabcdefgh.", "a=b\n", "password", `{"a":`, "AKIA ", "-----BEGIN ", "a text of words; "} {
		took := func(times int) time.Duration {
			text := strings.Repeat(unit, times*size/len(unit))
			start := spent(t)
			Value("x", text)
			return spent(t) - start
		}
		once, four := took(1), took(4)
		t.Logf("%q: %s, and %s for four times the text", unit, once, four)
		if four > 10*once && four > 100*time.Millisecond {
			t.Errorf("%q: %s, and %s for four times the text", unit, once, four)
		}
	}
}

func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func FuzzValue(f *testing.F) {
	for _, c := range append(secrets, alike...) {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if a, b := Value(name, value), Value(name, value); a != b {
			t.Errorf("got %q, and then %q", a, b)
		}
		Text(value)
		Arguments([]string{name, value})
	})
}
