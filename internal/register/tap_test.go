package register_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// tapWorld is a shop to whose reader one card is held, with limits of 5000.00 and
// 1000.00.
func tapWorld(t *testing.T, c *virtual.Card) *world {
	t.Helper()
	w := newWorld(t)
	w.cards = func() reader.Reader { return virtual.NewReader(c) }
	w.tap = register.TapLimits{Insert: money.New(5000_00, cny(t)), Verify: money.New(1000_00, cny(t))}
	w.restartTill()
	return w
}

// Host and card verify each other where the card can be told; the limits decide how the
// holder is verified.
func TestTapSale(t *testing.T) {
	for _, tc := range []struct {
		profile virtual.Profile
		minor   int64
		cvm     string
		arpc    bool
	}{
		{virtual.TapVisa(), 12_50, "1F0002", true},
		{virtual.TapVisa(), 999_99, "1F0002", true},
		{virtual.TapVisa(), 1000_00, "1E0000", true},
		{virtual.Phone(), 12_50, "010002", true},
		{virtual.Phone(), 1000_00, "010002", true},
		{virtual.TapMC(), 12_50, "1F0302", false},
		{virtual.TapMC(), 1000_00, "5E0300", false},
		{virtual.PhoneMC(), 1000_00, "010002", false},
	} {
		w := tapWorld(t, virtual.NewCard(tc.profile))
		res, err := w.take("", tc.minor, till.Tap)
		if err != nil || res.Outcome != till.OutcomeApproved {
			t.Errorf("%s, %d: %s, %v", tc.profile.Name, tc.minor, res.Outcome, err)
			continue
		}
		x := res.Txn
		if x.Entry != till.Tap || x.Chip.CVM != tc.cvm || !x.Chip.ARQCVerified || x.Chip.ARPCVerified != tc.arpc || x.Chip.CryptogramType != "ARQC" {
			t.Errorf("%s, %d: entry %s, evidence %+v; want %s and ARPC %v", tc.profile.Name, tc.minor, x.Entry, x.Chip, tc.cvm, tc.arpc)
		}
		if net := w.net(); net != tc.minor {
			t.Errorf("%s: the host moved %d, want %d", tc.profile.Name, net, tc.minor)
		}
	}
}

// A tap has the outcomes of every other sale.
func TestTapOutcomesByAmount(t *testing.T) {
	for minor, want := range map[int64]till.Outcome{1005: till.OutcomeDeclined, 1051: till.OutcomeDeclined, 1068: till.OutcomeUnknown} {
		for _, profile := range []virtual.Profile{virtual.TapVisa(), virtual.TapMC()} {
			w := tapWorld(t, virtual.NewCard(profile))
			res, err := w.take("", minor, till.Tap)
			if err != nil || res.Outcome != want || w.net() != 0 {
				t.Errorf("%s, %d: %s, %v, net %d, want %s", profile.Name, minor, res.Outcome, err, w.net(), want)
			}
		}
	}
}

// A card that leaves before its cryptogram ends the sale with nothing owed; one that
// leaves after it has paid.
func TestTapCardLeaves(t *testing.T) {
	for n := 1; n <= 6; n++ {
		c := virtual.NewCard(virtual.TapVisa())
		c.RemoveAt(n)
		w := tapWorld(t, c)
		res, err := w.take("", 1250, till.Tap)
		if n <= 3 {
			wantProblem(t, err, till.CodeNoDevice)
			if txns, _ := w.store.Txns(t.Context(), till.Filter{}); len(txns) != 0 || w.net() != 0 {
				t.Errorf("at command %d: %d transactions, net %d", n, len(txns), w.net())
			}
			continue
		}
		if err != nil || res.Outcome != till.OutcomeApproved || res.Txn.State != till.Approved || w.net() != 1250 {
			t.Errorf("at command %d: %s, %v, net %d", n, res.Outcome, err, w.net())
			continue
		}
		if told := n > 5; res.Txn.Chip.ARPCVerified != told {
			t.Errorf("at command %d: the ARPC is verified: %v", n, res.Txn.Chip.ARPCVerified)
		}
	}
}

// A card that does not believe the issuer's answer does not undo an approval.
func TestTapCardDoesNotBelieve(t *testing.T) {
	profile := virtual.TapVisa()
	profile.Applications[0].IssuerAuth = virtual.IssuerAuthBroken
	w := tapWorld(t, virtual.NewCard(profile))
	res, err := w.take("", 1250, till.Tap)
	if err != nil || res.Outcome != till.OutcomeApproved || res.Txn.Chip.ARPCVerified || w.net() != 1250 {
		t.Errorf("%s, %v, %+v, net %d", res.Outcome, err, res.Txn.Chip, w.net())
	}
}

// What cannot be done without contacts says so, and nothing is sent.
func TestTapMustInsert(t *testing.T) {
	locked, stripe := virtual.Phone(), virtual.TapMC()
	locked.Applications[0].Tap.Locked = true
	stripe.Applications[0].AIP[1] = 0
	for _, tc := range []struct {
		name    string
		profile virtual.Profile
		minor   int64
		entry   till.Entry
		code    till.Code
		cause   error
		says    string
	}{
		{"over the limit", virtual.TapVisa(), 5000_00, till.Tap, till.CodeNotPermitted, emv.ErrUseContacts, "insert the card"},
		{"over the limit, M/Chip", virtual.TapMC(), 5000_00, till.Tap, till.CodeNotPermitted, emv.ErrUseContacts, "insert the card"},
		{"magnetic stripe mode", stripe, 12_50, till.Tap, till.CodeNotPermitted, emv.ErrMagstripe, "insert the card"},
		{"locked phone", locked, 1000_00, till.Tap, till.CodeNoDevice, emv.ErrSeePhone, "the phone wants its holder"},
		{"a card with contacts", virtual.Visa(), 12_50, till.Tap, till.CodeNoDevice, nil, "another kind of card"},
		{"a card without contacts", virtual.TapVisa(), 12_50, till.Chip, till.CodeNoDevice, nil, "another kind of card"},
	} {
		w := tapWorld(t, virtual.NewCard(tc.profile))
		w.line.sent = nil
		_, err := w.take("", tc.minor, tc.entry)
		var p *till.Problem
		if !errors.As(err, &p) || p.Code != tc.code || tc.cause != nil && !errors.Is(err, tc.cause) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.says)
		}
		if txns, _ := w.store.Txns(t.Context(), till.Filter{}); len(txns) != 0 || w.net() != 0 {
			t.Errorf("%s: %d transactions, net %d", tc.name, len(txns), w.net())
		}
	}
}
