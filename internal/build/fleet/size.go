package fleet

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
)

const (
	// MostStored is what the store of the management cluster takes in one request,
	// in bytes: 1.5 MiB, etcd's default of --max-request-bytes.
	MostStored = 3 << 19
	// compressFrom is the size of a Bundle's JSON, in bytes, from which Fleet's CLI
	// packs each file as base64 of gzip.
	compressFrom = 1_000_000
	// Added is room for what the API server and Fleet's controllers write beside
	// it, in bytes: managed fields, labels of the GitRepo, the status with its
	// partitions and the first resources that are not ready.
	Added = 16 << 10
	// warnFrom is the share of the limit from which a bundle is worth a word, in percent.
	warnFrom = 70
)

// Stored is what a Bundle weighs as JSON, which is how it is stored, in bytes.
type Stored struct {
	// Files as the Bundle carries them, and how many those are.
	Files, Count int
	// Targets are the options of each target, and twice what the GitRepo or
	// overrideTargets says of clusters: to whom it goes, and to nobody else.
	Targets int
	// JSON is all of the Bundle that Fleet's CLI makes.
	JSON int
	// Compressed is whether each file is base64 of gzip.
	Compressed bool
}

// Weigh returns what the Bundle weighs.
func Weigh(config []byte, files map[string][]byte) (Stored, error) {
	_, s, err := Bundle(config, files)
	return s, err
}

// Bundle returns the object that Fleet's CLI makes of a fleet.yaml and the files
// beside it, for the namespace fleet-default, and what it weighs. Unless
// overrideTargets says who gets it, the GitRepo is taken to name the clusters of
// every target once, as gitrepo.example.yaml does.
func Bundle(config []byte, files map[string][]byte) (map[string]any, Stored, error) {
	spec := map[string]any{}
	if err := yaml.Unmarshal(config, &spec); err != nil {
		return nil, Stored{}, fmt.Errorf("reading fleet.yaml: %w", err)
	}
	take := func(key string) any {
		v := spec[key]
		delete(spec, key)
		return v
	}
	list := func(key string) []any {
		all, _ := take(key).([]any)
		return all
	}
	targets := slices.Concat(list("targets"), list("targetCustomizations"))
	who := list("overrideTargets")
	if who == nil {
		for _, t := range targets {
			who = append(who, conditions(t))
		}
	}
	targets = slices.Concat(targets, who)
	for i, t := range targets {
		targets[i] = withIgnore(t)
	}
	spec["ignore"], spec["targets"], spec["targetRestrictions"] = map[string]any{}, targets, who
	bundle := map[string]any{
		"apiVersion": "fleet.cattle.io/v1alpha1", "kind": "Bundle", "spec": spec, "status": map[string]any{},
		"metadata": map[string]any{"name": take("name"), "namespace": "fleet-default", "labels": take("labels")},
	}
	s := Stored{Count: len(files)}
	for {
		resources, err := Resources(files, s.Compressed)
		if err != nil {
			return nil, s, err
		}
		spec["resources"] = resources
		var parts [4]int
		for i, v := range []any{bundle, resources, targets, who} {
			data, err := json.Marshal(v)
			if err != nil {
				return nil, s, err
			}
			parts[i] = len(data)
		}
		s.JSON, s.Files, s.Targets = parts[0], parts[1], parts[2]+parts[3]
		if s.Compressed || s.JSON < compressFrom {
			return bundle, s, nil
		}
		s.Compressed = true
	}
}

// conditions are what a target says of clusters.
func conditions(target any) map[string]any {
	all, _ := target.(map[string]any)
	who := map[string]any{}
	for _, key := range []string{"clusterName", "clusterGroup", "clusterSelector", "clusterGroupSelector"} {
		if v, ok := all[key]; ok {
			who[key] = v
		}
	}
	return who
}

// withIgnore is a target with the one field that Fleet writes for each, used or not.
func withIgnore(target any) map[string]any {
	fields, _ := target.(map[string]any)
	if fields = maps.Clone(fields); fields == nil {
		fields = map[string]any{}
	}
	fields["ignore"] = map[string]any{}
	return fields
}

// Resource is a file as a Bundle carries it.
type Resource struct {
	Name     string `json:"name,omitempty"`
	Content  string `json:"content,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

// Resources are the files as a Bundle carries them. One that is not UTF-8 is
// compressed in any case.
func Resources(files map[string][]byte, compress bool) ([]Resource, error) {
	all := make([]Resource, 0, len(files))
	packer := gzip.NewWriter(io.Discard)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		r := Resource{Name: name, Content: string(files[name])}
		if compress || !utf8.Valid(files[name]) {
			var packed bytes.Buffer
			packer.Reset(&packed)
			if _, err := packer.Write(files[name]); err != nil {
				return nil, err
			}
			if err := packer.Close(); err != nil {
				return nil, err
			}
			r.Content, r.Encoding = base64.StdEncoding.EncodeToString(packed.Bytes()), "base64+gz"
		}
		all = append(all, r)
	}
	return all, nil
}

// Full is what of MostStored the Bundle takes, in percent, with what others add to it.
func (s Stored) Full() int { return 100 * (s.JSON + Added) / MostStored }

// Problem is that the store refuses the Bundle, or soon will; false if neither.
func (s Stored) Problem() (p problem.Problem, found bool) {
	if p.Severity = problem.Warning; s.JSON+Added > MostStored {
		p.Severity = problem.Error
	} else if s.Full() < warnFrom {
		return p, false
	}
	form := ""
	if s.Compressed {
		form = ", each as base64 of gzip"
	}
	p.Message = fmt.Sprintf("the Bundle is %s bytes as the management cluster stores it, and etcd takes %s in one request: %s for %s files%s, %s for the targets, %s for the rest, and %s that Fleet adds",
		digits(s.JSON+Added), digits(MostStored), digits(s.Files), digits(s.Count), form, digits(s.Targets), digits(s.JSON-s.Files-s.Targets), digits(Added))
	p.Fix = "make several bundles of it: spec.fleet.bundles of the stack"
	return p, true
}

// Look weighs a bundle and says what Problem does. Most are far below, and are not
// weighed: a byte makes six in JSON at most, a control character, and what a target
// says of clusters stands there three times.
func Look(config []byte, files map[string][]byte) (problem.Problem, bool, error) {
	bytes := len(config)
	for name, data := range files {
		bytes += len(name) + len(data)
	}
	if bytes < MostStored/20 {
		return problem.Problem{}, false, nil
	}
	s, err := Weigh(config, files)
	if err != nil {
		return problem.Problem{}, false, err
	}
	p, found := s.Problem()
	return p, found, nil
}

// digits writes a number with a comma before each three digits.
func digits(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
