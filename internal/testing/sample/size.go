// Package sample says how many random inputs a test goes over: few by default,
// so that everybody can run all tests, many in CI, and fewer with -short, as under
// the race detector, for which each is slow and one like another.
package sample

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// Variable is the environment variable that asks for other samples than the
// small ones: large, or a number.
const Variable = "HEARTH_SAMPLES"

// Size returns how many random inputs a test is to go over: small, with -short a
// quarter of that but no fewer than four, large where HEARTH_SAMPLES=large, as in
// CI, or the number that it names. Inputs are drawn from the seeds 0, 1, 2 and so
// on: a larger sample holds the smaller ones, and what fails in it fails again.
func Size(small, large int) int {
	switch value := os.Getenv(Variable); value {
	case "":
		if testing.Short() {
			return max(min(small, 4), small/4)
		}
		return small
	case "large":
		return large
	default:
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			panic(fmt.Sprintf("%s is %q: set it to large or to a number, or leave it out", Variable, value))
		}
		return n
	}
}
