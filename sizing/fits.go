package sizing

import "fmt"

// shortestContext is where Fits begins: Ollama's own default.
const shortestContext = 4096

// Fits is the longest context with which the model's memory limit is at most
// memory bytes, and devices of a known memory hold all of it: 4096 tokens, twice
// as many again and again, or all that the model was trained for. ok is false if
// it does not fit at all.
func Fits(m Model, s Settings, memory int64) (context int, ok bool) {
	for next := shortestContext; ; next *= 2 {
		if m.ContextLimit > 0 {
			next = min(next, m.ContextLimit)
		}
		s.ContextLength = next
		if n := Memory([]Model{m}, s); n.Limit > memory || len(n.Spilled()) > 0 {
			return context, ok
		}
		context, ok = next, true
		if next == m.ContextLimit || next >= 1<<20 {
			return context, ok
		}
	}
}

// LimitFormula says how the memory limit follows from what is required.
func LimitFormula(required int64) string {
	return fmt.Sprintf("%s x 1.%d, up to the next %d MiB", MiB(required), headroom, limitStep/mib)
}

// Formulas say how the volume's two sizes follow from what is on it.
func (v Volume) Formulas() (minimum, comfortable string) {
	return fmt.Sprintf("%s of blobs x %g", MiB(v.Disk), volumeTight/100.0),
		fmt.Sprintf("%s of blobs x %g, room to update the largest model, up to the next GiB", MiB(v.Disk), volumeRoomy/100.0)
}
