package sizing

import (
	"math"
	"testing"
)

// One answer is written in no more than most moments, and in more than most with
// one fewer: the numbers of Poisson's distribution in tables of statistics.
func TestLoad(t *testing.T) {
	for _, c := range []struct {
		mean float64
		most int
	}{{0.01, 1}, {0.05, 1}, {0.5, 2}, {1, 3}, {5, 9}, {10, 15}, {100, 117}, {499, 536}, {501, 538}, {999, 1051}} {
		crowd := Crowd{People: 1, Questions: c.mean * 3600, Answer: 1, Speed: 1}
		if mean, most := crowd.Load(); math.Abs(mean-c.mean) > 1e-9*c.mean || most != c.most {
			t.Errorf("%g answers on average: got %g, and %d at most, want %d", c.mean, mean, most, c.most)
		}
	}
}

// More people take no fewer pods, more bandwidth takes no more; each answer is as
// fast as was asked for, and the pods write as many as there are.
func TestShapeFor(t *testing.T) {
	m, ok := Lookup("llama3.2:3b")
	if !ok {
		t.Fatal("llama3.2:3b is not in the catalogue")
	}
	before := map[float64]int{}
	for people := 1; people <= 2000; people = people*3/2 + 1 {
		fewest := math.MaxInt
		for _, bandwidth := range []float64{20e9, 40e9, 200e9, 900e9} {
			c := Crowd{People: people, Questions: QuestionsPerHour, Answer: AnswerTokens, Speed: ReadingSpeed}
			s := ShapeFor(m, Settings{}, c, bandwidth, 0, 64)
			if s.Speed < c.Speed || s.Replicas*s.NumParallel < s.Answers || (s.Replicas-1)*s.NumParallel >= s.Answers {
				t.Errorf("%d people, %g bytes/s: %+v", people, bandwidth, s)
			}
			if s.Replicas < before[bandwidth] || s.Replicas > fewest {
				t.Errorf("%d people, %g bytes/s: %d pods, %d with fewer people, %d with less bandwidth", people, bandwidth, s.Replicas, before[bandwidth], fewest)
			}
			before[bandwidth], fewest = s.Replicas, s.Replicas
		}
	}
}

// What a pod has room for bounds the answers at the same time.
func TestShapeHasRoom(t *testing.T) {
	m, _ := Lookup("llama3.2:3b")
	c := Crowd{People: 100, Questions: QuestionsPerHour, Answer: AnswerTokens, Speed: ReadingSpeed}
	wide := ShapeFor(m, Settings{}, c, 900e9, 0, 64)
	for n := wide.NumParallel; n > 1; n-- {
		need := Memory([]Model{m}, Settings{NumParallel: n}).Required
		if got := ShapeFor(m, Settings{}, c, 900e9, need-1, 64); got.NumParallel != n-1 {
			t.Errorf("a byte less than %d answers take: %+v", n, got)
		}
	}
	if got := ShapeFor(m, Settings{}, c, 900e9, 1<<30, 64); got.Replicas != 0 || got.NumParallel != 0 || got.Speed < c.Speed {
		t.Errorf("in 1 GiB: %+v", got)
	}
	if got := ShapeFor(m, Settings{}, c, 1e9, 0, 64); got.Replicas != 0 || got.Speed >= c.Speed {
		t.Errorf("at 1 GB/s: %+v", got)
	}
	devices := Settings{Devices: Devices{Count: 1, Memory: 8 << 30}}
	if got := ShapeFor(m, devices, c, 900e9, 0, 64); got.NumParallel == 0 || got.NumParallel > wide.NumParallel && wide.Speed < 20 {
		t.Errorf("in a device of 8 GiB: %+v", got)
	}
}
