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
		exposureRules(),
		chatRules(),
		chatServerRules(),
		secretRules(),
		podRules(),
		resourceRules(),
		probeRules(),
		confineRules(),
		networkRules(),
		danglingRules(),
		annotationRules(),
		driftRules(),
		storageRules(),
		pruneRules(),
		substitutionRules(),
		stackRules(),
	)
}
