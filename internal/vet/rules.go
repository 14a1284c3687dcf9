package vet

import "slices"

// rules are all there is, in the order of their findings: what the API server
// would refuse first.
func rules(s *schemaSet) []Rule {
	return slices.Concat(
		buildRules(),
		schemaRules(s),
		refusedRules(),
		podSecurityRules(),
		ollamaRules(),
		ollamaSettingRules(),
		exposureRules(),
		chatRules(),
		chatServerRules(),
		chatDeployedRules(),
		secretRules(),
		podRules(),
		resourceRules(),
		probeRules(),
		confineRules(),
		networkRules(),
		danglingRules(),
		annotationRules(),
		routeTimeoutRules(),
		driftRules(),
		storageRules(),
		pruneRules(),
		substitutionRules(),
		fleetPolicyRules(),
		stackRules(),
	)
}
