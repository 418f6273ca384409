package bulk_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
)

// line is what tests look at of a line of JSON.
type line struct {
	N          int
	Line       int
	Offset     int64
	Source     string
	Framing    string
	Dialect    string
	Confidence string
	MTI        string
	Fields     []iso8583.ExplainedField
	Error      *iso8583.ExplainedFault
}

func explain(t *testing.T, o bulk.Options, inputs ...bulk.Input) ([]line, bulk.Totals) {
	t.Helper()
	var out bytes.Buffer
	totals, err := bulk.Explain(context.Background(), &out, o, inputs...)
	if err != nil {
		t.Fatal(err)
	}
	var lines []line
	for text := range bytes.Lines(out.Bytes()) {
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		lines = append(lines, l)
	}
	return lines, totals
}

// mixed is an input of many lines: messages of three dialects, broken ones and what is
// none, and how each is to be found.
func mixed(t testing.TB, lines int) (text string, want []string) {
	t.Helper()
	ascii, bcd, ebcdic := load(t, "iso87-ascii"), load(t, "iso87-bcd"), load(t, "iso87-ebcdic")
	sale := []string{"2=4761739001010010", "3=000000", "4=1250", "7=1123024011", "12=104011", "13=1123", "41=TERM0001", "49=156"}
	var b strings.Builder
	for i := range lines {
		stan := fmt.Sprintf("11=%06d", i%1000000)
		var raw []byte
		switch i % 5 {
		case 0:
			raw, want = pack(t, ascii, "0200", append(sale, stan)...), append(want, "iso87-ascii")
		case 1:
			raw, want = pack(t, bcd, "0200", append(sale, stan)...), append(want, "iso87-bcd")
		case 2:
			raw, want = pack(t, ebcdic, "0200", append(sale, stan)...), append(want, "iso87-ebcdic")
		case 3:
			raw, want = append(pack(t, ascii, "0200", append(sale, stan)...), 'X'), append(want, "broken")
		case 4:
			raw, want = []byte("GET / HTTP/1.1"), append(want, "")
		}
		fmt.Fprintf(&b, "%X\n", raw)
	}
	return b.String(), want
}

// TestOrder: with many workers on many blocks every message is told once, in its place,
// as the dialect that it is.
func TestOrder(t *testing.T) {
	text, want := mixed(t, 6000)
	lines, totals := explain(t, bulk.Options{Workers: 7}, bulk.Input{Reader: strings.NewReader(text)})
	if len(lines) != len(want) || totals.Messages != len(want) || totals.Sound != 3600 || totals.Broken != 1200 || totals.Undetected != 1200 || totals.Bytes != int64(len(text)) {
		t.Fatalf("%d lines, %+v", len(lines), totals)
	}
	for i, l := range lines {
		got := l.Dialect
		if l.Error != nil && got != "" {
			got = "broken"
		}
		if l.N != i+1 || l.Line != i+1 || got != want[i] {
			t.Fatalf("line %d: %+v, want %q", i+1, l, want[i])
		}
	}
}

// TestWalkAgrees: one by one the messages are those of the lines.
func TestWalkAgrees(t *testing.T) {
	text, want := mixed(t, 500)
	n := 0
	totals, err := bulk.Walk(context.Background(), bulk.Options{}, func(m *bulk.Message) error {
		if m.Origin.N != n+1 || m.Sound() != (want[n] != "" && want[n] != "broken") {
			t.Fatalf("message %d: %+v", n+1, m.Origin)
		}
		n++
		return nil
	}, bulk.Input{Reader: strings.NewReader(text)})
	if err != nil || n != len(want) || totals.Messages != n {
		t.Fatalf("%d messages, %+v, %v", n, totals, err)
	}
	stop := errors.New("enough")
	if _, err := bulk.Walk(context.Background(), bulk.Options{}, func(*bulk.Message) error { return stop }, bulk.Input{Reader: strings.NewReader(text)}); !errors.Is(err, stop) {
		t.Errorf("got %v, want what the function failed with", err)
	}
}

// TestInputs: several inputs are counted through and named.
func TestInputs(t *testing.T) {
	raw := authorization(t)
	lines, _ := explain(t, bulk.Options{}, bulk.Input{Name: "a", Reader: strings.NewReader(hex.EncodeToString(raw))},
		bulk.Input{Name: "empty", Reader: strings.NewReader("")}, bulk.Input{Name: "b", Reader: bytes.NewReader(raw)})
	if len(lines) != 2 || lines[0].Source != "a" || lines[1].Source != "b" || lines[1].N != 2 || lines[1].Line != 0 {
		t.Errorf("got %+v", lines)
	}
}

// TestRawFrames: a file of bytes, longer than a record, in frames with a length: no frame
// is lost where records meet, offsets are those of the file, and the cut tail is told.
func TestRawFrames(t *testing.T) {
	raw := authorization(t)
	var file []byte
	for range 4000 {
		file = binary.BigEndian.AppendUint16(file, uint16(len(raw)))
		file = append(file, raw...)
	}
	file = file[:len(file)-100]
	lines, totals := explain(t, bulk.Options{}, bulk.Input{Reader: bytes.NewReader(file)})
	if totals.Messages != 4000 || totals.Sound != 3999 {
		t.Fatalf("%+v", totals)
	}
	for i, l := range lines[:3999] {
		if l.Framing != "binary2" || l.Offset != int64(i*(len(raw)+2)+2) {
			t.Fatalf("message %d behind %q at %d", i+1, l.Framing, l.Offset)
		}
	}
	if last := lines[3999]; last.Error == nil || last.Dialect != "iso87-ascii" {
		t.Errorf("the tail: %+v", last)
	}
}

// TestLinesTogether: a message that somebody wrapped is one message, beside others that
// are not, and lines that make none are told apart.
func TestLinesTogether(t *testing.T) {
	whole := hex.EncodeToString(authorization(t))
	text := whole + "\n" + whole[:100] + "\n" + whole[100:460] + "\n" + whole[460:] + "\n" + whole + "\nCAFEBABE\n" + "474554202F\n"
	lines, totals := explain(t, bulk.Options{}, bulk.Input{Reader: strings.NewReader(text)})
	if totals.Sound != 3 || totals.Undetected != 2 || len(lines) != 5 {
		t.Fatalf("%+v", totals)
	}
	if lines[1].Line != 2 || lines[2].Line != 5 || lines[4].Line != 7 {
		t.Errorf("in lines %d, %d and %d", lines[1].Line, lines[2].Line, lines[4].Line)
	}
}

// TestNamedSpec: what somebody says that a message is, is how it is read, though it says
// too little for evidence.
func TestNamedSpec(t *testing.T) {
	spec := load(t, "iso87-bcd")
	lines, _ := explain(t, bulk.Options{Spec: spec}, bulk.Input{Reader: strings.NewReader("0800 0000 0000 0000 0001")})
	if len(lines) != 1 || lines[0].Dialect != "iso87-bcd" || lines[0].MTI != "0800" || lines[0].Error == nil {
		t.Errorf("got %+v", lines)
	}
}

// TestReadingFails: what was read is told, and the failure is the result.
func TestReadingFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	whole := hex.EncodeToString(authorization(t)) + "\n"
	in := io.MultiReader(strings.NewReader(strings.Repeat(whole, 1000)), iotest.ErrReader(broken))
	var out bytes.Buffer
	totals, err := bulk.Explain(context.Background(), &out, bulk.Options{}, bulk.Input{Reader: in})
	if !errors.Is(err, broken) || totals.Sound != 1000 || bytes.Count(out.Bytes(), []byte("\n")) != 1000 {
		t.Errorf("%+v, %v", totals, err)
	}
}

// full is a disk without room for more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

// TestEnds: a writer that fails and a context that ends stop the work, also of an input
// that never does.
func TestEnds(t *testing.T) {
	text := []byte(hex.EncodeToString(authorization(t)) + "\n")
	endless := bulk.Input{Reader: &again{text: text, left: 1 << 60}}
	if _, err := bulk.Explain(context.Background(), &full{left: 3 << 20}, bulk.Options{}, endless); err == nil || err.Error() != "no space left" {
		t.Errorf("got %v, want the writer's failure", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := bulk.Measure(ctx, bulk.Options{}, endless); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the context", err)
	}
}

// TestRepairs: they are looked for as often as was asked, and the lines are the same
// otherwise.
func TestRepairs(t *testing.T) {
	raw := append(authorization(t), 0, 0)
	text := strings.Repeat(hex.EncodeToString(raw)+"\n", 5)
	for _, o := range []bulk.Options{{Repairs: 2}, {Repairs: 2, Compact: true}} {
		var out bytes.Buffer
		o.Workers = 1
		if _, err := bulk.Explain(context.Background(), &out, o, bulk.Input{Reader: strings.NewReader(text)}); err != nil {
			t.Fatal(err)
		}
		for i, l := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
			if !json.Valid(l) || bytes.Contains(l, []byte(`"repairs":[`)) != (i < 2) || !bytes.Contains(l, []byte(`"error":{"offset":371`)) && !bytes.Contains(l, []byte(`"error":{"offset":372`)) {
				t.Errorf("line %d: %.300s", i+1, l[max(0, len(l)-300):])
			}
		}
	}
}

// FuzzExplain: any input ends in lines of JSON, numbered through.
func FuzzExplain(f *testing.F) {
	raw := authorization(f)
	f.Add(raw)
	f.Add([]byte(hex.EncodeToString(raw)))
	f.Add([]byte(hex.EncodeToString(raw[:90]) + "\nzz\n" + hex.EncodeToString(raw[90:])))
	f.Add(append([]byte{0, byte(len(raw))}, raw...))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, totals := explain(t, bulk.Options{Workers: 2, Repairs: 1}, bulk.Input{Reader: bytes.NewReader(data)})
		for i, l := range lines {
			if l.N != i+1 {
				t.Errorf("line %d has number %d", i+1, l.N)
			}
		}
		if totals.Messages != len(lines) || totals.Sound+totals.Broken+totals.Undetected+totals.Unreadable != len(lines) {
			t.Errorf("%d lines, %+v", len(lines), totals)
		}
	})
}

// TestHeader: a sound message behind a length that is not its own is told as what is
// wrong, with what the length should be.
func TestHeader(t *testing.T) {
	raw := authorization(t)
	text := fmt.Sprintf("%04X%X\n%04X%X\n", len(raw), raw, len(raw)+9, raw)
	lines, totals := explain(t, bulk.Options{}, bulk.Input{Reader: strings.NewReader(text)})
	if totals.Sound != 1 || totals.Broken != 1 || lines[0].Error != nil || lines[1].Error == nil || len(lines[1].Error.Repairs) == 0 {
		t.Fatalf("%+v, %+v", totals, lines[len(lines)-1].Error)
	}
	if want := fmt.Sprintf("write %04X", len(raw)); !strings.Contains(fmt.Sprint(lines[1].Error.Repairs), want) {
		t.Errorf("got %+v, want %q", lines[1].Error.Repairs, want)
	}
}

// TestNothing: a long input that is no messages is one line that says how long it is, and
// the messages after it are found.
func TestNothing(t *testing.T) {
	raw := authorization(t)
	noise := bytes.Repeat([]byte{0xFE, 0x00, 0x01}, 1<<20)
	lines, totals := explain(t, bulk.Options{}, bulk.Input{Reader: bytes.NewReader(noise)})
	if len(lines) != 1 || totals.Undetected != 1 || !strings.Contains(lines[0].Error.Text, fmt.Sprint(len(noise))) {
		t.Errorf("%d lines, the first %+v", len(lines), lines[0].Error)
	}
	lines, totals = explain(t, bulk.Options{}, bulk.Input{Name: "noise", Reader: bytes.NewReader(noise)}, bulk.Input{Name: "one", Reader: bytes.NewReader(raw)})
	if len(lines) != 2 || totals.Sound != 1 || lines[1].Source != "one" {
		t.Errorf("%d lines, %+v", len(lines), totals)
	}
}

// TestLogLines: the time in front of a line of a log is the message's, and response times
// are those between the lines.
func TestLogLines(t *testing.T) {
	spec := load(t, "iso87-ascii")
	request := pack(t, spec, "0200", "3=000000", "4=1250", "7=1129080000", "11=7", "41=TERM0001", "49=156")
	answer := pack(t, spec, "0210", "3=000000", "4=1250", "7=1129080000", "11=7", "39=00", "41=TERM0001", "49=156")
	text := fmt.Sprintf("2026-11-29 10:00:01,100 INFO >> % X\n2026-11-29 10:00:01,350 INFO << % X\n", request, answer)
	s, err := bulk.Measure(context.Background(), bulk.Options{}, bulk.Input{Reader: strings.NewReader(text)})
	if err != nil || s.Answered != 1 || s.Times == nil || s.Times.Most != 250 {
		t.Errorf("%+v, times %+v, %v", s.Totals, s.Times, err)
	}
}

// TestOddDigits: digits that were typed, one too many, are told as that; a message whose
// own characters are an odd number of digits is no reason for a word.
func TestOddDigits(t *testing.T) {
	echo := pack(t, load(t, "iso87-ascii"), "0800", "7=1123023000", "11=1", "70=301")
	if len(echo)%2 == 0 {
		t.Fatal("the message has an even number of characters")
	}
	warned := func(text string) (warnings []string, why string) {
		_, err := bulk.Walk(context.Background(), bulk.Options{}, func(m *bulk.Message) error {
			var e *iso8583.Explainer
			if m.Match.Spec != nil {
				e = m.Match.Spec.NewExplainer(iso8583.ExplainOptions{})
			}
			x := m.Explain("en", e)
			if warnings = x.Warnings; x.Error != nil {
				why = x.Error.Text
			}
			return nil
		}, bulk.Input{Reader: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		return warnings, why
	}
	if warnings, why := warned(hex.EncodeToString(echo)); len(warnings) > 0 || why != "" {
		t.Errorf("a sound message: %q, %q", warnings, why)
	}
	if _, why := warned("08108220F"); !strings.Contains(why, "odd number") {
		t.Errorf("nine digits: %q", why)
	}
}
