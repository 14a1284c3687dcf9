package vet

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/zegl/kube-score/config"
	"github.com/zegl/kube-score/domain"
	"github.com/zegl/kube-score/score/checks"
	scorecontainer "github.com/zegl/kube-score/score/container"
	"github.com/zegl/kube-score/score/cronjob"
	"github.com/zegl/kube-score/score/hpa"
	"github.com/zegl/kube-score/score/ingress"
	"github.com/zegl/kube-score/score/meta"
	"github.com/zegl/kube-score/score/podtopologyspreadconstraints"
	"github.com/zegl/kube-score/score/security"
	"github.com/zegl/kube-score/score/stable"
	"github.com/zegl/kube-score/scorecard"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/third_party/kube-score/apps"
	"github.com/hearth-dev/hearth/third_party/kube-score/deployment"
	"github.com/hearth-dev/hearth/third_party/kube-score/disruptionbudget"
	"github.com/hearth-dev/hearth/third_party/kube-score/networkpolicy"
	"github.com/hearth-dev/hearth/third_party/kube-score/probes"
	"github.com/hearth-dev/hearth/third_party/kube-score/service"
)

func kubeScoreRules() []Rule {
	return []Rule{{
		ID: "kube-score", Severity: problem.Error, check: kubeScore, Members: kubeScoreMembers(),
		Reason: "kube-score's own checks; what it calls critical is an error, what it calls a warning a warning",
		Fix:    kubeScoreFix,
		Source: kubeScoreSource,
	}}
}

const (
	kubeScoreFix    = "see kube-score's message, or accept it with an exception for kube-score/CHECK and a reason"
	kubeScoreSource = "https://github.com/zegl/kube-score v1.20.0, README_CHECKS.md, the checks that are on by default"
)

// kubeScoreMembers are the checks, with kube-score's own words for a reason.
func kubeScoreMembers() []Rule {
	var all []Rule
	for _, c := range kubeScoreChecks(&scoredObjects{}).All() {
		id := "kube-score/" + c.ID
		if c.Optional || slices.ContainsFunc(all, func(r Rule) bool { return r.ID == id }) {
			continue // some are for several kinds
		}
		all = append(all, Rule{ID: id, Severity: problem.Error, Reason: strings.Trim(c.Comment, " ."), Fix: kubeScoreFix, Source: kubeScoreSource})
	}
	return all
}

// kubeScoreChecks are the checks of kube-score's own list, registered as its
// command does it. That function is in a package that does not build with our
// version of Kubernetes' libraries: see third_party/kube-score.
func kubeScoreChecks(all domain.AllTypes) *checks.Checks {
	c := checks.New(nil)
	deployment.Register(c, all, 2) // the command's default
	ingress.Register(c, all)
	cronjob.Register(c)
	scorecontainer.Register(c, false, false)
	disruptionbudget.Register(c, all)
	networkpolicy.Register(c, all, all, all)
	probes.Register(c, all)
	security.Register(c)
	service.Register(c, all, all)
	stable.Register(config.Semver{Major: 1, Minor: 18}, c) // the command's default
	apps.Register(c, all.HorizontalPodAutoscalers(), all.Services())
	meta.Register(c)
	hpa.Register(c, all.Metas(), 2)
	podtopologyspreadconstraints.Register(c)
	return c
}

// scoring collects what the checks say.
type scoring struct {
	found []placed
	kind  int // how many kinds of checks were run in the namespace
	err   error
}

// placed is a finding, with its place among the others.
type placed struct {
	Finding
	kind, object int
}

// kubeScore runs every check that is on by default on every object it is for,
// namespace by namespace: the checks compare each object with all others, and
// heed nothing but those of its own namespace. The one difference is a hint, that
// another namespace has the disruption budget.
func kubeScore(in *input) []Finding {
	s, all := &scoring{}, kubeScoreObjects(in)
	for _, namespace := range slices.Sorted(maps.Keys(all)) {
		s.score(all[namespace])
	}
	slices.SortStableFunc(s.found, func(a, b placed) int { return cmp.Or(a.kind-b.kind, a.object-b.object) })
	var found []Finding
	for _, p := range s.found {
		found = append(found, p.Finding)
	}
	if s.err != nil {
		found = append(found, Finding{Message: s.err.Error()})
	}
	return found
}

// score the objects of one namespace.
func (s *scoring) score(all *scoredObjects) {
	c := kubeScoreChecks(all)
	s.kind = 0
	run(s, c.Ingresses(), all.ingresses)
	run(s, c.Metas(), all.metas)
	run(s, c.Pods(), all.podSpecs)
	run(s, c.Services(), all.services)
	run(s, c.StatefulSets(), all.statefulSets)
	run(s, c.Deployments(), all.deployments)
	run(s, c.NetworkPolicies(), all.policies)
	run(s, c.CronJobs(), all.cronJobs)
	run(s, c.HorizontalPodAutoscalers(), all.autoscalers)
	run(s, c.PodDisruptionBudgets(), all.budgets)
}

// run asks each check about each object.
func run[T any](s *scoring, checks map[string]checks.GenCheck[T], objects []scored[T]) {
	s.kind++
	ids := slices.Sorted(maps.Keys(checks))
	for _, o := range objects {
		for _, id := range ids {
			check := checks[id]
			if check.Optional {
				continue
			}
			score, err := check.Fn(o.value)
			if err != nil {
				s.err = err
				continue
			}
			for _, f := range findings(check.ID, o.ref, score) {
				s.found = append(s.found, placed{f, s.kind, o.position})
			}
		}
	}
}

// findings are a check's comments.
func findings(id string, ref Ref, score scorecard.TestScore) []Finding {
	severity := problem.Warning
	switch {
	case score.Skipped || score.Grade > scorecard.GradeWarning:
		return nil
	case score.Grade == scorecard.GradeCritical:
		severity = problem.Error
	}
	comments := score.Comments
	if len(comments) == 0 {
		comments = []scorecard.TestScoreComment{{}}
	}
	var found []Finding
	for _, c := range comments {
		found = append(found, Finding{Rule: "kube-score/" + id, Severity: severity, Object: ref, Path: c.Path, Message: c.Summary, Fix: c.Description})
	}
	return found
}
