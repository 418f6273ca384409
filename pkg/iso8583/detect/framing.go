package detect

import (
	"fmt"
	"strconv"
	"strings"
)

// Framing is what stands around a message, by name: "none", or a length, "tpdu" and a
// header joined with +, such as "binary2+tpdu+unionpay6". [Framings] lists the parts.
// The zero Framing is "none".
type Framing struct {
	length lengthKind
	tpdu   bool
	header headerKind
	size   uint8
}

// Framings are the names of the parts that [ParseFraming] takes: the lengths, then
// "tpdu", then the headers. A header of N characters that nothing is known of is "headerN",
// N from 1 to 12.
func Framings() []string {
	names := []string{"none"}
	for k := noLength + 1; k < lengthKinds; k++ {
		names = append(names, k.String())
	}
	names = append(names, "tpdu")
	for k := noHeader + 1; k < strange; k++ {
		names = append(names, k.name(0))
	}
	return names
}

// ParseFraming reads a name: at most one length, tpdu and one header, in this order. The
// error lists the parts that there are.
func ParseFraming(name string) (Framing, error) {
	var f Framing
	rest := strings.Split(name, "+")
	if name == "none" || name == "" {
		return f, nil
	}
	for k := noLength + 1; k < lengthKinds; k++ {
		if rest[0] == k.String() {
			f.length, rest = k, rest[1:]
			break
		}
	}
	if len(rest) > 0 && rest[0] == "tpdu" {
		f.tpdu, rest = true, rest[1:]
	}
	if len(rest) > 0 && f.setHeader(rest[0]) {
		rest = rest[1:]
	}
	if len(rest) > 0 {
		return Framing{}, fmt.Errorf("framing %q: unknown part %q, want a length, tpdu and a header joined with +, of %s or headerN", name, rest[0], strings.Join(Framings(), ", "))
	}
	return f, nil
}

func (f *Framing) setHeader(name string) bool {
	for k := noHeader + 1; k < strange; k++ {
		if name == k.name(0) {
			f.header = k
			return true
		}
	}
	digits, ok := strings.CutPrefix(name, "header")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 || n > strangeMost || digits != strconv.Itoa(n) {
		return false
	}
	f.header, f.size = strange, uint8(n)
	return true
}

// String is the name.
func (f Framing) String() string {
	return envelope{length: f.length, tpdu: f.tpdu, header: f.header, size: f.size}.name()
}

// Strip finds the message in raw: from start to end stands the message type and all that
// follows it. The error tells what part of the framing is not there or does not fit; of a
// length that promises more than there is, or counts less, start and end are given all
// the same, with the bytes that there are or that it counts.
func (f Framing) Strip(raw []byte) (start, end int, err error) {
	start, tail, total, ok := f.length.open(raw)
	if !ok {
		return 0, 0, fmt.Errorf("framing %s: no length of the kind %s in front", f, f.length)
	}
	end = min(total-tail, len(raw))
	if f.tpdu {
		if end-start < tpduSize || raw[start] != 0x60 && raw[start] != 0x68 {
			return 0, 0, fmt.Errorf("framing %s: no tpdu at byte %d: want 60 or 68 and four bytes", f, start)
		}
		start += tpduSize
	}
	size, ok := int(f.size), end-start >= int(f.size)
	if f.header != strange {
		size, ok = f.header.open(raw[start:end], f.tpdu)
	}
	if !ok {
		return 0, 0, fmt.Errorf("framing %s: no %s at byte %d", f, f.header.name(int(f.size)), start)
	}
	if start += size; total != len(raw) {
		err = fmt.Errorf("framing %s: the length speaks of %d bytes, %d are there", f, total, len(raw))
	}
	return start, end, err
}

// matches reports that an envelope is of the framing. Of a framing without a length the
// envelope has none either.
func (f Framing) matches(e envelope) bool {
	return f.length == e.length && f.tpdu == e.tpdu && f.header == e.header && f.size == e.size
}
