package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/cgroup"
	"github.com/hearth-dev/hearth/e2e/internal/origin"
	"github.com/hearth-dev/hearth/sizing"
)

// dataFile holds what was measured of a version, by its path in the checkout.
func dataFile(version string) string { return "e2e/calibrate/testdata/" + version + ".json" }

// Data is all that was measured, and by what.
type Data struct {
	// Machine that measured last.
	Machine Machine `json:"machine"`
	// Models that appear in the rows, by name.
	Models []Model `json:"models"`
	// Memory has one row for each load.
	Memory []MemoryRow `json:"memory"`
	// Limits, Threads, Parallel and Chat are what the last run of each saw.
	Limits   []LimitRow    `json:"limits"`
	Threads  []ThreadRow   `json:"threads"`
	Parallel []ParallelRow `json:"parallel,omitempty"`
	Chat     []ChatRow     `json:"chat"`
}

// Machine says where the figures come from.
type Machine struct {
	origin.Machine
	CgroupVersion int    `json:"cgroupVersion"`
	Ollama        string `json:"ollama"`
}

// Model is one that was measured.
type Model struct {
	Name string `json:"name"`
	// Weights says where they come from: "real" or "random".
	Weights string `json:"weights"`
	// Figures in the header of the GGUF file.
	Figures sizing.Model `json:"figures"`
}

// Load is what a server was given to do.
type Load struct {
	// Models that are loaded, all of them at the same time.
	Models []string `json:"models"`
	// Context is OLLAMA_CONTEXT_LENGTH, Parallel OLLAMA_NUM_PARALLEL, KVCacheType OLLAMA_KV_CACHE_TYPE; for a type other
	// than f16 flash attention is switched on, as hearth does.
	Context     int    `json:"context"`
	Parallel    int    `json:"parallel"`
	KVCacheType string `json:"kvCacheType"`
	// Threads is num_thread.
	Threads int `json:"threads"`
	// Prompt is how many tokens are asked for. 0 fills the context.
	Prompt int `json:"prompt,omitempty"`
	// Turns is in how many questions the prompt is read, each with what came before; 0 for one.
	Turns int `json:"turns,omitempty"`
	// PromptCacheMiB is LLAMA_ARG_CACHE_RAM, from 0.30 on.
	PromptCacheMiB int `json:"promptCacheMiB,omitempty"`
	// Image is how many pixels a side the image has that is asked about; 0 for a question without.
	Image int `json:"image,omitempty"`
}

func (l Load) String() string {
	s := fmt.Sprintf("%s/ctx%d/par%d/%s/t%d", strings.Join(l.Models, "+"), l.Context, l.Parallel, l.KVCacheType, l.Threads)
	if l.Prompt > 0 {
		s += fmt.Sprintf("/prompt%d", l.Prompt)
	}
	if l.Turns > 0 {
		s += fmt.Sprintf("/turns%d", l.Turns)
	}
	if l.PromptCacheMiB > 0 {
		s += fmt.Sprintf("/cache%d", l.PromptCacheMiB)
	}
	if l.Image > 0 {
		s += fmt.Sprintf("/image%d", l.Image)
	}
	return s
}

// Measured says when a row was measured, and of which commit.
type Measured struct {
	Date   string `json:"date"`
	Commit string `json:"commit"`
}

// MemoryRow is what a load was seen to need.
type MemoryRow struct {
	Load
	Measured
	// PromptTokens and AnswerTokens of the last request of the largest model; there were Parallel of them. 0 where the random
	// weights answered what Ollama could not read.
	PromptTokens int `json:"promptTokens"`
	AnswerTokens int `json:"answerTokens"`
	// Fresh is the server before it loaded anything, Loaded after loading, Peak the highest from start to end.
	Fresh  cgroup.Memory `json:"fresh"`
	Loaded cgroup.Memory `json:"loaded"`
	Peak   cgroup.Memory `json:"peak"`
	// Samples were taken over Seconds, never more than LongestGapMillis apart.
	Samples          int   `json:"samples"`
	Seconds          int   `json:"seconds"`
	LongestGapMillis int64 `json:"longestGapMillis"`
}

// read returns the zero Data for a file that is not there yet.
func read(path string) (Data, error) {
	var d Data
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return d, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

func (d Data) write(path string) error {
	raw, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}

// Commits are those that the figures are of, with the number of their rows.
func (d Data) Commits() string {
	counts := map[string]int{}
	for _, r := range d.Memory {
		counts[r.Commit]++
	}
	for _, r := range d.Limits {
		counts[r.Commit]++
	}
	for _, r := range d.Threads {
		counts[r.Commit]++
	}
	for _, r := range d.Parallel {
		counts[r.Commit]++
	}
	for _, r := range d.Chat {
		counts[r.Commit]++
	}
	var texts []string
	for _, commit := range slices.Sorted(maps.Keys(counts)) {
		texts = append(texts, fmt.Sprintf("%s (%d)", commit, counts[commit]))
	}
	return strings.Join(texts, ", ")
}

// put replaces the row that is the same, or adds one.
func put[T any](rows *[]T, row T, same func(T) bool) {
	if i := slices.IndexFunc(*rows, same); i >= 0 {
		(*rows)[i] = row
	} else {
		*rows = append(*rows, row)
	}
}
