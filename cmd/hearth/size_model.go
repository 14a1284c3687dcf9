package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/internal/modelregistry"
	"github.com/hearth-dev/hearth/internal/printable"
	"github.com/hearth-dev/hearth/internal/sizetext"
	"github.com/hearth-dev/hearth/sizing"
)

// findModels are the models of the catalogue, of registries and of files that the
// arguments name; with none, the whole catalogue.
func (v *sizeVerb) findModels(cmd *cobra.Command, args []string) ([]sizing.Model, error) {
	if len(args) == 0 {
		return sizing.Catalogue(), nil
	}
	var models []sizing.Model
	for i, arg := range args {
		m, err := v.findModel(cmd, arg)
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

func (v *sizeVerb) findModel(cmd *cobra.Command, arg string) (sizing.Model, error) {
	if isFile(arg) {
		m, err := gguf.ReadFile(arg)
		if err != nil {
			return sizing.Model{}, err
		}
		m.Name = fileModel(arg)
		m.Source = arg
		return m, nil
	}
	if v.ask {
		return askModel(cmd, arg)
	}
	m, ok := sizing.Lookup(arg)
	if ok {
		return m, nil
	}
	hint := "see what is known with: hearth size --fits 1Ti"
	if near := sizing.Nearest(arg); len(near) > 0 {
		hint = "near it: " + strings.Join(near, ", ")
	}
	return sizing.Model{}, fmt.Errorf("no figures for %q in the catalogue; %s; or ask its registry: "+
		"hearth size --from-registry %s; or give its file: hearth size FILE.gguf", arg, hint, arg)
}

// askModel reads the model from its registry.
func askModel(cmd *cobra.Command, arg string) (sizing.Model, error) {
	name, err := modelregistry.ParseName(arg)
	if err != nil {
		return sizing.Model{}, err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Fprintln(cmd.ErrOrStderr(), "asking", name.Host, "for", printable.Text(arg))
	m, err := modelregistry.Read(ctx, name)
	if err != nil {
		return sizing.Model{}, fmt.Errorf("%s: %w", arg, err)
	}
	// As a stack names it.
	m.Name = strings.TrimPrefix(strings.TrimPrefix(arg, "https://"), "http://")
	m.Source = name.Manifest()
	return m, nil
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
