package fleetsim

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Cluster is a cluster as Fleet's management cluster knows it.
type Cluster struct {
	// Name of the Cluster object, for Rancher's clusters such as c-m-abcd1234.
	Name string
	// Labels of the Cluster object, not of nodes.
	Labels map[string]string
	// Groups are the labels of each ClusterGroup the cluster is in, by its name.
	Groups map[string]map[string]string
}

// pick merges the options a cluster gets, and names the targets they come from.
// deploy is false if the cluster gets nothing.
//
// It takes for granted that the GitRepo's targets cover the cluster: those
// decide who gets the bundle at all, targetCustomizations only how.
func (c Config) pick(to Cluster) (options Options, targets []string, deploy bool, err error) {
	if c.OverrideTargets != nil {
		matched, err := matching(c.OverrideTargets, to)
		if err != nil || len(matched) == 0 {
			return c.Options, nil, false, err
		}
	}
	matched, err := matching(c.TargetCustomizations, to)
	if err != nil {
		return c.Options, nil, false, err
	}
	if len(matched) > 1 && !c.allMatch() {
		matched = matched[:1]
	}
	options, deploy = c.Options, true
	for _, t := range matched {
		options = options.with(t.Options)
		targets = append(targets, t.Name)
		deploy = deploy && !t.DoNotDeploy
	}
	return options, targets, deploy, nil
}

// matching returns the targets that match, in order. A selector that cannot be
// parsed is an error for every cluster, whatever else matches.
func matching(targets []Target, to Cluster) ([]Target, error) {
	var matched []Target
	for _, t := range targets {
		hit, err := t.matches(to)
		if err != nil {
			return nil, fmt.Errorf("target %s: %w", t.Name, err)
		}
		if hit {
			matched = append(matched, t)
		}
	}
	return matched, nil
}

func (t Target) matches(to Cluster) (bool, error) {
	cluster, err := metav1.LabelSelectorAsSelector(t.ClusterSelector)
	if err != nil {
		return false, fmt.Errorf("clusterSelector: %w", err)
	}
	group, err := metav1.LabelSelectorAsSelector(t.ClusterGroupSelector)
	if err != nil {
		return false, fmt.Errorf("clusterGroupSelector: %w", err)
	}
	switch {
	case !t.hasCondition():
		return false, nil
	case t.ClusterName != "" && t.ClusterName != to.Name:
		return false, nil
	case t.ClusterSelector != nil && !cluster.Matches(labels.Set(to.Labels)):
		return false, nil
	}
	inGroup := func(name string, of map[string]string) bool {
		return (t.ClusterGroup == "" || t.ClusterGroup == name) &&
			(t.ClusterGroupSelector == nil || group.Matches(labels.Set(of)))
	}
	for name, of := range to.Groups {
		if inGroup(name, of) {
			return true, nil
		}
	}
	// A cluster in no group is tried as if in one without name and labels.
	return len(to.Groups) == 0 && inGroup("", nil), nil
}

// hasCondition reports whether the target can match anything.
func (t Target) hasCondition() bool {
	return t.ClusterName != "" || t.ClusterGroup != "" || t.ClusterSelector != nil || t.ClusterGroupSelector != nil
}
