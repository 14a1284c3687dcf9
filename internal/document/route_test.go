package document_test

import (
	"errors"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// Route has a field of every form that Decode knows.
type Route struct {
	Common
	Host     string            `json:"host,omitempty"`
	Type     RouteType         `json:"type,omitempty"`
	Port     Port              `json:"port,omitempty"`
	Weight   int32             `json:"weight,omitempty"`
	Redirect *bool             `json:"redirect,omitempty"`
	Secure   bool              `json:"secure,omitempty"`
	Models   []string          `json:"models,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Env      map[string]Env    `json:"env,omitempty"`
	Back     *Back             `json:"back,omitempty"`
	Backs    []Back            `json:"backs,omitempty"`
	Only     *[]RouteType      `json:"only,omitempty"`
	Weights  map[RouteType]int `json:"weights,omitempty"`
	Object   Object            `json:"object,omitempty"`
	Changes  []Change          `json:"changes,omitempty"`
}

// Change is a merge patch of a Route.
type Change map[string]any

func (Change) Patched() any { return &Route{} }

// Common is embedded: its fields are the Route's.
type Common struct {
	Name string `json:"name,omitempty"`
	Size Size   `json:"size,omitempty"`
}

type Back struct {
	Host string `json:"host"`
	Size Size   `json:"size,omitempty"`
}

// Object takes any JSON object.
type Object map[string]any

// RouteType takes certain values only.
type RouteType string

func (RouteType) Values() []string { return []string{"internal", "nginx", "traefik"} }

// Size checks itself and keeps its spelling.
type Size string

func (s *Size) UnmarshalText(text []byte) error {
	if !strings.HasSuffix(string(text), "Gi") && !strings.HasPrefix(string(text), "1") {
		return errors.New("want a size such as 10Gi")
	}
	*s = Size(text)
	return nil
}

// Port checks itself and is a number.
type Port int

func (p *Port) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 16)
	*p = Port(n)
	if err != nil {
		return errors.New("want a port, 1 to 65535")
	}
	return nil
}

// Env is written as a scalar or as a mapping.
type Env struct {
	Value  string `json:"value,omitempty"`
	Secret string `json:"secret,omitempty"`
}

func (e *Env) UnmarshalText(text []byte) error {
	e.Value = string(text)
	return nil
}

// lines are the problems as a person sees them.
func lines(problems ...problem.List) []string {
	var out []string
	for _, list := range problems {
		for _, p := range list {
			out = append(out, p.String())
		}
	}
	return out
}
