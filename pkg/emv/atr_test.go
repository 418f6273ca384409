package emv_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// sayATR is an answer to reset in words, a line a part.
func sayATR(atr []byte, lang string) string {
	var b strings.Builder
	for _, p := range emv.ExplainATR(atr, lang) {
		fmt.Fprintf(&b, "%d %s %s: %s", p.Offset, p.Name, p.Value, strings.Join(p.Meaning, " | "))
		if p.Warning != "" {
			fmt.Fprintf(&b, " ! %s", p.Warning)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestExplainATR(t *testing.T) {
	for name, atr := range map[string]string{
		"jcop":        "3BDA18FF81B1FE751F030031F573C78A40009000B0",
		"plain":       "3B00",
		"contactless": "3B8180018080",
		"mifare":      "3B8F8001804F0CA000000306030001000000006A",
		"virtual":     "3BE000FF81317C4192",
		"historical":  "3F6525005209439090",
		"short":       "3B8F80",
		"check":       "3B8180018081",
	} {
		for _, lang := range []string{"en", "zh"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				golden(t, "atr/"+name+"."+lang+".golden", sayATR(unhex(atr), lang))
			})
		}
	}
}

func TestParseATR(t *testing.T) {
	for _, c := range []struct {
		atr    string
		want   string
		offset int
		cause  error
	}{
		{"", "[] 372/1", 0, emv.ErrATRTruncated},
		{"3C00", "[] 372/1", 0, emv.ErrATRConvention},
		{"3B", "[] 372/1", 1, emv.ErrATRTruncated},
		{"3B00", "[0] 372/1", 0, nil},
		{"3B0000", "[0] 372/1", 2, emv.ErrATRTrailing},
		{"3B8001", "[1] 372/1", 3, emv.ErrATRTruncated},
		{"3B800181", "[1] 372/1", 0, nil},
		{"3B800182", "[1] 372/1", 3, emv.ErrATRCheck},
		{"3B1096", "[0] 512/32", 0, nil},
		{"3B1077", "[0] 0/64", 0, nil},
		{"3B02", "[0] 372/1", 2, emv.ErrATRTruncated},
	} {
		atr, err := emv.ParseATR(unhex(c.atr))
		got := fmt.Sprintf("%v %d/%d", atr.Protocols, atr.Fi, atr.Di)
		var fault *emv.ATRError
		if errors.As(err, &fault) != (c.cause != nil) || !errors.Is(err, c.cause) || got != c.want || fault != nil && fault.Offset != c.offset {
			t.Errorf("%s: %s, %v; want %s, %v at %d", c.atr, got, err, c.want, c.cause, c.offset)
		}
	}
}

func TestATRContactless(t *testing.T) {
	for atr, want := range map[string]bool{"3B8180018080": true, "3BE000FF81317C4192": false, "3B00": false} {
		a, err := emv.ParseATR(unhex(atr))
		if err != nil || a.Contactless() != want {
			t.Errorf("%s: contactless %v, %v; want %v", atr, a.Contactless(), err, want)
		}
	}
}

// Whatever a reader hands up, every byte of it is in the words once.
func FuzzATR(f *testing.F) {
	for _, atr := range []string{"", "3B", "3BDA18FF81B1FE751F030031F573C78A40009000B0", "3B8F8001804F0CA000000306030001000000006A", "3FFFFFFFFFFFFFFF"} {
		f.Add(unhex(atr))
	}
	f.Fuzz(func(t *testing.T, atr []byte) {
		at, parts := 0, emv.ExplainATR(atr, "zh")
		for _, p := range parts {
			if p.Offset != at {
				t.Fatalf("%X: part %s at %d, want %d", atr, p.Name, p.Offset, at)
			}
			at += p.Length
		}
		_, err := emv.ParseATR(atr)
		if at != len(atr) || (err != nil) != (parts[len(parts)-1].Warning != "") {
			t.Fatalf("%X: %d bytes said of %d, error %v", atr, at, len(atr), err)
		}
		_ = emv.ATRSummary(atr, "en")
	})
}
