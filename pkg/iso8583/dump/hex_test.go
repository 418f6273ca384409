package dump_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

const (
	signOn  = "0800822000000000000004000000000000001123101112000042301"
	echo    = "08002220000000800000000000000000004200001122334455667788"
	answer  = "0810222000000280000000000000000000420000112233445566778899"
	reading = "020032380000000000000000000000001250112310111200004210111211"
)

func TestHexLines(t *testing.T) {
	for _, tt := range []struct {
		name, input string
		lines       []int
		want        []string
	}{
		{"one line, no end", echo, []int{1}, []string{echo}},
		{"a message a line", echo + "\n" + answer + "\n" + reading + "\n", []int{1, 2, 3}, []string{echo, answer, reading}},
		{"of one length", echo + "\n" + echo + "\n" + echo, []int{1, 2, 3}, []string{echo, echo, echo}},
		{"empty lines between", "\n\n" + echo + "\n\n \t\n" + answer, []int{3, 6}, []string{echo, answer}},
		{"CRLF", echo + "\r\n" + answer + "\r\n", []int{1, 2}, []string{echo, answer}},
		{"CR", echo + "\r" + answer + "\r", []int{1, 2}, []string{echo, answer}},
		{"mixed ends", echo + "\r\n" + answer + "\n" + reading + "\r\r" + echo, []int{1, 2, 3, 5}, []string{echo, answer, reading, echo}},
		{"blanks around", "  " + echo + "\t\n", []int{1}, []string{echo}},
		{"byte order mark", "\xEF\xBB\xBF" + echo + "\n" + answer, []int{1, 2}, []string{echo, answer}},
		{"log lines", "2026-11-23 10:11:12 INFO start\n2026-11-23 10:11:13 DEBUG > " + echo + "\n[12:00:00] done\n", []int{2}, []string{echo}},
		{"JSON lines", `{"hex":"` + echo + `"}` + "\n" + `{"hex":"` + answer + `","n":2}`, []int{1, 2}, []string{echo, answer}},
		{"a prompt", "C:\\> decode " + echo + "\n", []int{1}, []string{echo}},
		{"words of a message apart", "0800 2220000000800000 000000000000 000042 0000\n", []int{1}, []string{"080022200000008000000000000000000000420000"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if f := formatOf(tt.input); f != dump.Hex {
				t.Errorf("taken for %q", f)
			}
			got := records(t, tt.input, dump.Options{})
			wantData(t, got, tt.want...)
			for i, g := range got {
				if g.Line != tt.lines[i] {
					t.Errorf("record %d: line %d, want %d", i, g.Line, tt.lines[i])
				}
				at := int(g.Offset)
				if first := strings.ToUpper(tt.input[at : at+4]); first != tt.want[i][:4] {
					t.Errorf("record %d: offset %d is elsewhere", i, at)
				}
			}
		})
	}
}

// The text of a line stays at hand: a message of digits looks like hex.
func TestHexText(t *testing.T) {
	got := records(t, " "+echo+" \nx > "+answer+"\n", dump.Options{})
	if string(got[0].Text) != echo {
		t.Errorf("got %q", got[0].Text)
	}
	if got[1].Text != nil {
		t.Errorf("got %q for a part of a line", got[1].Text)
	}
}

func TestHexLineFaults(t *testing.T) {
	input := echo + "\n" + echo[:40] + "ZZ" + echo[40:] + "\n" + answer + "0\n" + reading + "\n"
	got := readAll(t, []byte(input), dump.Options{})
	if len(got) != 4 {
		t.Fatalf("got %d", len(got))
	}
	wantData(t, got[:1], echo)
	wantFault(t, got[1], dump.ErrHex, 2)
	if got[1].err.Column != 41 || got[1].err.Offset != int64(len(echo)+1+40) {
		t.Errorf("column %d, byte %d", got[1].err.Column, got[1].err.Offset)
	}
	wantFault(t, got[2], dump.ErrOddHex, 3)
	wantData(t, got[3:], reading)
}

// Where hex is announced, a line of something else is a fault; where it was only
// guessed, it is passed over.
func TestHexAnnounced(t *testing.T) {
	input := echo + "\nnothing of the kind\n\x00\x01\x02\xFF\n" + answer
	got := readAll(t, []byte(input), dump.Options{Format: dump.Hex})
	if len(got) != 4 {
		t.Fatalf("got %d", len(got))
	}
	wantFault(t, got[1], dump.ErrHex, 2)
	wantFault(t, got[2], dump.ErrHex, 3)
	wantData(t, records(t, echo+"\nnothing of the kind\n"+answer, dump.Options{}), echo, answer)
}

func TestHexTime(t *testing.T) {
	for head, want := range map[string]time.Time{
		"2026-11-23 10:11:12.345 DEBUG > ":       time.Date(2026, 11, 23, 10, 11, 12, 345e6, time.UTC),
		"2026-11-23 10:11:12,345 [main] out ":    time.Date(2026, 11, 23, 10, 11, 12, 345e6, time.UTC),
		"[2026-11-23T10:11:12.5+08:00] recv ":    time.Date(2026, 11, 23, 2, 11, 12, 5e8, time.UTC),
		"2026/11/23 10:11:12 > ":                 time.Date(2026, 11, 23, 10, 11, 12, 0, time.UTC),
		"10:11:12.000001 > ":                     time.Date(0, 1, 1, 10, 11, 12, 1000, time.UTC),
		"2026-13-45 10:11:12 > ":                 {},
		"at 2026-11-23 10:11:12, which is late ": {},
		"> ":                                     {},
	} {
		got := records(t, head+echo, dump.Options{Format: dump.Hex})
		wantData(t, got, echo)
		if !got[0].Time.Equal(want) {
			t.Errorf("%q: got %v, want %v", head, got[0].Time, want)
		}
	}
}

func TestHexWrapped(t *testing.T) {
	m := message()
	digits := hex.EncodeToString(m)
	spaced := fmt.Sprintf("% x", m)
	wrapped := wrap(digits, 60)
	for _, tt := range []struct {
		name, input string
		want        []string
	}{
		{"as xxd -p does", wrapped, []string{digits}},
		{"two of them", wrapped + "\n" + wrapped, []string{digits, digits}},
		{"two without a line between", wrapped + wrapped, []string{digits, digits}},
		{"fold -w 64", wrap(digits, 64), []string{digits}},
		{"16 bytes a line", wrap(spaced, 48), []string{digits}},
		{"in CRLF", strings.ReplaceAll(wrapped, "\n", "\r\n"), []string{digits}},
		{"cut in the middle of bytes", wrap(digits, 77), []string{digits}},
		{"the last line as long", wrap(digits[:240], 60), []string{digits[:240]}},
		{"behind other text", "the message:\n" + wrapped + "end\n", []string{digits}},
		{"a C array", "unsigned char m[] = {\n" + cArray(m) + "\n};\nunsigned int m_len = 131;\n", []string{digits}},
		{"two C arrays", cArray(m) + "\n};\n" + cArray(m[:40]), []string{digits, digits[:80]}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantData(t, records(t, tt.input, dump.Options{}), tt.want...)
		})
	}
}

func TestWrapIsChosen(t *testing.T) {
	digits := hex.EncodeToString(message())
	lines := strings.Split(strings.TrimSpace(wrap(digits, 60)), "\n")
	wantData(t, records(t, wrap(digits, 60), dump.Options{Wrap: dump.WrapLine}), lines...)
	input := echo + "\n" + echo + "\n\n" + answer
	wantData(t, records(t, input, dump.Options{}), echo, echo, answer)
	wantData(t, records(t, input, dump.Options{Wrap: dump.WrapBlock}), echo+echo, answer)
}

// Lines that grow are messages of their own, however unlike they begin.
func TestLinesThatGrow(t *testing.T) {
	a, b := strings.Repeat("08", 30), strings.Repeat("02", 40)
	wantData(t, records(t, a+"\n"+b+"\n", dump.Options{}), a, b)
}

func TestUTF16(t *testing.T) {
	text := "PS C:\\> type log\r\n2026-11-23 10:11:12 收到 " + echo + "\r\n" + answer + "\r\n"
	for name, input := range map[string]string{
		"little endian": encode16(text, "\xFF\xFE", 0),
		"big endian":    encode16(text, "\xFE\xFF", 1),
		"without mark":  encode16(text, "", 0),
	} {
		t.Run(name, func(t *testing.T) {
			got := records(t, input, dump.Options{})
			wantData(t, got, echo, answer)
			for i, line := range []int{2, 3} {
				at := got[i].Offset
				if got[i].Line != line || !bytes.Contains([]byte(input[at:at+2]), []byte{'0'}) || input[at+2]|input[at+3] != '8' {
					t.Errorf("record %d: line %d, offset %d", i, got[i].Line, at)
				}
			}
		})
	}
}

// A packet that was copied from Wireshark as a hex stream is what it carries.
func TestHexStreamOfAPacket(t *testing.T) {
	packet := ethernet(t, tcp4(5000, 18583, 1, psh|ack, message()))
	got := records(t, hex.EncodeToString(packet)+"\n"+hex.EncodeToString(ethernet(t, tcp4(5000, 18583, 1, ack, nil))), dump.Options{})
	wantData(t, got, hex.EncodeToString(message()))
	if got[0].Source != "10.0.0.1:5000" || got[0].Destination != "10.0.0.2:18583" || got[0].Text != nil {
		t.Errorf("got %+v", got[0].Record)
	}
}

func TestHexLimits(t *testing.T) {
	opts := dump.Options{Format: dump.Hex, MaxRecord: 64}
	long := strings.Repeat("30", 65)
	got := readAll(t, []byte(long+"\n"+echo), opts)
	wantFault(t, got[0], dump.ErrTooLong, 1)
	if got[0].err.Want != 64 || got[0].err.Got != 65 {
		t.Errorf("got %+v", got[0].err)
	}
	wantData(t, got[1:], echo)

	got = readAll(t, []byte(strings.Repeat("3", 9000)+"\r\n"+echo), opts)
	wantFault(t, got[0], dump.ErrTooLong, 1)
	wantData(t, got[1:], echo)
	if got[1].Line != 2 || got[1].Offset != 9002 {
		t.Errorf("got line %d, offset %d", got[1].Line, got[1].Offset)
	}

	opts.Wrap = dump.WrapBlock
	got = readAll(t, []byte(wrap(long, 60)+"\n"+echo), opts)
	wantFault(t, got[0], dump.ErrTooLong, 1)
	wantData(t, got[1:], echo)
}

func wrap(s string, n int) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(strings.TrimRight(s[:n], " ") + "\n")
		s = s[n:]
	}
	return b.String() + s + "\n"
}

func cArray(data []byte) string {
	var lines []string
	for len(data) > 0 {
		n := min(len(data), 12)
		lines = append(lines, "  0x"+strings.ReplaceAll(fmt.Sprintf("% x", data[:n]), " ", ", 0x"))
		data = data[n:]
	}
	return strings.Join(lines, ",\n")
}

// encode16 writes text as UTF-16 behind a mark; high is which byte of two is the high.
func encode16(text, mark string, high int) string {
	b := []byte(mark)
	for _, u := range utf16.Encode([]rune(text)) {
		pair := [2]byte{byte(u), byte(u >> 8)}
		b = append(b, pair[high], pair[1-high])
	}
	return string(b)
}
