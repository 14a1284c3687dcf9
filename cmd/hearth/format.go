package main

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"
)

// format is how a verb reports.
type format string

const (
	formatText format = "text"
	formatJSON format = "json"
)

// String, Set and Type make format a flag.
func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "format" }
func (f *format) Set(s string) error {
	if s != string(formatText) && s != string(formatJSON) {
		return errors.New("want text or json")
	}
	*f = format(s)
	return nil
}

// addFlag defines --output; what says what a report is and where it goes.
func (f *format) addFlag(cmd *cobra.Command, what string) {
	*f = formatText
	cmd.Flags().VarP(f, "output", "o", "how to report: "+what)
	complete(cmd, "output", string(formatText), string(formatJSON))
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
