package dump_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// What each input is taken for, where its shape leaves a choice. The inputs of the other
// tests are sniffed there.
func TestSniff(t *testing.T) {
	characters := "0200B238000000000000000000111230TERM0001"
	for _, tt := range []struct {
		name, input string
		want        dump.Format
	}{
		{"nothing", "", dump.Text},
		{"blanks", " \n\n", dump.Text},
		{"words", "hello\nworld\n", dump.Text},
		{"Chinese words", "你好\n世界\n", dump.Text},
		{"Chinese words and hex", "发送报文 " + echo + "\n你好\n", dump.Hex},
		{"GBK words and hex", "\xB7\xA2\xCB\xCD " + echo + "\n", dump.Hex},
		{"a message in characters", characters, dump.Text},
		{"a message of digits, which can be hex", echo, dump.Hex},
		{"an odd number of digits, which cannot", signOn, dump.Text},
		{"more in characters than in hex", echo + "\n" + characters + "\n" + characters, dump.Text},
		{"more in hex than in characters", echo + "\n" + echo + "\n" + characters, dump.Hex},
		{"EBCDIC", "\xF0\xF8\xF0\xF0\xC1\xC2\xF1\xF2\xF0\xF8\xF0\xF0\xC1\xC2\xF1\xF2", dump.Raw},
		{"packed", "\x08\x00\x82\x20\x00\x00", dump.Raw},
		{"framed by control characters", "\x020800822000000000000004000000000000001123\x03", dump.Raw},
		{"colours of a terminal", "\x1b[32m" + echo + "\x1b[0m\n", dump.Hex},
		{"a dump between hex lines", echo + "\n0000  30 38 30 30\n" + echo, dump.Wireshark},
		{"spaced hex that begins like an offset", "0800 20 38 00 00 00 00 00 80 00 00\n", dump.Hex},
		{"XML of something else", "<a>" + echo + "</a>", dump.Hex},
		{"the magic number of a capture alone", "\xd4\xc3\xb2\xa1", dump.Pcap},
		{"base64 of a few bytes", "MDIwMA==", dump.Text},
		{"a file of long words", "TheQuickBrownFoxJumps\nOverTheLazyDogAgain0\n", dump.Text},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := formatOf(tt.input); got != tt.want {
				t.Errorf("taken for %q, want %q", got, tt.want)
			}
		})
	}
}

// The sample ends in the middle of a line, which must not tell anything else.
func TestSniffLongInput(t *testing.T) {
	line := hex.EncodeToString(message()) + "\n"
	for cut := range 12 {
		input := strings.Repeat(" ", cut) + strings.Repeat(line, 400)
		got := records(t, input, dump.Options{})
		if len(got) != 400 {
			t.Fatalf("behind %d blanks: %d records", cut, len(got))
		}
	}
	if got := records(t, strings.Repeat("30", 100000), dump.Options{}); len(got) != 1 || len(got[0].Data) != 100000 {
		t.Error("one long line is not one record")
	}
}

func TestFormats(t *testing.T) {
	seen := map[dump.Format]bool{}
	for _, f := range dump.Formats() {
		got, err := dump.ParseFormat(" " + strings.ToUpper(string(f)))
		if err != nil || got != f || seen[f] || f == dump.Unknown {
			t.Errorf("%q: got %q, %v", f, got, err)
		}
		seen[f] = true
		r := dump.NewReader(strings.NewReader(""), dump.Options{Format: f})
		if r.Format() != f {
			t.Errorf("%q becomes %q", f, r.Format())
		}
	}
	for _, name := range []string{"", "auto", "AUTO"} {
		if got, err := dump.ParseFormat(name); got != dump.Unknown || err != nil {
			t.Errorf("%q: got %q, %v", name, got, err)
		}
	}
	if _, err := dump.ParseFormat("cuneiform"); err == nil {
		t.Error("no error")
	}
}
