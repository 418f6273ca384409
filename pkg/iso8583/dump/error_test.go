package dump_test

import (
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// faulty are inputs with a fault of each kind.
func faulty(tb testing.TB) map[string]found {
	tb.Helper()
	all := map[string]found{}
	for name, tt := range map[string]struct {
		input string
		opts  dump.Options
	}{
		"letter":   {echo[:20] + "Q" + echo, dump.Options{Format: dump.Hex}},
		"sign":     {echo[:20] + "*" + echo, dump.Options{Format: dump.Hex}},
		"control":  {echo[:20] + "\x02" + echo, dump.Options{Format: dump.Hex}},
		"high":     {echo[:20] + "\xE4" + echo, dump.Options{Format: dump.Hex}},
		"odd":      {echo + "0", dump.Options{Format: dump.Hex}},
		"base64":   {"MDIw MDAw", dump.Options{Format: dump.Base64}},
		"long":     {echo, dump.Options{Format: dump.Hex, MaxRecord: 8}},
		"no bytes": {fields, dump.Options{}},
		"cut":      {string(pcap(tb, client(0, psh, "one")))[:50], dump.Options{}},
		"capture":  {strings.Repeat("no capture", 9), dump.Options{Format: dump.Pcap}},
		"packet":   {string(pcap(tb)) + strings.Repeat("\xFF", 16), dump.Options{}},
		"link":     {string(pcapOf(tb, 105, client(0, psh, "one"))), dump.Options{}},
		"nothing":  {"nothing", dump.Options{Format: dump.XXD}},
	} {
		got := readAll(tb, []byte(tt.input), tt.opts)
		if len(got) == 0 || got[0].err == nil {
			tb.Fatalf("%s: no fault", name)
		}
		all[name] = got[0]
	}
	return all
}

func TestErrorTexts(t *testing.T) {
	faults := faulty(t)
	for name, want := range map[string][2]string{
		"letter":   {"line 1, column 21: not a hex digit: a letter", "不是十六进制数字：字母"},
		"sign":     {"line 1, column 21: not a hex digit: a sign", "不是十六进制数字：符号"},
		"control":  {"line 1, column 21: not a hex digit: a control character", "不是十六进制数字：控制字符"},
		"high":     {"line 1, column 21: not a hex digit: a byte above 127", "不是十六进制数字：大于127的字节"},
		"odd":      {"line 1, column 57: odd number of hex digits: 57 digits", "十六进制数字的个数为奇数：57个数字"},
		"base64":   {"line 1, column 5: not base64: a sign", "不是 base64：符号"},
		"long":     {"line 1: longer than a record may be: at most 8 bytes, got 28 or more", "超过一条记录的最大长度：最多8字节，实为28字节或更多"},
		"no bytes": {"line 1: fields of a message without its bytes: set the logger of the channel to hexdumps, or capture the connection", "只有报文的域而没有原始字节：请让通道的日志输出十六进制转储，或抓取连接的数据包"},
		"cut":      {"byte 24: the input ends in the middle: want 60 bytes, got 10", "输入在中间结束：需要60字节，只有10字节"},
		"capture":  {"byte 0: not a capture that can be read", "无法读取的抓包文件"},
		"packet":   {"byte 24: length of a packet that no capture has: at most 1048576 bytes, got 4294967295 or more", "数据包长度不合理：最多1048576字节，实为4294967295字节或更多"},
		"link":     {"byte 40: link layer that cannot be read: link type 105", "无法读取的链路层：链路类型105"},
		"nothing":  {"byte 0: nothing in the input that is of this format", "输入中没有这种格式的内容"},
	} {
		err := faults[name].err
		if err.Error() != want[0] {
			t.Errorf("%s: got %q, want %q", name, err.Error(), want[0])
		}
		if err.In("zh-CN") != want[1] {
			t.Errorf("%s: got %q, want %q", name, err.In("zh-CN"), want[1])
		}
	}
	for name, want := range map[string]string{"letter": "第1行第21列", "long": "第1行", "packet": "第24字节"} {
		if got := faults[name].err.Place("zh"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// No fault tells what stands in the input, in either language.
func TestErrorsTellNothing(t *testing.T) {
	secret := "4761739001010010"
	for name, input := range map[string]string{
		"a bad digit":         secret + "Q" + echo,
		"an odd number":       secret + "0" + secret,
		"a number as a label": secret + ": nothing",
		"a realm":             strings.ReplaceAll(fields, "outgoing", secret),
		"a long line":         strings.Repeat(secret, 10000),
	} {
		for _, f := range append(dump.Formats(), dump.Unknown) {
			for _, g := range readAll(t, []byte(input), dump.Options{Format: f, MaxRecord: 256}) {
				if g.err == nil {
					continue
				}
				for _, text := range []string{g.err.Error(), g.err.In("zh"), g.err.Place("zh")} {
					if strings.Contains(text, secret[:6]) || strings.Contains(text, secret[12:]) {
						t.Errorf("%s as %q: %q", name, f, text)
					}
				}
			}
		}
	}
}

// An error of the input is told once all before it is read, wraps what the input said,
// and stays.
func TestBrokenInput(t *testing.T) {
	broken := errors.New("the disk is on fire")
	for name, tt := range map[string]struct {
		input string
		want  int
	}{
		"hex":     {echo + "\n" + answer, 2},
		"wrapped": {wrap(hex.EncodeToString(message()), 60), 1},
		"rows":    {halved(message()), 1},
		"base64":  {"MDIwMDAwMDIwMDAwMDIwMDAwMDIwMDAw", 1},
		"text":    {"0800TERM", 1},
		"raw":     {string(message()), 1},
		"UTF-16":  {encode16(echo+"\n"+answer, "\xFF\xFE", 0), 2},
		"pcap":    {string(pcap(t, client(0, psh, "one"))), 1},
		"pcapng":  {string(pcapng(t, client(0, psh, "one"))), 1},
		"nothing": {"", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := dump.NewReader(io.MultiReader(strings.NewReader(tt.input), iotest.ErrReader(broken)), dump.Options{})
			n := 0
			for {
				rec, err := r.Next()
				if err == nil {
					n++
					if n == tt.want && rec.Line > 0 && !rec.Partial && tt.input[len(tt.input)-1] != '\n' {
						t.Error("the last record is whole, they say")
					}
					continue
				}
				var fault *dump.Error
				if !errors.Is(err, broken) || !errors.As(err, &fault) {
					t.Fatalf("got %v", err)
				}
				break
			}
			if n != tt.want {
				t.Errorf("got %d records, want %d", n, tt.want)
			}
			if _, err := r.Next(); !errors.Is(err, broken) {
				t.Errorf("the second time: %v", err)
			}
		})
	}
}

// A reader that gives nothing, and no error either, does not hold the program.
func TestStuckInput(t *testing.T) {
	r := dump.NewReader(stuck{}, dump.Options{})
	if _, err := r.Next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestEndStays(t *testing.T) {
	r := dump.NewReader(strings.NewReader(echo), dump.Options{})
	for range 2 {
		r.Next()
	}
	for range 3 {
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
	}
}
