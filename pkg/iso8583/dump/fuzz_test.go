package dump_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// seeds are inputs of every format, and broken ones.
func seeds(f *testing.F) [][]byte {
	f.Helper()
	m := message()
	all := [][]byte{
		nil, m, sparse(), []byte(echo), []byte(echo + "\n" + answer + "\r" + signOn + "\r\n"), []byte(wrap(hex.EncodeToString(m), 60)),
		[]byte(cArray(m)), []byte("2026-11-23 10:11:12 > " + echo), []byte(halved(m)), []byte(rowsOf(m, "%08x", ": ", "  %s")),
		[]byte(rowsOf(m, "%016X", " ", " %s")), []byte(rowsOf(m, "%04x", "   ", "   %s")), []byte(base64.StdEncoding.EncodeToString(m)),
		[]byte(wrap(base64.StdEncoding.EncodeToString(m), 76)), []byte(encode16(echo+"\r\n"+answer, "\xFF\xFE", 0)), []byte(encode16(echo, "", 1)),
		[]byte(fields), []byte("<log realm=\"a/10.0.0.1:5\" at=\"2026-11-23T10:11:12.345\"><receive>\n--- header ---\n" + halved(m[:5]) + "--- data ---\n" + halved(m)),
		pcap(f, conversation()...), pcapng(f, conversation()...), pcap(f, client(0, syn, ""), client(9, psh, "ahead"), keep(client(1, 0, "cut off"), 56)),
		[]byte("0000000 00 00\n*\n0000020 01\n0000021\n"), []byte("0000000 3130\n*\n7fffffffffffffff\n"), []byte("00000000: 3"),
	}
	for _, c := range tools() {
		all = append(all, file(f, "tools/"+c.file))
	}
	return all
}

// checkAll holds what is true of every input in every format: the reader ends, each
// fault is an *Error, each record keeps the limits, offsets lie in the input and lines
// never go back, and it is the same when read again a few bytes at a time.
func checkAll(t *testing.T, input []byte, opts dump.Options) {
	t.Helper()
	r := dump.NewReader(bytes.NewReader(input), opts)
	again := dump.NewReader(&endless{pattern: append(input, 0), n: len(input)}, opts)
	limit := opts.MaxRecord
	if limit == 0 {
		limit = dump.DefaultMaxRecord
	}
	for n := 0; ; n++ {
		rec, err := r.Next()
		same, other := again.Next()
		if (err == nil) != (other == nil) || !bytes.Equal(rec.Data, same.Data) || rec.Offset != same.Offset || rec.Line != same.Line {
			t.Fatalf("record %d differs when it is read again: %v, %v", n, err, other)
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if n > len(input)+1 {
			t.Fatal("more records than bytes")
		}
		var fault *dump.Error
		if err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("an error of another kind: %v", err)
			}
			if fault.Offset < 0 || fault.Offset > int64(len(input)) || fault.Line < 0 || fault.Column < 0 {
				t.Fatalf("a fault out of place: %+v", fault)
			}
			_ = fault.In("zh") + fault.Error()
			continue
		}
		if len(rec.Data) == 0 || len(rec.Data) > limit {
			t.Fatalf("a record of %d bytes", len(rec.Data))
		}
		if rec.Offset < 0 || rec.Offset >= int64(len(input)) || rec.Lost < 0 {
			t.Fatalf("a record out of place: %+v", rec)
		}
	}
}

func fuzzFormat(f *testing.F, format dump.Format) {
	for _, s := range seeds(f) {
		f.Add(s, uint8(0))
		f.Add(s, uint8(7))
	}
	f.Fuzz(func(t *testing.T, input []byte, options uint8) {
		opts := dump.Options{Format: format, Wrap: dump.Wrap(options % 3)}
		if options&4 != 0 {
			opts.MaxRecord, opts.MaxPending, opts.MaxConnections = 40, 600, 1
		}
		checkAll(t, input, opts)
	})
}

func FuzzSniffed(f *testing.F)   { fuzzFormat(f, dump.Unknown) }
func FuzzHex(f *testing.F)       { fuzzFormat(f, dump.Hex) }
func FuzzRows(f *testing.F)      { fuzzFormat(f, dump.Rows) }
func FuzzXXD(f *testing.F)       { fuzzFormat(f, dump.XXD) }
func FuzzTcpdump(f *testing.F)   { fuzzFormat(f, dump.Tcpdump) }
func FuzzWireshark(f *testing.F) { fuzzFormat(f, dump.Wireshark) }
func FuzzJPOS(f *testing.F)      { fuzzFormat(f, dump.JPOS) }
func FuzzBase64(f *testing.F)    { fuzzFormat(f, dump.Base64) }
func FuzzText(f *testing.F)      { fuzzFormat(f, dump.Text) }
func FuzzRaw(f *testing.F)       { fuzzFormat(f, dump.Raw) }
func FuzzPcap(f *testing.F)      { fuzzFormat(f, dump.Pcap) }
func FuzzPcapng(f *testing.F)    { fuzzFormat(f, dump.Pcapng) }

// Bytes written in any layout are read back.
func FuzzRoundTrip(f *testing.F) {
	f.Add(message())
	f.Add(sparse())
	f.Add([]byte("30 31 32 33  |34 35| >36<"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 4 || len(data) > 4096 {
			return
		}
		for format, text := range map[dump.Format]string{
			dump.Hex: hex.EncodeToString(data), dump.XXD: rowsOf(data, "%08x", ": ", "  %s"), dump.Wireshark: rowsOf(data, "%04x", "   ", "   %s"),
			dump.JPOS: halved(data), dump.PowerShell: rowsOf(data, "%016X", " ", " %s"), dump.Base64: base64.StdEncoding.EncodeToString(data),
		} {
			got := drain(t, dump.NewReader(bytes.NewReader([]byte(text)), dump.Options{Format: format, Wrap: dump.WrapLine}))
			if len(got) != 1 || got[0].err != nil {
				t.Fatalf("%s: %d records of %q", format, len(got), text)
			}
			if !bytes.Equal(got[0].Data, data) && !isPacket(got[0]) {
				t.Fatalf("%s: got %x, want %x", format, got[0].Data, data)
			}
		}
	})
}

// isPacket reports a record that was taken out of a packet.
func isPacket(g found) bool { return g.Source != "" }

func FuzzDecodeHexLine(f *testing.F) {
	for _, s := range []string{echo, "0x01, 0x2,", `\x01\x02`, "01 02 0", "0200F2380200F23Z"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		got, err := dump.DecodeHexLine(nil, line)
		if want, bad := hex.DecodeString(string(line)); bad == nil && (err != nil || !bytes.Equal(got, want)) {
			t.Fatalf("got %x, %v, want %x", got, err, want)
		}
		var fault *dump.Error
		if err != nil && (!errors.As(err, &fault) || fault.Column < 1 || fault.Column > len(line)) {
			t.Fatalf("got %v", err)
		}
		if run := dump.HexInLine(line); run != nil {
			if data, err := dump.DecodeHexLine(nil, run); err != nil || len(data) < 10 {
				t.Fatalf("a run that is none: %d bytes, %v", len(data), err)
			}
		}
	})
}
