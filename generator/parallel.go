package generator

import (
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// inParallel calls f with 0 to n-1 on all processors. The error is that of the
// smallest number that fails, as if they had been called in turn.
func inParallel(n int, f func(i int) error) error {
	errs := make([]error, n)
	var first atomic.Int64 // that has failed
	first.Store(int64(n))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error {
			if int64(i) > first.Load() {
				return nil
			}
			if errs[i] = f(i); errs[i] == nil {
				return nil
			}
			for was := first.Load(); int64(i) < was && !first.CompareAndSwap(was, int64(i)); was = first.Load() {
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	if i := first.Load(); i < int64(n) {
		return errs[i]
	}
	return nil
}
