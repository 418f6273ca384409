package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// looked is what card read makes of a card.
func looked(t *testing.T, c reader.Card) cardView {
	t.Helper()
	con := newConsole(t)
	cfg, err := con.Config()
	if err != nil {
		t.Fatal(err)
	}
	view := cardView{Reader: "test"}
	switch c := c.(type) {
	case reader.Chip:
		view.readChip(context.Background(), c, chipReading(con.Env, cfg.Shop, oda.TestKeys()), "en", con.Now())
	case reader.Stripe:
		view.readStripe(c, con.Now())
	}
	return view
}

func presented(t *testing.T, device *virtual.Reader) reader.Card {
	t.Helper()
	c, err := device.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestCardReadOfEveryProfile(t *testing.T) {
	for _, p := range virtual.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			view := looked(t, presented(t, virtual.NewReader(virtual.NewCard(p))))
			if view.Error != "" || view.Kind != "chip" || len(view.Applications) != len(p.Applications) {
				t.Fatalf("%d applications, error %q", len(view.Applications), view.Error)
			}
			number := p.Applications[0].PAN
			if !strings.HasSuffix(view.Masked, number.LastFour()) || view.AID == "" || len(view.Data) == 0 || len(view.Steps) == 0 {
				t.Errorf("masked %q, AID %q, %d objects, %d steps", view.Masked, view.AID, len(view.Data), len(view.Steps))
			}
			hidesNumber(t, view)
		})
	}
}

// hidesNumber looks for the numbers of the virtual cards in everything shown.
func hidesNumber(t *testing.T, view cardView) {
	t.Helper()
	raw, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"4761739001010010", "5413330089010434", "3437363137333930"} {
		if strings.Contains(string(raw), number) {
			t.Errorf("the view shows a card number: %s", raw)
		}
	}
}

// A reading asks for no cryptogram, so the card's counter of transactions is the only
// trace that it leaves.
func TestCardReadAsksForNoCryptogram(t *testing.T) {
	spy := &spyChip{Chip: presented(t, virtual.NewReader(virtual.NewCard(virtual.Visa()))).(reader.Chip)}
	looked(t, spy)
	if len(spy.instructions) < 5 {
		t.Errorf("only %d commands: the card was not read", len(spy.instructions))
	}
	for _, ins := range spy.instructions {
		if ins == insGenerateAC || ins == 0x82 {
			t.Errorf("command %02X was sent", ins)
		}
	}
}

type spyChip struct {
	reader.Chip
	instructions []byte
}

func (s *spyChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	s.instructions = append(s.instructions, command[1])
	return s.Chip.Transmit(ctx, command)
}

// A card that leaves in the middle is shown as far as it was read.
func TestCardReadOfARemovedCard(t *testing.T) {
	c := virtual.NewCard(virtual.Visa())
	c.RemoveAt(4)
	view := looked(t, presented(t, virtual.NewReader(c)))
	if view.Error == "" || len(view.Steps) == 0 || view.Masked != "" {
		t.Errorf("error %q, %d steps, masked %q", view.Error, len(view.Steps), view.Masked)
	}
}

func TestCardReadOfAStripe(t *testing.T) {
	view := looked(t, presented(t, virtual.NewStripe(virtual.PlainStripe())))
	if view.Kind != "stripe" || !strings.Contains(view.Masked, "***") || len(view.ServiceCode) != 3 {
		t.Errorf("%+v", view)
	}
	hidesNumber(t, view)
}

func TestCardReadFlags(t *testing.T) {
	con := newConsole(t)
	con.lang = i18n.English
	var got cardReadOptions
	c := newCardRead(con.Env, func(_ context.Context, o *cardReadOptions) error { got = *o; return nil })
	c.SetArgs([]string{"--steps", "--wait", "2s", "--reader", "ACS"})
	if err := c.Execute(); err != nil {
		t.Fatal(err)
	}
	cfg, err := con.Config()
	if err != nil || !got.steps || got.wait != 2*time.Second || cfg.Reader.Name != "ACS" {
		t.Errorf("steps %v, wait %s, reader %q, %v", got.steps, got.wait, cfg.Reader.Name, err)
	}
}

// Nobody puts a card in: exit 5 after the patience, 130 after Ctrl-C.
func TestWaitForCard(t *testing.T) {
	device := virtual.NewReader(virtual.NewCard(virtual.Visa()))
	device.Remove()
	_, err := waitForCard(context.Background(), device, 20*time.Millisecond)
	if exitOf(err) != exitNoDevice {
		t.Errorf("%v ends with %d, want 5", err, exitOf(err))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := waitForCard(ctx, device, time.Minute); exitOf(err) != exitInterrupted {
		t.Errorf("%v ends with %d, want 130", err, exitOf(err))
	}
}

// Every way in which a reader fails has words of its own and exit code 5.
func TestReaderProblem(t *testing.T) {
	seen := map[string]bool{}
	for _, cause := range []error{
		errors.New("odd"), reader.ErrNoReader, reader.ErrNoCard, reader.ErrMute, reader.ErrInUse,
		fmt.Errorf("%w: %w", reader.ErrNoReader, pcsc.ErrNoService), fmt.Errorf("%w: %w", reader.ErrNotSupported, pcsc.ErrNotBuilt),
	} {
		err := readerProblem("ACS 1", cause)
		var p *till.Problem
		if !errors.As(err, &p) || exitOf(err) != exitNoDevice || p.Hint.IsZero() {
			t.Errorf("%v: %v", cause, err)
			continue
		}
		if seen[p.What.String()] {
			t.Errorf("%v is told in the words of another: %s", cause, p.What)
		}
		seen[p.What.String()] = true
	}
}

func TestDoctorChecks(t *testing.T) {
	con := newConsole(t)
	con.lang = i18n.English
	for _, c := range checks() {
		f := c.look(context.Background(), con.Env)
		if f.health != healthOK {
			t.Errorf("%s on a fresh machine: %s, %s", c.name, f.health, f.what)
		}
		if c.head.In(i18n.Chinese) == c.head.In(i18n.English) || f.what.IsZero() {
			t.Errorf("%s: its head or finding is in one language", c.name)
		}
	}
}

func TestDoctorTellsOfABrokenSetting(t *testing.T) {
	con := newConsole(t)
	con.Environ = append(con.Environ, "TILL_HOST_TIMEOUT=soon")
	if code := con.till("doctor", "--json"); code != exitFailure {
		t.Errorf("exit %d, want 1", code)
	}
	var rows []doctorRow
	if err := json.Unmarshal(con.out.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Check == "config" && (r.Status != healthFail || !strings.Contains(r.What, "host.timeout") || r.Fix == "") {
			t.Errorf("%+v", r)
		}
	}
	if con.err.Len() > 0 {
		t.Errorf("stderr %q: what is wrong is in the result", con.err.String())
	}
}

func TestDoctorLanguage(t *testing.T) {
	con := newConsole(t)
	con.lang = i18n.English
	con.Environ = append(con.Environ, "LANG=fr_FR.UTF-8")
	if f := checkLanguage(context.Background(), con.Env); f.health != healthWarn || f.fix.IsZero() {
		t.Errorf("French: %s, %s", f.health, f.what)
	}
	con.Environ = config.Environ{"LANG=C.UTF-8"}
	if f := checkLanguage(context.Background(), con.Env); f.health != healthOK {
		t.Errorf("C.UTF-8: %s, %s", f.health, f.what)
	}
}
