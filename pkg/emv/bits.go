package emv

import (
	"fmt"
	"strconv"
)

// Flag is one line of a bit table: what a bit, or a group of bits, says.
type Flag struct {
	// Byte counts from 1 and bits from 8 (the left) to 1, as the EMV books do.
	Byte int
	// Mask selects the bits and Value is how they must stand.
	Mask, Value byte
	// Set reports that they stand so in the value looked at.
	Set    bool
	en, zh string
}

// Text is what the flag says, in English or, for "zh", in Chinese.
func (f Flag) Text(lang string) string {
	if lang == "zh" {
		return f.zh
	}
	return f.en
}

// Flags is the whole bit table of a tag over a value, set and not set, in the order of
// the standard. Tables exist for 82 AIP, 95 TVR and the action codes that have its
// shape (9F0D, 9F0E, 9F0F, and DF8120, DF8121, DF8122 of a terminal), 9B TSI, 9F07 AUC,
// 9F27 CID, 9F33 and 9F40 terminal capabilities (EMV 4.4 Book 3, annex C; Book 4, annex A),
// 9F66 and 9F6C terminal and card transaction qualifiers (EMV Book C-3), and 9F1D terminal
// risk management data (Book C-2). Another tag gives none. Bits beyond a short value are not
// set. See [FlagsFor] for tags that schemes use in their own way.
func Flags(tag Tag, value []byte) []Flag { return flagsIn(tableOf(tag), value) }

// FlagsFor is [Flags] as the application with an identifier means the tag: 9F6E is the form
// factor indicator of Visa (Book C-3) or the reader capabilities of American Express (Book
// C-4), 9F6D the reader capabilities of the latter, 9F7E the mobile support indicator of
// Mastercard (Book C-2). An empty identifier gives what is common to all.
func FlagsFor(tag Tag, aid, value []byte) []Flag {
	return flagsIn(tableFor(tag, SchemeOf(aid)), value)
}

func flagsIn(table flagTable, value []byte) []Flag {
	var flags []Flag
	rows := flagRows(table)
	for n := range len(rows) / rowSize {
		f := Flag{Byte: int(rows[n*rowSize]), Mask: rows[n*rowSize+1], Value: rows[n*rowSize+2]}
		f.Set = f.Byte <= len(value) && value[f.Byte-1]&f.Mask == f.Value
		f.en, f.zh = flagText(table, n)
		flags = append(flags, f)
	}
	return flags
}

// gridOf is a whole bit table over a value with the bits behind it that are set and that no
// row of the table knows.
func gridOf(table flagTable, value []byte) []Flag {
	flags := flagsIn(table, value)
	if flags == nil {
		return nil
	}
	known := make([]byte, len(value))
	for _, f := range flags {
		if f.Byte <= len(known) {
			known[f.Byte-1] |= f.Mask
		}
	}
	for i, b := range value {
		for mask := byte(0x80); mask != 0; mask >>= 1 {
			if b&^known[i]&mask != 0 {
				flags = append(flags, Flag{Byte: i + 1, Mask: mask, Value: mask, Set: true, en: "Reserved", zh: "保留"})
			}
		}
	}
	return flags
}

// flagsSaid says the rows of a table that are set, and nothing of reserved bits.
func flagsSaid(table flagTable, value []byte, lang string) []string {
	var said []string
	for _, f := range flagsIn(table, value) {
		if f.Set {
			said = append(said, f.Text(lang))
		}
	}
	return said
}

// rowSize is the bytes of a row of a bit table.
const rowSize = 3

// Bits says the bits of a value that are set, one text each. Bits that the standard
// reserves are said too, by their place: a terminal should not hide them.
func Bits(tag Tag, value []byte, lang string) []string { return bitsIn(tableOf(tag), value, lang) }

func bitsIn(table flagTable, value []byte, lang string) []string {
	flags := flagsIn(table, value)
	if flags == nil {
		return nil
	}
	var said []string
	known := make([]byte, len(value))
	for _, f := range flags {
		if f.Byte <= len(known) {
			known[f.Byte-1] |= f.Mask
		}
		if f.Set {
			said = append(said, f.Text(lang))
		}
	}
	return append(said, reservedBits(value, known, lang)...)
}

// appendBits appends what [Bits] says, joined, without allocating.
func appendBits(dst []byte, tag Tag, value []byte, lang string) []byte {
	return appendBitsIn(dst, tableOf(tag), value, lang)
}

func appendBitsIn(dst []byte, table flagTable, value []byte, lang string) []byte {
	rows := flagRows(table)
	var known [8]byte
	if rows == "" || len(value) > len(known) {
		return dst
	}
	from := len(dst)
	for n := range len(rows) / rowSize {
		at, mask, want := int(rows[n*rowSize])-1, rows[n*rowSize+1], rows[n*rowSize+2]
		if at >= len(value) {
			break
		}
		known[at] |= mask
		if value[at]&mask == want {
			en, zh := flagText(table, n)
			dst = append(separate(dst, from, lang), pick(lang, en, zh)...)
		}
	}
	return appendReserved(dst, from, value, known[:], lang)
}

// appendFlags appends the rows of a table that are set, behind what was said since from,
// and nothing of reserved bits.
func appendFlags(dst []byte, from int, table flagTable, value []byte, lang string) []byte {
	rows := flagRows(table)
	for n := range len(rows) / rowSize {
		at, mask, want := int(rows[n*rowSize])-1, rows[n*rowSize+1], rows[n*rowSize+2]
		if at < len(value) && value[at]&mask == want {
			en, zh := flagText(table, n)
			dst = appendSaid(dst, from, en, zh, lang)
		}
	}
	return dst
}

// appendReserved appends the bits of a value that no row of its table knows.
func appendReserved(dst []byte, from int, value, known []byte, lang string) []byte {
	for i, b := range value {
		for bit := byte(8); b&^known[i] != 0 && bit >= 1; bit-- {
			if b&^known[i]&(1<<(bit-1)) == 0 {
				continue
			}
			dst = append(separate(dst, from, lang), pick(lang, "byte ", "字节 ")...)
			dst = strconv.AppendInt(dst, int64(i+1), 10)
			dst = append(append(dst, pick(lang, " bit ", " 位 ")...), '0'+bit)
			dst = append(dst, pick(lang, " (reserved)", "（保留）")...)
		}
	}
	return dst
}

// separate appends what stands between two things said, unless nothing was said since
// from.
func separate(dst []byte, from int, lang string) []byte {
	if len(dst) == from {
		return dst
	}
	return append(dst, pick(lang, "; ", "；")...)
}

// tableOf is the bit table of a tag; some tags share one.
func tableOf(tag Tag) flagTable {
	switch tag {
	case TagIACDefault, TagIACDenial, TagIACOnline, tagTACDefault, tagTACDenial, tagTACOnline:
		return flags95
	default:
		return flagTableOf(tag)
	}
}

// tableFor is the bit table of a tag as a scheme means it.
func tableFor(tag Tag, scheme string) flagTable {
	switch {
	case tag == tagFormFactor && scheme == schemeVisa:
		return flagsVisaForm
	case tag == tagFormFactor && scheme == schemeAmex:
		return flagsAmexReader
	case tag == tagReaderCapabilities && scheme == schemeAmex:
		return flagsAmexMode
	case tag == tagMobileSupport && (scheme == schemeMastercard || scheme == schemeMaestro):
		return flagsMobileSupport
	}
	return tableOf(tag)
}

func reservedBits(value, known []byte, lang string) []string {
	format := "Byte %d bit %d (reserved)"
	if lang == "zh" {
		format = "字节 %d 位 %d（保留）"
	}
	var said []string
	for i, b := range value {
		for bit := 8; bit >= 1; bit-- {
			if b&^known[i]&(1<<(bit-1)) != 0 {
				said = append(said, fmt.Sprintf(format, i+1, bit))
			}
		}
	}
	return said
}
