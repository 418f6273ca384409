package settle

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/money"
)

// key is the hash of a record's key under a rule; the zero key is that of a record which
// does not state all its fields.
type key struct{ hi, lo uint64 }

// hasher makes keys. Its seeds are new for each match: the files are other people's, and
// under a fixed hash a file could be made whose different keys meet. Results do not
// depend on the seeds.
type hasher struct {
	rules  []Rule
	zone   *time.Location
	seeds  [2]maphash.Seed
	buffer []byte
	last   money.Currency // what pack was last asked for
	packed uint16
}

// keys are the keys of a record under each rule. They are good until the next call.
func (h *hasher) keys(into []key, r *Record) []key {
	into = into[:0]
	for i := range h.rules {
		into = append(into, h.key(&h.rules[i], r))
	}
	return into
}

func (h *hasher) key(rule *Rule, r *Record) key {
	b := h.buffer[:0]
	for _, f := range rule.Key {
		before := len(b)
		b = f.appendTo(b, r, h.zone)
		if len(b) == before && f != FieldRefund {
			return key{}
		}
		b = append(b, 0) // no text holds a zero byte, so fields cannot run into one another
	}
	if rule.Like && rule.Amount == 0 { // such pairs have one amount, so it belongs to the key
		b = binary.LittleEndian.AppendUint64(b, uint64(r.Gross))
		b = binary.LittleEndian.AppendUint16(b, h.pack(r.Currency))
	}
	h.buffer = b
	k := key{maphash.Bytes(h.seeds[0], b), maphash.Bytes(h.seeds[1], b)}
	if k == (key{}) {
		k.lo = 1
	}
	return k
}

// appendTo appends a field of a record as keys compare it; nothing if it is not stated.
func (f Field) appendTo(b []byte, r *Record, zone *time.Location) []byte {
	switch f {
	case FieldMerchant:
		return append(b, r.Merchant...)
	case FieldTerminal:
		return append(b, r.Terminal...)
	case FieldBatch:
		return appendNumber(b, r.Batch)
	case FieldSTAN:
		return appendNumber(b, r.STAN)
	case FieldRRN:
		return append(b, r.RRN...)
	case FieldAuthCode:
		return append(b, r.AuthCode...)
	case FieldOrder:
		return append(b, r.Order...)
	case FieldTrade:
		return append(b, r.Trade...)
	case FieldRefund:
		return append(b, r.Refund...)
	case FieldOriginal:
		return append(b, r.Original...)
	case FieldCard:
		return append(b, r.Card...)
	case FieldLastFour:
		return append(b, lastFour(r.Card)...)
	case FieldType:
		return append(b, r.Type.String()...)
	case FieldCurrency:
		return append(b, r.Currency.Code()...)
	case FieldGross:
		return strconv.AppendInt(b, r.Gross, 10)
	case FieldDay:
		return appendDay(b, r.Time, zone)
	}
	return b
}

// appendNumber appends a number without its leading zeros.
func appendNumber(b []byte, s string) []byte {
	short := strings.TrimLeft(s, "0")
	if short == "" && s != "" {
		short = "0"
	}
	return append(b, short...)
}

func appendDay(b []byte, t time.Time, zone *time.Location) []byte {
	if t.IsZero() {
		return b
	}
	if zone != nil {
		t = t.In(zone)
	}
	return t.AppendFormat(b, "2006-01-02")
}

// pack is a currency in 15 bits, five of each letter; none is 0.
func (h *hasher) pack(c money.Currency) uint16 {
	if c != h.last {
		h.last, h.packed = c, 0
		for _, letter := range []byte(c.Code()) {
			h.packed = h.packed<<5 | uint16(letter-'A'+1)
		}
	}
	return h.packed
}

// contentHash is a hash of a record's content, the same in every run and on every
// machine. It orders records that differ in nothing that is compared, and tells a row
// that comes again; it guards nothing.
func (h *hasher) contentHash(r *Record) uint64 {
	sum := uint64(0x9E3779B97F4A7C15)
	for _, n := range [...]int64{int64(r.Type), r.Gross, r.Fee, r.Net, int64(r.Stated), unixOf(r.Time)} {
		sum = mix(sum, uint64(n))
	}
	settled := uint16(0)
	if !r.Settled.IsZero() {
		settled = h.pack(r.Settled)
	}
	sum = mix(sum, uint64(settled)<<16|uint64(h.pack(r.Currency)))
	for _, s := range [...]string{
		r.Merchant, r.Terminal, r.Batch, r.STAN, r.RRN, r.AuthCode, r.Order, r.Trade, r.Refund, r.Original, r.Card,
	} {
		sum = mixText(sum, s)
	}
	return sum
}

func mix(h, n uint64) uint64 {
	hi, lo := bits.Mul64(h^n, 0xD6E8FEB86659FD93)
	return hi ^ lo ^ n
}

func mixText(h uint64, s string) uint64 {
	h = mix(h, uint64(len(s)))
	for len(s) >= 8 {
		n := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		h, s = mix(h, n), s[8:]
	}
	n := uint64(0)
	for i := range len(s) {
		n = n<<8 | uint64(s[i])
	}
	return mix(h, n)
}
