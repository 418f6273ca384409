package settle

import (
	"cmp"
	"encoding/binary"
	"strings"
)

// entry is what the engine keeps of a record: enough to compare and to find it again.
type entry struct {
	number   uint32 // among the records of its side, or among the open items that were carried in
	line     uint32
	offset   int64 // 48 bits of it
	file     uint16
	gross    int64
	fee      int64
	unix     int64
	sum      uint64 // contentHash
	currency uint16 // index into the currencies of the match
	settled  uint16
	kind     Type
	flags    flags
}

// flags of an entry.
type flags uint8

const (
	feeStated flags = 1 << iota
	feeWrong        // by the rules of fees
	carried         // an open item of an earlier run
	timed           // it has a time
)

// entrySize is the bytes of an entry without its keys, keySize of each key behind it.
const (
	entrySize = 56
	keySize   = 16
)

// encode appends an entry and its keys.
func (e *entry) encode(b []byte, keys []key) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, e.number)
	b = le.AppendUint32(b, e.line)
	b = le.AppendUint64(b, uint64(e.offset)<<16|uint64(e.file))
	b = le.AppendUint64(b, uint64(e.gross))
	b = le.AppendUint64(b, uint64(e.fee))
	b = le.AppendUint64(b, uint64(e.unix))
	b = le.AppendUint64(b, e.sum)
	b = le.AppendUint16(b, e.currency)
	b = le.AppendUint16(b, e.settled)
	b = append(b, byte(e.kind), byte(e.flags), 0, 0)
	for _, k := range keys {
		b = le.AppendUint64(b, k.hi)
		b = le.AppendUint64(b, k.lo)
	}
	return b
}

// decode reads an entry from entrySize bytes.
func (e *entry) decode(b []byte) {
	_ = b[entrySize-1]
	le := binary.LittleEndian
	e.number, e.line = le.Uint32(b), le.Uint32(b[4:])
	place := le.Uint64(b[8:])
	e.offset, e.file = int64(place>>16), uint16(place)
	e.gross, e.fee = int64(le.Uint64(b[16:])), int64(le.Uint64(b[24:]))
	e.unix, e.sum = int64(le.Uint64(b[32:])), le.Uint64(b[40:])
	e.currency, e.settled = le.Uint16(b[48:]), le.Uint16(b[50:])
	e.kind, e.flags = Type(b[52]), flags(b[53])
}

// keyAt is one key of an encoded entry.
func keyAt(b []byte, rule int) key {
	at := entrySize + keySize*rule
	return key{binary.LittleEndian.Uint64(b[at:]), binary.LittleEndian.Uint64(b[at+8:])}
}

// before orders the records of a side by what they are and where they stand, never by
// when they were read: by file, line and byte, then by content. Open items have no
// precedence, so that a run which is repeated with what it left open pairs the same.
func (e *entry) before(o *entry, names []string) int {
	return cmp.Or(
		strings.Compare(names[e.file], names[o.file]),
		cmp.Compare(e.line, o.line),
		cmp.Compare(e.offset, o.offset),
		cmp.Compare(e.unix, o.unix),
		cmp.Compare(e.gross, o.gross),
		cmp.Compare(e.sum, o.sum),
		cmp.Compare(e.flags&carried, o.flags&carried),
	)
}
