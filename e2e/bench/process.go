//go:build unix

package main

import (
	"fmt"
	"path"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/generator"
)

// memory is one that never forgets.
type memory struct {
	mu     sync.Mutex
	values map[generator.Key][]byte
}

// Recall implements [generator.Memory].
func (m *memory) Recall(key generator.Key) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	return value, ok
}

// Keep implements [generator.Memory].
func (m *memory) Keep(key generator.Key, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
}

// inProcess is Generate beside marshalling the objects that its files hold: what
// no generator can do without.
func inProcess() ([]row, error) {
	r, problems := generator.Load("hearth.yaml", []byte(stack))
	if r == nil {
		return nil, problems.Err()
	}
	files, problems := generator.Generate(r)
	if files == nil {
		return nil, problems.Err()
	}
	var objects []any // of each file
	for _, f := range files {
		if path.Ext(f.Path) != ".yaml" {
			continue
		}
		var o any
		if err := yaml.Unmarshal(f.Data, &o); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		objects = append(objects, o)
	}
	plain := &subject{name: "marshalling the same objects", inProcess: func() error {
		for _, o := range objects {
			if _, err := yaml.Marshal(o); err != nil {
				return err
			}
		}
		return nil
	}}
	generate := func(name string, m generator.Memory) *subject {
		return &subject{name: name, inProcess: func() error {
			_, problems := generator.GenerateWith(m, r)
			return problems.Err()
		}}
	}
	return []row{
		{generate("Generate in a process, everything proven", nil), plain, 0},
		{generate("Generate in a process, remembered", &memory{values: map[generator.Key][]byte{}}), plain, 3},
	}, nil
}
