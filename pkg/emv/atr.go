package emv

import (
	"errors"
	"fmt"
	"slices"
)

// The causes of an [ATRError].
var (
	// ErrATRTruncated: the bytes end before the answer to reset does.
	ErrATRTruncated = errors.New("answer to reset ends early")
	// ErrATRConvention: the first byte is neither 3B nor 3F.
	ErrATRConvention = errors.New("no initial character of an answer to reset")
	// ErrATRCheck: the check character does not fit the bytes before it.
	ErrATRCheck = errors.New("check character of the answer to reset is wrong")
	// ErrATRTrailing: bytes follow the end of the answer to reset.
	ErrATRTrailing = errors.New("bytes behind the answer to reset")
)

// ATRError says where bytes stop being an answer to reset.
type ATRError struct {
	// Offset is the position of the byte at fault, from 0.
	Offset int
	// Got and Want are what the cause compares: byte values of a first byte or of a check
	// character, numbers of bytes else. An answer to reset is no secret.
	Got, Want int
	// Err is one of the causes above.
	Err error
}

// Error implements error.
func (e *ATRError) Error() string {
	switch {
	case errors.Is(e.Err, ErrATRConvention):
		return fmt.Sprintf("byte %d: %v: got %02X, want 3B or 3F", e.Offset, e.Err, e.Got)
	case errors.Is(e.Err, ErrATRCheck):
		return fmt.Sprintf("byte %d: %v: got %02X, want %02X", e.Offset, e.Err, e.Got, e.Want)
	}
	return fmt.Sprintf("byte %d: %v: got %d bytes, want %d", e.Offset, e.Err, e.Got, e.Want)
}

// Unwrap gives the cause.
func (e *ATRError) Unwrap() error { return e.Err }

// ATR is an answer to reset, what a card says of itself when it gets power (ISO/IEC
// 7816-3:2006, 8.2). For a contactless card the reader makes one (PC/SC part 3, 3.1.3.2.3).
type ATR struct {
	// Inverse reports the inverse convention (first byte 3F).
	Inverse bool
	// Fi and Di are the clock rate conversion integer and the baud rate adjustment integer
	// of TA1, 372 and 1 without it, 0 where TA1 holds a value that is reserved. Fi/Di clock
	// cycles make one elementary time unit (ETU).
	Fi, Di int
	// MaxKHz is the highest clock frequency in kHz that goes with Fi, 0 if unknown.
	MaxKHz int
	// Protocols are the transmission protocols that the card offers, 0 to 14, the first
	// preferred.
	Protocols []int
	// Specific reports the specific mode (TA2): the card speaks with the parameters of its
	// answer at once and negotiates nothing.
	Specific bool
	// Historical are up to 15 bytes about the card (ISO/IEC 7816-4, 8.1.1).
	Historical []byte
}

// Contactless reports an answer of the form that a reader makes of a contactless card:
// T=0 and T=1 offered without parameters.
func (a ATR) Contactless() bool {
	return !a.Inverse && slices.Equal(a.Protocols, []int{0, 1}) && a.Fi == defaultFi && a.Di == 1 && !a.Specific
}

// The values that hold where TA1 is absent (ISO/IEC 7816-3:2006, 8.1).
const (
	defaultFi  = 372
	defaultKHz = 5000
)

// ParseATR takes an answer to reset apart. The error is an *ATRError; what was read before
// the fault is returned with it.
func ParseATR(b []byte) (ATR, error) {
	r := readATR(b, "en")
	if r.err != nil {
		return r.atr, r.err
	}
	return r.atr, nil
}

// ATRPart is one byte of an answer to reset, or a few that belong together, in words.
type ATRPart struct {
	// Offset is the position of the first byte, Length the number of bytes: 0 for an
	// interface byte that is absent and whose default is said.
	Offset, Length int
	// Name is that of ISO/IEC 7816-3: TS, T0, TA1 ... TCK, or that of an object of the
	// historical bytes.
	Name string
	// Value is the bytes in hexadecimal.
	Value string
	// Meaning says them in words, one line each.
	Meaning []string
	// Warning says what is not as it should be.
	Warning string
}

// ExplainATR says an answer to reset in words, byte by byte, in English or, for "zh", in
// Chinese. It never fails: of a broken one, what stands before the fault is said, and the
// fault is the Warning of the last part.
func ExplainATR(atr []byte, lang string) []ATRPart {
	r := readATR(atr, lang)
	return r.parts
}

// ATRSummary says an answer to reset in one line: whose it is, the protocols, the speed.
// Of a broken one it says the fault.
func ATRSummary(atr []byte, lang string) string {
	r := readATR(atr, lang)
	if r.err != nil {
		return r.fault()
	}
	said := pick(lang, "Chip card with contacts", "接触式 IC 卡")
	if r.atr.Contactless() {
		said = pick(lang, "Contactless card", "非接触卡")
	}
	for _, p := range r.atr.Protocols {
		said += fmt.Sprintf(", T=%d", p)
	}
	if r.atr.Fi > 0 && r.atr.Di > 0 && !r.atr.Contactless() {
		said += fmt.Sprintf(pick(lang, ", %d clock cycles per bit", "，每位 %d 个时钟周期"), r.atr.Fi/r.atr.Di)
	}
	return said
}

// atrReader reads an answer to reset and says it at the same time.
type atrReader struct {
	b      []byte
	pos    int
	lang   string
	atr    ATR
	shared bool // bytes for all protocols were announced (T=15)
	parts  []ATRPart
	err    *ATRError
}

func readATR(b []byte, lang string) *atrReader {
	r := &atrReader{b: b, lang: lang}
	r.atr.Fi, r.atr.Di, r.atr.MaxKHz = defaultFi, 1, defaultKHz
	r.read()
	if r.err == nil && r.pos < len(r.b) {
		r.err = &ATRError{Offset: r.pos, Got: len(r.b), Want: r.pos, Err: ErrATRTrailing}
	}
	if r.err != nil {
		rest := r.b[min(r.pos, len(r.b)):]
		r.parts = append(r.parts, ATRPart{Offset: r.pos, Length: len(rest), Value: upperHex(rest), Warning: r.fault(),
			Name: pick(lang, "Rest", "其余字节")})
	}
	return r
}

// read reads the parts in their order: TS, T0, interface bytes, historical bytes, TCK.
func (r *atrReader) read() {
	if !r.initial() {
		return
	}
	t0, ok := r.take()
	if !ok {
		return
	}
	r.part("T0", []byte{t0}, r.presence(t0, 1), r.sayf("%d historical bytes", "历史字节 %d 个", t0&0x0F))
	if !r.interfaces(t0) || !r.historical(int(t0&0x0F)) {
		return
	}
	r.check()
}

// initial reads TS.
func (r *atrReader) initial() bool {
	ts, ok := r.take()
	if !ok {
		return false
	}
	switch ts {
	case 0x3B:
		r.part("TS", []byte{ts}, r.say("direct convention", "正向约定"))
	case 0x3F:
		r.atr.Inverse = true
		r.part("TS", []byte{ts}, r.say("inverse convention", "反向约定"))
	default:
		r.pos--
		r.err = &ATRError{Offset: 0, Got: int(ts), Err: ErrATRConvention}
		return false
	}
	return true
}

// check reads TCK, which is there unless T=0 is the only protocol: all bytes from T0 to
// TCK have the exclusive or 0.
func (r *atrReader) check() {
	if len(r.atr.Protocols) == 1 && r.atr.Protocols[0] == 0 && !r.shared {
		return
	}
	want := byte(0)
	for _, c := range r.b[1:r.pos] {
		want ^= c
	}
	tck, ok := r.take()
	if !ok {
		return
	}
	if tck != want {
		r.pos--
		r.err = &ATRError{Offset: r.pos, Got: int(tck), Want: int(want), Err: ErrATRCheck}
		return
	}
	r.part("TCK", []byte{tck}, r.say("check character, correct", "校验字符正确"))
}

// take is the next byte.
func (r *atrReader) take() (byte, bool) {
	if r.pos >= len(r.b) {
		r.err = &ATRError{Offset: r.pos, Got: len(r.b), Want: r.pos + 1, Err: ErrATRTruncated}
		return 0, false
	}
	r.pos++
	return r.b[r.pos-1], true
}

// part adds bytes that were just taken.
func (r *atrReader) part(name string, b []byte, meaning ...string) {
	meaning = slices.DeleteFunc(meaning, func(s string) bool { return s == "" })
	r.parts = append(r.parts, ATRPart{Offset: r.pos - len(b), Length: len(b), Name: name, Value: upperHex(b), Meaning: meaning})
}

func (r *atrReader) say(en, zh string) string { return pick(r.lang, en, zh) }

func (r *atrReader) sayf(en, zh string, args ...any) string {
	return fmt.Sprintf(pick(r.lang, en, zh), args...)
}

// fault is the error in the language of the reader.
func (r *atrReader) fault() string {
	if r.lang != "zh" {
		return r.err.Error()
	}
	switch {
	case errors.Is(r.err, ErrATRConvention):
		return fmt.Sprintf("字节 %d：不是复位应答的起始字符：实际 %02X，应为 3B 或 3F", r.err.Offset, r.err.Got)
	case errors.Is(r.err, ErrATRCheck):
		return fmt.Sprintf("字节 %d：复位应答的校验字符错误：实际 %02X，应为 %02X", r.err.Offset, r.err.Got, r.err.Want)
	case errors.Is(r.err, ErrATRTrailing):
		return fmt.Sprintf("字节 %d：复位应答之后还有多余字节：实际 %d 字节，应为 %d 字节", r.err.Offset, r.err.Got, r.err.Want)
	}
	return fmt.Sprintf("字节 %d：复位应答不完整：实际 %d 字节，应为 %d 字节", r.err.Offset, r.err.Got, r.err.Want)
}
