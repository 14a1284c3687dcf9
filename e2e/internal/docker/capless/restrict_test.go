package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/e2e/internal/docker/capability"
)

const withoutSysResource = "Name:\tx\nCapEff:\t000001fffeffffff\nCapBnd:\t000001fffeffffff\nCapAmb:\t0\n"

func TestRestrictAsTheShimCalls(t *testing.T) {
	const process = `{"capabilities":{"bounding":["CAP_KILL","CAP_SYS_RESOURCE"],"effective":["CAP_SYS_RESOURCE"]},"oomScoreAdj":-997,"user":{"uid":18446744073709551615}}`
	const restricted = `{"capabilities":{"bounding":["CAP_KILL"],"effective":[]},"oomScoreAdj":0,"user":{"uid":18446744073709551615}}`
	const everything = "CapBnd:\t000001ffffffffff\n"
	for _, test := range []struct {
		name, status, file, content, want string
		args                              func(dir string) []string
	}{
		{"create", withoutSysResource, "config.json", `{"process":` + process + `,"root":{"path":"rootfs"}}`, `{"process":` + restricted + `,"root":{"path":"rootfs"}}`,
			func(dir string) []string { return []string{"--root", "/run/x", "create", "--bundle", dir, "id"} }},
		{"exec", withoutSysResource, "p", process, restricted,
			func(dir string) []string { return []string{"exec", "--process=" + filepath.Join(dir, "p"), "id"} }},
		{"complete host", everything, "p", process, process,
			func(dir string) []string { return []string{"exec", "-p", filepath.Join(dir, "p"), "id"} }},
		{"positive score", withoutSysResource, "p", `{"oomScoreAdj":5}`, `{"oomScoreAdj":5}`,
			func(dir string) []string { return []string{"exec", "-p", filepath.Join(dir, "p"), "id"} }},
		{"unrelated command", withoutSysResource, "config.json", `{}`, `{}`,
			func(string) []string { return []string{"kill", "id", "9"} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, test.file)
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			granted, err := capability.ParseStatus(test.status)
			if err != nil {
				t.Fatal(err)
			}
			if err := restrict(test.args(dir), host{granted}); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(indent(t, test.want), indent(t, string(got))); diff != "" {
				t.Errorf("restricted configuration (-want +got):\n%s", diff)
			}
		})
	}
}

// indent sorts members and keeps numbers as they are written, so that only a change of content shows.
func indent(t *testing.T, data string) string {
	t.Helper()
	var content object
	if err := json.Unmarshal([]byte(data), &content); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
