package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/origin"
	"github.com/hearth-dev/hearth/sizing"
)

// ThreadRow is how fast one model answers with so many threads under one CPU limit.
type ThreadRow struct {
	Model string `json:"model"`
	Measured
	// MilliCPU is the limit, in thousandths of a core.
	MilliCPU int64 `json:"milliCPU"`
	// Threads is num_thread, and from 0.30 on LLAMA_ARG_THREADS in its place.
	Threads int `json:"threads"`
	// Said is how many threads llama-server's log says; 0 before 0.30.
	Said int `json:"said,omitempty"`
	// TokensPerSecond of each round.
	TokensPerSecond []float64 `json:"tokensPerSecond"`
	// LoadAverage of the machine as the row was begun, this program's own load included: above the number of cores the
	// figures say little.
	LoadAverage float64 `json:"loadAverage"`
}

const (
	sweptModel = "smollm2:135m"
	// freeModel is the same without num_thread among its parameters, which would win over LLAMA_ARG_THREADS.
	freeModel = "smollm2:135m-free"
	// sweptPrompt has a long answer.
	sweptPrompt = "Tell me a long story about a lighthouse."
	// sweptTokens are written in a round, if they come within sweptTime; sweptRounds for each setting. So the sweep takes less
	// than five minutes also where threads that wait for one another write a token in seconds.
	sweptTokens, sweptRounds = 24, 4
	sweptTime                = 6 * time.Second
)

// threads measures the settings of one limit in turn, round after round, so that all of them meet the same weather.
func (b *bench) threads(ctx context.Context) error {
	model := b.sweptModel()
	if err := b.open(ctx, model); err != nil {
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
		measured, err := b.sweep(ctx, model, limit, counts)
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

// sweptModel is the model whose number of threads can be said under the release.
func (b *bench) sweptModel() string {
	if sizing.LlamaServer(b.release.Version) {
		return freeModel
	}
	return sweptModel
}

// sweep runs a server for each number of threads, so that none has to load the model anew, and asks them in turn.
func (b *bench) sweep(ctx context.Context, model string, limit int64, counts []int) (rows []ThreadRow, err error) {
	var servers []*server
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.stop())
		}
	}()
	average, err := loadAverage()
	if err != nil {
		return nil, err
	}
	for _, n := range counts {
		load := Load{Models: []string{model}, Context: 2048, Parallel: 1, KVCacheType: "f16", Threads: n}
		s, err := b.start(ctx, load, "--cpus", strconv.FormatFloat(float64(limit)/1000, 'f', -1, 64))
		if err != nil {
			return nil, err
		}
		servers = append(servers, s)
		// Loads the model, and is not counted.
		row := ThreadRow{Model: model, Measured: b.measured(), MilliCPU: limit, Threads: n, LoadAverage: average}
		if _, err := s.Generate(ctx, row.question("")); err != nil {
			return nil, err
		}
		if model == freeModel {
			if row.Said, err = s.said(ctx); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	for round := range sweptRounds + 1 {
		for i := range counts {
			i = (i + round) % len(counts) // nobody is always first
			speed, err := servers[i].speed(ctx, rows[i].question(sweptPrompt))
			if err != nil {
				return nil, err
			}
			if round > 0 { // the first reads the prompt, which is kept for the others
				rows[i].TokensPerSecond = append(rows[i].TokensPerSecond, speed)
			}
		}
	}
	return rows, nil
}

// question says the number of threads only where the server's environment does not.
func (r ThreadRow) question(prompt string) ollama.Question {
	q := ollama.Question{Model: r.Model, Prompt: prompt, MaxTokens: sweptTokens}
	if r.Model != freeModel {
		q.Threads = r.Threads
	}
	return q
}

var saidThreads = regexp.MustCompile(`n_threads = (\d+)`)

// said is the number of threads in the log of the model's process.
func (s *server) said(ctx context.Context) (int, error) {
	log, err := s.container.Logs(ctx)
	if err != nil {
		return 0, err
	}
	match := saidThreads.FindStringSubmatch(log)
	if match == nil {
		return 0, errors.New("llama-server's log says no number of threads")
	}
	return strconv.Atoi(match[1])
}

// speed is the tokens per second of one answer from its first token on, or until the time is up. 0 says that there were not
// even two.
func (s *server) speed(ctx context.Context, q ollama.Question) (float64, error) {
	within, cancel := context.WithTimeout(ctx, sweptTime)
	defer cancel()
	var first, last time.Time
	tokens := 0
	err := s.Stream(within, q, func() {
		last = time.Now()
		if tokens++; tokens == 1 {
			first = last
		}
	})
	if err != nil && (ctx.Err() != nil || within.Err() == nil) {
		return 0, err
	}
	if tokens < 2 {
		return 0, nil
	}
	if err != nil { // cut: the time since the last token counts, too
		last = time.Now()
	}
	return float64(tokens-1) / last.Sub(first).Seconds(), nil
}

// loadAverage of the last minute.
func loadAverage() (float64, error) {
	loads, err := origin.LoadAverages()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(loads[0], 64)
}
