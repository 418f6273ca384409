package settle

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// statedMax is how many totals a file may state.
const statedMax = 4096

// totalGroups keeps the totals of a line that a pattern found. A file of nothing but
// totals is wrong about itself, and must not fill the memory.
func (rd *reader) totalGroups(rule int, groups []string) {
	if len(rd.stated) > statedMax {
		if len(rd.pending) == 0 {
			rd.pending = append(rd.pending, &TotalsError{Source: rd.place(), Name: "count", Got: statedMax, Err: ErrTotals})
		}
		return
	}
	t := &rd.f.totals[rule]
	rd.seen[rule] = true
	letters := ""
	for i, m := range t.groups {
		if m.what == "currency" {
			letters = groups[i]
		}
	}
	for i, m := range t.groups {
		s := stated{rule: rule, is: m, place: rd.place(), text: groups[i], currency: letters}
		switch m.what {
		case "", "currency":
			continue
		case "sha256":
			sum := rd.sc.digestBefore(rd.row)
			s.digest = hex.EncodeToString(sum[:])
		}
		rd.stated = append(rd.stated, s)
	}
}

// totalHeader looks whether the current row is the header of the totals.
func (rd *reader) totalHeader(rule int) bool {
	names, err := rd.cellTexts()
	if err != nil {
		return false
	}
	t := &rd.f.totals[rule]
	cells, found := make([]int, len(t.cells)), false
	for i, c := range t.cells {
		cells[i] = slices.IndexFunc(names, func(n string) bool { return slices.Contains(c.names, n) })
		found = found || cells[i] >= 0
	}
	if found {
		rd.under, rd.cells, rd.names = rule, cells, names
	}
	return found
}

// totalCells reads the row under the header of the totals, after which no row may come.
func (rd *reader) totalCells() {
	rule := rd.under
	rd.under, rd.ended, rd.seen[rule] = -1, true, true
	for i, at := range rd.cells {
		if at < 0 {
			continue
		}
		c := &rd.f.totals[rule].cells[i]
		s := stated{rule: rule, is: c.is, place: rd.place()}
		s.is.name = rd.names[at]
		if at < len(rd.row.cells) {
			s.text = string(rd.trimmed(rd.unquoted(at)))
		}
		rd.stated = append(rd.stated, s)
	}
}

// prove holds the sums of the rows against what the file states.
func (rd *reader) prove() {
	lead := rd.f.spec.Lead
	marked := rd.f.end != nil || lead != nil && lead.End != ""
	whole := !marked || rd.ended
	if !whole {
		rd.cutOff("") // and so are the totals behind the mark
	}
	for i := range rd.f.totals {
		t := &rd.f.totals[i]
		switch {
		case t.zero != nil:
			rd.proveZero(t)
		case !whole || !t.required:
		case t.byCurrency():
			rd.proveCurrencies(i)
		case !rd.seen[i]:
			rd.cutOff(t.label())
		}
	}
	for i := range rd.stated {
		if got, want, ok := rd.compare(&rd.stated[i]); !ok {
			rd.disagree(&rd.stated[i], got, want)
		}
	}
}

// label names a rule of totals that the file does not have.
func (t *totalRule) label() string {
	for _, c := range t.cells {
		return c.names[0]
	}
	for _, m := range t.groups {
		if m.name != "" {
			return m.name
		}
	}
	return ""
}

// byCurrency reports a rule whose line says of which currency it is.
func (t *totalRule) byCurrency() bool {
	return slices.ContainsFunc(t.groups, func(m measure) bool { return m.what == "currency" })
}

func (rd *reader) cutOff(name string) {
	rd.pending = append(rd.pending, &TotalsError{Source: rd.place(), Name: name, Unread: rd.bad, Err: ErrTruncated})
}

// proveCurrencies checks that a total for each currency leaves none out; a file without
// rows has none.
func (rd *reader) proveCurrencies(rule int) {
	done := map[string]bool{}
	for _, s := range rd.stated {
		done[s.currency] = done[s.currency] || s.rule == rule
	}
	for _, s := range rd.sums {
		if code := s.currency.Code(); !done[code] {
			done[code] = true
			rd.cutOff(code)
		}
	}
}

// proveZero checks a measure that must come to nothing, such as the nets of a payout and
// of all that it pays out.
func (rd *reader) proveZero(t *totalRule) {
	if t.zeroIf != Unknown && !slices.ContainsFunc(rd.sums, func(s sums) bool { return s.kind == t.zeroIf }) {
		return
	}
	done := map[money.Currency]bool{}
	for _, s := range rd.sums {
		if done[s.currency] {
			continue
		}
		done[s.currency] = true
		if got, ok := rd.total(t, t.zero, s.currency); !ok || got != 0 {
			e := &TotalsError{Source: rd.place(), Name: t.zero.name, Currency: s.currency, Got: got, Unread: rd.bad, Err: ErrTotals}
			rd.pending = append(rd.pending, e)
		}
	}
}

// compare gives what the rows come to and what the file states.
func (rd *reader) compare(s *stated) (got, want int64, ok bool) {
	if s.is.what == "sha256" {
		return 0, 0, strings.EqualFold(s.digest, s.text)
	}
	t := &rd.f.totals[s.rule]
	c, one := rd.totalCurrency(s)
	rule := t.amount
	switch s.is.what {
	case "count":
		rule = amountRule{decimals: minorUnits}
	case "sum":
		rule.grouping, rule.symbol = rd.f.columns[s.is.column].amount.grouping, rd.f.columns[s.is.column].amount.symbol
	}
	want, err := rule.parse([]byte(s.text), c.Exponent())
	if err != nil || !one && s.is.what != "count" {
		return 0, 0, false
	}
	got, ok = rd.total(t, &s.is, c)
	return got, want, ok && got == want
}

// totalCurrency is the currency that a total is of: that of its line, or the only one of
// the file. One is false where the rows have several and the total does not say which.
func (rd *reader) totalCurrency(s *stated) (c money.Currency, one bool) {
	if s.currency != "" {
		c, err := money.CurrencyByCode(s.currency)
		return c, err == nil
	}
	c = rd.home()
	for i := range rd.sums {
		if i > 0 && rd.sums[i].currency != rd.sums[0].currency {
			return c, false
		}
		c = rd.sums[0].currency
	}
	return c, true
}

// total is a measure over the rows of a currency, and of the types that a rule counts.
// Counts without a currency on their line count all.
func (rd *reader) total(t *totalRule, m *measure, c money.Currency) (int64, bool) {
	byCurrency := m.what != "count" || t.byCurrency()
	sum, fits := int64(0), true
	for i := range rd.sums {
		s := &rd.sums[i]
		if t.of&(1<<s.kind) == 0 || byCurrency && s.currency != c {
			continue
		}
		var ok bool
		sum, ok = add(sum, s.of(m))
		fits = fits && ok
	}
	return sum, fits
}

func (s *sums) of(m *measure) int64 {
	switch m.what {
	case "count":
		return s.count
	case "gross":
		return s.gross
	case "fee":
		return s.fee
	case "net":
		return s.net
	case "sum":
		return s.columns[m.sum]
	}
	return 0
}

func (rd *reader) disagree(s *stated, got, want int64) {
	e := &TotalsError{Source: s.place, Name: s.is.name, Got: got, Want: want, Unread: rd.bad, Err: ErrTotals, Digest: s.is.what == "sha256"}
	if s.is.what != "count" {
		e.Currency, _ = rd.totalCurrency(s)
	}
	rd.pending = append(rd.pending, e)
}

// proved are the totals that were found right.
func (rd *reader) proved() []Total {
	var list []Total
	for i := range rd.stated {
		s := &rd.stated[i]
		_, want, ok := rd.compare(s)
		if !ok || s.is.what == "sha256" {
			continue
		}
		t := Total{Name: s.is.name, Line: s.place.Line, Value: want}
		if s.is.what != "count" {
			c, _ := rd.totalCurrency(s)
			t.Currency = c.Code()
		}
		list = append(list, t)
	}
	return list
}

func sortSums(list []Sum) {
	slices.SortFunc(list, func(a, b Sum) int {
		return cmp.Or(strings.Compare(a.Currency, b.Currency), cmp.Compare(a.Type, b.Type))
	})
}
