package linktest_test

import (
	"fmt"
	"sync"
	"testing"
)

// recordingTB is a test inside a test: its errors and its end are the outer one's to
// look at and to bring about. Without one it stands for a test that passes.
type recordingTB struct {
	testing.TB
	mu      sync.Mutex
	told    []string
	cleanup []func()
}

func (r *recordingTB) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, fmt.Sprintf(format, args...))
}

func (r *recordingTB) Cleanup(f func()) { r.cleanup = append(r.cleanup, f) }

func (r *recordingTB) errors() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.told...)
}

func (r *recordingTB) cleanUp() {
	for i := len(r.cleanup) - 1; i >= 0; i-- {
		r.cleanup[i]()
	}
}

func (r *recordingTB) Helper() {}

func (r *recordingTB) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

func (r *recordingTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
