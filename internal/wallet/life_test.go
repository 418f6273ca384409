package wallet

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

var update = flag.Bool("update", false, "write the tables of testdata anew")

func cny(t testing.TB, minor int64) money.Amount {
	t.Helper()
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	return money.New(minor, c)
}

// places are the ends of the map: every state of every flow, in every phase in which it
// can stand, with the call that is out or next.
func places(t testing.TB) map[string]State {
	all := map[string]State{}
	for _, p := range placeList {
		all[p.name()] = p.state(t)
	}
	return all
}

// place is one end of the map.
type place struct {
	flow    Flow
	phase   Phase
	order   OrderState
	call    Call
	variant string // "" or one of those that state knows
}

func (p place) name() string {
	words := []string{string(p.flow), p.phase.String()}
	if p.order != "" {
		words = append(words, string(p.order))
	}
	if p.call != NoCall {
		words = append(words, p.call.String())
	}
	if p.variant != "" {
		words = append(words, p.variant)
	}
	return strings.Join(words, "/")
}

func (p place) state(t testing.TB) State {
	s := State{Phase: p.phase, Call: p.call, Order: Order{Number: "N", Flow: p.flow, State: p.order, Amount: cny(t, 1250)}}
	if p.order != "" {
		s.Order.Attempts = 1
	}
	if p.flow == Refunding {
		s.Order.RefundNumber = "F"
	}
	if p.flow == Scanned && p.phase == Starting {
		s.PaymentCode = card.NewSecret("13")
	}
	switch p.variant {
	case "given-up":
		s.GivenUp = till.ReasonTimeout
	case "canceled":
		s.GivenUp = till.ReasonCanceled
	case "second":
		s.Order.Attempts = 2
	case "second-given-up":
		s.Order.Attempts, s.GivenUp = 2, till.ReasonTimeout
	case "paid-back":
		s.Order.RefundNumber = undoNumber("N")
	}
	return s
}

var placeList = buildPlaces()

func buildPlaces() []place {
	var list []place
	add := func(f Flow, p Phase, s OrderState, c Call, variants ...string) {
		for _, v := range variants {
			list = append(list, place{f, p, s, c, v})
		}
	}
	patience := []string{"", "given-up", "canceled"}
	for _, f := range []Flow{Shown, Scanned} {
		first, asked, call := StateCreated, "second", CallCreate
		if f == Scanned {
			first, asked, call = StateSubmitted, "", CallSubmit
		}
		add(f, Starting, "", NoCall, "")
		add(f, Storing, first, NoCall, patience...)
		if asked != "" {
			add(f, Storing, first, NoCall, asked, asked+"-given-up")
			add(f, Waiting, StateUnknown, CallCreate, "")
			add(f, Waiting, StateCreated, CallCreate, "")
			add(f, Calling, first, call, asked)
			add(f, Storing, StateShown, NoCall, patience...)
			add(f, Calling, StateShown, CallQuery, patience...)
			add(f, Waiting, StateShown, CallQuery, "")
			add(f, Storing, StateClosing, NoCall, "given-up")
			add(f, Calling, StateClosing, CallClose, "given-up")
			add(f, Waiting, StateClosing, CallClose, "given-up")
		}
		add(f, Calling, first, call, patience...)
		add(f, Waiting, first, CallQuery, "") // found after a restart
		add(f, Calling, first, CallQuery, "", "given-up")
		add(f, Storing, StatePending, NoCall, patience...)
		add(f, Calling, StatePending, CallQuery, patience...)
		add(f, Waiting, StatePending, CallQuery, "")
		add(f, Storing, StateUnknown, NoCall, patience...)
		add(f, Calling, StateUnknown, CallQuery, patience...)
		add(f, Waiting, StateUnknown, CallQuery, "")
		if f == Scanned {
			add(f, Storing, StateReversing, NoCall, "given-up")
			add(f, Calling, StateReversing, CallClose, "given-up")
			add(f, Waiting, StateReversing, CallClose, "given-up")
		}
		add(f, Storing, StateReversing, NoCall, "paid-back")
		add(f, Calling, StateReversing, CallRefund, "paid-back")
		add(f, Calling, StateReversing, CallQueryRefund, "paid-back")
		add(f, Waiting, StateReversing, CallRefund, "paid-back")
		add(f, Waiting, StateReversing, CallQueryRefund, "paid-back")
		for _, s := range []OrderState{StatePaid, StateFailed, StateClosed, StateReversed} {
			add(f, Storing, s, NoCall, "")
			add(f, Done, s, NoCall, "")
		}
	}
	add(Refunding, Starting, "", NoCall, "")
	for _, s := range []OrderState{StateSubmitted, StatePending, StateUnknown} {
		add(Refunding, Storing, s, NoCall, "")
		add(Refunding, Calling, s, CallQueryRefund, "")
		add(Refunding, Waiting, s, CallQueryRefund, "")
	}
	add(Refunding, Calling, StateSubmitted, CallRefund, "", "second")
	add(Refunding, Waiting, StateSubmitted, CallRefund, "")
	add(Refunding, Waiting, StateUnknown, CallRefund, "")
	for _, s := range []OrderState{StatePaid, StateFailed} {
		add(Refunding, Storing, s, NoCall, "")
		add(Refunding, Done, s, NoCall, "")
	}
	return list
}

// events are the columns of the product; Committed carries back what was committed, and
// the notices are about the order of the place.
func events(t testing.TB, s State) map[string]Event {
	notice := Notice{Trusted: true, ID: "1", Number: s.Order.Number, Status: Paid, Amount: s.Order.Amount}
	if s.Order.Flow == Refunding {
		notice.RefundNumber = s.Order.RefundNumber
	}
	forged, other, dearer, cheaper := notice, notice, notice, notice
	forged.Trusted = false
	other.Number = "M"
	dearer.Amount = cny(t, 99_00)
	usd, err := money.CurrencyByCode("USD")
	if err != nil {
		t.Fatal(err)
	}
	cheaper.Amount = money.New(1250, usd)
	refund := notice
	refund.RefundNumber = undoNumber("N")
	return map[string]Event{
		"Start":             Start{},
		"Committed":         Committed{Order: s.Order},
		"Answered/paid":     Answered{Answer{Status: Paid, TradeNo: "T", Provider: "P"}},
		"Answered/unpaid":   Answered{Answer{Status: Unpaid}},
		"Answered/code":     Answered{Answer{Status: Unpaid, Code: "C"}},
		"Answered/pending":  Answered{Answer{Status: Pending}},
		"Answered/failed":   Answered{Answer{Status: Failed, RefusedCode: "X"}},
		"Answered/closed":   Answered{Answer{Status: Closed}},
		"Answered/notfound": Answered{Answer{Status: NotFound}},
		"Answered/nonsense": Answered{Answer{Status: "?"}},
		"NoAnswer":          NoAnswer{Reason: till.ReasonTimeout},
		"NoAnswer/notsent":  NoAnswer{Reason: till.ReasonLink, NotSent: true},
		"Due":               Due{},
		"Deadline":          Deadline{},
		"Canceled":          Canceled{},
		"Restarted":         Restarted{},
		"Notified":          Notified{notice},
		"Notified/refund":   Notified{refund},
		"Notified/forged":   Notified{forged},
		"Notified/number":   Notified{other},
		"Notified/amount":   Notified{dearer},
		"Notified/currency": Notified{cheaper},
	}
}

// The whole product of places and events stands in testdata/life.txt. A pair that has no
// line there must change nothing and ask for nothing.
func TestStepTable(t *testing.T) {
	var got strings.Builder
	fmt.Fprintf(&got, "%-49s %-18s %-26s %-9s %s\n", "place", "event", "then", "gives up", "actions")
	all := places(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := all[name]
		for _, event := range slices.Sorted(maps.Keys(events(t, s))) {
			next, actions := Step(s, events(t, s)[event])
			if reflect.DeepEqual(next, s) && len(actions) == 0 {
				continue
			}
			fmt.Fprintf(&got, "%-49s %-18s %-26s %-9s %s\n", name, event, stand(next), orDash(string(next.GivenUp)), names(actions))
		}
	}
	golden(t, "life.txt", got.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(raw), "\n")
	lines := strings.Split(got, "\n")
	for i := range max(len(want), len(lines)) {
		if at(want, i) != at(lines, i) {
			t.Fatalf("%s:%d:\n got %s\nwant %s", path, i+1, at(lines, i), at(want, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// stand is where a state stands: the order's state and what it waits for.
func stand(s State) string {
	words := string(s.Order.State)
	switch s.Phase {
	case Calling:
		return words + " ->" + s.Call.String()
	case Waiting:
		return words + " .." + s.Call.String()
	case Storing:
		return words + " *"
	}
	return words + " " + s.Phase.String()
}

func names(actions []Action) string {
	var words []string
	for _, a := range actions {
		word := strings.TrimPrefix(fmt.Sprintf("%T", a), "wallet.")
		switch a := a.(type) {
		case Commit:
			word += fmt.Sprintf("(%s #%d", a.Order.State, a.Order.Attempts)
			if a.Order.Reason != "" {
				word += " " + string(a.Order.Reason)
			}
			word += ")"
		case Wait:
			word += fmt.Sprintf("(%s)", a.Pause)
		case Note:
			word += fmt.Sprintf("(%s)", strings.TrimSuffix(strings.Fields(a.Remark)[1], ","))
		}
		words = append(words, word)
	}
	return orDash(strings.Join(words, " "))
}

// The rules that no line of the table may break, said without the table.
func TestStepRules(t *testing.T) {
	for name, s := range places(t) {
		for event, e := range events(t, s) {
			next, actions := Step(s, e)
			for _, fault := range faults(s, e, next, actions) {
				t.Errorf("%s, %s: %s", name, event, fault)
			}
		}
	}
}

func faults(s State, e Event, next State, actions []Action) (list []string) {
	complain := func(bad bool, what string) {
		if bad {
			list = append(list, what)
		}
	}
	_, isNoAnswer := e.(NoAnswer)
	_, isCommitted := e.(Committed)
	_, isStart := e.(Start)
	notice, isNotice := e.(Notified)
	silent := isNoAnswer && !e.(NoAnswer).NotSent
	complain(s.Phase == Done && !reflect.DeepEqual(s, next), "what is done has changed")
	complain(s.Order.State.IsFinal() && next.Order.State != s.Order.State, "a final order has moved")
	complain(silent && !s.Order.State.IsFinal() && next.Order.State.IsFinal(), "silence decided something")
	complain(isNotice && next.Order != s.Order, "a notification changed an order")
	complain(isNotice && !notice.Notice.Trusted && len(actions) > 0 && !isWait(actions), "a forged notification did something")
	complain(next.Order.Number != s.Order.Number || next.Order.Amount != s.Order.Amount || next.Order.Flow != s.Order.Flow, "the order is another one")
	_, isDeadline := e.(Deadline)
	_, isCanceled := e.(Canceled)
	complain(s.Phase == Waiting && (isDeadline || isCanceled || isNotice) && len(actions) == 0, "a pause ended and nothing follows it")
	complain((isDeadline || isCanceled) && s.Phase != Waiting && len(actions) > 0, "patience ended and a call was not awaited")
	complain((isDeadline || isCanceled) && next.Order.State.IsFinal() && !s.Order.State.IsFinal(), "the end of patience decided something")
	for _, a := range actions {
		switch a := a.(type) {
		case Submit:
			complain(!isCommitted || s.Order.State != StateSubmitted || s.Order.Flow != Scanned, "a payment code was handed in, but not from its commit")
		case Create, Close, Refund:
			complain(!isCommitted, "a call that changes something, but not from its commit")
		case Print, Show:
			complain(!isCommitted, "something was told that is not durable")
		case Commit:
			complain(a.Order != next.Order, "what is committed is not what stands")
			complain(isCommitted && next.Order.State == s.Order.State, "a commit that leads to itself")
		}
		complain(next.Phase == Storing && len(actions) != 1, "something beside a commit")
	}
	complain(isStart && s.Phase == Starting && len(actions) == 0, "nothing begins")
	moved := next.Order.State != s.Order.State && s.Order.State != ""
	complain(moved && !slices.Contains(moves(s.Order.State), next.Order.State), fmt.Sprintf("%s cannot become %s", s.Order.State, next.Order.State))
	return list
}

// isWait reports that nothing is asked for but to go on waiting.
func isWait(actions []Action) bool {
	if len(actions) != 1 {
		return false
	}
	_, ok := actions[0].(Wait)
	return ok
}

// moves are the states that may follow, as the package documentation draws them.
func moves(s OrderState) []OrderState {
	switch s {
	case StateCreated, StateSubmitted, StateUnknown:
		return []OrderState{StateCreated, StateSubmitted, StateShown, StatePending, StateUnknown, StatePaid, StateFailed, StateClosed, StateClosing, StateReversing}
	case StateShown, StatePending:
		return []OrderState{StatePending, StatePaid, StateFailed, StateClosed, StateClosing, StateReversing}
	case StateClosing:
		return []OrderState{StateClosed, StateFailed, StateReversing}
	case StateReversing:
		return []OrderState{StateReversed}
	}
	return nil
}

// What the table does not show.
func TestStepDetails(t *testing.T) {
	t.Run("what the gateway tells is kept", func(t *testing.T) {
		s, _ := Step(places(t)["scanned/calling/submitted/submit"], Answered{Answer{Status: Paid, TradeNo: "T", Provider: "P"}})
		if s.Order.TradeNo != "T" || s.Order.Provider != "P" {
			t.Errorf("got %+v", s.Order)
		}
	})
	t.Run("a refusal keeps code and words", func(t *testing.T) {
		s, _ := Step(places(t)["scanned/calling/submitted/submit"], Answered{Answer{Status: Failed, RefusedCode: "C", RefusedWords: "W"}})
		if s.Order.RefusedCode != "C" || s.Order.RefusedWords != "W" {
			t.Errorf("got %+v", s.Order)
		}
	})
	t.Run("the payment code leaves with the call", func(t *testing.T) {
		s := Begin(Order{Number: "N", Flow: Scanned, Amount: cny(t, 1)}, card.NewSecret("13"))
		s, actions := Step(s, Start{})
		s, actions = Step(s, Committed{Order: actions[0].(Commit).Order})
		if code := actions[0].(Submit).PaymentCode; code.Reveal() != "13" || !s.PaymentCode.IsZero() {
			t.Errorf("handed in %d characters, %d kept", code.Len(), s.PaymentCode.Len())
		}
	})
	t.Run("the refund that undoes an order always has one number", func(t *testing.T) {
		for _, name := range []string{"shown/calling/closing/close/given-up", "scanned/calling/reversing/close/given-up", "shown/calling/pending/query/canceled"} {
			s, _ := Step(places(t)[name], Answered{Answer{Status: Paid}})
			if s.Order.RefundNumber != "NR" || s.Order.State != StateReversing {
				t.Errorf("%s: got %+v", name, s.Order)
			}
		}
	})
	t.Run("why", func(t *testing.T) {
		s, _ := Step(places(t)["shown/calling/closing/close/given-up"], Answered{Answer{Status: Paid}})
		if s.Order.Reason != ReasonPaidAfterClosing {
			t.Errorf("got %q", s.Order.Reason)
		}
	})
	t.Run("a cancellation outweighs the deadline", func(t *testing.T) {
		s, _ := Step(places(t)["shown/calling/shown/query/canceled"], Deadline{})
		if s.GivenUp != till.ReasonCanceled {
			t.Errorf("got %q", s.GivenUp)
		}
	})
}

func TestResume(t *testing.T) {
	for _, c := range []struct {
		order Order
		phase Phase
		call  Call
	}{
		{Order{Flow: Shown, State: StateCreated}, Waiting, CallQuery},
		{Order{Flow: Shown, State: StateShown}, Waiting, CallQuery},
		{Order{Flow: Scanned, State: StateSubmitted}, Waiting, CallQuery},
		{Order{Flow: Scanned, State: StatePending}, Waiting, CallQuery},
		{Order{Flow: Shown, State: StateUnknown}, Waiting, CallQuery},
		{Order{Flow: Shown, State: StateClosing}, Waiting, CallClose},
		{Order{Flow: Scanned, State: StateReversing}, Waiting, CallClose},
		{Order{Flow: Shown, State: StateReversing, RefundNumber: "NR"}, Waiting, CallQueryRefund},
		{Order{Flow: Refunding, State: StateSubmitted, RefundNumber: "F"}, Waiting, CallQueryRefund},
		{Order{Flow: Refunding, State: StateUnknown, RefundNumber: "F"}, Waiting, CallQueryRefund},
		{Order{Flow: Shown, State: StatePaid}, Done, NoCall},
		{Order{Flow: Scanned, State: StateReversed}, Done, NoCall},
	} {
		got := Resume(c.order)
		if got.Phase != c.phase || got.Call != c.call || got.Order != c.order {
			t.Errorf("%s %s: got %s %s", c.order.Flow, c.order.State, got.Phase, got.Call)
		}
	}
}
