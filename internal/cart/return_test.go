package cart_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// back reads what comes back, "1 x2" or "1" for all that is left of it.
func back(t testing.TB, texts ...string) till.BasketReturn {
	t.Helper()
	ret := till.BasketReturn{Reason: "too small"}
	for _, text := range texts {
		number, q, _ := strings.Cut(text, " x")
		line, err := till.ParseQuantity(number)
		if err != nil {
			t.Fatal(err)
		}
		l := till.BasketReturnLine{Line: int(line / till.One)}
		if q != "" {
			if l.Quantity, err = till.ParseQuantity(q); err != nil {
				t.Fatal(err)
			}
		}
		ret.Lines = append(ret.Lines, l)
	}
	return ret
}

// Returns worked out by hand, one after the other of one sale.
func TestReturn(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries []string
		change  func(*shop, *cart.Input)
		returns []till.BasketReturn
		want    []string
	}{
		{
			// a third of 29.97 is 9.99; a third of 3.45 is 1.15
			"one of three", []string{"bagel x3", "latte"}, nil,
			[]till.BasketReturn{back(t, "1 x1"), back(t)},
			[]string{
				"1 BAGEL 1 x 9.99 = 9.99: 8.84 + 1.15 = 9.99\nstandard VAT 1.15 of 8.84\n9.99 - 0.00: 8.84 + 1.15 = 9.99",
				"1 BAGEL 2 x 9.99 = 19.98: 17.68 + 2.30 = 19.98\n2 LATTE 1 x 18.00 = 18.00: 16.98 + 1.02 = 18.00\n" +
					"reduced VAT 1.02 of 16.98\nstandard VAT 2.30 of 17.68\n37.98 - 0.00: 34.66 + 3.32 = 37.98",
			},
		}, {
			// 10.00 was paid for three: 3.33, 6.67 less 3.33, 10.00 less 6.67
			"a price that three cannot share", []string{"latte x3 -44.00"}, nil,
			[]till.BasketReturn{back(t, "1 x1"), back(t, "1 x1"), back(t, "1")},
			[]string{
				"1 LATTE 1 x 18.00 = 18.00 -14.67 line: 3.14 + 0.19 = 3.33\nreduced VAT 0.19 of 3.14\n18.00 - 14.67: 3.14 + 0.19 = 3.33",
				"1 LATTE 1 x 18.00 = 18.00 -14.66 line: 3.15 + 0.19 = 3.34\nreduced VAT 0.19 of 3.15\n18.00 - 14.66: 3.15 + 0.19 = 3.34",
				"1 LATTE 1 x 18.00 = 18.00 -14.67 line: 3.14 + 0.19 = 3.33\nreduced VAT 0.19 of 3.14\n18.00 - 14.67: 3.14 + 0.19 = 3.33",
			},
		}, {
			// half of 10.00 with 1.15 of tax: the 5.00 that were paid, and not 5.01
			"money comes before its parts", []string{"bagel x2 -9.98"}, nil,
			[]till.BasketReturn{back(t, "1 x1"), back(t)},
			[]string{
				"1 BAGEL 1 x 9.99 = 9.99 -4.99 line: 4.42 + 0.58 = 5.00\nstandard VAT 0.58 of 4.42\n9.99 - 4.99: 4.42 + 0.58 = 5.00",
				"1 BAGEL 1 x 9.99 = 9.99 -4.99 line: 4.43 + 0.57 = 5.00\nstandard VAT 0.57 of 4.43\n9.99 - 4.99: 4.43 + 0.57 = 5.00",
			},
		}, {
			// 36.00 and 18.00 with 100 points off, 6.67 and 3.33; 44.00 earn 4. One latte is
			// 14.665 of 44.00 that was paid, 1.333 points, and 33.35 of the 100 spent.
			"points", []string{"latte x2", "latte"},
			func(_ *shop, in *cart.Input) {
				in.Member = &till.Member{ID: "7", Points: 120}
				in.Basket.Member, in.Basket.Redeem = "7", 100
			},
			[]till.BasketReturn{back(t, "1 x1"), back(t)},
			[]string{
				"1 LATTE 1 x 18.00 = 18.00 -3.33 points: 13.84 + 0.83 = 14.67\nreduced VAT 0.83 of 13.84\n18.00 - 3.33: 13.84 + 0.83 = 14.67, points +1 -33",
				"1 LATTE 1 x 18.00 = 18.00 -3.34 points: 13.83 + 0.83 = 14.66\n2 LATTE 1 x 18.00 = 18.00 -3.33 points: 13.84 + 0.83 = 14.67\n" +
					"reduced VAT 1.66 of 27.67\n36.00 - 6.67: 27.67 + 1.66 = 29.33, points +3 -67",
			},
		}, {
			// 9.00 and 18.00 are left for 27 points, 2.70: 0.90 and 1.80. Points come back with
			// what they took off, whatever else was taken off; 8.10 of 24.30 earned 0.67 of 2
			"points beside a discount", []string{"latte -50%", "latte"},
			func(_ *shop, in *cart.Input) {
				in.Member = &till.Member{ID: "7", Points: 27}
				in.Basket.Member, in.Basket.Redeem = "7", 27
			},
			[]till.BasketReturn{back(t, "1")},
			[]string{
				"1 LATTE 1 x 18.00 = 18.00 -9.00 line -0.90 points: 7.64 + 0.46 = 8.10\nreduced VAT 0.46 of 7.64\n18.00 - 9.90: 7.64 + 0.46 = 8.10, points +1 -9",
			},
		}, {
			"paid by points alone", []string{"latte x2"},
			func(s *shop, in *cart.Input) {
				in.Member = &till.Member{ID: "7", Points: 500}
				in.Basket.Member, in.Basket.Redeem = "7", 500
			},
			[]till.BasketReturn{back(t, "1 x1"), back(t)},
			[]string{
				"1 LATTE 1 x 18.00 = 18.00 -18.00 points: 0.00 + 0.00 = 0.00\nreduced VAT 0.00 of 0.00\n18.00 - 18.00: 0.00 + 0.00 = 0.00, points +0 -180",
				"1 LATTE 1 x 18.00 = 18.00 -18.00 points: 0.00 + 0.00 = 0.00\nreduced VAT 0.00 of 0.00\n18.00 - 18.00: 0.00 + 0.00 = 0.00, points +0 -180",
			},
		}, {
			// 0.375 of 0.375 kg, by weight
			"by weight, one gram short", []string{"ham x0.375"}, nil,
			[]till.BasketReturn{back(t, "1 x0.374"), back(t)},
			[]string{
				"1 HAM 0.374 x 88.80 = 33.21: 29.39 + 3.82 = 33.21\nstandard VAT 3.82 of 29.39\n33.21 - 0.00: 29.39 + 3.82 = 33.21",
				"1 HAM 0.001 x 88.80 = 0.09: 0.08 + 0.01 = 0.09\nstandard VAT 0.01 of 0.08\n0.09 - 0.00: 0.08 + 0.01 = 0.09",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := cafe(t)
			in := s.input(c.entries...)
			if c.change != nil {
				c.change(s, &in)
			}
			sold := done(s.price(in))
			var returned []till.Ticket
			for i, ret := range c.returns {
				got, err := cart.Return(sold, returned, ret)
				if err != nil {
					t.Fatal(err)
				}
				if show(got) != c.want[i] {
					t.Errorf("return %d: got\n%s\nwant\n%s", i+1, show(got), c.want[i])
				}
				returned = append(returned, got)
			}
		})
	}
}

// Compound taxes come back levied on what they were levied on.
func TestReturnOfCompoundTax(t *testing.T) {
	s := openShop(t, "CAD", till.TaxRules{Classes: []till.TaxClass{class(t, "quebec", "GST=5", "QST=9.975+")}}, "pie each 33.33 3 quebec bakery")
	sold := done(s.price(s.input("pie x3")))
	got, err := cart.Return(sold, nil, back(t, "1 x1"))
	// 99.99: GST 5.00 and QST 10.47 on 104.99; a third of the 115.46 paid is 38.4867, of the
	// 15.47 of tax 5.1567, of the GST 1.6667 and of the QST 3.49
	want := "1 PIE 1 x 33.33 = 33.33: 33.33 + 5.16 = 38.49\nquebec GST 1.67 of 33.33\nquebec QST 3.49 of 35.00\n33.33 - 0.00: 33.33 + 5.16 = 38.49"
	if err != nil || show(got) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, show(got), want)
	}
}

// What a return says besides its sums.
func TestReturnNamesItsSale(t *testing.T) {
	s := cafe(t)
	in := s.input("latte @20", "'repair @5")
	in.Member, in.Basket.Member = &till.Member{ID: "7"}, "7"
	sold := done(s.price(in))
	ret := back(t, "2", "1")
	got, err := cart.Return(sold, nil, ret)
	if err != nil {
		t.Fatal(err)
	}
	if got.Kind != till.TicketReturn || got.State != till.TicketOpen || got.Original != sold.ID || got.Member != "7" || got.Reason != ret.Reason || !got.Inclusive {
		t.Errorf("got %+v", got)
	}
	if a, b := got.Lines[0], got.Lines[1]; a.N != 1 || a.Origin != 2 || a.Tracked || b.N != 2 || b.Origin != 1 || !b.Tracked || b.ListPrice != sold.Lines[0].ListPrice || b.Cost != sold.Lines[0].Cost {
		t.Errorf("got %+v", got.Lines)
	}
	ret.NoStock = true
	if got, err = cart.Return(sold, nil, ret); err != nil || got.Lines[1].Tracked {
		t.Errorf("spoilt goods go back on the shelf: %v, %+v", err, got.Lines)
	}
}

func TestReturnRefuses(t *testing.T) {
	s := cafe(t)
	sold := done(s.price(s.input("latte x3", "ham x0.5")))
	first, err := cart.Return(sold, nil, back(t, "1 x2", "2"))
	if err != nil {
		t.Fatal(err)
	}
	first.State = till.TicketPaying
	all, err := cart.Return(sold, nil, back(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		returned []till.Ticket
		ret      till.BasketReturn
		code     till.Code
		text     string
	}{
		{"more than was sold", nil, back(t, "1 x4"), till.CodeNotPermitted, "line 1 (SKU latte): 4 to come back, 3 of 3 is left"},
		{"more than is left", []till.Ticket{first}, back(t, "1 x2"), till.CodeNotPermitted, "line 1 (SKU latte): 2 to come back, 1 of 3 is left"},
		{"nothing left of a line", []till.Ticket{first}, back(t, "2"), till.CodeNotPermitted, "line 2 (SKU ham): all of it has come back already, 0.5"},
		{"nothing left", []till.Ticket{all}, back(t), till.CodeNotPermitted, "everything of SALE00000001 has come back already"},
		{"negative", nil, back(t, "1 x-1"), till.CodeUsage, "line 1 (SKU latte): quantity -1 comes back"},
		{"half a piece", nil, back(t, "1 x0.5"), till.CodeUsage, "line 1 (SKU latte): 0.5 comes back of something sold by the piece"},
		{"no such line", nil, back(t, "3"), till.CodeNotFound, "there is no line 3, the sale has lines 1 to 2"},
		{"line zero", nil, back(t, "0"), till.CodeNotFound, "there is no line 0"},
		{"twice", nil, back(t, "1 x1", "1 x1"), till.CodeUsage, "line 1 (SKU latte): it is named twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := cart.Return(sold, c.returned, c.ret)
			checkProblem(t, err, c.code, c.text)
			if got.Lines != nil {
				t.Errorf("half a return: %s", show(got))
			}
		})
	}
	for state, text := range map[till.TicketState]string{till.TicketOpen: "OPEN", till.TicketVoided: "VOIDED", till.TicketPaying: "PAYING"} {
		other := sold
		other.State = state
		_, err := cart.Return(other, nil, back(t))
		checkProblem(t, err, till.CodeNotPermitted, "the sale SALE00000001 is "+text+", want DONE")
	}
	_, err = cart.Return(all, nil, back(t))
	checkProblem(t, err, till.CodeNotPermitted, " is no sale")
}

// A sale whose sums do not hold, or another sale's returns, are nothing to reckon with.
func TestReturnOfWrongBooks(t *testing.T) {
	s := cafe(t)
	sold := done(s.price(s.input("latte x3")))
	wrong := sold
	wrong.Total = money.New(wrong.Total.Minor()+1, s.currency)
	if _, err := cart.Return(wrong, nil, back(t)); !errors.Is(err, cart.ErrSums) {
		t.Errorf("got %v", err)
	}
	strange, err := cart.Return(sold, nil, back(t))
	if err != nil {
		t.Fatal(err)
	}
	strange.Original = "OTHER"
	if _, err = cart.Return(sold, []till.Ticket{strange}, back(t)); err == nil || !strings.Contains(err.Error(), "no return of SALE00000001") {
		t.Errorf("got %v", err)
	}
	ret := back(t)
	ret.Original = "OTHER"
	if _, err = cart.Return(sold, nil, ret); err == nil || !strings.Contains(err.Error(), "goods of OTHER") {
		t.Errorf("got %v", err)
	}
}
