// Package randomworld draws lists of objects at random: Ollama, a chat and
// others, Services of every form, and one or two ways in, by every kind of route
// that package reach follows. What a reference names is mostly there.
//
// It draws what package knock can read: a matcher or a middleware more goes into
// both.
package randomworld
