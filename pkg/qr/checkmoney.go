package qr

import (
	"errors"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// checkMoney reads currency, amount, tip and fees, exactly or not at all.
func (c checker) checkMoney() {
	c.readCurrency()
	if amount, ok := c.readAmount(54); ok {
		c.amount, c.asks = amount, true
		if amount.IsZero() {
			c.add(Scheme, ZeroAmount, c.first(54), 0, 0)
		}
	}
	c.readTip()
}

func (c checker) readCurrency() {
	i := c.first(53)
	if i < 0 || len(c.value(i)) != 3 || !allDigits(c.value(i)) {
		return
	}
	currency, err := money.CurrencyByNumber(c.value(i))
	if err != nil {
		c.add(Scheme, UnknownCurrency, i, 0, 0)
	}
	c.currency = currency
}

// readAmount reads an object that is an amount: digits with at most one point between
// them (EMVCo MPM v1.1, 4.6). Decimals beyond the currency's are taken where they are
// zero, since the sum is exact all the same.
func (c checker) readAmount(id uint8) (money.Amount, bool) {
	i := c.first(id)
	if i < 0 {
		return money.Amount{}, false
	}
	text := c.value(i)
	whole, fraction, _ := strings.Cut(text, ".")
	if !isDecimal(text) {
		c.add(Fatal, BadAmount, i, 0, 0)
		return money.Amount{}, false
	}
	if c.currency.IsZero() {
		c.add(Fatal, NoCurrency, i, 0, 0)
		return money.Amount{}, false
	}
	if most := c.currency.Exponent(); len(fraction) > most {
		if strings.Trim(fraction[most:], "0") != "" {
			c.add(Fatal, TooManyDecimals, i, most, len(fraction))
			return money.Amount{}, false
		}
		c.add(Scheme, NeedlessDecimals, i, most, len(fraction))
		text = strings.TrimSuffix(whole+"."+fraction[:most], ".")
	}
	amount, err := money.Parse(text, c.currency)
	if err != nil {
		c.add(Fatal, amountFault(err), i, 0, 0)
	}
	return amount, err == nil
}

func amountFault(err error) Fault {
	if errors.Is(err, money.ErrOverflow) {
		return HugeAmount
	}
	return BadAmount
}

// isDecimal reports digits with at most one point between them.
func isDecimal(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	return allDigits(whole) && (!point || allDigits(fraction))
}

// readTip reads what comes on top of the amount and holds the three objects against one
// another (EMVCo MPM v1.1, 4.6): 56 belongs to "02" and 57 to "03".
func (c checker) readTip() {
	i := c.first(55)
	if i >= 0 {
		switch c.value(i) {
		case "01":
			c.tip.Kind = AskTip
		case "02":
			c.tip.Kind = FixedFee
		case "03":
			c.tip.Kind = PercentFee
		default:
			c.add(Scheme, BadTip, i, 0, 0)
		}
	}
	fixed, hasFixed := c.readAmount(56)
	percent, hasPercent := c.readPercent()
	if c.tip.Kind == FixedFee {
		c.tip.Fixed = fixed
	}
	if c.tip.Kind == PercentFee {
		c.tip.Percent = percent
	}
	c.checkFee(FixedFee, 56, hasFixed)
	c.checkFee(PercentFee, 57, hasPercent)
}

// checkFee holds a fee against the kind of fee that 55 announces.
func (c checker) checkFee(kind TipKind, id uint8, readable bool) {
	i := c.first(id)
	switch {
	case c.tip.Kind == kind && i < 0 && c.rooted:
		c.add(Scheme, NoFee, c.first(55), int(id), 0)
	case c.tip.Kind != kind && i >= 0 && readable:
		c.add(Warning, StrayFee, i, 0, 0)
	}
}

// readPercent reads object 57 in hundredths of a percent.
func (c checker) readPercent() (hundredths int, ok bool) {
	i := c.first(57)
	if i < 0 {
		return 0, false
	}
	hundredths, ok = ParsePercent(c.value(i))
	if !ok {
		c.add(Fatal, BadPercent, i, 0, 0)
	}
	return hundredths, ok
}

// ParsePercent reads a percentage from 0.01 to 99.99 with at most two decimals, as object
// 57 holds it, in hundredths of a percent: "0.7" is 70.
func ParsePercent(text string) (hundredths int, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if !isDecimal(text) || len(whole) > 2 || len(fraction) > 2 {
		return 0, false
	}
	for _, d := range whole + (fraction + "00")[:2] {
		hundredths = hundredths*10 + int(d-'0')
	}
	return hundredths, hundredths > 0
}
