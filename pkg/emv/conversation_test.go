package emv_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// A conversation is told as people read it with --steps, in both languages.
func TestConversationGolden(t *testing.T) {
	for name, run := range map[string]func(t *testing.T) *emv.Transaction{
		"approved":  approvedConversation,
		"scripts":   scriptedConversation,
		"offline":   offlineConversation,
		"not-taken": notTakenConversation,
		"tapped":    tappedConversation,
		"read":      readConversation,
	} {
		t.Run(name, func(t *testing.T) {
			txn := run(t)
			for _, lang := range []string{"en", "zh"} {
				golden(t, "conversation/"+name+"."+lang+".golden", sayConversation(txn, lang))
			}
		})
	}
}

func sayConversation(txn *emv.Transaction, lang string) string {
	var b strings.Builder
	for _, s := range txn.Steps() {
		fmt.Fprintln(&b, s.Name.Text(lang))
		if s.Command != "" {
			fmt.Fprintf(&b, "  > %s\n  < %s%04X\n", s.Command, strings.TrimPrefix(s.Response+" ", " "), s.SW)
		}
		for _, note := range s.Notes(lang) {
			fmt.Fprintf(&b, "    %s\n", note)
		}
	}
	fmt.Fprintf(&b, "= %v\n", txn)
	return b.String()
}

// approvedConversation is a directory, records, a signature, an issuer that approves.
func approvedConversation(t *testing.T) *emv.Transaction {
	cfg, chip := toyShop(), newToy()
	chip.pse, chip.aip = true, "1C00"
	cfg.FloorLimit = 0
	chip.objects[emv.TagTrack2] = toyNumber + "D31122010000"
	chip.objects[emv.TagCardholderName] = "4A414E452F444F45"
	chip.objects[emv.TagCVMList] = "0000000000000000" + "4103" + "5E03" + "1F00"
	delete(chip.objects, emv.TagIACOnline)
	txn, err := pay(t, cfg, chip)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := finish(txn, chip, emv.IssuerResult{ARC: "00", IssuerAuthData: unhex("11223344556677883030")}); err != nil {
		t.Fatal(err)
	}
	return txn
}

// scriptedConversation is an issuer that declines and sends scripts, of which one fails.
func scriptedConversation(t *testing.T) *emv.Transaction {
	chip := newToy()
	chip.script = func(command []byte) string {
		if command[1] == 0x1E {
			return "6985"
		}
		return "9000"
	}
	txn := online(t, chip)
	scripts := script(0x71, "00000001", "84240002081122334455667788") + script(0x72, "00000002", "841E000000")
	if _, err := finish(txn, chip, emv.IssuerResult{ARC: "51", Scripts: unhex(scripts)}); err != nil {
		t.Fatal(err)
	}
	return txn
}

// offlineConversation is a card that approves a small amount by itself, with counters.
func offlineConversation(t *testing.T) *emv.Transaction {
	chip := newToy()
	chip.aip = "1800"
	chip.objects[emv.TagCVMList] = "0000000000000000" + "1F00"
	chip.objects[emv.TagLowerOfflineLimit], chip.objects[emv.TagUpperOfflineLimit] = "02", "05"
	txn, err := pay(t, toyShop(), chip)
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

// notTakenConversation is an expired card of another country that refuses in the end.
func notTakenConversation(t *testing.T) *emv.Transaction {
	cfg, chip := toyShop(), newToy()
	chip.aip = "1000"
	chip.objects[emv.TagCVMList] = "0000000000000000" + "0200"
	chip.objects[emv.TagExpiry], chip.objects[emv.TagAUC], chip.objects[emv.TagIssuerCountry] = "201231", "2900", "0840"
	cfg.TAC.Denial = [5]byte{0, 0x10}
	txn, err := pay(t, cfg, chip)
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

// tappedConversation is a card of the qVSDC shape beside an application that is not
// taken: the holder signs, the issuer approves and sends a script, and the card is still
// there to be told.
func tappedConversation(t *testing.T) *emv.Transaction {
	cfg, card := tapShop(), newQuick()
	cfg.Amount, card.objects[emv.TagCTQ] = 100_00, "4040"
	card.directory += object(emv.TagApplicationTemplate, object(emv.TagApplicationID, "A00000002501")+object(emv.TagApplicationLabel, "414D4558"))
	txn, err := tap(t, cfg, card)
	if err != nil {
		t.Fatal(err)
	}
	txn.Complete(emv.IssuerResult{ARC: "00", IssuerAuthData: unhex("11223344556677883030"), Scripts: unhex(script(0x72, "00000001", "8424000100"))})
	if err := converse(txn, card.Exec); err != nil {
		t.Fatal(err)
	}
	return txn
}

// readConversation is a phone of the M/Chip shape, and an issuer that cannot be asked.
func readConversation(t *testing.T) *emv.Transaction {
	cfg, card := tapShop(), newReadable()
	cfg.Amount, cfg.ForceOnline, card.objects[emv.TagAIP] = 100_00, true, "1280"
	txn, err := tap(t, cfg, card)
	if err != nil {
		t.Fatal(err)
	}
	txn.Complete(emv.IssuerResult{UnableOnline: true})
	if err := converse(txn, card.Exec); err != nil {
		t.Fatal(err)
	}
	return txn
}
