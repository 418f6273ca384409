package tidy

import (
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
)

// revealers are the files that see a card number, a track or another secret in clear,
// each with the reason. A file that is not here may not call Reveal.
func revealers() map[string]string {
	return map[string]string{
		"pkg/card/brand.go":     "a range is found by the first six digits",
		"pkg/card/pan.go":       "the mask, the token and the check digit are made of the digits",
		"pkg/card/secret.go":    "length and comparison",
		"pkg/card/testrange.go": "the lab profile knows the published numbers",
		"pkg/card/track.go":     "a track reveals itself whole",

		"pkg/crypto/cvv/cvv.go":             "the value is computed from the number under the halves of the key",
		"pkg/crypto/dukpt/register.go":      "a terminal's future keys are derived from a copy of one key's bytes",
		"pkg/crypto/dukpt/tdes.go":          "a key is derived from the bytes of another (X9.24-1)",
		"pkg/emv/pin.go":                    "a PIN is looked at before a try of the card is spent on it",
		"pkg/crypto/key/key.go":             "a key makes its cipher and its check value of its bytes",
		"pkg/crypto/key/cryptogram.go":      "a key is enciphered under another",
		"pkg/crypto/keyblock/keyblock.go":   "a key is wrapped whole",
		"pkg/crypto/keyblock/protection.go": "the protection key's variants and codes are made of its bytes",
		"pkg/crypto/pinblock/cipher.go":     "the clear block and the number go into the enciphered block",
		"pkg/crypto/pinblock/pinblock.go":   "a PIN block is made of the PIN and the number",
		"pkg/emv/ac/pin.go":                 "a new PIN goes into the block of a PIN CHANGE command, and comes out of it at the card",
		"pkg/card/track1.go":                "a track reveals itself whole",

		"pkg/emv/track.go":                         "a track is said by its parts, masked unless that was asked for in so many words",
		"pkg/emv/ac/key.go":                        "the card's key is derived from the number and its sequence number (EMV Book 2, A1.4)",
		"pkg/emv/oda/certificate.go":               "an issuer's certificate names the first digits of the numbers that it is for (EMV Book 2, table 6)",
		"pkg/emv/oda/pin.go":                       "a PIN goes to the card as a block of digits, plain or enciphered (EMV Book 3, 6.5.12)",
		"pkg/emv/oda/odatest/certificate.go":       "certificates of cards made of software hold the published number they are for",
		"pkg/iso8583/marshal.go":                   "a card number, a track or a secret goes into its field and comes out of it",
		"pkg/reader/virtual/application.go":        "the virtual card answers with the number and the track that it was made of",
		"pkg/reader/replay/mask.go":                "a card's number in a trace becomes one that is published for tests, wherever its digits stand",
		"pkg/reader/replay/trace.go":               "the track of a published test number, its discretionary data zeros, is written into a trace",
		"pkg/qr/explain.go":                        "a code that is a card number is warned of; the explanation shows the mask",
		"pkg/qr/passive.go":                        "which wallets a payment code fits, and its mask",
		"internal/cli/cryptocardkey.go":            "a card's keys are derived from the issuer's",
		"internal/cli/cryptocvc3.go":               "a card's key is derived from the issuer's, and its code computed over the track",
		"internal/cli/cryptocvv.go":                "a card verification value goes into a file that was named for it, or is unmasked and the journal keeps it",
		"internal/cli/cryptokcv.go":                "the check values of a key are computed from its bytes",
		"internal/cli/cryptomac.go":                "the codes are computed under the bytes of a key",
		"internal/cli/cryptoarqc.go":               "a card's key is derived from the issuer's",
		"internal/cli/cryptopinblock.go":           "a PIN or a clear block goes into a file that was named for it, or is unmasked and the journal keeps it",
		"internal/cli/cryptosecret.go":             "keys and card numbers are parsed from what was read, and keys written into a file that was named for it",
		"internal/cli/qrdecode.go":                 "what a picture holds is explained, and the explanation masks it",
		"internal/cli/qrmake.go":                   "the code goes into its symbol whole; what is printed is the mask",
		"internal/cli/isodocument.go":              "a message as JSON goes to who asked for it in clear, and the journal has it",
		"internal/cli/paycode.go":                  "the payment code of the command goes to the gateway in a card.Secret",
		"internal/wallet/gateway/message.go":       "a payment code leaves in the body of the one request that spends it",
		"internal/wallet/walletsim/paymentcode.go": "the lab's gateway tells whose payment code it is",
		"internal/shop/pin.go":                     "a PIN goes into its hash",
		"internal/cli/seed.go":                     "the PINs of an example shop are published and are shown once",
		"internal/workingkey/workingkey.go":        "a message authentication code is computed under the bytes of a key",
		"internal/hostsim/mac.go":                  "a PIN block is deciphered under the terminal's key",
		"internal/host/field.go":                   "a verification value goes into the one message that may have it",
		"internal/vault/vault.go":                  "the number of a reversal is sealed under the data key",
	}
}

func TestRevealCallers(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Reveal" {
				if _, listed := revealers()[f.path]; !listed {
					t.Errorf("%s calls Reveal: use Masked, Token or LastFour, or add the file with its reason to revealers in internal/tidy", f.at(n))
				}
				seen[f.path] = true
			}
			return true
		})
	}
	for _, path := range slices.Sorted(maps.Keys(revealers())) {
		if !seen[path] {
			t.Errorf("%s no longer calls Reveal: take it off the list", path)
		}
	}
}

// harmless are runs of digits that pass as card numbers and may stand in the repository
// although the lab does not take them, each with the reason.
func harmless() map[string]string {
	return map[string]string{
		"4000000000000010": "published by a processor for tests, and left out of the lab's list so that a test has a number to refuse",
		"4012345678909":    "the card number of every sample of ANSI X9.24-1 and X9.24-3",
		"4000000000000200": "a bitmap: fields 2 and 55 alone",
		"2600000000000000": "field 53 of most UnionPay terminals: how the PIN and the keys are",
	}
}

// cardLike finds runs of 13 to 19 digits, and the groups in which cards are embossed:
// 4-4-4-4, with up to three digits more, and 4-6-4 or 4-6-5.
const cardLike = `\d{13,}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{1,3})?|\d{4}[ -]\d{6}[ -]\d{4,5}`

// No card number but those that are published for tests stands anywhere in the
// repository: not in code, goldens, dumps, documents or comments. A number inside a
// longer run, such as a whole message in decimal, is out of its reach.
func TestCardNumbers(t *testing.T) {
	like := regexp.MustCompile(cardLike)
	each(t, func(path string, raw []byte) {
		if !isText(raw) || path == "go.sum" {
			return
		}
		for i, line := range strings.Split(string(raw), "\n") {
			for _, text := range like.FindAllString(line, -1) {
				if isStrange(text) {
					t.Errorf("%s:%d: a card number that nobody publishes for tests (%d digits): use one of pkg/card/testrange.go", path, i+1, len(text))
				}
			}
		}
	})
}

// isStrange reports text that is a card number and no published one.
func isStrange(text string) bool {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if _, ok := harmless()[digits]; ok || !card.IsNumber(digits) || isGTIN(digits) {
		return false
	}
	pan, err := card.ParsePAN(digits)
	return err != nil || !pan.IsPublishedTest()
}

// isGTIN reports a barcode that no brand of card has the beginning of: cards of 13 digits
// began with 4, those of 14 begin with 30, 36, 38 or 39.
func isGTIN(digits string) bool {
	switch len(digits) {
	case 13:
		return digits[0] != '4'
	case 14:
		return !slices.Contains([]string{"30", "36", "38", "39"}, digits[:2])
	}
	return false
}

func TestIsStrange(t *testing.T) {
	unpublished := "4539" + "5787" + "6362" + "1486" // in pieces, or this file would fail
	for line, want := range map[string]bool{
		"4111111111111111":         false,
		"4111 1111 1111 1111":      false,
		unpublished:                true,
		"pan=" + unpublished + ";": true,
		unpublished[:4] + " " + unpublished[4:8] + " " + unpublished[8:12] + "-" + unpublished[12:]: true,
		unpublished + " 10": true,
		"1234567890123456":  false,
		"6901234567892":     false, // a barcode
		"2 | 2+8 | 322000000E80 | 3 4 7 11 37 38 39 41 49 54 55": false,
	} {
		got := false
		for _, text := range regexp.MustCompile(cardLike).FindAllString(line, -1) {
			got = got || isStrange(text)
		}
		if got != want {
			t.Errorf("a line of %d characters: %v, want %v", len(line), got, want)
		}
	}
}
