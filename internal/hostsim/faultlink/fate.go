package faultlink

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// Wire is the way back to a terminal: see [link.ReplyWriter].
type Wire interface {
	Send(m *iso8583.Message) error
	SendBody(body []byte) error
	SendRaw(raw []byte) error
	Frame(body []byte) ([]byte, error)
	Hangup()
}

// Play has one request meet its fate. An error is one of the host, or of a connection
// that broke before its time. When ctx ends while something waits, the rest of the fate
// does not happen.
func (s *Server) Play(ctx context.Context, req *iso8583.Message, f faultscript.Fate, w Wire) error {
	if f.Down > 0 {
		defer s.Down(f.Down)
	}
	answer, err := s.ask(ctx, req, f)
	if err != nil {
		return err
	}
	spoilt := f.Wrong.Has(faultscript.WrongMAC) && answer != nil && spoilMAC(answer)
	if !f.IsZero() {
		s.cfg.Told(Done{Message: Describe(req), Fate: f, NoMAC: f.Wrong.Has(faultscript.WrongMAC) && !spoilt})
	}
	if !s.wait(ctx, f.Delay) {
		return nil
	}
	if err := unasked(req, f, w); err != nil {
		return err
	}
	if f.Hold > 0 && !s.turn.wait(ctx, f.Hold, s.cfg.Sleep) {
		return nil
	}
	return s.send(answer, f, w)
}

// ask has the host answer as the fate wants it; nil is no answer.
func (s *Server) ask(ctx context.Context, req *iso8583.Message, f faultscript.Fate) (*iso8583.Message, error) {
	if f.Drop {
		return nil, nil
	}
	return s.cfg.Host.ServeOrdered(ctx, req, hostsim.Orders{
		Code: f.Code, Posted: f.Posted, Differ: difference(req, f.Differ), Rekey: f.Rekey,
		Alter: func(answer *iso8583.Message) error { return alter(answer, f) },
	})
}

// difference is that of the fate in the currency of the totals, which is in field 50 or 49
// by the layout. What the currency cannot say is no difference.
func difference(req *iso8583.Message, d faultscript.Difference) hostsim.Difference {
	c, err := money.CurrencyByNumber(cmp.Or(req.Value("50"), req.Value("49")))
	if err != nil {
		return hostsim.Difference{Debits: d.Count}
	}
	minor, _ := d.Amount.Minor(c)
	return hostsim.Difference{Debits: d.Count, DebitMinor: minor}
}

func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	return d <= 0 || s.cfg.Sleep(ctx, d) == nil
}

// send brings what is left of an answer to the terminal.
func (s *Server) send(answer *iso8583.Message, f faultscript.Fate, w Wire) error {
	if answer == nil || f.Lose {
		if f.Close.On {
			w.Hangup()
		}
		return nil
	}
	body, err := answer.Pack()
	if err != nil {
		return fmt.Errorf("pack answer: %w", err)
	}
	body = garbled(body, f.Garble)
	for range max(1, f.Copies) {
		if err := deliver(body, f, w); err != nil {
			return err
		}
	}
	s.turn.next()
	return nil
}

// deliver writes the body whole, or as much of it as the fate lets through.
func deliver(body []byte, f faultscript.Fate, w Wire) error {
	switch {
	case f.Close.On:
		defer w.Hangup()
		frame, err := w.Frame(body)
		if err != nil || f.Close.After <= 0 {
			return err
		}
		return w.SendRaw(frame[:min(f.Close.After, len(frame)-1)])
	case f.Truncate.On && f.Truncate.Whole:
		frame, err := w.Frame(body)
		if err != nil {
			return err
		}
		return w.SendRaw(frame[:len(frame)-len(body)+kept(body, f.Truncate)])
	case f.Truncate.On:
		return w.SendBody(body[:kept(body, f.Truncate)])
	}
	return w.SendBody(body)
}

func kept(body []byte, t faultscript.Truncate) int { return max(0, min(t.Keep, len(body)-1)) }

// garbled is the body with some bytes flipped.
func garbled(body []byte, g faultscript.Garble) []byte {
	if g.Bytes <= 0 || len(body) == 0 {
		return body
	}
	body = bytes.Clone(body)
	at := min(g.At, len(body)-1)
	if g.Any {
		at = int(g.Draw % uint64(len(body)))
	}
	for i := at; i < min(len(body), at+g.Bytes); i++ {
		body[i] ^= 0xFF
	}
	return body
}
