package iso8583

import (
	"bytes"
	"fmt"

	"github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	moov "github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/padding"
	"github.com/moov-io/iso8583/prefix"
)

// packer is the spec in moov's terms. It is made when a message is packed for the first
// time: who only reads messages needs none of it.
func (s *Spec) packer() *iso8583.MessageSpec {
	s.packing.once.Do(func() {
		fields := map[int]moov.Field{0: moov.NewBinary(s.mti.packing()), 1: moov.NewBitmap(s.bitmap.packing())}
		for num, n := range s.fields {
			if n != nil {
				fields[num] = moov.NewBinary(n.packing())
			}
		}
		s.packing.spec = &iso8583.MessageSpec{Name: s.name, Fields: fields}
	})
	return s.packing.spec
}

// packing is the element in moov's terms. A composite is its bytes.
func (n *node) packing() *moov.Spec {
	spec := &moov.Spec{Length: n.length, Description: n.en, DisableAutoExpand: n.fixed, Enc: n.encoder(), Pref: n.prefixer()}
	switch n.pad.side {
	case -1:
		spec.Pad = padding.Left(rune(n.pad.char))
	case 1:
		spec.Pad = padding.Right(rune(n.pad.char))
	}
	switch n.packedAs() {
	case codeTrack:
		spec.Packer = moov.PackerFunc(packTrack)
	case codeTrackFront:
		spec.Packer = moov.PackerFunc(packTrackFront)
	case codeSigned:
		spec.Packer = moov.PackerFunc(packSigned)
	case codeEBCDIC:
		spec.Packer = packEBCDIC(n.table)
	}
	if n.gap > 0 {
		spec.Packer = packGap(int(n.gap))
	}
	return spec
}

// packedAs is the coding of the value: a composite is packed already.
func (n *node) packedAs() coding {
	if !n.whole() {
		return codeBinary
	}
	return n.coding
}

// encoder is moov's coding; those that it does not have are packed by a hook.
func (n *node) encoder() encoding.Encoder {
	switch n.packedAs() {
	case codeASCII:
		return encoding.ASCII
	case codeHex:
		if n.table != "" {
			return hexEBCDIC{}
		}
		return encoding.BytesToASCIIHex
	case codeBCD:
		return encoding.BCD
	case codeLBCD, codeTrack, codeTrackFront:
		return encoding.LBCD
	default:
		return encoding.Binary
	}
}

// prefixer is moov's length prefix.
func (n *node) prefixer() prefix.Prefixer {
	set := prefix.ASCII
	switch n.prefix {
	case prefixRest:
		return prefix.None.Fixed
	case prefixBER:
		return berPrefixer{prefix.BerTLV}
	case prefixBCD:
		set = prefix.BCD
	case prefixHex:
		set = prefix.Hex
	case prefixEBCDIC:
		set = prefix.EBCDIC
	case prefixBinary:
		set = prefix.Binary
	default:
	}
	return [...]prefix.Prefixer{set.Fixed, set.L, set.LL, set.LLL, set.LLLL, set.LLLLL, set.LLLLLL}[n.digits]
}

// wire packs a value with its prefix, by moov.
func (n *node) wire(value []byte) ([]byte, error) {
	f := moov.NewBinary(n.packing())
	if err := f.SetBytes(value); err != nil {
		return nil, err
	}
	out, err := f.Pack()
	if err != nil {
		return nil, &Error{Path: n.path, Offset: -1, Err: ErrLength, Want: n.length, Got: len(value)}
	}
	return out, nil
}

// berPrefixer is moov's length of BER-TLV with a length of zero, which moov leaves out.
type berPrefixer struct{ prefix.Prefixer }

func (p berPrefixer) EncodeLength(most, length int) ([]byte, error) {
	if length == 0 {
		return []byte{0}, nil
	}
	return p.Prefixer.EncodeLength(most, length)
}

// packTrack packs the characters of a track two a byte, with a length in characters;
// moov has no such encoding.
func packTrack(value []byte, spec *moov.Spec) ([]byte, error) {
	return packed(packDigits(value, true), len(value), spec)
}

// packTrackFront is packTrack with the pad nibble of an odd number in front.
func packTrackFront(value []byte, spec *moov.Spec) ([]byte, error) {
	return packed(packDigits(value, false), len(value), spec)
}

// packGap packs text behind a length with blanks after it.
func packGap(gap int) moov.PackerFunc {
	return func(value []byte, spec *moov.Spec) ([]byte, error) {
		prefix, err := spec.Pref.EncodeLength(spec.Length, len(value))
		if err != nil {
			return nil, err
		}
		return append(append(prefix, bytes.Repeat([]byte{' '}, gap)...), value...), nil
	}
}

// packSigned packs a sign and digits as one ASCII character and BCD.
func packSigned(value []byte, spec *moov.Spec) ([]byte, error) {
	if len(value) == 0 {
		return nil, fmt.Errorf("no sign")
	}
	return packed(append(value[:1:1], packDigits(value[1:], false)...), len(value), spec)
}

func packed(body []byte, length int, spec *moov.Spec) ([]byte, error) {
	prefix, err := spec.Pref.EncodeLength(spec.Length, length)
	if err != nil {
		return nil, err
	}
	return append(prefix, body...), nil
}

// packEBCDIC packs characters by the inverse of a table.
func packEBCDIC(table string) moov.PackerFunc {
	return func(value []byte, spec *moov.Spec) ([]byte, error) {
		if spec.Pad != nil {
			value = spec.Pad.Pad(value, spec.Length)
		}
		return packed(toEBCDIC(table, value), len(value), spec)
	}
}

// toEBCDIC is characters of ISO 8859-1 by the inverse of a table.
func toEBCDIC(table string, text []byte) []byte {
	var inverse [256]byte
	for i := range len(table) {
		inverse[table[i]] = byte(i)
	}
	out := make([]byte, len(text))
	for i, c := range text {
		out[i] = inverse[c]
	}
	return out
}

// hexEBCDIC is bytes as two hex characters of EBCDIC each, which moov does not have.
type hexEBCDIC struct{}

func (hexEBCDIC) Encode(data []byte) ([]byte, error) {
	out := appendHex(nil, data)
	for i, c := range out {
		if out[i] = c - 'A' + 0xC1; c <= '9' {
			out[i] = c - '0' + 0xF0
		}
	}
	return out, nil
}

func (hexEBCDIC) Decode(data []byte, length int) ([]byte, int, error) {
	n := &node{coding: codeHex, table: ebcdic1047}
	if length < 0 || len(data)/2 < length || faultOf(n, data[:2*length], length) >= 0 {
		return nil, 0, ErrHex
	}
	return appendValue(nil, n, data[:2*length], length), 2 * length, nil
}
