// Package tally computes what a ticket, or a payment without one, adds to the reports. It
// is pure: the store writes its facts in the commit that completes or voids, and a
// verification computes them again from the journal and holds both against each other.
//
// # One total
//
// The facts of one ticket come to the same Total by items, by categories, by staff, by
// hours, in the sum and by tenders: what the shopper paid, cash rounding included. For
// that a rounding is a line of its own under [till.KeyRounding], and a payment without
// lines is one line under [till.KeyOpen]. Taxes, discounts and points are reports of
// their own and no part of it.
//
// # Undoing
//
// A void adds the same with every sign turned, at its own business day and hour, and
// counts itself under "void" of the sum. What a day said before stays as it was.
package tally
