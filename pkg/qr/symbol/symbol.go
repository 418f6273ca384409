package symbol

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Errors of drawing; match with errors.Is. None of them holds the text.
var (
	ErrEmpty   = errors.New("no text to draw")
	ErrText    = errors.New("text is not UTF-8")
	ErrTooLong = errors.New("text does not fit the largest symbol of the level")
	ErrUnread  = errors.New("symbol does not read back as its text")
	ErrLevel   = errors.New("no such level")
	ErrScale   = errors.New("pixels of a module out of range")
)

// Quiet is the width of the light border that belongs to a symbol, in modules (ISO/IEC
// 18004, 6.3.8).
const Quiet = 4

// Level is how much of a symbol may be lost before it cannot be read. The zero Level is
// Medium, which EMVCo advises for payment codes.
type Level uint8

// The levels, with the share of codewords that may be lost.
const (
	Medium   Level = iota // M, 15 %
	Low                   // L, 7 %
	Quartile              // Q, 25 %
	High                  // H, 30 %
)

// Levels are the four, from the weakest to the strongest.
func Levels() []Level { return []Level{Low, Medium, Quartile, High} }

// ParseLevel reads L, M, Q or H, in either case.
func ParseLevel(s string) (Level, error) {
	for _, l := range Levels() {
		if strings.EqualFold(s, l.String()) {
			return l, nil
		}
	}
	return Medium, fmt.Errorf("%w: want L, M, Q or H", ErrLevel)
}

// String is the letter.
func (l Level) String() string {
	if l > High {
		return "?"
	}
	return "MLQH"[l : l+1]
}

// Symbol is a QR code: a square of dark and light modules. It never changes. The zero
// Symbol has no modules.
type Symbol struct{ m *matrix }

// matrix is the modules without the quiet zone, row by row.
type matrix struct {
	size    int
	version int
	level   Level
	dark    []bool
}

// New draws a text at a level, in the smallest symbol that the encoder finds: at most
// 2,953 bytes at Low, 1,273 at High. Text beyond ASCII is written as UTF-8 behind an ECI.
// The modules are decoded before they are handed out; ErrUnread says that they do not
// give the text back.
func New(text string, level Level) (Symbol, error) {
	switch {
	case text == "":
		return Symbol{}, ErrEmpty
	case !utf8.ValidString(text):
		return Symbol{}, ErrText
	case level > High:
		return Symbol{}, ErrLevel
	}
	encode := encodeASCII
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		encode = encodeECI
	}
	m, err := encode(text, level)
	if err != nil {
		return Symbol{}, err
	}
	if err := m.check(text); err != nil {
		return Symbol{}, err
	}
	return Symbol{m}, nil
}

// Size is the number of modules of a side, without the quiet zone: 21 to 177.
func (s Symbol) Size() int {
	if s.m == nil {
		return 0
	}
	return s.m.size
}

// Version is 1 to 40.
func (s Symbol) Version() int {
	if s.m == nil {
		return 0
	}
	return s.m.version
}

// Level is the level that the symbol was made at.
func (s Symbol) Level() Level {
	if s.m == nil {
		return Medium
	}
	return s.m.level
}

// Dark reports a dark module by column and row, from 0 at the top left. Outside of the
// symbol all is light.
func (s Symbol) Dark(x, y int) bool {
	n := s.Size()
	return x >= 0 && y >= 0 && x < n && y < n && s.m.dark[y*n+x]
}

// String says the kind of symbol and nothing of its text.
func (s Symbol) String() string {
	return fmt.Sprintf("QR code of version %d-%s, %d modules a side", s.Version(), s.Level(), s.Size())
}

// Format implements fmt.Formatter with what String says, for every verb.
func (s Symbol) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }
