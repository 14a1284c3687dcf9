package cgroup

import (
	"sync"
	"time"
)

// Peak is the highest of each figure between two moments.
type Peak struct {
	Memory
	// Samples is how often the group was read, LongestGap the longest time between two readings: what rose and fell within
	// it was not seen.
	Samples    int
	LongestGap time.Duration
}

// Watch reads a group again and again until it is stopped.
type Watch struct {
	stop, ended chan struct{}

	mu   sync.Mutex
	peak Peak
	last time.Time
}

// interval between two readings: fifty a second.
const interval = 20 * time.Millisecond

// Watch starts reading. A group that is gone, since its last process ended, is read no more.
func (g Group) Watch() *Watch {
	w := &Watch{stop: make(chan struct{}), ended: make(chan struct{}), last: time.Now()}
	go func() {
		defer close(w.ended)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			m, err := g.Read()
			if err != nil {
				return
			}
			w.add(m)
			select {
			case <-w.stop:
				return
			case <-tick.C:
			}
		}
	}()
	return w
}

func (w *Watch) add(m Memory) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.peak.Anonymous = max(w.peak.Anonymous, m.Anonymous)
	w.peak.WorkingSet = max(w.peak.WorkingSet, m.WorkingSet)
	w.peak.LongestGap = max(w.peak.LongestGap, now.Sub(w.last))
	w.peak.Samples++
	w.last = now
}

// Peak returns the highest so far.
func (w *Watch) Peak() Peak {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.peak
}

// Stop ends the reading and returns the highest of all.
func (w *Watch) Stop() Peak {
	close(w.stop)
	<-w.ended
	return w.Peak()
}
