package main

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/printable"
	"github.com/hearth-dev/hearth/sizing"
)

// shapeReport is how many pods serve the people that were named.
type shapeReport struct {
	sizing.Shape

	People          int     `json:"people"`
	Questions       float64 `json:"questionsPerHour"`
	Answer          int     `json:"answerTokens"`
	Wanted          float64 `json:"wantedTokensPerSecond"`
	MemoryBandwidth float64 `json:"memoryBandwidth"` // bytes a second
	// Problem says why there is no shape, Ways what to do about it.
	Problem string   `json:"problem,omitempty"`
	Ways    []string `json:"ways,omitempty"`
}

// shape works out the pods; nil without --people.
func (v *sizeVerb) shape(cmd *cobra.Command, models []sizing.Model) (*shapeReport, error) {
	if v.crowd.People == 0 {
		for _, flag := range []string{"tps", "questions", "answer"} {
			if cmd.Flags().Changed(flag) {
				return nil, fmt.Errorf("--%s needs --people, how many are to be served", flag)
			}
		}
		return nil, nil
	}
	switch {
	case len(models) != 1:
		return nil, fmt.Errorf("--people: name one model, not %d: nobody knows which of them is asked", len(models))
	case models[0].Embedder:
		return nil, fmt.Errorf("--people: %s writes no answers, it embeds: name a model that does", models[0].Name)
	case v.bandwidth == 0:
		return nil, errors.New("--people with --accelerator-memory needs --bandwidth, the GB/s of that memory, which its maker names")
	}
	m := models[0]
	r := &shapeReport{
		Shape:  sizing.ShapeFor(m, v.settings, v.crowd, v.bandwidth*1e9, v.memory.bytes(), v1alpha1.MostParallel),
		People: v.crowd.People, Questions: v.crowd.Questions, Answer: v.crowd.Answer, Wanted: v.crowd.Speed, MemoryBandwidth: v.bandwidth * 1e9,
	}
	switch {
	case r.Replicas > v1alpha1.MostReplicas:
		r.Problem = fmt.Sprintf("%d pods of %s are more than the %d that one service has", r.Replicas, m.Name, v1alpha1.MostReplicas)
		r.Ways = []string{"serve them by several stacks, each for a part of the people", "take a smaller model, or memory that is faster"}
		r.Replicas = 0
	case r.NumParallel > 0:
	case r.Speed < r.Wanted:
		r.Problem = fmt.Sprintf("%s is read at %.3g tokens/s at most by memory of %g GB/s, for one person alone; %g are asked for", m.Name, r.Speed, v.bandwidth, r.Wanted)
		if r.Speed >= 0.01 {
			r.Ways = append(r.Ways, fmt.Sprintf("ask for --tps %g", math.Floor(r.Speed*100)/100))
		}
		r.Ways = append(r.Ways, fmt.Sprintf("have memory of --bandwidth %g", math.Ceil(v.bandwidth*r.Wanted/r.Speed*10)/10),
			fmt.Sprintf("take a smaller model: hearth size --fits MEMORY --bandwidth %g lists them by speed", v.bandwidth))
	default:
		r.Problem = m.Name + " has no room in the memory that was named, not even for one answer at a time"
		r.Ways = []string{"name more memory", "take a smaller model, or a shorter --context-length"}
	}
	return r, nil
}

// text is the shape for a person.
func (r *shapeReport) text() string {
	head := fmt.Sprintf("%d people, each with %g questions an hour that are answered in %d tokens, at %g tokens/s:", r.People, r.Questions, r.Answer, r.Wanted)
	rows := [][]string{{"  answers", fmt.Sprintf("%d at the same time, or fewer in 95 of 100 moments; %.3g on average", r.Answers, r.Mean)}}
	if r.Replicas > 0 {
		rows = append(rows,
			[]string{"  pods", fmt.Sprintf("replicas: %d, with numParallel: %d", r.Replicas, r.NumParallel)},
			[]string{"  speed", fmt.Sprintf("%.3g tokens/s at most for each answer, where a pod writes %d and has %g GB/s to itself", r.Speed, r.NumParallel, r.MemoryBandwidth/1e9)})
	}
	rows = append(rows, []string{"  stands on", "arithmetic, and what further answers were seen to cost: docs/people.md"})
	return columns.Hang(columns.Width, "", head) + columns.Table(rows) + "\n"
}

// complaint is why there is no shape; "" where there is one.
func (r *shapeReport) complaint() string {
	if r == nil || r.Problem == "" {
		return ""
	}
	return printable.Text(r.Problem) + "\neither " + printable.Text(strings.Join(r.Ways, ",\nor ")) + "\n"
}
