package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// The program, as a process of its own, takes a sale from every card of software in a
// reader of a real pcscd, at its embedded host: approved, the card's cryptogram verified by
// the issuer and the issuer's by the card, and the journal says so. At the end of the day
// till and host agree.
func TestSaleOverPCSC(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		shop := homeOf{t.TempDir()}
		sales, slots := salesOfProfiles(t), rack{stack: stack}
		for _, sale := range sales {
			t.Run(sale.name, func(t *testing.T) {
				name := slots.put(virtual.NewCard(sale.profile))
				var paid, kept txnView
				shop.wantJSON(t, &paid, append(sale.flags, "--reader", name)...)
				shop.wantJSON(t, &kept, "txn", "show", string(paid.ID))
				sale.wantApproved(t, paid)
				sale.wantApproved(t, kept)
			})
		}
		shop.wantDay(t, len(sales))
	}, namesOfReaders(3)...)
}

// rack has a slot for each answer to reset. pcscd takes most of a second to see another
// card in a slot; one of the same answer to reset is changed for the last while nobody
// looks.
type rack struct {
	stack *pcsctest.Stack
	slots []*slotOfRack
}

// put puts a card into its slot and gives the name of its reader.
func (r *rack) put(card pcsctest.Card) string {
	for i, s := range r.slots {
		if bytes.Equal(s.ATR(), card.ATR()) {
			s.card.Store(&card)
			return r.stack.Reader(i)
		}
	}
	s := &slotOfRack{}
	s.card.Store(&card)
	r.stack.Insert(len(r.slots), s)
	r.slots = append(r.slots, s)
	return r.stack.Reader(len(r.slots) - 1)
}

type slotOfRack struct{ card atomic.Pointer[pcsctest.Card] }

func (s *slotOfRack) ATR() []byte                { return (*s.card.Load()).ATR() }
func (s *slotOfRack) Reset()                     { (*s.card.Load()).Reset() }
func (s *slotOfRack) Exec(command []byte) []byte { return (*s.card.Load()).Exec(command) }

// chipSale is a sale from a card of software, by the flags that it takes.
type chipSale struct {
	name    string
	profile virtual.Profile
	flags   []string
	entry   till.Entry
}

// salesOfProfiles are sales from every card of software, from those in a slot by T=0 too.
// The PIN that some of them want is that of the published profiles.
func salesOfProfiles(t *testing.T) []chipSale {
	t.Helper()
	pin := filepath.Join(t.TempDir(), "card.pin")
	if err := os.WriteFile(pin, []byte("1234\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var sales []chipSale
	for _, p := range virtual.Profiles() {
		if p.Contactless {
			sales = append(sales, chipSale{p.Name, p, []string{"pay", "12.50", "--entry", "tap"}, till.Tap})
			continue
		}
		sale := chipSale{p.Name, p, []string{"pay", "12.50", "--pin-file", pin}, till.Chip}
		sales = append(sales, sale)
		if p.Protocol == reader.T1 {
			sale.name, sale.profile.Protocol = sale.name+" by T=0", reader.T0
			sales = append(sales, sale)
		}
	}
	return sales
}

func namesOfReaders(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("Till %c", 'A'+i)
	}
	return names
}

// hearsIssuer reports a card that is brought the issuer's answer: all but Mastercard's
// when they are held to the reader, which are done with the first cryptogram.
func (s chipSale) hearsIssuer() bool {
	mastercard := bytes.HasPrefix(s.profile.Applications[0].AID, []byte{0xA0, 0, 0, 0, 0x04})
	return s.entry == till.Chip || !mastercard
}

// wantApproved wants an approval in which both sides authenticated each other. A card
// that is held to the reader gives its only cryptogram before the issuer is asked.
func (s chipSale) wantApproved(t *testing.T, got txnView) {
	t.Helper()
	pan := s.profile.Applications[0].PAN.Masked()
	if got.Outcome != till.OutcomeApproved || got.Entry != s.entry || got.Card == nil || got.Card.Masked != pan {
		t.Errorf("got %+v of card %+v, want an approved sale of %s by %s", got, got.Card, pan, s.entry)
	}
	want := map[till.Entry]string{till.Chip: "TC", till.Tap: "ARQC"}[s.entry]
	if got.Chip == nil || got.Chip.CryptogramType != want || !got.Chip.ARQCVerified || got.Chip.ARPCVerified != s.hearsIssuer() {
		t.Fatalf("chip %+v, want a %s, the request verified by the issuer, and by the card the answer: %v", got.Chip, want, s.hearsIssuer())
	}
	const authenticates = 0x61 // SDA, DDA and CDA in the first byte of the AIP (EMV Book 3, annex C1)
	unauthenticated := s.entry == till.Chip && s.profile.Applications[0].AIP[0]&authenticates == 0
	if got := strings.HasPrefix(got.Chip.TVR, "80"); got != unauthenticated {
		t.Errorf("offline data authentication not performed: got %v, want %v", got, unauthenticated)
	}
}

// Wherever in a sale the card is pulled out, the program ends with an exit code that says
// so, and nothing is charged: before the request nothing was sent, after it the sale is
// reversed. The host agrees.
func TestCardPulledOverPCSC(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		for slot := range stack.Slots() {
			t.Run(stack.Reader(slot), func(t *testing.T) {
				t.Parallel()
				shop := homeOf{t.TempDir()}
				for n := slot + 1; n <= commandsOfSale; n += stack.Slots() {
					card := pcsctest.At(virtual.NewCard(virtual.Visa()), n, func([]byte) []byte { return nil })
					stack.Insert(slot, card)
					want, words := exitNoDevice, "nothing was sent"
					if n > commandsBeforeRequest {
						want, words = exitDeclined, `"reversal":{"reason":"card","attempts":1,"state":"acknowledged"}`
					}
					said, code := shop.run(t, "pay", "12.50", "--reader", stack.Reader(slot), "--json")
					if code != want || !strings.Contains(said, words) {
						t.Errorf("pulled at command %d: exit %d, want %d and %s: %s", n, code, want, words, said)
					}
				}
				stack.Insert(slot, virtual.NewCard(virtual.Visa()))
				var paid txnView
				shop.wantJSON(t, &paid, "pay", "12.50", "--reader", stack.Reader(slot))
				chipSale{profile: virtual.Visa(), entry: till.Chip}.wantApproved(t, paid)
				shop.wantDay(t, 1)
			})
		}
	}, namesOfReaders(3)...)
}

// The commands of a sale with the card of profile visa: the directory and its record,
// a second that is not there, the application, its options, its three records and the
// first cryptogram; behind the issuer's answer EXTERNAL AUTHENTICATE and the second.
const (
	commandsBeforeRequest = 9
	commandsOfSale        = 11
)

// The other commands that meet a reader find what is in it, and say what is wrong.
func TestReadersOverPCSC(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		shop := homeOf{t.TempDir()}
		stack.Insert(0, virtual.NewCard(virtual.Pair()))
		var card cardView
		shop.wantJSON(t, &card, "card", "read", "--reader", "till contact 00 00")
		if want := virtual.Pair().Applications[0].PAN.Masked(); card.Masked != want || len(card.Applications) != 2 || card.Error != "" {
			t.Errorf("card read: %s with %d applications, error %q, want %s with 2", card.Masked, len(card.Applications), card.Error, want)
		}
		said, code := shop.run(t, "card", "list")
		for slot := range stack.Slots() {
			if !strings.Contains(said, stack.Reader(slot)) {
				t.Errorf("card list, exit %d, does not name %q:\n%s", code, stack.Reader(slot), said)
			}
		}
		if said, code := shop.run(t, "card", "read", "--reader", stack.Reader(1), "--wait", "100ms"); code != exitNoDevice || !strings.Contains(said, "no card") {
			t.Errorf("card read of an empty slot: exit %d: %s", code, said)
		}
		if said, code := shop.run(t, "doctor"); code != exitDone {
			t.Errorf("doctor: exit %d: %s", code, said)
		}
		shop.wantInUse(t, stack)
		shop.wantServiceEnds(t, stack)
	}, "Till Contact", "Till Contactless")
}

// wantInUse has another program hold the card of slot 0.
func (s homeOf) wantInUse(t *testing.T, stack *pcsctest.Stack) {
	t.Helper()
	other, err := pcsc.Open(stack.Reader(0))
	if err != nil {
		t.Fatal(err)
	}
	chip, err := other.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = chip.Close() }() // nothing was done with it
	if said, code := s.run(t, "pay", "1", "--reader", stack.Reader(0)); code != exitNoDevice || !strings.Contains(said, "in use by another program") {
		t.Errorf("pay with a card that another program has: exit %d: %s", code, said)
	}
}

// wantServiceEnds ends pcscd in the middle of a sale in slot 2, for good.
func (s homeOf) wantServiceEnds(t *testing.T, stack *pcsctest.Stack) {
	t.Helper()
	stack.Insert(2, pcsctest.At(virtual.NewCard(virtual.Visa()), commandsBeforeRequest, func([]byte) []byte {
		stack.Stop()
		return nil
	}))
	for _, words := range []string{"the card reader cannot be used; nothing was sent", "service does not run"} {
		if said, code := s.run(t, "pay", "1", "--reader", stack.Reader(2)); code != exitNoDevice || !strings.Contains(said, words) {
			t.Errorf("pay when the service ended: exit %d, want %q: %s", code, words, said)
		}
	}
}

// homeOf is the program with a home of its own.
type homeOf struct{ home string }

// run runs the program to its end and gives what it said on both streams.
func (s homeOf) run(t *testing.T, args ...string) (said string, code exitCode) {
	t.Helper()
	out, words, code := s.start(t, args...)
	return out + words, code
}

func (s homeOf) start(t *testing.T, args ...string) (out, words string, code exitCode) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, binary)
	cmd.Args = append([]string{"till"}, args...)
	cmd.Env = []string{"HOME=" + s.home, "XDG_DATA_HOME=" + s.home, "LANG=en_US.UTF-8"}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, time.Second
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("till %q: %v\n%s%s", args, err, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String(), exitCode(cmd.ProcessState.ExitCode())
}

// wantJSON runs a command that must end well and reads what it shows.
func (s homeOf) wantJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	out, words, code := s.start(t, append(args, "--json")...)
	if code != exitDone {
		t.Fatalf("till %q: exit %d: %s%s", args, code, out, words)
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		t.Fatalf("till %q: %v: %s", args, err, out)
	}
}

// wantDay closes the batch with so many sales of 12.50, on which the host agrees at the
// first attempt, and wants nothing left open and a sound store.
func (s homeOf) wantDay(t *testing.T, sales int) {
	t.Helper()
	for _, c := range []struct{ command, want string }{
		{"batch close --json=state,attempts,net", fmt.Sprintf(`{"state":"CLOSED","attempts":1,"net":{"minor":%d,"currency":"CNY"}}`, 1250*sales)},
		{"txn resolve --json", "[]"},
		{"store verify", "is sound"},
	} {
		if said, code := s.run(t, strings.Fields(c.command)...); code != exitDone || !strings.Contains(said, c.want) {
			t.Errorf("till %s: exit %d: %s, want %s", c.command, code, said, c.want)
		}
	}
}
