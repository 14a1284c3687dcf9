package diff

// About is a rule in a sentence.
type About struct{ Rule, Text string }

// Abouts are all rules, those that change the most in front.
func Abouts() []About {
	return []About{
		{"refused", "a field that no cluster changes in place: a volume's size downwards, its class, modes and name; a selector; a Secret's type; a Service's address"},
		{"volume", "a claim that grows, comes or goes: what its storage class has to allow, and what Fleet, Flux, Argo CD and kubectl do with its data"},
		{"namespace", "objects that move to another namespace: they are made anew, and volumes begin empty"},
		{"overlay", "an overlay that is new, gone or renamed"},
		{"fleet", "clusters that fleet.yaml gives another overlay or none, and another Helm release"},
		{"restart", "a pod template: who restarts, and whether anybody is served meanwhile"},
		{"groups", "a LeaderWorkerSet: which groups are made anew, and whether anybody is served meanwhile"},
		{"image", "another image; and Open WebUI's database, which only migrates forward"},
		{"models", "models to pull, with their size, and those that stay on the volume unused"},
		{"replicas", "more pods, fewer, or none"},
		{"start", "a new workload: its pods start"},
		{"other-kind", "a StatefulSet that becomes a Deployment, or the other way around: what is left of the old one, and the chat's data"},
		{"host", "a name that a route answers at, or no longer: Ingress, Gateway API, Traefik's and F5's own kinds"},
		{"certificate", "a new certificate, by cert-manager or Traefik, or one that has to be in a Secret"},
		{"sign-in", "a redirect URI that the provider of identities has to know"},
		{"route", "settings of a route or middleware; another controller, and so another address"},
		{"policy", "who a NetworkPolicy lets in or out, and who no longer"},
		{"service", "a Service that opens or closes outside the cluster, its ports and its pods"},
		{"configuration", "a ConfigMap or Secret that pods read, which restarts none"},
		{"labels", "labels and annotations alone"},
		{"gone", "anything else that leaves the tree: who deletes it"},
		{"in-place", "anything else: made, or taken over in place"},
	}
}
