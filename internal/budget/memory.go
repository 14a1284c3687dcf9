package budget

import (
	"math"
	"runtime/debug"
)

// heap is the size in bytes from which garbage is collected as often as it has
// to be, instead of when the heap has doubled. The rest of the 256 MiB is for
// the program itself and its stacks.
const heap = 192 << 20

// Collect has garbage collected in time. Whoever sets GOMEMLIMIT knows better.
func Collect() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(heap)
	}
}
