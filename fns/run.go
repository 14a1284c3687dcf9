package fns

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// errResults ends a run whose errors are among the results, and printed already.
var errResults = errors.New("the results have errors")

// Run reads a ResourceList from in and writes it to out as its functionConfig
// asks. Warnings and errors go to messages, a line each; the error says that
// the run failed. What could be read is written in any case, with the results
// and, after an error, with the items as they came.
func Run(in io.Reader, out, messages io.Writer) error {
	list, err := run(in, messages)
	if _, failed := out.Write(list); failed != nil && err == nil {
		err = fmt.Errorf("writing the ResourceList: %w", failed)
	}
	if err != nil && !errors.Is(err, errResults) {
		fmt.Fprintln(messages, "hearth-fn:", err)
	}
	return err
}

// run returns the ResourceList to write, nil if there is none.
func run(in io.Reader, messages io.Writer) (list []byte, err error) {
	data, err := yamllimit.Read(in)
	if err != nil {
		return nil, fmt.Errorf("reading the ResourceList: %w", err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("nothing on standard input, want a ResourceList; see hearth-fn --help")
	}
	// The framework is written for lists that tools make, and panics on some
	// that they do not.
	defer func() {
		if r := recover(); r != nil {
			list, err = nil, fmt.Errorf("reading the ResourceList: %v", r)
		}
	}()
	if err := tooMuch(data); err != nil {
		return nil, fmt.Errorf("reading the ResourceList: %w", err)
	}
	return execute(data, messages)
}

func execute(data []byte, messages io.Writer) ([]byte, error) {
	var out bytes.Buffer
	read := false
	rw := &kio.ByteReadWriter{Reader: bytes.NewReader(data), Writer: &out, KeepReaderAnnotations: true}
	err := framework.Execute(framework.ResourceListProcessorFunc(func(rl *framework.ResourceList) error {
		if err := checkWrapping(rw, rl); err != nil {
			return err
		}
		read = true
		err := Process(rl)
		rl.Results = bounded(rl.Results)
		printResults(messages, rl.Results)
		return errors.Join(err, stabilize(rl))
	}), rw)
	switch {
	case read:
		return out.Bytes(), err
	case errors.As(err, &wrongInput{}):
		return nil, err
	}
	return nil, fmt.Errorf("reading the ResourceList: %w", unreadable(data, err))
}

// Process does what the list's functionConfig asks for. After an error the
// items are as they came; the reasons are in the results.
func Process(rl *framework.ResourceList) error {
	if wrong := unmeant(rl.Items); wrong != nil {
		rl.Results = append(rl.Results, wrong...)
		return errResults
	}
	items := rl.Items
	c, results := readConfig(rl.FunctionConfig)
	if results.ExitCode() == 0 {
		made, found := c.apply(rl.Items)
		items, results = made, append(results, found...)
	}
	results = append(results, nameless(rl.Items)...)
	rl.Results = append(rl.Results, results...)
	if results.ExitCode() != 0 {
		return errResults
	}
	rl.Items = items
	return nil
}
