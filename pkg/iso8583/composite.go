package iso8583

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// depthMost bounds the nesting of composites, so that a definition that holds itself is
// refused.
const depthMost = 8

// setComposite reads the layout of a composite and compiles its subfields.
func (n *node) setComposite(f *Field) error {
	if strings.Count(n.path, ".") >= depthMost {
		return unusable(n.path, "composites nested deeper than %d", depthMost)
	}
	if n.pad.side != 0 {
		return unusable(n.path, "a composite has no padding")
	}
	if f.Enc != "" {
		return n.setCut(f)
	}
	n.size = n.length
	if (f.Tag == nil) == (f.Bitmap == nil) {
		return unusable(n.path, "a composite has either a tag or a bitmap")
	}
	if err := n.setLayout(f); err != nil {
		return err
	}
	if err := n.setKids(f); err != nil {
		return err
	}
	n.setLetters()
	return nil
}

// setLayout tells the layouts apart.
func (n *node) setLayout(f *Field) error {
	switch {
	case f.Bitmap != nil:
		n.layout = layoutBitmap
		return n.setBitmap(*f.Bitmap)
	case f.Tag.Enc == "BerTLVTag":
		n.layout = layoutBER
		n.setBER(f.Tag)
	case f.Tag.Tokens:
		n.layout = layoutTagged
		return n.setTokens(f.Tag)
	case f.Tag.Enc != "":
		n.layout = layoutTagged
		return n.setTagging(f.Tag)
	case f.Tag.Delimiter != "":
		n.layout = layoutSplit
		return n.setDelimiter(f)
	default:
		n.layout = layoutPositional
	}
	return nil
}

// setBitmap reads the bitmap that announces subfields.
func (n *node) setBitmap(f Field) error {
	f.Type = cmp.Or(f.Type, "Bitmap")
	if f.Type != "Bitmap" || !f.DisableAutoExpand {
		return unusable(n.path, "the bitmap of a composite has type Bitmap and disableAutoExpand")
	}
	if f.Description == "" {
		f.Description, f.Zh = "Bit map", cmp.Or(f.Zh, "位图")
	}
	var err error
	if n.bitmap, err = compile(n.path+".0", "0", &f, classOpen); err != nil || !f.Dataset {
		return err
	}
	if n.bitmap.coding != codeBinary || n.bitmap.length != 2 {
		return unusable(n.bitmap.path, "the bitmap of a dataset has two bytes in Binary")
	}
	n.bitmap.dataset = true
	n.rest, err = compile(n.path+".TLV", "TLV", datasetRest(), n.class)
	return err
}

// datasetRest is the BER-TLV behind the elements of a dataset.
func datasetRest() *Field {
	return &Field{
		Type: "Composite", Prefix: "None.Fixed", Description: "Further data", Zh: "其他数据",
		Tag: &Tag{Enc: "BerTLVTag", Sort: "StringsByHex", SkipUnknownTLVTags: true, StoreUnknownTLVTags: true},
	}
}

// setBER reads what is taken for BER-TLV, and what else may stand in its place.
func (n *node) setBER(t *Tag) {
	n.tag = &tagging{skip: t.SkipUnknownTLVTags}
	if n.tag.skip {
		plain := *n
		plain.layout, plain.tag, plain.binary, plain.instead = layoutNone, nil, t.Bytes, true
		n.plain = &plain
	}
}

// setDelimiter reads what ends a part, in the coding of the first one.
func (n *node) setDelimiter(f *Field) error {
	like := &Field{Type: "String", Length: 1, Prefix: "ASCII.Fixed"}
	for _, key := range f.Subfields.keys() {
		if like.Enc == "" && f.Subfields[key] != nil {
			like.Enc = f.Subfields[key].Enc
		}
	}
	c, err := compile(n.path, "", like, classOpen)
	if err != nil {
		return err
	}
	if len(f.Tag.Delimiter) != 1 || f.Tag.Delimiter[0] > 0x7F || c.coding != codeASCII && c.coding != codeEBCDIC {
		return unusable(n.path, "a delimiter is one ASCII character between subfields in ASCII or EBCDIC")
	}
	wire, err := c.wire([]byte(f.Tag.Delimiter))
	if err != nil {
		return err
	}
	n.tag = &tagging{delim: wire[0]}
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
	n.tag = &tagging{node: c, skip: t.Unknown != nil || t.SkipUnknownTLVTags && t.PrefUnknownTLV != ""}
	if !n.tag.skip {
		return nil
	}
	if c.binary && t.Length == 1 {
		if n.tag.bytes, err = n.unnamed(&Field{Type: "Binary", Enc: "Binary", Prefix: cmp.Or(t.PrefUnknownTLV, "Binary.LL")}); err != nil {
			return err
		}
	}
	n.tag.unknown, err = n.unnamed(cmp.Or(t.Unknown, &Field{Type: "Binary", Enc: "Binary", Prefix: t.PrefUnknownTLV}))
	return err
}

// unnamed is the node of the values of tags that the spec does not name.
func (n *node) unnamed(f *Field) (*node, error) {
	like := *f
	like.Length = cmp.Or(like.Length, lengthMost)
	like.Description, like.Zh = cmp.Or(like.Description, "Unknown tag"), cmp.Or(like.Zh, "未知标签")
	c, err := compile(n.path+".*", "*", &like, n.class)
	if err == nil {
		c.tagged, c.loose = true, true
	}
	return c, err
}

// setTokens reads BASE24 tokens: a head of "& ", how many there are with it and how long
// it all is, five digits each, and the tokens: "! ", two characters, a length of five
// digits, a blank, the value.
func (n *node) setTokens(t *Tag) error {
	t = &Tag{Length: 2, Enc: "ASCII", Unknown: cmp.Or(t.Unknown, &Field{Type: "String", Enc: "ASCII", Prefix: "ASCII.LLLLL", Length: 99999})}
	if err := n.setTagging(t); err != nil {
		return err
	}
	n.tag.lead, n.tag.unknown.gap = "! ", 1
	head := &Field{Type: "String", Enc: "ASCII", Prefix: "ASCII.Fixed", Length: 12, Description: "Tokens, number and length", Zh: "令牌数量和长度"}
	var err error
	n.tag.head, err = compile(n.path+".0", "0", head, classOpen)
	plain := *n
	plain.layout, plain.tag, plain.coding, plain.instead, plain.tokens = layoutNone, nil, codeBinary, true, true
	n.plain = &plain
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
	switch n.layout {
	case layoutBER:
		return n.setBERTags()
	case layoutTagged:
		return n.setTags()
	case layoutBitmap:
		n.setBits()
	}
	return nil
}

// bitMost is the last bit of the longest bitmap.
const bitMost = 8 * 32

// setBits orders the subfields of a bitmap by their numbers.
func (n *node) setBits() {
	most := 0
	for _, kid := range n.kids {
		num, err := strconv.Atoi(kid.id)
		if err == nil && num <= bitMost {
			most = max(most, num)
		}
	}
	n.tag = &tagging{byBit: make([]*node, most+1)}
	for _, kid := range n.kids {
		if num, err := strconv.Atoi(kid.id); err == nil && num <= most {
			n.tag.byBit[num] = kid
		}
	}
}

// setBERTags orders the subfields of BER-TLV by tag, for the search.
func (n *node) setBERTags() error {
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
	n.sortTags()
	element := *n
	element.loose = true
	n.element = &element
	return nil
}

// setTags orders tagged subfields by their tags on the wire.
func (n *node) setTags() error {
	for _, kid := range n.kids {
		wire, err := n.tag.node.parse(kid.id)
		if err == nil {
			wire, err = n.tag.node.wire(wire)
		}
		if err != nil {
			return unusable(kid.path, "not a tag of %d characters in the encoding of the composite", n.tag.node.length)
		}
		kid.ber = n.tag.key(wire)
		kid.tagged = true
		if n.tag.head != nil {
			kid.gap = 1
		}
		kid.loosen()
	}
	n.sortTags()
	return nil
}

// loosen marks all that is inside of an element that may be there more than once.
func (n *node) loosen() {
	n.loose = true
	for _, kid := range n.kids {
		kid.loosen()
	}
	for _, kid := range []*node{n.bitmap, n.rest, n.element, n.plain} {
		if kid != nil {
			kid.loose = true
		}
	}
}

func (n *node) sortTags() {
	slices.SortFunc(n.kids, func(a, b *node) int { return cmp.Compare(a.ber, b.ber) })
	for _, kid := range n.kids {
		n.tags = append(n.tags, kid.ber)
	}
}

// setLetters marks a composite whose bytes, tags and lengths with them, are characters:
// its text form is these.
func (n *node) setLetters() {
	if n.layout != layoutSplit && n.layout != layoutTagged {
		return
	}
	parts := slices.Clone(n.kids)
	if n.tag.node != nil {
		parts = append(parts, n.tag.node)
	}
	if n.tag.unknown != nil {
		parts = append(parts, n.tag.unknown)
	}
	for _, p := range parts {
		if p.coding != parts[0].coding || p.table != parts[0].table || !p.spelled() {
			return
		}
	}
	n.letters, n.coding, n.table = true, parts[0].coding, parts[0].table
}

// spelled reports an element of characters whose length is told in characters as well.
func (n *node) spelled() bool {
	switch n.prefix {
	case prefixFixed, prefixRest:
		return n.isText() && (n.coding == codeASCII || n.coding == codeEBCDIC) && n.pad.side == 0
	case prefixASCII:
		return n.isText() && n.coding == codeASCII && n.pad.side == 0
	case prefixEBCDIC:
		return n.isText() && n.coding == codeEBCDIC && n.pad.side == 0
	}
	return false
}

// setCut reads a composite that is one packed number, cut into its digits.
func (n *node) setCut(f *Field) error {
	if f.Tag == nil || f.Tag.Enc != "" || f.Tag.Delimiter != "" || f.Bitmap != nil {
		return unusable(n.path, "a composite with an encoding has positional subfields")
	}
	if f.Enc != "LBCD" && (f.Enc != "BCD" || n.prefix != prefixFixed) {
		return unusable(n.path, "a composite with an encoding: want LBCD, or BCD of fixed length")
	}
	if err := n.setCoding(f); err != nil {
		return err
	}
	n.size = n.coding.size(n.length)
	n.layout = layoutCut
	if n.content == contentAny {
		n.content = contentN
	}
	at := 0
	if n.coding == codeBCD {
		at = n.length % 2
	}
	twin := *n
	twin.layout, twin.coding, twin.size = layoutPositional, codeBinary, n.length
	for i, key := range f.Subfields.keys() {
		kid, err := compile(n.path+"."+key, key, f.Subfields[key], n.class)
		if err != nil {
			return err
		}
		last := i == len(f.Subfields)-1
		if !kid.isText() || kid.pad.side != 0 || kid.prefix != prefixFixed && (kid.prefix != prefixRest || !last) {
			return unusable(kid.path, "a part of a packed number is digits of fixed length, the last one all that is left")
		}
		char := *kid
		char.coding, char.size = codeASCII, kid.length
		twin.kids = append(twin.kids, &char)
		kid.coding, kid.skip = codePart, uint8(at%2)
		at += kid.length
		n.kids = append(n.kids, kid)
	}
	n.twin = &twin
	if f.Tag.Exact && n.prefix != prefixFixed {
		plain := *n
		plain.layout, plain.kids = layoutNone, nil
		n.plain, n.exact = &plain, at
	}
	return nil
}
