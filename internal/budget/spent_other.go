//go:build !unix

package budget

import "time"

var start = time.Now()

// spent is the time since the program's start, for want of a better clock.
func spent() time.Duration { return time.Since(start) }
