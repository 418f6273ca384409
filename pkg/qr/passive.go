package qr

import (
	"fmt"
	"log/slog"
	"strings"
)

// Passive is the payment code that a shopper's wallet shows and a till scans (付款码): a
// number that is as good as cash for a minute and dead after one use, even a failed one.
// One that begins with 62 may be a card number. So it cannot be printed: everything that
// formats it gets its first and last two digits. The zero Passive holds nothing.
type Passive struct {
	_ [0]func()
	p *string // a pointer, since fmt reads the unexported fields of a struct without asking it
}

// Wallet is who gives out payment codes.
type Wallet string

// The wallets.
const (
	WeChat     Wallet = "wechat"
	AlipayCN   Wallet = "alipay-cn"
	AlipayHK   Wallet = "alipay-hk"
	AlipayPlus Wallet = "alipay-plus" // a wallet abroad, by way of Alipay+
	UnionPay   Wallet = "unionpay"
)

// Name is what people call the wallet, in "en" or "zh".
func (w Wallet) Name(lang string) string {
	return tongueOf(lang).wordOr("wallet."+string(w), string(w))
}

// Candidate is a wallet that may have given out a code, and by which rule.
type Candidate struct {
	Wallet Wallet
	rule   string
}

// Why says the rule that the code fits, in "en" or "zh".
func (c Candidate) Why(lang string) string { return tongueOf(lang).word("rule." + c.rule) }

// ParsePassive reads a shopper's payment code: 16 to 24 digits by the rule of at least
// one wallet that is known here; spaces at the ends are dropped. The error is a [Finding]
// of [NotPassive] and never holds a digit.
func ParsePassive(text string) (Passive, error) {
	digits := strings.Trim(text, " \t\r\n")
	if len(candidatesOf(digits)) == 0 {
		return Passive{}, Finding{Grade: Fatal, Fault: NotPassive}
	}
	digits = strings.Clone(digits)
	return Passive{p: &digits}, nil
}

// Candidates are the wallets whose rule the code fits, the likeliest first. The rules
// overlap: a shop that takes one of the wallets alone knows better than the order does.
func (p Passive) Candidates() []Candidate { return candidatesOf(p.Reveal()) }

// Reveal is the code, for the one request that spends it. Whoever calls it neither logs
// nor keeps it.
func (p Passive) Reveal() string {
	if p.p == nil {
		return ""
	}
	return *p.p
}

// IsZero reports that there is no code.
func (p Passive) IsZero() bool { return p.p == nil }

// Masked is the first and the last two digits with asterisks between.
func (p Passive) Masked() string {
	s := p.Reveal()
	if len(s) < 4 {
		return ""
	}
	return s[:2] + strings.Repeat("*", len(s)-4) + s[len(s)-2:]
}

// String is the mask.
func (p Passive) String() string { return p.Masked() }

// Format implements fmt.Formatter: the mask for every verb.
func (p Passive) Format(f fmt.State, _ rune) { writePadded(f, p.Masked()) }

// GoString implements fmt.GoStringer.
func (p Passive) GoString() string { return p.Masked() }

// MarshalText implements encoding.TextMarshaler with the mask.
func (p Passive) MarshalText() ([]byte, error) { return []byte(p.Masked()), nil }

// LogValue implements slog.LogValuer.
func (p Passive) LogValue() slog.Value { return slog.StringValue(p.Masked()) }

// candidatesOf ranks the wallets whose rule fits: narrow rules before wide ones. The
// rules are those of the merchant documents of WeChat Pay (micropay) and Alipay+
// (payment codes, code format); that of UnionPay is told by third parties only.
func candidatesOf(digits string) []Candidate {
	n := len(digits)
	if n < 16 || n > 24 || !allDigits(digits) {
		return nil
	}
	switch head := digits[:2]; {
	case n == 18 && head >= "10" && head <= "15":
		return []Candidate{{WeChat, "wechat"}}
	case head >= "25" && head <= "30":
		return alipay(digits)
	case n == 19 && head == "62":
		return []Candidate{{UnionPay, "unionpay"}}
	}
	return nil
}

// alipay ranks the three of Ant by length and marks. Of the two that 17 and 18 digits
// fit, the documents' examples tell which is usual.
func alipay(digits string) []Candidate {
	var list []Candidate
	switch n := len(digits); {
	case n == 19 && digits[2] == '9' && digits[:2] == "28" && digits[n-6] == '6':
		list = append(list, Candidate{AlipayPlus, "alipay-plus-19"})
	case n == 24 && digits[6:8] == "02":
		list = append(list, Candidate{AlipayPlus, "alipay-plus-bti"})
	case n == 24:
		list = append(list, Candidate{AlipayPlus, "alipay-plus-24"})
	}
	switch len(digits) {
	case 17:
		return append(list, Candidate{AlipayCN, "alipay-cn"}, Candidate{AlipayHK, "alipay-hk-other"})
	case 18:
		return append(list, Candidate{AlipayHK, "alipay-hk"}, Candidate{AlipayCN, "alipay-cn-other"})
	case 19:
		return append(list, Candidate{AlipayHK, "alipay-hk-other"}, Candidate{AlipayCN, "alipay-cn-other"})
	}
	return append(list, Candidate{AlipayCN, "alipay-cn-other"})
}
