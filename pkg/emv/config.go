package emv

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/oda"
)

// ErrConfig is the cause of every refused [Config].
var ErrConfig = errors.New("terminal configuration")

// AID is an application that the terminal takes.
type AID struct {
	// ID is the application identifier or the registered prefix of several, 5 to 16
	// bytes.
	ID []byte
	// Partial lets applications of the card match that begin with ID and go on (the
	// application selection indicator of Book 1, 12.3.1).
	Partial bool
	// Version is the application version number that the scheme gave the terminal
	// (tag 9F09); 0 leaves the check of versions out.
	Version uint16
	// Contactless are the limits of this application; nil are those of the reader.
	Contactless *ContactlessLimits
}

// ActionCodes are the acquirer's terminal action codes, bit for bit over the TVR (Book
// 3, 10.7). The zero value leaves everything to the issuer's.
type ActionCodes struct {
	Denial  [5]byte // decline offline
	Online  [5]byte // ask the issuer
	Default [5]byte // decline where the issuer cannot be asked
}

// RandomSelection picks transactions under the floor limit for the issuer (Book 3,
// 10.6.2). The zero value picks none.
type RandomSelection struct {
	// Target is the percentage picked of amounts under Threshold, 0 to 99.
	Target int
	// Maximum is the percentage just under the floor limit, Target to 99; between
	// Threshold and floor limit it rises in a line.
	Maximum int
	// Threshold is in minor units, below the floor limit.
	Threshold int64
}

// Candidate is an application that card and terminal have in common.
type Candidate struct {
	AID []byte
	// Label is what to show people: the card's preferred name where its code table is
	// ISO 8859-1, else its label, else the scheme.
	Label string
	// Priority is 1 (first) to 15, 0 if the card gives none.
	Priority int
	// Confirm says that the card wants the cardholder to agree before it is used.
	Confirm bool
	// Kernel is the kernel of EMV Contactless Book B that a card held to the reader is
	// served by, 2 for the M/Chip shape, 3 and 7 for that of qVSDC; 0 under contacts.
	Kernel byte
	// aid is the terminal's entry that matched.
	aid AID
}

// Config is the terminal's side of one transaction. What is zero and not named as
// required is left out or has the default that its comment gives.
type Config struct {
	// Amount is the amount to authorise with Other in it, and Other the cashback, in
	// minor units, 0 to 999999999999.
	Amount, Other int64
	// Currency is the ISO 4217 number (156, 978) and CurrencyExponent its decimals.
	// Country is the terminal's ISO 3166-1 number. Required.
	Currency         uint16
	CurrencyExponent uint8
	Country          uint16
	// TerminalType is tag 9F35, such as 0x22: attended, offline with online capability,
	// operated by a merchant (Book 4, annex A1). Required.
	TerminalType byte
	// Capabilities is tag 9F33 and AdditionalCapabilities tag 9F40 (Book 4, annexes A2
	// and A3). What they claim and the callbacks below do not give counts as a device that
	// does not work.
	Capabilities           [3]byte
	AdditionalCapabilities [5]byte
	// TerminalID is 8 characters, MerchantID up to 15, SerialNumber 8, MCC 4 digits,
	// Acquirer up to 11 digits.
	TerminalID, MerchantID, MerchantName, SerialNumber, MCC, Acquirer string
	// Date is the local time of the transaction. Required.
	Date time.Time
	// TransactionType is tag 9C: the first two digits of the ISO 8583 processing code
	// as a packed byte, 0x00 goods and services, 0x01 cash, 0x09 with cashback, 0x20
	// refund.
	TransactionType byte
	// Sequence is tag 9F41, left out when 0.
	Sequence uint32
	// Random gives the unpredictable number and the random selection. Nil is
	// crypto/rand.Reader.
	Random io.Reader
	// FloorLimit is in minor units: this amount and more must go online.
	FloorLimit int64
	Selection  RandomSelection
	TAC        ActionCodes
	// Contactless makes it a payment by a card or phone held to the reader, performed by
	// a test kernel that nobody certified; nil is a card under contacts.
	Contactless *Contactless
	// AIDs are the applications taken, in the order of the terminal's preference.
	// Required.
	AIDs []AID
	// ForceOnline asks the issuer whatever the amount; a card and the denial codes may
	// still decline.
	ForceOnline bool
	// Choose is asked where the card has several applications in common with the
	// terminal, or one that wants confirmation: it gives an index, or -1 for none. The
	// candidates stand in the order of priority. Nil takes the first that needs no
	// confirmation.
	Choose func([]Candidate) int
	// OnlinePIN is asked where the card wants a PIN that the issuer checks and
	// Capabilities say that the terminal can. Nil is PINUnavailable.
	OnlinePIN func() PINEntry
	// OfflinePIN is asked where the card wants a PIN that it checks itself and
	// Capabilities say that the terminal can, and again after a wrong one. The PIN counts
	// with PINEntered alone: 4 to 12 digits. Nil is PINUnavailable.
	OfflinePIN func(PINRequest) (card.Secret, PINEntry)
	// CAKeys are the keys of the schemes that the terminal trusts for the offline data
	// authentication which Capabilities claim. Nil has none: every card that asks for it
	// then fails it.
	CAKeys *oda.Keys
	// Excepted reports that a card is on the terminal's exception file. Nil: none is.
	Excepted func(pan card.PAN, psn string) bool
	// Observe is told each step when it is complete, in order. Nil is nobody; Steps
	// gives them all afterwards.
	Observe func(Step)
}

// check gives the first thing that is wrong, wrapped in ErrConfig.
func (c Config) check() error {
	for _, fault := range []error{
		inRange("amount", c.Amount, 0, maxAmount), inRange("other amount", c.Other, 0, maxAmount),
		inRange("currency", int64(c.Currency), 1, 999), inRange("country", int64(c.Country), 1, 999),
		inRange("currency exponent", int64(c.CurrencyExponent), 0, 9),
		inRange("floor limit", c.FloorLimit, 0, maxAmount),
		atMost("terminal id", c.TerminalID, 8), atMost("merchant id", c.MerchantID, 15),
		atMost("serial number", c.SerialNumber, 8), atMost("merchant name", c.MerchantName, 252), digits("merchant category code", c.MCC, 4),
		digits("acquirer", c.Acquirer, 11), c.checkKind(), c.checkSelection(), c.checkAIDs(), c.checkContactless(),
	} {
		if fault != nil {
			return fmt.Errorf("%w: %w", ErrConfig, fault)
		}
	}
	return nil
}

// maxAmount is the largest of 12 digits.
const maxAmount = 999_999_999_999

func (c Config) checkKind() error {
	switch {
	case !isTerminalType(c.TerminalType):
		return fmt.Errorf("terminal type: got %02X, want one of Book 4 annex A1, such as 22", c.TerminalType)
	case c.Date.IsZero():
		return errors.New("date: got none, want the local time of the transaction")
	case c.Other > c.Amount:
		return fmt.Errorf("other amount: got %d, want at most the amount, %d", c.Other, c.Amount)
	}
	if _, ok := bcd(c.TransactionType); !ok {
		return fmt.Errorf("transaction type: got %02X, want two digits", c.TransactionType)
	}
	return nil
}

// checkContactless looks at what is there of a reader without contacts.
func (c Config) checkContactless() error {
	if c.Contactless == nil {
		return nil
	}
	for i, a := range c.AIDs {
		if a.Contactless == nil {
			continue
		}
		if err := a.Contactless.check(); err != nil {
			return fmt.Errorf("application %d: %w", i+1, err)
		}
	}
	return c.Contactless.check()
}

func (c Config) checkSelection() error {
	s := c.Selection
	if s.Target < 0 || s.Target > 99 || s.Maximum < 0 || s.Maximum > 99 || s.Maximum != 0 && s.Maximum < s.Target {
		return fmt.Errorf("random selection: got target %d and maximum %d, want 0 to 99 and no less than the target", s.Target, s.Maximum)
	}
	if s.Threshold < 0 || s.Threshold > c.FloorLimit {
		return fmt.Errorf("random selection: got threshold %d, want 0 to the floor limit, %d", s.Threshold, c.FloorLimit)
	}
	return nil
}

func (c Config) checkAIDs() error {
	if len(c.AIDs) == 0 {
		return errors.New("applications: got none, want at least one")
	}
	for i, a := range c.AIDs {
		if len(a.ID) < 5 || len(a.ID) > 16 {
			return fmt.Errorf("application %d: got an identifier of %d bytes, want 5 to 16", i+1, len(a.ID))
		}
	}
	return nil
}

func inRange(what string, got, low, high int64) error {
	if got < low || got > high {
		return fmt.Errorf("%s: got %d, want %d to %d", what, got, low, high)
	}
	return nil
}

func atMost(what, text string, n int) error {
	if len(text) > n || !isPrintable([]byte(text)) {
		return fmt.Errorf("%s: got %d characters, want at most %d printable ones", what, len(text), n)
	}
	return nil
}

func digits(what, text string, n int) error {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return fmt.Errorf("%s: got no digit at position %d", what, i+1)
		}
	}
	return atMost(what, text, n)
}

// objects are the terminal's data objects that do not change during a transaction.
func (c Config) objects(random []byte) map[Tag][]byte {
	date, hour := packedTime(c.Date)
	m := map[Tag][]byte{
		TagAmount: packed(c.Amount, 6), TagAmountOther: packed(c.Other, 6),
		TagAmountBinary: binary32(c.Amount), TagAmountOtherBinary: binary32(c.Other),
		TagCurrency: packed(int64(c.Currency), 2), TagCurrencyExponent: {c.CurrencyExponent},
		TagTerminalCountry: packed(int64(c.Country), 2), TagTerminalType: {c.TerminalType},
		TagTerminalCapabilities:   bytes.Clone(c.Capabilities[:]),
		TagAdditionalCapabilities: bytes.Clone(c.AdditionalCapabilities[:]),
		TagTransactionDate:        date, TagTransactionTime: hour, TagTransactionType: {c.TransactionType},
		TagFloorLimit: binary32(c.FloorLimit), TagUnpredictableNumber: bytes.Clone(random), TagEntryMode: {0x05},
	}
	for tag, text := range map[Tag]string{
		TagTerminalID: c.TerminalID, TagMerchantID: c.MerchantID,
		TagMerchantName: c.MerchantName, TagSerialNumber: c.SerialNumber,
	} {
		if text != "" {
			m[tag] = padded(tag, text)
		}
	}
	for tag, number := range map[Tag]string{TagMCC: c.MCC, TagAcquirer: c.Acquirer} {
		if number != "" {
			m[tag] = packedDigits(tag, number)
		}
	}
	if c.Contactless != nil {
		m[TagEntryMode] = []byte{0x07}
	}
	if c.Sequence != 0 {
		m[TagSequenceCounter] = packed(int64(c.Sequence), 4)
	}
	return m
}

// padded fills text with spaces to the length of its tag, if that is fixed.
func padded(tag Tag, text string) []byte {
	e, _ := Lookup(tag)
	out := []byte(text)
	for e.Min == e.Max && len(out) < e.Max {
		out = append(out, ' ')
	}
	return out
}

// packedDigits packs digits into the length of their tag, zeros at the left.
func packedDigits(tag Tag, number string) []byte {
	e, _ := Lookup(tag)
	for len(number) < 2*e.Max {
		number = "0" + number
	}
	out, _ := hex.DecodeString(number) // checked to be digits
	return out
}

func packedTime(t time.Time) (date, hour []byte) {
	y, m, d := t.Date()
	date = append(append(packed(int64(y), 1), packed(int64(m), 1)...), packed(int64(d), 1)...)
	hour = append(append(packed(int64(t.Hour()), 1), packed(int64(t.Minute()), 1)...), packed(int64(t.Second()), 1)...)
	return date, hour
}

// binary32 is an amount in four bytes; one that does not fit is all ones, since that
// is what a limit or an amount beyond the field comes closest to.
func binary32(v int64) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(min(v, 1<<32-1)))
}

// draw takes the random bytes of a transaction: the unpredictable number and a number
// of 1 to 99 for the random selection.
func (c Config) draw() (unpredictable []byte, percent int, err error) {
	source := c.Random
	if source == nil {
		source = rand.Reader
	}
	var b [12]byte
	if _, err := io.ReadFull(source, b[:]); err != nil {
		return nil, 0, fmt.Errorf("%w: random numbers: %w", ErrConfig, err)
	}
	return b[:4], int(binary.BigEndian.Uint64(b[4:])%99) + 1, nil
}

// isTerminalType reports a type of Book 4, annex A1.
func isTerminalType(b byte) bool {
	en, _ := sayTerminalType([]byte(fmt.Sprintf("%02X", b)))
	return en != ""
}
