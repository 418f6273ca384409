package cli

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// reading is one way to take a dump: the message, and what stood before it.
type reading struct {
	message []byte
	offset  int    // of the message in the dump's bytes
	framing string // "" is none
}

// readingsOf are the ways to take a dump, the likeliest first. Text of hexadecimal
// digits is taken as such; where it came from a file it may also be a message that
// happens to be digits alone.
func readingsOf(dump []byte, mustBeHex bool) ([]reading, error) {
	var readings []reading
	raw, err := parseHex(dump)
	if err == nil {
		readings = unframed(raw)
	}
	if err != nil && mustBeHex {
		return nil, err
	}
	if !mustBeHex {
		readings = append(readings, unframed(dump)...)
	}
	if len(dump) == 0 || len(readings) == 0 || len(readings[0].message) == 0 {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("the message is empty", "报文为空").With(),
			Hint: i18n.T("give it as hexadecimal digits, with --file FILE, or through a pipe", "请以十六进制参数、--file FILE 或管道提供报文").With(),
		}
	}
	return readings, nil
}

// parseHex reads hexadecimal digits with spaces, line ends, colons or 0x between. The
// problem tells the place and never the text, which may be a card's.
func parseHex(text []byte) ([]byte, error) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(string(text), "0x", ""), "0X", ""))
	raw, err := hex.DecodeString(digits)
	if err == nil {
		return raw, nil
	}
	what := i18n.T("%d hexadecimal digits are no whole bytes", "%d 个十六进制数字不构成完整字节").With(len(digits))
	if i := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); i >= 0 {
		what = i18n.T("character %d is no hexadecimal digit", "第 %d 个字符不是十六进制数字").With(i + 1)
	}
	return nil, &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T("two digits a byte, as xxd -p prints them; bytes themselves come from --file FILE", "每字节两位，如 xxd -p 的输出；原始字节请用 --file FILE").With(),
	}
}

// unframed is the bytes as they are, and the body of every framing that fits them to
// the last byte.
func unframed(raw []byte) []reading {
	readings := []reading{{message: raw}}
	for _, name := range link.FramingNames() {
		framing, err := link.FramingByName(name)
		if err != nil {
			continue
		}
		rest := bytes.NewReader(raw)
		body, err := framing.ReadFrame(rest)
		if err == nil && rest.Len() == 0 && len(body) > 0 {
			readings = append(readings, reading{message: body, offset: len(raw) - len(body), framing: name})
		}
	}
	return readings
}

// explainBest explains the dump in every way and gives the best: one without a fault
// and with nothing left over before any other, and then the one with the most fields.
func explainBest(specs []*iso8583.Spec, readings []reading, lang string) iso8583.Explanation {
	var best iso8583.Explanation
	for i, r := range readings {
		for j, spec := range specs {
			x := spec.Explain(r.message, lang)
			x.Framing, x.Offset = r.framing, r.offset
			if i+j == 0 || isBetter(x, best) {
				best = x
			}
		}
	}
	return best
}

func isBetter(x, best iso8583.Explanation) bool {
	if sound, was := x.Error == nil, best.Error == nil; sound != was {
		return sound
	}
	if odd, was := len(x.Warnings) > 0, len(best.Warnings) > 0; odd != was && x.Error == nil {
		return !odd
	}
	return len(x.Fields) > len(best.Fields)
}
