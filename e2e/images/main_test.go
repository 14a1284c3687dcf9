package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestArguments(t *testing.T) {
	t.Setenv("HEARTH_E2E_CACHE", t.TempDir())
	for name, test := range map[string]struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		"help":          {[]string{"--help"}, 0, "--only NAME", ""},
		"list":          {[]string{"--list"}, 0, "kubernetes ", ""},
		"unknown name":  {[]string{"--only", "kubernets"}, 1, "", "supported names: kubernetes, etcd"},
		"unknown flag":  {[]string{"--onyl"}, 2, "", "-onyl"},
		"extra operand": {[]string{"kubernetes"}, 2, "", `unknown argument "kubernetes"`},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(test.args, &stdout, &stderr)
			if code != test.code || !strings.Contains(stdout.String(), test.stdout) || !strings.Contains(stderr.String(), test.stderr) {
				t.Errorf("run %v gave %d, stdout %q, stderr %q; want %d, %q, %q", test.args, code, &stdout, &stderr, test.code, test.stdout, test.stderr)
			}
		})
	}
}
