package main

import (
	"context"
	"fmt"
	"time"
)

// until asks, ten times a second, for at most so long.
func until(ctx context.Context, most time.Duration, what string, done func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("not within %s: %s", most, what))
	defer cancel()
	for {
		switch ok, err := done(ctx); {
		case err != nil:
			return err
		case ok:
			return nil
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
