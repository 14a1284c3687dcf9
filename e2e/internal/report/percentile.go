package report

import (
	"math"
	"slices"
	"time"
)

// Percentile is the smallest of the times that p percent of them do not exceed; 0 for none.
func Percentile(times []time.Duration, p float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)]
}
