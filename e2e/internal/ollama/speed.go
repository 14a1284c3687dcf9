package ollama

import (
	"context"
	"fmt"
	"slices"
)

// Pair is one measurement of two servers, taken one right after the other so that both meet the same weather.
type Pair struct {
	// First and Second are tokens per second.
	First, Second float64
}

// Comparison is what several pairs say about two servers.
type Comparison struct {
	Pairs []Pair
	// First and Second sum up each server's tokens per second, Ratio first over second of each pair.
	First, Second, Ratio Summary
}

// Summary is the middle of some figures and how far they lie apart.
type Summary struct {
	Median, Min, Max float64
}

// Spread is the distance from the lowest to the highest figure, as a part of the median.
func (s Summary) Spread() float64 {
	if s.Median == 0 {
		return 0
	}
	return (s.Max - s.Min) / s.Median
}

func (s Summary) String() string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", s.Median, s.Min, s.Max)
}

// Summarize returns the zero Summary for no figures.
func Summarize(figures []float64) Summary {
	if len(figures) == 0 {
		return Summary{}
	}
	sorted := slices.Sorted(slices.Values(figures))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return Summary{Median: median, Min: sorted[0], Max: sorted[len(sorted)-1]}
}

// NewComparison sums pairs up. The ratio is that of each pair, not that of the medians: what slows the machine down for
// both halves of a pair cancels out.
func NewComparison(pairs []Pair) Comparison {
	var first, second, ratio []float64
	for _, p := range pairs {
		first, second = append(first, p.First), append(second, p.Second)
		if p.Second > 0 {
			ratio = append(ratio, p.First/p.Second)
		}
	}
	return Comparison{Pairs: pairs, First: Summarize(first), Second: Summarize(second), Ratio: Summarize(ratio)}
}

// Compare asks both servers the question in turn, as many times as pairs, and changes who goes first with every pair. Each
// server is asked once before, unmeasured, so that no figure holds the loading of the model.
func Compare(ctx context.Context, first, second *Client, q Question, pairs int) (Comparison, error) {
	for _, c := range []*Client{first, second} {
		if _, err := c.Generate(ctx, q); err != nil {
			return Comparison{}, err
		}
	}
	var measured []Pair
	for i := range pairs {
		var p Pair
		order := []struct {
			client *Client
			speed  *float64
		}{{first, &p.First}, {second, &p.Second}}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, half := range order {
			answer, err := half.client.Generate(ctx, q)
			if err != nil {
				return Comparison{}, err
			}
			*half.speed = answer.TokensPerSecond()
		}
		measured = append(measured, p)
	}
	return NewComparison(measured), nil
}
