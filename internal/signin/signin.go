// Package signin judges who can sign in to an Open WebUI, by its environment.
package signin

import (
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// Value of a variable as an object shows it.
type Value struct {
	Text   string // as it stands; meaningless if Hidden
	Hidden bool   // it cannot be read from the objects
}

// Env looks a variable up; ok reports whether it is set.
type Env func(name string) (v Value, ok bool)

// Audience is who can reach the chat.
type Audience int

// From the pods of the cluster to the internet.
const (
	Cluster Audience = iota
	Private
	Public
)

// Weakness is one way past the sign-in.
type Weakness struct {
	Variables []string // those that make it, the first is where to report it
	Severity  problem.Severity
	Message   string // what a stranger can do; no host in it
	Fix       string
}

// Weaknesses are all ways past the sign-in for somebody of an audience.
func Weaknesses(env Env, a Audience) []Weakness {
	if a == Cluster {
		return nil
	}
	severity := problem.Error
	if a == Private {
		severity = problem.Warning
	}
	if v, set := env("WEBUI_AUTH"); set && !v.Hidden && !strings.EqualFold(v.Text, "true") {
		return []Weakness{{[]string{"WEBUI_AUTH"}, severity, "everybody is signed in as admin", "remove it"}}
	}
	if v, set := env("ENABLE_SIGNUP"); a == Public && (!set || !v.Hidden && strings.EqualFold(v.Text, "true")) {
		return []Weakness{{[]string{"ENABLE_SIGNUP"}, severity, "sign-up is open: the first to come is admin",
			"set ENABLE_SIGNUP=False, and WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret"}}
	}
	return nil
}
