package walletsim

import (
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// Lengths of a payment code.
const (
	minPaymentCode = 10
	maxPaymentCode = 24
)

// provider tells whose payment code it is, by the ranges that WeChat Pay and Alipay
// publish; false if it is none. The code goes no further than this function.
func provider(secret card.Secret) (string, bool) {
	code := secret.Reveal()
	if len(code) < minPaymentCode || len(code) > maxPaymentCode || strings.Trim(code, "0123456789") != "" {
		return "", false
	}
	switch prefix := code[:2]; {
	case len(code) == 18 && prefix >= "10" && prefix <= "15":
		return "wechat", true
	case len(code) >= 16 && prefix >= "25" && prefix <= "30":
		return "alipay", true
	case len(code) == 19 && prefix == "62":
		return "unionpay", true
	}
	return labProvider, true
}

// labProvider is the wallet of every shopper who scans a code of ours, and of payment
// codes that are nobody's.
const labProvider = "lab"
