package cart

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tillworks/till/internal/tax"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// ErrSums is the error of a ticket that does not add up; match with errors.Is.
var ErrSums = errors.New("the ticket does not add up")

// Check proves a ticket of either kind: it has lines, numbered from 1, of one currency; no
// amount is negative and no quantity is nothing; the gross of a sold line is its price times
// its quantity; every sum of a line, of its taxes and of the ticket holds as [till.Ticket]
// says; and it comes to no more than [till.MaxMinor]. The error wraps ErrSums and tells the
// line, got and want.
func Check(t till.Ticket) error {
	if len(t.Lines) == 0 {
		return fmt.Errorf("no lines: %w", ErrSums)
	}
	currency := t.Total.Currency()
	for i, l := range t.Lines {
		if err := checkLine(t, l, i+1, currency); err != nil {
			return fmt.Errorf("line %d: %w: %w", i+1, err, ErrSums)
		}
	}
	if err := checkSums(t, currency); err != nil {
		return fmt.Errorf("%w: %w", err, ErrSums)
	}
	return nil
}

func checkLine(t till.Ticket, l till.Line, n int, c money.Currency) error {
	switch {
	case l.N != n:
		return fmt.Errorf("number %d, want %d", l.N, n)
	case l.Quantity <= 0 || l.Quantity > till.MaxQuantity:
		return fmt.Errorf("quantity %s, want more than 0 and %s at most", l.Quantity, till.MaxQuantity)
	case l.Unit == till.Each && !l.Quantity.IsWhole():
		return fmt.Errorf("quantity %s by the piece, want a whole number", l.Quantity)
	case t.Kind == till.TicketReturn && l.Origin < 1:
		return errors.New("a return of no sold line")
	}
	for _, check := range []func(till.Line, money.Currency) error{checkAmounts, checkReductions, checkTaxes} {
		if err := check(l, c); err != nil {
			return err
		}
	}
	return checkLineSums(t, l)
}

// checkAmounts looks at the amounts of a line one by one.
func checkAmounts(l till.Line, c money.Currency) error {
	for _, a := range []money.Amount{l.Price, l.Gross, l.Net, l.Tax, l.Total} {
		if err := checkAmount(a, c); err != nil {
			return err
		}
	}
	for _, a := range []money.Amount{l.ListPrice, l.Cost} { // left out where nothing
		if a.IsZero() {
			continue
		}
		if err := checkAmount(a, c); err != nil {
			return err
		}
	}
	return nil
}

func checkAmount(a money.Amount, c money.Currency) error {
	if a.Currency() != c || a.Minor() < 0 || a.Minor() > till.MaxMinor {
		return fmt.Errorf("%s, want 0 to %s", a, money.New(till.MaxMinor, c))
	}
	return nil
}

func checkReductions(l till.Line, c money.Currency) error {
	for i, r := range l.Reductions {
		if err := checkAmount(r.Amount, c); err != nil {
			return fmt.Errorf("reduction %d: %w", i+1, err)
		}
		if r.Amount.IsZero() {
			return fmt.Errorf("reduction %d of nothing", i+1)
		}
		if first := slices.IndexFunc(l.Reductions, func(o till.Reduction) bool { return key(o) == key(r) }); first != i {
			return fmt.Errorf("reductions %d and %d are the same", first+1, i+1)
		}
	}
	return nil
}

func checkTaxes(l till.Line, c money.Currency) error {
	sum := int64(0)
	for i, x := range l.Taxes {
		if err := errors.Join(checkAmount(x.Net, c), checkAmount(x.Tax, c)); err != nil {
			return fmt.Errorf("tax %d: %w", i+1, err)
		}
		sum += x.Tax.Minor()
		if x.Class != l.TaxClass {
			return fmt.Errorf("tax %d of class %q, want %q", i+1, x.Class, l.TaxClass)
		}
	}
	return equal("taxes", sum, l.Tax)
}

// checkLineSums looks at how the amounts of a line go together.
func checkLineSums(t till.Ticket, l till.Line) error {
	if t.Kind != till.TicketReturn {
		gross, _ := till.MulDiv(l.Price.Minor(), int64(l.Quantity), int64(till.One))
		if err := equal("price times quantity", gross, l.Gross); err != nil {
			return err
		}
	}
	return checkParts(t.Inclusive, l.Gross, l.Discount(), l.Net, l.Tax, l.Total)
}

// checkParts proves gross - discount = total, or net, and net + tax = total.
func checkParts(inclusive bool, gross, discount, net, levied, all money.Amount) error {
	after := net
	if inclusive {
		after = all
	}
	return errors.Join(
		equal("gross less discount", gross.Minor()-discount.Minor(), after),
		equal("net and tax", net.Minor()+levied.Minor(), all),
	)
}

// checkSums proves that the ticket is the sum of its lines.
func checkSums(t till.Ticket, c money.Currency) error {
	for _, a := range []money.Amount{t.Gross, t.Discount, t.Net, t.Tax, t.Total} {
		if err := checkAmount(a, c); err != nil {
			return err
		}
	}
	var want till.Ticket
	want.Lines = t.Lines
	total(&want, taxesOf(t.Lines), c)
	return errors.Join(
		equal("gross of the lines", want.Gross.Minor(), t.Gross), equal("discount of the lines", want.Discount.Minor(), t.Discount),
		equal("net of the lines", want.Net.Minor(), t.Net), equal("tax of the lines", want.Tax.Minor(), t.Tax),
		equal("total of the lines", want.Total.Minor(), t.Total), equalTaxes(t.Taxes, want.Taxes),
		checkParts(t.Inclusive, t.Gross, t.Discount, t.Net, t.Tax, t.Total),
	)
}

// taxesOf adds up the taxes of lines.
func taxesOf(lines []till.Line) []till.TaxLine {
	all := make([][]till.TaxLine, len(lines))
	for i, l := range lines {
		all[i] = l.Taxes
	}
	return tax.Sum(all...)
}

// equalTaxes compares the taxes of a ticket with those of its lines, in any order.
func equalTaxes(got, want []till.TaxLine) error {
	got = tax.Sum(got)
	if len(got) != len(want) {
		return fmt.Errorf("%d taxes, the lines have %d", len(got), len(want))
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			return fmt.Errorf("tax %q of class %q is not that of the lines, %s of %s", w.Name, w.Class, w.Tax, w.Net)
		}
	}
	return nil
}

func equal(what string, sum int64, want money.Amount) error {
	if sum != want.Minor() {
		return fmt.Errorf("%s: %s, want %s", what, money.New(sum, want.Currency()), want)
	}
	return nil
}
