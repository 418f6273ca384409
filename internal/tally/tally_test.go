package tally_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/tally"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func cny(minor int64) money.Amount {
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		panic(err) // a mistake of the test itself
	}
	return money.New(minor, c)
}

// coffee is a sale of two coffees at 11.30 with 13 % in it and a bag of beans, 1.00 off
// the beans by hand, 0.04 rounded off the cash.
func coffee() (till.Ticket, []till.Txn) {
	t := till.Ticket{
		ID: "T1", Kind: till.TicketSale, Staff: "mia", Member: "m1", Hour: 9, Inclusive: true,
		Lines: []till.Line{
			{N: 1, SKU: "latte", Category: "drinks", Quantity: till.Units(1), Gross: cny(1130), Net: cny(1000), Tax: cny(130), Total: cny(1130), Cost: cny(300)},
			{N: 2, SKU: "latte", Category: "drinks", Quantity: till.Units(1), Gross: cny(1130), Net: cny(1000), Tax: cny(130), Total: cny(1130), Cost: cny(300)},
			{N: 3, Quantity: 250, Gross: cny(3390), Net: cny(2912), Tax: cny(378), Total: cny(3290),
				Reductions: []till.Reduction{{Source: till.ByHand, Amount: cny(100), Reason: "torn", Approver: "bo"}}},
		},
		Taxes: []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130000, Net: cny(4912), Tax: cny(638)}},
		Gross: cny(5650), Discount: cny(100), Net: cny(4912), Tax: cny(638), Total: cny(5550), Earned: 55, Redeemed: 10,
	}
	return t, []till.Txn{
		{ID: "X1", Kind: till.Sale, Tender: till.Card, Amount: cny(5000), Card: &till.CardSummary{Brand: "visa"}},
		{ID: "X2", Kind: till.Sale, Tender: till.Cash, Amount: cny(546), Rounding: cny(-4)},
	}
}

func TestDone(t *testing.T) {
	ticket, txns := coffee()
	fact := func(kind till.FactKind, a, b string, m till.Sums) till.Fact {
		return till.Fact{Kind: kind, A: a, B: b, Currency: "CNY", Sums: m}
	}
	latte := till.Sums{Count: 1, Quantity: 2000, Gross: 2260, Net: 2000, Tax: 260, Total: 2260, Cost: 600}
	beans := till.Sums{Count: 1, Quantity: 250, Gross: 3390, Discount: 100, Net: 2912, Tax: 378, Total: 3290}
	rounding := till.Sums{Count: 1, Net: -4, Total: -4}
	whole := till.Sums{Count: 1, Quantity: 2250, Gross: 5650, Discount: 100, Net: 4908, Tax: 638, Total: 5546, Cost: 600}
	want := []till.Fact{
		fact(till.FactItem, "latte", "", latte), fact(till.FactCategory, "drinks", "", latte),
		fact(till.FactItem, "-open", "", beans), fact(till.FactCategory, "-open", "", beans),
		fact(till.FactItem, "-rounding", "", rounding), fact(till.FactCategory, "-rounding", "", rounding),
		fact(till.FactSum, "sale", "", whole), fact(till.FactStaff, "mia", "", whole), fact(till.FactHour, "09", "", whole),
		fact(till.FactTender, "card", "visa", till.Sums{Count: 1, Total: 5000}),
		fact(till.FactTender, "cash", "", till.Sums{Count: 1, Total: 546}),
		fact(till.FactTax, "standard", "VAT 13%", till.Sums{Count: 1, Net: 4912, Tax: 638, Total: 5550}),
		fact(till.FactDiscount, "line", "torn/bo", till.Sums{Count: 1, Discount: 100}),
		fact(till.FactLoyalty, "earn", "", till.Sums{Count: 1, Points: 55}),
		fact(till.FactLoyalty, "redeem", "", till.Sums{Count: 1, Points: -10}),
	}
	if diff := cmp.Diff(want, tally.Done(ticket, txns)); diff != "" {
		t.Errorf("facts differ (-want +got):\n%s", diff)
	}
}

func TestReturn(t *testing.T) {
	ticket := till.Ticket{
		Kind: till.TicketReturn, Staff: "mia", Hour: 10, Member: "m1",
		Lines: []till.Line{{N: 1, SKU: "latte", Category: "drinks", Quantity: till.Units(1), Gross: cny(1130), Net: cny(885), Tax: cny(115), Total: cny(1000),
			Cost: cny(300), Reductions: []till.Reduction{{Source: till.ByProgramme, Programme: "happy", Amount: cny(130)}}}},
		Taxes: []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130000, Net: cny(885), Tax: cny(115)}},
		Total: cny(1000), Earned: 10, Redeemed: 3,
	}
	got := tally.Done(ticket, []till.Txn{{Kind: till.Refund, Tender: till.Cash, Amount: cny(1000)}})
	back := till.Sums{Returns: 1, Quantity: -1000, Returned: 1000, Net: -885, Tax: -115, Total: -1000, Cost: -300}
	for _, f := range got {
		switch f.Kind {
		case till.FactItem, till.FactCategory, till.FactSum, till.FactStaff, till.FactHour:
			if f.Sums != back {
				t.Errorf("%s %s: got %+v, want %+v", f.Kind, f.A, f.Sums, back)
			}
		case till.FactTender:
			if want := (till.Sums{Returns: 1, Returned: 1000, Total: -1000}); f.Sums != want {
				t.Errorf("tender: got %+v, want %+v", f.Sums, want)
			}
		case till.FactTax:
			if want := (till.Sums{Returns: 1, Returned: 1000, Net: -885, Tax: -115, Total: -1000}); f.Sums != want {
				t.Errorf("tax: got %+v, want %+v", f.Sums, want)
			}
		case till.FactLoyalty:
			if want := (till.Sums{Returns: 1, Points: -7}); f.Sums != want || f.A != "return" {
				t.Errorf("loyalty %s: got %+v, want %+v", f.A, f.Sums, want)
			}
		case till.FactDiscount:
			t.Errorf("a return gave a discount: %+v", f)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d facts, want 8: %+v", len(got), got)
	}
}

func TestBare(t *testing.T) {
	sale := till.Txn{Kind: till.Sale, Tender: till.QR, Amount: cny(1250), Staff: "mia", Hour: 9, Wallet: &till.Order{Provider: "alipay"}}
	for _, tc := range []struct {
		name string
		got  []till.Fact
		want till.Sums // of the sum
	}{
		{"sale", tally.Bare(sale, till.Txn{}), till.Sums{Count: 1, Quantity: 1000, Gross: 1250, Net: 1250, Total: 1250}},
		{"refund", tally.Bare(till.Txn{Kind: till.Refund, Tender: till.Cash, Amount: cny(250)}, till.Txn{}), till.Sums{Returns: 1, Quantity: -1000, Returned: 250, Net: -250, Total: -250}},
		{"rounded", tally.Bare(till.Txn{Kind: till.Sale, Tender: till.Cash, Amount: cny(1250), Rounding: cny(2)}, till.Txn{}), till.Sums{Count: 1, Quantity: 1000, Gross: 1248, Net: 1250, Total: 1250}},
		{"void", tally.Bare(till.Txn{Kind: till.Void, Tender: till.QR, Amount: cny(1250), Hour: 11, Staff: "bo"}, sale), till.Sums{Count: -1, Quantity: -1000, Gross: -1250, Net: -1250, Total: -1250}},
		{"completion", tally.Bare(till.Txn{Kind: till.Completion, Tender: till.Card, Amount: cny(1250)}, till.Txn{}), till.Sums{Count: 1, Quantity: 1000, Gross: 1250, Net: 1250, Total: 1250}},
		{"tip", tally.Bare(till.Txn{Kind: till.Tip, Tender: till.Card, Amount: cny(200)}, sale), till.Sums{Gross: 200, Net: 200, Total: 200}},
		{"cashback", tally.Bare(till.Txn{Kind: till.Sale, Tender: till.Card, Amount: cny(1250), Cashback: cny(500)}, till.Txn{}), till.Sums{Count: 1, Quantity: 1000, Gross: 750, Net: 750, Total: 750}},
		{"void with tips", tally.Bare(till.Txn{Kind: till.Void, Tender: till.QR, Amount: cny(1450)}, sale), till.Sums{Count: -1, Quantity: -1000, Gross: -1450, Net: -1450, Total: -1450}},
	} {
		if got := find(t, tc.got, till.FactSum); got.Sums != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, got.Sums, tc.want)
		}
	}
	void := tally.Bare(till.Txn{Kind: till.Void, Amount: cny(1250), Hour: 11, Staff: "bo"}, sale)
	if got := find(t, void, till.FactStaff).A; got != "mia" {
		t.Errorf("a void is taken off %q, want who had sold it", got)
	}
	if got := find(t, void, till.FactHour).A; got != "11" {
		t.Errorf("a void at hour %q, want its own", got)
	}
	if got := find(t, void, till.FactTender); got.B != "alipay" || got.Sums.Count != -1 {
		t.Errorf("a void of the tender %+v, want one less of alipay", got)
	}
}

// What holds money adds nothing, nor does its release; cash handed out against a card came
// in by the one tender and went out by the other.
func TestBareWithoutSale(t *testing.T) {
	hold := till.Txn{Kind: till.PreAuth, Tender: till.Card, Amount: cny(1000)}
	for _, x := range []till.Txn{hold, {Kind: till.Increment, Tender: till.Card, Amount: cny(1)}, {Kind: till.Void, Tender: till.Card, Amount: cny(1000)}} {
		if got := tally.Bare(x, hold); len(got) != 0 {
			t.Errorf("a %s adds %+v", x.Kind, got)
		}
	}
	advance := till.Txn{Kind: till.CashAdvance, Tender: till.Card, Amount: cny(5000), Card: &till.CardSummary{Brand: "visa"}}
	facts := tally.Bare(advance, till.Txn{})
	want := []till.Fact{
		{Kind: till.FactItem, A: till.KeyAdvance, Currency: "CNY", Sums: till.Sums{Count: 1}},
		{Kind: till.FactCategory, A: till.KeyAdvance, Currency: "CNY", Sums: till.Sums{Count: 1}},
		{Kind: till.FactTender, A: "card", B: "visa", Currency: "CNY", Sums: till.Sums{Count: 1, Total: 5000}},
		{Kind: till.FactTender, A: "cash", Currency: "CNY", Sums: till.Sums{Total: -5000}},
	}
	if diff := cmp.Diff(want, facts); diff != "" {
		t.Errorf("a cash advance (-want +got):\n%s", diff)
	}
	if left := sum(append(facts, tally.Bare(till.Txn{Kind: till.Void, Tender: till.Card, Amount: cny(5000)}, advance)...), ""); left != (till.Sums{Count: 1}) {
		t.Errorf("after the void %+v is left, want one void", left)
	}
}

// find is the first fact of a kind.
func find(t *testing.T, facts []till.Fact, kind till.FactKind) till.Fact {
	t.Helper()
	for _, f := range facts {
		if f.Kind == kind {
			return f
		}
	}
	t.Fatalf("no fact of kind %s", kind)
	return till.Fact{}
}

// Every report that goes by lines, and the one by tenders, comes to what was paid; and
// what is voided adds up to nothing but the void itself.
func TestOneTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticket, txns := randomTicket(t)
		paid := int64(0)
		for _, x := range txns {
			paid += x.Amount.Minor()
		}
		if ticket.Kind == till.TicketReturn {
			paid = -paid
		}
		done := tally.Done(ticket, txns)
		for _, kind := range []till.FactKind{till.FactSum, till.FactItem, till.FactCategory, till.FactStaff, till.FactHour, till.FactTender} {
			if got := sum(done, kind).Total; got != paid {
				t.Fatalf("%s comes to %d, want %d", kind, got, paid)
			}
		}
		ticket.VoidedHour = ticket.Hour
		left := sum(append(done, tally.Voided(ticket, txns)...), "")
		if left != (till.Sums{Count: 1}) {
			t.Fatalf("after the void %+v is left, want one void", left)
		}
	})
}

func sum(facts []till.Fact, kind till.FactKind) (all till.Sums) {
	for _, f := range facts {
		if kind == "" || f.Kind == kind {
			all = all.Add(f.Sums)
		}
	}
	return all
}

// randomTicket is a ticket of some lines, paid by some transactions in full.
func randomTicket(t *rapid.T) (till.Ticket, []till.Txn) {
	kind := rapid.SampledFrom([]till.TicketKind{till.TicketSale, till.TicketReturn}).Draw(t, "kind")
	ticket := till.Ticket{Kind: kind, Total: cny(0), Hour: rapid.IntRange(0, 23).Draw(t, "hour")}
	total := int64(0)
	for n := range rapid.IntRange(1, 5).Draw(t, "lines") {
		net, tax := rapid.Int64Range(0, 10000).Draw(t, "net"), rapid.Int64Range(0, 1000).Draw(t, "tax")
		ticket.Lines = append(ticket.Lines, till.Line{
			N: n + 1, SKU: till.SKU(rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "sku")), Category: rapid.SampledFrom([]string{"", "c"}).Draw(t, "category"),
			Quantity: till.One, Gross: cny(net + tax), Net: cny(net), Tax: cny(tax), Total: cny(net + tax),
		})
		total += net + tax
	}
	ticket.Total = cny(total)
	return ticket, pay(t, ticket)
}

func pay(t *rapid.T, ticket till.Ticket) (txns []till.Txn) {
	for left := ticket.Total.Minor(); left > 0; {
		part := rapid.Int64Range(1, left).Draw(t, "part")
		rounding := rapid.Int64Range(-2, 2).Draw(t, "rounding")
		txns = append(txns, till.Txn{
			Tender: rapid.SampledFrom([]till.Tender{till.Cash, till.Card}).Draw(t, "tender"),
			Amount: cny(part + rounding), Rounding: cny(rounding),
		})
		left -= part
		if len(txns) == 3 && left > 0 {
			txns = append(txns, till.Txn{Tender: till.QR, Amount: cny(left)})
			break
		}
	}
	return txns
}
