package generator

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Memory keeps what kustomize has proven, for another run of the same program
// with the same stack. It may forget whatever it likes, and is asked from several
// goroutines at once.
type Memory interface {
	// Recall is what was kept under a key; false if nothing is.
	Recall(key Key) ([]byte, bool)
	// Keep keeps a value. What cannot be kept is only slower.
	Keep(key Key, value []byte)
}

// Key is the SHA-256 of all that a remembered value follows from, but for the
// program itself: a memory that outlives the program adds which one it is.
type Key [sha256.Size]byte

func keyOf(kind string, of []any) (Key, error) {
	hash := sha256.New()
	encoder := json.NewEncoder(hash)
	for _, part := range append([]any{kind}, of...) {
		if err := encoder.Encode(part); err != nil {
			return Key{}, fmt.Errorf("%s: %w", kind, err)
		}
	}
	return Key(hash.Sum(nil)), nil
}

// remembered is what make makes, or has made in an earlier run of the same parts.
// All that make reads has to be among the parts.
func remembered[T any](m Memory, kind string, parts []any, make func() (T, error)) (T, error) {
	if m == nil {
		return make()
	}
	key, err := keyOf(kind, parts)
	if err != nil {
		return *new(T), err
	}
	if data, ok := m.Recall(key); ok {
		var made T
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		if decoder.Decode(&made) == nil {
			return made, nil
		}
	}
	made, err := make()
	if err != nil {
		return made, err
	}
	if data, err := json.Marshal(made); err == nil {
		m.Keep(key, data)
	}
	return made, nil
}
