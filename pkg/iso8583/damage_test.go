package iso8583_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/tillworks/till/pkg/iso8583"
)

// plausible makes messages as shops send them: fields that belong together, with dates,
// codes and numbers that can be.
type plausible struct{ *rand.Rand }

func (p plausible) digits(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = '0' + byte(p.IntN(10))
	}
	return string(out)
}

func (p plausible) of(choices ...string) string { return choices[p.IntN(len(choices))] }

func (p plausible) day() string { return fmt.Sprintf("%02d%02d", 1+p.IntN(12), 1+p.IntN(28)) }

func (p plausible) clock() string {
	return fmt.Sprintf("%02d%02d%02d", p.IntN(24), p.IntN(60), p.IntN(60))
}

// message is a random message of a dialect, packed.
func (p plausible) message(tb testing.TB, spec *iso8583.Spec) []byte {
	tb.Helper()
	pan := p.of(secretNumbers()...)
	mti := iso8583.MTI(p.of("0100", "0200", "0110", "0210", "0400", "0420"))
	fields := [][2]string{
		{"3", p.of("000000", "010000", "200000", "310000", "003000")}, {"4", fmt.Sprintf("%012d", p.IntN(1000000))},
		{"7", p.day() + p.clock()}, {"11", p.digits(6)}, {"12", p.clock()}, {"13", p.day()},
		{"41", p.of("TERM", "POS ", "T") + p.digits(4)}, {"49", p.of("156", "840", "978", "392")},
	}
	maybe := [][2]string{
		{"2", pan}, {"14", p.of("2708", "2811", "3012")}, {"18", p.of("5411", "5812", "5999")}, {"22", p.of("051", "021", "012", "071", "901")},
		{"23", "00" + p.digits(1)}, {"25", p.of("00", "08", "59")}, {"32", p.digits(6 + p.IntN(6))},
		{"35", pan + "=3112201" + p.digits(9)}, {"37", p.digits(12)}, {"42", p.digits(15)}, {"43", "CORNER SHOP              SHANGHAI     CN"},
		{"48", "REF" + p.digits(p.IntN(20))}, {"55", p.icc()}, {"60", p.digits(8 + p.IntN(6))}, {"62", p.digits(6)}, {"63", "INVOICE " + p.digits(6)},
		{"64", hex.EncodeToString([]byte(p.digits(8)))}, {"102", p.digits(10)}, {"128", hex.EncodeToString([]byte(p.digits(8)))},
	}
	for _, kv := range maybe {
		if p.IntN(2) == 0 {
			fields = append(fields, kv)
		}
	}
	if mti.IsResponse() {
		fields = append(fields, [2]string{"39", p.of("00", "05", "51", "91")}, [2]string{"38", p.digits(6)})
	}
	return pack(tb, spec, mti, fields)
}

// icc is some data objects, shuffled.
func (p plausible) icc() string {
	all := []string{"9F2608A1B2C3D4E5F60718", "9F270180", "9F100706010A03A00000", "9F37041A2B3C4D", "9F36020001", "95058000048000", "9A03261123", "9C0100", "9F0206000000001250", "5F2A020156", "82023800", "9F1A020156", "9F3303E0F8C8", "9F34031E0300"}
	p.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return strings.Join(all[:4+p.IntN(len(all)-4)], "")
}

// damage breaks a message, and says what the first words of the repair that undoes it
// are; it answers "" where the message has nothing to break in this way.
type damage struct {
	name  string
	least int // of a hundred broken messages, how many must have the undoing among their repairs
	do    func(p plausible, spec *iso8583.Spec, raw []byte) (broken []byte, want []string)
}

// fieldsOf are the fields of a sound message: where they lie, without MTI and bitmaps.
func fieldsOf(spec *iso8583.Spec, raw []byte) []iso8583.ExplainedField {
	var out []iso8583.ExplainedField
	for _, f := range spec.Explain(raw, "en").Fields {
		if num, err := strconv.Atoi(f.Path); err == nil && num > 1 {
			out = append(out, f)
		}
	}
	return out
}

// packs reports a dialect with packed digits.
func packs(spec *iso8583.Spec) bool { return strings.HasSuffix(spec.Name(), "-bcd") }

// bitAt toggles a bit of the first bitmap.
func bitAt(spec *iso8583.Spec, raw []byte, num int) []byte {
	out := bytes.Clone(raw)
	var l iso8583.Layout
	_ = spec.Decode(raw, &l)
	at := int(l.At(l.Find("1")).Offset)
	if spec.Definition().Fields["1"].Enc == "Binary" {
		out[at+(num-1)/8] ^= 0x80 >> ((num - 1) % 8)
		return out
	}
	at += (num - 1) / 4
	v, _ := strconv.ParseUint(string(out[at:at+1]), 16, 8)
	out[at] = fmt.Sprintf("%X", v^(8>>((num-1)%4)))[0]
	return out
}

// bitmapHex is the bytes of a bitmap as hex.
func bitmapHex(spec *iso8583.Spec, b []byte) string {
	if spec.Definition().Fields["1"].Enc == "Binary" {
		return fmt.Sprintf("%X", b)
	}
	return string(b)
}

func damages() []damage {
	has := func(fields []iso8583.ExplainedField, num int) bool {
		return slices.ContainsFunc(fields, func(f iso8583.ExplainedField) bool { return f.Path == strconv.Itoa(num) })
	}
	counted := func(p plausible, spec *iso8583.Spec, raw []byte) (iso8583.ExplainedField, bool) {
		fields := slices.DeleteFunc(fieldsOf(spec, raw), func(f iso8583.ExplainedField) bool { return f.Prefix == 0 })
		if len(fields) == 0 {
			return iso8583.ExplainedField{}, false
		}
		return fields[p.IntN(len(fields))], true
	}
	return []damage{
		{"a bit set", 80, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			num := 2 + p.IntN(63)
			if has(fieldsOf(spec, raw), num) {
				return nil, nil
			}
			return bitAt(spec, raw, num), []string{fmt.Sprintf("clear bit %d of", num)}
		}},
		{"a bit cleared", 80, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			num := 2 + p.IntN(63)
			if !has(fieldsOf(spec, raw), num) {
				return nil, nil
			}
			return bitAt(spec, raw, num), []string{fmt.Sprintf("set bit %d of", num)}
		}},
		{"a bit moved", 50, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			from := 2 + p.IntN(62)
			if fields := fieldsOf(spec, raw); !has(fields, from) || has(fields, from+1) {
				return nil, nil
			}
			return bitAt(spec, bitAt(spec, raw, from), from+1), []string{fmt.Sprintf("bit %d of the bitmap in place of bit %d ", from, from+1)}
		}},
		{"three bits wrong", 50, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			out := bytes.Clone(raw)
			for range 3 {
				out = bitAt(spec, out, 2+p.IntN(62))
			}
			var l iso8583.Layout
			_ = spec.Decode(raw, &l)
			at := l.At(l.Find("1"))
			if bytes.Equal(out[at.Offset:at.End], raw[at.Offset:at.End]) {
				return nil, nil
			}
			return out, []string{fmt.Sprintf("the bitmap that fits the data (bytes %d to %d) is %s", at.Offset, at.End-1, bitmapHex(spec, raw[at.Offset:at.End]))}
		}},
		{"a length one off", 80, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			f, ok := counted(p, spec, raw)
			out := bytes.Clone(raw)
			at := f.Offset + f.Prefix - 1
			if !ok || out[at]&15 == 9 {
				return nil, nil
			}
			out[at]++
			return out, []string{fmt.Sprintf("field %s (%s), byte %d: the length is ", f.Path, f.Name, f.Offset)}
		}},
		{"a length with its digits turned", 80, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			f, ok := counted(p, spec, raw)
			out := bytes.Clone(raw)
			at := f.Offset + f.Prefix - 1
			switch {
			case !ok:
				return nil, nil
			case packs(spec):
				out[at] = out[at]<<4 | out[at]>>4
			default:
				out[at], out[at-1] = out[at-1], out[at]
			}
			return out, []string{fmt.Sprintf("field %s (%s), byte %d: the length is ", f.Path, f.Name, f.Offset)}
		}},
		{"a binary length", 80, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			f, ok := counted(p, spec, raw)
			if !ok || !packs(spec) || raw[f.Offset+f.Prefix-1] < 10 || f.Prefix > 1 {
				return nil, nil
			}
			out := bytes.Clone(raw)
			at := f.Offset + f.Prefix - 1
			out[at] = out[at]>>4*10 + out[at]&15
			return out, []string{fmt.Sprintf("field %s (%s), byte %d: read the length as 2 of packed digits", f.Path, f.Name, f.Offset),
				fmt.Sprintf("field %s (%s), byte %d: read the length as 1 of a binary", f.Path, f.Name, f.Offset), fmt.Sprintf("field %s (%s), byte %d: the length is ", f.Path, f.Name, f.Offset)}
		}},
		{"a length in bytes", 80, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			f, ok := counted(p, spec, raw)
			if !ok || !packs(spec) || !slices.Contains([]string{"2", "32", "35"}, f.Path) {
				return nil, nil
			}
			out := bytes.Clone(raw)
			n := f.Length - f.Prefix
			out[f.Offset] = byte(n/10<<4 | n%10)
			return out, []string{fmt.Sprintf("field %s (%s), byte %d: the length counts bytes, not digits", f.Path, f.Name, f.Offset), fmt.Sprintf("field %s (%s), byte %d: the length is ", f.Path, f.Name, f.Offset)}
		}},
		{"justified to the left", 95, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			if !packs(spec) {
				return nil, nil
			}
			for _, f := range fieldsOf(spec, raw) {
				if f.Path == "22" {
					out := bytes.Clone(raw)
					out[f.Offset], out[f.Offset+1] = out[f.Offset]<<4|out[f.Offset+1]>>4, out[f.Offset+1]<<4
					return out, []string{"field 22 (" + f.Name + "), byte " + strconv.Itoa(f.Offset) + ": its digits have the pad nibble behind", "every fixed field of an odd number of digits"}
				}
			}
			return nil, nil
		}},
		{"cut off", 95, func(p plausible, _ *iso8583.Spec, raw []byte) ([]byte, []string) {
			keep := 30 + p.IntN(len(raw)-30)
			return bytes.Clone(raw[:keep]), []string{"the message was cut off: "}
		}},
		{"filled behind", 95, func(p plausible, _ *iso8583.Spec, raw []byte) ([]byte, []string) {
			n := 1 + p.IntN(8)
			return append(bytes.Clone(raw), strings.Repeat(p.of("\x00", " ", "\n", "\xFF"), n)...), []string{"take " + strings.Replace(fmt.Sprintf("%d bytes off at the end", n), "1 bytes", "1 byte", 1)}
		}},
		{"two messages", 95, func(_ plausible, _ *iso8583.Spec, raw []byte) ([]byte, []string) {
			return append(bytes.Clone(raw), raw...), []string{fmt.Sprintf("take %d bytes off at the end, from byte %d: another message", len(raw), len(raw))}
		}},
		{"a length in front", 95, func(_ plausible, _ *iso8583.Spec, raw []byte) ([]byte, []string) {
			return append([]byte(fmt.Sprintf("%04d", len(raw))), raw...), []string{"take 4 bytes off in front, before the message type: a length"}
		}},
		{"a TPDU in front", 95, func(_ plausible, _ *iso8583.Spec, raw []byte) ([]byte, []string) {
			return append([]byte{0x60, 0, 3, 0, 0}, raw...), []string{"take 5 bytes off in front, before the message type: a TPDU"}
		}},
		{"hex of hex", 95, func(_ plausible, _ *iso8583.Spec, raw []byte) ([]byte, []string) {
			return []byte(hex.EncodeToString(raw)), []string{"the message is hex of the message"}
		}},
		{"UTF-8", 80, func(_ plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			out := make([]byte, 0, len(raw))
			for _, c := range raw {
				out = append(out, string(rune(c))...)
			}
			return out, []string{"bytes over 7F became UTF-8"}
		}},
		{"line ends", 80, func(_ plausible, _ *iso8583.Spec, raw []byte) ([]byte, []string) {
			return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")), []string{"bytes 0A became 0D 0A", "take the byte 0D out at byte "}
		}},
		{"a byte lost", 60, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			fields := fieldsOf(spec, raw)
			f := fields[p.IntN(len(fields))]
			at := f.Offset + f.Prefix + p.IntN(max(1, f.Length-f.Prefix))
			if f.Prefix == f.Length {
				return nil, nil
			}
			place := fmt.Sprintf("field %s (%s), byte %d: ", f.Path, f.Name, f.Offset)
			return slices.Delete(bytes.Clone(raw), at, at+1), []string{place + "it has ", place + "the length ", "the message was cut off: 1 byte more"}
		}},
		{"an object one off", 60, func(p plausible, spec *iso8583.Spec, raw []byte) ([]byte, []string) {
			var objects []iso8583.ExplainedField
			for _, f := range spec.Explain(raw, "en").Fields {
				if strings.HasPrefix(f.Path, "55.") {
					objects = append(objects, f)
				}
			}
			if len(objects) == 0 {
				return nil, nil
			}
			f := objects[p.IntN(len(objects))]
			out := bytes.Clone(raw)
			out[f.Offset+f.Prefix-1]++
			return out, []string{fmt.Sprintf("byte %d: the length of ", f.Offset+f.Prefix-1)}
		}},
	}
}

// TestDamage breaks many messages in each way, and counts how often the undoing is
// among the repairs, and how often it is the first.
func TestDamage(t *testing.T) {
	const rounds = 24
	for _, name := range []string{"iso87-ascii", "iso87-ascii-binbmp", "iso87-bcd", "iso87-ebcdic"} {
		spec := load(t, name)
		for _, d := range damages() {
			t.Run(spec.Name()+"/"+d.name, func(t *testing.T) {
				p := plausible{rand.New(rand.NewPCG(8583, 1987))}
				broken, found, first := 0, 0, 0
				for range rounds {
					raw, want := d.do(p, spec, p.message(t, spec))
					var l iso8583.Layout
					if raw == nil || spec.Decode(raw, &l) == nil {
						continue // nothing to break, or it closes as another message
					}
					broken++
					at := slices.IndexFunc(spec.Repairs(raw, "en"), func(r iso8583.ExplainedRepair) bool {
						return slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(r.Change, w) })
					})
					if at >= 0 {
						found++
					}
					if at == 0 {
						first++
					}
				}
				t.Logf("of %d broken the undoing is found in %d and first in %d", broken, found, first)
				if broken > 0 && found*100 < d.least*broken {
					t.Errorf("found in %d of %d, want %d of 100", found, broken, d.least)
				}
			})
		}
	}
}

// TestRepairsSpeak: what is offered in one language is offered in the other, in its words.
func TestRepairsSpeak(t *testing.T) {
	han := func(s string) bool {
		return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
	}
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for _, d := range damages() {
			p := plausible{rand.New(rand.NewPCG(1, 1))}
			for range 5 {
				raw, _ := d.do(p, spec, p.message(t, spec))
				en, zh := spec.Repairs(raw, "en"), spec.Repairs(raw, "zh")
				if len(en) != len(zh) {
					t.Fatalf("%s: %d repairs in English, %d in Chinese", d.name, len(en), len(zh))
				}
				for i := range en {
					if han(en[i].Change) || !han(zh[i].Change) || strings.Contains(en[i].Change+zh[i].Change, "%!") || en[i].Closes != zh[i].Closes {
						t.Errorf("%s: %+v and %+v", d.name, en[i], zh[i])
					}
				}
			}
		}
	}
}

// BenchmarkRepairs is the repairs of one message, broken in each way.
func BenchmarkRepairs(b *testing.B) {
	spec := bcd(b)
	p := plausible{rand.New(rand.NewPCG(8583, 1987))}
	for _, d := range damages() {
		var broken [][]byte
		for len(broken) < 20 {
			raw, _ := d.do(p, spec, p.message(b, spec))
			var l iso8583.Layout
			if raw != nil && spec.Decode(raw, &l) != nil {
				broken = append(broken, raw)
			}
		}
		b.Run(d.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				spec.Repairs(broken[i%len(broken)], "en")
			}
		})
	}
}
