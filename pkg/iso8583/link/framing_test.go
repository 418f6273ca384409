package link_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/moov-io/iso8583/network"

	"github.com/tillworks/till/pkg/iso8583/link"
)

// framings are all that the package ships, by the names of a configuration.
func framings(t testing.TB) map[string]link.Framing {
	t.Helper()
	all := map[string]link.Framing{}
	for _, name := range append(link.FramingNames(), "binary2+tpdu:6000030000", "ascii4+tpdu:6812345678") {
		framing, err := link.FramingByName(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = framing
	}
	return all
}

func TestFramingBytes(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"binary2", "", "0000"},
		{"binary2", "ABC", "0003 414243"},
		{"binary2", strings.Repeat("A", 256), "0100" + strings.Repeat("41", 256)},
		{"ascii4", "", "30303030"},
		{"ascii4", "ABC", "30303033 414243"},
		{"binary2-self", "ABC", "0005 414243"},
		{"little2", "ABC", "0300 414243"},
		{"bcd2", strings.Repeat("A", 123), "0123" + strings.Repeat("41", 123)},
		{"hex4", strings.Repeat("A", 30), "30303145" + strings.Repeat("41", 30)},
		{"binary4", "ABC", "00000003 414243"},
		{"vml4", "ABC", "00030000 414243"},
		{"stx", "", "02 0000 03 03"},
		{"stx", "ABC", "02 0003 414243 03 40"},
		{"binary2+tpdu", "ABC", "0008 6000000000 414243"},
		{"binary2+tpdu:6000030010", "ABC", "0008 6000030010 414243"},
		{"ascii4+tpdu:6812345678", "ABC", "30303038 6812345678 414243"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			framing, err := link.FramingByName(tt.name)
			if err != nil {
				t.Fatal(err)
			}
			var wire countingWriter
			if err := framing.WriteFrame(&wire, []byte(tt.body)); err != nil {
				t.Fatal(err)
			}
			if want := unhex(t, tt.want); !bytes.Equal(wire.Bytes(), want) {
				t.Errorf("frame of %d bytes is %X, want %X", len(tt.body), wire.Bytes(), want)
			}
			if wire.calls != 1 {
				t.Errorf("the frame was written in %d pieces, want one", wire.calls)
			}
		})
	}
}

func TestFramingRoundTrip(t *testing.T) {
	sizes := []int{0, 1, 2, 255, 256, 2047, 2048, 2049, 4096, 9990}
	for name, framing := range framings(t) {
		for _, n := range sizes {
			t.Run(fmt.Sprintf("%s/len=%d", name, n), func(t *testing.T) {
				body := bytes.Repeat([]byte{0xA5}, n)
				var wire bytes.Buffer
				for range 2 {
					if err := framing.WriteFrame(&wire, body); err != nil {
						t.Fatal(err)
					}
				}
				slow := iotest.OneByteReader(&wire)
				for range 2 {
					got, err := framing.ReadFrame(slow)
					if err != nil || !bytes.Equal(got, body) {
						t.Fatalf("read %d bytes, %v, want %d", len(got), err, n)
					}
				}
				if _, err := framing.ReadFrame(slow); err != io.EOF { //nolint:errorlint // the contract is io.EOF itself
					t.Errorf("at the end of the stream: %v, want io.EOF itself", err)
				}
			})
		}
	}
}

// A frame that ends early must be told from the end of the stream at every byte.
func TestFramingCutAtEveryByte(t *testing.T) {
	for name, framing := range framings(t) {
		t.Run(name, func(t *testing.T) {
			var wire bytes.Buffer
			if err := framing.WriteFrame(&wire, []byte("0800 and so on")); err != nil {
				t.Fatal(err)
			}
			for n := 1; n < wire.Len(); n++ {
				body, err := framing.ReadFrame(bytes.NewReader(wire.Bytes()[:n]))
				if !errors.Is(err, io.ErrUnexpectedEOF) || body != nil {
					t.Errorf("%d of %d bytes: body %q, %v, want io.ErrUnexpectedEOF", n, wire.Len(), body, err)
				}
			}
		})
	}
}

func TestFramingRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, wire string
		cause      error
		want       string
	}{
		{"ascii4", "+123", link.ErrFrame, "no digit at position 1"},
		{"ascii4", "00 1", link.ErrFrame, "no digit at position 3"},
		{"ascii4", "000A", link.ErrFrame, "no digit at position 4"},
		{"binary2-self", "\x00\x01A", link.ErrFrame, "less than its own"},
		{"bcd2", "\x00\x0AA", link.ErrFrame, "no digits in byte 2"},
		{"hex4", "00G1", link.ErrFrame, "no hexadecimal digit at position 3"},
		{"binary4", "\x00\x01\x00\x01", link.ErrFrame, "says 65537 bytes"},
		{"vml4", "\x00\x01\x20\x00A", link.ErrFrame, "the link itself"},
		{"stx", "A00", link.ErrFrame, "want STX"},
		{"stx", "\x02\x00\x01A\x04\x00", link.ErrFrame, "want ETX"},
		{"stx", "\x02\x00\x01A\x03\x00", link.ErrFrameSkipped, "check byte 00, want 43"},
		{"binary2+tpdu", "\x00\x04\x60\x00\x00\x00", link.ErrFrameSkipped, "4 bytes, want at least the 5"},
		{"binary2+tpdu", "\x00\x06\x68\x00\x00\x00\x00A", link.ErrFrameSkipped, "identifier 68, want 60"},
	} {
		t.Run(tt.name+"/"+tt.want, func(t *testing.T) {
			framing, err := link.FramingByName(tt.name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = framing.ReadFrame(strings.NewReader(tt.wire))
			if !errors.Is(err, tt.cause) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %v with %q", err, tt.cause, tt.want)
			}
		})
	}
}

// A skipped frame costs that frame and not the ones behind it.
func TestFramingSkips(t *testing.T) {
	framing := link.TPDU(link.Binary2(), [5]byte{0x60})
	wire := strings.NewReader("\x00\x02hi" + "\x00\x08\x60\x00\x00\x00\x00ABC")
	if _, err := framing.ReadFrame(wire); !errors.Is(err, link.ErrFrameSkipped) {
		t.Fatalf("frame without a tpdu: %v, want ErrFrameSkipped", err)
	}
	if body, err := framing.ReadFrame(wire); err != nil || string(body) != "ABC" {
		t.Errorf("the frame behind it: %q, %v", body, err)
	}
}

func TestFramingTooLong(t *testing.T) {
	for name, most := range map[string]int{"binary2": 65535, "ascii4": 9999, "binary2+tpdu": 65530, "ascii4+tpdu": 9994} {
		t.Run(name, func(t *testing.T) {
			framing, err := link.FramingByName(name)
			if err != nil {
				t.Fatal(err)
			}
			var wire bytes.Buffer
			if err := framing.WriteFrame(&wire, make([]byte, most)); err != nil {
				t.Errorf("%d bytes: %v", most, err)
			}
			wire.Reset()
			if err := framing.WriteFrame(&wire, make([]byte, most+1)); !errors.Is(err, link.ErrFrame) || wire.Len() > 0 {
				t.Errorf("%d bytes: %v and %d bytes on the wire, want ErrFrame and none", most+1, err, wire.Len())
			}
		})
	}
}

func TestLimit(t *testing.T) {
	for name, framing := range map[string]link.Framing{
		"own":     link.Binary2(),
		"wrapped": link.TPDU(link.Binary2(), [5]byte{0x60}),
		"foreign": foreign{link.Binary2()},
	} {
		t.Run(name, func(t *testing.T) {
			narrow := link.Limit(framing, 20)
			for _, n := range []int{15, 20, 21} {
				var wire bytes.Buffer
				if err := framing.WriteFrame(&wire, make([]byte, n)); err != nil {
					t.Fatal(err)
				}
				overhead := wire.Len() - n - 2 // of a tpdu, which counts
				_, readErr := narrow.ReadFrame(bytes.NewReader(wire.Bytes()))
				writeErr := narrow.WriteFrame(io.Discard, make([]byte, n))
				if tooLong := n+overhead > 20; errors.Is(readErr, link.ErrFrame) != tooLong || errors.Is(writeErr, link.ErrFrame) != tooLong {
					t.Errorf("%d bytes and %d of tpdu under a limit of 20: read %v, write %v", n, overhead, readErr, writeErr)
				}
			}
		})
	}
}

// A limit must not hide from a server that the framing below carries addresses.
func TestLimitKeepsRoutes(t *testing.T) {
	routed := foreignRouted{link.TPDU(link.ASCII4(), [5]byte{0x60}).(link.Routed)}
	_, answer, err := link.ReadRequest(link.Limit(routed, 100), strings.NewReader("0006\x60\x12\x34\x56\x78A"))
	if err != nil {
		t.Fatal(err)
	}
	var wire bytes.Buffer
	if err := answer.WriteFrame(&wire, []byte("B")); err != nil || wire.String() != "0006\x60\x56\x78\x12\x34B" {
		t.Errorf("answer %X, %v, want the tpdu exchanged", wire.Bytes(), err)
	}
	if err := answer.WriteFrame(&wire, make([]byte, 101)); !errors.Is(err, link.ErrFrame) {
		t.Errorf("answer above the limit: %v, want ErrFrame", err)
	}
}

func TestTPDUSwapped(t *testing.T) {
	server := link.TPDU(link.ASCII4(), [5]byte{0x60, 0, 0, 0, 0})
	request := unhex(t, "30303038 6012345678 414243")
	body, answer, err := link.ReadRequest(server, bytes.NewReader(request))
	if err != nil || string(body) != "ABC" {
		t.Fatalf("request: %q, %v", body, err)
	}
	var wire bytes.Buffer
	if err := answer.WriteFrame(&wire, []byte("D")); err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "30303036 6056781234 44"); !bytes.Equal(wire.Bytes(), want) {
		t.Errorf("answer %X, want destination and source exchanged: %X", wire.Bytes(), want)
	}
}

func TestFramingByName(t *testing.T) {
	for _, bad := range []string{"", "binary", "ascii4+", "ascii4+lrc", "binary2+tpdu:60", "binary2+tpdu:60000300zz", "binary2+tpdu:600003000000"} {
		if framing, err := link.FramingByName(bad); err == nil {
			t.Errorf("%q gave %v, want an error", bad, framing)
		}
	}
	for name, want := range map[string]string{"binary2": "binary2", "ascii4+tpdu:6000030000": "ascii4+tpdu:6000030000", "binary2+tpdu": "binary2+tpdu:6000000000"} {
		framing, err := link.FramingByName(name)
		if err != nil || fmt.Sprint(framing) != want {
			t.Errorf("%q is %v, %v, want it to call itself %q", name, framing, err, want)
		}
	}
}

// A header may claim what it likes: no more room is made than twice what has come.
func TestFramingAllocatesWhatArrives(t *testing.T) {
	for _, arrived := range []int{0, 1, 3000, 20000} {
		r := &greedWatcher{data: append([]byte{0xFF, 0xFF}, make([]byte, arrived)...)}
		if _, err := link.Binary2().ReadFrame(r); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%d bytes of 65535: %v", arrived, err)
		}
		if most := max(2048, arrived+2048); r.asked > most {
			t.Errorf("after %d bytes a buffer of %d was offered, want at most %d", arrived, r.asked, most)
		}
	}
}

// The headers are compared with those of an implementation that is not ours.
func TestFramingAgainstOracle(t *testing.T) {
	for _, n := range []int{0, 1, 9, 10, 99, 255, 256, 1000, 9999} {
		body := bytes.Repeat([]byte{'x'}, n)
		t.Run(fmt.Sprintf("ascii4/len=%d", n), func(t *testing.T) {
			theirs := network.NewASCII4BytesHeader()
			theirs.SetLength(n)
			compareOracle(t, link.ASCII4(), oracle{theirs.WriteTo, theirs.ReadFrom, theirs.Length}, body)
		})
		t.Run(fmt.Sprintf("binary2/len=%d", n), func(t *testing.T) {
			theirs := network.NewBinary2BytesHeader()
			if err := theirs.SetLength(n); err != nil {
				t.Fatal(err)
			}
			compareOracle(t, link.Binary2(), oracle{theirs.WriteTo, theirs.ReadFrom, theirs.Length}, body)
		})
	}
}

// oracle is what the headers over there have in common.
type oracle struct {
	write  func(io.Writer) (int, error)
	read   func(io.Reader) (int, error)
	length func() int
}

// compareOracle writes with each side and reads with the other.
func compareOracle(t *testing.T, ours link.Framing, theirs oracle, body []byte) {
	t.Helper()
	var wire bytes.Buffer
	if _, err := theirs.write(&wire); err != nil {
		t.Fatal(err)
	}
	wire.Write(body)
	got, err := ours.ReadFrame(bytes.NewReader(wire.Bytes()))
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("we read %d of their %d bytes: %v", len(got), len(body), err)
	}
	wire.Reset()
	if err := ours.WriteFrame(&wire, body); err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.read(&wire); err != nil || theirs.length() != len(body) || !bytes.Equal(wire.Bytes(), body) {
		t.Errorf("they read a length of %d and %d bytes after it, want %d: %v", theirs.length(), wire.Len(), len(body), err)
	}
}

func FuzzReadFrame(f *testing.F) {
	all := framings(f)
	names := append(link.FramingNames(), "binary2+tpdu:6000030000", "ascii4+tpdu:6812345678")
	for i := range names {
		f.Add(uint8(i), []byte("\x00\x08\x60\x00\x03\x00\x00ABC"))
		f.Add(uint8(i), []byte("0008\x60\x00\x03\x00\x00ABC"))
		f.Add(uint8(i), []byte("\xFF\xFF"))
	}
	f.Fuzz(func(t *testing.T, which uint8, wire []byte) {
		framing := all[names[int(which)%len(names)]]
		r := &greedWatcher{data: wire}
		body, answer, err := link.ReadRequest(framing, r)
		if most := 2*len(wire) + 2048; r.asked > most {
			t.Errorf("%d bytes made it offer a buffer of %d", len(wire), r.asked)
		}
		if err != nil {
			return
		}
		if answer == nil {
			t.Fatal("a frame without a framing for its answer")
		}
		rewritten(t, framing, body)
	})
}

func FuzzWriteFrame(f *testing.F) {
	all := framings(f)
	names := append(link.FramingNames(), "binary2+tpdu:6000030000", "ascii4+tpdu:6812345678")
	f.Add(uint8(0), []byte{})
	f.Add(uint8(3), []byte("0200"))
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		if len(body) > 9000 {
			return
		}
		rewritten(t, all[names[int(which)%len(names)]], body)
	})
}

// rewritten holds that a body comes back from its frame, and nothing is left behind it.
func rewritten(t *testing.T, framing link.Framing, body []byte) {
	t.Helper()
	var wire bytes.Buffer
	if err := framing.WriteFrame(&wire, body); err != nil {
		t.Fatalf("%v of %d bytes: %v", framing, len(body), err)
	}
	got, err := framing.ReadFrame(&wire)
	if err != nil || !bytes.Equal(got, body) || wire.Len() != 0 {
		t.Fatalf("%v of %d bytes: came back as %d, %d left over, %v", framing, len(body), len(got), wire.Len(), err)
	}
}

func BenchmarkReadFrame(b *testing.B) {
	for _, name := range link.FramingNames() {
		b.Run(name, func(b *testing.B) {
			framing, err := link.FramingByName(name)
			if err != nil {
				b.Fatal(err)
			}
			var wire bytes.Buffer
			if err := framing.WriteFrame(&wire, make([]byte, 369)); err != nil {
				b.Fatal(err)
			}
			r := bytes.NewReader(nil)
			b.ReportAllocs()
			b.SetBytes(int64(wire.Len()))
			for b.Loop() {
				r.Reset(wire.Bytes())
				if _, err := framing.ReadFrame(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// foreign is a framing that the package knows nothing about.
type foreign struct{ inner link.Framing }

func (f foreign) ReadFrame(r io.Reader) ([]byte, error)     { return f.inner.ReadFrame(r) }
func (f foreign) WriteFrame(w io.Writer, body []byte) error { return f.inner.WriteFrame(w, body) }

type foreignRouted struct{ link.Routed }

// greedWatcher remembers the largest buffer that it was offered.
type greedWatcher struct {
	data  []byte
	asked int
}

func (g *greedWatcher) Read(p []byte) (int, error) {
	g.asked = max(g.asked, len(p))
	if len(g.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, g.data)
	g.data = g.data[n:]
	return n, nil
}

type countingWriter struct {
	bytes.Buffer
	calls int
}

func (w *countingWriter) Write(p []byte) (int, error) {
	w.calls++
	return w.Buffer.Write(p)
}

// unhex reads hexadecimal with spaces where they help the eye.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
