package detect_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/detect"
)

// mixed is text with hexadecimal in angle brackets: "0800<8220>".
func mixed(tb testing.TB, s string) []byte {
	tb.Helper()
	var out []byte
	for s != "" {
		text, rest, found := strings.Cut(s, "<")
		out = append(out, text...)
		if !found {
			break
		}
		digits, after, _ := strings.Cut(rest, ">")
		b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
		if err != nil {
			tb.Fatal(err)
		}
		out, s = append(out, b...), after
	}
	return out
}

// Messages at which readers with one idea of a message fail.
func TestHardCases(t *testing.T) {
	const (
		purchase  = "0200" + "7220000000808000" + "16" + "4111111111111111" + "000000" + "000000001250" + "1123024011" + "000042" + "TERM0001" + "156"
		echo      = "0800" + "8220000000000000" + "0400000000000000" + "1123024011" + "000042" + "301"
		always    = "0800" + "0220000000800000" + "0400000000000000" + "1123024011" + "000042" + "TERM0001" + "301"
		signOn    = "<0800 2020010000C00000 920000 000042 0001>" + "TERM0001" + "123456789012345"
		mixedVisa = "<0100 7220000000808000 10 4111111111111111 000000 000000001250 1123024011 000042 E3C5D9D4F0F0F0F1 0156>"
		bcdSale   = "<0200 703C058020C08000 16 4111111111111111 000000 000000001250 000042 104011 1123 2912 0051 0001 00>" + "<344111111111111111D29122010000000000>" + "TERM0001" + "123456789012345" + "156"
	)
	for _, tt := range []struct {
		name, message    string
		confidence       string
		framing, dialect string
		mti              string
		fields           string
	}{
		{"a textbook purchase", purchase, "sure", "none", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"an echo with a second bitmap", echo, "sure", "none", "iso87-ascii", "0800", "7 11 70"},
		{"both bitmaps although the first bit is clear", always, "sure", "none", "iso87-ascii-128", "0800", "7 11 41 70"},
		{"a length in digits glued to the type", "0083" + purchase, "sure", "ascii4", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"a length of two bytes", "<0053>" + purchase, "sure", "binary2", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"a length that counts itself", "<0055>" + purchase, "sure", "binary2-self", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"a length with its low byte first", "<5300>" + purchase, "sure", "little2", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"a length of packed digits", "<0083>" + purchase, "sure", "bcd2", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"a length in hexadecimal characters", "0053" + purchase, "sure", "hex4", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"the header of BASE24", "ISO025000070" + purchase, "sure", "base24", "", "0200", "2 3 4 7 11 41 49"},
		{"a header of a house of its own", "BANK1" + purchase, "likely", "header5", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"a TPDU without a length", "<6000010000>" + signOn, "sure", "tpdu", "", "0800", "3 11 24 41 42"},
		{"a length, a TPDU and a header", "<0034 6000010000 603100311308>" + signOn, "sure", "binary2+tpdu+unionpay6", "", "0800", "3 11 24 41 42"},
		{"a header that looks like a type 1601", "<1601020053 000000123456 0000000000000000000000>" + mixedVisa, "sure", "visa22", "visa-base1", "0100", "2 3 4 7 11 41 49"},
		{"packed digits with a track", bcdSale, "sure", "none", "", "0200", ""},
		{"a length that is too short by two", "<0051>" + purchase, "likely", "binary2", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"cut in its last field", purchase[:len(purchase)-2], "likely", "none", "iso87-ascii", "0200", "2 3 4 7 11 41"},
		{"cut behind its length", "<0053>" + purchase[:len(purchase)-20], "likely", "binary2", "iso87-ascii", "0200", ""},
		{"bytes after the last field", purchase + "XYZ", "likely", "none", "iso87-ascii", "0200", "2 3 4 7 11 41 49"},
		{"nothing but a type and a bitmap", "0800" + "8220000000000000" + "0400000000000000", "", "", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := mixed(t, tt.message)
			r := newDetector(t, detect.Options{}).Detect(raw)
			if r.Confidence != tt.confidence {
				t.Errorf("%q, want %q: %s", r.Confidence, tt.confidence, shown(r))
			}
			if r.Best == nil {
				return
			}
			b := r.Best
			if b.Framing != tt.framing || tt.dialect != "" && b.Dialect != tt.dialect || string(b.MTI) != tt.mti {
				t.Errorf("%s of %s behind %s, want %s of %s behind %s", b.MTI, b.Dialect, b.Framing, tt.mti, tt.dialect, tt.framing)
			}
			m, _ := b.Spec.Unpack(raw[b.Start:b.End])
			if got := strings.Join(m.Fields(), " "); tt.fields != "" && got != tt.fields {
				t.Errorf("fields %s, want %s", got, tt.fields)
			}
		})
	}
}

// shown is a result with the evidence of its first candidates.
func shown(r detect.Result) string {
	var b strings.Builder
	for _, c := range r.Ranked {
		fmt.Fprintf(&b, "\n%s behind %s, %d points, sound %v, the same %v:", c.Dialect, c.Framing, c.Score, c.Sound, c.Same)
		for _, e := range c.Evidence {
			fmt.Fprintf(&b, "\n  %+d %s %s", e.Points, e.Path, e.In("en"))
		}
	}
	return b.String()
}

// Every piece of evidence is said in both languages, with its figures.
func TestEvidenceInBothLanguages(t *testing.T) {
	d := newDetector(t, detect.Options{})
	r := newMaker(t, 7)
	seen := map[string]bool{}
	for name, spec := range specs(t) {
		for range 60 {
			version := map[bool]string{true: "1", false: "0"}[strings.Contains(name, "93")]
			body, err := r.message(spec, version).Pack()
			if err != nil {
				t.Fatal(err)
			}
			raw := r.wrap(r.of(lengths()...), body)
			for range r.IntN(3) {
				raw[r.IntN(len(raw))] ^= byte(1 << r.IntN(8))
			}
			for _, c := range d.Detect(raw[:len(raw)-r.IntN(2)]).Ranked {
				for _, e := range c.Evidence {
					en, zh := e.In("en"), e.In("zh-CN")
					if en == "" || zh == "" || en == zh || strings.Contains(en+zh, "%!") || strings.ContainsFunc(en, isHan) || !strings.ContainsFunc(zh, isHan) {
						t.Errorf("%q, %q", en, zh)
					}
					seen[zh] = true
				}
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d kinds of evidence came up", len(seen))
	}
}

func isHan(r rune) bool { return r >= 0x4E00 && r < 0xA000 }
