package till

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// What each state means to a caller, to a batch that wants to close, and whether it ever
// changes again.
func TestStates(t *testing.T) {
	for state, want := range map[State]struct {
		outcome     Outcome
		final, open bool
	}{
		Intent:    {OutcomeUnknown, false, true},
		Approved:  {OutcomeApproved, true, false},
		Declined:  {OutcomeDeclined, true, false},
		Reversing: {OutcomeUnknown, false, true},
		Reversed:  {OutcomeReversed, true, false},
		Exception: {OutcomeUnknown, false, true},
		Advice:    {OutcomeApproved, false, true},
	} {
		if state.Outcome() != want.outcome || state.IsFinal() != want.final || state.IsOpen() != want.open {
			t.Errorf("%s: outcome %s, final %v, open %v; want %+v", state, state.Outcome(), state.IsFinal(), state.IsOpen(), want)
		}
	}
}

// A card that refused after the host approved is declined for the shopper at once.
func TestOutcomeOfARefusingCard(t *testing.T) {
	x := Txn{State: Reversing, Reason: ReasonCard}
	if got := x.Outcome(); got != OutcomeDeclined {
		t.Errorf("got %s, want declined", got)
	}
	if x.Reason = ReasonTimeout; x.Outcome() != OutcomeUnknown {
		t.Errorf("got %s, want unknown", x.Outcome())
	}
}

// A wallet order and its transaction say the same of what was charged: nothing final in
// one is open in the other.
func TestOrderStates(t *testing.T) {
	for _, s := range []OrderState{
		OrderCreated, OrderShown, OrderSubmitted, OrderPending, OrderUnknown, OrderPaid,
		OrderFailed, OrderClosing, OrderClosed, OrderReversing, OrderReversed,
	} {
		if s.IsFinal() != s.Txn().IsFinal() || s.Txn() == New {
			t.Errorf("%s is final %v, its transaction %q final %v", s, s.IsFinal(), s.Txn(), s.Txn().IsFinal())
		}
	}
	if got := OrderState("gone").Txn(); got != New {
		t.Errorf("an unknown state is %q, want none", got)
	}
}

func TestSTAN(t *testing.T) {
	if got := STAN(7).String() + MaxSTAN.String(); got != "000007999999" {
		t.Errorf("got %s", got)
	}
}

func TestSameRequest(t *testing.T) {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	base := Txn{ID: "A", Kind: Refund, Tender: Card, Amount: money.New(250, cny), Original: "S"}
	same := base
	same.ID, same.STAN, same.State = "B", 9, Approved
	if !base.SameRequest(same) {
		t.Error("what the store adds makes another request")
	}
	for name, change := range map[string]func(*Txn){
		"kind":     func(x *Txn) { x.Kind = Void },
		"tender":   func(x *Txn) { x.Tender = Cash },
		"amount":   func(x *Txn) { x.Amount = money.New(251, cny) },
		"original": func(x *Txn) { x.Original = "T" },
	} {
		other := base
		change(&other)
		if base.SameRequest(other) {
			t.Errorf("another %s is the same request", name)
		}
	}
}

// The rule that every book is held against, line by line.
func TestCount(t *testing.T) {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	x := func(k Kind, s State, tender Tender, minor int64) Txn {
		return Txn{Kind: k, State: s, Tender: tender, Amount: money.New(minor, cny)}
	}
	got := Totals{Currency: "CNY"}
	for _, row := range []struct {
		txn      Txn
		original Kind
	}{
		{x(Sale, Approved, Card, 1000), ""},
		{x(Sale, Declined, Card, 9000), ""},
		{x(Sale, Reversed, Card, 9000), ""},
		{x(Sale, Reversing, Card, 9000), ""},
		{x(Sale, Approved, Cash, 9000), ""},
		{x(Sale, Approved, QR, 9000), ""},
		{x(Void, Approved, Card, 300), Sale},
		{x(Refund, Approved, Card, 20), ""},
		{x(Void, Approved, Card, 4), Refund},
	} {
		got = got.Count(row.txn, row.original)
	}
	want := Totals{
		Currency: "CNY", Debits: 1, DebitMinor: 1000, DebitReversals: 1, DebitRevMinor: 300,
		Credits: 1, CreditMinor: 20, CreditReversals: 1, CreditRevMinor: 4,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if net := got.NetAmount(); net.String() != "6.84 CNY" {
		t.Errorf("net: got %s, want 6.84 CNY", net)
	}
	if bare := (Totals{DebitMinor: 5}).NetAmount(); bare.Minor() != 5 || !bare.Currency().IsZero() {
		t.Errorf("net without a currency: got %s", bare)
	}
}

// A summary keeps what may be kept, and nothing where there was no card.
func TestSummary(t *testing.T) {
	if got := (CardData{}).Summary([]byte("key")); got != nil {
		t.Errorf("no card: got %+v", got)
	}
	pan, err := card.ParsePAN("4761739001010010")
	if err != nil {
		t.Fatal(err)
	}
	got := CardData{PAN: pan, Expiry: "3112", Brand: "VISA", PSN: "01"}.Summary([]byte("key"))
	if got.Masked != "476173******0010" || len(got.Token) != 64 || got.Brand != "VISA" || got.PSN != "01" {
		t.Errorf("got %+v", got)
	}
}

func TestProblem(t *testing.T) {
	cause := errors.New("the cause")
	p := &Problem{Code: CodeStore, What: i18n.T("it broke", "坏了").With(), Cause: cause}
	if p.Error() != "it broke: the cause" || !errors.Is(p, cause) {
		t.Errorf("got %q", p.Error())
	}
	silence := &NoAnswer{Reason: ReasonLink, Cause: cause}
	if !strings.Contains(silence.Error(), "link_lost") || !errors.Is(silence, cause) {
		t.Errorf("got %q", silence.Error())
	}
	if r := (&Replay{Txn: Txn{ID: "ABC"}}).Error(); !strings.Contains(r, "ABC") {
		t.Errorf("got %q", r)
	}
}

// Every word is there in both languages.
func TestWords(t *testing.T) {
	texts := []i18n.Text{Kind("?").Text(), Outcome("?").Text(), Txn{State: Exception}.OutcomeText(), Txn{VoidedBy: "X"}.OutcomeText(), Txn{State: Approved}.OutcomeText()}
	for _, k := range []Kind{Sale, Void, Refund} {
		texts = append(texts, k.Text())
	}
	for _, tender := range []Tender{Card, Cash, QR} {
		texts = append(texts, tender.Text())
	}
	for _, o := range []Outcome{OutcomeApproved, OutcomeDeclined, OutcomeReversed, OutcomeUnknown} {
		texts = append(texts, o.Text())
	}
	seen := map[string]bool{}
	for _, x := range texts {
		if x.In(i18n.English) == "" || x.In(i18n.Chinese) == "" || x.In(i18n.English) == x.In(i18n.Chinese) {
			t.Errorf("%q / %q", x.In(i18n.English), x.In(i18n.Chinese))
		}
		seen[x.In(i18n.English)] = true
	}
	if len(seen) < 12 {
		t.Errorf("only %d different words", len(seen))
	}
}
