package vet

import "slices"

// rules are all there is, in the order of their findings: what the API server
// would refuse first.
func rules(s *schemaSet) []Rule {
	return slices.Concat(
		buildRules(),
		schemaRules(s),
		podSecurityRules(),
		ollamaRules(),
		exposureRules(),
		chatRules(),
		secretRules(),
		podRules(),
		annotationRules(),
		driftRules(),
		storageRules(),
		kubeScoreRules(),
		stackRules(),
	)
}
