package dump_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

func TestBase64(t *testing.T) {
	m := message()
	whole := hex.EncodeToString(m)
	plain := base64.StdEncoding.EncodeToString(m)
	for _, tt := range []struct {
		name, input string
		want        []string
	}{
		{"one line", plain, []string{whole}},
		{"a message a line", plain + "\n" + plain + "\r\n", []string{whole, whole}},
		{"wrapped as MIME does", wrap(plain, 76), []string{whole}},
		{"wrapped as PEM does", "-----BEGIN MESSAGE-----\n" + wrap(plain, 64) + "-----END MESSAGE-----\n", []string{whole}},
		{"two wrapped", wrap(plain, 76) + wrap(plain, 76), []string{whole, whole}},
		{"two wrapped of whole lines", wrap(plain[:152], 76) + "\n" + wrap(plain, 76), []string{whole[:228], whole}},
		{"for URLs", base64.URLEncoding.EncodeToString(append(m, 0xFF, 0xFE, 0xFB, 0xEF)), []string{whole + "fffefbef"}},
		{"in a log line", "10:11:12 sent " + plain, []string{whole}},
		{"in JSON", `{"raw":"` + plain + `"}`, []string{whole}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if f := formatOf(tt.input); f != dump.Base64 {
				t.Errorf("taken for %q", f)
			}
			wantData(t, records(t, tt.input, dump.Options{}), tt.want...)
		})
	}
}

func TestBase64Announced(t *testing.T) {
	m := message()
	raw := base64.RawStdEncoding.EncodeToString(m)
	wantData(t, records(t, raw, dump.Options{Format: dump.Base64}), hex.EncodeToString(m))
	wrapped := wrap(raw, 40)
	wantData(t, records(t, wrapped+"\n"+wrapped, dump.Options{Format: dump.Base64, Wrap: dump.WrapBlock}), hex.EncodeToString(m), hex.EncodeToString(m))
	if got := records(t, wrap(raw, 64), dump.Options{Format: dump.Base64, Wrap: dump.WrapLine}); len(got) != 3 {
		t.Errorf("got %d records of 3 lines", len(got))
	}
	for name, tt := range map[string]struct {
		line   string
		column int
	}{
		"a sign":          {"MDIw*DAw", 5},
		"a blank":         {"MDIw MDAw", 5},
		"too much of '='": {"MDI===", 0},
		"one left over":   {"MDIwM", 0},
		"'=' within":      {"MD=wMDAw", 3},
	} {
		got := readAll(t, []byte(tt.line+"\n"+raw), dump.Options{Format: dump.Base64})
		if len(got) != 2 {
			t.Fatalf("%s: got %d", name, len(got))
		}
		wantFault(t, got[0], dump.ErrBase64, 1)
		if got[0].err.Column != tt.column {
			t.Errorf("%s: column %d", name, got[0].err.Column)
		}
	}
}

func TestBase64Limit(t *testing.T) {
	short := base64.StdEncoding.EncodeToString(message()[:60])
	for _, long := range []string{base64.StdEncoding.EncodeToString(message()), strings.Repeat("MDIw", 3000), wrap(strings.Repeat("MDIw", 3000), 76)} {
		got := readAll(t, []byte(long+"\n"+short), dump.Options{Format: dump.Base64, MaxRecord: 64})
		if len(got) != 2 {
			t.Fatalf("got %d", len(got))
		}
		wantFault(t, got[0], dump.ErrTooLong, 1)
		wantData(t, got[1:], hex.EncodeToString(message()[:60]))
	}
}

func TestText(t *testing.T) {
	one := "0200B2380000000000000000001112301TERM0001CORNER SHOP"
	two := "0210B2380000000000000000001112301TERM0001CORNER SHOP"
	input := one + "\r\n\r\n" + two + "\n"
	if f := formatOf(input); f != dump.Text {
		t.Fatalf("taken for %q", f)
	}
	got := records(t, input, dump.Options{})
	wantData(t, got, hex.EncodeToString([]byte(one)), hex.EncodeToString([]byte(two)))
	if got[1].Line != 3 || got[1].Offset != int64(len(one)+4) {
		t.Errorf("got %+v", got[1].Record)
	}
	all := readAll(t, []byte(strings.Repeat("x", 65)+"\n"+one), dump.Options{Format: dump.Text, MaxRecord: 64})
	wantFault(t, all[0], dump.ErrTooLong, 1)
	wantData(t, all[1:], hex.EncodeToString([]byte(one)))
}

func TestRaw(t *testing.T) {
	m := message()
	got := records(t, string(m), dump.Options{})
	wantData(t, got, hex.EncodeToString(m))
	if got[0].Stream == "" || got[0].Line != 0 {
		t.Errorf("got %+v", got[0].Record)
	}

	// A long one comes in pieces that adjoin.
	long := bytes.Repeat(m, 1000)
	var all []byte
	r := dump.NewReader(bytes.NewReader(long), dump.Options{MaxRecord: 4096})
	for i, g := range drain(t, r) {
		if len(g.Data) > 4096 || g.Offset != int64(len(all)) || g.Stream != got[0].Stream || g.Lost != 0 {
			t.Fatalf("piece %d: %d bytes at %d", i, len(g.Data), g.Offset)
		}
		all = append(all, g.Data...)
	}
	if !bytes.Equal(all, long) || r.Format() != dump.Raw {
		t.Errorf("got %d bytes of %d, %q", len(all), len(long), r.Format())
	}
	wantData(t, records(t, "0800", dump.Options{Format: dump.Raw}), "30383030")
}
