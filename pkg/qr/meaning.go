package qr

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// name is what the i-th object is called.
func (c *code) name(t tongue, i int) string {
	if c == nil {
		return ""
	}
	s := &c.spans[i]
	id := twoDigits(int(s.id))
	if s.depth == 0 {
		return t.word("name." + rootName(s.id))
	}
	path := strings.Split(c.path(i), ".")
	switch top := c.topOf(i); {
	case top == 62 && s.depth == 1 && s.id >= 50:
		return t.word("name.62.sys")
	case (top == 62 || top == 64) && s.depth == 1:
		return t.wordOr("name."+path[0]+"."+id, t.word("name."+path[0]+".xx"))
	case top >= 26 && top <= 51:
		return t.wordOr(c.schemeKey("name.", i), t.wordOr("name.acc."+id, t.word("name.acc.xx")))
	}
	return t.wordOr("name.any."+id, t.word("name.any.xx"))
}

// rootName is the key of an object at the root.
func rootName(id uint8) string {
	switch {
	case id >= 17 && id <= 25:
		return "net"
	case id >= 26 && id <= 51:
		return "acc"
	case id >= 65 && id <= 79:
		return "res"
	case id >= 80:
		return "any"
	}
	return twoDigits(int(id))
}

// schemeKey is the key of what a scheme says about an object of its account template.
func (c *code) schemeKey(prefix string, i int) string {
	top := i
	for c.spans[top].depth > 0 {
		top = int(c.spans[top].parent)
	}
	guid := c.child(top, 0)
	if guid < 0 {
		return ""
	}
	_, inside, _ := strings.Cut(c.path(i), ".")
	return prefix + schemeOf(c.value(guid)) + "." + inside
}

// topOf is the ID at the root that the i-th object stands under.
func (c *code) topOf(i int) uint8 {
	for c.spans[i].parent >= 0 {
		i = int(c.spans[i].parent)
	}
	return c.spans[i].id
}

// meaning is what the value of the i-th object says beyond itself.
func (c *code) meaning(t tongue, i int) string {
	if c == nil || c.spans[i].template {
		return ""
	}
	s, value := &c.spans[i], c.value(i)
	top := c.topOf(i)
	switch {
	case s.depth == 0:
		return c.rootMeaning(t, i, value)
	case c.isGUID(i):
		return t.word("scheme." + schemeOf(value))
	case top >= 26 && top <= 51:
		return t.word(c.schemeKey("mean.", i) + "." + value)
	case top == 62 && s.depth == 1 && s.id == 9:
		return t.asked(value)
	case top == 62 && value == "***":
		return t.word("mean.ask")
	case top == 64 && s.id == 0:
		return t.word("mean.64." + strings.ToUpper(value))
	}
	return ""
}

func (c *code) rootMeaning(t tongue, i int, value string) string {
	switch id := c.spans[i].id; id {
	case 53:
		return currencyOf(value)
	case 54:
		return c.amountMeaning(i, c.amount, c.asks)
	case 56:
		return c.amountMeaning(i, c.tip.Fixed, c.tip.Kind == FixedFee && !c.tip.Fixed.Currency().IsZero())
	case 57:
		return percentMeaning(value)
	case 63:
		return c.crcMeaning(t, value)
	case 1, 52, 55, 58:
		return t.word("mean." + twoDigits(int(id)) + "." + value)
	}
	return ""
}

func currencyOf(value string) string {
	if len(value) != 3 {
		return ""
	}
	currency, err := money.CurrencyByNumber(value)
	if err != nil {
		return ""
	}
	return currency.Code()
}

// amountMeaning is an amount with its currency. Only the first object of an ID is read.
func (c *code) amountMeaning(i int, amount money.Amount, readable bool) string {
	if !readable || c.first(c.spans[i].id) != i {
		return ""
	}
	return amount.String()
}

// percentMeaning is object 57 with all its decimals.
func percentMeaning(value string) string {
	hundredths, ok := ParsePercent(value)
	if !ok {
		return ""
	}
	return percentText(hundredths) + " %"
}

// percentText is hundredths of a percent as object 57 holds them: "0.70".
func percentText(hundredths int) string {
	return strconv.Itoa(hundredths/100) + "." + twoDigits(hundredths%100)
}

// crcMeaning says whether the check value fits, where it could be computed.
func (c *code) crcMeaning(t tongue, value string) string {
	if !c.rooted {
		return ""
	}
	if got, ok := parseHex(value); ok && got == c.crc {
		return t.word("mean.crc.ok")
	}
	return strings.ReplaceAll(t.word("mean.crc.bad"), "%[2]s", hexDigits(c.crc))
}

// asked is the letters of 62.09 in words.
func (t tongue) asked(letters string) string {
	var words []string
	for _, letter := range letters {
		if w := t.word("mean.62.09." + string(letter)); w != "" {
			words = append(words, w)
		}
	}
	if t == chinese {
		return strings.Join(words, "、")
	}
	return strings.Join(words, ", ")
}
