package fns

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/problem"
)

// results are problems of the config. Their lines are left out: they would
// count from the top of a config that a tool wrote anew, not of the person's
// file. The field's path leads there.
func (c config) results(problems problem.List) framework.Results {
	var results framework.Results
	for _, p := range problems {
		message := p.Message
		if p.Fix != "" {
			message += "; " + p.Fix
		}
		r := itemResult(c.node, p.Path, message)
		if p.Severity == problem.Warning {
			r.Severity = framework.Warning
		}
		results = append(results, r)
	}
	return results
}

// itemResult is an error about a field of an item, or of the config.
func itemResult(item *yaml.RNode, path, message string) *framework.Result {
	r := plainResult(message)
	i := idOf(item)
	r.ResourceRef = &yaml.ResourceIdentifier{
		TypeMeta: yaml.TypeMeta{APIVersion: i.apiVersion, Kind: i.kind},
		NameMeta: yaml.NameMeta{Name: i.name, Namespace: i.namespace},
	}
	if path != "" {
		r.Field = &framework.Field{Path: path}
	}
	if file, index, err := kioutil.GetFileAnnotations(item); err == nil && file != "" {
		r.File = &framework.File{Path: file}
		r.File.Index, _ = strconv.Atoi(index) // absent is the first
	}
	return r
}

// plainResult is an error about nothing in particular.
func plainResult(message string) *framework.Result {
	return &framework.Result{Severity: framework.Error, Message: redact(message)}
}

// credentials are the user and password of a URL.
var credentials = regexp.MustCompile(`://[^\s/"'@]*@`)

// redact keeps out what a person put into a URL: kpt stores what functions say
// in the Kptfile.
func redact(message string) string { return credentials.ReplaceAllString(message, "://***@") }

// printResults writes each warning and error on a line, in the order of the results:
// kustomize shows nothing else of them.
func printResults(w io.Writer, results framework.Results) {
	for _, r := range results {
		if r.Severity == framework.Info {
			continue
		}
		fmt.Fprintf(w, "hearth-fn: %s: %s\n", r.Severity, oneLine(line(r)))
	}
}

func line(r *framework.Result) string {
	var parts []string
	if r.File != nil {
		parts = append(parts, r.File.Path)
	}
	if ref := r.ResourceRef; ref != nil {
		parts = append(parts, strings.TrimSpace(ref.Kind+" "+strings.TrimPrefix(ref.Namespace+"/"+ref.Name, "/")))
	}
	if r.Field != nil {
		parts = append(parts, r.Field.Path)
	}
	return strings.Join(append(parts, r.Message), ": ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
