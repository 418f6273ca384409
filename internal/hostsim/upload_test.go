package hostsim_test

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
)

// A sale that the host's totals forget is counted from its record on; the trailer agrees.
func TestUploadOfWhatWasForgotten(t *testing.T) {
	c := newClerk(t, open(t, t.TempDir()))
	c.code(till.Sale, c.money(till.Sale, 1, 1245, 0, nil))
	c.code(till.Sale, c.money(till.Sale, 2, 500, 0, nil))
	c.code(till.Tip, c.money(till.Tip, 3, 100, 2, nil))
	c.code(till.PreAuth, c.money(till.PreAuth, 4, 9900, 0, nil))
	ours := till.Totals{Currency: "CNY", Debits: 2, DebitMinor: 1845}
	a := c.send(c.totals(ours, false))
	if a.Value("39") != "95" || a.Value("66") != "2" || a.Value("76") != "0000000001" || a.Value("88") != "0000000000000600" {
		t.Fatalf("totals answered %s, want 95 with the host's own", a)
	}
	for stan := till.STAN(1); stan <= 3; stan++ {
		for range 2 { // a record may be told again
			if got := codeOf(c.send(c.record(stan))); got != "00" {
				t.Errorf("record %s answered %s", stan, got)
			}
		}
	}
	for range 2 {
		if got := codeOf(c.send(c.totals(ours, true))); got != "00" {
			t.Errorf("trailer answered %s", got)
		}
	}
	if got := codeOf(c.send(c.record(1))); got != "00" {
		t.Errorf("record after the end answered %s: it was acknowledged before", got)
	}
	if got := balance(t, c.host).Minor(); got != 1845 {
		t.Errorf("the merchant has %d, want 1845", got)
	}
}

// A host that insists on another amount says so to the record, and to the trailer.
func TestUploadOfWhatDiffers(t *testing.T) {
	c := newClerk(t, open(t, t.TempDir()))
	c.code(till.Sale, c.money(till.Sale, 1, 1246, 0, nil))
	c.code(till.Sale, c.money(till.Sale, 2, 500, 0, nil))
	ours := till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1246}
	if got := codeOf(c.send(c.totals(ours, false))); got != "95" {
		t.Fatalf("totals answered %s", got)
	}
	a := c.send(c.record(1))
	if a.Value("39") != "64" || a.Value("4") != "000000001247" {
		t.Errorf("record answered %s, want 64 with 12.47", a)
	}
	other := c.record(2)
	other["4"] = "000000000501"
	if a := c.send(other); a.Value("39") != "64" || a.Value("4") != "000000000500" {
		t.Errorf("record of another amount answered %s, want 64 with 5.00", a)
	}
	c.code(till.CashAdvance, c.money(till.CashAdvance, 4, 346, 0, nil)) // the totals have it as it is, and so has its record
	if got := codeOf(c.send(c.record(4))); got != "00" {
		t.Errorf("record of a cash advance answered %s", got)
	}
	a = c.send(c.totals(ours, true))
	if a.Value("39") != "95" || a.Value("88") != "0000000000002093" {
		t.Errorf("trailer answered %s, want 95 with 20.93", a)
	}
	if got := codeOf(c.says(till.Sale, c.money(till.Sale, 3, 100, 0, nil))); got != "00" {
		t.Errorf("the batch is not open: %s", got)
	}
}

// What the host never had is taken into its books with its record, if it may be.
func TestUploadOfWhatTheHostNeverHad(t *testing.T) {
	c := newClerk(t, open(t, t.TempDir()))
	c.code(till.Sale, c.money(till.Sale, 1, 1000, 0, nil))
	for stan, f := range map[till.STAN]fields{
		2: c.money(till.Sale, 2, 700, 0, fields{"37": "000000000000", "38": "ABC123"}),
		3: c.money(till.Refund, 3, 400, 1, nil),
		4: c.money(till.Tip, 4, 50, 1, nil),
		5: c.money(till.CashAdvance, 5, 300, 0, nil),
	} {
		c.said[stan] = saying{kind: till.Sale, fields: f}
	}
	want := map[till.STAN]string{1: "00", 2: "00", 3: "00", 4: "00", 5: "00", 6: "13", 7: "25", 8: "25", 9: "25"}
	c.said[6] = saying{fields: c.money(till.Refund, 6, 10_000, 1, nil)}
	c.said[7] = saying{fields: c.money(till.Void, 7, 100, 99, nil)}
	c.code(till.Sale, c.money(till.Sale, 8, 900, 0, nil))
	c.send(c.reversal(8, 0))
	c.code(till.Sale, c.money(till.Sale, 9, 951, 0, nil)) // declined
	for stan := till.STAN(1); stan <= 9; stan++ {
		if got := codeOf(c.send(c.record(stan))); got != want[stan] {
			t.Errorf("record %s answered %s, want %s", stan, got, want[stan])
		}
	}
	ours := till.Totals{Currency: "CNY", Debits: 3, DebitMinor: 2050, Credits: 1, CreditMinor: 400}
	if got := codeOf(c.send(c.totals(ours, true))); got != "00" {
		theirs, _ := c.host.Totals(t.Context(), "TILL0001", 1)
		t.Errorf("trailer answered %s, the host has %+v", got, theirs)
	}
	if got := balance(t, c.host).Minor(); got != 1650 {
		t.Errorf("the merchant has %d, want 1650", got)
	}
	if got := codeOf(c.send(c.record(2))); got != "00" {
		t.Errorf("a record told again after the end answered %s", got)
	}
	entries, err := c.host.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	uploaded := 0
	for _, e := range entries {
		if e.Uploaded {
			uploaded++
		}
		if e.STAN == 2 && (e.AuthCode != "ABC123" || !e.Uploaded || e.Notice != till.NoNotice) {
			t.Errorf("the uploaded sale is %+v", e)
		}
	}
	if uploaded != 4 {
		t.Errorf("%d entries are of an upload, want 4", uploaded)
	}
}

// A late request of something that was uploaded posts nothing more, and its reversal finds
// a closed batch.
func TestUploadBeforeItsRequest(t *testing.T) {
	c := newClerk(t, open(t, t.TempDir()))
	sale := c.money(till.Sale, 1, 1000, 0, nil)
	c.said[1] = saying{kind: till.Sale, fields: sale}
	if got := codeOf(c.send(c.record(1))); got != "00" {
		t.Fatalf("record answered %s", got)
	}
	if got := codeOf(c.send(sale)); got != "94" {
		t.Errorf("the sale itself answered %s, want 94", got)
	}
	if got := codeOf(c.send(c.totals(till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1000}, true))); got != "00" {
		t.Errorf("trailer answered %s", got)
	}
	if got := codeOf(c.send(c.reversal(1, 0))); got != "58" {
		t.Errorf("reversal answered %s, want 58", got)
	}
	if got := balance(t, c.host).Minor(); got != 1000 {
		t.Errorf("the merchant has %d, want 1000", got)
	}
}

// What a card has left is what it began with, less what was posted and what is held.
func TestBalance(t *testing.T) {
	c := newClerk(t, open(t, t.TempDir()))
	ask := func(stan till.STAN, more fields) string {
		f := c.money(till.Sale, stan, 0, 0, fields{"0": "0100", "3": "310000"})
		f.take(more)
		a := c.send(f)
		return a.Value("39") + " " + a.Value("54")
	}
	for _, step := range []struct {
		does func()
		want string
	}{
		{func() {}, "00 0002156C000001000000"},
		{func() { c.code(till.Sale, c.money(till.Sale, 2, 10000, 0, nil)) }, "00 0002156C000000990000"},
		{func() { c.code(till.PreAuth, c.money(till.PreAuth, 3, 50000, 0, nil)) }, "00 0002156C000000940000"},
		{func() { c.code(till.Completion, c.money(till.Completion, 4, 30000, 3, nil)) }, "00 0002156C000000960000"},
		{func() { c.code(till.Sale, c.money(till.Sale, 5, 2000000, 0, nil)) }, "00 0002156D000001040000"},
	} {
		step.does()
		if got := ask(1, nil); got != step.want {
			t.Errorf("got %s, want %s", got, step.want)
		}
	}
	if got := ask(9, fields{"2": "4000000000000010"}); got != "14 " {
		t.Errorf("a card of nobody: %s", got)
	}
	if got := ask(9, fields{"14": "2001"}); got != "54 " {
		t.Errorf("an expired card: %s", got)
	}
}

// A verification value that is sent must be the card's; it is written nowhere.
func TestPrintedVerificationValue(t *testing.T) {
	c := newClerk(t, open(t, t.TempDir()))
	right, err := hostsim.CVV2(pan(t, visaNumber), "3112")
	if err != nil {
		t.Fatal(err)
	}
	value := right.Reveal()
	wrong := fmt.Sprintf("%03d", (int(stanOf(t, value))+1)%1000)
	for i, tc := range []struct{ value, want string }{{value, "00"}, {wrong, "N7"}, {"", "00"}} {
		more := fields{"22": "012"}
		if tc.value != "" {
			more["48"] = "CV03" + tc.value
		}
		if got := c.code(till.Sale, c.money(till.Sale, till.STAN(i+1), 1000, 0, more)); got != tc.want {
			t.Errorf("%q answered %s, want %s", tc.value, got, tc.want)
		}
	}
}
