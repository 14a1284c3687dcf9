package randomworld

import (
	"encoding/json"
	"fmt"
)

// Object is a whole Kubernetes object as a JSON tree.
type Object = map[string]any

type list = []any

// world is a list that is being drawn. Each choice is a byte of the seed, and
// the first choice once there are none left: a fuzzer that changes a byte changes
// a choice.
type world struct {
	seed    []byte
	objects []Object
	taken   map[string]bool
	spaces  []string // namespaces
	pods    []pod
}

// pod is one that a Service may select, and the port that it listens at.
type pod struct {
	app, namespace string
	port           int
}

// n is from 0 to k-1.
func (w *world) n(k int) int {
	if len(w.seed) == 0 {
		return 0
	}
	b := w.seed[0]
	w.seed = w.seed[1:]
	return int(b) % k
}

// in is true once in k times.
func (w *world) in(k int) bool { return w.n(k) == k-1 }

func pick[T any](w *world, of ...T) T { return of[w.n(len(of))] }

// add puts an object in the list, if its name is free. No namespace written is
// the namespace default.
func (w *world) add(apiVersion, kind, namespace, name string, o Object) {
	key := fmt.Sprint(kind, " ", in(namespace), " ", name)
	if w.taken[key] {
		return
	}
	w.taken[key] = true
	o["apiVersion"], o["kind"] = apiVersion, kind
	meta, _ := o["metadata"].(Object)
	if meta == nil {
		meta = Object{}
	}
	meta["name"] = name
	if namespace != "" {
		meta["namespace"] = namespace
	}
	o["metadata"] = meta
	w.objects = append(w.objects, o)
}

func in(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}

// plain are the objects as JSON is decoded.
func (w *world) plain() []Object {
	data, err := json.Marshal(w.objects)
	if err != nil {
		panic(err)
	}
	var all []Object
	if err := json.Unmarshal(data, &all); err != nil {
		panic(err)
	}
	return all
}
