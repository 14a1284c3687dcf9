package fakecluster

// Pulling takes Ollama's pods back to where they pull models; line is the
// puller's last word.
func (c *Cluster) Pulling(line string) {
	c.rollOut(0, map[string]any{
		"phase": "Pending",
		"initContainerStatuses": []any{
			map[string]any{"name": "pull-models", "state": map[string]any{"running": map[string]any{}}},
		},
	})
	for _, pod := range c.ollamaPods() {
		c.Log(pod.GetNamespace(), pod.GetName(), "pull-models", "2026-01-01T00:00:00Z "+line+"\n")
	}
}

// Ready lets Ollama's pods serve.
func (c *Cluster) Ready() {
	c.rollOut(1, map[string]any{
		"phase":      "Running",
		"conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
	})
}

func (c *Cluster) rollOut(ready int64, pod map[string]any) {
	c.Change("Deployment", "ollama", func(o *Object) {
		set(o, ready, "status", "readyReplicas")
		set(o, ready, "status", "availableReplicas")
	})
	c.Change("Pod", PodName("ollama"), func(o *Object) { set(o, pod, "status") })
}

func (c *Cluster) ollamaPods() []*Object {
	c.mu.Lock()
	defer c.mu.Unlock()
	var pods []*Object
	for _, o := range c.objects {
		if o.GetKind() == "Pod" && o.GetName() == PodName("ollama") {
			pods = append(pods, o)
		}
	}
	return pods
}
