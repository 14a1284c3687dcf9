package budget

import (
	"fmt"
	"runtime/metrics"
	"time"
)

const (
	// most is the processor time of work that has no limits of its own. The rest
	// of the two seconds is for what comes before and behind.
	most = 1500 * time.Millisecond
	// mostMemory of the program, in bytes, while it is done.
	mostMemory = 192 << 20
	interval   = 10 * time.Millisecond
)

// Within does work that cannot be held to limits in another way. An error says
// that it is taking more than the budget: it goes on in the background, and the
// program is to end.
func Within(name string, work func()) error {
	return within(name, work, most, mostMemory)
}

func within(name string, work func(), most time.Duration, memory uint64) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	start, tick := spent(), time.NewTicker(interval)
	defer tick.Stop()
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for {
		select {
		case <-done:
			return nil
		case <-tick.C:
		}
		if spent()-start > most {
			return fmt.Errorf("%s takes more than %s of processor time", name, most)
		}
		metrics.Read(sample)
		if sample[0].Value.Uint64()-sample[1].Value.Uint64() > memory {
			return fmt.Errorf("%s takes more than %d MiB of memory", name, memory>>20)
		}
	}
}
