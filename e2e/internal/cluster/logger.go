package cluster

import (
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kind/pkg/log"
)

// logger passes kind's messages for people on as plain lines, and drops those for its developers.
type logger struct{ out io.Writer }

func (l logger) Warn(message string)               { say(l.out, "kind: %s", message) }
func (l logger) Warnf(format string, args ...any)  { l.Warn(fmt.Sprintf(format, args...)) }
func (l logger) Error(message string)              { say(l.out, "kind: %s", message) }
func (l logger) Errorf(format string, args ...any) { l.Error(fmt.Sprintf(format, args...)) }

// V returns the logger for a verbosity, of which 0 is meant for everybody.
func (l logger) V(level log.Level) log.InfoLogger { return infoLogger{l, level == 0} }

type infoLogger struct {
	logger
	enabled bool
}

func (l infoLogger) Enabled() bool { return l.enabled }

func (l infoLogger) Info(message string) {
	// kind ends a line of progress by starting another one with a line feed of its own.
	if message = strings.TrimSpace(message); l.enabled && message != "" {
		say(l.out, "kind: %s", message)
	}
}

func (l infoLogger) Infof(format string, args ...any) { l.Info(fmt.Sprintf(format, args...)) }
