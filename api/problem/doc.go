// Package problem is what hearth says about a file that is wrong: where, what
// was seen, what is allowed, and what to do about it.
//
// A Problem is plain data, so that a terminal, a KRM function's results and a
// test can each show it in their own form.
package problem
