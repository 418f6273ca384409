package settle

import (
	"bytes"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// textMax is the longest text of a reference, in bytes.
const textMax = 512

// fill reads the current row into a record. A row that moves no money is none.
func (rd *reader) fill(rec *Record) (is bool, err error) {
	if err := rd.measureRow(); err != nil {
		return false, err
	}
	*rec = Record{Source: rd.place(), Currency: rd.home()}
	if err := rd.fillTexts(rec); err != nil {
		return false, err
	}
	if err := rd.fillType(rec); err != nil || rd.typ != nil && rd.typ.skip {
		return false, err
	}
	if err := rd.fillTime(rec); err != nil {
		return false, err
	}
	if err := rd.readAmounts(rec); err != nil {
		return false, err
	}
	if err := rd.fillAmounts(rec); err != nil {
		return false, err
	}
	if err := rd.count(rec); err != nil {
		return false, err
	}
	rd.records++
	return true, nil
}

func (rd *reader) home() money.Currency {
	if !rd.opt.Currency.IsZero() {
		return rd.opt.Currency
	}
	return rd.f.home
}

// measureRow checks that the row has the cells or bytes that it must have.
func (rd *reader) measureRow() error {
	if rd.f.spec.Kind == "fixed" {
		return rd.measureFixed()
	}
	if got := len(rd.row.cells); rd.width > 0 && got != rd.width {
		return rd.bad1(-1, ErrColumns, textf("got %d, want %d", "得到%d个,应为%d个", got, rd.width))
	}
	return nil
}

// measureFixed checks the length of a row, of which the filler may have been cut off, and
// the blanks between its fields: where there is none the fields have slipped.
func (rd *reader) measureFixed() error {
	got, want := len(rd.row.raw), rd.f.width
	if most := want + rd.f.spec.Filler; got < want || got > most {
		return rd.bad1(-1, ErrWidth, textf("got %d bytes, want %d to %d", "得到%d字节,应为%d到%d字节", got, want, most))
	}
	if !rd.f.spec.Gap {
		return nil
	}
	for i := range rd.f.columns[:len(rd.f.columns)-1] {
		if c := rd.row.raw[rd.f.columns[i].to]; c != ' ' {
			return rd.bad1(i, ErrGap, textf("after byte %d", "在第%d字节之后", rd.f.columns[i].to))
		}
	}
	return nil
}

// fillTexts reads references, card and currencies.
func (rd *reader) fillTexts(rec *Record) error {
	for _, i := range rd.f.plan.texts {
		b := rd.value(i)
		if len(b) == 0 {
			if rd.f.columns[i].required {
				return rd.bad1(i, ErrMissing, Text{})
			}
			continue
		}
		if err := rd.fillText(rec, i, b); err != nil {
			return err
		}
	}
	return nil
}

func (rd *reader) fillText(rec *Record, i int, b []byte) error {
	role := rd.f.columns[i].role
	var err error
	switch {
	case role == roleCurrency:
		rec.Currency, err = rd.currency(b)
	case role == roleSettled:
		rec.Settled, err = rd.currency(b)
	case role.isText():
		var s string
		if s, err = rd.string(b); err == nil {
			rd.keep(role, role.field(rec), s)
		}
	}
	if err != nil {
		return rd.bad1(i, err, Text{})
	}
	return nil
}

// keep stores a text; the first of two columns counts, and a card number is masked.
func (rd *reader) keep(role role, field *string, s string) {
	switch {
	case *field != "":
	case role == roleCard:
		*field = maskCard(s)
	case role == roleLastFour:
		*field = "****" + s[max(0, len(s)-4):]
	default:
		*field = s
	}
}

// maskCard masks a card number; one that is masked already stays the same string.
func maskCard(s string) string {
	if len(s) < 13 {
		return card.Mask(s)
	}
	for i := range len(s) {
		inside := i >= 6 && i < len(s)-4
		if c := s[i]; c <= ' ' || c > '~' || inside && c != '*' {
			return card.Mask(s)
		}
	}
	return s
}

// string is a text of the record. Where it lies in the row as it is, it is a part of one
// string made of the whole row.
func (rd *reader) string(b []byte) (string, error) {
	if len(b) > textMax {
		return "", ErrLong
	}
	if b[0] < '0' && isFormula(b) {
		return "", ErrFormula
	}
	if b[0] == '=' || b[0] == '@' {
		inner, ok := asText(b)
		if !ok {
			return "", ErrFormula
		}
		return rd.f.text.decode(inner)
	}
	if !isASCII(b) {
		return rd.f.text.decode(b)
	}
	at := cap(rd.row.raw) - cap(b) // b is a part of raw unless quotes were taken out of it
	if at < 0 || at+len(b) > len(rd.row.raw) || &rd.row.raw[at] != &b[0] {
		return string(b), nil
	}
	if rd.text == "" {
		rd.text = rd.keepRow()
	}
	return rd.text[at : at+len(b)], nil
}

// textBlock is how many bytes of rows share one allocation. A record keeps the block alive
// that its texts lie in, so it is not larger.
const textBlock = 4 << 10

// keepRow is the text of the current row, behind others in a block.
func (rd *reader) keepRow() string {
	if rd.block.Cap()-rd.block.Len() < len(rd.row.raw) {
		rd.block = new(strings.Builder)
		rd.block.Grow(max(textBlock, len(rd.row.raw)))
	}
	at := rd.block.Len()
	rd.block.Write(rd.row.raw)
	return rd.block.String()[at:]
}

// isFormula reports a text that a spreadsheet would run: it begins with plus, or with
// minus and then something that is neither a digit nor another minus.
func isFormula(b []byte) bool {
	switch b[0] {
	case '+':
		return len(b) > 1
	case '-':
		return len(b) > 1 && b[1] != '-' && (b[1] < '0' || b[1] > '9' || !isDigits(b[1:]))
	}
	return false
}

// asText takes a text out of ="00123", which is how spreadsheets are told that figures
// are a text.
func asText(b []byte) ([]byte, bool) {
	if len(b) < 3 || !bytes.HasPrefix(b, []byte(`="`)) || b[len(b)-1] != '"' {
		return nil, false
	}
	inner := b[2 : len(b)-1]
	return inner, bytes.IndexByte(inner, '"') < 0
}

// currency reads letters or numbers of ISO 4217.
func (rd *reader) currency(b []byte) (money.Currency, error) {
	if string(b) == string(rd.word[:rd.wordLen]) && !rd.wordIs.IsZero() {
		return rd.wordIs, nil
	}
	if len(b) > 3 {
		return money.Currency{}, ErrCurrency
	}
	c, err := money.CurrencyByCode(string(b))
	if isDigits(b) {
		c, err = money.CurrencyByNumber(string(b))
	}
	if err != nil {
		return money.Currency{}, ErrCurrency
	}
	rd.wordLen, rd.wordIs = copy(rd.word[:], b), c
	return c, nil
}

// fillType takes the first rule that fits.
func (rd *reader) fillType(rec *Record) error {
	rd.typ = nil
	if len(rd.f.types) == 0 {
		rec.Type = Sale
		return nil
	}
	for i := range rd.f.types {
		if t := &rd.f.types[i]; rd.fits(t) {
			rd.typ, rec.Type = t, t.kind
			if t.kind == Sale { // bills fill these of sales with zeros or with the sale itself
				rec.Refund, rec.Original = "", ""
			}
			return nil
		}
	}
	col, detail := -1, Text{}
	if conds := rd.f.types[0].conds; len(conds) > 0 {
		col = conds[0].column
		if s, err := rd.f.text.decode(rd.value(col)); err == nil {
			detail = textf("got %s", "得到%s", quote(s))
		}
	}
	return rd.bad1(col, ErrType, detail)
}

func (rd *reader) fits(t *typeRule) bool {
	for i := range t.conds {
		c := &t.conds[i]
		v := rd.value(c.column)
		if c.any && len(v) == 0 || !c.any && !isOneOf(v, c.values) {
			return false
		}
	}
	return true
}

// fillTime reads the time: the first column that is not empty, or date and clock.
func (rd *reader) fillTime(rec *Record) error {
	zone, err := rd.zone()
	if err != nil {
		return err
	}
	for _, i := range rd.f.plan.times {
		col := &rd.f.columns[i]
		b := rd.value(i)
		if col.role == roleDate {
			b = rd.withClock(b)
		}
		if len(b) == 0 {
			continue
		}
		t, ok := rd.time(col, b, zone)
		if !ok {
			s, _ := rd.f.text.decode(b)
			return rd.bad1(i, ErrDate, textf("got %s, want the form %s", "得到%s,应为%s的形式", quoteDate(s), quoteDate(col.layouts[0].text)))
		}
		rec.Time = t
		return nil
	}
	return nil
}

// quoteDate shows a date, which has more digits than quote lets through: up to the 14 of a
// second, unless they could be a card number.
func quoteDate(s string) string {
	digits := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			digits++
		}
	}
	if len(s) > 30 || digits > 14 || card.IsNumber(s) {
		return quote(s)
	}
	return `"` + s + `"`
}

func (rd *reader) withClock(date []byte) []byte {
	for _, i := range rd.f.plan.clocks {
		if clock := rd.value(i); len(clock) > 0 {
			return append(append(append(make([]byte, 0, 32), date...), ' '), clock...)
		}
	}
	return date
}

// zone is the zone of the row.
func (rd *reader) zone() (*time.Location, error) {
	for _, i := range rd.f.plan.zones {
		b := rd.value(i)
		if len(b) == 0 {
			continue
		}
		name := string(b)
		if z, ok := rd.f.zones[name]; ok {
			return z, nil
		}
		if z, ok := rd.zones[name]; ok {
			return z, nil
		}
		z, ok := parseZone(name)
		if !ok || len(rd.zones) > 1000 {
			return nil, rd.bad1(i, ErrDate, textf("no zone %s", "没有时区%s", quote(name)))
		}
		rd.zones[name] = z
		return z, nil
	}
	return rd.f.zone, nil
}

func (rd *reader) time(col *column, b []byte, zone *time.Location) (time.Time, bool) {
	if len(b) > 64 {
		return time.Time{}, false
	}
	if !isASCII(b) { // full-width colons
		s, _ := rd.f.text.decode(b)
		b = []byte(strings.ReplaceAll(s, "\uFF1A", ":"))
	}
	for i := range col.layouts {
		t, ok := col.layouts[i].parse(b, zone)
		if !ok {
			continue
		}
		if !col.layouts[i].yearly {
			return rd.withYear(col, t)
		}
		return t, true
	}
	return time.Time{}, false
}

// withYear gives a date its year, by the column that has it or by about when the file is
// of.
func (rd *reader) withYear(col *column, t time.Time) (time.Time, bool) {
	day := rd.opt.Day
	if col.yearFrom >= 0 {
		if v := rd.value(col.yearFrom); len(v) >= 8 {
			l := newLayout("20060102")
			if d, ok := l.parse(v[:8], t.Location()); ok {
				day = d
			}
		}
	}
	if day.IsZero() {
		return time.Time{}, false
	}
	t = nearYear(t, day)
	return t, !t.IsZero()
}
