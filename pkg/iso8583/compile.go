package iso8583

import "strings"

// compile makes the node of one field and of all inside it. A class is inherited:
// what is inside a sensitive field is sensitive.
func compile(path, id string, f *Field, inherited class) (*node, error) {
	if f == nil {
		return nil, unusable(path, "no definition")
	}
	n := &node{path: path, id: id, en: f.Description, zh: f.Zh, length: f.Length, fixed: f.DisableAutoExpand}
	if err := n.setPlain(f, inherited); err != nil {
		return nil, err
	}
	if f.Type == "Composite" && n.coding != codeSigned {
		return n, n.setComposite(f)
	}
	err := n.setCoding(f)
	n.size = n.coding.size(n.length)
	return n, err
}

// setPlain reads what a field has of whatever kind it is.
func (n *node) setPlain(f *Field, inherited class) error {
	if err := n.setContent(f); err != nil {
		return err
	}
	if err := n.setType(f); err != nil {
		return err
	}
	if err := n.setPrefix(f); err != nil {
		return err
	}
	if err := n.setPadding(f); err != nil {
		return err
	}
	return n.setClass(f, inherited)
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
	if f.Length < 0 || f.Length > lengthMost {
		return unusable(n.path, "length %d: want 0 to %d", f.Length, lengthMost)
	}
	switch f.Type {
	case "String", "Numeric", "Track1", "Track2", "Track3":
	case "Binary", "Hex":
		n.binary = true
	case "Bitmap":
		n.binary, n.bits = true, true
		if n.length == 0 {
			n.length = 8
		}
		if n.length < 0 || n.length > 32 {
			return unusable(n.path, "bitmap of %d bytes: want 1 to 32", f.Length)
		}
	case "Composite":
		if n.content == contentSigned {
			return n.setSigned(f)
		}
		n.coding = codeBinary
	default:
		return unusable(n.path, "type %q: want String, Numeric, Binary, Hex, Bitmap, Composite, Track1, Track2 or Track3", f.Type)
	}
	return nil
}

// lengthMost is the greatest length of an element, 16 MiB: no message is longer, and a
// fixed one of that length can still be packed.
const lengthMost = 1 << 24

// setSigned makes one element of a sign and packed digits, which moov can only write
// as a composite of the two.
func (n *node) setSigned(f *Field) error {
	sign, digits := f.Subfields["1"], f.Subfields["2"]
	if sign == nil || digits == nil || len(f.Subfields) != 2 || sign.Enc != "ASCII" || sign.Length != 1 || digits.Enc != "BCD" {
		return unusable(n.path, "x+n: want a subfield 1 of one ASCII character and a subfield 2 in BCD")
	}
	if digits.Length < 1 || digits.Length > lengthMost {
		return unusable(n.path+".2", "length %d: want 1 to %d", digits.Length, lengthMost)
	}
	n.coding = codeSigned
	n.length = 1 + digits.Length
	return nil
}

// setPrefix reads FAMILY.LLL.
func (n *node) setPrefix(f *Field) error {
	family, ls, _ := strings.Cut(f.Prefix, ".")
	kind, ok := prefixFamily(family)
	switch {
	case f.Prefix == "None.Fixed":
		n.prefix = prefixRest
	case f.Prefix == "BerTLV":
		n.prefix = prefixBER
	case ok && ls == "Fixed":
		n.prefix = prefixFixed // the families differ in nothing that is packed
	case ok && ls != "" && len(ls) <= prefixMost && strings.Trim(ls, "L") == "":
		n.prefix, n.digits = kind, len(ls)
	default:
		return unusable(n.path, "prefix %q: want ASCII, BCD, EBCDIC, Hex or Binary with .Fixed or .L to .LLLLLL, None.Fixed or BerTLV", f.Prefix)
	}
	return nil
}

// prefixMost is the greatest number of digits or bytes of a length prefix.
const prefixMost = 6

func prefixFamily(name string) (prefixing, bool) {
	switch name {
	case "ASCII":
		return prefixASCII, true
	case "BCD":
		return prefixBCD, true
	case "EBCDIC":
		return prefixEBCDIC, true
	case "Hex":
		return prefixHex, true
	case "Binary":
		return prefixBinary, true
	}
	return prefixFixed, false
}

// setPadding reads the padding that is stripped and added.
func (n *node) setPadding(f *Field) error {
	p, err := parsePadding(n.path, f.Padding)
	if err != nil {
		return err
	}
	n.pad = p
	return nil
}

func parsePadding(path string, p *Padding) (pad, error) {
	if p == nil || p.Type == "None" {
		return pad{}, nil
	}
	var side int8
	switch p.Type {
	case "Left":
		side = -1
	case "Right":
		side = 1
	}
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
		n.coding = codeASCII
	case "Binary":
		n.coding = codeBinary
	case "HexToASCII":
		n.coding = codeHex
	case "HexToEBCDIC":
		n.coding, n.table = codeHex, ebcdic1047
	case "ASCIIToHex":
		// moov shows such bytes as hex text and counts the bytes when it reads.
		n.coding, n.binary = codeBinary, true
	case "BCD":
		n.coding = codeBCD
		if n.content == contentTrack {
			n.coding = codeTrackFront
		}
	case "LBCD":
		n.coding = codeLBCD
		if n.content == contentTrack {
			n.coding = codeTrack
		}
	case "EBCDIC":
		n.coding, n.table = codeEBCDIC, ebcdic500
	case "EBCDIC1047":
		n.coding, n.table = codeEBCDIC, ebcdic1047
	default:
		return unusable(n.path, "encoding %q: want ASCII, Binary, HexToASCII, HexToEBCDIC, ASCIIToHex, BCD, LBCD, EBCDIC or EBCDIC1047", f.Enc)
	}
	return n.checkCoding(f)
}

// checkCoding refuses a bitmap that is not bytes.
func (n *node) checkCoding(f *Field) error {
	if f.Type == "Bitmap" && n.coding != codeBinary && n.coding != codeHex {
		return unusable(n.path, "bitmap in encoding %s: want Binary, HexToASCII or HexToEBCDIC", f.Enc)
	}
	return nil
}
