package main

// exceptions are what `hearth vet` finds in any fresh stack, each with the
// reason why it may be: a newcomer sees them in the file, and can disagree.
func (s starter) exceptions() []mapping {
	accept := func(rule, object, reason string) mapping {
		m := section().put("rule", rule)
		if object != "" {
			m.put("object", object)
		}
		return m.put("reason", reason)
	}
	all := []mapping{accept("kube-score/container-image-pull-policy", "",
		"images have a version's tag: a node that has one need not ask the registry again")}
	if s.chat {
		all = append(all, accept("kube-score/container-security-context-readonlyrootfilesystem", "StatefulSet/open-webui",
			"openWebUI.readOnlyRootFilesystem was not run with the public image: true closes it"))
	}
	all = append(all,
		accept("kube-score/deployment-replicas", "Deployment/ollama", "one pod holds the models on a volume for one node"),
		accept("kube-score/deployment-strategy", "Deployment/ollama", "a rolling update would wait for ever for a volume for one node"))
	if s.fleet {
		all = append(all, accept("fleet/namespace-labels", "", "Fleet v0.16.1 drops the Pod Security labels, later agents set them; with an old one set them by hand"))
	}
	return all
}
