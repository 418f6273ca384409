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

		"pkg/emv/ac/key.go":                 "the card's key is derived from the number and its sequence number (EMV Book 2, A1.4)",
		"pkg/iso8583/marshal.go":            "a card number, a track or a secret goes into its field and comes out of it",
		"pkg/reader/virtual/application.go": "the virtual card answers with the number and the track that it was made of",
		"pkg/reader/virtual/pin.go":         "the virtual card compares a PIN with its own",
		"internal/vault/vault.go":           "the number of a reversal is sealed under the data key",
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

// No card number but those that schemes publish for tests stands anywhere in the
// repository: not in code, goldens, dumps, documents or comments. Digits are looked at
// in runs and in groups with spaces or hyphens between. A number inside a longer run,
// such as a whole message in decimal, is out of its reach.
func TestCardNumbers(t *testing.T) {
	digits := regexp.MustCompile(`\d(?:[ -]?\d){12,}`)
	each(t, func(path string, raw []byte) {
		if !isText(raw) || path == "go.sum" {
			return
		}
		for i, line := range strings.Split(string(raw), "\n") {
			for _, run := range digits.FindAllString(line, -1) {
				if strange(run) {
					t.Errorf("%s:%d: a card number that nobody publishes for tests (%d digits): use one of pkg/card/testrange.go", path, i+1, len(run))
				}
			}
		}
	})
}

// strange reports a run that is a card number and no published one, whole or as one of
// the words in it.
func strange(run string) bool {
	for _, text := range append(strings.FieldsFunc(run, func(r rune) bool { return r == ' ' || r == '-' }), run) {
		if !card.IsNumber(text) {
			continue
		}
		pan, err := card.ParsePAN(strings.NewReplacer(" ", "", "-", "").Replace(text))
		if err != nil || !pan.IsPublishedTest() {
			return true
		}
	}
	return false
}

func TestStrange(t *testing.T) {
	unpublished := "4539" + "5787" + "6362" + "1486" // in pieces, or this file would fail
	for run, want := range map[string]bool{
		"4111111111111111":    false,
		"4111 1111 1111 1111": false,
		unpublished:           true,
		unpublished[:4] + " " + unpublished[4:8] + " " + unpublished[8:12] + " " + unpublished[12:]: true,
		unpublished + " 10": true,
		"1234567890123456":  false,
	} {
		if got := strange(run); got != want {
			t.Errorf("a run of %d characters: %v, want %v", len(run), got, want)
		}
	}
}
