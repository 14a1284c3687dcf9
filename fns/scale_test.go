package fns_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// foreign is a list of n items of a person's, with comments, and a config.
func foreign(n int) string {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range n {
		fmt.Fprintf(&b, `- # number %d
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: own-%d # keep me
    namespace: elsewhere
    annotations:
      config.kubernetes.io/index: '0'
      config.kubernetes.io/path: 'mine/%d.yaml'
      internal.config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'mine/%d.yaml'
  data: # flow and quotes stay
    b: {x: "1", y: 'two'}
    a: |-
      text
`, i, i, i, i)
	}
	return b.String() + strings.SplitAfter(ollamaList, "items: []\n")[1]
}

// Ten thousand foreign items pass with their comments, their order and their
// style. How long they take beside a thousand is told, not judged.
func TestManyItems(t *testing.T) {
	const few, many = 1000, 10000
	took := func(n int) (string, time.Duration) {
		in := foreign(n)
		start := time.Now()
		return mustRun(t, in), time.Since(start)
	}
	_, first := took(few)
	out, second := took(many)
	t.Logf("%d items in %v, %d in %v", few, first, many, second)
	in := foreign(many)
	items := in[:strings.Index(in, "functionConfig:")]
	if !strings.HasPrefix(out, items) {
		for i := range min(len(items), len(out)) {
			if items[i] != out[i] {
				t.Fatalf("the items changed at byte %d: want\n%s\ngot\n%s", i, items[max(0, i-200):min(len(items), i+200)], out[max(0, i-200):min(len(out), i+200)])
			}
		}
	}
}
