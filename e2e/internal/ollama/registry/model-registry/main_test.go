package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestRunSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"an unknown flag":        {[]string{"-port", "1"}, 2, "flag provided but not defined: -port"},
		"no certificate":         {[]string{"-listen", "127.0.0.1:0", "-cert", "/nowhere/tls.crt"}, 1, "open /nowhere/tls.crt"},
		"an address in no range": {[]string{"-listen", "127.0.0.1:99999"}, 1, "invalid port"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(c.args, &stdout, &stderr); code != c.code {
				t.Errorf("exit code: got %d, want %d", code, c.code)
			}
			if !strings.Contains(stderr.String(), c.want) {
				t.Errorf("stderr: got %q, want it to hold %q", stderr.String(), c.want)
			}
		})
	}
}
