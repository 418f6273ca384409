package replay

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
)

// ErrTrace is the cause of every refused trace.
var ErrTrace = errors.New("not a trace of a card")

// SyntaxError says where a trace is wrong, and never holds its text. It wraps
// [ErrTrace].
type SyntaxError struct {
	Line int    // from 1
	What string // the field, or the thing that is missing
	Got  string
	Want string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%v: line %d: %s: got %s, want %s", ErrTrace, e.Line, e.What, e.Got, e.Want)
}

// Unwrap gives [ErrTrace].
func (e *SyntaxError) Unwrap() error { return ErrTrace }

// Limits of a trace. A payment takes some dozens of commands.
const (
	MaxExchanges = 10_000   // commands in a trace
	maxLine      = 16 << 10 // bytes of a line
	maxSessions  = 1_000    // cards in a trace
)

// Failure is why a command has no response, a word for programs.
type Failure string

// The failures.
const (
	NoFailure  Failure = ""
	Removed    Failure = "removed"    // the card left, or was reset by another program
	Unanswered Failure = "unanswered" // the terminal gave up before an answer came
	Failed     Failure = "failed"     // anything else
)

// Exchange is a command and what came of it.
type Exchange struct {
	Line     int           // in the file, from 1; 0 of what was not read from one
	At       time.Duration // when it was sent, from the beginning of its session
	Took     time.Duration // until there was an answer
	Command  []byte        // 4 to 261 bytes, as the terminal gave it to the reader
	Response []byte        // with its status words, 2 to 258 bytes; empty where there is a failure
	Failure  Failure
}

// SW is the status words of the response, 0 without one.
func (x Exchange) SW() uint16 {
	n := len(x.Response)
	if n < 2 {
		return 0
	}
	return uint16(x.Response[n-2])<<8 | uint16(x.Response[n-1])
}

// Data is the response without its status words.
func (x Exchange) Data() []byte { return x.Response[:max(0, len(x.Response)-2)] }

// Session is one card's stay: a chip and what was said to it, or a stripe.
type Session struct {
	Line      int // of its first line in the file, from 1; 0 of what was not read from one
	Reader    string
	At        time.Time
	ATR       []byte      // of a chip, 2 to 33 bytes
	Track2    card.Track2 // of a stripe
	Exchanges []Exchange
}

// IsStripe reports a card that was drawn through.
func (s Session) IsStripe() bool { return !s.Track2.IsZero() }

// Trace is the cards that a reader had, one after the other.
type Trace struct {
	Sessions []Session
	// Cut says that more than MaxExchanges commands were sent, of which the trace has
	// the first.
	Cut bool
}

// head and body are the two kinds of lines.
type head struct {
	Version int    `json:"till_trace"`
	Kind    string `json:"kind"`
	Reader  string `json:"reader,omitempty"`
	ATR     string `json:"atr,omitempty"`
	Track2  string `json:"track2,omitempty"`
	At      string `json:"at,omitempty"` // RFC 3339
	Cut     bool   `json:"cut,omitempty"`
}

type body struct {
	US       int64   `json:"us"`
	Took     int64   `json:"took"`
	Command  string  `json:"command"`
	Response string  `json:"response,omitempty"`
	Error    Failure `json:"error,omitempty"`
}

// The kinds of cards.
const (
	kindChip   = "chip"
	kindStripe = "stripe"
)

// Write writes the trace, masked: see the package documentation. The trace itself stays as
// it is.
func (t *Trace) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	masked := t.Masked()
	for i, s := range masked.Sessions {
		if err := lines.Encode(headOf(s, t.Cut && i == len(masked.Sessions)-1)); err != nil {
			return fmt.Errorf("write the trace: %w", err)
		}
		for _, x := range s.Exchanges {
			line := body{US: x.At.Microseconds(), Took: x.Took.Microseconds(), Command: text(x.Command), Response: text(x.Response), Error: x.Failure}
			if err := lines.Encode(line); err != nil {
				return fmt.Errorf("write the trace: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the trace: %w", err)
	}
	return nil
}

func headOf(s Session, cut bool) head {
	h := head{Version: 1, Kind: kindChip, Reader: s.Reader, ATR: text(s.ATR), Cut: cut}
	if s.IsStripe() {
		h.Kind, h.ATR, h.Track2 = kindStripe, "", s.Track2.Reveal() // of a test number by now
	}
	if !s.At.IsZero() {
		h.At = s.At.UTC().Format(time.RFC3339Nano)
	}
	return h
}

func text(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// Parse reads a trace. The error is a *SyntaxError, or that of r. Empty lines are passed
// over.
func Parse(r io.Reader) (*Trace, error) {
	p := parser{trace: &Trace{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxLine)
	for lines.Scan() {
		p.line++
		raw := bytes.TrimSpace(lines.Bytes())
		if len(raw) == 0 {
			continue
		}
		if err := p.take(raw); err != nil {
			return nil, err
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, &SyntaxError{Line: p.line + 1, What: "line", Got: "more bytes", Want: fmt.Sprintf("at most %d", maxLine)}
	case err != nil:
		return nil, fmt.Errorf("read the trace: %w", err)
	case len(p.trace.Sessions) == 0:
		return nil, p.wrong("till_trace", "none", "a line that a card begins with")
	}
	return p.trace, nil
}

type parser struct {
	trace *Trace
	line  int
	count int // of exchanges
}

func (p *parser) wrong(what, got, want string) error {
	return &SyntaxError{Line: max(1, p.line), What: what, Got: got, Want: want}
}

// take reads one line.
func (p *parser) take(raw []byte) error {
	var both struct {
		head
		body
	}
	if err := json.Unmarshal(raw, &both); err != nil {
		return p.wrong("line", "what is no JSON object of a trace", "one")
	}
	if both.Version == 0 {
		return p.exchange(both.body)
	}
	return p.session(both.head)
}

func (p *parser) session(h head) error {
	switch {
	case h.Version != 1:
		return p.wrong("till_trace", fmt.Sprint(h.Version), "1")
	case len(p.trace.Sessions) == maxSessions:
		return p.wrong("card", "one more", fmt.Sprintf("at most %d", maxSessions))
	}
	s := Session{Line: p.line, Reader: h.Reader}
	var err error
	if h.At != "" {
		if s.At, err = time.Parse(time.RFC3339Nano, h.At); err != nil {
			return p.wrong("at", "another form", "a time of RFC 3339")
		}
	}
	switch h.Kind {
	case kindChip:
		if s.ATR, err = p.bytes("atr", h.ATR, 2, 33); err != nil {
			return err
		}
	case kindStripe:
		if s.Track2, err = card.ParseTrack2(h.Track2); err != nil {
			return p.wrong("track2", "what is none", "a number, = and YYMMSSS") // the cause is the shape alone
		}
	default:
		return p.wrong("kind", fmt.Sprintf("%d other characters", len(h.Kind)), kindChip+" or "+kindStripe)
	}
	p.trace.Cut = p.trace.Cut || h.Cut
	p.trace.Sessions = append(p.trace.Sessions, s)
	return nil
}

func (p *parser) exchange(b body) error {
	if len(p.trace.Sessions) == 0 {
		return p.wrong("till_trace", "a command first", "a line that a card begins with")
	}
	s := &p.trace.Sessions[len(p.trace.Sessions)-1]
	if s.IsStripe() {
		return p.wrong("command", "one", "none: a stripe takes no commands")
	}
	if p.count++; p.count > MaxExchanges {
		return p.wrong("command", "one more", fmt.Sprintf("at most %d", MaxExchanges))
	}
	x := Exchange{Line: p.line, Failure: b.Error}
	var err error
	if x.Command, err = p.bytes("command", b.Command, 4, 261); err != nil {
		return err
	}
	if x.At, err = p.duration("us", b.US); err != nil {
		return err
	}
	if x.Took, err = p.duration("took", b.Took); err != nil {
		return err
	}
	switch {
	case b.Error == NoFailure:
		if x.Response, err = p.bytes("response", b.Response, 2, 258); err != nil {
			return err
		}
	case b.Error != Removed && b.Error != Unanswered && b.Error != Failed:
		return p.wrong("error", "another word", "removed, unanswered or failed")
	case b.Response != "":
		return p.wrong("response", "one beside an error", "the one or the other")
	}
	s.Exchanges = append(s.Exchanges, x)
	return nil
}

func (p *parser) bytes(what, digits string, least, most int) ([]byte, error) {
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, p.wrong(what, "what is not hexadecimal", "two digits a byte")
	}
	if len(b) < least || len(b) > most {
		return nil, p.wrong(what, fmt.Sprintf("%d bytes", len(b)), fmt.Sprintf("%d to %d", least, most))
	}
	return b, nil
}

// duration is so many microseconds, a day at most.
func (p *parser) duration(what string, us int64) (time.Duration, error) {
	if us < 0 || us > 24*time.Hour.Microseconds() {
		return 0, p.wrong(what, fmt.Sprint(us), "0 to a day of microseconds")
	}
	return time.Duration(us) * time.Microsecond, nil
}

// failureOf is the word for what a reader gave in the place of an answer.
func failureOf(err, ended error) Failure {
	switch {
	case err == nil:
		return NoFailure
	case errors.Is(err, reader.ErrRemoved):
		return Removed
	case ended != nil:
		return Unanswered
	}
	return Failed
}
