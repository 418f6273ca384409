package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
	"github.com/tillworks/till/pkg/reader/virtual"
)

const (
	chipLine    = `{"till_trace":1,"kind":"chip","reader":"R","atr":"3B600000","at":"2026-11-29T09:00:00Z"}` + "\n"
	commandLine = `{"us":12,"took":500,"command":"00B2010C00","response":"6A83"}` + "\n"
)

func TestParse(t *testing.T) {
	trace, err := replay.Parse(strings.NewReader("\n" + chipLine + commandLine + "\n" + `{"us":900,"took":1,"command":"00B2020C00","error":"removed","new":"name"}` + "\n" +
		`{"till_trace":1,"kind":"stripe","track2":"4111111111111111=31121010000"}`))
	if err != nil {
		t.Fatal(err)
	}
	first, second := trace.Sessions[0], trace.Sessions[1]
	if first.Line != 2 || first.Reader != "R" || !first.At.Equal(time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)) || first.IsStripe() || len(first.Exchanges) != 2 {
		t.Errorf("the first session: %+v", first)
	}
	want := []replay.Exchange{
		{Line: 3, At: 12 * time.Microsecond, Took: 500 * time.Microsecond, Command: unhex(t, "00B2010C00"), Response: unhex(t, "6A83")},
		{Line: 5, At: 900 * time.Microsecond, Took: time.Microsecond, Command: unhex(t, "00B2020C00"), Failure: replay.Removed},
	}
	if !reflect.DeepEqual(first.Exchanges, want) {
		t.Errorf("got %+v, want %+v", first.Exchanges, want)
	}
	if !second.IsStripe() || second.Track2.PAN.LastFour() != "1111" || second.Line != 6 {
		t.Errorf("the second session: %v at line %d", second.Track2, second.Line)
	}
}

// What is no trace is refused with the line and what is wrong there.
func TestParseFaults(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
		what string
	}{
		{"", 1, "till_trace"},
		{"\n\n", 2, "till_trace"},
		{commandLine, 1, "till_trace"},
		{"hello\n", 1, "line"},
		{chipLine + "[]\n", 2, "line"},
		{`{"till_trace":2,"kind":"chip"}`, 1, "till_trace"},
		{`{"till_trace":1,"kind":"tape"}`, 1, "kind"},
		{`{"till_trace":1,"kind":"chip"}`, 1, "atr"},
		{`{"till_trace":1,"kind":"chip","atr":"3Bx0"}`, 1, "atr"},
		{`{"till_trace":1,"kind":"chip","atr":"` + strings.Repeat("3B", 34) + `"}`, 1, "atr"},
		{`{"till_trace":1,"kind":"chip","atr":"3B600000","at":"yesterday"}`, 1, "at"},
		{`{"till_trace":1,"kind":"stripe","track2":"4111"}`, 1, "track2"},
		{`{"till_trace":1,"kind":"stripe","track2":"4111111111111111=3112101"}` + "\n" + commandLine, 2, "command"},
		{chipLine + `{"command":"00B2"}`, 2, "command"},
		{chipLine + `{"command":"` + strings.Repeat("00", 262) + `","response":"9000"}`, 2, "command"},
		{chipLine + `{"command":"00B2010C00"}`, 2, "response"},
		{chipLine + `{"command":"00B2010C00","response":"90"}`, 2, "response"},
		{chipLine + `{"command":"00B2010C00","response":"9000","error":"removed"}`, 2, "response"},
		{chipLine + `{"command":"00B2010C00","error":"bored"}`, 2, "error"},
		{chipLine + `{"us":-1,"command":"00B2010C00","response":"9000"}`, 2, "us"},
		{chipLine + `{"took":99999999999999,"command":"00B2010C00","response":"9000"}`, 2, "took"},
		{chipLine + commandLine + `{"command":"` + strings.Repeat("0", 20_000) + `"}`, 3, "line"},
	} {
		_, err := replay.Parse(strings.NewReader(c.text))
		var fault *replay.SyntaxError
		if !errors.As(err, &fault) || !errors.Is(err, replay.ErrTrace) || fault.Line != c.line || fault.What != c.what {
			t.Errorf("%.60q: %v, want line %d, %s", c.text, err, c.line, c.what)
		}
	}
}

// A trace has an end, whatever is written behind it.
func TestParseBounds(t *testing.T) {
	_, err := replay.Parse(strings.NewReader(chipLine + strings.Repeat(commandLine, replay.MaxExchanges+1)))
	var fault *replay.SyntaxError
	if !errors.As(err, &fault) || fault.Line != replay.MaxExchanges+2 {
		t.Errorf("too many commands: %v", err)
	}
	if _, err := replay.Parse(strings.NewReader(strings.Repeat(chipLine, 1001))); !errors.As(err, &fault) || fault.Line != 1001 {
		t.Errorf("too many cards: %v", err)
	}
	recorder := replay.Record(virtual.NewReader(virtual.NewCard(virtual.Visa())), time.Now)
	c, err := recorder.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range replay.MaxExchanges + 5 {
		if _, err := c.(reader.Chip).Transmit(t.Context(), unhex(t, "00B2010C00")); err != nil {
			t.Fatal(err)
		}
	}
	if _, trace := written(t, recorder.Trace()); !trace.Cut || len(trace.Sessions[0].Exchanges) != replay.MaxExchanges {
		t.Errorf("%d commands kept, cut %v", len(trace.Sessions[0].Exchanges), trace.Cut)
	}
}

// A disk that is full is told of.
func TestWriteFails(t *testing.T) {
	full := errors.New("no space left")
	if err := one(t, readRecord, "9000").Write(failing{full}); !errors.Is(err, full) {
		t.Errorf("%v, want %v", err, full)
	}
	if _, err := replay.Parse(failing{full}); !errors.Is(err, full) {
		t.Errorf("%v, want %v", err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }

// Any text is a trace or is refused; a trace is written, read again as the same, and plays
// itself back from its first command to its last.
func FuzzTrace(f *testing.F) {
	f.Add(chipLine + commandLine)
	f.Add(chipLine + `{"us":1,"took":2,"command":"0020008008241234FFFFFFFFFF","error":"removed"}`)
	f.Add(`{"till_trace":1,"kind":"stripe","track2":"4111111111111111=31121010000"}`)
	f.Add(chipLine + `{"command":"80AE80000400000001","response":"77129F260800112233445566779F36020042"}`)
	f.Add("{}")
	if sample, err := os.ReadFile("testdata/visa.jsonl"); err == nil {
		f.Add(string(sample))
	}
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := replay.Parse(strings.NewReader(text))
		if err != nil {
			var fault *replay.SyntaxError
			if !errors.As(err, &fault) || fault.Line < 1 {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		first, again := written(t, trace)
		second, _ := written(t, again)
		if first != second {
			t.Fatalf("written twice:\n%s\n%s", first, second)
		}
		playsItself(t, again)
	})
}

func playsItself(t *testing.T, trace *replay.Trace) {
	t.Helper()
	device := replay.NewReader(trace, replay.Options{})
	for _, s := range trace.Sessions {
		c, err := device.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if chip, ok := c.(reader.Chip); ok {
			saysItself(t, chip, s)
		}
		_ = c.Close() // software
	}
}

func saysItself(t *testing.T, chip reader.Chip, s replay.Session) {
	t.Helper()
	for _, x := range s.Exchanges {
		if x.Failure == replay.Unanswered {
			return // it would wait for ever
		}
		answer, err := chip.Transmit(context.Background(), x.Command)
		if (err != nil) != (x.Failure != replay.NoFailure) || !bytes.Equal(answer, x.Response) {
			t.Fatalf("line %d: %X, %v", x.Line, answer, err)
		}
		if x.Failure == replay.Removed {
			return
		}
	}
}

// A payment is recorded, and the trace is a card that another payment can be made with.
func Example() {
	recorder := replay.Record(virtual.NewReader(virtual.NewCard(virtual.Visa())), time.Now)
	c, err := recorder.Wait(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := c.(reader.Chip).Transmit(context.Background(), []byte("\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00"))
	fmt.Printf("%d bytes, %v\n", len(answer), err)
	c.Close()

	var file bytes.Buffer
	if err := recorder.Trace().Write(&file); err != nil {
		fmt.Println(err)
		return
	}
	trace, err := replay.Parse(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := replay.NewReader(trace, replay.Options{}).Wait(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer again.Close()
	_, err = again.(reader.Chip).Transmit(context.Background(), []byte{0x00, 0xB2, 0x01, 0x0C, 0x00})
	fmt.Println(err)
	// Output:
	// 32 bytes, <nil>
	// replay: the trace goes on otherwise: line 2: got 00B2010C00, want 00A404000E315041592E5359532E444446303100
}
