package budget

import (
	"math"
	"runtime/debug"
)

const (
	// heap is the size in bytes from which garbage is collected as often as it
	// has to be. The rest of the 256 MiB is for the program itself and its stacks.
	heap = 128 << 20
	// percent is how much garbage there may be beside what is in use, below that.
	// Go's 100 collects every few megabytes: a third of the time of vet.
	percent = 400
)

// Collect has garbage collected late, and yet in time. Whoever sets GOMEMLIMIT
// or GOGC in the environment knows better.
func Collect() {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return
	}
	debug.SetMemoryLimit(heap)
	if before := debug.SetGCPercent(percent); before != 100 {
		debug.SetGCPercent(before)
	}
}
