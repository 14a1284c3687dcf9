package main

import (
	"context"

	"github.com/hearth-dev/hearth/internal/modelregistry"
)

// registry is the address of one that answers as registry.ollama.ai does.
type registry string

func (r registry) read(ctx context.Context, name string) (found, error) {
	n, err := modelregistry.ParseName(string(r) + "/" + "library/" + name)
	if err != nil {
		return found{}, err
	}
	m, err := modelregistry.Read(ctx, n)
	return found{m, true}, err
}
