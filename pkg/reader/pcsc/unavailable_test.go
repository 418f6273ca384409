//go:build !windows && !(cgo && (darwin || pcsc))

package pcsc_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
)

func TestNotBuilt(t *testing.T) {
	if pcsc.Available() {
		t.Error("a program without PC/SC says that it has it")
	}
	_, listErr := pcsc.List()
	_, openErr := pcsc.Open("")
	_, waitErr := new(pcsc.Reader).Wait(context.Background())
	_, readersErr := pcsc.Readers()
	watchErr := pcsc.Watch(context.Background(), func(pcsc.Event) error { return nil })
	if pcsc.Provider() != "none" {
		t.Errorf("provider %q, want none", pcsc.Provider())
	}
	for doing, err := range map[string]error{"List": listErr, "Open": openErr, "Wait": waitErr, "Readers": readersErr, "Watch": watchErr} {
		if !errors.Is(err, pcsc.ErrNotBuilt) || !errors.Is(err, reader.ErrNotSupported) || !strings.Contains(err.Error(), "-tags pcsc") {
			t.Errorf("%s: %v, want ErrNotBuilt that says what to build with", doing, err)
		}
	}
}

func ExampleAvailable() {
	fmt.Println(pcsc.Available())
	_, err := pcsc.List()
	fmt.Println(errors.Is(err, pcsc.ErrNotBuilt))
	// Output:
	// false
	// true
}
