package emv

import "slices"

// Builder writes BER-TLV data objects one behind the other. The zero Builder is empty
// and ready.
//
//	var b emv.Builder
//	b.Nest(emv.TagFCI, func(b *emv.Builder) {
//		b.Add(emv.TagDFName, aid)
//		b.Nest(emv.TagFCIProprietary, func(b *emv.Builder) {
//			b.Add(emv.TagApplicationLabel, []byte("VISA CREDIT"))
//		})
//	})
//	response := b.Bytes()
type Builder struct{ buf []byte }

// Add writes one object. Its value is copied.
func (b *Builder) Add(tag Tag, value []byte) { b.buf = AppendTLV(b.buf, tag, value) }

// Nest writes a constructed object around what inside writes.
func (b *Builder) Nest(tag Tag, inside func(*Builder)) {
	var inner Builder
	inside(&inner)
	b.Add(tag, inner.buf)
}

// Raw writes bytes that are data objects already.
func (b *Builder) Raw(objects []byte) { b.buf = append(b.buf, objects...) }

// Len is the number of bytes written.
func (b *Builder) Len() int { return len(b.buf) }

// Bytes is a copy of what was written.
func (b *Builder) Bytes() []byte { return slices.Clone(b.buf) }

// AppendTLV puts the object of a tag and its value behind dst, the length in the
// fewest bytes (EMV 4.4 Book 3, annex B2).
func AppendTLV(dst []byte, tag Tag, value []byte) []byte {
	dst = appendLength(tag.Append(dst), len(value))
	return append(dst, value...)
}

func appendLength(dst []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n <= 0xFF:
		return append(dst, 0x81, byte(n))
	case n <= 0xFFFF:
		return append(dst, 0x82, byte(n>>8), byte(n))
	case n <= 0xFFFFFF:
		return append(dst, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(dst, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}
