package vet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func fleetPolicyRules() []Rule {
	return []Rule{{
		ID: "fleet-policy", Severity: problem.Error, check: fleetPolicy,
		Reason: "Fleet makes nothing of a GitRepo that the Policies of its namespace refuse, and where they require a service account it makes no namespace unless one of them allows it",
		Fix:    "name a service account that the Policies allow in the GitRepo's spec.serviceAccount",
		Source: "rancher/fleet v0.16, pkg/apis/fleet.cattle.io/v1alpha1/policy_types.go, internal/cmd/controller/policyrestrictions and target/builder.go (#5152, #5351)",
	}}
}

// fleetRights are what the Policies of a namespace say together.
type fleetRights struct {
	required   bool     // a service account
	accounts   []string // that are allowed; any, if none is named
	standard   string   // of a GitRepo that names none
	namespaces bool     // may be made even so
}

// rightsIn joins the Policies of a namespace as Fleet does: what one requires is
// required, what one allows is allowed, and the first default by name counts.
func (in *input) rightsIn(namespace string) (r fleetRights, names []string) {
	names = slices.Sorted(slices.Values(in.Names(fleetGroup, "Policy", namespace)))
	for _, name := range names {
		p := in.Find(fleetGroup, "Policy", namespace, name)
		is := func(field string) bool { v, _ := p[field].(bool); return v }
		r.required = r.required || is("requireServiceAccount")
		r.namespaces = r.namespaces || is("allowNamespaceCreation")
		all, _ := p["allowedServiceAccounts"].([]any)
		for _, a := range all {
			r.accounts = append(r.accounts, fmt.Sprint(a))
		}
		if r.standard == "" {
			r.standard = objects.Text(p, "gitRepo", "defaultServiceAccount")
		}
	}
	return r, names
}

// fleetPolicy holds each GitRepo against the Policies of its namespace.
func fleetPolicy(in *input) []Finding {
	var found []Finding
	for i, o := range in.All {
		ref := in.Refs[i]
		if !ref.Is(fleetGroup, "GitRepo") {
			continue
		}
		rights, policies := in.rightsIn(ref.Namespace)
		by := "the Policies " + strings.Join(policies, ", ")
		account := objects.Text(o, "spec", "serviceAccount")
		switch {
		case account == "" && rights.standard == "" && rights.required:
			found = append(found, Finding{Object: ref, Path: "spec.serviceAccount", Message: "is missing, and " + by + " require one: Fleet makes no bundle"})
			continue
		case account != "" && len(rights.accounts) > 0 && !slices.Contains(rights.accounts, account):
			found = append(found, Finding{Object: ref, Path: "spec.serviceAccount",
				Message: fmt.Sprintf("is %s, and %s allow %s: Fleet makes no bundle", account, by, strings.Join(rights.accounts, ", "))})
			continue
		}
		if rights.required && !rights.namespaces {
			found = append(found, Finding{Object: ref, Severity: problem.Warning,
				Message: by + " require a service account, and none allows to make namespaces: the bundle fails on a cluster that lacks its namespace",
				Fix:     "make the namespace on each cluster first, as hearth doctor says, or write allowNamespaceCreation: true into one of the Policies"})
		}
	}
	return found
}
