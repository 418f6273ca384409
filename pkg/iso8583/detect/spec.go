package detect

import (
	"strconv"
	"strings"
	"sync"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// numbers is one more than the greatest number of a field.
const numbers = 193

// entry is one dialect that messages are tried by. Its spec is compiled when first asked for.
type entry struct {
	name     string
	coding   mtiCoding
	versions string // of message types; "" is all
	behind   behind // what it usually comes behind
	general  bool   // an edition of the standard, not a network's
	variant  bool   // a rarer way of writing what another entry has
	bitmap   string // "hex", "binary" or, of a spec that was handed in, ""

	load func() (*iso8583.Spec, error)
	once sync.Once
	spec *iso8583.Spec
	plan *plan
}

// compiled is the spec and what is known of its fields; nil where it cannot be compiled.
func (e *entry) compiled() (*iso8583.Spec, *plan) {
	e.once.Do(func() {
		spec, err := e.load()
		if err == nil {
			e.spec, e.plan = spec, planOf(spec)
		}
	})
	return e.spec, e.plan
}

// fits reports that the dialect has message types of a version.
func (e *entry) fits(version byte) bool {
	return e.versions == "" || strings.IndexByte(e.versions, version) >= 0
}

// entryOf is the entry of a dialect that ships.
func entryOf(info dialect.Info) *entry {
	coding, _ := parseCoding(info.MTICoding)
	return &entry{
		name: info.Name, coding: coding, versions: strings.Join(info.Versions, ""),
		behind: behindOf(info.Framings), general: strings.HasPrefix(info.Name, "iso"),
		variant: isVariant(info.Name),
		bitmap:  info.Bitmap,
		load:    func() (*iso8583.Spec, error) { return dialect.Load(info.Name) },
	}
}

// behind is what a dialect usually comes behind.
type behind struct {
	told    bool // at all
	tpdu    bool
	own     bool // a header of its own
	headers [headerKinds]bool
}

// behindOf reads the parts of framings as package dialect names them; base24 is both of its kinds.
func behindOf(parts []string) behind {
	b := behind{told: len(parts) > 0}
	for _, part := range parts {
		b.tpdu = b.tpdu || part == "tpdu"
		for k := noHeader + 1; k < strange; k++ {
			if strings.HasPrefix(k.name(0), part) {
				b.own, b.headers[k] = true, true
			}
		}
	}
	return b
}

// isVariant reports a name of an edition, a coding and one word more: "iso87-ascii-128".
func isVariant(name string) bool {
	return strings.HasPrefix(name, "iso") && strings.Count(name, "-") > 1
}

// entryOfSpec is the entry of a spec that was handed in. It has message types of every
// version.
func entryOfSpec(s *iso8583.Spec) *entry {
	coding := mtiASCII
	if f := s.Definition().Fields["0"]; f != nil {
		coding, _ = parseCoding(f.Enc)
	}
	return &entry{name: s.Name(), coding: coding, load: func() (*iso8583.Spec, error) { return s, nil }}
}

// kind is what the characters of a field must be.
type kind uint8

const (
	kindRaw  kind = iota // bytes, whatever they are
	kindN                // digits
	kindText             // printable, national characters too
	kindCode             // printable ASCII: codes, and all text in EBCDIC, which makes national characters of anything
	kindTrack
	kindSigned
	kindParts // subfields
	kindTLV
)

// plan is what is known of the fields of a spec.
type plan struct {
	kinds [numbers]kind
	bare  [numbers]bool // the bytes are the text
	hex   bool          // the bitmap is hexadecimal characters
}

func planOf(s *iso8583.Spec) *plan {
	p := &plan{}
	for key, f := range s.Definition().Fields {
		num, err := strconv.Atoi(key)
		if err != nil || num < 0 || num >= numbers {
			continue
		}
		p.kinds[num] = kindOf(f)
		p.bare[num] = f.Enc == "ASCII" && f.Padding == nil && p.kinds[num] != kindSigned
		if num == 1 {
			p.hex = strings.HasPrefix(f.Enc, "HexTo")
		}
	}
	return p
}

func kindOf(f *iso8583.Field) kind {
	switch {
	case f.Content == "x+n":
		return kindSigned
	case f.Type == "Composite" && f.Tag != nil && f.Tag.Enc == "BerTLVTag":
		return kindTLV
	case f.Type == "Composite":
		return kindParts
	case f.Content == "n" || f.Type == "Numeric" || f.Enc == "BCD":
		return kindN
	case f.Content == "z" || strings.HasPrefix(f.Type, "Track"):
		return kindTrack
	case f.Type == "Binary" || f.Type == "Hex" || f.Content == "b":
		return kindRaw
	case f.Content == "an" || strings.HasPrefix(f.Enc, "EBCDIC") && f.Content != "":
		return kindCode
	case f.Content != "" || f.Type == "String" && f.Enc != "Binary":
		return kindText
	}
	return kindRaw
}
