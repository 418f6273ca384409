//go:build !windows && !(cgo && (darwin || pcsc))

package pcsc

import (
	"context"
	"fmt"

	"github.com/tillworks/till/pkg/reader"
)

// Available reports that this program was built with PC/SC. It says nothing of the
// service or of readers.
func Available() bool { return false }

// List gives the names of the readers that are plugged in.
func List() ([]string, error) { return nil, notBuilt() }

// Provider names what this program reaches PC/SC by: "none".
func Provider() string { return "none" }

// Readers tells how every reader stands.
func Readers() ([]Status, error) { return nil, notBuilt() }

// Watch tells of readers and cards that come and go.
func Watch(context.Context, func(Event) error) error { return notBuilt() }

// Reader is a card reader of the machine.
type Reader struct{}

// Open gives the reader of a name.
func Open(string) (*Reader, error) { return nil, notBuilt() }

// Name implements [reader.Reader].
func (r *Reader) Name() string { return "" }

// Wait implements [reader.Reader].
func (r *Reader) Wait(context.Context) (reader.Card, error) { return nil, notBuilt() }

// Close implements [reader.Reader].
func (r *Reader) Close() error { return nil }

func notBuilt() error { return fmt.Errorf("pc/sc: %w: %w", reader.ErrNotSupported, ErrNotBuilt) }

var _ reader.Reader = (*Reader)(nil)
