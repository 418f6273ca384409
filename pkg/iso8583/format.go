package iso8583

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"
)

// item is one element of a message for output, masked.
type item struct{ path, value string }

// items are the elements of the message, masked by class and swept for card numbers:
// fields, and of BER-TLV each element.
func (c *messageBody) items() []item {
	var items []item
	for i := range c.cells {
		b := c.cells[i].body()
		l := &Layout{in: b}
		if c.cells[i].node.layout != layoutBER || len(b.spans) == 1 {
			items = append(items, item{c.cells[i].node.id, b.masked(0, true)})
			continue
		}
		for j := range b.spans {
			if b.spans[j].parent == 0 {
				items = append(items, item{l.Path(j), b.masked(j, true)})
			}
		}
	}
	return items
}

// String is one line, "0200 2=476173******0010 3=000000 …", masked.
func (m Message) String() string {
	if m.in == nil {
		return ""
	}
	var out strings.Builder
	out.WriteString(string(m.in.mti))
	for _, it := range m.in.items() {
		out.WriteString(" " + it.path + "=" + printable(it.value))
	}
	return out.String()
}

// Format implements fmt.Formatter: the masked line for every verb. Card numbers are
// masked wherever they stand, in fields of any class.
func (m Message) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// GoString implements fmt.GoStringer.
func (m Message) GoString() string { return m.String() }

// MarshalText implements encoding.TextMarshaler with the masked line.
func (m Message) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// MarshalJSON writes {"mti":"0200","fields":{"2":"476173******0010",…}}, masked, in
// the order of the message.
func (m Message) MarshalJSON() ([]byte, error) {
	if m.in == nil {
		return []byte("null"), nil
	}
	var out bytes.Buffer
	out.WriteByte('{')
	if err := appendMember(&out, "mti", string(m.in.mti)); err != nil {
		return nil, err
	}
	out.WriteString(`,"fields":{`)
	for i, it := range m.in.items() {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := appendMember(&out, it.path, printable(it.value)); err != nil {
			return nil, err
		}
	}
	out.WriteString("}}")
	return out.Bytes(), nil
}

// LogValue implements slog.LogValuer: a group of the masked fields.
func (m Message) LogValue() slog.Value {
	if m.in == nil {
		return slog.Value{}
	}
	attrs := []slog.Attr{slog.String("mti", string(m.in.mti))}
	for _, it := range m.in.items() {
		attrs = append(attrs, slog.String(it.path, printable(it.value)))
	}
	return slog.GroupValue(attrs...)
}

// printable writes what a terminal could take for a command, and what is no UTF-8, as
// \xNN.
func printable(s string) string {
	if shown([]byte(s)) {
		return s
	}
	return string(appendEscaped(nil, []byte(s)))
}

// appendEscaped appends text with \xNN for each byte that is not printable ASCII.
func appendEscaped(dst, text []byte) []byte {
	for _, c := range text {
		if c < ' ' || c >= 0x7F {
			dst = appendHexByte(append(dst, '\\', 'x'), c)
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// shown reports UTF-8 of printable characters.
func shown(text []byte) bool {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if c < ' ' || c == 0x7F {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			return false
		}
		i += size
	}
	return true
}

var (
	_ fmt.Formatter  = Message{}
	_ fmt.GoStringer = Message{}
	_ json.Marshaler = Message{}
	_ slog.LogValuer = Message{}
)
