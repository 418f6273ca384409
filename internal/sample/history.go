package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Options are what is known of the shop.
type Options struct {
	Items      []till.Item // at least one; those that are deleted or of an open price are not sold
	Programmes []till.Programme
	Members    []till.Member
	Staff      []till.StaffID // who sells, in turns; none is a shop without staff
	Tax        till.TaxRules
	Loyalty    till.LoyaltyRules
	Calendar   till.Calendar
	Currency   money.Currency
	Terminal   string
	Merchant   string
	Lines      int // sold on an average day
}

// History sells day by day. It is for one goroutine.
type History struct {
	o      Options
	random *rand.Rand
	goods  []cart.Item
	shares []int // of the goods, each with those before it
	points map[till.MemberID]int64
	n      int // tickets so far
	lines  int
}

// New begins the history of a shop.
func New(o Options) *History {
	h := &History{o: o, random: rand.New(rand.NewPCG(20260301, 4)), points: map[till.MemberID]int64{}} //nolint:gosec // a history that everybody may guess
	sum := 0
	for _, item := range o.Items {
		for _, v := range item.Variants {
			if item.Deleted || v.OpenPrice {
				continue
			}
			sum += 24 / (1 + len(h.goods)*7%12)
			h.goods, h.shares = append(h.goods, cart.Item{Item: item, Variant: v}), append(h.shares, sum)
		}
	}
	return h
}

// Lines is how many lines were sold so far, without returns.
func (h *History) Lines() int { return h.lines }

// Day is what a business day sells and takes back, in the order of its time.
func (h *History) Day(day till.Day) ([]till.Past, error) {
	var all []till.Past
	for hour, share := range hours() {
		sold := 0
		for want := h.wanted(day, share); sold < want; {
			at := h.moment(day, hour, sold, want)
			p, err := h.sale(at)
			if err != nil {
				return nil, fmt.Errorf("sale of %s: %w", at.Format(time.RFC3339), err)
			}
			all = append(all, p)
			sold += len(p.Ticket.Lines)
		}
		if back, ok, err := h.comesBack(all); err != nil || ok {
			if err != nil {
				return nil, fmt.Errorf("return of %s: %w", day, err)
			}
			all = append(all, back)
		}
	}
	return all, nil
}

// hours are the shares of a day's sales, in thousandths, from midnight.
func hours() [24]int {
	return [24]int{7: 60, 8: 105, 9: 80, 10: 65, 11: 70, 12: 115, 13: 85, 14: 65, 15: 90, 16: 75, 17: 60, 18: 65, 19: 45, 20: 20}
}

// wanted is how many lines an hour with its share of the day sells: more at the end of
// the week, less in January and in August.
func (h *History) wanted(day till.Day, share int) int {
	weekdays := [7]int{118, 82, 86, 90, 98, 108, 118} // percent, from Sunday
	months := [13]int{0, 84, 92, 97, 101, 104, 100, 95, 88, 103, 107, 110, 119}
	year, month, date := day.Date()
	weekday := time.Date(year, month, date, 12, 0, 0, 0, time.UTC).Weekday()
	luck := 85 + h.random.IntN(31)
	return (h.o.Lines*share*weekdays[weekday]/100*months[month]/100*luck/100 + h.random.IntN(1000)) / 1000
}

// moment is a time of the hour that moves on with what was sold.
func (h *History) moment(day till.Day, hour, sold, want int) time.Time {
	zone := h.o.Calendar.Zone
	if zone == nil {
		zone = time.UTC
	}
	year, month, date := day.Date()
	return time.Date(year, month, date, hour, 0, 3590*sold/want, h.random.IntN(1e9), zone)
}

// sale is one ticket with what paid for it.
func (h *History) sale(at time.Time) (till.Past, error) {
	in := cart.Input{Programmes: h.o.Programmes, Tax: h.o.Tax, Loyalty: h.o.Loyalty, Currency: h.o.Currency, Moment: h.o.Calendar.Moment(at)}
	for range 1 + min(h.random.IntN(4), h.random.IntN(4)) {
		goods := h.pick()
		in.Items = append(in.Items, goods)
		in.Basket.Entries = append(in.Basket.Entries, h.entry(goods))
	}
	h.member(&in)
	t, err := cart.Price(in)
	if err != nil {
		return till.Past{}, err
	}
	t.Basket, t.Promotions = nil, applied(t.Promotions)
	h.name(&t, at)
	h.lines += len(t.Lines)
	h.points[t.Member] += t.Earned - t.Redeemed
	return till.Past{At: at, Ticket: t, Txns: []till.Txn{h.tender(t)}}, nil
}

// pick is one of the goods, the popular ones more often.
func (h *History) pick() cart.Item {
	at := h.random.IntN(h.shares[len(h.shares)-1])
	low, high := 0, len(h.shares)-1
	for low < high {
		if middle := (low + high) / 2; h.shares[middle] > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return h.goods[low]
}

// entry is how much of the goods is wanted. One in eighty gets something off by hand.
func (h *History) entry(goods cart.Item) till.BasketEntry {
	e := till.BasketEntry{Code: string(goods.Variant.SKU), Quantity: till.Units(1 + max(0, h.random.Int64N(12)-9))}
	if goods.Item.Unit != till.Each {
		e.Quantity = till.Quantity(10 * (5 + h.random.IntN(60)))
	}
	if h.random.IntN(80) == 0 {
		reasons := []string{"torn bag", "waited too long", "last one"}
		e.Discount = &till.Discount{Percent: 100_000, Reason: reasons[h.random.IntN(len(reasons))]}
		if len(h.o.Staff) > 0 {
			e.Discount.Approver = h.o.Staff[0]
		}
	}
	return e
}

// member makes every third sale that of a member, who spends points now and then.
func (h *History) member(in *cart.Input) {
	if len(h.o.Members) == 0 || h.random.IntN(3) > 0 {
		return
	}
	m := h.o.Members[h.random.IntN(len(h.o.Members))]
	m.Points = h.points[m.ID]
	in.Member, in.Basket.Member = &m, m.ID
	if m.Points > 100 && h.random.IntN(20) == 0 && !in.Loyalty.Value.IsZero() {
		in.Basket.Redeem = 10
	}
}

// applied are the programmes that gave something: the others would only make it long.
func applied(notes []till.PromoNote) (all []till.PromoNote) {
	for _, n := range notes {
		if n.Applied {
			all = append(all, n)
		}
	}
	return all
}

// name says who sold it, where and when.
func (h *History) name(t *till.Ticket, at time.Time) {
	h.n++
	t.ID = till.TicketID(fmt.Sprintf("%012d", 2*h.n))
	t.Key, t.Terminal, t.At = string(t.ID), h.o.Terminal, at.UTC()
	if n := len(h.o.Staff); n > 0 {
		t.Staff = h.o.Staff[(at.Hour()/5+at.YearDay()+h.n%2)%n]
	}
}

// comesBack is a line of an earlier sale of the day that comes back, once in ten hours.
func (h *History) comesBack(day []till.Past) (till.Past, bool, error) {
	if len(day) < 4 || h.random.IntN(10) > 0 {
		return till.Past{}, false, nil
	}
	sold := day[len(day)-1-h.random.IntN(3)]
	sold.Ticket.State = till.TicketDone // as it will be by then
	if sold.Ticket.Kind != till.TicketSale || !sold.Ticket.Lines[0].Total.IsPositive() || cameBack(day, sold.Ticket.ID) {
		return till.Past{}, false, nil
	}
	t, err := cart.Return(sold.Ticket, nil, till.BasketReturn{Original: sold.Ticket.ID, Lines: []till.BasketReturnLine{{Line: 1}}, Reason: "not as wanted"})
	if err != nil {
		return till.Past{}, false, err
	}
	at := day[len(day)-1].At.Add(time.Second)
	h.name(&t, at)
	h.points[t.Member] += t.Redeemed - t.Earned
	x := sold.Txns[0]
	x.ID, x.Key, x.Kind, x.Original = till.TxnID(fmt.Sprintf("%012d", 2*h.n+1)), fmt.Sprintf("%012d", 2*h.n+1), till.Refund, x.ID
	x.Ticket, x.Amount, x.At, x.Staff, x.Given = t.ID, t.Total, at.UTC(), t.Staff, money.Amount{}
	return till.Past{At: at, Ticket: t, Txns: []till.Txn{x}}, t.Total.IsPositive(), nil
}

// cameBack reports a sale of which something came back already.
func cameBack(day []till.Past, id till.TicketID) bool {
	return slices.ContainsFunc(day, func(p till.Past) bool { return p.Ticket.Original == id })
}
