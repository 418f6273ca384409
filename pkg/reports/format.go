package reports

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/tillworks/till/pkg/money"
)

// Show is a cell as people read it: thousands apart by commas, a percentage with its
// sign, "-" where there is no value. A currency is not shown: the section says it.
func (t *Table) Show(column int, s *Section, c *Cell, lang string) string {
	kind := t.KindOf(column, c)
	switch {
	case c.None:
		return "-"
	case !kind.IsNumber():
		return t.Plain(column, s, c, lang)
	}
	shown := thousands(t.Plain(column, s, c, lang))
	if t.Columns[column].Signed && c.Value > 0 {
		shown = "+" + shown
	}
	if kind == Percent {
		shown += "%"
	}
	return shown
}

// Plain is a cell as programs read it: a number with a point and without any sign but
// minus, nothing where there is no value. Text is in the language, without control
// characters.
func (t *Table) Plain(column int, s *Section, c *Cell, lang string) string {
	kind := t.KindOf(column, c)
	switch {
	case c.None:
		return ""
	case kind == Words:
		return Clean(c.Text.In(lang))
	case kind == Code:
		return Clean(c.Key)
	case kind == Money:
		return money.New(c.Value, t.CurrencyOf(column, s)).Decimal()
	case kind == Thousandths:
		return trimZeros(decimal(c.Value, 3))
	}
	return decimal(c.Value, t.Decimals(column, s, c))
}

// Decimals is the number of decimals of a cell's number: those of the currency, three of
// a quantity (of which Show leaves out the last zeros), one of a percentage.
func (t *Table) Decimals(column int, s *Section, c *Cell) int {
	switch t.KindOf(column, c) {
	case Money:
		return t.CurrencyOf(column, s).Exponent()
	case Thousandths:
		return 3
	case Percent:
		return 1
	}
	return 0
}

// Clean is a stranger's text on one line: a control character is a space, what is not
// UTF-8 is U+FFFD, and invisible characters that reorder text are gone.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// Defuse puts an apostrophe before text that a spreadsheet would take for a formula:
// that which begins with = + - @, a tab or a line break, or the wide forms of the signs.
func Defuse(s string) string {
	if s != "" && strings.ContainsAny(firstRune(s), "=+-@\t\r\n＝＋－＠") {
		return "'" + s
	}
	return s
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// decimal writes n with so many decimals, as money does.
func decimal(n int64, places int) string {
	s := strconv.FormatInt(n, 10)
	if places == 0 {
		return s
	}
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	s = strings.Repeat("0", max(0, places+1-len(s))) + s
	return sign + s[:len(s)-places] + "." + s[len(s)-places:]
}

func trimZeros(s string) string { return strings.TrimRight(strings.TrimRight(s, "0"), ".") }

// thousands puts commas into the whole part of a number.
func thousands(s string) string {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if len(whole) <= 3 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:len(s)-len(digits)])
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if point {
		b.WriteByte('.')
	}
	b.WriteString(frac)
	return b.String()
}

// Heading is a column's title, with the currency where it is not the section's.
func (c *Column) Heading() Text {
	if c.Currency.IsZero() {
		return c.Title
	}
	return textf("%s (%s)", "%s（%s）", c.Title, c.Currency.Code())
}

// Heading is what stands under a table's title: its period and what it is compared with.
func (t *Table) Heading() Text {
	switch {
	case t.Period == (Period{}):
		return Text{}
	case t.Compare == (Period{}):
		return Same(t.Period.String())
	}
	return textf("%s, compared with %s", "%s，对比 %s", t.Period, t.Compare)
}

// EmptyText is what writers say of a table without rows.
func (t *Table) EmptyText() Text {
	if t.Period == (Period{}) {
		return Text{"Nothing to report.", "没有数据。"}
	}
	return Text{"Nothing in this period.", "该期间没有数据。"}
}

// Heading is what stands above a section's rows: its title and its currency, or nothing.
func (s *Section) Heading() Text {
	code := s.Currency.Code()
	switch {
	case s.Title.IsZero():
		return Same(code)
	case code == "":
		return s.Title
	}
	return textf("%s, %s", "%s，%s", s.Title, code)
}

// AllRows are the rows and, unless totals are left out, the total. A subtotal counts as
// a total.
func (s *Section) AllRows(o Options) []Row {
	rows := make([]Row, 0, len(s.Rows)+1)
	for _, r := range s.Rows {
		if r.Kind != Sum || !o.NoTotals {
			rows = append(rows, r)
		}
	}
	if s.Total != nil && !o.NoTotals {
		rows = append(rows, *s.Total)
	}
	return rows
}
