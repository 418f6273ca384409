package iso8583

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Definition is a spec as data. Its JSON is the spec format of moov-io/iso8583 with
// keys of our own that moov ignores: "network", "zh", "class", "content", "mti", "dataset" and the
// last ones of [Tag]. [NewSpec] compiles it; [Spec.Definition] gives it back.
type Definition struct {
	Name   string `json:"name,omitempty"`
	Fields Fields `json:"fields"`
	// Network is whose codes the fields hold where networks differ (field 39 above all):
	// visa, mastercard, unionpay, amex, or iso for none of them. Without it the name tells, if it
	// begins with one of them.
	Network string `json:"network,omitempty"`
	// MTI is the fields that a type of message must, should and must not have, by type
	// ("0200"), for [Spec.Validate]. What stands for 0200 stands for its repeat 0201.
	MTI map[string]Presence `json:"mti,omitempty"`
}

// Fields are elements by their number in decimal ("0" the MTI, "1" the bitmap, "2" to
// "192"), or subfields by their number or tag ("1", "9F26").
type Fields map[string]*Field

// Field says how one element lies on the wire and what it is.
type Field struct {
	// Type is String, Numeric, Binary, Hex, Bitmap, Composite, Track1, Track2 or
	// Track3. Binary and Hex have hex as their text form, the others their characters.
	Type string `json:"type,omitempty"`
	// Length is the exact length of a fixed field and the greatest of a variable one:
	// characters or digits of text, bytes of Binary, Hex, Bitmap and Composite.
	Length int `json:"length,omitempty"`
	// Description is the name in English.
	Description string `json:"description,omitempty"`
	// Zh is the name in Chinese; without it the English one is shown.
	Zh string `json:"zh,omitempty"`
	// Enc is how the value is coded: ASCII, EBCDIC, EBCDIC1047, Binary, HexToASCII
	// (bytes as two hex characters each), HexToEBCDIC (the same in EBCDIC; moov has no
	// such), ASCIIToHex (bytes whose text form is hex), BCD (packed digits, an odd number
	// has its pad nibble, 0, in front), LBCD (packed digits, the pad nibble, 0 or F,
	// behind). BCD and LBCD with content "z" pack the sixteen characters of a track.
	// Of a Composite it is BCD or LBCD, and makes its subfields, positional and of digits,
	// parts of one packed number.
	Enc string `json:"enc,omitempty"`
	// Prefix is FAMILY.Fixed or FAMILY.L to FAMILY.LLLLLL with the family ASCII, BCD,
	// EBCDIC, Hex or Binary; None.Fixed takes the rest; BerTLV is the length of
	// ISO/IEC 8825-1.
	Prefix string `json:"prefix,omitempty"`
	// Padding is stripped when the field is read and added when it is packed.
	Padding *Padding `json:"padding,omitempty"`
	// Tag makes a Composite of tagged or, with no Enc in it, positional subfields.
	Tag *Tag `json:"tag,omitempty"`
	// Subfields are the parts of a Composite.
	Subfields Fields `json:"subfields,omitempty"`
	// Bitmap makes a Composite whose subfields are announced by a bitmap.
	Bitmap *Field `json:"bitmap,omitempty"`
	// DisableAutoExpand holds a Bitmap to its Length though its first bit is set.
	DisableAutoExpand bool `json:"disableAutoExpand,omitempty"`
	// Dataset makes the Bitmap of a Composite that of a dataset of ISO 8583:2003: two
	// bytes, and one more where the first bit of the last says so; the bit after it is
	// element 1, and the last bit of all says that BER-TLV follows.
	Dataset bool `json:"dataset,omitempty"`
	// Class is what the data is, where it must not be shown: pan, account, track, pin,
	// cvv, expiry, name, hidden; or "open" for none of them. Without it the fields 2,
	// 14, 34, 35, 36, 45, 52, 102 and 103 and the EMV tags that carry such data have
	// the class that the standard implies.
	Class string `json:"class,omitempty"`
	// Content is the characters allowed, in the notation of the standard: n, a, an,
	// ns, ans, z, x+n (a sign C or D, then digits), b. Values that are set are held to
	// it, n is filled with zeros on the left and ans with blanks on the right up to a
	// fixed length; values that are read are only warned about by [Spec.Explain].
	Content string `json:"content,omitempty"`
}

// Padding is the character that fills a field up to its length.
type Padding struct {
	Type string `json:"type"` // Left, Right or None
	Pad  string `json:"pad"`  // one ASCII character
}

// Tag is how the subfields of a Composite are told apart.
type Tag struct {
	Length              int      `json:"length,omitempty"`              // characters of a tag; nothing for BER-TLV
	Enc                 string   `json:"enc,omitempty"`                 // BerTLVTag, ASCII, BCD, EBCDIC, Binary; empty for positional subfields
	Padding             *Padding `json:"padding,omitempty"`             // Left: leading characters that the keys of Subfields leave out
	Sort                string   `json:"sort,omitempty"`                // StringsByInt or StringsByHex: the order of positional subfields
	SkipUnknownTLVTags  bool     `json:"skipUnknownTLVTags,omitempty"`  // take tags that Subfields does not name
	StoreUnknownTLVTags bool     `json:"storeUnknownTLVTags,omitempty"` // moov's; here what is taken is always kept
	PrefUnknownTLV      string   `json:"prefUnknownTLV,omitempty"`      // prefix of unnamed tags that are not BER-TLV

	// Ours, which moov ignores.
	Bytes     bool   `json:"bytes,omitempty"`     // what makes no BER-TLV from its first element on is bytes
	Unknown   *Field `json:"unknown,omitempty"`   // how a tag that Subfields does not name lies on the wire
	Delimiter string `json:"delimiter,omitempty"` // one character that ends each positional subfield with the prefix None.Fixed but the last
	Exact     bool   `json:"exact,omitempty"`     // the subfields of one packed number are those of its whole length: a shorter one is digits alone
	Tokens    bool   `json:"tokens,omitempty"`    // BASE24 tokens: "& ", their number and length; before each "! ", behind its tag its length and a blank
}

// MarshalJSON writes the fields in the order of their numbers, or of their tags.
func (f Fields) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, key := range f.keys() {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := appendMember(&out, key, f[key]); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// appendMember writes "key":value.
func appendMember(out *bytes.Buffer, key string, value any) error {
	name, err := json.Marshal(key)
	if err != nil {
		return err
	}
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	out.Write(name)
	out.WriteByte(':')
	out.Write(body)
	return nil
}

// Keys are the keys in ascending order: numbers by value, tags as text.
func (f Fields) Keys() []string { return f.keys() }

// keys are the keys in ascending order.
func (f Fields) keys() []string {
	keys := make([]string, 0, len(f))
	for k := range f {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

// compareKeys orders two keys by number where both are numbers, else as text.
func compareKeys(a, b string) int {
	if allDigits(a) && allDigits(b) && len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

var _ json.Marshaler = Fields(nil)
