package fleetsim_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/internal/fleetsim"
	"github.com/hearth-dev/hearth/internal/testing/golden"
)

var update = flag.Bool("update", false, "rewrite the report at the end of each archive")

// Each archive in testdata is a trap: its comment says which, and names the
// clusters to deploy to in lines such as
//
//	cluster edge env=prod group:europe/tier=1
//
// Its last file is the report of what Fleet would do.
func TestTraps(t *testing.T) {
	golden.Archives(t, "report", *update, func(t *testing.T, archive *txtar.Archive) string {
		last := len(archive.Files) - 1
		if archive.Files[last].Name != "report" {
			t.Fatal("the archive does not end with the file report")
		}
		return report(repository(archive.Files[:last]), clusters(t, string(archive.Comment)))
	})
}

func repository(files []txtar.File) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return fsys
}

func clusters(t *testing.T, comment string) []fleetsim.Cluster {
	t.Helper()
	var all []fleetsim.Cluster
	for line := range strings.Lines(comment) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "cluster" {
			continue
		}
		c := fleetsim.Cluster{Name: words[1], Labels: map[string]string{}, Groups: map[string]map[string]string{}}
		for _, word := range words[2:] {
			into := c.Labels
			if group, ok := strings.CutPrefix(word, "group:"); ok {
				name, label, _ := strings.Cut(group, "/")
				into = map[string]string{}
				c.Groups[name] = into
				if word = label; word == "" {
					continue
				}
			}
			key, value, ok := strings.Cut(word, "=")
			if !ok {
				t.Fatalf("%q is neither key=value nor group:name[/key=value]", word)
			}
			into[key] = value
		}
		all = append(all, c)
	}
	return all
}

// report says what Fleet does with a repository, in words.
func report(fsys fstest.MapFS, to []fleetsim.Cluster) string {
	var out strings.Builder
	bundles, err := fleetsim.Open(fsys)
	if err != nil {
		return fmt.Sprintln("refused:", err)
	}
	for _, b := range bundles {
		fmt.Fprintln(&out, "bundle", b.Dir)
		for _, name := range slices.Sorted(maps.Keys(b.Files)) {
			fmt.Fprintln(&out, "  packs", name)
		}
		for _, c := range to {
			d, err := b.Deploy(c)
			fmt.Fprintf(&out, "  cluster %s: %s", c.Name, d.Mode)
			if d.Mode != fleetsim.ModeNone {
				fmt.Fprintf(&out, " of %s into %s", d.Dir, d.Namespace)
			}
			if len(d.Targets) > 0 {
				fmt.Fprintf(&out, " by %s", strings.Join(d.Targets, ", "))
			}
			if labels := d.Options.NamespaceLabels; len(labels) > 0 {
				fmt.Fprint(&out, " labelled ", labels)
			}
			fmt.Fprintln(&out)
			for _, object := range d.Objects {
				metadata, _ := object["metadata"].(map[string]any)
				fmt.Fprintf(&out, "    %v %v/%v\n", object["kind"], metadata["namespace"], metadata["name"])
			}
			if err != nil {
				fmt.Fprintln(&out, "    refused:", short(err.Error()))
			}
		}
	}
	found, err := fleetsim.Lint(fsys)
	if err != nil {
		fmt.Fprintln(&out, "lint refused:", err)
	}
	for _, f := range found {
		fmt.Fprintf(&out, "lint %s: %s\n", f.Rule, short(f.String()))
	}
	return out.String()
}

// short keeps the report readable: kustomize's errors run to a page.
func short(message string) string {
	message = strings.ReplaceAll(message, "\n", " ")
	if len(message) > 240 {
		return message[:240] + "..."
	}
	return message
}
