package card_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/card"
)

func TestParsePAN(t *testing.T) {
	for _, text := range []string{number, "4222222222222", "6205500000000000004", "41111111"} {
		n, err := card.ParsePAN(text)
		if err != nil || n.Reveal() != text || n.Len() != len(text) || n.IsZero() || !n.Equal(pan(t, text)) {
			t.Errorf("ParsePAN of %d digits: %d digits, %v", len(text), n.Len(), err)
		}
	}
	for text, want := range map[string]string{
		"":                       "not a card number: 0 digits, want 8 to 19",
		"4111111":                "not a card number: 7 digits, want 8 to 19",
		strings.Repeat("4", 20):  "not a card number: 20 digits, want 8 to 19",
		"4111 1111 1111 1111":    "not a card number: no digit at position 5",
		"411111111111111x":       "not a card number: no digit at position 16",
		"-411111111111111":       "not a card number: no digit at position 1",
		"４１１１１１":                 "not a card number: no digit at position 1",
		"4111111111111111\n":     "not a card number: no digit at position 17",
		"41111111\x00\x00\x0011": "not a card number: no digit at position 9",
	} {
		n, err := card.ParsePAN(text)
		if !errors.Is(err, card.ErrPAN) || err.Error() != want || !n.IsZero() {
			t.Errorf("ParsePAN of %d bytes: error %v, want %s", len(text), err, want)
		}
	}
}

func TestZeroPAN(t *testing.T) {
	var n card.PAN
	if !n.IsZero() || n.Reveal() != "" || n.Len() != 0 || n.Masked() != "" || n.LastFour() != "" || n.LuhnValid() ||
		n.Brand() != card.UnknownBrand || n.IsPublishedTest() || n.Token([]byte("key")) != "" {
		t.Error("the zero PAN says something")
	}
	if !n.Equal(card.PAN{}) || n.Equal(pan(t, number)) {
		t.Error("the zero PAN equals itself alone")
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"1":                   "*",
		"1234":                "****",
		"12345":               "*2345",
		"41111111":            "****1111",
		"411111111111":        "********1111",
		"4222222222222":       "422222***2222",
		"378282246310005":     "378282*****0005",
		number:                "541333******0434",
		"6205500000000000004": "620550*********0004",
		"4111 1111 1111 1111": "4111*1*********1111",
		"\x1b[31m1234567890":  "*[31m1*****7890",
		"银联银联银联":              "******************",
	} {
		if got := card.Mask(text); got != want {
			t.Errorf("Mask of %d bytes = %q, want %q", len(text), got, want)
		}
	}
	if n := pan(t, number); n.Masked() != card.Mask(number) || n.LastFour() != "0434" {
		t.Errorf("Masked %s, LastFour %s", n.Masked(), n.LastFour())
	}
}

// A mask has the length of what it masks, at most ten of its bytes, at least three
// hidden, and nothing that a terminal obeys.
func TestMaskHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "text"))
		mask := card.Mask(text)
		if len(mask) != len(text) || !utf8.ValidString(mask) {
			t.Fatalf("Mask(%q) = %q", text, mask)
		}
		shown := 0
		for i := range len(mask) {
			if mask[i] == '*' {
				continue
			}
			if shown++; mask[i] != text[i] || mask[i] <= ' ' || mask[i] > '~' {
				t.Fatalf("Mask(%q) = %q", text, mask)
			}
		}
		if shown > 10 || (len(text) >= 8 && shown > len(text)-3) || (len(text) <= 4 && shown > 0) {
			t.Fatalf("Mask(%q) = %q shows %d", text, mask, shown)
		}
	})
}

func TestLuhn(t *testing.T) {
	for digits, want := range map[string]bool{
		"0": true, "18": true, "79927398713": true, // the number in the standard's own example, and two short ones
		"1": false, "79927398710": false, "": false, "4111111111111111 ": false, "41111111111111x1": false, "４２": false,
	} {
		if got := card.Luhn(digits); got != want {
			t.Errorf("Luhn(%q) = %v, want %v", digits, got, want)
		}
	}
	if n := pan(t, "4111111111111111"); !n.LuhnValid() {
		t.Error("a published number is not valid")
	}
	if n := pan(t, "4111111111111112"); n.LuhnValid() {
		t.Error("a wrong check digit is valid")
	}
}

// The check digit exists, is one of ten, catches any one wrong digit, and any two
// neighbours changed over but 09 and 90.
func TestLuhnCatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{7,18}`).Draw(t, "digits")
		whole := []byte(digits + "0")
		for !card.Luhn(string(whole)) {
			if whole[len(whole)-1]++; whole[len(whole)-1] > '9' {
				t.Fatalf("no check digit makes a number of these %d digits valid", len(digits))
			}
		}
		at := rapid.IntRange(0, len(whole)-2).Draw(t, "at")
		one := []byte(string(whole))
		one[at] = '0' + (one[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if card.Luhn(string(one)) {
			t.Fatalf("a wrong digit at %d is not caught", at+1)
		}
		two := []byte(string(whole))
		two[at], two[at+1] = two[at+1], two[at]
		pair := string(whole[at : at+2])
		if card.Luhn(string(two)) != (two[at] == two[at+1] || pair == "09" || pair == "90") {
			t.Fatalf("digits %d and %d changed over: valid %v", at+1, at+2, card.Luhn(string(two)))
		}
	})
}

func TestToken(t *testing.T) {
	key, other := []byte("key one"), []byte("key two")
	n, m := pan(t, number), pan(t, "4111111111111111")
	switch {
	case len(n.Token(key)) != 64 || strings.Trim(n.Token(key), "0123456789abcdef") != "":
		t.Errorf("token %q is not 32 bytes in hex", n.Token(key))
	case n.Token(key) != pan(t, number).Token(key):
		t.Error("the same number and key give two tokens")
	case n.Token(key) == m.Token(key) || n.Token(key) == n.Token(other):
		t.Error("two numbers or two keys give one token")
	case n.Token(nil) != "":
		t.Error("no key gives a token that anybody can find")
	}
}

func TestSecret(t *testing.T) {
	s := card.NewSecret("123")
	if s.Reveal() != "123" || s.Len() != 3 || s.IsZero() || !s.Equal(card.NewSecret("123")) || s.Equal(card.NewSecret("124")) || s.Equal(card.Secret{}) {
		t.Error("a secret does not hold what it was given")
	}
	if none := card.NewSecret(""); !none.IsZero() || none.Len() != 0 || none.Reveal() != "" || !none.Equal(card.Secret{}) || none.String() != "" {
		t.Error("an empty secret is not the zero Secret")
	}
}

// An error of ParsePAN is made of lengths and positions alone: other digits in the same
// places make the same error.
func FuzzParsePAN(f *testing.F) {
	for _, s := range []string{number, "4222222222222", "", "411111111111111x", "４１１１", "4111-1111", strings.Repeat("9", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := card.ParsePAN(s)
		_, otherErr := card.ParsePAN(turn(s))
		if fmt.Sprint(err) != fmt.Sprint(otherErr) {
			t.Fatalf("the digits make the error: %v and %v", err, otherErr)
		}
		if err != nil {
			if !errors.Is(err, card.ErrPAN) || !n.IsZero() {
				t.Fatalf("error %v", err)
			}
			return
		}
		if n.Reveal() != s || n.Masked() != card.Mask(s) || len(n.LastFour()) != 4 {
			t.Fatalf("a number of %d digits came out as %s", len(s), n)
		}
	})
}

// turn is the text with every digit another one.
func turn(s string) string {
	b := []byte(s)
	for i, c := range b {
		if '0' <= c && c <= '9' {
			b[i] = '0' + (c-'0'+1)%10
		}
	}
	return string(b)
}

func BenchmarkMask(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = card.Mask(number)
	}
}

func BenchmarkLuhn(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if !card.Luhn("4111111111111111") {
			b.Fatal("not valid")
		}
	}
}

func BenchmarkParsePAN(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := card.ParsePAN(number); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	n := pan(b, number)
	b.ReportAllocs()
	for b.Loop() {
		_ = fmt.Sprintf("%v", n)
	}
}

func ExampleParsePAN() {
	n, err := card.ParsePAN("4111111111111111")
	fmt.Println(n, n.Brand(), n.LuhnValid(), err)
	fmt.Printf("%d %x %+v\n", n, n, struct{ PAN card.PAN }{n})

	_, err = card.ParsePAN("4111 1111 1111 1111")
	fmt.Println(err)
	// Output:
	// 411111******1111 VISA true <nil>
	// 411111******1111 411111******1111 {PAN:411111******1111}
	// not a card number: no digit at position 5
}

func ExampleSecret() {
	cvv := card.NewSecret("123")
	fmt.Printf("%v %d %q of %d\n", cvv, cvv, cvv, cvv.Len())
	// Output: [hidden] [hidden] [hidden] of 3
}
