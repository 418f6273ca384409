package pcsc_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// A chip payment from the first SELECT to the second cryptogram, over a real pcscd and
// both protocols: the card's cryptograms hold before the issuer, and the issuer's
// before the card.
func TestPayment(t *testing.T) {
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		for slot, profile := range []virtual.Profile{virtual.Visa(), virtual.Pair()} {
			t.Run(profile.Name, func(t *testing.T) {
				stack.Insert(slot, virtual.NewCard(profile))
				chip := take(t, open(t, stack.Reader(slot)))
				pay(t, chip, profile.Applications[0])
				if err := chip.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
	})
}

// The card leaves in the middle of a payment, at every command of it.
func TestPaymentCutShort(t *testing.T) {
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		for _, n := range []int{1, 4, 8} {
			card := virtual.NewCard(virtual.Visa())
			card.RemoveAt(n)
			stack.Insert(0, card)
			chip := take(t, open(t, stack.Reader(0)))
			txn := newTransaction(t)
			if err := converse(t, txn, chip); !errors.Is(err, reader.ErrRemoved) {
				t.Errorf("removed at command %d: %v, decision %v, want ErrRemoved", n, err, txn.Decision())
			}
			if err := chip.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	})
}

// One command through the service takes a fraction of a millisecond. 10 ms are the sign
// of a delayed acknowledgement, 40 ms of two.
func TestCommandTime(t *testing.T) {
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		stack.Insert(0, virtual.NewCard(virtual.Visa()))
		chip := take(t, open(t, stack.Reader(0)))
		took := make([]time.Duration, 500)
		for i := range took {
			begun := time.Now()
			if _, err := chip.Transmit(t.Context(), selectDirectory()); err != nil {
				t.Fatal(err)
			}
			took[i] = time.Since(begun)
		}
		slices.Sort(took)
		p50, p95 := took[len(took)/2], took[len(took)*95/100]
		t.Logf("p50 %v, p95 %v of %d commands", p50, p95, len(took))
		if p50 >= 10*time.Millisecond {
			t.Errorf("p50 %v, want less than 10 ms", p50)
		}
		if err := chip.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

// pay takes 12.50, plays the issuer in between, and wants the card's approval.
func pay(t *testing.T, chip reader.Chip, app virtual.Application) {
	t.Helper()
	txn := newTransaction(t)
	if err := converse(t, txn, chip); err != nil || txn.Decision() != emv.GoOnline {
		t.Fatalf("up to the request: %v, %v, want %v", txn.Decision(), err, emv.GoOnline)
	}
	if got := txn.Card(); !got.PAN.Equal(app.PAN) || got.Label != app.Label && got.Label != app.Preferred {
		t.Errorf("read %v of %q, want %v of %q", got.PAN, got.Label, app.PAN, app.Label)
	}
	txn.Complete(emv.IssuerResult{ARC: "00", IssuerAuthData: answer(t, txn, app)})
	if err := converse(t, txn, chip); err != nil || txn.Decision() != emv.Approved {
		t.Fatalf("after the issuer's answer: %v, %v, want %v", txn.Decision(), err, emv.Approved)
	}
}

// answer verifies the request cryptogram as the issuer does, from the chip data of the
// request alone, and answers it.
func answer(t *testing.T, txn *emv.Transaction, app virtual.Application) []byte {
	t.Helper()
	in, err := ac.FromICC(txn.ICC())
	if err != nil {
		t.Fatal(err)
	}
	key, err := ac.ICCMasterKey(app.MasterKey, txn.Card().PAN, txn.Card().PSN)
	if err != nil {
		t.Fatal(err)
	}
	arqc := txn.Evidence().ARQC
	if err := ac.VerifyARQC(app.CVN, key, in, arqc[:]); err != nil {
		t.Fatalf("cryptogram of the request: %v", err)
	}
	data, err := ac.IssuerAuthData(app.CVN, key, in.ATC, arqc, "00", ac.Approve())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func converse(t *testing.T, txn *emv.Transaction, chip reader.Chip) error {
	t.Helper()
	command, more, err := txn.Next(nil)
	for more && err == nil {
		var response []byte
		if response, err = chip.Transmit(t.Context(), command); err != nil {
			return err
		}
		command, more, err = txn.Next(response)
	}
	return err
}

func newTransaction(t *testing.T) *emv.Transaction {
	t.Helper()
	txn, err := emv.NewTransaction(emv.Config{
		Amount: 1250, Currency: 156, CurrencyExponent: 2, Country: 156,
		TerminalType: 0x22, Capabilities: [3]byte{0xE0, 0x28, 0xC8}, TerminalID: "TILL0001",
		Date: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC),
		AIDs: []emv.AID{{ID: []byte{0xA0, 0, 0, 0, 3}, Partial: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return txn
}
