package emv

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// One bit or group of bits a line: tag, byte from 1, mask, value under the mask,
// English, Chinese.
//
//go:embed data/bits.tsv
var bitTables string

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
// shape (9F0D, 9F0E, 9F0F), 9B TSI, 9F07 AUC, 9F27 CID, 9F33 and 9F40 terminal
// capabilities (EMV 4.4 Book 3, annex C; Book 4, annex A). Another tag gives none. Bits
// beyond a short value are not set.
func Flags(tag Tag, value []byte) []Flag {
	var flags []Flag
	for line := range rows(bitTables, tableOf(tag).String()) {
		flags = append(flags, parseFlag(line, value))
	}
	return flags
}

// Bits says the bits of a value that are set, one text each. Bits that the standard
// reserves are said too, by their place: a terminal should not hide them.
func Bits(tag Tag, value []byte, lang string) []string {
	flags := Flags(tag, value)
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

// tableOf maps tags that share a table to the one that names it.
func tableOf(tag Tag) Tag {
	switch tag {
	case TagIACDefault, TagIACDenial, TagIACOnline:
		return TagTVR
	default:
		return tag
	}
}

func parseFlag(line string, value []byte) Flag {
	var cells [5]string
	for i := range cells {
		cells[i], line, _ = strings.Cut(line, "\t")
	}
	f := Flag{Byte: int(cells[0][0] - '0'), Mask: hexByte(cells[1]), Value: hexByte(cells[2]), en: cells[3], zh: cells[4]}
	f.Set = f.Byte <= len(value) && value[f.Byte-1]&f.Mask == f.Value
	return f
}

func hexByte(cell string) byte {
	n, _ := strconv.ParseUint(cell, 16, 8)
	return byte(n)
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
