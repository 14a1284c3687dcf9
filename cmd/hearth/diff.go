package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/diff"
	"github.com/hearth-dev/hearth/internal/spelling"
	"github.com/hearth-dev/hearth/internal/upgrade"
)

// The formats that diff has beside text and json.
const (
	formatYAML     = "yaml"
	formatMarkdown = "markdown"
)

// diffVerb says what a change does.
type diffVerb struct {
	input
	out      string
	against  string
	from     string
	format   string
	exitCode bool
}

func newDiff() *cobra.Command {
	v := &diffVerb{}
	cmd := &cobra.Command{
		Use:   "diff [OVERLAY]...",
		Short: "Say what a change does to the clusters, before it is committed",
		Long: `Diff compares what clusters have with what they would get: the tree as it is
committed, and what hearth.yaml asks for now. It says, overlay by overlay, which
objects change, which fields, and what follows: a pod that restarts, a volume
that grows or that the API server refuses to shrink, models to pull, a new
certificate, who is let in.

What clusters have is taken from git, or from a folder; no cluster is asked.

Each effect has a level:
  refused  a cluster does not take it, or what runs cannot follow
  data     data may be lost, or a volume begins empty
  down     nobody is served for a while
  opens    more can reach it than before
  note     everything else`,
		Example: `  hearth diff                       all overlays, against HEAD
  hearth diff homelab               one of them
  hearth diff --against main        against another branch, tag or commit
  hearth diff --from /srv/deployed  against a tree in a folder
  hearth diff -o yaml               the objects' YAML, as a unified diff
  hearth diff -o markdown           for a comment on a pull request`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("output-directory") {
				v.out = v.folder()
			}
			return v.run(cmd, args)
		},
	}
	v.addFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&v.against, "against", "HEAD", "the `commit` that clusters have")
	flags.StringVar(&v.from, "from", "", "the `folder` whose bases/ and overlays/ clusters have")
	flags.StringVar(&v.out, "output-directory", "", "the `folder` that render writes to (default: the folder of the stack)")
	flags.StringVarP(&v.format, "output", "o", string(formatText), "how to report: text, in words; yaml, a unified diff; markdown; or json")
	flags.BoolVar(&v.exitCode, "exit-code", false, "exit 1 if anything changes, as git diff does")
	complete(cmd, "output", string(formatText), formatYAML, formatMarkdown, string(formatJSON))
	_ = cmd.MarkFlagDirname("from") // fails only for a flag that does not exist
	_ = cmd.MarkFlagDirname("output-directory")
	cmd.MarkFlagsMutuallyExclusive("against", "from")
	cmd.MarkFlagsMutuallyExclusive("output-directory", "from")
	cmd.ValidArgsFunction = v.completeOverlay
	return cmd
}

// diffReport is what diff says, for a person or as JSON.
type diffReport struct {
	Stack string `json:"stack"`
	// Against is what clusters have: a commit as it was named, or a folder.
	Against  string         `json:"against"`
	Commit   string         `json:"commit,omitempty"`
	Changed  bool           `json:"changed"`
	Overlays []diff.Overlay `json:"overlays"`
}

func (v *diffVerb) run(cmd *cobra.Command, args []string) error {
	if !slices.Contains([]string{string(formatText), string(formatJSON), formatYAML, formatMarkdown}, v.format) {
		return fmt.Errorf("--output %q: want text, yaml, markdown or json", v.format)
	}
	files, err := v.wanted(cmd)
	if err != nil {
		return err
	}
	report := &diffReport{Stack: v.name(), Against: v.against}
	var old map[string][]byte
	if v.from != "" {
		report.Against = v.from
		old, err = v.folderTree()
	} else {
		old, report.Commit, err = gitTree(cmd.Context(), v.out, v.against)
	}
	if err != nil {
		return err
	}
	if report.Overlays, err = named(diff.Files(old, files), args); err != nil {
		return err
	}
	report.Changed = slices.ContainsFunc(report.Overlays, func(o diff.Overlay) bool { return o.Op != diff.Same })
	if err := report.write(cmd.OutOrStdout(), v.format); err != nil {
		return err
	}
	if v.exitCode && report.Changed {
		return errProblems
	}
	return nil
}

// wanted is the tree that the stack asks for.
func (v *diffVerb) wanted(cmd *cobra.Command) ([]generator.File, error) {
	stack, err := v.loadPinned(cmd)
	if err != nil {
		return nil, err
	}
	files, problems := generate(stack)
	if files == nil {
		return nil, printProblems(cmd.ErrOrStderr(), v.place(problems.Errors()))
	}
	return files, nil
}

func (v *diffVerb) folderTree() (map[string][]byte, error) {
	if info, err := os.Stat(v.from); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("--from %s is no folder", v.from)
	}
	files, err := upgrade.Load(os.DirFS(v.from))
	if err == nil && len(files) == 0 {
		return nil, fmt.Errorf("--from %s has no bases/ and no overlays/; give the folder that holds them", v.from)
	}
	return files, err
}

// named are the overlays of the arguments, in their order; all without any.
func named(all []diff.Overlay, args []string) ([]diff.Overlay, error) {
	if len(args) == 0 {
		return all, nil
	}
	var found []diff.Overlay
	var names []string
	for _, o := range all {
		names = append(names, o.Name)
	}
	for _, arg := range args {
		i := slices.IndexFunc(all, func(o diff.Overlay) bool { return o.Name == arg || o.From == arg })
		if i < 0 {
			return nil, fmt.Errorf("no overlay %q, before or after the change; there are: %s", arg, spelling.List(names))
		}
		found = append(found, all[i])
	}
	return found, nil
}

func (r *diffReport) write(w io.Writer, format string) error {
	paint := painter(w)
	text := ""
	switch format {
	case string(formatJSON):
		return writeJSON(w, r)
	case formatYAML:
		text = string(paint.diff([]byte(r.yaml())))
	case formatMarkdown:
		text = r.markdown()
	default:
		text = overlaysText(r.Overlays, paint) + r.summary() + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// yaml is every object's difference, below its overlay's name.
func (r *diffReport) yaml() string {
	var b strings.Builder
	for _, o := range r.Overlays {
		if o.Op != diff.Same {
			fmt.Fprintf(&b, "# %s\n", headline(o))
		}
		for _, c := range o.Objects {
			b.WriteString(c.Diff)
		}
	}
	return b.String()
}

// summary says how many overlays change against what.
func (r *diffReport) summary() string {
	changed := 0
	effects := map[diff.Level]int{}
	for _, o := range r.Overlays {
		if o.Op != diff.Same {
			changed++
		}
		for _, e := range allEffects(o) {
			effects[e.Level]++
		}
	}
	against := r.Against
	if r.Commit != "" {
		against += fmt.Sprintf(" (%.7s)", r.Commit)
	}
	if changed == 0 {
		return "nothing changes against " + against
	}
	verb := "change"
	if changed == 1 {
		verb = "changes"
	}
	text := fmt.Sprintf("%d of %s %s against %s", changed, count(len(r.Overlays), "overlay"), verb, against)
	var counts []string
	for _, level := range diff.Levels() {
		if n := effects[level]; n > 0 && level != diff.Note {
			counts = append(counts, fmt.Sprintf("%d %s", n, level))
		}
	}
	if counts == nil {
		return text
	}
	return text + ": " + strings.Join(counts, ", ")
}

func allEffects(o diff.Overlay) []diff.Effect {
	all := slices.Clone(o.Effects)
	for _, c := range o.Objects {
		all = append(all, c.Effects...)
	}
	return all
}
