package replay_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// number is a card number of a beginning that is not published for tests, with its check
// digit. No file may hold one.
func number(t testing.TB, beginning string, digits int) card.PAN {
	t.Helper()
	middle := strings.Repeat("7351", 5)[:digits-len(beginning)-1]
	for check := range 10 {
		pan, err := card.ParsePAN(fmt.Sprint(beginning, middle, check))
		if err == nil && pan.LuhnValid() {
			if pan.IsPublishedTest() {
				t.Fatal("the number is published")
			}
			return pan
		}
	}
	t.Fatal("no check digit fits")
	return card.PAN{}
}

// recorded is what a reader says to the card of a profile in do.
func recorded(t testing.TB, device reader.Reader, do func(reader.Chip)) *replay.Trace {
	t.Helper()
	recorder := replay.Record(device, time.Now)
	c, err := recorder.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	do(c.(reader.Chip))
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	return recorder.Trace()
}

// payment is one terminal's side of a payment.
type payment struct {
	amount int64
	seed   byte
	date   time.Time
}

// pay goes the whole way, the issuer's approval without a cryptogram in between, and gives
// the transaction as it ended.
func (p payment) pay(t testing.TB, chip reader.Chip) (*emv.Transaction, error) {
	t.Helper()
	if p.date.IsZero() {
		p.date = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	}
	txn, err := emv.NewTransaction(emv.Config{
		Amount: p.amount, Currency: 156, CurrencyExponent: 2, Country: 156, TerminalType: 0x22,
		Capabilities: [3]byte{0xE0, 0x28, 0x00}, AdditionalCapabilities: [5]byte{0x70, 0x00, 0xB0, 0xB0, 0x01},
		Date: p.date, Random: bytes.NewReader(bytes.Repeat([]byte{p.seed}, 64)), ForceOnline: true,
		AIDs:   []emv.AID{{ID: []byte{0xA0, 0, 0, 0, 0x03}, Partial: true}},
		Choose: func([]emv.Candidate) int { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := converse(chip, txn); err != nil || txn.Decision() != emv.GoOnline {
		return txn, err
	}
	answer, err := emv.ParseIssuerResult("00", nil)
	if err != nil {
		t.Fatal(err)
	}
	txn.Complete(answer)
	return txn, converse(chip, txn)
}

func converse(chip reader.Chip, txn *emv.Transaction) error {
	var response []byte
	for {
		command, more, err := txn.Next(response)
		if err != nil || !more {
			return err
		}
		if response, err = chip.Transmit(context.Background(), command); err != nil {
			return err
		}
	}
}

// ofNumber is a profile whose applications have the numbers instead of their own.
func ofNumber(p virtual.Profile, pans ...card.PAN) virtual.Profile {
	for i := range p.Applications {
		p.Applications[i].PAN = pans[min(i, len(pans)-1)]
	}
	return p
}

func device(p virtual.Profile) reader.Reader { return virtual.NewReader(virtual.NewCard(p)) }

// played is the chip of a trace.
func played(t testing.TB, trace *replay.Trace, o replay.Options) reader.Chip {
	t.Helper()
	c, err := replay.NewReader(trace, o).Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(reader.Chip)
}

// written is the trace as its file, and read again.
func written(t testing.TB, trace *replay.Trace) (string, *replay.Trace) {
	t.Helper()
	var file bytes.Buffer
	if err := trace.Write(&file); err != nil {
		t.Fatal(err)
	}
	again, err := replay.Parse(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatalf("what was written does not read: %v", err)
	}
	return file.String(), again
}

// everything is all bytes of a trace one behind the other, answers first: what is cut into
// pieces is whole in it.
func everything(trace *replay.Trace) []byte {
	var all []byte
	for _, s := range trace.Sessions {
		for _, x := range s.Exchanges {
			all = append(all, x.Data()...)
		}
		for _, x := range s.Exchanges {
			all = append(all, x.Command...)
		}
	}
	return all
}

// hides looks for a number in a trace, packed and as text.
func hides(t testing.TB, trace *replay.Trace, pan card.PAN) {
	t.Helper()
	all := everything(trace)
	if strings.Contains(strings.ToUpper(hex.EncodeToString(all)), pan.Reveal()) || bytes.Contains(all, []byte(pan.Reveal())) {
		t.Error("the number of the card is in the trace")
	}
	file, _ := written(t, trace)
	if strings.Contains(file, pan.Reveal()) || strings.Contains(file, strings.ToUpper(hex.EncodeToString([]byte(pan.Reveal())))) {
		t.Error("the number of the card is in the file")
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
