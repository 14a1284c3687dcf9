package ollama_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

func TestSummarize(t *testing.T) {
	for name, c := range map[string]struct {
		figures []float64
		want    ollama.Summary
		spread  float64
	}{
		"nothing": {nil, ollama.Summary{}, 0},
		"one":     {[]float64{8}, ollama.Summary{Median: 8, Min: 8, Max: 8}, 0},
		"odd":     {[]float64{9, 1, 4}, ollama.Summary{Median: 4, Min: 1, Max: 9}, 2},
		"even":    {[]float64{10, 2, 6, 4}, ollama.Summary{Median: 5, Min: 2, Max: 10}, 1.6},
	} {
		t.Run(name, func(t *testing.T) {
			got := ollama.Summarize(c.figures)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Spread() != c.spread {
				t.Errorf("spread: got %v, want %v", got.Spread(), c.spread)
			}
		})
	}
}

// TestRatioIsOfPairs shows why: the machine became half as fast between the pairs, and the first server is as good as the
// second in each of them.
func TestRatioIsOfPairs(t *testing.T) {
	got := ollama.NewComparison([]ollama.Pair{{First: 40, Second: 40}, {First: 20, Second: 20}, {First: 30, Second: 60}})
	want := ollama.Summary{Median: 1, Min: 0.5, Max: 1}
	if diff := cmp.Diff(want, got.Ratio); diff != "" {
		t.Errorf("ratio (-want +got):\n%s", diff)
	}
}

// paced answers every question at one speed and appends its name to the order of requests.
func paced(t *testing.T, name string, tokensPerSecond int, order *atomic.Pointer[string]) *ollama.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		now := *order.Load() + name
		order.Store(&now)
		_, _ = fmt.Fprintf(w, `{"eval_count": %d, "eval_duration": 1000000000}`, tokensPerSecond)
	}))
	t.Cleanup(server.Close)
	return &ollama.Client{URL: server.URL}
}

func TestCompareWarmsUpAndTakesTurns(t *testing.T) {
	order := &atomic.Pointer[string]{}
	order.Store(new(string))
	got, err := ollama.Compare(t.Context(), paced(t, "a", 45, order), paced(t, "b", 50, order), ollama.Question{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ollama.Summary{Median: 0.9, Min: 0.9, Max: 0.9}, got.Ratio); diff != "" {
		t.Errorf("ratio (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("ab"+"ab"+"ba"+"ab", *order.Load()); diff != "" {
		t.Errorf("order of requests (-want +got):\n%s", diff)
	}
}
