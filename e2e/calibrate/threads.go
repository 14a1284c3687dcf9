package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// ThreadRow is how fast one model answers with so many threads under one CPU limit.
type ThreadRow struct {
	Model string `json:"model"`
	Date  string `json:"date"`
	// MilliCPU is the limit, in thousandths of a core.
	MilliCPU int64 `json:"milliCPU"`
	// Threads is num_thread.
	Threads int `json:"threads"`
	// TokensPerSecond of each round.
	TokensPerSecond []float64 `json:"tokensPerSecond"`
	// LoadAverage of the machine as the row was begun, this program's own load included: above the number of cores the
	// figures say little.
	LoadAverage float64 `json:"loadAverage"`
}

const (
	sweptModel = "smollm2:135m"
	// sweptTokens are written in a round, rounds for each setting: with them the sweep takes less than five minutes.
	sweptTokens, sweptRounds = 24, 5
)

// threads measures the settings of one limit in turn, round after round, so that all of them meet the same weather.
func (b *bench) threads(ctx context.Context) error {
	if err := b.open(ctx); err != nil {
		return err
	}
	if err := b.provide(ctx, sweptModel); err != nil {
		return err
	}
	counts := []int{1, 2, 4}
	if cores := runtime.NumCPU(); !slices.Contains(counts, cores) {
		counts = append(counts, cores)
	}
	var rows []ThreadRow
	for _, limit := range []int64{500, 1000, 1500, 2000} {
		if int(limit) > 1000*runtime.NumCPU() {
			continue
		}
		measured, err := b.sweep(ctx, limit, counts)
		if err != nil {
			return fmt.Errorf("%d thousandths of a core: %w", limit, err)
		}
		rows = append(rows, measured...)
		for _, r := range measured {
			fmt.Fprintf(b.out, "%s, %dm CPU, %d threads: %s tokens/s\n", r.Model, r.MilliCPU, r.Threads, ollama.Summarize(r.TokensPerSecond))
		}
	}
	b.data.Threads = rows
	return b.save()
}

// sweep runs a server for each number of threads, so that none has to load the model anew, and asks them in turn.
func (b *bench) sweep(ctx context.Context, limit int64, counts []int) (rows []ThreadRow, err error) {
	var servers []*server
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.stop())
		}
	}()
	load := Load{Models: []string{sweptModel}, Context: 2048, Parallel: 1, KVCacheType: "f16"}
	question := func(threads, tokens int) ollama.Question {
		return ollama.Question{Model: sweptModel, Prompt: "Tell me a long story about a lighthouse.", Threads: threads, MaxTokens: tokens}
	}
	average, err := loadAverage()
	if err != nil {
		return nil, err
	}
	for _, n := range counts {
		s, err := b.start(ctx, load, "--cpus", strconv.FormatFloat(float64(limit)/1000, 'f', -1, 64))
		if err != nil {
			return nil, err
		}
		servers = append(servers, s)
		if _, err := s.Generate(ctx, question(n, 4)); err != nil { // loads, and is not counted
			return nil, err
		}
		rows = append(rows, ThreadRow{Model: sweptModel, Date: today(), MilliCPU: limit, Threads: n, LoadAverage: average})
	}
	for round := range sweptRounds {
		for i := range counts {
			i = (i + round) % len(counts) // nobody is always first
			answer, err := servers[i].Generate(ctx, question(counts[i], sweptTokens))
			if err != nil {
				return nil, err
			}
			rows[i].TokensPerSecond = append(rows[i].TokensPerSecond, answer.TokensPerSecond())
		}
	}
	return rows, nil
}

// loadAverage of the last minute.
func loadAverage() (float64, error) {
	data, err := readFile("/proc/loadavg")
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(data, " ")
	return strconv.ParseFloat(first, 64)
}
