//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// subject is what is measured: programs one after the other, or a function of
// this process.
type subject struct {
	name string
	// dir, env and stdin are those of each command.
	dir   string
	env   []string
	stdin string
	// commands are run in order.
	commands [][]string
	// before is run before each time, unmeasured.
	before func() error
	// inProcess is measured in place of commands, as often as it takes to be
	// longer than the clock's grain.
	inProcess func() error

	taken []sample
}

// sample is one run: processor time of user and system, time on the wall, and the
// most memory at once, in bytes, of the largest command.
type sample struct {
	cpu, wall time.Duration
	peak      int64
}

// row is a subject beside another.
type row struct {
	own, peer *subject
	goal      float64 // as a ratio of their processor times; 0 for none
}

// measure gives every subject its turn in each round.
func measure(ctx context.Context, rounds int, rows []row) error {
	var all []*subject
	for _, r := range rows {
		for _, s := range []*subject{r.own, r.peer} {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	for range rounds {
		for _, s := range all {
			if err := s.once(ctx); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

func (s *subject) once(ctx context.Context) error {
	if s.before != nil {
		if err := s.before(); err != nil {
			return err
		}
	}
	if s.inProcess != nil {
		return s.here()
	}
	var sum sample
	for _, words := range s.commands {
		one, err := s.command(ctx, words)
		if err != nil {
			return err
		}
		sum = sample{sum.cpu + one.cpu, sum.wall + one.wall, max(sum.peak, one.peak)}
	}
	s.taken = append(s.taken, sum)
	return nil
}

func (s *subject) command(ctx context.Context, words []string) (sample, error) {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), s.env...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(s.stdin), &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, strings.TrimSpace(stderr.String()))
	}
	wall := time.Since(start)
	state := cmd.ProcessState
	one := sample{cpu: state.UserTime() + state.SystemTime(), wall: wall}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		one.peak = usage.Maxrss << 10 // Linux counts KiB
		if runtime.GOOS == "darwin" {
			one.peak = usage.Maxrss
		}
	}
	return one, nil
}

// times is how often a function of this process runs for one sample.
const times = 10

func (s *subject) here() error {
	runtime.GC() // nobody pays for the garbage of another
	before, start := spent(), time.Now()
	for range times {
		if err := s.inProcess(); err != nil {
			return err
		}
	}
	s.taken = append(s.taken, sample{cpu: (spent() - before) / times, wall: time.Since(start) / times})
	return nil
}

// spent is the processor time of this process.
func spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// median of what f says of each sample.
func (s *subject) median(f func(sample) float64) float64 {
	var all []float64
	for _, one := range s.taken {
		all = append(all, f(one))
	}
	return middle(all)
}

// ratio is the median of the rounds' ratios of processor time.
func (r row) ratio() float64 {
	var all []float64
	for i := range r.own.taken {
		all = append(all, float64(r.own.taken[i].cpu)/float64(r.peer.taken[i].cpu))
	}
	return middle(all)
}

func middle(all []float64) float64 {
	slices.Sort(all)
	if n := len(all); n%2 == 0 {
		return (all[n/2-1] + all[n/2]) / 2
	}
	return all[len(all)/2]
}
