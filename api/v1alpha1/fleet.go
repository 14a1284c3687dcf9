package v1alpha1

// Fleet says which cluster gets which overlay: one bundle, targets in order,
// the first match wins.
type Fleet struct {
	// Targets in order.
	Targets []FleetTarget `json:"targets"`
	// DefaultOverlay goes to every cluster of the GitRepo that no target
	// matches, so it cannot be exposed. Default: such a cluster gets nothing.
	DefaultOverlay string `json:"defaultOverlay,omitempty"`
	// DependsOn lists bundles that must be ready first.
	DependsOn []FleetDependency `json:"dependsOn,omitempty"`
	// TakeOwnership of objects that another Helm release made. Default false.
	TakeOwnership bool `json:"takeOwnership,omitempty"`
	// KeepResources leaves everything in place when the GitRepo is removed.
	// Default false: only what carries helm.sh/resource-policy: keep stays.
	KeepResources bool `json:"keepResources,omitempty"`
	// CorrectDrift undoes changes made by hand. Default off.
	CorrectDrift *CorrectDrift `json:"correctDrift,omitempty"`
	// GitRepo fills in the example GitRepo.
	GitRepo GitRepo `json:"gitRepo,omitempty"`
}

// FleetTarget sends an overlay to clusters: by name, by group, or by label.
type FleetTarget struct {
	// Overlay to deploy.
	Overlay string `json:"overlay"`
	// ClusterName is the name of Fleet's Cluster object.
	ClusterName string `json:"clusterName,omitempty"`
	// ClusterGroup is the name of a ClusterGroup.
	ClusterGroup string `json:"clusterGroup,omitempty"`
	// ClusterSelector selects clusters by their labels.
	ClusterSelector *LabelSelector `json:"clusterSelector,omitempty"`
}

// LabelSelector selects objects by label; all of it must match.
type LabelSelector struct {
	MatchLabels      map[string]string `json:"matchLabels,omitempty"`
	MatchExpressions []LabelExpression `json:"matchExpressions,omitempty"`
}

// LabelExpression is one condition on a label.
type LabelExpression struct {
	Key      string        `json:"key"`
	Operator LabelOperator `json:"operator"`
	Values   []string      `json:"values,omitempty"`
}

// LabelOperator relates a label to values.
type LabelOperator string

// Values lists the allowed operators.
func (LabelOperator) Values() []string { return []string{"In", "NotIn", "Exists", "DoesNotExist"} }

// FleetDependency is a bundle to wait for, by name or by label.
type FleetDependency struct {
	Name     string         `json:"name,omitempty"`
	Selector *LabelSelector `json:"selector,omitempty"`
}

// CorrectDrift undoes changes made by hand.
type CorrectDrift struct {
	Enabled bool `json:"enabled"`
	// Force replaces objects that cannot be changed. Default false: it can
	// delete a volume.
	Force bool `json:"force,omitempty"`
	// KeepFailHistory keeps failed Helm releases.
	KeepFailHistory bool `json:"keepFailHistory,omitempty"`
}

// GitRepo fills in the example GitRepo, the object a person applies once to
// Fleet's management cluster.
type GitRepo struct {
	// Namespace of the GitRepo. Default fleet-default.
	Namespace string `json:"namespace,omitempty"`
	// Repo is the URL of the Git repository. Default: a placeholder.
	Repo string `json:"repo,omitempty"`
	// Branch to follow. Default main.
	Branch string `json:"branch,omitempty"`
	// Path of the folder with fleet.yaml in the repository. Default ".".
	Path string `json:"path,omitempty"`
}
