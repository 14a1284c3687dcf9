package sample_test

import (
	"testing"

	"github.com/hearth-dev/hearth/internal/testing/sample"
)

func TestSize(t *testing.T) {
	few := 20
	if testing.Short() {
		few = 5
	}
	for value, want := range map[string]int{"": few, "large": 50, "7": 7} {
		t.Setenv(sample.Variable, value)
		if got := sample.Size(20, 50); got != want {
			t.Errorf("%s=%s: a sample of %d, want %d", sample.Variable, value, got, want)
		}
	}
	for _, value := range []string{"huge", "0", "-1"} {
		t.Run(value, func(t *testing.T) {
			t.Setenv(sample.Variable, value)
			defer func() {
				if recover() == nil {
					t.Errorf("%s=%s is taken", sample.Variable, value)
				}
			}()
			sample.Size(3, 50)
		})
	}
}
