package card_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
)

func TestParseTrack2(t *testing.T) {
	const plain = number + "=31122010000012345"
	for name, text := range map[string]string{
		"plain":           plain,
		"sentinels":       ";" + plain + "?",
		"check character": ";" + plain + "?7",
		"EMV":             strings.Replace(plain, "=", "D", 1) + "F",
		"EMV, lower case": strings.Replace(plain, "=", "d", 1) + "f",
		"EMV, no padding": strings.Replace(plain, "=", "D", 1),
		"no start":        plain + "?",
		"lost end":        ";" + plain,
	} {
		tr, err := card.ParseTrack2(text)
		if err != nil || !tr.PAN.Equal(pan(t, number)) || tr.Expiry != "3112" || tr.ServiceCode != "201" || tr.Reveal() != plain || tr.IsZero() {
			t.Errorf("%s: %v, expiry %s, service code %s, %v", name, tr, tr.Expiry, tr.ServiceCode, err)
		}
	}
	shortest := "41111111=3112201"
	if tr, err := card.ParseTrack2(shortest); err != nil || tr.Reveal() != shortest {
		t.Errorf("shortest track: %v", err)
	}
	longest := "6205500000000000004=31122010123456788"
	if tr, err := card.ParseTrack2(longest); err != nil || len(longest) != 37 || tr.Reveal() != longest {
		t.Errorf("longest track of %d: %v", len(longest), err)
	}
}

func TestParseTrack2Refused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "no separator in 0 characters",
		"?":                                    "no separator in 0 characters",
		number:                                 "no separator in 16 characters",
		";" + number + "?=3112201":             "no separator in 16 characters",
		number + "=":                           "0 characters after the separator",
		number + "=311220":                     "6 characters after the separator",
		number + "=3112201=1":                  "9 characters after the separator",
		number + "=3112201FF":                  "8 characters after the separator",
		number + "=3112 201":                   "8 characters after the separator",
		number + "=3113201":                    "want YYMM with a month of 01 to 12",
		number + "=3100201":                    "want YYMM with a month of 01 to 12",
		"=3112201":                             "not a card number: 0 digits",
		"5413330089 10434=3112201":             "no digit at position 11",
		"B" + number + "=3112201":              "no digit at position 1",
		"%B" + number + "^A/B^3112201":         "no separator",
		number + "=" + strings.Repeat("1", 21): "38 characters, at most 37",
	} {
		tr, err := card.ParseTrack2(text)
		if !errors.Is(err, card.ErrTrack) || !strings.Contains(err.Error(), want) || !tr.IsZero() {
			t.Errorf("track of %d characters: error %v, want %q in it", len(text), err, want)
		}
	}
	if _, err := card.ParseTrack2("4111=3112201"); !errors.Is(err, card.ErrPAN) {
		t.Errorf("a short number is not said to be the cause: %v", err)
	}
}

func TestExpiry(t *testing.T) {
	for text, good := range map[string]bool{
		"3112": true, "2601": true, "0012": true, "9909": true,
		"3100": false, "3113": false, "311": false, "31122": false, "": false, "31a2": false, "31/2": false, "３１": false, "-112": false,
	} {
		e, err := card.ParseExpiry(text)
		if (err == nil) != good || (good && string(e) != text) || (!good && e != "") {
			t.Errorf("ParseExpiry of %d bytes = %q, %v, want good %v", len(text), e, err, good)
		}
	}
	for _, c := range []struct {
		expiry      card.Expiry
		year, month int
		before      bool
	}{
		{"2611", 2026, 11, false}, // good to the last day of its month
		{"2611", 2026, 12, true},
		{"2611", 2026, 10, false},
		{"2611", 2027, 1, true},
		{"2611", 2025, 12, false},
		{"9912", 2026, 11, false},
		{"0001", 2026, 11, true},
		{"", 2026, 11, false},
	} {
		if got := c.expiry.Before(c.year, c.month); got != c.before {
			t.Errorf("%q before %d-%02d: %v", c.expiry, c.year, c.month, got)
		}
	}
}

func TestServiceCode(t *testing.T) {
	type row struct{ chip, international, online, pin bool }
	for code, want := range map[card.ServiceCode]row{
		"101":  {international: true},
		"201":  {chip: true, international: true},
		"221":  {chip: true, international: true, online: true},
		"220":  {chip: true, international: true, online: true, pin: true},
		"206":  {chip: true, international: true}, // asks for a PIN where there is a PIN pad, does not need one
		"120":  {international: true, online: true, pin: true},
		"143":  {international: true, online: true, pin: true},
		"501":  {},
		"601":  {chip: true},
		"525":  {online: true, pin: true},
		"000":  {pin: true},
		"":     {},
		"20":   {},
		"2010": {},
	} {
		if got := (row{code.HasChip(), code.International(), code.AlwaysOnline(), code.PINRequired()}); got != want {
			t.Errorf("service code %q: %+v, want %+v", code, got, want)
		}
	}
}

// Whatever ParseTrack2 refuses, it says nothing of the digits: other digits in the same
// places make the same error, but for a month that the one has and the other has not.
func FuzzParseTrack2(f *testing.F) {
	for _, s := range []string{
		track, ";" + number + "=3112201?", number + "D31122010F", "41111111=3112201", number + "=3113201", number, "=", "?", ";;", "D", number + "=3112201\x00",
		strings.Repeat("1", 19) + "=" + strings.Repeat("1", 18),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tr, err := card.ParseTrack2(s)
		if _, otherErr := card.ParseTrack2(turn(s)); err != nil && otherErr != nil && err.Error() != otherErr.Error() {
			t.Fatalf("the digits make the error: %v and %v", err, otherErr)
		}
		if err != nil {
			if !errors.Is(err, card.ErrTrack) || !tr.IsZero() || tr.Reveal() != "" {
				t.Fatalf("error %v with a track of %d", err, len(tr.Reveal()))
			}
			return
		}
		again, err := card.ParseTrack2(tr.Reveal())
		if err != nil || again.Reveal() != tr.Reveal() || !again.PAN.Equal(tr.PAN) || again.Expiry != tr.Expiry || again.ServiceCode != tr.ServiceCode {
			t.Fatalf("a track of %d characters reads otherwise the second time: %v", len(s), err)
		}
		if want := tr.PAN.Reveal() + "=" + string(tr.Expiry) + string(tr.ServiceCode); !strings.HasPrefix(tr.Reveal(), want) || len(tr.Reveal()) > 37 {
			t.Fatalf("a track of %d characters is not its parts", len(s))
		}
	})
}

func BenchmarkParseTrack2(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := card.ParseTrack2(track); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleParseTrack2() {
	t, err := card.ParseTrack2(";4111111111111111=31122011234567890?")
	fmt.Println(t, err)
	fmt.Println(t.PAN.Brand(), t.ServiceCode.HasChip())

	_, err = card.ParseTrack2(";4111111111111111?")
	fmt.Println(err)
	// Output:
	// 411111******1111=[hidden] <nil>
	// VISA true
	// not a card track: no separator in 16 characters, want PAN=YYMM…
}
