package v1alpha1

// Exception accepts what `hearth vet` finds, with a reason: a person decided.
type Exception struct {
	// Rule that may be broken, as vet prints it: ollama-cpu, or fleet/size. A
	// family's name, fleet, is all of its rules.
	Rule string `json:"rule"`
	// Overlay in which it may be. Default: all.
	Overlay string `json:"overlay,omitempty"`
	// Object that may break it: KIND/NAME, or KIND/NAMESPACE/NAME. Default: all.
	Object string `json:"object,omitempty"`
	// Reason that a reader a year from now can judge.
	Reason string `json:"reason"`
}
