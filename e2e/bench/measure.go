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

	"gonum.org/v1/gonum/stat"
)

// subject is what is measured: programs one after the other, or a function of
// this process.
type subject struct {
	name string
	// measured is the path of the program of that name.
	measured string
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

// sample is one run: processor time of user and system and time on the wall, in
// nanoseconds, and the most memory at once, in bytes, of the largest command.
type sample struct{ cpu, wall, peak int64 }

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

// command runs one by the program "measured".
func (s *subject) command(ctx context.Context, words []string) (sample, error) {
	cmd := exec.CommandContext(ctx, s.measured, words...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), s.env...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(s.stdin), &stderr
	out, err := cmd.Output()
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, strings.TrimSpace(stderr.String()))
	}
	var one sample
	_, err = fmt.Sscan(string(out), &one.cpu, &one.wall, &one.peak)
	return one, err
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
	s.taken = append(s.taken, sample{cpu: (spent() - before) / times, wall: int64(time.Since(start)) / times})
	return nil
}

// spent is the processor time of this process, in nanoseconds.
func spent() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

// median of what f says of each sample.
func (s *subject) median(f func(sample) float64) float64 {
	var all []float64
	for _, one := range s.taken {
		all = append(all, f(one))
	}
	slices.Sort(all)
	return stat.Quantile(0.5, stat.Empirical, all, nil)
}

// ratio has the quartiles of the rounds' ratios of processor time; the second
// is the median.
func (r row) ratio() (quartiles [3]float64) {
	var all []float64
	for i := range r.own.taken {
		all = append(all, float64(r.own.taken[i].cpu)/float64(r.peer.taken[i].cpu))
	}
	slices.Sort(all)
	for i, p := range []float64{0.25, 0.5, 0.75} {
		quartiles[i] = stat.Quantile(p, stat.Empirical, all, nil)
	}
	return quartiles
}
