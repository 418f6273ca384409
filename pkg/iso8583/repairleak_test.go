package iso8583_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/iso8583"
)

// said is all that repairs, complaints and differences say about a message and others.
func said(spec *iso8583.Spec, raw []byte, others ...[]byte) string {
	var out strings.Builder
	for _, lang := range []string{"en", "zh"} {
		fmt.Fprintf(&out, "%+v\n%+v\n", spec.Repairs(raw, lang), spec.HeaderRepairs(raw, lang))
		fmt.Fprintf(&out, "%+v\n", spec.Validate(raw, iso8583.ValidateOptions{Strict: true, Lang: lang}))
		for _, other := range others {
			for _, d := range iso8583.Diff(raw, spec, other, spec, lang) {
				fmt.Fprintf(&out, "%+v %+v %+v\n", d, d.A, d.B)
			}
			fmt.Fprintf(&out, "%+v\n", spec.ValidateAnswer(raw, other, lang))
		}
	}
	return out.String()
}

// TestNoCardNumberInRepairs puts a card number into any field, breaks the message, and
// looks for the number in all that is said about it.
func TestNoCardNumberInRepairs(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		t.Run(spec.Name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				pan := rapid.SampledFrom(secretNumbers()).Draw(t, "pan")
				path, value := drawHidingPlace(t, spec, pan)
				m := spec.NewMessage("0200")
				if err := m.Set(path, value); err != nil {
					t.Fatal(err)
				}
				raw, err := m.Pack()
				if err != nil {
					t.Fatal(err)
				}
				broken := drawDamage(t, spec, raw)
				out := said(spec, broken, raw, nil)
				if leaked(out, pan) {
					t.Fatalf("field %s: the card number can be seen", path)
				}
				if strings.Contains(out, "%!") {
					t.Fatalf("a text and its figures do not fit: %s", out)
				}
			})
		})
	}
}

func drawDamage(t *rapid.T, spec *iso8583.Spec, raw []byte) []byte {
	d := rapid.SampledFrom(damages()).Draw(t, "damage")
	p := plausible{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}
	if len(raw) < 40 {
		return raw[:len(raw)-1]
	}
	if broken, _ := d.do(p, spec, raw); broken != nil {
		return broken
	}
	return raw[:len(raw)-1]
}

// TestNoSecretInDifferences: of two tracks, PIN blocks or dates that differ nothing is
// told but that they do.
func TestNoSecretInDifferences(t *testing.T) {
	tests := []struct{ path, a, b string }{
		{"2", "4761739001010010", "4761731111110010"},
		{"14", "3112", "2907"},
		{"35", "4761739001010010=31122015678901234567", "4761739001010010=29072011111111111111"},
		{"52", "FEDCBA9876543210", "0123456789ABCDEF"},
		{"55", "5F24033112319908FEDCBA9876543210", "5F240329073199080123456789ABCDEF"},
	}
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for _, tt := range tests {
			a, b := pack(t, spec, "0200", [][2]string{{tt.path, tt.a}}), pack(t, spec, "0200", [][2]string{{tt.path, tt.b}})
			for _, d := range iso8583.Diff(a, spec, b, spec, "en") {
				if !d.Hidden || d.A.Value != d.B.Value || !strings.Contains(d.Note, "hidden") {
					t.Errorf("%s field %s: %s %q and %q, hidden is %v", spec.Name(), d.Path, d.Kind, d.A.Value, d.B.Value, d.Hidden)
				}
			}
			if n := len(iso8583.Diff(a, spec, b, spec, "en")); n == 0 {
				t.Errorf("%s field %s: no difference", spec.Name(), tt.path)
			}
		}
	}
}

// TestRepairsAreBounded: a megabyte of anything takes no longer than a message does, by
// a factor that is small.
func TestRepairsAreBounded(t *testing.T) {
	hostile := map[string][]byte{
		"digits":       []byte("0200FFFFFFFFFFFFFFFF8000000000000001" + strings.Repeat("1", 1<<20)),
		"bits":         []byte("\x02\x00" + strings.Repeat("\xFF", 1<<20)),
		"zeros":        []byte("\x02\x00" + strings.Repeat("\x00", 1<<20)),
		"data objects": []byte("0200000000000000020099" + "9" + strings.Repeat("\x9C\x01\x00", 333) + "1"),
		"line ends":    []byte("02007020000000000000" + strings.Repeat("\r\n", 1<<19)),
	}
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for name, raw := range hostile {
			start := time.Now()
			said(spec, raw, raw[:min(len(raw), 500)])
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s %s: took %v", spec.Name(), name, took)
			}
		}
	}
}

// FuzzRepairs: whatever the bytes, nothing panics; what is offered closes.
func FuzzRepairs(f *testing.F) {
	for _, spec := range []*iso8583.Spec{ascii(f), bcd(f)} {
		for _, raw := range explained(f, spec) {
			f.Add(raw)
			f.Add(raw[:len(raw)/2])
			f.Add(append([]byte("0100"), raw...))
		}
	}
	specs := []*iso8583.Spec{ascii(f), bcd(f)}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, spec := range specs {
			out := said(spec, raw, raw[:len(raw)/2])
			if strings.Contains(out, "%!") {
				t.Errorf("a text and its figures do not fit: %s", out)
			}
			var l iso8583.Layout
			if spec.Decode(raw, &l) == nil && len(spec.Repairs(raw, "en")) > 0 {
				t.Error("a repair of a sound message")
			}
			if diffs := iso8583.Diff(raw, spec, raw, spec, "en"); len(diffs) > 0 {
				t.Errorf("a message differs from itself: %s", differences(diffs))
			}
		}
	})
}
