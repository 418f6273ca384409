package iso8583

import (
	"strings"

	"github.com/tillworks/till/pkg/card"
)

// maskClass masks a text form by the class of its data. Characters stay in their
// places, so that the mask of a text is also a mask of its bytes.
func maskClass(c class, text string) string {
	switch c {
	case classOpen:
		return text
	case classPAN, classAccount:
		return maskNumber(text)
	case classTrack:
		return maskTrack(text)
	default:
		return stars(len(text))
	}
}

// maskNumber masks a card or account number that may be filled with F, as in BCD.
func maskNumber(text string) string {
	number := strings.TrimRight(text, "Ff")
	return card.Mask(number) + text[len(number):]
}

// maskTrack shows first six and last four of the number that a track starts with, and
// the separator; all else of a track, and a track that is not of that form, is hidden.
func maskTrack(text string) string {
	sep := strings.IndexAny(text, "=DdF^")
	if sep < 0 {
		return maskNumberOnly(text)
	}
	head := strings.TrimPrefix(text[:sep], "B") // format code of track 1
	code := text[:sep-len(head)]
	if len(head) < 8 || len(head) > 19 || !allDigits(head) {
		return stars(len(text))
	}
	return code + card.Mask(head) + text[sep:sep+1] + stars(len(text)-sep-1)
}

// maskNumberOnly masks a track with no separator: hidden whole unless it can be no
// more than a number.
func maskNumberOnly(text string) string {
	if len(text) > 19 || !allDigits(text) {
		return stars(len(text))
	}
	return card.Mask(text)
}

func stars(n int) string { return strings.Repeat("*", n) }

// masked is the text form of the i-th span, masked by class and, with swept, wherever
// else a card number stands in it.
func (b *layoutBody) masked(i int, swept bool) string {
	sp := &b.spans[i]
	switch {
	case sp.class() != classOpen:
		return maskClass(sp.class(), b.text(i))
	case sp.node.layout == layoutPositional:
		return b.maskedJoined(i, swept)
	case b.composite(i):
		return b.bodyHex(i, swept)
	}
	text := b.text(i)
	switch {
	case !swept:
		return text
	case sp.node.bytesAsText() && !sp.opaque() && !textual(text):
		return "0x" + sweep{}.hex(string(appendHex(nil, []byte(text))))
	}
	return sweepNode(sp.node, text, sp.opaque())
}

// bytesAsText reports characters that the coding takes as bytes, of whatever kind.
func (n *node) bytesAsText() bool { return n.isText() && n.coding == codeBinary }

// textual reports text that can be shown: UTF-8 of printable characters.
func textual(s string) bool { return shown(s) }

// text is the text form of the i-th span in the clear.
func (b *layoutBody) text(i int) string {
	sp := &b.spans[i]
	return string(appendText(nil, sp.node, b.raw[sp.Start:sp.End], int(sp.chars), sp.tag))
}

// opaque reports an element of BER-TLV that the spec does not declare.
func (sp *Span) opaque() bool { return sp.tag != 0 && sp.node.layout == layoutBER }

// composite reports that the i-th span is shown by its parts: a composite, or a
// template within BER-TLV.
func (b *layoutBody) composite(i int) bool {
	sp := &b.spans[i]
	if sp.opaque() {
		return i+1 < len(b.spans) && b.spans[i+1].parent == int32(i)
	}
	return sp.node.layout != layoutNone
}

// maskedJoined is the masked text of positional subfields one after the other.
func (b *layoutBody) maskedJoined(i int, swept bool) string {
	var out strings.Builder
	for j := i + 1; j < len(b.spans) && b.spans[j].parent >= int32(i); j++ {
		if b.spans[j].parent == int32(i) {
			out.WriteString(b.masked(j, swept))
		}
	}
	if !swept {
		return out.String()
	}
	return sweep{}.text(out.String())
}

// rawHex is the bytes of the i-th span with its tag and length prefix, as hex, masked.
func (b *layoutBody) rawHex(i int) string {
	sp := &b.spans[i]
	return string(appendHex(nil, b.raw[sp.Offset:sp.Start])) + b.valueHex(i)
}

// valueHex is the bytes of the value of the i-th span, as hex, masked.
func (b *layoutBody) valueHex(i int) string {
	sp := &b.spans[i]
	wire := b.raw[sp.Start:sp.End]
	if sp.class() != classOpen && b.composite(i) {
		return stars(2 * len(wire))
	}
	if b.composite(i) {
		return b.bodyHex(i, true)
	}
	plain := *sp.node
	plain.pad = pad{}
	text := string(appendText(nil, &plain, wire, int(sp.chars), sp.tag))
	switch {
	case sp.class() != classOpen:
		return hexLike(wire, sp, maskClass(sp.class(), text))
	case plain.bytesAsText() && !sp.opaque() && !textual(text):
		return sweep{}.hex(string(appendHex(nil, wire)))
	}
	return hexLike(wire, sp, sweepNode(sp.node, text, sp.opaque()))
}

// bodyHex is the hex of a composite: its parts masked each by itself, what lies
// between them as it is, and what no part could be made of hidden.
func (b *layoutBody) bodyHex(i int, swept bool) string {
	sp := &b.spans[i]
	var out strings.Builder
	pos := sp.Start
	for j := i + 1; j < len(b.spans) && b.spans[j].parent >= int32(i); j++ {
		kid := &b.spans[j]
		if kid.parent != int32(i) {
			continue
		}
		out.Write(appendHex(nil, b.raw[pos:kid.Offset]))
		out.WriteString(b.rawHex(j))
		pos = kid.End
	}
	rest := b.raw[pos:sp.End]
	if len(strings.Trim(string(rest), "\x00")) == 0 {
		out.Write(appendHex(nil, rest))
	} else {
		out.WriteString(stars(2 * len(rest)))
	}
	if swept && sp.node.layout != layoutBER {
		return sweep{}.zoned(out.String())
	}
	return out.String()
}

// hexLike is the hex of bytes with '*' wherever the text form made of them has one.
func hexLike(wire []byte, sp *Span, shown string) string {
	n := sp.node
	out := appendHex(nil, wire)
	hide := func(i int) {
		if i < len(out) {
			out[i] = '*'
		}
	}
	for i := range len(shown) {
		if shown[i] != '*' {
			continue
		}
		switch {
		case sp.opaque() || (n.binary && n.coding == codeBinary) || n.coding == codeLBCD || n.coding == codeTrack:
			hide(i)
		case n.coding == codeBCD:
			hide(i + int(sp.chars)%2)
		case n.coding == codeSigned:
			hide(i + 1 + int(sp.chars-1)%2)
		case n.binary && n.coding != codeHex: // a character is shown as two of hex
			hide(i)
		default:
			hide(2 * i)
			hide(2*i + 1)
		}
	}
	return string(out)
}

// maskedText is what [Layout.AppendMasked] appends.
func maskedText(l *Layout, i int) string { return l.in.masked(i, true) }
