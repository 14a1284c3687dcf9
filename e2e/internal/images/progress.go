package images

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// heartbeat is how often a long build says that it is still alive.
const heartbeat = 30 * time.Second

// progress prints that something starts, then every half minute that it still runs, and when the returned function is
// called, how long it took and what came of it.
func (b *Builder) progress(format string, args ...any) (done func(format string, args ...any)) {
	what := fmt.Sprintf(format, args...)
	start := time.Now()
	elapsed := func() time.Duration { return time.Since(start).Round(100 * time.Millisecond) }
	fmt.Fprintf(b.Out, "%s ...\n", what)
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				fmt.Fprintf(b.Out, "%s ... %s so far\n", what, elapsed().Round(time.Second))
			}
		}
	})
	return func(format string, args ...any) {
		close(stop)
		wait.Wait() // so that nothing is written to Out after this returns
		fmt.Fprintf(b.Out, "%s: %s in %s\n", what, fmt.Sprintf(format, args...), elapsed())
	}
}

// Synchronized returns a writer for lines that several goroutines print at once.
func Synchronized(w io.Writer) io.Writer { return &synchronized{w: w} }

type synchronized struct {
	mutex sync.Mutex
	w     io.Writer
}

func (s *synchronized) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.w.Write(p)
}
