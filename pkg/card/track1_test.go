package card_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
)

func TestParseTrack1(t *testing.T) {
	for text, want := range map[string]string{
		"%B" + number + "^DOE/JOHN^31122011234567890?5":           "DOE/JOHN 3112 201",
		"B" + number + "^ /^3112201":                              " 3112 201",
		"B" + number + "^Doe/John^3112201100300000000":            "Doe/John 3112 201",
		"B" + number + "^DOE/JOHN^^^123":                          "DOE/JOHN  ",
		"B" + number + "^DOE/JOHN^^101":                           "DOE/JOHN  101",
		"B" + number + "^DOE/JOHN^3112^":                          "DOE/JOHN 3112 ",
		"B" + number + "^" + strings.Repeat("A", 26) + "^3112201": strings.Repeat("A", 26) + " 3112 201",
	} {
		tr, err := card.ParseTrack1(text)
		if err != nil {
			t.Errorf("track of %d characters: %v", len(text), err)
			continue
		}
		if got := fmt.Sprintf("%s %s %s", tr.Name.Reveal(), string(tr.Expiry), string(tr.ServiceCode)); got != want || tr.PAN.Reveal() != number {
			t.Errorf("track of %d characters: %q, want %q", len(text), got, want)
		}
		if s := fmt.Sprintf("%v %+v %#v %s", tr, tr, tr, tr); strings.Contains(s, number[6:12]) || strings.Contains(s, "DOE") || !strings.Contains(s, "B541333******0434^[hidden]") {
			t.Errorf("printed: %s", s)
		}
	}
}

func TestParseTrack1Refuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "format code B",
		"A" + number + "^X^3112201":  "format code B",
		"B" + number:                 "two separators",
		"B" + number + "^X":          "two separators",
		"B411^X^3112201":             "8 to 19",
		"B" + number + "?^X^3112201": "two separators",
		"B" + number + "^X^3113201":  "month",
		"B" + number + "^X^31":       "month",
		"B" + number + "^X^31122":    "service code",
		"B" + number + "^" + strings.Repeat("A", 27) + "^3112201": "name of 27",
		"B" + number + "^\x01^3112201":                            "alphabet",
		"B" + number + "^X^3112201" + strings.Repeat("0", 60):     "at most 76",
	} {
		tr, err := card.ParseTrack1(text)
		if !errors.Is(err, card.ErrTrack) || !strings.Contains(err.Error(), want) || !tr.IsZero() || tr.String() != "" {
			t.Errorf("track of %d characters: error %v, want %q in it", len(text), err, want)
		}
	}
}

// Whatever ParseTrack1 takes reads the same again, and what it refuses is nothing.
func FuzzParseTrack1(f *testing.F) {
	for _, s := range []string{"%B" + number + "^DOE/JOHN^31122011234567890?", "B" + number + "^ /^^", "B^^", "", "%B?", "B" + number + "^X^3112\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tr, err := card.ParseTrack1(s)
		if err != nil {
			if !errors.Is(err, card.ErrTrack) || !tr.IsZero() {
				t.Fatalf("error %v with a track", err)
			}
			return
		}
		again, err := card.ParseTrack1(tr.Reveal())
		if err != nil || again.Reveal() != tr.Reveal() || !again.PAN.Equal(tr.PAN) || !again.Name.Equal(tr.Name) || again.Expiry != tr.Expiry || again.ServiceCode != tr.ServiceCode {
			t.Fatalf("a track of %d characters reads otherwise the second time: %v", len(s), err)
		}
	})
}

func TestServiceCodeText(t *testing.T) {
	for code, want := range map[card.ServiceCode]string{
		"201": "international, chip, normal authorization, no restrictions|国际通用、带芯片；正常授权；无限制",
		"520": "national, authorized online by the issuer, PIN required|国内使用；发卡方联机授权；要求密码",
		"899": "|", "901": "test card, normal authorization, no restrictions|测试卡；正常授权；无限制", "": "|", "20": "|",
	} {
		if got := code.Text("en") + "|" + code.Text("zh"); got != want {
			t.Errorf("%q: %s, want %s", string(code), got, want)
		}
	}
}

func ExampleParseTrack1() {
	t, err := card.ParseTrack1("%B4111111111111111^DOE/JOHN^31122011234567890?")
	fmt.Println(t, t.Name, err)
	fmt.Println(t.ServiceCode.Text("en"))
	// Output:
	// B411111******1111^[hidden] [hidden] <nil>
	// international, chip, normal authorization, no restrictions
}
