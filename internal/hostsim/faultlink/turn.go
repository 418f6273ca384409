package faultlink

import (
	"context"
	"sync"
	"time"
)

// turn is where an answer waits that another one is to overtake. One waits at a time.
type turn struct {
	mu        sync.Mutex
	overtaken chan struct{} // of the one that waits; nil where nobody does
}

// wait returns when the next answer has gone, or after d; at once where somebody waits
// already, who is then overtaken by this one. False is that ctx ended.
func (t *turn) wait(ctx context.Context, d time.Duration, sleep func(context.Context, time.Duration) error) bool {
	t.mu.Lock()
	if t.overtaken != nil {
		t.mu.Unlock()
		return true
	}
	overtaken := make(chan struct{})
	t.overtaken = overtaken
	t.mu.Unlock()
	defer t.leave(overtaken)

	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-overtaken:
			cancel()
		case <-waiting.Done():
		}
	}()
	_ = sleep(waiting, d) // overtaken, or patient for long enough, or the end of ctx
	return ctx.Err() == nil
}

func (t *turn) leave(overtaken chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.overtaken == overtaken {
		t.overtaken = nil
	}
}

// next tells the one that waits that an answer has gone.
func (t *turn) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.overtaken != nil {
		close(t.overtaken)
		t.overtaken = nil
	}
}
