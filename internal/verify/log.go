package verify

import (
	"strings"
	"time"
)

// log is the end of a container's log. The puller's own lines begin with a time;
// between and behind them stands what Ollama says.
type log struct {
	own  []string // without the time
	last string   // of all
}

func readLog(text string) log {
	var l log
	for line := range strings.Lines(text) {
		line = oneLine(line)
		if line == "" {
			continue
		}
		l.last = line
		at, rest, _ := strings.Cut(line, " ")
		if _, err := time.Parse(time.RFC3339, at); err == nil {
			l.own = append(l.own, rest)
		}
	}
	return l
}

func (l log) lastLine() string {
	if len(l.own) > 0 {
		return l.own[len(l.own)-1]
	}
	return l.last
}

// pullerSum begins the puller's last line of a failed run. What happened stands
// before it, and the server's log behind it.
const pullerSum = "not pulled:"

// lastWords are the puller's reason and what it made of it, or of any other
// program the last line.
func (l log) lastWords() string {
	own := l.own
	if n := len(own); n > 0 && strings.HasPrefix(own[n-1], pullerSum) {
		if reasons := own[max(0, n-3) : n-1]; len(reasons) > 0 {
			return strings.Join(reasons, "; ")
		}
	}
	if n := len(own); n > 0 && strings.HasSuffix(l.last, " "+own[n-1]) {
		return own[n-1]
	}
	return l.last
}
