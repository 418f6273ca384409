package emv_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// FuzzTransaction answers a terminal with whatever bytes come: each answer is a length
// and so many bytes. It must end, with a decision or a typed error, and never panic.
func FuzzTransaction(f *testing.F) {
	f.Add([]byte{2, 0x6A, 0x82})
	f.Add([]byte{0, 1, 0x90, 2, 0x61, 0x00, 2, 0x6C, 0xFF})
	f.Add([]byte("\x02\x6A\x82\x10\x6F\x0C\x84\x07\xA0\x00\x00\x00\x03\x10\x10\xA5\x01\x50\x90\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		exec := func([]byte) []byte {
			if len(b) == 0 {
				return []byte{0x90, 0x00}
			}
			n := min(int(b[0]), len(b)-1)
			answer := b[1 : 1+n]
			b = b[1+n:]
			return answer
		}
		runToEnd(t, exec)
	})
}

// FuzzBentTransaction lets a proper card answer and bends its answers: each command takes
// two bytes that say whether and how. It reaches what random bytes do not.
func FuzzBentTransaction(f *testing.F) {
	f.Add([]byte{}, false)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 1, 9}, false)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3}, true)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 200}, true)
	f.Fuzz(func(t *testing.T, how []byte, real bool) {
		plain := newToy().Exec
		if real {
			plain = contact(virtual.NewCard(virtual.Visa18()))
		}
		runToEnd(t, func(command []byte) []byte {
			answer := plain(command)
			if len(how) < 2 {
				return answer
			}
			kind, at := how[0], int(how[1])
			how = how[2:]
			return bent(answer, kind, at)
		})
	})
}

// FuzzBentTap does the same to cards that are held to the reader.
func FuzzBentTap(f *testing.F) {
	f.Add([]byte{}, byte(0))
	f.Add([]byte{0, 0, 0, 0, 1, 9}, byte(1))
	f.Add([]byte{0, 0, 0, 0, 2, 3}, byte(2))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 4, 200}, byte(0))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 5, 1, 6, 2}, byte(2))
	f.Fuzz(func(t *testing.T, how []byte, which byte) {
		plain := newQuick().Exec
		switch which % 3 {
		case 1:
			plain = newReadable().Exec
		case 2:
			plain = contact(virtual.NewCard(virtual.TapVisa()))
		}
		cfg := tapShop()
		cfg.ForceOnline = true
		runConfigToEnd(t, cfg, func(command []byte) []byte {
			answer := plain(command)
			if len(how) < 2 {
				return answer
			}
			kind, at := how[0], int(how[1])
			how = how[2:]
			return bent(answer, kind, at)
		})
	})
}

// bent is an answer spoiled in one of a few ways.
func bent(answer []byte, kind byte, at int) []byte {
	answer = append([]byte(nil), answer...)
	if len(answer) == 0 {
		return answer
	}
	at %= len(answer)
	switch kind % 7 {
	case 1:
		answer[at] ^= 1 << (kind >> 5)
	case 2:
		return answer[:at]
	case 3:
		return append(answer[:at], answer[max(0, at-1):]...)
	case 4:
		answer[at] = kind
	case 5:
		return append(answer[:at:at], append([]byte{kind, byte(at)}, answer[at:]...)...)
	case 6:
		return append(answer[:len(answer)-2:len(answer)-2], kind, byte(at))
	}
	return answer
}

// runToEnd runs a whole transaction, the issuer's answer included, and holds it to its
// promises.
func runToEnd(t *testing.T, exec func([]byte) []byte) {
	t.Helper()
	cfg := toyShop()
	cfg.ForceOnline = true
	cfg.AIDs = append(cfg.AIDs, emv.AID{ID: unhex("A000000003"), Partial: true, Version: 1})
	runConfigToEnd(t, cfg, exec)
}

func runConfigToEnd(t *testing.T, cfg emv.Config, exec func([]byte) []byte) {
	t.Helper()
	txn := start(t, cfg)
	sent := 0
	counted := func(command []byte) []byte {
		if sent++; sent > 2000 {
			t.Fatal("the transaction does not end")
		}
		if len(command) < 4 || len(command) > 261 {
			t.Fatalf("a command of %d bytes", len(command))
		}
		return exec(command)
	}
	err := converse(txn, counted)
	if err == nil && txn.Decision() == emv.GoOnline {
		txn.Complete(emv.IssuerResult{ARC: "00", IssuerAuthData: make([]byte, 8), Scripts: unhex(script(0x71, "00000001", "8424000100") + script(0x72, "", "8424000100"))})
		err = converse(txn, counted)
	}
	var fault *emv.Error
	switch {
	case err != nil && (!errors.As(err, &fault) || txn.Decision() != emv.DecisionNone):
		t.Fatalf("ends in %v with %v", err, txn.Decision())
	case err == nil && (txn.Decision() == emv.DecisionNone || txn.Decision() == emv.GoOnline):
		t.Fatalf("ends without an error and without a decision: %v", txn.Decision())
	case err != nil && (strings.Contains(err.Error(), toyNumber[6:]) || strings.Contains(err.Error(), "4761739001010119")):
		t.Fatalf("the error holds the number: %v", err)
	}
	for _, s := range txn.Steps() {
		if len(s.Notes("en")) != len(s.Notes("zh")) {
			t.Fatalf("the languages say different things: %v, %v", s.Notes("en"), s.Notes("zh"))
		}
	}
}

// Whatever is asked and whatever a proper card answers, the decision is never better
// than both the issuer's and the card's, and the chip data of a request verifies what
// the terminal told the card.
func TestDecisionIsNeverBetterThanWhatWasSaid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg, chip := toyShop(), newToy()
		cfg.ForceOnline = rapid.Bool().Draw(rt, "force")
		cfg.TerminalType = rapid.SampledFrom([]byte{0x21, 0x22, 0x23}).Draw(rt, "terminal")
		chip.first = rapid.SampledFrom([]string{"", "00", "40", "80"}).Draw(rt, "first")
		chip.second = rapid.SampledFrom([]string{"", "00", "40", "80"}).Draw(rt, "second")
		chip.format2 = rapid.Bool().Draw(rt, "format 2")
		arc := rapid.SampledFrom([]string{"00", "05", ""}).Draw(rt, "issuer")
		txn := start(t, cfg)
		if err := converse(txn, chip.Exec); err != nil {
			return
		}
		if txn.Decision() == emv.GoOnline {
			txn.Complete(emv.IssuerResult{ARC: arc, UnableOnline: arc == ""})
			if err := converse(txn, chip.Exec); err != nil {
				return
			}
		}
		isTC := txn.Evidence().CID&0xC0 == 0x40
		switch d := txn.Decision(); d {
		case emv.Approved:
			if arc != "00" || !isTC {
				rt.Fatalf("approved with issuer %q and CID %02X", arc, txn.Evidence().CID)
			}
		case emv.ApprovedOffline:
			if !isTC || txn.ICC() != nil && arc != "" {
				rt.Fatalf("approved offline with issuer %q and CID %02X", arc, txn.Evidence().CID)
			}
		case emv.Declined, emv.DeclinedOffline:
			if isTC {
				rt.Fatalf("%v with a TC", d)
			}
		default:
			rt.Fatalf("ends in %v", d)
		}
	})
}

// BenchmarkTransaction is one whole payment without the card's part of it: about 12
// commands, from the directory to the second GENERATE AC.
func BenchmarkTransaction(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		cfg, chip := toyShop(), newToy()
		cfg.ForceOnline = true
		answers := map[string][]byte{}
		txn, err := emv.NewTransaction(cfg)
		if err != nil {
			b.Fatal(err)
		}
		exec := func(command []byte) []byte {
			if answers[string(command)] == nil {
				answers[string(command)] = chip.Exec(command)
			}
			return answers[string(command)]
		}
		if err := converse(txn, exec); err != nil {
			b.Fatal(err)
		}
		txn.Complete(emv.IssuerResult{ARC: "00"})
		if err := converse(txn, exec); err != nil || txn.Decision() != emv.Approved {
			b.Fatal(txn, err)
		}
	}
}
