package fleetsim

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/build/fleet"
)

// situation is one set of options that some cluster can get.
type situation struct {
	at      string // path of its target in fleet.yaml, "" for the top level
	options Options
}

// situations are the top-level options, for the clusters that no target
// matches, and those of each target that deploys: where all matches count, with the
// targets that every cluster matches. What further ones a cluster matches too is not
// gone through: each brings what it brings here.
func (b Bundle) situations() []situation {
	var all []situation
	rest := true
	for i, t := range b.Config.TargetCustomizations {
		if t.hasCondition() {
			if options, deploys := b.Config.of(i); deploys {
				all = append(all, situation{targetPath(i), options})
			}
		}
		rest = rest && !t.matchesAll()
	}
	if rest && !b.Config.covered() {
		all = append([]situation{{"", b.Config.Options}}, all...)
	}
	return all
}

// of are the options of the clusters that match a target, and no other that they need
// not match; deploys is false if such a cluster gets nothing.
func (c Config) of(i int) (options Options, deploys bool) {
	options, deploys = c.Options, true
	for j, t := range c.TargetCustomizations {
		if j == i || c.allMatch() && t.matchesAll() {
			options, deploys = options.with(t.Options), deploys && !t.DoNotDeploy
		}
	}
	return options, deploys
}

// covered reports whether overrideTargets names nobody but the clusters of targets.
func (c Config) covered() bool {
	conditions := func(t Target) string {
		return fmt.Sprint(t.ClusterName, " ", t.ClusterGroup, " ", t.ClusterSelector, " ", t.ClusterGroupSelector)
	}
	named := map[string]bool{}
	for _, t := range c.TargetCustomizations {
		named[conditions(t)] = true
	}
	for _, t := range c.OverrideTargets {
		if t.hasCondition() && !named[conditions(t)] {
			return false
		}
	}
	return c.OverrideTargets != nil
}

func targetPath(i int) string { return fmt.Sprintf("targetCustomizations[%d]", i) }

// matchesAll reports whether the target takes every cluster: an empty selector.
func (t Target) matchesAll() bool {
	s := t.ClusterSelector
	return s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0 &&
		t.ClusterName == "" && t.ClusterGroup == "" && t.ClusterGroupSelector == nil
}

func (b Bundle) problem(s problem.Severity, at, message, fix string) problem.Problem {
	return problem.Problem{Severity: s, File: b.fileIn(fleetYAML), Path: at, Message: message, Fix: fix}
}

func checkSchema(b Bundle, _ []Bundle) problem.List {
	if b.source == nil {
		return nil
	}
	err := Validate(b.source)
	var list problem.List
	var failure *problem.Failure
	if errors.As(err, &failure) {
		list = failure.Problems
	} else if err != nil {
		list = problem.List{b.problem(problem.Error, "", err.Error(), "")}
	}
	for i := range list {
		list[i].File = b.fileIn(fleetYAML)
	}
	return list
}

func checkNested(b Bundle, all []Bundle) problem.List {
	for _, outer := range all {
		if outer.Dir != b.Dir && (outer.Dir == "." || strings.HasPrefix(b.Dir, outer.Dir+"/")) {
			return problem.List{b.problem(problem.Error, "", "makes a bundle of its own inside the bundle "+outer.Dir+
				"; "+ignoreFile+" does not prevent that", "rename the file, or keep it in an archive such as txtar")}
		}
	}
	return nil
}

func checkConditions(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	var before string // the target that already takes every cluster
	for i, t := range b.Config.TargetCustomizations {
		switch {
		case t.matchesAll() && t.DoNotDeploy && b.Config.allMatch():
			list = append(list, b.problem(problem.Error, targetPath(i), "keeps the bundle off every cluster: with targetCustomizationMode "+allMatches+
				" one doNotDeploy is enough, wherever it stands", "name the clusters that get nothing, or write targetCustomizationMode: FirstMatch"))
		case before != "" && !b.Config.allMatch():
			list = append(list, b.problem(problem.Error, targetPath(i), "is never reached: "+before+
				" has an empty clusterSelector and takes every cluster", "move "+before+" to the end"))
		case !t.hasCondition():
			list = append(list, b.problem(problem.Error, targetPath(i), "matches no cluster, it has no condition",
				"set clusterName, clusterGroup or clusterSelector; clusterSelector: {} matches all"))
		case t.matchesAll():
			before = targetPath(i)
		}
	}
	return list
}

func checkDefault(b Bundle, _ []Bundle) problem.List {
	all := b.situations()
	if len(all) == 0 || all[0].at != "" || all[0].options.dir() != "." || b.kustomizes(".") || !b.hasKustomization() {
		return nil
	}
	return problem.List{b.problem(problem.Error, "kustomize.dir", "is not set, so a cluster that no target matches gets every file raw",
		"name the overlay for such clusters, or end the list with {name: rest, clusterSelector: {}, doNotDeploy: true}")}
}

func checkDirs(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	for _, s := range b.situations() {
		dir := s.options.dir()
		// A bundle without any kustomization is meant to be raw, and the rule
		// no-default has the top level.
		if b.kustomizes(dir) || dir == "." && (s.at == "" || !b.hasKustomization()) {
			continue
		}
		at := strings.TrimPrefix(s.at+".kustomize.dir", ".")
		message := fmt.Sprintf("%s: the bundle has no %s", dir, path.Join(dir, kustomizationYAML))
		if why := b.whyDropped(path.Join(dir, kustomizationYAML)); why != "" {
			message += ": " + why
		}
		list = append(list, b.problem(problem.Error, at, message,
			"name a folder below "+fleetYAML+"'s own that has one; Fleet deploys every file raw instead"))
	}
	return list
}

func checkNames(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	for _, name := range b.names() {
		dir, base := path.Split(name)
		if (base == "kustomization.yml" || base == "Kustomization") && !b.has(dir+kustomizationYAML) {
			list = append(list, problem.Problem{Severity: problem.Error, File: b.fileIn(name),
				Message: "Fleet does not see it, and deploys a kustomize.dir here raw", Fix: "rename it to " + kustomizationYAML})
		}
	}
	return list
}

func checkFileNames(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	if !b.hasKustomization() {
		return nil // Fleet never calls kustomize, whose rule this is
	}
	for _, name := range b.names() {
		for _, part := range strings.Split(name, "/") {
			if strings.Trim(part, legalInNames) != "" || strings.Contains(part, "..") {
				list = append(list, problem.Problem{Severity: problem.Error, File: b.fileIn(name),
					Message: fmt.Sprintf("the name %q fails the build for every cluster: allowed are letters, digits, - _ . : and no two dots in a row", part),
					Fix:     "rename it, or name it in " + ignoreFile})
			}
		}
	}
	return list
}

const legalInNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:"

func checkPatterns(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	for file, patterns := range b.ignores {
		for _, p := range patterns {
			dead := strings.Contains(p, "/")
			if isFolderPattern(p) {
				name := strings.TrimSuffix(p, "/*")
				dead = strings.ContainsAny(name, `/*?[\`)
			}
			if dead || strings.HasPrefix(p, "!") {
				list = append(list, problem.Problem{Severity: problem.Error, File: b.fileIn(file),
					Message: fmt.Sprintf("pattern %q matches nothing: Fleet compares base names, takes NAME/* literally and knows no negation", p),
					Fix:     "name a file or folder by its base name, or a folder as NAME/*"})
			}
		}
	}
	return list
}

func checkSize(b Bundle, _ []Bundle) problem.List {
	const ignore = "keep what is not deployed out with " + ignoreFile
	p, found, err := fleet.Look(b.source, b.Files)
	switch {
	case err != nil:
		return problem.List{b.problem(problem.Error, "", err.Error(), "")}
	case !found:
		return nil // base64 of gzip gzips to three quarters of it
	case p.Severity == problem.Error:
		return problem.List{b.problem(p.Severity, "", p.Message, p.Fix+"; or "+ignore)}
	}
	size, err := b.Size()
	if err != nil {
		return problem.List{b.problem(problem.Error, "", err.Error(), "")}
	}
	if size.Gzip >= maxGzip {
		return problem.List{b.problem(problem.Error, "", fmt.Sprintf("the bundle's %d files gzip to %d bytes, Fleet stores less than %d",
			len(b.Files), size.Gzip, maxGzip), p.Fix+"; or "+ignore)}
	}
	return problem.List{b.problem(p.Severity, "", p.Message, p.Fix+"; or "+ignore)}
}

func checkBuild(b Bundle, _ []Bundle) problem.List {
	var list problem.List
	build := b.builder()
	for _, s := range b.situations() {
		if !b.kustomizes(s.options.dir()) {
			continue
		}
		if _, err := build(s.options.dir()); err != nil {
			list = append(list, b.problem(problem.Error, strings.TrimPrefix(s.at+".kustomize.dir", "."), err.Error(), ""))
		}
	}
	return list
}
