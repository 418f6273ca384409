package dump_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// found is a record, its bytes copied, or a fault.
type found struct {
	dump.Record
	err *dump.Error
}

// readAll reads an input to its end, and again a byte at a time: both must give the
// same. It fails on an error that is no *dump.Error.
func readAll(tb testing.TB, input []byte, opts dump.Options) []found {
	tb.Helper()
	all := drain(tb, dump.NewReader(bytes.NewReader(input), opts))
	if len(input) < 1<<16 {
		again := drain(tb, dump.NewReader(iotest.OneByteReader(bytes.NewReader(input)), opts))
		sameFound(tb, again, all)
	}
	return all
}

func drain(tb testing.TB, r *dump.Reader) []found {
	tb.Helper()
	var all []found
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		var fault *dump.Error
		if err != nil && !errors.As(err, &fault) {
			tb.Fatalf("an error of another kind: %v", err)
		}
		rec.Data, rec.Text = bytes.Clone(rec.Data), bytes.Clone(rec.Text)
		all = append(all, found{rec, fault})
	}
}

func sameFound(tb testing.TB, got, want []found) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Fatalf("got %d records, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if !bytes.Equal(g.Data, w.Data) || !bytes.Equal(g.Text, w.Text) || g.Offset != w.Offset || g.Line != w.Line ||
			!g.Time.Equal(w.Time) || g.Stream != w.Stream || g.Lost != w.Lost || g.Partial != w.Partial || (g.err == nil) != (w.err == nil) {
			tb.Fatalf("record %d: got %+v, want %+v", i, g, w)
		}
	}
}

// records reads an input that has no fault.
func records(tb testing.TB, input string, opts dump.Options) []found {
	tb.Helper()
	all := readAll(tb, []byte(input), opts)
	for i, f := range all {
		if f.err != nil {
			tb.Fatalf("record %d: %v", i, f.err)
		}
	}
	return all
}

// wantData compares the bytes of records with hex.
func wantData(tb testing.TB, got []found, want ...string) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Fatalf("got %d records, want %d", len(got), len(want))
	}
	for i, w := range want {
		if got[i].err != nil {
			tb.Fatalf("record %d: %v", i, got[i].err)
		}
		if b := unhex(tb, w); !bytes.Equal(got[i].Data, b) {
			tb.Errorf("record %d: got %x, want %x", i, got[i].Data, b)
		}
	}
}

// wantFault asks for a fault of a kind at a line.
func wantFault(tb testing.TB, got found, err error, line int) {
	tb.Helper()
	if got.err == nil {
		tb.Fatalf("got a record of %d bytes, want %v", len(got.Data), err)
	}
	if !errors.Is(got.err, err) || got.err.Line != line {
		tb.Fatalf("got %v, want %v at line %d", got.err, err, line)
	}
}

func formatOf(input string) dump.Format {
	return dump.NewReader(strings.NewReader(input), dump.Options{}).Format()
}

func file(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// message is a request in EBCDIC behind its length, with a bitmap in binary. Dumps of it
// hold no run of digits that could be taken for the number of a card.
func message() []byte {
	m := append([]byte{0, 129}, ebcdic("0200")...)
	m = append(m, 0xB2, 0x38, 0x04, 0x80, 0x28, 0xC0, 0x80, 0x00)
	return append(m, ebcdic("000000000000001250112302401100004210401111230510001TERM0001123456789012345CORNERSHOPNOWHERENEARLYFULLOFTSHANGHAICN156")...)
}

// ebcdic is text of capital letters and digits.
func ebcdic(text string) []byte {
	out := []byte(text)
	for i, c := range out {
		switch {
		case c <= '9':
			out[i] = c - '0' + 0xF0
		case c <= 'I':
			out[i] = c - 'A' + 0xC1
		case c <= 'R':
			out[i] = c - 'J' + 0xD1
		default:
			out[i] = c - 'S' + 0xE2
		}
	}
	return out
}

// sparse is a message with a run of zeros that dumps leave out.
func sparse() []byte {
	return append(append([]byte("0800"), make([]byte, 80)...), 1, 2, 3)
}
