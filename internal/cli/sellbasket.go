package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// basketLimit is more than any basket takes.
const basketLimit = 1 << 20

// basketOfFile reads the basket that --from names.
func (o *sellOptions) basketOfFile(ctx context.Context, env *Env) (*till.Basket, error) {
	cfg, err := env.Config()
	if err != nil {
		return nil, err
	}
	raw, err := readInput(ctx, env, o.from, basketLimit)
	if err != nil {
		return nil, err
	}
	return readBasket(o.from, raw, cfg.Shop.Currency)
}

// readBasket reads a basket file. It is strict, since a field that is misspelt and
// skipped would be a discount that the shopper does not get: every field is known, is
// given once and is of its kind, and an error says where. Amounts are decimals of the
// shop's currency, or {"minor", "currency"} as till prints them.
func readBasket(name string, raw []byte, c money.Currency) (*till.Basket, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff")) // as editors of Windows begin a file
	r := &basketReader{name: name, raw: raw, dec: json.NewDecoder(bytes.NewReader(raw)), currency: c}
	r.dec.UseNumber()
	if name == "-" {
		r.name = "stdin"
	}
	if !utf8.Valid(raw) {
		return nil, r.fail("", i18n.T("the file is not UTF-8", "文件不是 UTF-8 编码").With())
	}
	b := &till.Basket{}
	if err := r.basket(b); err != nil {
		return nil, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, r.fail("", i18n.T("something stands behind the basket", "购物篮之后还有多余内容").With())
	}
	return b, nil
}

// basketReader reads JSON by its tokens, so that it knows at each where it is.
type basketReader struct {
	name     string
	raw      []byte
	dec      *json.Decoder
	currency money.Currency
}

// basketField is a field that an object may have.
type basketField struct {
	name string
	read func(path string) error
}

func (r *basketReader) basket(b *till.Basket) error {
	return r.object("", []basketField{
		{"entries", func(path string) error {
			return r.array(path, func(path string) error {
				b.Entries = append(b.Entries, till.BasketEntry{})
				return r.entry(path, &b.Entries[len(b.Entries)-1])
			})
		}},
		{"discount", func(path string) error { return r.discount(path, &b.Discount) }},
		{"member", func(path string) error { return readPlain(r, path, &b.Member) }},
		{"redeem", func(path string) error { return r.count(path, &b.Redeem) }},
		{"coupons", func(path string) error {
			return r.array(path, func(path string) error {
				b.Coupons = append(b.Coupons, "")
				return readPlain(r, path, &b.Coupons[len(b.Coupons)-1])
			})
		}},
	})
}

func (r *basketReader) entry(path string, e *till.BasketEntry) error {
	return r.object(path, []basketField{
		{"code", func(path string) error { return readText(r, path, &e.Code) }},
		{"name", func(path string) error { return readPlain(r, path, &e.Name) }},
		{"category", func(path string) error { return readPlain(r, path, &e.Category) }},
		{"tax_class", func(path string) error { return readPlain(r, path, &e.TaxClass) }},
		{"quantity", func(path string) error { return r.quantity(path, &e.Quantity) }},
		{"price", func(path string) error {
			e.Price = new(money.Amount)
			return r.amount(path, e.Price)
		}},
		{"discount", func(path string) error { return r.discount(path, &e.Discount) }},
	})
}

func (r *basketReader) discount(path string, into **till.Discount) error {
	d := &till.Discount{}
	*into = d
	return r.object(path, []basketField{
		{"percent", func(path string) error {
			return r.number(path, i18n.T("a percentage such as \"10%\"", "百分比，如 \"10%\""), func(s string) (err error) {
				d.Percent, err = till.ParseRate(s)
				return err
			})
		}},
		{"amount", func(path string) error { return r.amount(path, &d.Amount) }},
		{"reason", func(path string) error { return readPlain(r, path, &d.Reason) }},
	})
}

// object reads {…} with the fields that it may have, each at most once.
func (r *basketReader) object(path string, fields []basketField) error {
	if err := r.open(path, '{', i18n.T("an object, {…}", "对象 {…}")); err != nil {
		return err
	}
	seen := map[string]bool{}
	for r.dec.More() {
		key, err := r.token(path)
		if err != nil {
			return err
		}
		name, _ := key.(string)
		at := joinPath(path, name)
		i := slices.IndexFunc(fields, func(f basketField) bool { return f.name == name })
		switch {
		case i < 0:
			return r.fail(shownPath(path, name), i18n.T("there is no such field, want one of: %s", "没有此字段，可用字段：%s").With(fieldNames(fields)))
		case seen[name]:
			return r.fail(at, i18n.T("it is given twice", "重复出现").With())
		}
		seen[name] = true
		if err := fields[i].read(at); err != nil {
			return err
		}
	}
	_, err := r.token(path)
	return err
}

// array reads […], each element by its place.
func (r *basketReader) array(path string, each func(path string) error) error {
	if err := r.open(path, '[', i18n.T("a list, […]", "列表 […]")); err != nil {
		return err
	}
	for i := 0; r.dec.More(); i++ {
		if err := each(fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	_, err := r.token(path)
	return err
}

func (r *basketReader) open(path string, want json.Delim, words i18n.Text) error {
	token, err := r.token(path)
	if err != nil {
		return err
	}
	if token != want {
		return r.unwanted(path, token, words)
	}
	return nil
}

// readPlain reads a text that is kept as it stands: of one line, of a length that fits
// books and receipts, and no card number, which no file may hold.
func readPlain[T ~string](r *basketReader, path string, into *T) error {
	const most = 120
	if err := readText(r, path, into); err != nil {
		return err
	}
	s := string(*into)
	switch n := utf8.RuneCountInString(s); {
	case isCardNumber(s):
		return r.fail(path, i18n.T("it is a card number; a card is read when the sale is paid", "为卡号；付款时才读卡").With())
	case n > most:
		return r.fail(path, i18n.T("%d characters, want %d at most", "共 %d 个字符，最多 %d 个").With(n, most))
	case strings.ContainsFunc(s, unicode.IsControl):
		return r.fail(path, i18n.T("it holds characters that cannot be printed", "含有不可打印的字符").With())
	}
	return nil
}

// readText reads a text into a string of any name.
func readText[T ~string](r *basketReader, path string, into *T) error {
	token, err := r.token(path)
	if err != nil {
		return err
	}
	s, ok := token.(string)
	if !ok {
		return r.unwanted(path, token, i18n.T("a text in quotes", "带引号的文本"))
	}
	*into = T(s)
	return nil
}

func (r *basketReader) quantity(path string, into *till.Quantity) error {
	return r.number(path, i18n.T("a quantity such as 2 or 0.375, more than nothing", "大于零的数量，如 2 或 0.375"), func(s string) error {
		q, err := till.ParseQuantity(s)
		if err == nil && q <= 0 {
			err = till.ErrQuantity
		}
		*into = q
		return err
	})
}

func (r *basketReader) count(path string, into *int64) error {
	return r.number(path, i18n.T("a whole number of points", "整数积分"), func(s string) error {
		n, err := strconv.ParseUint(s, 10, 62)
		*into = int64(n)
		return err
	})
}

// number reads a JSON number as it is written, or a text, by a parser of its own.
func (r *basketReader) number(path string, words i18n.Text, parse func(string) error) error {
	token, err := r.token(path)
	if err != nil {
		return err
	}
	text, ok := numberOrText(token)
	if !ok || parse(text) != nil {
		return r.unwanted(path, token, words)
	}
	return nil
}

func numberOrText(token json.Token) (string, bool) {
	switch v := token.(type) {
	case json.Number:
		return v.String(), true
	case string:
		return v, true
	}
	return "", false
}

// amount reads a decimal of the shop's currency, or minor units with their currency.
func (r *basketReader) amount(path string, into *money.Amount) error {
	words := i18n.Join(i18n.T("a positive amount such as 12.50 in ", "正数金额，如 12.50，币种 "), i18n.Same(r.currency.Code()))
	token, err := r.token(path)
	if err != nil {
		return err
	}
	if token == json.Delim('{') {
		return r.minorAmount(path, into)
	}
	text, _ := numberOrText(token)
	if *into, err = money.Parse(text, r.currency); err != nil || into.Minor() < 0 {
		return r.unwanted(path, token, words)
	}
	return nil
}

// minorAmount reads the rest of {"minor": 1250, "currency": "CNY"}.
func (r *basketReader) minorAmount(path string, into *money.Amount) error {
	var minor int64
	code := r.currency.Code()
	for r.dec.More() {
		key, err := r.token(path)
		if err != nil {
			return err
		}
		switch at := joinPath(path, fmt.Sprint(key)); key {
		case "minor":
			err = r.count(at, &minor)
		case "currency":
			err = readText(r, at, &code)
		default:
			err = r.fail(shownPath(path, fmt.Sprint(key)), i18n.T("there is no such field, want one of: %s", "没有此字段，可用字段：%s").With("minor, currency"))
		}
		if err != nil {
			return err
		}
	}
	if _, err := r.token(path); err != nil {
		return err
	}
	c, err := money.CurrencyByCode(code)
	if err != nil {
		return r.fail(joinPath(path, "currency"), i18n.T("there is no currency %q", "没有货币 %q").With(shortText(code)))
	}
	*into = money.New(minor, c)
	return nil
}

// token is the next token; text that is no JSON is a problem with its place.
func (r *basketReader) token(path string) (json.Token, error) {
	token, err := r.dec.Token()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, r.fail(path, i18n.T("the file ends in the middle", "文件不完整").With())
	case err != nil:
		return nil, r.fail(path, i18n.T("this is not JSON", "不是有效的 JSON").With())
	}
	return token, nil
}

func (r *basketReader) unwanted(path string, got json.Token, want i18n.Text) error {
	return r.fail(path, i18n.T("%s, want %s", "%s，应为%s").With(tokenText(got), want))
}

// tokenText is what stands there, short, and never a number as long as a card's.
func tokenText(token json.Token) any {
	switch v := token.(type) {
	case json.Delim:
		return v.String()
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return strconv.Quote(shortText(v))
	case json.Number:
		return shortText(v.String())
	}
	return i18n.T("something else", "其他内容")
}

func shortText(s string) string {
	const most = 24
	if card.IsNumber(s) {
		return "…"
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (r *basketReader) fail(path string, what i18n.Message) error {
	place := r.place()
	if path != "" {
		place += " " + path
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("%s: %s", "%s：%s").With(place, what),
		Hint: i18n.T(`a basket is {"entries": [{"code": "latte", "quantity": 2}]}; till sell --help shows more. Nothing was sold`, `购物篮格式为 {"entries": [{"code": "latte", "quantity": 2}]}；详见 till sell --help。尚未销售任何商品`).With(),
	}
}

// place is the file with the line and column up to which it was read.
func (r *basketReader) place() string {
	before := r.raw[:min(int(r.dec.InputOffset()), len(r.raw))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("%s:%d:%d", r.name, line, max(column, 1))
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// shownPath is a path with a name that came from the file.
func shownPath(path, name string) string { return joinPath(path, strconv.Quote(shortText(name))) }

func fieldNames(fields []basketField) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}
