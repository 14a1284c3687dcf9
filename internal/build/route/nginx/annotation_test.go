package nginx_test

import (
	"testing"

	"github.com/hearth-dev/hearth/internal/build/route/nginx"
)

func TestAnnotationValues(t *testing.T) {
	for key, values := range map[string]struct{ good, bad []string }{
		"app-root": {
			good: []string{"/chat", "/a/b", "/a"},
			bad:  []string{"", "/", "chat", "//chat", "/chat/", "/~chat", "/a/~b"},
		},
		"basic-auth-realm": {
			good: []string{"", "chat", `say \"hello\"`, `a\\`, "ä b", `\a`},
			bad:  []string{`"`, `say "hello"`, "$host", `\$host`, `a\`, `a\\"`, `a\\\`},
		},
		"client-body-buffer-size": {
			good: []string{"0", "4096", "16k", "16K", "1m", "1M"},
			bad:  []string{"", "k", "1g", "16kb", "1.5m", "-1", " 1k", "16 k", "1kk"},
		},
		"client-max-body-size": {
			good: []string{"0", "10m", "1g", "1G"},
			bad:  []string{"", "g", "1t", "1gg", "10mg"},
		},
		"http-redirect-code": {good: []string{"301", "308"}, bad: []string{"", "303", "3011"}},
		"keepalive":          {good: []string{"0", "32", "-1"}, bad: []string{"", "many", "1.0"}},
		"lb-method": {
			good: []string{"round_robin", "random two least_conn", "hash ${remote_addr}", "hash ${remote_addr} consistent"},
			bad:  []string{"", "least_time header", "hash", "hash ", "hash a b", "hash  consistent", "Random"},
		},
		"limit-req-key": {
			good: []string{"${binary_remote_addr}", "a-${host}-${uri}", "${a1_b}"},
			bad:  []string{"", "host", "$host", "${}", "${Host}", "${host", "${host};", `"${host}"`, "{${host}", "${ho${st}"},
		},
		"limit-req-rate": {
			good: []string{"10r/s", "30r/m", "010r/s"},
			bad:  []string{"", "10", "10r/h", "0r/s", "r/s", "-1r/s", "1.5r/s", "10 r/s", "10000000000r/s", "10r/sr/m"},
		},
		"limit-req-reject-code": {good: []string{"400", "429", "599"}, bad: []string{"", "200", "600", "4291"}},
		"listen-ports":          {good: []string{"80", "80,8080"}, bad: []string{"", "0", "80, 8080", "80,", "65536", "http"}},
		"max-fails":             {good: []string{"0", "3"}, bad: []string{"", "-1", "three"}},
		"proxy-buffers":         {good: []string{"8 16k", "4 4096"}, bad: []string{"", "8", "8 ", "8  16k", "16k 8", "8 16g", "8 16k 4"}},
		"proxy-hide-headers":    {good: []string{"Server, X-Powered-By"}, bad: []string{"", "Server,", "X Y"}},
		"proxy-next-upstream":   {good: []string{"off", "error timeout http_502"}, bad: []string{"", "error,timeout", "http_501", "error  off"}},
		"proxy-read-timeout": {
			good: []string{"60", "60s", "500ms", "1h 30m", "1h30m", "1y 2M 3w 4d 5h 6m 7s 8ms", "1M1m", "1h 30", "0"},
			bad:  []string{"", " ", "s", "1.5h", "30m 1h", "1m 1m", "1H", "60 s", "5 5", "1h,30m", "-1s", "1h x", "1ms 1s", "10min"},
		},
		"proxy-set-headers": {good: []string{"X-A", "X-A: b, X-C"}, bad: []string{"", "X-A: $host", "X A: b", ": b"}},
		"ssl-ciphers":       {good: []string{"HIGH:!aNULL:!MD5", "ECDHE-ECDSA-AES256-GCM-SHA384", "HIGH:@SECLEVEL=2"}, bad: []string{"", "HIGH;", "a b"}},
		"hsts":              {good: []string{"true", "False", "0", "T"}, bad: []string{"", "yes", "on"}},
	} {
		form, known := nginx.Annotations()["nginx.org/"+key]
		if !known {
			t.Errorf("%s: not in the table", key)
			continue
		}
		for _, value := range values.good {
			if !form.Fits(value) {
				t.Errorf("%s: %q is refused, want it taken", key, value)
			}
		}
		for _, value := range values.bad {
			if form.Fits(value) {
				t.Errorf("%s: %q is taken, want it refused: %s", key, value, form.Want)
			}
		}
	}
}
