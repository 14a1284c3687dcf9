package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// ParallelRow is how fast one model writes so many answers at the same time, on one thread, without a limit.
type ParallelRow struct {
	Model string `json:"model"`
	Measured
	// Requests at the same time.
	Requests int `json:"requests"`
	// TokensPerSecond of all of them together, of each round.
	TokensPerSecond []float64 `json:"tokensPerSecond"`
	// LoadAverage of the machine as the row was begun.
	LoadAverage float64 `json:"loadAverage"`
}

const (
	// parallelRounds of parallelTokens for each number of requests. Random weights write one word again and again, and after
	// 31 of them in a row Ollama ends an answer without saying so (tokenRepeat in llm/llama_server.go of 0.34.0).
	parallelRounds, parallelTokens = 3, 30
	// parallelContext is of each request.
	parallelContext = 1024
)

// parallel measures what further answers cost where others are written already.
func (b *bench) parallel(ctx context.Context) error {
	models := []string{b.sweptModel(), "gemma3:270m", "llama3.2:1b"}
	if err := b.open(ctx, models...); err != nil {
		return err
	}
	var rows []ParallelRow
	for _, model := range models {
		measured, err := b.crowd(ctx, model, []int{1, 2, 4, 8})
		if err != nil {
			return fmt.Errorf("%s: %w", model, err)
		}
		rows = append(rows, measured...)
		b.data.Parallel = rows
		if err := b.save(); err != nil {
			return err
		}
		for _, r := range measured {
			fmt.Fprintf(b.out, "%s, %d answers at the same time: %s tokens/s in all\n", r.Model, r.Requests, ollama.Summarize(r.TokensPerSecond))
		}
	}
	return nil
}

// crowd asks one server for one answer, for two, and so on, in turn, round after round.
func (b *bench) crowd(ctx context.Context, model string, counts []int) (rows []ParallelRow, err error) {
	average, err := loadAverage()
	if err != nil {
		return nil, err
	}
	load := Load{Models: []string{model}, Context: parallelContext, Parallel: slices.Max(counts), KVCacheType: "f16", Threads: 1}
	s, err := b.start(ctx, load)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	q := ThreadRow{Model: model, Threads: 1}.question(sweptPrompt)
	q.MaxTokens = parallelTokens
	for _, n := range counts {
		rows = append(rows, ParallelRow{Model: model, Measured: b.measured(), Requests: n, LoadAverage: average})
	}
	for round := range parallelRounds + 1 {
		for i := range rows {
			speed, err := s.together(ctx, q, rows[i].Requests)
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first loads the model and reads the prompt
				rows[i].TokensPerSecond = append(rows[i].TokensPerSecond, speed)
			}
		}
	}
	return rows, nil
}

// together is the tokens per second of so many answers, while all of them are written.
func (s *server) together(ctx context.Context, q ollama.Question, requests int) (float64, error) {
	written, failed := make([][]time.Time, requests), make([]error, requests)
	var all sync.WaitGroup
	for i := range requests {
		all.Go(func() {
			failed[i] = s.Stream(ctx, q, func() { written[i] = append(written[i], time.Now()) })
		})
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		return 0, err
	}
	from, to := time.Time{}, time.Now()
	for _, times := range written {
		if len(times) < 2 {
			return 0, errors.New("an answer of fewer than two tokens")
		}
		if first := times[0]; first.After(from) {
			from = first
		}
		if last := times[len(times)-1]; last.Before(to) {
			to = last
		}
	}
	tokens := 0
	for _, times := range written {
		for _, at := range times {
			if at.After(from) && !at.After(to) {
				tokens++
			}
		}
	}
	if !from.Before(to) || tokens == 0 {
		return 0, fmt.Errorf("%d answers were not written at the same time", requests)
	}
	return float64(tokens) / to.Sub(from).Seconds(), nil
}

// further is by how much each answer beyond the first makes a word of all take longer, as a part of what it takes alone.
func (d Data) further(row ParallelRow) float64 {
	for _, alone := range d.Parallel {
		if alone.Model == row.Model && alone.Requests == 1 {
			one, all := ollama.Summarize(alone.TokensPerSecond).Median, ollama.Summarize(row.TokensPerSecond).Median
			return (float64(row.Requests)*one/all - 1) / float64(row.Requests-1)
		}
	}
	return 0
}
