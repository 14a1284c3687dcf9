// Package sizing derives what an Ollama pod needs from the models it holds:
// memory, threads, the volume, and how long a pull and a load may take.
//
// Models and settings go in; numbers come out, each with the arithmetic behind
// it in words, so that a message or a table can print it. The figures of known
// models are in a catalogue with a source for every row, the constants of the
// formulas in constants.go. It reads no file and asks nobody.
package sizing
