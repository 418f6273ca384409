package iso8583

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
)

// Document is a message as data that people and programs can read, change and turn back
// into the same bytes:
//
//	{"mti":"0200","dialect":"iso87-ascii","fields":{"3":"000000","4":"000000001250","55.9F26":"…"}}
//
// [Spec.Document] makes one of a message, [ParseDocument] of its JSON, and
// [Spec.Assemble] makes the message again.
//
// Fields stand in the order of the message, those of field 55 in the order of its tags,
// the second of a tag as "55.71#2". A value is the text form; text that cannot be shown
// (control characters, bytes that are no UTF-8, text that itself begins with 0x) is 0x
// and its bytes as hex. Where the bytes do not follow from the values, as when a host
// pads with F, writes a longer length than needed or lower-case hex, "raw" keeps the bytes
// of that field as hex; they count as long as the values are those that they hold, so
// that a value can be changed without looking there. "rest" is what follows the last field
// that could be read, of a message that is broken.
//
// Like a Message a Document cannot be printed by accident: everything that formats it
// masks, and "masked" lists the paths that are hidden. [Document.Reveal] is the clear
// text.
type Document struct {
	_  [0]func()
	in *documentBody
}

// documentBody is apart from Document for the reason that card.Secret holds a pointer.
type documentBody struct {
	mti     MTI
	dialect string
	framing string
	before  string // hex of what stands in front of the message
	after   string // and behind it
	fields  []entry
	raw     []entry
	rest    entry
	broken  bool     // the message ends in rest before all its fields have been read
	hidden  []string // of a document that was read: the paths that it calls masked
}

// entry is a path with its value, in clear and masked.
type entry struct{ path, clear, mask string }

// MTI is the message type; empty where none could be read.
func (d Document) MTI() MTI { return d.body().mti }

// Dialect is the name of the spec that the message was read by, "" where a document
// does not tell.
func (d Document) Dialect() string { return d.body().dialect }

// Framing is what stood around the message, "" where nothing did.
func (d Document) Framing() string { return d.body().framing }

// Around is the bytes in front of the message and behind it that its framing is made of.
func (d Document) Around() (before, after []byte) {
	c := d.body()
	before, _ = hex.DecodeString(c.before) // they have been seen to be hex
	after, _ = hex.DecodeString(c.after)
	return before, after
}

// WithFraming is the document with another framing, and the bytes that it is made of.
func (d Document) WithFraming(name string, before, after []byte) Document {
	c := *d.body()
	c.framing, c.before, c.after = name, string(appendHex(nil, before)), string(appendHex(nil, after))
	return Document{in: &c}
}

// Paths are the paths of the fields, in their order.
func (d Document) Paths() []string {
	var paths []string
	for _, e := range d.body().fields {
		paths = append(paths, e.path)
	}
	return paths
}

// body is the content of the document, of the zero Document an empty one.
func (d Document) body() *documentBody {
	if d.in == nil {
		return &documentBody{}
	}
	return d.in
}

// MarshalJSON writes the document with card data masked. Of a document that was read
// from JSON nothing tells what is card data, and every value is hidden.
func (d Document) MarshalJSON() ([]byte, error) {
	return d.body().json(func(e entry) string { return e.mask }), nil
}

// Reveal is the JSON of the document in the clear. Whoever calls it must be on the list
// in internal/tidy.
func (d Document) Reveal() []byte {
	return d.body().json(func(e entry) string { return e.clear })
}

// String is the masked JSON.
func (d Document) String() string {
	return string(d.body().json(func(e entry) string { return e.mask }))
}

// Format implements fmt.Formatter: the masked JSON for every verb.
func (d Document) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(d.String())) }

// GoString implements fmt.GoStringer.
func (d Document) GoString() string { return d.String() }

// LogValue implements slog.LogValuer.
func (d Document) LogValue() slog.Value { return slog.StringValue(d.String()) }

// json writes the document with the values that show gives.
func (c *documentBody) json(show func(entry) string) []byte {
	var out bytes.Buffer
	out.WriteByte('{')
	member := func(name, value string) {
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		writeQuoted(&out, name)
		out.WriteByte(':')
		writeQuoted(&out, value)
	}
	member("mti", string(c.mti))
	if c.dialect != "" {
		member("dialect", c.dialect)
	}
	for _, m := range [][2]string{{"framing", c.framing}, {"before", c.before}, {"after", c.after}} {
		if m[1] != "" {
			member(m[0], m[1])
		}
	}
	appendEntries(&out, "fields", c.fields, show)
	if len(c.raw) > 0 {
		appendEntries(&out, "raw", c.raw, show)
	}
	if c.broken {
		member("rest", show(c.rest))
	}
	c.appendMasked(&out, show)
	out.WriteByte('}')
	return out.Bytes()
}

// appendMasked lists the paths whose values are hidden.
func (c *documentBody) appendMasked(out *bytes.Buffer, show func(entry) string) {
	var paths []string
	for _, e := range c.fields {
		if show(e) != e.clear {
			paths = append(paths, e.path)
		}
	}
	if len(paths) == 0 {
		return
	}
	list, _ := json.Marshal(paths) // strings always marshal
	out.WriteString(`,"masked":`)
	out.Write(list)
}

// appendEntries writes "name":{"path":"value",…}.
func appendEntries(out *bytes.Buffer, name string, list []entry, show func(entry) string) {
	out.WriteByte(',')
	writeQuoted(out, name)
	out.WriteString(":{")
	for i, e := range list {
		if i > 0 {
			out.WriteByte(',')
		}
		writeQuoted(out, e.path)
		out.WriteByte(':')
		writeQuoted(out, show(e))
	}
	out.WriteByte('}')
}

// writeQuoted writes a JSON string, '<' and '&' as they are.
func writeQuoted(out *bytes.Buffer, s string) {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)           // a string always encodes, and a buffer takes it
	out.Truncate(out.Len() - 1) // the line end that Encode adds
}

var (
	_ fmt.Formatter  = Document{}
	_ json.Marshaler = Document{}
	_ slog.LogValuer = Document{}
)
