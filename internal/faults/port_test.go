package faults

import (
	"context"
	"errors"
	"time"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
)

// powerCut ends what a till does, wherever it is.
type powerCut struct{}

// point is a moment in which the power may go.
func (m *machine) point(where string) {
	if f, _ := m.s.dice.fate(m.command, crashing, []int{8}); f != 0 {
		m.s.tell(m, "the power goes %s", where)
		panic(powerCut{})
	}
}

var (
	errFull = errors.New("no space left on device")
	errIO   = errors.New("input/output error")
)

// commit is one commit at the store's port: the power may go before it, after it, and in
// it, when it happened or did not and nobody heard; the disk may be full, or fail before
// the commit or after it.
func commit[T any](m *machine, name string, do func() (T, error)) (T, error) {
	var none T
	m.point("before " + name)
	f, _ := m.s.dice.fate(m.command, storing, []int{4, 4, 2, 3, 3})
	switch f {
	case 1:
		m.s.tell(m, "%s: the disk is full", name)
		return none, errFull
	case 2:
		m.s.tell(m, "%s: the disk fails", name)
		return none, errIO
	case 3:
		_, err := do()
		m.s.tell(m, "%s: the disk fails, after it was stored", name)
		return none, errors.Join(err, errIO)
	case 4:
		m.s.tell(m, "the power goes in %s, which did not happen", name)
		panic(powerCut{})
	case 5:
		_, _ = do()
		m.s.tell(m, "the power goes in %s, which happened", name)
		panic(powerCut{})
	}
	t, err := do()
	if err == nil {
		m.point("after " + name)
	}
	return t, err
}

// port is the store as a register sees it.
type port struct {
	register.Store
	m *machine
}

// Begin implements register.Journal.
func (p *port) Begin(ctx context.Context, n till.NewTxn) (till.Txn, error) {
	return commit(p.m, "commit 1", func() (till.Txn, error) {
		t, err := p.Store.Begin(ctx, n)
		if err == nil {
			p.m.s.batches[t.Batch] = p.m
		}
		return t, err
	})
}

// Record implements register.Journal.
func (p *port) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	return commit(p.m, "the commit of "+string(t.State), func() (till.Txn, error) { return p.Store.Record(ctx, t) })
}

// Adopt implements register.Orphans.
func (p *port) Adopt(ctx context.Context) ([]till.Txn, error) {
	return commit(p.m, "the adoption", func() ([]till.Txn, error) { return p.Store.Adopt(ctx) })
}

// SignedOn implements register.Batches.
func (p *port) SignedOn(ctx context.Context, terminal string, on bool) error {
	_, err := commit(p.m, "the commit of the session", func() (struct{}, error) {
		return struct{}{}, p.Store.SignedOn(ctx, terminal, on)
	})
	return err
}

// SaveKeys implements register.Batches.
func (p *port) SaveKeys(ctx context.Context, terminal string, keys []byte) error {
	_, err := commit(p.m, "the commit of the keys", func() (struct{}, error) { return struct{}{}, p.Store.SaveKeys(ctx, terminal, keys) })
	return err
}

// SaveParameters implements register.Batches.
func (p *port) SaveParameters(ctx context.Context, terminal string, parameters []byte) error {
	_, err := commit(p.m, "the commit of the parameters", func() (struct{}, error) {
		return struct{}{}, p.Store.SaveParameters(ctx, terminal, parameters)
	})
	return err
}

// CountConfirmation implements register.Confirmations.
func (p *port) CountConfirmation(ctx context.Context, seq int) error {
	_, err := commit(p.m, "the commit of an attempt to confirm", func() (struct{}, error) {
		return struct{}{}, p.Store.CountConfirmation(ctx, seq)
	})
	return err
}

// EndConfirmation implements register.Confirmations.
func (p *port) EndConfirmation(ctx context.Context, seq int, responseCode string) error {
	_, err := commit(p.m, "the commit of a confirmation", func() (struct{}, error) {
		return struct{}{}, p.Store.EndConfirmation(ctx, seq, responseCode)
	})
	return err
}

// NextSTAN implements register.Batches.
func (p *port) NextSTAN(ctx context.Context, terminal string) (till.STAN, error) {
	return commit(p.m, "the commit of a trace number", func() (till.STAN, error) { return p.Store.NextSTAN(ctx, terminal) })
}

// StartClose implements register.Batches.
func (p *port) StartClose(ctx context.Context, terminal string) (till.Batch, error) {
	return commit(p.m, "the commit that starts the closing", func() (till.Batch, error) {
		b, err := p.Store.StartClose(ctx, terminal)
		if err == nil {
			p.m.s.checkNothingWaits(ctx, p.m, b)
		}
		return b, err
	})
}

// RecordBatch implements register.Batches.
func (p *port) RecordBatch(ctx context.Context, b till.Batch) error {
	_, err := commit(p.m, "the commit of a "+string(b.State)+" batch", func() (struct{}, error) {
		return struct{}{}, p.Store.RecordBatch(ctx, b)
	})
	return err
}

// wire is the link as a register sees it.
type wire struct {
	register.Host
	m *machine
}

// Exchange implements register.Host.
func (w *wire) Exchange(ctx context.Context, q till.Request) (till.Answer, error) {
	w.m.point("before " + string(q.Op) + " is sent")
	w.m.s.trace(q)
	a, err := w.Host.Exchange(ctx, q)
	w.m.point("after " + string(q.Op) + " was answered, or not")
	return a, err
}

// slot is the card reader: the power may go while a card is in it.
type slot struct {
	reader.Reader
	m *machine
}

// shopperTakes is how long it takes to find a card.
const shopperTakes = time.Second

// Wait implements register.Reader.
func (s *slot) Wait(ctx context.Context) (reader.Card, error) {
	s.m.point("before the card is read")
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(shopperTakes):
	}
	c, err := s.Reader.Wait(ctx)
	if chip, ok := c.(reader.Chip); ok {
		c = &socket{chip, s.m}
	}
	return c, err
}

// socket is a chip that is told, or asked, its last word.
type socket struct {
	reader.Chip
	m *machine
}

// Transmit implements reader.Chip.
func (s *socket) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	const generateAC = 0xAE
	if command[1] != generateAC {
		return s.Chip.Transmit(ctx, command)
	}
	s.m.point("before GENERATE AC")
	response, err := s.Chip.Transmit(ctx, command)
	s.m.point("after GENERATE AC")
	return response, err
}
