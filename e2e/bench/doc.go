//go:build unix

// Bench measures hearth beside the programs that people would take instead, and
// writes docs/benchmarks.md: processor time and memory from exec to exit, as
// medians of rounds in which every program takes its turn, so that a busy machine
// is busy for all. What counts is the ratios within one run.
package main
