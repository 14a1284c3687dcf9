package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/internal/sizetext"
	"github.com/hearth-dev/hearth/sizing"
)

// findModels are the models of the catalogue and of files that the arguments
// name; with none, the whole catalogue.
func findModels(args []string) ([]sizing.Model, error) {
	if len(args) == 0 {
		return sizing.Catalogue(), nil
	}
	var models []sizing.Model
	for i, arg := range args {
		m, err := findModel(arg)
		if err != nil {
			return nil, err
		}
		if j := slices.IndexFunc(models, func(o sizing.Model) bool { return o.Name == m.Name }); j >= 0 {
			return nil, fmt.Errorf("%s and %s are both the model %s", args[j], args[i], m.Name)
		}
		models = append(models, m)
	}
	return models, nil
}

func findModel(arg string) (sizing.Model, error) {
	if isFile(arg) {
		m, err := gguf.ReadFile(arg)
		if err != nil {
			return sizing.Model{}, err
		}
		m.Name = fileModel(arg)
		m.Source = arg
		return m, nil
	}
	m, ok := sizing.Lookup(arg)
	if ok {
		return m, nil
	}
	hint := "see what is known with: hearth size --fits 1Ti"
	if near := sizing.Nearest(arg); len(near) > 0 {
		hint = "near it: " + strings.Join(near, ", ")
	}
	return sizing.Model{}, fmt.Errorf("no figures for %q in the catalogue; %s; or give its file: hearth size FILE.gguf", arg, hint)
}

// isFile reports whether name is a file; hf.co/owner/name is a model too.
func isFile(arg string) bool {
	return strings.HasSuffix(strings.ToLower(arg), ".gguf") || strings.HasPrefix(arg, ".") || filepath.IsAbs(arg)
}

// fileModel is what to call the model of a file.
func fileModel(path string) string {
	name := strings.ToLower(filepath.Base(path))
	return strings.TrimSuffix(name, ".gguf")
}

// completeModel offers the catalogue, and files.
func completeModel(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	if isFile(start) || strings.Contains(start, "/") {
		return []string{"gguf"}, cobra.ShellCompDirectiveFilterFileExt
	}
	var names []string
	for _, m := range sizing.Catalogue() {
		if !slices.Contains(args, m.Name) {
			names = append(names, m.Name+"\t"+title(m))
		}
	}
	return names, cobra.ShellCompDirectiveDefault
}

// title is a model in two words.
func title(m sizing.Model) string { return sizetext.Parameters(m.Parameters) + " " + m.Quantization }
