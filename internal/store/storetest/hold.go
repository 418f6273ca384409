package storetest

import (
	"context"
	"testing"

	"github.com/tillworks/till/internal/till"
)

// percents are the limits that the rules of holds and tips are tried with.
func percents() till.Limits { return till.Limits{Completion: 115, Tip: 20} }

// preauth is a pre-auth that is about to be sent.
func preauth(id string, minor int64) till.Txn {
	t := sale(id, minor)
	t.Kind = till.PreAuth
	return t
}

// further is a transaction of a kind that names original, ready to be begun.
func further(kind till.Kind, id string, original till.Txn, minor int64) till.Txn {
	t := refund(id, original, minor)
	if t.Kind = kind; kind == till.Tip {
		t.Notice, t.State = till.NoticeDone, till.Advice
	}
	return t
}

// whole is a void of all that original has become.
func whole(t fataler, s Store, id string, original till.TxnID) till.Txn {
	o := read(t, s, original)
	v := void(id, o)
	v.Amount = o.Whole()
	return v
}

func within(t fataler, s Store, txn till.Txn, l till.Limits) till.Txn {
	t.Helper()
	begun, err := s.Begin(t.Context(), till.NewTxn{Txn: txn, Limits: l})
	if err != nil {
		t.Fatalf("begin %s %s: %v", txn.Kind, txn.ID, err)
	}
	return begun
}

func refuseWithin(t fataler, s Store, txn till.Txn, l till.Limits, code till.Code) {
	t.Helper()
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: txn, Limits: l})
	refused(t, err, code)
}

func holdRules(t *testing.T, shop Shop) {
	s := open(t, shop)
	l := percents()
	a := approve(t, s, sale("A", 1000))
	refuseWithin(t, s, further(till.Increment, "I0", a, 1), l, till.CodeNotPermitted)
	refuseWithin(t, s, further(till.Completion, "C0", a, 1), l, till.CodeNotPermitted)

	p := begin(t, s, preauth("P", 10000))
	refuseWithin(t, s, further(till.Increment, "I0", p, 1), l, till.CodePending) // nobody knows yet
	p = record(t, s, p, till.Approved)
	dollars := further(till.Increment, "I0", p, 1)
	dollars.Amount = in("USD", 1)
	refuseBegin(t, s, dollars, till.CodeNotPermitted)

	i := within(t, s, further(till.Increment, "I1", p, 2000), l)
	refuseWithin(t, s, further(till.Completion, "C0", p, 1), l, till.CodePending) // it may be more by then
	record(t, s, i, till.Approved)
	record(t, s, within(t, s, further(till.Increment, "I2", p, 500), l), till.Declined)
	if got := read(t, s, "P"); got.Incremented != cny(2000) || got.Whole() != cny(12000) {
		t.Errorf("held %s, raised by %s, want 120.00 and 20.00", got.Whole(), got.Incremented)
	}
	refuseWithin(t, s, further(till.Completion, "C0", p, 13801), l, till.CodeNotPermitted) // 115 % of 120.00 is 138.00
	refuseWithin(t, s, refund("R0", p, 1), l, till.CodeNotPermitted)                       // a hold has moved nothing

	c := record(t, s, within(t, s, further(till.Completion, "C1", p, 13800), l), till.Approved)
	if got := read(t, s, "P"); got.CompletedBy != "C1" {
		t.Errorf("completed by %q, want C1", got.CompletedBy)
	}
	refuseWithin(t, s, further(till.Completion, "C2", p, 1), l, till.CodeNotPermitted) // once
	refuseWithin(t, s, further(till.Increment, "I3", p, 1), l, till.CodeNotPermitted)
	refuseBegin(t, s, whole(t, s, "V0", "P"), till.CodeNotPermitted) // the completion first

	approve(t, s, void("V1", c))
	if got := read(t, s, "P"); got.CompletedBy != "" {
		t.Errorf("completed by %q, which was voided", got.CompletedBy)
	}
	closeBatch(t, s)
	part := void("V2", read(t, s, "P"))
	refuseBegin(t, s, part, till.CodeNotPermitted) // whole, with its increments
	approve(t, s, whole(t, s, "V2", "P"))          // of a pre-auth in a later batch too
	refuseWithin(t, s, further(till.Completion, "C3", p, 1), l, till.CodeNotPermitted)
	verify(t, s)
}

func completionRaces(t *testing.T, shop Shop) {
	p := approve(t, open(t, shop), preauth("P", 1000))
	errs := atOnce(t, shop, 8, func(i int, s Store) error {
		_, err := s.Begin(context.Background(), till.NewTxn{Txn: further(till.Completion, name("C", i), p, 1000)})
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("%d completions of one pre-auth began, want 1", n)
	}
}

func tipRules(t *testing.T, shop Shop) {
	s := open(t, shop)
	l := percents()
	a := approve(t, s, sale("A", 1000))
	refuseWithin(t, s, further(till.Tip, "T0", a, 201), l, till.CodeNotPermitted)
	tip := within(t, s, further(till.Tip, "T1", a, 150), l)
	if got := read(t, s, "A"); got.Tipped != cny(150) || got.Whole() != cny(1150) {
		t.Errorf("tipped %s, in all %s, want 1.50 and 11.50", got.Tipped, got.Whole())
	}
	refuseWithin(t, s, further(till.Tip, "T2", a, 51), l, till.CodeNotPermitted) // all tips together
	refuseBegin(t, s, void("V0", a), till.CodeNotPermitted)                      // whole: with its tips
	record(t, s, tip, till.Approved)
	refuseBegin(t, s, whole(t, s, "V0", "T1"), till.CodeNotPermitted) // a tip goes with its sale
	approve(t, s, whole(t, s, "V1", "A"))
	refuseWithin(t, s, further(till.Tip, "T3", a, 1), l, till.CodeNotPermitted)

	b := approve(t, s, sale("B", 1000))
	within(t, s, further(till.Tip, "T4", b, 100), l)
	record(t, s, read(t, s, "T4"), till.Approved)
	refuseBegin(t, s, refund("R0", b, 1101), till.CodeNotPermitted)
	approve(t, s, refund("R1", b, 1100)) // the tip goes back too
	old := approve(t, s, sale("C", 1000))
	closeBatch(t, s)
	refuseWithin(t, s, further(till.Tip, "T5", old, 1), l, till.CodeNotPermitted)
	verify(t, s)
}

// holdTotals holds the totals against the rule of till.Totals.Count, and the records of an
// upload against the totals.
func holdTotals(t *testing.T, shop Shop) {
	s := open(t, shop)
	p := approve(t, s, preauth("P", 10000))
	approve(t, s, further(till.Increment, "I", p, 2000))
	c := approve(t, s, further(till.Completion, "C", p, 11000))
	advance := sale("D", 5000)
	advance.Kind = till.CashAdvance
	approve(t, s, advance)
	record(t, s, begin(t, s, further(till.Tip, "T", c, 500)), till.Approved)
	approve(t, s, preauth("Q", 700))
	approve(t, s, whole(t, s, "VQ", "Q"))
	e := approve(t, s, sale("E", 1000))
	record(t, s, begin(t, s, further(till.Tip, "TE", e, 100)), till.Approved)
	approve(t, s, whole(t, s, "VE", "E"))

	records, err := s.BatchTxns(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ids := ""
	var counted till.Totals
	counted.Currency = "CNY"
	for _, x := range records {
		ids += string(x.ID) + " "
		kind := till.Kind("")
		if x.Kind == till.Void {
			kind = read(t, s, x.Original).Kind
		}
		counted = counted.Count(x, kind)
	}
	if ids != "C D T E TE VE " {
		t.Errorf("records %q, want those that count, in the order of their commits", ids)
	}
	got, err := s.Totals(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := till.Totals{Currency: "CNY", Debits: 3, DebitMinor: 11000 + 5000 + 500 + 1000 + 100, DebitReversals: 1, DebitRevMinor: 1100}
	same(t, got, want)
	same(t, counted, want)
	verify(t, s)
}

// offline is a chip sale that was approved without the host.
func offlineSale(id string, minor int64) till.Txn {
	t := sale(id, minor)
	t.State, t.Notice, t.ResponseCode = till.Advice, till.NoticeOffline, "Y3"
	return t
}

func offlineLimits(t *testing.T, shop Shop) {
	l := till.Limits{OfflineCount: 3, OfflineSum: cny(1000)}
	refuseWithin(t, open(t, shop), offlineSale("N", 1), till.Limits{}, till.CodeNotPermitted) // none unless the shop says so
	refuseWithin(t, open(t, shop), offlineSale("N", 1001), l, till.CodeNotPermitted)
	errs := atOnce(t, shop, 6, func(i int, s Store) error { // two and more programs at one terminal
		_, err := s.Begin(context.Background(), till.NewTxn{Txn: offlineSale(name("O", i), 300), Limits: l})
		return err
	})
	if n := succeeded(errs); n != 3 {
		t.Errorf("%d offline sales of 3.00 began, want 3 within 3 and 10.00", n)
	}
	s := open(t, shop)
	voice := offlineSale("V", 9999)
	voice.Notice = till.NoticeVoice
	within(t, s, voice, l) // the issuer has approved it: no limit of ours
	for _, x := range list(t, s, till.Filter{States: []till.State{till.Advice}}) {
		if x.Notice == till.NoticeOffline {
			record(t, s, x, till.Approved)
			break
		}
	}
	refuseWithin(t, s, offlineSale("S", 401), l, till.CodeNotPermitted) // two wait, 6.00
	within(t, s, offlineSale("S", 400), l)
	verify(t, s)
}

func batchFull(t *testing.T, shop Shop) {
	s := open(t, shop)
	l := till.Limits{Batch: 2}
	a := record(t, s, within(t, s, sale("A", 1), l), till.Approved)
	within(t, s, sale("B", 1), l)
	refuseWithin(t, s, sale("C", 1), l, till.CodeNotPermitted)
	if all := list(t, s, till.Filter{}); len(all) != 2 {
		t.Errorf("%d transactions stored, want 2", len(all))
	}
	cash := sale("K", 1)
	cash.Tender, cash.Entry, cash.State = till.Cash, till.NoEntry, till.Approved
	within(t, s, cash, l)
	record(t, s, read(t, s, "B"), till.Declined)
	record(t, s, within(t, s, void("V", a), l), till.Approved) // what is wrong can always be undone
	closeBatch(t, s)
	within(t, s, sale("D", 1), l)
}

func partOnce(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := begin(t, s, sale("A", 1000))
	part := func(minor int64) till.Txn {
		x := a
		x.Asked, x.Amount, x.State = a.Amount, cny(minor), till.Approved
		return x
	}
	for _, minor := range []int64{1001, 0, -1} {
		if _, err := s.Record(t.Context(), part(minor)); err == nil {
			t.Errorf("%d of 10.00 were approved", minor)
		}
	}
	unasked := a
	unasked.Amount, unasked.State = cny(600), till.Approved
	if _, err := s.Record(t.Context(), unasked); err == nil {
		t.Error("the amount fell and what was asked was forgotten")
	}
	x, err := s.Record(t.Context(), part(600))
	if err != nil {
		t.Fatal(err)
	}
	same(t, read(t, s, "A"), x)
	if !x.SameRequest(sale("A", 1000)) {
		t.Error("the same wish is another request once a part was approved")
	}
	refuseBegin(t, s, refund("R", x, 601), till.CodeNotPermitted)
	approve(t, s, void("V", x))
	b := record(t, s, begin(t, s, sale("B", 1000)), till.Approved)
	b.Asked, b.Amount = cny(1000), cny(1)
	if _, err := s.Record(t.Context(), b); err == nil {
		t.Error("a final amount fell")
	}
	verify(t, s)
}

// partOfTicket is a ticket of which the host approved a part: the rest is left to pay.
func partOfTicket(t *testing.T, shop Shop) {
	s := open(t, shop)
	sold := basket("T1", "")
	total := sold.Total.Minor()
	x := bring(t, s, tender("X1", sold, till.Card, total), sold)
	x.Asked, x.Amount, x.State = x.Amount, cny(total-300), till.Approved
	if _, err := s.Record(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	got, err := s.Ticket(t.Context(), "T1")
	if err != nil || got.State != till.TicketPaying || got.Paid != cny(total-300) {
		t.Fatalf("ticket %s, paid %s (%v), want PAYING and all but 3.00", got.State, got.Paid, err)
	}
	refuseBegin(t, s, tender("X2", sold, till.Card, 301), till.CodeNotPermitted)
	approve(t, s, tender("X2", sold, till.Card, 300))
	if got, err = s.Ticket(t.Context(), "T1"); err != nil || got.State != till.TicketDone {
		t.Fatalf("ticket %s (%v), want DONE", got.State, err)
	}
	record(t, s, begin(t, s, further(till.Tip, "TIP", read(t, s, "X2"), 100)), till.Approved)
	verify(t, s)
	approve(t, s, whole(t, s, "V2", "X2")) // its tip goes with it
	approve(t, s, whole(t, s, "V1", "X1"))
	if got, err = s.Ticket(t.Context(), "T1"); err != nil || got.State != till.TicketVoided {
		t.Fatalf("ticket %s (%v), want VOIDED", got.State, err)
	}
	verify(t, s)
}

func cashOut(t *testing.T, shop Shop) {
	s := open(t, shop)
	advance := func(id string, minor int64) till.Txn {
		x := sale(id, minor)
		x.Kind = till.CashAdvance
		return x
	}
	approve(t, s, advance("N", 700)) // nobody counts a drawer without a shift
	openShift(t, s, terminal, 10000)
	refuseBegin(t, s, advance("A", 10001), till.CodeNotPermitted)
	a := begin(t, s, advance("A", 6000))
	refuseBegin(t, s, advance("B", 4001), till.CodeNotPermitted) // the first may yet be approved
	a = record(t, s, a, till.Approved)
	back := sale("B", 5000)
	back.Cashback = cny(4001)
	refuseBegin(t, s, back, till.CodeNotPermitted)
	back.Cashback = cny(1500)
	back = approve(t, s, back)
	record(t, s, begin(t, s, advance("C", 100)), till.Declined)
	got := drawer(t, s, 1)
	if got.ByCard != cny(7500) || got.Expected != cny(2500) {
		t.Errorf("handed out %s, %s left, want 75.00 and 25.00", got.ByCard, got.Expected)
	}
	approve(t, s, void("VA", a))
	approve(t, s, void("VB", back))
	if got = drawer(t, s, 1); !got.ByCard.IsZero() || got.Expected != cny(10000) {
		t.Errorf("handed out %s, %s left, want all back", got.ByCard, got.Expected)
	}
	verify(t, s)
}

// uploading is a batch whose totals differ, along its life and at the next start.
func uploading(t *testing.T, shop Shop) {
	s := open(t, shop)
	approve(t, s, sale("A", 1000))
	b, err := s.StartClose(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	theirs := &till.Totals{Currency: "CNY", Debits: 2, DebitMinor: 1500}
	b.STAN, b.Attempts, b.State, b.Theirs, b.Confirmed = 7, 1, till.BatchUploading, theirs, 1
	recordBatch(t, s, b)
	b.Uploaded = 1
	b.Differences = []till.Difference{{Txn: "A", STAN: 1, Kind: till.Sale, ResponseCode: "00", Ours: cny(1000), Theirs: cny(1500)}, {STAN: 9, Theirs: cny(500)}}
	recordBatch(t, s, b)
	for _, state := range []till.BatchState{till.BatchTrailer, till.BatchReconcileError, till.BatchUploading} {
		b.State = state
		recordBatch(t, s, b)
		again, err := open(t, shop).StartClose(t.Context(), terminal)
		if err != nil {
			t.Fatal(err)
		}
		same(t, again, b)
	}
	if next := approve(t, s, sale("B", 5)); next.Batch != 2 {
		t.Errorf("a sale meanwhile is in batch %d, want 2", next.Batch)
	}
	verify(t, s)
}

func keysKept(t *testing.T, shop Shop) {
	s := open(t, shop)
	keys, parameters := []byte{1, 2, 3}, []byte("batch.limit=9\n")
	if err := s.SaveKeys(t.Context(), terminal, keys); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveParameters(t.Context(), terminal, parameters); err != nil {
		t.Fatal(err)
	}
	want := till.Session{Terminal: terminal, Batch: 1, Keys: keys, Parameters: parameters}
	same(t, session(t, open(t, shop)), want)
	approve(t, s, sale("A", 1))
	closeBatch(t, s) // they outlive the batch; the sign-on does not
	want.Batch = 2
	same(t, session(t, s), want)
	want.Keys = []byte{4}
	if err := s.SaveKeys(t.Context(), terminal, want.Keys); err != nil {
		t.Fatal(err)
	}
	same(t, session(t, s), want)
}

func scriptsTold(t *testing.T, shop Shop) {
	s := open(t, shop)
	scripted := func(id string) till.Txn {
		x := begin(t, s, sale(id, 100))
		x.Chip = &till.ChipEvidence{Scripts: []till.ScriptResult{{ID: "00000001", Template: "72", Commands: 1, Done: 1}}}
		return x
	}
	record(t, s, scripted("A"), till.Approved)
	record(t, s, scripted("B"), till.Declined)
	approve(t, s, sale("C", 100)) // no script, nothing to tell
	waiting := func() []till.Confirmation {
		all, err := s.Confirmations(t.Context(), terminal)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := waiting()
	if len(all) != 2 || all[0].Txn.ID != "A" || all[1].Txn.ID != "B" || all[0].Attempts != 0 {
		t.Fatalf("to be told: %+v, want A and B", all)
	}
	for range 2 {
		if err := s.CountConfirmation(t.Context(), all[0].Seq); err != nil {
			t.Fatal(err)
		}
	}
	if got := waiting()[0].Attempts; got != 2 {
		t.Errorf("%d attempts, want 2", got)
	}
	if err := s.EndConfirmation(t.Context(), all[0].Seq, "00"); err != nil {
		t.Fatal(err)
	}
	if left := waiting(); len(left) != 1 || left[0].Txn.ID != "B" {
		t.Errorf("left to be told: %+v, want B", left)
	}
	if other, err := s.Confirmations(t.Context(), "TILL0002"); err != nil || len(other) != 0 {
		t.Errorf("another terminal is to tell %+v, %v", other, err)
	}
	verify(t, s)
}
