package workload

import (
	"fmt"
	"path"
	"strings"
)

// modelfiles are the Modelfiles of the models that the puller makes, each after a
// line with its name; "" for none.
func (b builder) modelfiles() string {
	o := b.base.Ollama
	var text strings.Builder
	quoted := func(command, value string) {
		if value != "" {
			fmt.Fprintf(&text, "%s \"\"\"%s\"\"\"\n", command, value)
		}
	}
	for _, c := range o.CustomModels {
		fmt.Fprintf(&text, "# model %s\n", c.Name)
		from := c.From
		if c.OfFile() {
			from = path.Join(ollamaData, from)
		}
		fmt.Fprintf(&text, "FROM %s\n", from)
		if c.Projector != "" {
			fmt.Fprintf(&text, "FROM %s\n", path.Join(ollamaData, c.Projector))
		}
		if n := b.base.CopyThreads(); n > 0 {
			fmt.Fprintf(&text, "PARAMETER num_thread %d\n", n)
		}
		for _, p := range c.Parameters.Set() {
			fmt.Fprintf(&text, "PARAMETER %s %s\n", p.Name, p.Value)
		}
		if c.Parameters != nil {
			for _, s := range c.Parameters.Stop {
				quoted("PARAMETER stop", s)
			}
		}
		quoted("TEMPLATE", c.Template)
		quoted("SYSTEM", c.System)
		if c.Adapter != "" {
			quoted("ADAPTER", path.Join(ollamaData, c.Adapter))
		}
	}
	return text.String()
}
