package iso8583

import (
	"slices"
	"strings"

	"github.com/moov-io/iso8583/encoding"
	moov "github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/padding"
	moovprefix "github.com/moov-io/iso8583/prefix"
)

// compile makes the node of one field and of all inside it. A class is inherited:
// what is inside a sensitive field is sensitive.
func compile(path, id string, f *Field, inherited class) (*node, error) {
	if f == nil {
		return nil, unusable(path, "no definition")
	}
	n := &node{path: path, id: id, en: f.Description, zh: f.Zh, length: f.Length, fixed: f.DisableAutoExpand}
	n.spec = &moov.Spec{Length: f.Length, Description: f.Description, DisableAutoExpand: f.DisableAutoExpand}
	for _, step := range []func(*Field) error{n.setContent, n.setType, n.setPrefix, n.setPadding} {
		if err := step(f); err != nil {
			return nil, err
		}
	}
	if err := n.setClass(f, inherited); err != nil {
		return nil, err
	}
	if f.Type == "Composite" && n.coding != codeSigned {
		n.size = n.length
		return n, n.setInside(f)
	}
	err := n.setCoding(f)
	n.size = n.coding.size(n.length)
	return n, err
}

// setContent reads the characters allowed.
func (n *node) setContent(f *Field) error {
	var ok bool
	if n.content, ok = parseContent(f.Content); !ok {
		return unusable(n.path, "content %q: want n, a, an, ns, ans, z, x+n or b", f.Content)
	}
	return nil
}

// setType reads the type: whether the text form is characters or hex.
func (n *node) setType(f *Field) error {
	switch f.Type {
	case "String", "Numeric", "Track1", "Track2", "Track3":
	case "Binary", "Hex":
		n.binary = true
	case "Bitmap":
		n.binary, n.bits = true, true
		if n.length == 0 {
			n.length, n.spec.Length = 8, 8
		}
		if n.length < 0 || n.length > 32 {
			return unusable(n.path, "bitmap of %d bytes: want 1 to 32", f.Length)
		}
	case "Composite":
		if n.content == contentSigned {
			return n.setSigned(f)
		}
		n.coding = codeBinary
		n.spec.Enc = encoding.Binary
	default:
		return unusable(n.path, "type %q: want String, Numeric, Binary, Hex, Bitmap, Composite, Track1, Track2 or Track3", f.Type)
	}
	if f.Length < 0 {
		return unusable(n.path, "length %d: want 0 or more", f.Length)
	}
	return nil
}

// setSigned makes one element of a sign and packed digits, which moov can only write
// as a composite of the two.
func (n *node) setSigned(f *Field) error {
	sign, digits := f.Subfields["1"], f.Subfields["2"]
	if sign == nil || digits == nil || len(f.Subfields) != 2 || sign.Enc != "ASCII" || sign.Length != 1 || digits.Enc != "BCD" {
		return unusable(n.path, "x+n: want a subfield 1 of one ASCII character and a subfield 2 in BCD")
	}
	n.coding = codeSigned
	n.length = 1 + digits.Length
	n.spec.Length = n.length
	n.spec.Packer = moov.PackerFunc(packSigned)
	return nil
}

// setPrefix reads FAMILY.LLL.
func (n *node) setPrefix(f *Field) error {
	family, ls, _ := strings.Cut(f.Prefix, ".")
	sets := map[string]struct {
		kind prefixing
		set  moovprefix.Prefixers
	}{
		"ASCII": {prefixASCII, moovprefix.ASCII}, "BCD": {prefixBCD, moovprefix.BCD}, "EBCDIC": {prefixEBCDIC, moovprefix.EBCDIC},
		"Hex": {prefixHex, moovprefix.Hex}, "Binary": {prefixBinary, moovprefix.Binary},
	}
	known, ok := sets[family]
	switch {
	case f.Prefix == "None.Fixed":
		n.prefix, n.spec.Pref = prefixRest, moovprefix.None.Fixed
	case f.Prefix == "BerTLV":
		n.prefix, n.spec.Pref = prefixBER, berPrefixer{moovprefix.BerTLV}
	case ok && ls == "Fixed":
		n.prefix, n.spec.Pref = prefixFixed, moovprefix.ASCII.Fixed // they differ in nothing that is packed
	case ok && ls != "" && len(ls) <= 4 && strings.Trim(ls, "L") == "":
		n.prefix, n.digits = known.kind, len(ls)
		n.spec.Pref = []moovprefix.Prefixer{known.set.L, known.set.LL, known.set.LLL, known.set.LLLL}[len(ls)-1]
	default:
		return unusable(n.path, "prefix %q: want ASCII, BCD, EBCDIC, Hex or Binary with .Fixed or .L to .LLLL, None.Fixed or BerTLV", f.Prefix)
	}
	return nil
}

// setPadding reads the padding that is stripped and added.
func (n *node) setPadding(f *Field) error {
	p, err := parsePadding(n.path, f.Padding)
	if err != nil {
		return err
	}
	n.pad = p
	switch p.side {
	case -1:
		n.spec.Pad = padding.Left(rune(p.char))
	case 1:
		n.spec.Pad = padding.Right(rune(p.char))
	}
	return nil
}

func parsePadding(path string, p *Padding) (pad, error) {
	if p == nil || p.Type == "None" {
		return pad{}, nil
	}
	side := map[string]int8{"Left": -1, "Right": 1}[p.Type]
	if side == 0 || len(p.Pad) != 1 || p.Pad[0] > 0x7F {
		return pad{}, unusable(path, "padding %q with %d characters: want Left, Right or None and one ASCII character", p.Type, len(p.Pad))
	}
	return pad{side: side, char: p.Pad[0]}, nil
}

// setClass reads the class of data.
func (n *node) setClass(f *Field, inherited class) error {
	n.class = inherited
	if n.class == classOpen {
		n.class = classOfType(f.Type)
	}
	if f.Class == "" {
		return nil
	}
	c, ok := parseClass(f.Class)
	if !ok {
		return unusable(n.path, "class %q: want pan, account, track, pin, cvv, expiry, name, hidden or open", f.Class)
	}
	n.class = c
	return nil
}

// setCoding reads the encoding of a plain element.
func (n *node) setCoding(f *Field) error {
	if n.coding == codeSigned {
		return nil
	}
	switch f.Enc {
	case "ASCII":
		n.coding, n.spec.Enc = codeASCII, encoding.ASCII
	case "Binary":
		n.coding, n.spec.Enc = codeBinary, encoding.Binary
	case "HexToASCII":
		n.coding, n.spec.Enc = codeHex, encoding.BytesToASCIIHex
	case "ASCIIToHex":
		// moov shows such bytes as hex text and counts the bytes when it reads.
		n.coding, n.binary, n.spec.Enc = codeBinary, true, encoding.Binary
	case "BCD":
		n.coding, n.spec.Enc = codeBCD, encoding.BCD
	case "LBCD":
		n.coding, n.spec.Enc = codeLBCD, encoding.LBCD
		if n.content == contentTrack {
			n.coding, n.spec.Packer = codeTrack, moov.PackerFunc(packTrack)
		}
	case "EBCDIC":
		return n.setEBCDIC(f, encoding.EBCDIC)
	case "EBCDIC1047":
		return n.setEBCDIC(f, encoding.EBCDIC1047)
	default:
		return unusable(n.path, "encoding %q: want ASCII, Binary, HexToASCII, ASCIIToHex, BCD, LBCD, EBCDIC or EBCDIC1047", f.Enc)
	}
	return n.checkCoding(f)
}

func (n *node) setEBCDIC(f *Field, enc encoding.Encoder) error {
	table, err := ebcdicTable(enc)
	if err != nil {
		return unusable(n.path, "%v", err)
	}
	n.coding, n.table, n.spec.Enc = codeEBCDIC, table, enc
	n.spec.Packer = packEBCDIC(table)
	return n.checkCoding(f)
}

// checkCoding refuses a bitmap that is not bytes.
func (n *node) checkCoding(f *Field) error {
	if f.Type == "Bitmap" && n.coding != codeBinary && n.coding != codeHex {
		return unusable(n.path, "bitmap in encoding %s: want Binary or HexToASCII", f.Enc)
	}
	return nil
}

// setInside reads the layout of a composite and compiles its subfields.
func (n *node) setInside(f *Field) error {
	if n.pad.side != 0 {
		return unusable(n.path, "a composite has no padding")
	}
	if (f.Tag == nil) == (f.Bitmap == nil) {
		return unusable(n.path, "a composite has either a tag or a bitmap")
	}
	if err := n.setLayout(f); err != nil {
		return err
	}
	return n.setKids(f)
}

// setLayout tells the four layouts apart.
func (n *node) setLayout(f *Field) error {
	switch {
	case f.Bitmap != nil:
		n.layout = layoutBitmap
		bits := *f.Bitmap
		if bits.Type == "" {
			bits.Type = "Bitmap"
		}
		if bits.Type != "Bitmap" || !bits.DisableAutoExpand {
			return unusable(n.path, "the bitmap of a composite has type Bitmap and disableAutoExpand")
		}
		var err error
		n.bitmap, err = compile(n.path+".0", "0", &bits, classOpen)
		return err
	case f.Tag.Enc == "":
		n.layout = layoutPositional
	case f.Tag.Enc == "BerTLVTag":
		n.layout = layoutBER
		n.tag = &tagging{skip: f.Tag.SkipUnknownTLVTags}
		if n.tag.skip {
			plain := *n
			plain.layout, plain.tag = layoutNone, nil
			n.plain = &plain
		}
	default:
		n.layout = layoutTagged
		return n.setTagging(f.Tag)
	}
	return nil
}

// setTagging reads tags that are not BER-TLV.
func (n *node) setTagging(t *Tag) error {
	like := &Field{Type: "String", Length: t.Length, Enc: t.Enc, Prefix: "ASCII.Fixed", Padding: t.Padding}
	c, err := compile(n.path, "", like, classOpen)
	if err != nil {
		return err
	}
	if t.Length < 1 {
		return unusable(n.path, "tag length %d: want 1 or more", t.Length)
	}
	n.tag = &tagging{node: c, skip: t.SkipUnknownTLVTags && t.PrefUnknownTLV != ""}
	if n.tag.skip {
		unknown := &Field{Type: "Binary", Length: 1 << 30, Enc: "Binary", Prefix: t.PrefUnknownTLV}
		n.tag.unknown, err = compile(n.path, "", unknown, n.class)
	}
	return err
}

// setKids compiles the subfields, in the order in which they lie.
func (n *node) setKids(f *Field) error {
	for _, key := range f.Subfields.keys() {
		kid, err := compile(n.path+"."+key, key, f.Subfields[key], n.classOfKid(key))
		if err != nil {
			return err
		}
		if n.layout == layoutBitmap && (!allDigits(key) || key[0] == '0') {
			return unusable(kid.path, "the subfields of a bitmap are numbers from 1")
		}
		n.kids = append(n.kids, kid)
	}
	if n.layout == layoutBER {
		return n.setTags()
	}
	return nil
}

// setTags orders the subfields of BER-TLV by tag, for the search.
func (n *node) setTags() error {
	for _, kid := range n.kids {
		tag, ok := parseTag(kid.id)
		if !ok {
			return unusable(kid.path, "not the hex of a BER tag")
		}
		kid.ber = tag
		if kid.prefix != prefixBER {
			return unusable(kid.path, "an element of BER-TLV has the prefix BerTLV")
		}
	}
	slices.SortFunc(n.kids, func(a, b *node) int { return int(int64(a.ber) - int64(b.ber)) })
	for _, kid := range n.kids {
		n.tags = append(n.tags, kid.ber)
	}
	return nil
}
