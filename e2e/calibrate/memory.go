package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

const (
	// answerTokens is short: by then every buffer was in use.
	answerTokens = 4
	// furtherQuestions follow the long one.
	furtherQuestions = 8
	// furtherTokens is how long each of them is.
	furtherTokens = 4
	// cachedPrompts, as long as the first, fill a prompt cache.
	cachedPrompts = 4
	// filled is the part of the context that a prompt takes, in percent.
	filled = 94
)

// memory measures every load of the matrix.
func (b *bench) memory(ctx context.Context) error {
	var chosen []Load
	for _, l := range b.matrix() {
		known := slices.ContainsFunc(b.data.Memory, func(r MemoryRow) bool { return r.String() == l.String() })
		if strings.Contains(l.String(), b.only) && !(b.onlyNew && known) {
			chosen = append(chosen, l)
		}
	}
	if b.list {
		for _, l := range chosen {
			fmt.Fprintln(b.out, l)
		}
		return nil
	}
	if err := b.open(ctx); err != nil {
		return err
	}
	for i, l := range chosen {
		row, err := b.measure(ctx, l)
		if err != nil {
			return fmt.Errorf("%s: %w", l, err)
		}
		put(&b.data.Memory, row, func(r MemoryRow) bool { return r.String() == l.String() })
		if err := b.save(); err != nil {
			return err
		}
		fmt.Fprintf(b.out, "%d/%d %s: %d tokens read; anonymous %d, %d, %d MiB; working set %d, %d, %d MiB (fresh, loaded, peak); %d samples in %ds, at most %dms apart\n",
			i+1, len(chosen), l, row.PromptTokens, row.Fresh.Anonymous>>20, row.Loaded.Anonymous>>20, row.Peak.Anonymous>>20,
			row.Fresh.WorkingSet>>20, row.Loaded.WorkingSet>>20, row.Peak.WorkingSet>>20, row.Samples, row.Seconds, row.LongestGapMillis)
	}
	return b.save()
}

// measure runs one load on a server of its own, from its start to the last answer.
func (b *bench) measure(ctx context.Context, l Load) (row MemoryRow, err error) {
	row = MemoryRow{Load: l, Measured: b.measured()}
	if err := b.provide(ctx, l.Models...); err != nil {
		return row, err
	}
	if err := b.evict(ctx); err != nil {
		return row, err
	}
	begin := time.Now()
	s, err := b.start(ctx, l)
	if err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, b.keepLog(s, l), s.stop()) }()
	watch := s.group.Watch()
	defer func() {
		peak := watch.Stop()
		row.Peak, row.Samples, row.LongestGapMillis = peak.Memory, peak.Samples, peak.LongestGap.Milliseconds()
		row.Seconds = int(time.Since(begin).Seconds())
	}()
	if row.Fresh, err = s.group.Read(); err != nil {
		return row, err
	}
	for _, name := range l.Models {
		if err := s.ask(ctx, l, name, 0, nil); err != nil {
			return row, fmt.Errorf("loading %s: %w", name, err)
		}
	}
	if row.Loaded, err = s.group.Read(); err != nil {
		return row, err
	}
	for _, name := range l.Models {
		tokens := min(l.Context, trained(name)) * filled / 100
		if l.Prompt > 0 && !embedder(name) { // an embedder reads all of its context at once
			tokens = min(tokens, l.Prompt)
		}
		for turn := 1; turn < l.Turns; turn++ {
			if _, err := s.askAll(ctx, l, name, tokens*turn/l.Turns); err != nil {
				return row, fmt.Errorf("turn %d of %s: %w", turn, name, err)
			}
		}
		answer, err := s.askAll(ctx, l, name, tokens)
		if err != nil {
			return row, fmt.Errorf("asking %s: %w", name, err)
		}
		if answer.PromptTokens > row.PromptTokens {
			row.PromptTokens, row.AnswerTokens = answer.PromptTokens, answer.Tokens
		}
	}
	if l.PromptCacheMiB > 0 {
		for number := range cachedPrompts {
			tokens := cmp.Or(l.Prompt, l.Context*filled/100)
			if err := s.askNumber(ctx, l, l.Models[0], tokens, number+1, nil); err != nil {
				return row, fmt.Errorf("filling the prompt cache: %w", err)
			}
		}
	}
	// The server reads the model's vocabulary anew for every request, and its garbage grows for some requests more.
	for range furtherQuestions {
		for _, name := range l.Models {
			if _, err := s.askAll(ctx, l, name, furtherTokens); err != nil {
				return row, fmt.Errorf("asking %s again: %w", name, err)
			}
		}
	}
	return row, nil
}

// askAll asks the model as many questions at once as it takes, and returns one of the answers.
func (s *server) askAll(ctx context.Context, l Load, name string, tokens int) (ollama.Answer, error) {
	answers := make([]ollama.Answer, l.Parallel)
	failures := make([]error, l.Parallel)
	var wait sync.WaitGroup
	for i := range l.Parallel {
		wait.Go(func() { failures[i] = s.ask(ctx, l, name, tokens, &answers[i]) })
	}
	wait.Wait()
	return answers[0], errors.Join(failures...)
}

// ask sends one prompt of about so many tokens, or for none only has the model loaded.
func (s *server) ask(ctx context.Context, l Load, name string, tokens int, answer *ollama.Answer) error {
	return s.askNumber(ctx, l, name, tokens, 0, answer)
}

func (s *server) askNumber(ctx context.Context, l Load, name string, tokens, number int, answer *ollama.Answer) error {
	q := ollama.Question{Model: name, Prompt: prompt(name, tokens, number), Threads: l.Threads, MaxTokens: answerTokens}
	if embedder(name) {
		read, err := s.EmbedTokens(ctx, q)
		if answer != nil {
			answer.PromptTokens = read
		}
		return err
	}
	if l.Image > 0 && tokens > furtherTokens {
		image, err := picture(l.Image)
		if err != nil {
			return err
		}
		q.Images = [][]byte{image}
	}
	a, err := s.Generate(ctx, q)
	if answer != nil {
		*answer = a
	}
	return err
}

// picture is a PNG file of so many pixels a side.
func picture(side int) ([]byte, error) {
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	var file bytes.Buffer
	err := png.Encode(&file, img)
	return file.Bytes(), err
}

func (b *bench) measured() Measured {
	return Measured{Date: time.Now().UTC().Format(time.DateOnly), Commit: b.commit}
}

// keepLog saves what Ollama said, if that is wanted.
func (b *bench) keepLog(s *server, l Load) error {
	if b.logs == "" {
		return nil
	}
	log, err := s.container.Logs(context.Background())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.logs, strings.ReplaceAll(l.String(), "/", "_")+".log"), []byte(log), 0o644)
}
