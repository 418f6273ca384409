package cli

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// The forms in which the bytes of a message are given out, beside the formats that every
// command has.
const (
	hexForm    out.Format = "hex"
	base64Form out.Format = "base64"
	rawForm    out.Format = "raw"
	xxdForm    out.Format = "xxd"
)

func byteForms() []out.Format { return []out.Format{hexForm, base64Form, rawForm, xxdForm} }

// byteWriters write messages in these forms, one after the other.
func byteWriters(messages ...[]byte) map[out.Format]func(out.Screen) error {
	each := func(write func(out.Screen, []byte) error) func(out.Screen) error {
		return func(s out.Screen) error {
			for _, raw := range messages {
				if err := write(s, raw); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return map[out.Format]func(out.Screen) error{
		hexForm:    each(func(s out.Screen, raw []byte) error { return writeText(s, upperHex(raw)+"\n") }),
		base64Form: each(func(s out.Screen, raw []byte) error { return writeText(s, base64.StdEncoding.EncodeToString(raw)+"\n") }),
		xxdForm:    each(func(s out.Screen, raw []byte) error { return writeText(s, xxd(raw)) }),
		rawForm:    each(writeBytes),
	}
}

func writeText(s out.Screen, text string) error {
	_, err := io.WriteString(s, text)
	return err
}

// writeBytes writes the bytes themselves, which a terminal would take for commands.
func writeBytes(s out.Screen, raw []byte) error {
	if s.Terminal {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("-O raw would write bytes to the terminal", "-O raw 会将原始字节写到终端").With(),
			Hint: i18n.T("write them to a file with -o FILE, or into a pipe", "请用 -o FILE 写入文件，或使用管道").With(),
		}
	}
	_, err := s.Write(raw)
	return err
}

func upperHex(raw []byte) string { return strings.ToUpper(hex.EncodeToString(raw)) }

// xxd is a dump as xxd prints one: sixteen bytes a line with their offset and characters.
func xxd(raw []byte) string {
	var b strings.Builder
	for at := 0; at < len(raw); at += 16 {
		line := raw[at:min(at+16, len(raw))]
		fmt.Fprintf(&b, "%08x: ", at)
		for i := range 16 {
			switch {
			case i < len(line):
				fmt.Fprintf(&b, "%02x", line[i])
			default:
				b.WriteString("  ")
			}
			if i%2 == 1 {
				b.WriteByte(' ')
			}
		}
		b.WriteByte(' ')
		for _, c := range line {
			if c < ' ' || c > '~' {
				c = '.'
			}
			b.WriteByte(c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
