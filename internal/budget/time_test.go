package budget

import (
	"strings"
	"testing"
	"time"
)

func TestWithin(t *testing.T) {
	if err := Within("sleep", func() {}); err != nil {
		t.Error(err)
	}
	stop := make(chan struct{})
	defer close(stop)
	spin := func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
		}
	}
	err := within("spinning", spin, 50*time.Millisecond, mostMemory)
	if err == nil || !strings.Contains(err.Error(), "spinning takes more than 50ms of processor time") {
		t.Errorf("got %v", err)
	}
	held := make([]byte, 64<<20)
	err = within("holding", func() { <-stop }, time.Hour, 32<<20)
	if err == nil || !strings.Contains(err.Error(), "holding takes more than 32 MiB of memory") {
		t.Errorf("got %v", err)
	}
	held[0]++
}
