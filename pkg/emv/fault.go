package emv

import (
	"errors"
	"fmt"
	"strings"
)

// The causes of an [Error].
var (
	// ErrCardBlocked: the card answers that it is blocked, or cannot select at all.
	ErrCardBlocked = errors.New("card is blocked")
	// ErrNoApplication: no application of the card is one of the terminal's, or every
	// one that is refused to start.
	ErrNoApplication = errors.New("no application in common")
	// ErrCancelled: nobody chose or confirmed an application.
	ErrCancelled = errors.New("application not chosen")
	// ErrPINCancelled: the cardholder gave up where a PIN was asked for.
	ErrPINCancelled = errors.New("PIN entry cancelled")
	// ErrPIN: what was entered as a PIN is none. The card was not asked.
	ErrPIN = errors.New("not a PIN")
	// ErrStatus: a status word that ends the transaction.
	ErrStatus = errors.New("command refused")
	// ErrFormat: data that is not what the standard says it is.
	ErrFormat = errors.New("card data of a wrong format")
	// ErrMissing: a mandatory data object is not there.
	ErrMissing = errors.New("mandatory card data missing")
	// ErrDuplicate: a data object is there twice.
	ErrDuplicate = errors.New("card data present twice")
	// ErrCryptogramType: the card answered GENERATE AC with a type that it may not give
	// for what was asked.
	ErrCryptogramType = errors.New("cryptogram type not allowed here")
	// ErrServiceNotAllowed: the card says that it does not allow this service at all.
	ErrServiceNotAllowed = errors.New("service not allowed")
	// ErrAnswer: what came back is shorter than a status word: most often the card was
	// taken out.
	ErrAnswer = errors.New("no answer of the card")
	// ErrEndless: the card would have the terminal go on for ever.
	ErrEndless = errors.New("too many commands in one transaction")
	// ErrUseContacts: this payment is not possible without contacts: the amount is over
	// the limit, or the card says so. The card must be inserted.
	ErrUseContacts = errors.New("not possible without contacts")
	// ErrSeePhone: the phone wants its holder to do something, mostly to unlock it, and
	// to be held to the reader again.
	ErrSeePhone = errors.New("the phone wants its holder first")
	// ErrMagstripe: the card offers nothing but the mode of the magnetic stripe, which is
	// not performed here.
	ErrMagstripe = errors.New("contactless magnetic stripe mode not supported")
	// ErrOrder: Complete was called where the card did not ask to go online, or with a
	// result that cannot be.
	ErrOrder = errors.New("transaction not at this point")
)

// Error is a deviation of the card from the standard, or a reason why the transaction
// ended without a decision. It never holds a value of the card, only lengths, tags,
// status words and words.
type Error struct {
	Step StepName
	// Tag is the data object concerned, zero if there is none.
	Tag Tag
	// Offset is where the object begins in the card's answer, -1 if that says nothing.
	Offset int
	// SW is the status word, zero if that is not the point.
	SW uint16
	// Got and Want say in words what was there and what the standard wants.
	Got, Want string
	// Err is one of the causes above.
	Err error
	// Detail is what a reader of the data found, such as a *SyntaxError, nil if there is
	// no more to say.
	Detail error
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %v", e.Step, e.Err)
	if e.Tag != 0 {
		fmt.Fprintf(&b, ": tag %s", e.Tag)
	}
	if e.Offset >= 0 {
		fmt.Fprintf(&b, " at offset %d", e.Offset)
	}
	if e.SW != 0 {
		fmt.Fprintf(&b, ": status %04X (%s)", e.SW, strings.ToLower(StatusWord(e.SW, "en")))
	}
	if e.Got != "" {
		fmt.Fprintf(&b, ": got %s", e.Got)
	}
	if e.Want != "" {
		fmt.Fprintf(&b, ", want %s", e.Want)
	}
	if e.Detail != nil {
		fmt.Fprintf(&b, ": %v", e.Detail)
	}
	return b.String()
}

// Unwrap gives the cause and the detail.
func (e *Error) Unwrap() []error {
	if e.Detail == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Detail}
}

// missing is the absence of a mandatory object.
func missing(step StepName, tag Tag) error {
	return &Error{Step: step, Tag: tag, Offset: -1, Err: ErrMissing}
}

// badStatus is a status word that ends the transaction.
func badStatus(step StepName, sw uint16) error {
	return &Error{Step: step, Offset: -1, SW: sw, Err: ErrStatus, Want: "9000"}
}

// badLength is an object of a length that the standard does not know.
func badLength(step StepName, o Object, want string) error {
	return &Error{Step: step, Tag: o.Tag, Offset: o.Offset, Err: ErrFormat, Got: fmt.Sprintf("%d bytes", len(o.Value)), Want: want}
}

// badFormat is an object or an answer that another reader refused.
func badFormat(step StepName, tag Tag, cause error) error {
	return &Error{Step: step, Tag: tag, Offset: -1, Err: ErrFormat, Detail: cause}
}
