package problem

import "unicode/utf8"

// Clip shortens a value that would flood a terminal.
func Clip(s string) string {
	const most = 200
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most]) + "…"
	}
	return s
}
