package sizing

// Slack is how far Required may lie above a measured peak of the working set, both
// in bytes: the larger of a fifth and 150 MiB.
func Slack(peak int64) int64 { return max(peak/5, 150*mib) }

// Off is by how many bytes Required misses what is promised of it: below is how far
// it lies below a measured peak of the working set, above how far above it, where
// that is more than Slack. docs/calibration.md holds it against real ones.
func (n Need) Off(peak int64) (below, above int64) {
	above = n.Required - peak
	if above <= Slack(peak) {
		return max(0, -above), 0
	}
	return 0, above
}

// Filling is what of Required fills only as prompts come: the prompt cache.
func (n Need) Filling() (bytes int64) {
	for _, t := range n.Terms {
		if t.Name == "prompt cache" {
			bytes += t.Bytes
		}
	}
	return bytes
}
