package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// cardWatched runs till card watch over these events; the service then ends with err.
func cardWatched(t *testing.T, err error, o *cardWatchOptions, events ...pcsc.Event) (*console, error) {
	t.Helper()
	con := newConsole(t)
	con.lang = i18n.English
	if failure := o.out.Check(cardEvent{}); failure != nil {
		t.Fatal(failure)
	}
	o.watch = func(_ context.Context, tell func(pcsc.Event) error) error {
		for _, e := range events {
			if failure := tell(e); failure != nil {
				return fmt.Errorf("pc/sc: %w", failure)
			}
		}
		return err
	}
	return con, cardWatchRun(context.Background(), con.Env, o)
}

func watchEvents() []pcsc.Event {
	atr := virtual.NewCard(virtual.Visa()).ATR()
	return []pcsc.Event{
		{Change: pcsc.ReaderAdded, Reader: "ACS 00"}, {Change: pcsc.CardInserted, Reader: "ACS 00", ATR: atr},
		{Change: pcsc.CardRemoved, Reader: "ACS 00"}, {Change: pcsc.CardInserted, Reader: "Other 01"},
	}
}

// A line for each change, with the answer to reset in words, as many as are wanted.
func TestCardWatch(t *testing.T) {
	con, err := cardWatched(t, nil, &cardWatchOptions{count: 4}, watchEvents()...)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(con.out.String()), "\n")
	if len(lines) != 4 || !strings.Contains(lines[1], "card inserted") || !strings.Contains(lines[1], "3BE000FF81317C4192  Chip card with contacts, T=1") || !strings.Contains(lines[3], "does not answer") {
		t.Errorf("got %q", lines)
	}
	con, err = cardWatched(t, nil, &cardWatchOptions{count: 1, reader: "other"}, watchEvents()...)
	if err != nil || strings.Contains(con.out.String(), "ACS") || !strings.Contains(con.out.String(), "Other 01") {
		t.Errorf("one reader alone: %q, %v", con.out.String(), err)
	}
}

// Programs get an object a change, at once.
func TestCardWatchAsJSON(t *testing.T) {
	con := newConsole(t)
	o := &cardWatchOptions{count: 2}
	c := newCardWatch(con.Env, func(ctx context.Context, got *cardWatchOptions) error {
		got.watch = func(_ context.Context, tell func(pcsc.Event) error) error {
			for _, e := range watchEvents() {
				if err := tell(e); err != nil {
					return err
				}
			}
			return nil
		}
		return cardWatchRun(ctx, con.Env, got)
	})
	c.SetArgs([]string{"-O", "ndjson", "--count", fmt.Sprint(o.count)})
	if err := c.Execute(); err != nil {
		t.Fatal(err)
	}
	var got []cardEvent
	for line := range strings.Lines(con.out.String()) {
		var e cardEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got = append(got, e)
	}
	if len(got) != 2 || got[0].Change != "reader added" || got[1].ATR != "3BE000FF81317C4192" || got[1].Mute || got[1].Contactless {
		t.Errorf("got %+v", got)
	}
}

// Without a service there is nothing to watch: exit 5 and what to do. Ctrl-C is 130.
func TestCardWatchEnds(t *testing.T) {
	_, err := cardWatched(t, fmt.Errorf("%w: %w", reader.ErrNoReader, pcsc.ErrNoService), &cardWatchOptions{})
	if exitOf(err) != exitNoDevice || problemOf(err).Hint.IsZero() {
		t.Errorf("no service: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	con := newConsole(t)
	o := &cardWatchOptions{watch: func(ctx context.Context, _ func(pcsc.Event) error) error { return ctx.Err() }}
	if err := cardWatchRun(ctx, con.Env, o); exitOf(err) != exitInterrupted {
		t.Errorf("Ctrl-C: %v", err)
	}
	if _, err := cardWatched(t, context.DeadlineExceeded, &cardWatchOptions{}); err != nil {
		t.Errorf("the time is over: %v", err)
	}
}

// What doctor says of PC/SC: well, or what is wrong and the cure; a failure only where a
// sale would want it.
func TestPCSCFinding(t *testing.T) {
	atr := virtual.NewCard(virtual.Pair()).ATR()
	for _, c := range []struct {
		name   string
		all    []pcsc.Status
		err    error
		health health // where a sale wants PC/SC
		what   string
		fix    bool
	}{
		{"not built", nil, fmt.Errorf("%w: %w", reader.ErrNotSupported, pcsc.ErrNotBuilt), healthFail, "not compiled in", true},
		{"no service", nil, fmt.Errorf("%w: %w", reader.ErrNoReader, pcsc.ErrNoService), healthFail, "does not answer", true},
		{"refused", nil, fmt.Errorf("%w: %w", reader.ErrNoReader, pcsc.ErrDenied), healthFail, "refuses this user", true},
		{"odd", nil, errors.New("internal error"), healthFail, "internal error", true},
		{"no reader", nil, nil, healthFail, "no reader is plugged in", true},
		{"empty", []pcsc.Status{{Name: "ACS 00"}}, nil, healthOK, "ACS 00: empty", false},
		{"a card", []pcsc.Status{{Name: "ACS 00", Card: true, ATR: atr, InUse: true}}, nil, healthOK, "ACS 00: 3B600000 Chip card with contacts, T=0", false},
		{"a mute card", []pcsc.Status{{Name: "ACS 00", Card: true, Mute: true}}, nil, healthWarn, "does not answer", true},
	} {
		got := pcscFinding(i18n.English, true, c.all, c.err)
		if got.health != c.health || !strings.Contains(got.what.In(i18n.English), c.what) || got.fix.IsZero() == c.fix {
			t.Errorf("%s: %s, %s, %s", c.name, got.health, got.what, got.fix)
		}
		if other := pcscFinding(i18n.English, false, c.all, c.err); other.health == healthFail {
			t.Errorf("%s: a failure although no sale needs it", c.name)
		}
		if got.what.In(i18n.Chinese) == got.what.In(i18n.English) {
			t.Errorf("%s: in one language", c.name)
		}
	}
}

// What a stripe reader types at a terminal goes through without an echo, and closing the
// reader ends the waiting.
func TestSwipeAtATerminal(t *testing.T) {
	con := newConsole(t)
	lines := make(chan string, 1)
	con.In = Input{Reader: strings.NewReader(""), Terminal: true, Secret: func(ctx context.Context) ([]byte, error) {
		select {
		case l := <-lines:
			return []byte(l), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	device, err := openReader(context.Background(), con.Env, "swipe")
	if err != nil {
		t.Fatal(err)
	}
	lines <- ";4111111111111111=31121010000?"
	c, err := device.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.(reader.Stripe).Track2().PAN.LastFour(); got != "1111" {
		t.Errorf("the card ending in %s", got)
	}
	_ = c.Close() // software
	waiting := make(chan error, 1)
	go func() {
		_, err := device.Wait(context.Background())
		waiting <- err
	}()
	if err := device.Close(); err != nil {
		t.Error(err)
	}
	if err := <-waiting; !errors.Is(err, reader.ErrClosed) && !errors.Is(err, reader.ErrNoReader) {
		t.Errorf("Wait: %v", err)
	}
}
