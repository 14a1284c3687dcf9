package repository

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const deviations = "docs/deviations.md"

// deviation is a row of the table.
type deviation struct {
	line                                                 int
	doc, what, theirs, overlay, object, field, ours, why string
}

func TestDeviations(t *testing.T) {
	overlays := map[string]map[string]any{}
	checked := 0
	rows := readDeviations(t)
	for _, r := range rows {
		if r.overlay == "" {
			if r.ours == "" || r.object != "" || r.field != "" {
				t.Errorf("%s:%d: want the columns overlay, object and field all or none, and always ours", deviations, r.line)
			}
			continue
		}
		if overlays[r.overlay] == nil {
			overlays[r.overlay] = buildOverlay(t, r.overlay)
		}
		var root any
		if strings.HasSuffix(r.object, ".yaml") {
			root = readYAML(t, r.object)
		} else {
			root = overlays[r.overlay][r.object]
		}
		if got := lookUp(root, r.field); got != r.ours {
			t.Errorf("%s:%d: %s of %s in %s is %q, the table says %q", deviations, r.line, r.field, r.object, r.overlay, got, r.ours)
		}
		if !sameValue(r) && r.why == "" {
			t.Errorf("%s:%d: %q is not %q: say why it differs", deviations, r.line, r.ours, r.theirs)
		}
		checked++
	}
	if checked < 90 {
		t.Errorf("%d rows were checked in the built overlays, there were 90 and more", checked)
	}
	t.Logf("%d rows, %d checked in the built overlays", len(rows), checked)
}

// sameValue tells whether a row's two values plainly agree: what we have stands
// in what the document says, or the document names the absence of a thing.
func sameValue(r deviation) bool {
	if r.ours == "(absent)" {
		return slices.Contains([]string{"off", "never", "must not be set", "first user becomes admin"}, r.theirs)
	}
	switch theirs := strings.ToLower(r.theirs); {
	case strings.Contains(strings.ReplaceAll(theirs, " ", ""), strings.ToLower(strings.ReplaceAll(r.ours, " ", ""))):
		return true
	default:
		// The same thing in other words; each pair was judged by a person.
		return slices.Contains([]string{
			"5 min|5m", "one|1", "none|1", "off|False", "ghcr.io open-webui/open-webui:0.9.4|ghcr.io/open-webui/open-webui:0.9.4",
			"Kustomize plus a Fleet bundle|overlays/homelab-traefik", "PVC-backed model cache|ollama",
			"PVC snapshot when it should be kept|keep", "Service in the namespace|11434", "Traefik|true",
			"overlay manifests and optional Secrets|ollama-users", "see the base's manifests|docker.io/ollama/ollama:0.23.2",
			"Deployment healthy, API responsive|/api/version",
		}, r.theirs+"|"+r.ours)
	}
}

// readDeviations reads the table of the page.
func readDeviations(t *testing.T) []deviation {
	t.Helper()
	page, err := os.ReadFile(deviations)
	if err != nil {
		t.Fatal(err)
	}
	var rows []deviation
	for i, line := range strings.Split(string(page), "\n") {
		if !regexp.MustCompile(`^\| [12] \|`).MatchString(line) {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		if len(cells) != 8 {
			t.Errorf("%s:%d: %d columns, want 8", deviations, i+1, len(cells))
			continue
		}
		rows = append(rows, deviation{i + 1, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]})
	}
	return rows
}

// buildOverlay builds the committed overlay by kustomize: objects by kind/name.
func buildOverlay(t *testing.T, name string) map[string]any {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "overlays/"+name)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]any{}
	for _, r := range built.Resources() {
		o, err := r.Map()
		if err != nil {
			t.Fatal(err)
		}
		objects[r.GetKind()+"/"+r.GetName()] = o
	}
	return objects
}

func readYAML(t *testing.T, name string) any {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

var pathStep = regexp.MustCompile(`^\.?([^.\[\]]+)|^\[([^\]]+)\]`)

// lookUp is the value at a path as text; "(absent)" if there is none.
func lookUp(v any, path string) string {
	for path != "" {
		m := pathStep.FindStringSubmatch(path)
		if m == nil {
			return "not a path: " + path
		}
		v = child(v, m[1]+m[2])
		path = path[len(m[0]):]
	}
	switch v := v.(type) {
	case nil:
		return "(absent)"
	case string:
		return v
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(data)
	}
}

// child is a map's value, or a list's element by position or name.
func child(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[key]
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i < len(v) {
			return v[i]
		}
		for _, element := range v {
			if m, ok := element.(map[string]any); ok && m["name"] == key {
				return m
			}
		}
	}
	return nil
}

// Every overlay that the table speaks of is one of the committed stack's.
func TestDeviationsNameEveryOverlayOfTheDocuments(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range readDeviations(t) {
		seen[r.overlay] = true
	}
	delete(seen, "")
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, []string{"homelab-nginx", "homelab-traefik"}) {
		t.Errorf("the table speaks of %v, the documents are homelab-nginx and homelab-traefik", got)
	}
}
