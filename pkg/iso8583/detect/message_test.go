package detect_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// maker makes messages as shops and hosts send them.
type maker struct {
	*rand.Rand
	tb testing.TB
}

func newMaker(tb testing.TB, seed uint64) maker {
	return maker{Rand: rand.New(rand.NewPCG(seed, 8583)), tb: tb}
}

func (r maker) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	return b.String()
}

func (r maker) of(choices ...string) string { return choices[r.IntN(len(choices))] }

// time is MMDDhhmmss.
func (r maker) time() string {
	return fmt.Sprintf("%02d%02d%02d%02d%02d", 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60))
}

func (r maker) pan() string {
	return r.of("4111111111111111", "5555555555554444", "6200000000000005", "378282246310005", "4012888888881881", "6221260062379699")
}

// kindsOf are the messages of a shop's day, each with the fields that it has; a field in
// brackets may be missing.
func kindsOf(version string) map[string]string {
	if version == "1" {
		return map[string]string{
			"1100": "2 3 4 7 11 12 [14] [18] 22 24 [25] [26] [32] [35] [37] 41 42 [43] 49 [52] [55]",
			"1110": "2 3 4 7 11 12 [24] [37] [38] 39 41 [42] 49 [55]",
			"1200": "2 3 4 7 11 12 [14] 22 24 26 32 [35] [37] 41 42 43 49",
			"1420": "2 3 4 7 11 12 [14] 22 24 25 [30] 32 37 41 42 49 56",
			"1430": "3 4 7 11 12 32 37 39 41 49",
			"1804": "7 11 12 24 [28] [93]",
			"1814": "7 11 12 24 39",
		}
	}
	if version == "2" {
		return map[string]string{
			"2100": "2 3 4 7 11 12 [14] 22 24 41 42 49",
			"2110": "2 3 4 7 11 12 39 41 49",
			"2804": "7 11 12 24",
		}
	}
	return map[string]string{
		"0100": "2 3 4 7 11 [12] [13] 14 [18] 22 [23] 25 [32] [35] 37 41 42 [43] 49 [52] [55]",
		"0110": "2 3 4 7 11 [12] [13] [32] 37 [38] 39 41 [42] 49 [55]",
		"0200": "[2] 3 4 [7] 11 12 13 [14] 22 [23] [24] 25 [35] [37] 41 42 [48] 49 [52] [55] [60]",
		"0210": "[2] 3 4 [7] 11 12 13 [24] 37 [38] 39 41 [42] [49] [55]",
		"0220": "2 3 4 7 11 12 13 14 22 25 37 38 41 42 49",
		"0400": "2 3 4 7 11 [12] [13] 22 25 [35] 37 41 42 49 90",
		"0410": "2 3 4 7 11 37 39 41 49 90",
		"0420": "2 3 4 7 11 12 13 22 32 37 39 41 42 49 90 [95]",
		"0500": "[3] 7 11 [15] 41 42 50 66 74 75 76 77 86 87 97",
		"0800": "7 11 [12] [13] [15] [41] 70",
		"0810": "7 11 [12] [13] 39 [41] 70",
	}
}

// message makes one in a dialect. What the dialect has no place for is left out.
func (r maker) message(spec *iso8583.Spec, version string) *iso8583.Message {
	kinds := kindsOf(version)
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	kind := names[r.IntN(len(names))]
	m := spec.NewMessage(iso8583.MTI(kind))
	now := r.time()
	pan := r.pan()
	for _, f := range strings.Fields(kinds[kind]) {
		num := strings.Trim(f, "[]")
		if num != f && r.IntN(2) == 0 {
			continue
		}
		def := spec.Definition().Fields[num]
		if def == nil {
			continue
		}
		_ = m.Set(num, r.value(kind, num, def, pan, now)) // a place of another form stays empty
	}
	return m
}

// value makes the text form of a field.
func (r maker) value(kind, num string, f *iso8583.Field, pan, now string) string {
	n := f.Length
	switch num {
	case "2":
		return pan
	case "3":
		return r.of("000000", "003000", "010000", "200000", "310000", "990000")
	case "4":
		return fmt.Sprintf("%012d", 1+r.IntN(2_000_000))
	case "7":
		return now
	case "12":
		return map[int]string{6: now[4:], 12: "26" + now, 14: "2026" + now}[n]
	case "13":
		return map[int]string{4: now[:4], 6: "26" + now[:4]}[n]
	case "15", "17":
		return map[int]string{4: now[:4], 6: "26" + now[:4]}[n]
	case "14":
		return fmt.Sprintf("%02d%02d", 27+r.IntN(5), 1+r.IntN(12))
	case "18", "26":
		return r.of("5411", "5812", "7011", "4111")
	case "22":
		if n == 12 {
			return r.of("511201511344", "210101214340", "A11101B11340")
		}
		return r.of("051", "071", "021", "012")
	case "24":
		if strings.HasPrefix(f.Description, "Function") {
			return kind[1:2] + r.of("00", "01", "02")
		}
		return r.digits(3)
	case "25":
		return strings.Repeat("0", n)
	case "35":
		return pan + "=" + fmt.Sprintf("%02d%02d", 27+r.IntN(5), 1+r.IntN(12)) + "201" + r.digits(10)
	case "37":
		return r.digits(12)
	case "38":
		return r.of("ABC123", "004512", "T8K3Q1")
	case "39":
		return map[int]string{2: r.of("00", "05", "51", "91"), 3: r.of("000", "100", "116"), 4: "0000"}[n]
	case "41":
		return r.of("TERM0001", "00012345", "ATM00002", "10203040")[:min(8, n)]
	case "42":
		return r.of("123456789012345", "MERCHANT0000001", "SHOP 42        ")
	case "43":
		return "CORNER SHOP              SHANGHAI     CN"
	case "48", "60", "61", "62", "63":
		return r.of("PRIVATE DATA", "0001", "ORDER-"+r.digits(4))
	case "49", "50", "51":
		return r.of("156", "840", "978", "036", "392")
	case "52":
		return fmt.Sprintf("%016X", r.Uint64())
	case "55":
		return r.chip()
	case "70":
		return r.of("001", "002", "301", "101")
	case "74", "75", "76", "77":
		return fmt.Sprintf("%010d", r.IntN(300))
	case "86", "87":
		return fmt.Sprintf("%016d", r.IntN(3_000_000))
	case "90":
		return r.of("0100", "0200") + r.digits(6) + now + "00000123456" + "00000000000"
	case "97":
		return "C" + fmt.Sprintf("%016d", r.IntN(3_000_000))
	}
	return r.digits(n)
}

// chip is what a terminal sends of a chip.
func (r maker) chip() string {
	return "9F2608" + fmt.Sprintf("%016X", r.Uint64()) + "9F2701" + "80" + "9F1007" + "06010A03A00000" + "9F3704" + fmt.Sprintf("%08X", r.Uint32()) +
		"9F3602" + fmt.Sprintf("%04X", r.IntN(1<<16)) + "9505" + "8000048000" + "9A03" + "261123" + "9C01" + "00" + "9F0206" + "000000001250" +
		"5F2A02" + "0156" + "8202" + "3800" + "9F1A02" + "0156" + "9F3303" + "E0F8C8"
}

// wrap puts a framing around a message, by name.
func (r maker) wrap(name string, body []byte) []byte {
	if name == "none" {
		return body
	}
	parts := strings.Split(name, "+")
	for i := len(parts) - 1; i >= 0; i-- {
		body = r.layer(parts[i], body)
	}
	return body
}

func (r maker) layer(part string, b []byte) []byte {
	n := len(b)
	join := func(head string) []byte { return append([]byte(head), b...) }
	switch part {
	case "binary2":
		return join(string([]byte{byte(n >> 8), byte(n)}))
	case "binary2-self":
		return join(string([]byte{byte((n + 2) >> 8), byte(n + 2)}))
	case "little2":
		return join(string([]byte{byte(n), byte(n >> 8)}))
	case "bcd2":
		return join(string(packed(r.tb, fmt.Sprintf("%04d", n))))
	case "ascii4":
		return join(fmt.Sprintf("%04d", n))
	case "hex4":
		return join(fmt.Sprintf("%04X", n))
	case "binary4":
		return join(string(binary.BigEndian.AppendUint32(nil, uint32(n))))
	case "vml4":
		return join(string([]byte{byte(n >> 8), byte(n), 0, 0}))
	case "stx":
		return r.serial(b)
	case "tpdu":
		return join(string([]byte{0x60, 0x00, byte(r.IntN(10)), 0x80, 0x00}))
	case "unionpay6":
		return join("\x60\x31\x00\x31\x13\x08")
	case "visa22":
		return join("\x16\x01\x02" + string([]byte{byte((n + 22) >> 8), byte(n + 22)}) + "\x00\x00\x00\x12\x34\x56" + strings.Repeat("\x00", 11))
	case "base24":
		return join("ISO025000070")
	case "base24-ebcdic":
		return join("\xC9\xE2\xD6\xF0\xF2\xF5\xF0\xF0\xF0\xF0\xF7\xF0")
	}
	r.tb.Fatalf("no layer %q", part)
	return nil
}

// serial is STX, a packed length, the body, ETX and the exclusive or of all but STX.
func (r maker) serial(b []byte) []byte {
	out := append([]byte{0x02}, packed(r.tb, fmt.Sprintf("%04d", len(b)))...)
	out = append(append(out, b...), 0x03)
	var check byte
	for _, c := range out[1:] {
		check ^= c
	}
	return append(out, check)
}

func packed(tb testing.TB, digits string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// lengths are the names of all lengths, and none.
func lengths() []string {
	var out []string
	for _, name := range detect.Framings() {
		if name == "tpdu" {
			break
		}
		out = append(out, name)
	}
	return out
}

// framed is a length and what a dialect usually comes behind.
func framed(length string, info dialect.Info, tpdu bool) string {
	parts := []string{}
	if length != "none" {
		parts = append(parts, length)
	}
	for _, part := range info.Framings {
		switch {
		case part == "tpdu" && tpdu:
			parts = append(parts, "tpdu")
		case strings.HasPrefix(part, "unionpay"):
			if !tpdu {
				parts = append(parts, "tpdu")
			}
			parts = append(parts, "unionpay6")
		case strings.HasPrefix(part, "visa"):
			parts = append(parts, "visa22")
		case strings.HasPrefix(part, "base24"):
			parts = append(parts, "base24")
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, "+")
}

// specs are the dialects that ship, compiled.
func specs(tb testing.TB) map[string]*iso8583.Spec {
	tb.Helper()
	out := map[string]*iso8583.Spec{}
	for _, name := range dialect.Names() {
		s, err := dialect.Load(name)
		if err != nil {
			tb.Fatal(err)
		}
		out[name] = s
	}
	return out
}

// reads reports that a spec gives back the fields of a message.
func reads(spec *iso8583.Spec, body []byte, m *iso8583.Message) bool {
	got, err := spec.Unpack(body)
	if err != nil || got.MTI() != m.MTI() || len(got.Fields()) != len(m.Fields()) {
		return false
	}
	for _, path := range m.Fields() {
		if got.Reveal(path) != m.Reveal(path) && !textOfBytes(got.Reveal(path), m.Reveal(path)) {
			return false
		}
	}
	return true
}

// textOfBytes reports that one is the hex of the other: a field that one dialect divides
// or takes for bytes, and the other for characters.
func textOfBytes(a, b string) bool {
	return strings.EqualFold(hex.EncodeToString([]byte(a)), b) || strings.EqualFold(hex.EncodeToString([]byte(b)), a)
}

// anything makes a message of a type that exists, with any fields, of any content that
// they take.
func (r maker) anything(spec *iso8583.Spec, version string) *iso8583.Message {
	m := spec.NewMessage(iso8583.MTI(fmt.Sprintf("%s%d%d%d", version, 1+r.IntN(8), r.IntN(5), r.IntN(6))))
	nums := spec.FieldNumbers()
	for range 1 + r.IntN(20) {
		num := fmt.Sprint(nums[r.IntN(len(nums))])
		f := spec.Definition().Fields[num]
		n := f.Length
		if !strings.HasSuffix(f.Prefix, ".Fixed") {
			n = r.IntN(min(n, 40) + 1)
		}
		for _, text := range []string{r.chars("0123456789", n), r.chars("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ abc", n), "C" + r.chars("0123456789", max(0, n-1)), r.chars("0123456789ABCDEF", 2*n), r.chip()} {
			if (f.Content == "ans" || f.Content == "an") && n > 0 {
				text = r.chars("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ abc", n)
			}
			if m.Set(num, text) == nil {
				break
			}
		}
	}
	return m
}

func (r maker) chars(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}
