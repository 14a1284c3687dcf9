package sizing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Term is one part of the memory that is needed.
type Term struct {
	// Model that needs it; empty for the server itself.
	Model string `json:"model,omitempty"`
	// Name of the part: weights, kv cache, checkpoints, compute,
	// prompt cache, file cache, runtime.
	Name string `json:"name"`
	// Bytes it takes at its peak.
	Bytes int64 `json:"bytes"`
	// Formula with the numbers in it.
	Formula string `json:"formula"`
	// Source of the formula.
	Source string `json:"source"`
}

// Need is the memory of an Ollama pod at its peak.
type Need struct {
	// Terms add up to Required.
	Terms []Term `json:"terms"`
	// Required is the sum in bytes, without headroom.
	Required int64 `json:"required"`
	// Limit is the memory limit: Required and headroom, rounded up.
	Limit int64 `json:"limit"`
	// Models that are in memory together at the peak: the largest ones.
	Models []string `json:"models"`
	// Device is what graphics processors hold, where their memory is known; the
	// rest of Need is then what the pod's own memory holds. nil otherwise.
	Device *Device `json:"device,omitempty"`
}

// Memory is what the models need together under the settings. Where fewer are
// loaded at the same time than there are, the largest count.
func Memory(models []Model, s Settings) Need {
	all := make([]run, len(models))
	for i, m := range models {
		all[i] = newRun(m, s)
		all[i].sum = all[i].terms()
	}
	slices.SortStableFunc(all, func(a, b run) int { return cmp.Compare(total(b.sum), total(a.sum)) })
	if s.Devices.known() && len(all) > 0 {
		return divide(all, s)
	}
	var n Need
	for _, r := range all[:min(s.loaded(), len(all))] {
		n.Models = append(n.Models, r.Name)
		n.Terms = append(n.Terms, r.sum...)
	}
	n.Terms = append(n.Terms, serverTerm())
	n.Required = total(n.Terms)
	n.Limit = Limit(n.Required)
	return n
}

func serverTerm() Term {
	return Term{
		Name: "server", Bytes: serverBytes, Formula: "a constant",
		Source: "`ollama serve` of 0.23.2 without a model",
	}
}

// Sum is the arithmetic in one line: "1926 MiB weights + 448 MiB kv cache + ...
// = 2843 MiB". Of several models it gives the sum of each.
func (n Need) Sum() string { return n.sum(n.Terms, n.Required) }

// DeviceSum is the arithmetic of what devices hold; "" where that is not known.
func (n Need) DeviceSum() string {
	if n.Device == nil {
		return ""
	}
	return n.sum(n.Device.Terms, n.Device.Bytes)
}

func (n Need) sum(terms []Term, all int64) string {
	if len(terms) == 0 {
		return "nothing"
	}
	var parts []string
	if len(n.Models) > 1 {
		for _, name := range n.Models {
			var bytes int64
			for _, t := range terms {
				if t.Model == name {
					bytes += t.Bytes
				}
			}
			parts = append(parts, MiB(bytes)+" "+name)
		}
	}
	for _, t := range terms {
		if t.Model == "" || len(n.Models) == 1 {
			parts = append(parts, MiB(t.Bytes)+" "+t.Name)
		}
	}
	return strings.Join(parts, " + ") + " = " + MiB(all)
}

// Least is the smallest memory limit that can be enough in bytes. Without an
// accelerator that is Required. Beside one of unknown memory, which may hold all
// of each model, it is the processes, and what a server keeps of prompts; beside
// one of known memory, Required without what the kernel takes back or nobody has
// measured.
func (n Need) Least(accelerated bool) int64 {
	var bytes int64
	for _, t := range n.Terms {
		switch {
		case n.Device != nil && (t.Name == "file cache" || t.Name == "driver"):
		case n.Device != nil, !accelerated, t.Model == "", t.Name == "runtime", t.Name == "prompt cache", t.Name == "checkpoints":
			bytes += t.Bytes
		}
	}
	return bytes
}

// Limit is the memory limit for what is required: 15 % above it, rounded up to
// 256 MiB.
func Limit(required int64) int64 { return roundUp(required*(100+headroom)/100, limitStep) }

// Request is the memory request: what is required, rounded up to 256 MiB, so
// that the node keeps it free.
func Request(required int64) int64 { return roundUp(required, limitStep) }

// MiB spells bytes in whole mebibytes, rounded up.
func MiB(bytes int64) string { return fmt.Sprintf("%d MiB", roundUp(bytes, mib)/mib) }

// Decimal spells bytes in decimal units, as `ollama list` does.
func Decimal(bytes int64) string {
	if bytes >= 1e9 {
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}

// most bounds one term, so that no sum of absurd figures overflows: 1 PiB.
const most = 1 << 50

func bounded(bytes float64) int64 { return int64(min(bytes, most)) }

func total(terms []Term) (bytes int64) {
	for _, t := range terms {
		bytes += t.Bytes
	}
	return bytes
}

func roundUp(n, step int64) int64 { return (n + step - 1) / step * step }
