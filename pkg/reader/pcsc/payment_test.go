package pcsc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// Two readers with names of their own, as a terminal with a slot and an aerial has them.
const (
	contactReader     = "Till Contact"
	contactlessReader = "Till Contactless"
)

// A chip payment from the first SELECT to the second cryptogram, over a real pcscd, by
// both protocols, in a slot and held to an aerial: the card's cryptograms hold before the
// issuer, and the issuer's before the card.
func TestPayment(t *testing.T) {
	t.Parallel()
	uid := []byte{0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80}
	byBytes := virtual.Visa()
	byBytes.Protocol = reader.T0
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		cases := []struct {
			name        string
			profile     virtual.Profile
			contactless bool
		}{
			{"T=1", virtual.Visa(), false},
			{"T=0", byBytes, false},
			{"T=1 over the air", virtual.Visa18(), true},
			{"T=0, two applications", virtual.Pair(), false},
		}
		for slot, c := range cases {
			var card pcsctest.Card = virtual.NewCard(c.profile)
			if c.contactless {
				card = pcsctest.Held(card, uid)
			}
			stack.Insert(slot, card)
		}
		for slot, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				chip := take(t, open(t, stack.Reader(slot)))
				if chip.Contactless() != c.contactless {
					t.Errorf("contactless: got %v, want %v", chip.Contactless(), c.contactless)
				}
				if c.contactless {
					wantAnswer(t, chip, []byte{0xFF, 0xCA, 0x00, 0x00, 0x00}, append(uid, 0x90, 0x00))
				}
				pay(t, chip, c.profile.Applications[0])
				release(t, chip)
			})
		}
	}, contactReader, contactlessReader)
}

// Two readers at once do not disturb each other, whatever is on the way in one of them.
func TestTwoReaders(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		profiles := map[int]virtual.Profile{0: virtual.Visa(), 2: virtual.Pair()}
		for slot, p := range profiles {
			stack.Insert(slot, virtual.NewCard(p))
		}
		for slot, p := range profiles {
			t.Run(stack.Reader(slot), func(t *testing.T) {
				t.Parallel()
				device := open(t, stack.Reader(slot))
				for range 20 {
					chip := take(t, device)
					pay(t, chip, p.Applications[0])
					release(t, chip)
				}
			})
		}
	}, contactReader, contactlessReader)
}

// Of a card with two applications the one that was chosen is read and pays.
func TestTwoApplications(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		profile := virtual.Pair()
		stack.Insert(0, virtual.NewCard(profile))
		device := open(t, stack.Reader(0))
		for i, app := range profile.Applications {
			cfg := shop()
			var offered []emv.Candidate
			cfg.Choose = func(c []emv.Candidate) int { offered = c; return i }
			chip := take(t, device)
			payAs(t, chip, app, cfg)
			release(t, chip)
			if len(offered) != 2 || !bytes.Equal(offered[i].AID, app.AID) {
				t.Errorf("choosing application %d: offered %d, want both in the order of the card", i, len(offered))
			}
		}
	})
}

// A blocked card, and a card whose only application is blocked, end before anything is
// paid, in a way that says so.
func TestBlocked(t *testing.T) {
	t.Parallel()
	card, application := virtual.Visa(), virtual.Visa()
	card.Blocked = true
	application.Applications[0].Blocked = true
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		stack.Insert(0, virtual.NewCard(card))
		stack.Insert(1, virtual.NewCard(application))
		for slot, want := range []error{emv.ErrCardBlocked, emv.ErrNoApplication} {
			chip := take(t, open(t, stack.Reader(slot)))
			txn := transaction(t, shop())
			if err := converse(t.Context(), txn, chip); !errors.Is(err, want) || txn.Decision() != emv.DecisionNone {
				t.Errorf("slot %d: %v, decision %v, want %v and none", slot, err, txn.Decision(), want)
			}
			release(t, chip)
		}
	})
}

// The card leaves in the middle of a payment, at every command of it and by both
// protocols: nothing is approved, and the card pays when it is put back.
func TestPaymentCutShort(t *testing.T) {
	t.Parallel()
	byBytes := virtual.Visa()
	byBytes.Protocol = reader.T0
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		var cases []cutShort
		for _, p := range []virtual.Profile{virtual.Visa(), byBytes} {
			for n := range commands(t, p) {
				cases = append(cases, cutShort{p, n + 1})
			}
		}
		for slot := range stack.Slots() {
			t.Run(stack.Reader(slot), func(t *testing.T) {
				t.Parallel()
				device := open(t, stack.Reader(slot))
				var last cutShort
				for i := slot; i < len(cases); i += stack.Slots() {
					last = cases[i]
					stack.Insert(slot, last.card())
					last.wantRemoved(t, take(t, device))
				}
				stack.Insert(slot, virtual.NewCard(last.profile))
				chip := take(t, device)
				pay(t, chip, last.profile.Applications[0])
				release(t, chip)
			})
		}
	}, "Till A", "Till B", "Till C", "Till D")
}

// cutShort is a card that leaves at its n-th command.
type cutShort struct {
	profile virtual.Profile
	at      int
}

func (c cutShort) card() pcsctest.Card {
	return pcsctest.At(virtual.NewCard(c.profile), c.at, func([]byte) []byte { return nil })
}

func (c cutShort) wantRemoved(t *testing.T, chip reader.Chip) {
	t.Helper()
	txn, err := attempt(t, chip, c.profile.Applications[0])
	if !errors.Is(err, reader.ErrRemoved) || txn.Decision() == emv.Approved {
		t.Errorf("%v removed at command %d: %v, decision %v, want ErrRemoved and no approval", c.profile.Protocol, c.at, err, txn.Decision())
	}
	release(t, chip)
}

// A card that is swapped for another in the middle of a payment is gone, and the next
// one is given. One that is slipped in its place so quickly that nothing notices answers
// commands that belong to another conversation, and approves nothing.
func TestSwap(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		first, second := virtual.Visa(), virtual.Visa18()
		t.Run("noticed", func(t *testing.T) {
			t.Parallel()
			device := open(t, stack.Reader(0))
			stack.Insert(0, virtual.NewCard(first))
			chip := take(t, device)
			wantAnswerOK(t, chip, selectDirectory())
			stack.Insert(0, virtual.NewCard(second))
			if _, err := chip.Transmit(t.Context(), selectDirectory()); !errors.Is(err, reader.ErrRemoved) {
				t.Errorf("Transmit: %v, want ErrRemoved", err)
			}
			release(t, chip)
			chip = take(t, device)
			pay(t, chip, second.Applications[0])
			release(t, chip)
		})
		t.Run("slipped", func(t *testing.T) {
			t.Parallel()
			pair := &slipped{first: virtual.NewCard(first), second: virtual.NewCard(second)}
			stack.Insert(1, pair)
			device := open(t, stack.Reader(1))
			for n := 2; n <= commands(t, first); n++ {
				pair.at.Store(int32(n))
				chip := take(t, device)
				if txn, err := attempt(t, chip, first.Applications[0]); err == nil || txn.Decision() == emv.Approved {
					t.Errorf("slipped in before command %d: %v, decision %v, want a deviation and no approval", n, err, txn.Decision())
				}
				release(t, chip)
			}
		})
	})
}

// slipped is a card in whose place another is put before a command. The other one was not
// powered up and has seen nothing of the conversation.
type slipped struct {
	first, second *virtual.Card
	at            atomic.Int32
	count         int32
}

func (s *slipped) ATR() []byte { return s.first.ATR() }

func (s *slipped) Reset() {
	s.count = 0
	s.first.Reset()
	s.second.Reset()
}

func (s *slipped) Exec(apdu []byte) []byte {
	if s.count++; s.count >= s.at.Load() {
		return s.second.Exec(apdu)
	}
	return s.first.Exec(apdu)
}

// A card that fails at any command of a payment, in different ways, ends the same way
// over the daemon as it does without one, and pays the next time.
func TestFaults(t *testing.T) {
	t.Parallel()
	byBytes := virtual.Visa()
	byBytes.Protocol = reader.T0
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		for slot, profile := range []virtual.Profile{virtual.Visa(), byBytes} {
			t.Run(fmt.Sprintf("T=%d", profile.Protocol), func(t *testing.T) {
				t.Parallel()
				faulty := &faultyCard{}
				faulty.fresh(profile, 0, nil)
				stack.Insert(slot, faulty)
				device := open(t, stack.Reader(slot))
				for n := 1; n <= commands(t, profile); n++ {
					for what, answer := range faults() {
						faulty.fresh(profile, n, answer)
						got := outcome(t, take(t, device), profile.Applications[0])
						alone := &faultyCard{}
						alone.fresh(profile, n, answer)
						if want := outcome(t, &bareChip{card: alone, protocol: profile.Protocol}, profile.Applications[0]); got != want {
							t.Errorf("%s at command %d: got %s, without the daemon %s", what, n, got, want)
						}
					}
				}
				faulty.fresh(profile, 0, nil)
				chip := take(t, device)
				pay(t, chip, profile.Applications[0])
				release(t, chip)
			})
		}
	})
}

// faults are the ways in which a card answers wrongly.
func faults() map[string][]byte {
	return map[string][]byte{
		"a technical fault":        {0x6F, 0x00},
		"a refusal":                {0x69, 0x85},
		"no such instruction":      {0x6D, 0x00},
		"success without data":     {0x90, 0x00},
		"a wrong length for ever":  {0x6C, 0xFF},
		"more data that is not":    {0x61, 0x10},
		"bytes that are no object": append(bytes.Repeat([]byte{0xFF}, 250), 0x90, 0x00),
		"an object cut short":      {0x70, 0x7F, 0x5A, 0x08, 0x90, 0x00},
		"a warning":                {0x62, 0x83},
	}
}

// faultyCard is a card that stays in its slot, where the daemon looks at it all the time,
// while its making and its fault change.
type faultyCard struct{ card atomic.Pointer[pcsctest.Card] }

func (c *faultyCard) fresh(p virtual.Profile, n int, answer []byte) {
	card := pcsctest.At(virtual.NewCard(p), n, func([]byte) []byte { return bytes.Clone(answer) })
	c.card.Store(&card)
}

func (c *faultyCard) ATR() []byte             { return (*c.card.Load()).ATR() }
func (c *faultyCard) Reset()                  { (*c.card.Load()).Reset() }
func (c *faultyCard) Exec(apdu []byte) []byte { return (*c.card.Load()).Exec(apdu) }

// bareChip is a card without a reader between it and the terminal.
type bareChip struct {
	card     pcsctest.Card
	protocol reader.Protocol
}

func (c *bareChip) ATR() []byte       { return c.card.ATR() }
func (c *bareChip) Contactless() bool { return false }
func (c *bareChip) Close() error      { c.card.Reset(); return nil }
func (c *bareChip) Transmit(_ context.Context, command []byte) ([]byte, error) {
	return c.card.Exec(reader.Frame(c.protocol, command)), nil
}

// outcome is how a payment ends, in one line.
func outcome(t *testing.T, chip reader.Chip, app virtual.Application) string {
	t.Helper()
	txn, err := attempt(t, chip, app)
	release(t, chip)
	e := txn.Evidence()
	return fmt.Sprintf("%v, cryptogram %X, TVR %X, error %v", txn.Decision(), e.AC, e.TVR, err)
}

// commands is how many commands a payment with a card takes.
func commands(t *testing.T, p virtual.Profile) int {
	t.Helper()
	chip := &countingChip{Chip: &bareChip{card: virtual.NewCard(p), protocol: p.Protocol}}
	if txn, err := attempt(t, chip, p.Applications[0]); err != nil || txn.Decision() != emv.Approved {
		t.Fatalf("a payment without faults: %v, %v", txn.Decision(), err)
	}
	return chip.count
}

type countingChip struct {
	reader.Chip
	count int
}

func (c *countingChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	c.count++
	return c.Chip.Transmit(ctx, command)
}

// pay takes 12.50, plays the issuer in between, and wants the card's approval.
func pay(t *testing.T, chip reader.Chip, app virtual.Application) {
	t.Helper()
	payAs(t, chip, app, shop())
}

func payAs(t *testing.T, chip reader.Chip, app virtual.Application, cfg emv.Config) {
	t.Helper()
	txn := transaction(t, cfg)
	if err := converse(t.Context(), txn, chip); err != nil || txn.Decision() != emv.GoOnline {
		t.Fatalf("up to the request: %v, %v, want %v", txn.Decision(), err, emv.GoOnline)
	}
	if got := txn.Card(); !got.PAN.Equal(app.PAN) || got.Label != app.Label && got.Label != app.Preferred {
		t.Errorf("read %v of %q, want %v of %q", got.PAN, got.Label, app.PAN, app.Label)
	}
	data, err := issue(txn, app)
	if err != nil {
		t.Fatal(err)
	}
	txn.Complete(emv.IssuerResult{ARC: "00", IssuerAuthData: data})
	if err := converse(t.Context(), txn, chip); err != nil || txn.Decision() != emv.Approved {
		t.Fatalf("after the issuer's answer: %v, %v, want %v", txn.Decision(), err, emv.Approved)
	}
}

// attempt pays as far as it goes.
func attempt(t *testing.T, chip reader.Chip, app virtual.Application) (*emv.Transaction, error) {
	t.Helper()
	txn := transaction(t, shop())
	if err := converse(t.Context(), txn, chip); err != nil || txn.Decision() != emv.GoOnline {
		return txn, err
	}
	data, err := issue(txn, app)
	if err != nil {
		return txn, err
	}
	txn.Complete(emv.IssuerResult{ARC: "00", IssuerAuthData: data})
	return txn, converse(t.Context(), txn, chip)
}

// issue verifies the request cryptogram as the issuer does, from the chip data of the
// request alone, and answers it.
func issue(txn *emv.Transaction, app virtual.Application) ([]byte, error) {
	in, err := ac.FromICC(txn.ICC())
	if err != nil {
		return nil, err
	}
	key, err := ac.MasterKey(app.CVN, app.MasterKey, app.PAN, app.PSN)
	if err != nil {
		return nil, err
	}
	arqc := txn.Evidence().ARQC
	if err := ac.VerifyARQC(app.CVN, key, in, arqc[:]); err != nil {
		return nil, fmt.Errorf("cryptogram of the request: %w", err)
	}
	return ac.IssuerAuthData(app.CVN, key, in, arqc, "00", ac.Approve())
}

func converse(ctx context.Context, txn *emv.Transaction, chip reader.Chip) error {
	command, more, err := txn.Next(nil)
	for more && err == nil {
		var response []byte
		if response, err = chip.Transmit(ctx, command); err != nil {
			return err
		}
		command, more, err = txn.Next(response)
	}
	return err
}

// shop is a terminal whose every payment goes online, with the same random number each
// time.
func shop() emv.Config {
	return emv.Config{
		Amount: 1250, Currency: 156, CurrencyExponent: 2, Country: 156,
		TerminalType: 0x22, Capabilities: [3]byte{0xE0, 0x28, 0xC8}, TerminalID: "TILL0001",
		Date: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC), Random: bytes.NewReader(make([]byte, 64)),
		AIDs: []emv.AID{{ID: []byte{0xA0, 0, 0, 0, 3}, Partial: true}},
	}
}

func transaction(t testing.TB, cfg emv.Config) *emv.Transaction {
	t.Helper()
	txn, err := emv.NewTransaction(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

func release(t testing.TB, chip reader.Chip) {
	t.Helper()
	if err := chip.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func wantAnswer(t *testing.T, chip reader.Chip, command, want []byte) {
	t.Helper()
	if got, err := chip.Transmit(t.Context(), command); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%X: got %X, %v, want %X", command, got, err, want)
	}
}

func wantAnswerOK(t *testing.T, chip reader.Chip, command []byte) {
	t.Helper()
	if got, err := chip.Transmit(t.Context(), command); err != nil || !bytes.HasSuffix(got, []byte{0x90, 0x00}) {
		t.Errorf("%X: got %d bytes, %v, want success", command, len(got), err)
	}
}
