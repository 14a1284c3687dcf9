// Package budget is what one call of a program may take: two seconds of processor
// time, and 256 MiB above the size of its input. Whatever would take more is
// refused, with an error that names the limit.
package budget
