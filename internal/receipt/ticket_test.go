package receipt_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// ticketSamples are the papers of sales and returns of lines.
func ticketSamples(t *testing.T) []sample {
	chip := chipSale(t)
	card := with(chip, func(x *till.Txn) { x.Amount = yuan(t, 4530) })
	twenty := with(chip, cash, func(x *till.Txn) { x.ID, x.STAN, x.Amount = "CASH00000001", 344, yuan(t, 2000) })
	given := with(chip, cash, func(x *till.Txn) {
		x.Amount, x.Given, x.Rounding = yuan(t, 6530), yuan(t, 10000), yuan(t, 0)
	})
	rounded := with(given, func(x *till.Txn) { x.Amount, x.Rounding = yuan(t, 6535), yuan(t, 5) })
	refused := with(card, declined("51"))
	member := &till.Member{ID: "8001", Points: 165}
	merchant := receipt.Options{Copy: receipt.Merchant}
	return []sample{
		{"ticket_cash_change", ticketDoc(soldTicket(t), nil, given), receipt.Options{}},
		{"ticket_cash_rounded", ticketDoc(soldTicket(t), nil, rounded), receipt.Options{}},
		{"ticket_split_points", ticketDoc(withTicket(soldTicket(t), collected), member, twenty, card), merchant},
		{"ticket_exclusive", ticketDoc(withTicket(soldTicket(t), exclusive(t)), nil, card), receipt.Options{Duplicate: true}},
		{"ticket_partly_paid", ticketDoc(withTicket(soldTicket(t), state(till.TicketPaying)), nil, twenty, refused), receipt.Options{}},
		{"ticket_held", ticketDoc(withTicket(soldTicket(t), state(till.TicketOpen), func(t *till.Ticket) { t.Label = "table 4" }), nil), receipt.Options{}},
		{"ticket_voided", ticketDoc(withTicket(soldTicket(t), state(till.TicketVoided)), nil, with(card, func(x *till.Txn) { x.VoidedBy = "V01D00000001" })), receipt.Options{}},
		{"ticket_return", ticketDoc(returnTicket(t), member, with(card, func(x *till.Txn) {
			x.Kind, x.Entry, x.Chip, x.Amount, x.Original = till.Refund, till.NoEntry, nil, yuan(t, 1500), chip.ID
		})), receipt.Options{}},
	}
}

// soldTicket is 56.00 of coffee less 10 %, and 14.90 of nuts by weight: 65.30 with tax.
func soldTicket(t testing.TB) till.Ticket {
	return till.Ticket{
		ID: "T1CKET000001", Key: "order-7", Kind: till.TicketSale, State: till.TicketDone, Terminal: "TILL0001", Staff: "mei",
		At: time.Date(2026, 11, 23, 6, 4, 0, 0, time.UTC), DoneAt: time.Date(2026, 11, 23, 6, 5, 9, 0, time.UTC),
		Lines: []till.Line{
			{
				N: 1, SKU: "latte-l", Name: "Latte large 大杯拿铁", Unit: till.Each, Quantity: till.Units(2), Price: yuan(t, 2800), Gross: yuan(t, 5600),
				Reductions: []till.Reduction{{Source: till.ByHand, Amount: yuan(t, 560), Percent: 100000, Reason: "cold", Approver: "boss"}},
			},
			{N: 2, SKU: "nuts", Name: "Mixed nuts", Unit: till.Kilo, Quantity: 375, Price: yuan(t, 4000), Gross: yuan(t, 1500),
				Reductions: []till.Reduction{{Source: till.ByProgramme, Amount: yuan(t, 10), Programme: "happy", Name: "Happy hour with a long name"}}},
		},
		Taxes:     []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130000, Net: yuan(t, 5779), Tax: yuan(t, 751)}},
		Inclusive: true, Gross: yuan(t, 7100), Discount: yuan(t, 570), Net: yuan(t, 5779), Tax: yuan(t, 751), Total: yuan(t, 6530),
	}
}

func returnTicket(t testing.TB) till.Ticket {
	return till.Ticket{
		ID: "RETVRN000001", Kind: till.TicketReturn, State: till.TicketDone, Terminal: "TILL0001", Staff: "mei", Approver: "boss",
		At: time.Date(2026, 11, 24, 6, 4, 0, 0, time.UTC), Original: "T1CKET000001", Reason: "stale", Member: "8001", Earned: 14,
		Lines: []till.Line{{N: 1, SKU: "nuts", Name: "Mixed nuts", Unit: till.Kilo, Quantity: 375, Price: yuan(t, 4000), Gross: yuan(t, 1500), Origin: 2}},
		Taxes: []till.TaxLine{{Class: "zero", Name: "VAT", Rate: 0, Net: yuan(t, 1000), Tax: yuan(t, 0)}, {Class: "exempt", Net: yuan(t, 500), Tax: yuan(t, 0)}},
		Gross: yuan(t, 1500), Discount: yuan(t, 0), Net: yuan(t, 1500), Tax: yuan(t, 0), Total: yuan(t, 1500),
	}
}

func ticketDoc(ticket till.Ticket, m *till.Member, txns ...till.Txn) receipt.Doc {
	d := doc(till.Txn{})
	d.Ticket, d.Member, d.Txns = &ticket, m, txns
	return d
}

func withTicket(ticket till.Ticket, changes ...func(*till.Ticket)) till.Ticket {
	for _, change := range changes {
		change(&ticket)
	}
	return ticket
}

func collected(ticket *till.Ticket) { ticket.Member, ticket.Earned, ticket.Redeemed = "8001", 65, 100 }

func state(s till.TicketState) func(*till.Ticket) {
	return func(ticket *till.Ticket) { ticket.State = s }
}

func exclusive(t testing.TB) func(*till.Ticket) {
	return func(ticket *till.Ticket) {
		ticket.Inclusive, ticket.Net, ticket.Tax, ticket.Total = false, yuan(t, 6530), yuan(t, 849), yuan(t, 7379)
		ticket.Taxes = []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130000, Net: yuan(t, 6530), Tax: yuan(t, 849)}}
	}
}

// The paper of a ticket holds what any receipt must, and says PAID of what is paid alone.
func TestTicketHolds(t *testing.T) {
	cny := yuan(t, 0).Currency()
	sold := soldTicket(t)
	rapid.Check(t, func(t *rapid.T) {
		pan := rapid.SampledFrom([]string{"5413330089010434", "4111111111111111", "378282246310005"}).Draw(t, "pan")
		ticket := sold
		ticket.State = rapid.SampledFrom([]till.TicketState{till.TicketOpen, till.TicketPaying, till.TicketDone, till.TicketVoided, till.TicketCanceled}).Draw(t, "ticket state")
		ticket.Kind = rapid.SampledFrom([]till.TicketKind{till.TicketSale, till.TicketReturn}).Draw(t, "ticket kind")
		ticket.Reason, ticket.Label = stranger(t, pan, "reason"), stranger(t, pan, "held")
		line := ticket.Lines[0]
		line.Name = stranger(t, pan, "item")
		line.Reductions = []till.Reduction{{Source: till.ByHand, Reason: stranger(t, pan, "why"), Amount: money.New(1, cny)}}
		ticket.Lines = []till.Line{line}
		x := draw(t, pan, cny)
		d := receipt.Doc{MerchantName: "Shop", Ticket: &ticket, Txns: []till.Txn{x}}
		o := receipt.Options{
			Width: rapid.IntRange(20, 64).Draw(t, "width"),
			Lang:  rapid.SampledFrom([]i18n.Lang{i18n.English, i18n.Chinese}).Draw(t, "lang"),
			Copy:  rapid.SampledFrom([]receipt.Copy{receipt.Customer, receipt.Merchant}).Draw(t, "copy"),
		}
		paper := receipt.Render(d, o)
		checkLines(t, paper, o.Width)
		checkCard(t, paper, pan)
		frame := strings.ReplaceAll(paper, " ", "")
		if o.Width < 32 {
			return // a narrow frame has a word a line
		}
		if got := strings.Contains(frame, "*PAID*") || strings.Contains(frame, "*已付款*"); got != (ticket.State == till.TicketDone && ticket.Kind == till.TicketSale) {
			t.Fatalf("%s %s says PAID: %v\n%s", ticket.Kind, ticket.State, got, paper)
		}
		approved := strings.Contains(paper, "APPROVED\n") || strings.Contains(paper, "交易成功\n")
		if want := x.Tender != till.Cash && x.Outcome() == till.OutcomeApproved; approved != want {
			t.Fatalf("%s %s says APPROVED: %v, want %v\n%s", x.Tender, x.State, approved, want, paper)
		}
	})
}
