package emv_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// The tests of this file pay with the virtual cards of pkg/reader/virtual and play the
// issuer with pkg/emv/ac: the cryptograms are real ones.

// testMDK is the issuer's master key of the virtual cards, published for testing.
const testMDK = "2315208C9110AD402315208C9110AD40"

// shop is a terminal of a shop in China that may work offline, with no PIN pad.
func shop() emv.Config {
	return emv.Config{
		Amount: 1250, Currency: 156, CurrencyExponent: 2, Country: 156,
		TerminalType: 0x22, Capabilities: [3]byte{0xE0, 0x28, 0xC8}, AdditionalCapabilities: [5]byte{0x60, 0, 0xF0, 0xA0, 0x01},
		TerminalID: "TILL0001", MerchantID: "SHOP", MCC: "5411",
		Date:   time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC),
		Random: strings.NewReader("twelve bytes and more of them"),
		AIDs: []emv.AID{
			{ID: unhex("A000000003"), Partial: true, Version: 0x0096},
			{ID: unhex("A000000004"), Partial: true, Version: 0x0096},
			{ID: unhex("A000000065"), Partial: true, Version: 0x0096},
		},
	}
}

// shopFor is the same terminal for a card of a profile, which may have to be held to it.
func shopFor(p virtual.Profile) emv.Config {
	cfg := shop()
	if p.Contactless {
		cfg.Contactless, cfg.ForceOnline = proximity(), true
	}
	return cfg
}

// contact is the reader that a card is in: it frames commands as the card's protocol
// wants them.
func contact(chip *virtual.Card) func([]byte) []byte {
	return func(command []byte) []byte { return chip.Exec(reader.Frame(chip.Protocol(), command)) }
}

// converse carries bytes between a transaction and a card until there is no more.
func converse(txn *emv.Transaction, exec func([]byte) []byte) error {
	command, more, err := txn.Next(nil)
	for more && err == nil {
		command, more, err = txn.Next(exec(command))
	}
	return err
}

func start(t *testing.T, cfg emv.Config) *emv.Transaction {
	t.Helper()
	txn, err := emv.NewTransaction(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

// issue is the issuer: it verifies the request and answers it.
func issue(t *testing.T, txn *emv.Transaction, arc string) emv.IssuerResult {
	t.Helper()
	in, err := ac.FromICC(txn.ICC())
	if err != nil {
		t.Fatal(err)
	}
	who := txn.Card()
	cvn, ok := ac.Detect(who.AID, in.IAD)
	if !ok {
		t.Fatal("the version of the cryptogram is not known")
	}
	mdk := unhex(testMDK)
	if cvn.UsesAES() {
		mdk = virtual.CCDAES().Applications[0].MasterKey
	}
	icc, err := ac.MasterKey(cvn, mdk, who.PAN, who.PSN)
	if err != nil {
		t.Fatal(err)
	}
	arqc := txn.Evidence().ARQC
	if err := ac.VerifyARQC(cvn, icc, in, arqc[:]); err != nil {
		t.Fatal(err)
	}
	update := ac.Approve()
	if arc != "00" {
		update = ac.Decline()
	}
	auth, err := ac.IssuerAuthData(cvn, icc, in, arqc, arc, update)
	if err != nil {
		t.Fatal(err)
	}
	return emv.IssuerResult{ARC: arc, IssuerAuthData: auth}
}

func TestVirtualCardsPayOnline(t *testing.T) {
	for _, profile := range virtual.Profiles() {
		for arc, want := range map[string]emv.Decision{"00": emv.Approved, "51": emv.Declined} {
			t.Run(profile.Name+"/"+arc, func(t *testing.T) {
				chip, txn := virtual.NewCard(profile), start(t, shopFor(profile))
				if err := converse(txn, contact(chip)); err != nil || txn.Decision() != emv.GoOnline {
					t.Fatalf("first half: %v, %v", txn.Decision(), err)
				}
				request := txn.ICC()
				txn.Complete(issue(t, txn, arc))
				if err := converse(txn, contact(chip)); err != nil || txn.Decision() != want {
					t.Fatalf("second half: %v, %v, want %v", txn.Decision(), err, want)
				}
				if !bytes.Equal(request, txn.ICC()) {
					t.Error("the chip data of the request changed")
				}
			})
		}
	}
}

func TestVirtualCardRefusesAStrangersAnswer(t *testing.T) {
	chip, txn := virtual.NewCard(virtual.Visa()), start(t, shop())
	if err := converse(txn, contact(chip)); err != nil {
		t.Fatal(err)
	}
	answer := issue(t, txn, "00")
	answer.IssuerAuthData[0] ^= 1
	txn.Complete(answer)
	if err := converse(txn, contact(chip)); err != nil || txn.Decision() != emv.Declined {
		t.Errorf("got %v, %v, want declined", txn.Decision(), err)
	}
	evidence := txn.Evidence()
	if evidence.IssuerAuth != emv.IssuerAuthFailed || evidence.TVR[4]&0x40 == 0 || evidence.TSI[0]&0x10 == 0 {
		t.Errorf("issuer authentication %v, TVR %X, TSI %X", evidence.IssuerAuth, evidence.TVR, evidence.TSI)
	}
}

func TestVirtualCardWithoutIssuer(t *testing.T) {
	chip, txn := virtual.NewCard(virtual.Visa()), start(t, shop())
	if err := converse(txn, contact(chip)); err != nil {
		t.Fatal(err)
	}
	txn.Complete(emv.IssuerResult{UnableOnline: true})
	if err := converse(txn, contact(chip)); err != nil || txn.Decision() != emv.DeclinedOffline {
		t.Errorf("got %v, %v, want declined offline", txn.Decision(), err)
	}
	if arc := txn.Evidence().ARC; arc != "Z3" {
		t.Errorf("response code %q, want Z3", arc)
	}
}

// A card of two applications asks whoever stands at the terminal.
func TestVirtualPairAsks(t *testing.T) {
	var offered []string
	cfg := shop()
	cfg.Choose = func(c []emv.Candidate) int {
		for _, one := range c {
			offered = append(offered, fmt.Sprintf("%d %s", one.Priority, one.Label))
		}
		return 1
	}
	chip, txn := virtual.NewCard(virtual.Pair()), start(t, cfg)
	if err := converse(txn, contact(chip)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(offered, ", "); got != "1 TILL DEBIT, 2 VISA CREDIT" {
		t.Errorf("offered %s", got)
	}
	if who := txn.Card(); who.Label != "VISA CREDIT" || who.PAN.Masked() != "476173******0010" || who.PSN != "01" || who.Expiry != "3112" || who.ServiceCode != "201" {
		t.Errorf("card %v %v %v %v %v", who.Label, who.PAN, who.PSN, who.Expiry, who.ServiceCode)
	}
}

// Nothing that a transaction says or prints holds the number, the track or the name,
// in digits, packed or as text.
func TestVirtualCardIsNeverPrinted(t *testing.T) {
	for _, profile := range virtual.Profiles() {
		chip, txn := virtual.NewCard(profile), start(t, shopFor(profile))
		if err := converse(txn, contact(chip)); err != nil {
			t.Fatal(err)
		}
		txn.Complete(issue(t, txn, "00"))
		if err := converse(txn, contact(chip)); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		holder := struct {
			open   *emv.Transaction
			hidden emv.Transaction
		}{txn, *txn}
		for _, verb := range strings.Fields("%v %+v %#v %s %q %d %x %X %b %o %U %t %c %p") {
			fmt.Fprintf(&said, verb+verb+verb, txn, txn.Card(), holder)
		}
		for _, step := range txn.Steps() {
			fmt.Fprintln(&said, step, step.Notes("en"), step.Notes("zh"))
		}
		for _, tag := range txn.Tags() {
			fmt.Fprintf(&said, "%X", txn.Value(tag))
		}
		fmt.Fprintf(&said, "%X %X %v", txn.ICC(), txn.FinalICC(), txn.Evidence())
		for _, app := range profile.Applications {
			refuseTraces(t, said.String(), app.PAN, app.Holder)
		}
	}
}

func refuseTraces(t *testing.T, said string, pan card.PAN, holder string) {
	t.Helper()
	digits := pan.Reveal()
	for what, trace := range map[string]string{
		"number": digits, "number as text": fmt.Sprintf("%X", digits), "middle of the number": digits[6:12] + digits[12:],
		"number in decimal bytes": strings.Trim(fmt.Sprintf("%d", unhex(digits)), "[]"),
		"name":                    holder, "name in hexadecimal": fmt.Sprintf("%X", holder),
	} {
		if strings.Contains(said, trace) {
			t.Errorf("the %s shows", what)
		}
	}
}
