package iso8583_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	moov "github.com/moov-io/iso8583"

	"github.com/tillworks/till/pkg/iso8583"
)

// marshaled is an explanation as encoding/json writes it.
func marshaled(tb testing.TB, x iso8583.Explanation) string {
	tb.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(x); err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// TestAppendJSON: the fast writer and encoding/json agree to the byte, on every message
// of the goldens, cut at every byte, in both languages, masked and not.
func TestAppendJSON(t *testing.T) {
	at := iso8583.Origin{N: 3, Source: "a \"b\"\\c.hex", Line: 2, Offset: 1 << 40, Time: "2026-11-29T08:00:00Z", From: "10.0.0.1:5000", To: "[::1]:8583", Framing: "binary2+tpdu", Confidence: "sure"}
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for _, o := range []iso8583.ExplainOptions{{}, {Lang: "zh"}, {Unmask: true}} {
			e := spec.NewExplainer(o)
			for name, raw := range explained(t, spec) {
				for cut := range len(raw) + 1 {
					x := e.Explain(raw[:cut])
					x.Origin = at
					if got, want := string(e.AppendJSON(nil, raw[:cut], at)), marshaled(t, x); got != want {
						t.Fatalf("%s %s %+v cut at %d:\ngot  %s\nwant %s", spec.Name(), name, o, cut, got, want)
					}
					compact := e.AppendCompact([]byte("x"), raw[:cut], at)
					if !json.Valid(compact[1:]) || compact[0] != 'x' {
						t.Fatalf("%s %s cut at %d: no JSON: %s", spec.Name(), name, cut, compact)
					}
				}
			}
		}
	}
}

// TestAppendJSONKeepsNothing: what an explainer remembers of the messages before changes
// nothing of the next, whatever they were.
func TestAppendJSONKeepsNothing(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		messages := [][]byte{}
		for _, raw := range explained(t, spec) {
			messages = append(messages, raw, raw[:len(raw)/2])
		}
		for _, change := range [][2]string{{"4", "1251"}, {"22", "071"}, {"25", "08"}, {"39", "51"}, {"49", "392"}, {"49", "048"}, {"63", "4761739001010010"}, {"63", "a"},
			{"55", "9F02060000000012505F2A020392" + "9505" + "8000008000"}, {"55", "9F02060000000012505F2A020156" + "9505" + "0000008000" + "9505" + "8000008000"}} {
			messages = append(messages, pack(t, spec, "0100", append(authorization(), change)), pack(t, spec, "0420", append(authorization(), change)))
		}
		rng := rand.New(rand.NewPCG(5, 6))
		used := map[string]*iso8583.Explainer{"en": spec.NewExplainer(iso8583.ExplainOptions{}), "zh": spec.NewExplainer(iso8583.ExplainOptions{Lang: "zh"})}
		for range 3000 {
			raw := messages[rng.IntN(len(messages))]
			for lang, e := range used {
				fresh := spec.NewExplainer(iso8583.ExplainOptions{Lang: lang})
				if got, want := string(e.AppendJSON(nil, raw, iso8583.Origin{})), string(fresh.AppendJSON(nil, raw, iso8583.Origin{})); got != want {
					t.Fatalf("%s:\ngot  %s\nwant %s", spec.Name(), got, want)
				}
				if got, want := string(e.AppendCompact(nil, raw, iso8583.Origin{})), string(fresh.AppendCompact(nil, raw, iso8583.Origin{})); got != want {
					t.Fatalf("%s:\ngot  %s\nwant %s", spec.Name(), got, want)
				}
			}
		}
	}
}

// TestAppendCompact holds the short form.
func TestAppendCompact(t *testing.T) {
	spec := ascii(t)
	raw := pack(t, spec, "0110", [][2]string{
		{"2", "4761739001010010"}, {"3", "000000"}, {"11", "42"}, {"39", "51"}, {"49", "156"}, {"55", "8A023531" + "7204" + "9F180142"[:6] + "11" + "71009F3602000171030102FF"},
	})
	var out bytes.Buffer
	if err := json.Indent(&out, spec.NewExplainer(iso8583.ExplainOptions{}).AppendCompact(nil, raw, iso8583.Origin{N: 1}), "", "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "compact.json", out.String()+"\n")
}

// TestUnmask: what is hidden is shown where it is asked for, and nothing else changes.
func TestUnmask(t *testing.T) {
	spec := ascii(t)
	raw := pack(t, spec, "0200", [][2]string{{"2", "4761739001010010"}, {"4", "1250"}, {"48", "card 4761739001010010"}, {"52", "0123456789ABCDEF"}, {"55", "5A084761739001010010"}})
	masked, clear := spec.Explain(raw, "en"), spec.NewExplainer(iso8583.ExplainOptions{Unmask: true}).Explain(raw)
	want := map[string]string{"2": "4761739001010010", "48": "card 4761739001010010", "52": "0123456789ABCDEF", "55": "5A084761739001010010", "55.5A": "4761739001010010"}
	for i, f := range clear.Fields {
		shown, hidden := want[f.Path]
		if hidden && (f.Value != shown || strings.Contains(f.Raw, "*") || !strings.Contains(masked.Fields[i].Value, "*")) {
			t.Errorf("field %s: %q, raw %s, masked %q", f.Path, f.Value, f.Raw, masked.Fields[i].Value)
		}
		if !hidden && f != masked.Fields[i] {
			t.Errorf("field %s: %+v, masked %+v", f.Path, f, masked.Fields[i])
		}
	}
}

// TestAppendJSONAllocatesNothing: once the fields of messages were seen.
func TestAppendJSONAllocatesNothing(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		messages := traffic(t, spec)
		e := spec.NewExplainer(iso8583.ExplainOptions{})
		var out []byte
		for name, f := range map[string]func(){
			"full": func() {
				for _, raw := range messages {
					out = e.AppendJSON(out[:0], raw, iso8583.Origin{N: 1})
				}
			},
			"compact": func() {
				for _, raw := range messages {
					out = e.AppendCompact(out[:0], raw, iso8583.Origin{N: 1})
				}
			},
		} {
			f()
			if n := testing.AllocsPerRun(10, f); n != 0 {
				t.Errorf("%s %s: %v allocations in %d messages", spec.Name(), name, n, len(messages))
			}
		}
	}
}

// traffic is what a host sees of one kind of message: the same fields, of which the
// number, the amount, the times, the numbers and the chip's values change.
func traffic(tb testing.TB, spec *iso8583.Spec) [][]byte {
	tb.Helper()
	rng := rand.New(rand.NewPCG(7, 8))
	numbers := secretNumbers()
	var all [][]byte
	for i := range 64 {
		number := numbers[rng.IntN(2)]
		chip := strings.NewReplacer("A1B2C3D4E5F60718", fmt.Sprintf("%016X", rng.Uint64()), "1A2B3C4D", fmt.Sprintf("%08X", rng.Uint32()),
			"9F36020001", fmt.Sprintf("9F3602%04X", i), "000000001250", fmt.Sprintf("%012d", rng.IntN(100000)))
		all = append(all, pack(tb, spec, "0100", append(authorization(), [][2]string{
			{"2", number}, {"4", fmt.Sprint(rng.IntN(100000))}, {"7", fmt.Sprintf("1123%02d%02d%02d", rng.IntN(24), rng.IntN(60), rng.IntN(60))},
			{"11", fmt.Sprint(i)}, {"12", fmt.Sprintf("%02d%02d%02d", rng.IntN(24), rng.IntN(60), rng.IntN(60))}, {"35", number + "=31122011143804400000"},
			{"37", fmt.Sprintf("6327020%05d", i)}, {"41", fmt.Sprintf("TERM%04d", rng.IntN(20))}, {"52", fmt.Sprintf("%016X", rng.Uint64())}, {"55", chip.Replace(icc())},
		}...)))
	}
	return all
}

// BenchmarkJSON: messages to masked JSON with meanings, beside moov's Unpack and
// MarshalJSON, which masks and explains nothing.
func BenchmarkJSON(b *testing.B) {
	for _, spec := range []*iso8583.Spec{ascii(b), bcd(b)} {
		messages := traffic(b, spec)
		e := spec.NewExplainer(iso8583.ExplainOptions{})
		var out []byte
		run := func(name string, f func(raw []byte) error) {
			b.Run(spec.Name()+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(messages[0])))
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if err := f(messages[i%len(messages)]); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("full", func(raw []byte) error { out = e.AppendJSON(out[:0], raw, iso8583.Origin{N: 1}); return nil })
		run("compact", func(raw []byte) error { out = e.AppendCompact(out[:0], raw, iso8583.Origin{N: 1}); return nil })
		if spec.Name() != "iso87-ascii" {
			continue // moov cannot pack a packed track again, as its MarshalJSON does
		}
		oracle := oracleOf(b, spec)
		run("moov", func(raw []byte) error {
			m := moov.NewMessage(oracle)
			if err := m.Unpack(raw); err != nil {
				return err
			}
			_, err := json.Marshal(m)
			return err
		})
	}
}
