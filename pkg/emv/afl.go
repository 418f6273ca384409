package emv

import (
	"errors"
	"fmt"
)

// ErrAFL is the cause of every refused application file locator.
var ErrAFL = errors.New("not an application file locator")

// AFLEntry is one range of records that a card wants read (EMV 4.4 Book 3, 10.2).
type AFLEntry struct {
	SFI         byte // short file identifier, 1 to 30
	First, Last byte // record numbers, from 1
	// Signed is how many of the records, from the first on, offline data
	// authentication covers.
	Signed byte
}

// ParseAFL reads the value of tag 94: four bytes a range. An empty locator, a file
// number of 0 or 31, a record 0, a range that ends before it begins, and more signed
// records than the range has are errors (Book 3, 10.2 and 7.5).
func ParseAFL(b []byte) ([]AFLEntry, error) {
	if len(b) == 0 || len(b)%4 != 0 {
		return nil, fmt.Errorf("%w: got %d bytes, want a multiple of 4", ErrAFL, len(b))
	}
	entries := make([]AFLEntry, 0, len(b)/4)
	for i := 0; i < len(b); i += 4 {
		e := AFLEntry{SFI: b[i] >> 3, First: b[i+1], Last: b[i+2], Signed: b[i+3]}
		if fault := e.fault(b[i] & 0x07); fault != "" {
			return nil, fmt.Errorf("%w: entry %d at offset %d: %s", ErrAFL, i/4+1, i, fault)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// fault says in words what is wrong with an entry, "" if nothing is.
func (e AFLEntry) fault(lowBits byte) string {
	switch {
	case lowBits != 0:
		return fmt.Sprintf("got %03b in the low bits of the first byte, want 000", lowBits)
	case e.SFI == 0 || e.SFI == 31:
		return fmt.Sprintf("got file %d, want 1 to 30", e.SFI)
	case e.First == 0:
		return "got first record 0, want 1 or more"
	case e.Last < e.First:
		return fmt.Sprintf("got last record %d, want %d or more", e.Last, e.First)
	case int(e.Signed) > int(e.Last-e.First)+1:
		return fmt.Sprintf("got %d signed records, want at most %d", e.Signed, int(e.Last-e.First)+1)
	}
	return ""
}

// Text is the range in words.
func (e AFLEntry) Text(lang string) string {
	said := fmt.Sprintf(pick(lang, "File %d, records %d to %d", "文件 %d，记录 %d 至 %d"), e.SFI, e.First, e.Last)
	if e.First == e.Last {
		said = fmt.Sprintf(pick(lang, "File %d, record %d", "文件 %d，记录 %d"), e.SFI, e.First)
	}
	if e.Signed > 0 {
		said += fmt.Sprintf(pick(lang, ", %d signed", "，其中 %d 条参与脱机数据认证"), e.Signed)
	}
	return said
}
