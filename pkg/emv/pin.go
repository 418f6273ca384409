package emv

import (
	"fmt"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/oda"
)

// PINEntry is what came of asking for a PIN.
type PINEntry uint8

// The outcomes.
const (
	PINUnavailable PINEntry = iota // no PIN pad, or it does not work
	PINBypassed                    // the cardholder gave none, and the next method is tried
	PINEntered                     // a PIN was entered
	PINCancelled                   // the cardholder gave up, and the transaction with it
)

// PINRequest is what the cardholder should know when a PIN is asked for that the card
// checks.
type PINRequest struct {
	// TriesLeft is how many wrong PINs the card takes before it blocks its PIN, 1 for the
	// last try; -1 where the card does not say (Book 3, 6.5.12; tag 9F17).
	TriesLeft int
	// Again says that the PIN entered before was wrong.
	Again bool
	// Enciphered says that the PIN goes to the card enciphered, not in plaintext.
	Enciphered bool
}

// pinState is what a transaction knows of PINs.
type pinState struct {
	asked    bool // the card was asked for its tries
	tries    int  // as the card said last, -1 where it does not say
	blocked  bool // no tries are left
	bypassed bool // the cardholder gave none, and is not asked for another
	key      oda.PublicKey
}

// verifyPIN has the card check a PIN, in plaintext or enciphered (Book 3, 10.5.1). What
// becomes of it goes to then: successful, or failed with the bits that say why.
func (r *run) verifyPIN(enciphered bool, then func(outcome byte) error) error {
	switch {
	case r.cfg.OfflinePIN == nil:
		r.noteBrokenPad()
		return then(CVMFailed)
	case r.pin.bypassed:
		r.noteBypass()
		return then(CVMFailed)
	}
	return r.learnTries(func() error {
		send := r.sendPlainPIN
		switch {
		case r.pin.blocked:
			return then(CVMFailed)
		case enciphered && !r.learnPINKey():
			return then(CVMFailed)
		case enciphered:
			send = r.sendEncipheredPIN
		}
		return r.askCardPIN(PINRequest{TriesLeft: r.pin.tries, Enciphered: enciphered}, send, then)
	})
}

// learnTries asks the card how many tries are left, once (Book 4, 6.3.4.1). A card that
// does not say is asked for the PIN all the same.
func (r *run) learnTries(then func() error) error {
	if r.pin.asked {
		return then()
	}
	r.pin.asked, r.pin.tries = true, -1
	return r.ask(StepGetData, getDataCommand(TagPINTries), func(a answer) error {
		if v, ok := dataObject(a, TagPINTries, 1); ok {
			r.pin.tries = int(v[0])
			r.note("%s: %d", "%s：%d", words{nameOf(TagPINTries, "en"), nameOf(TagPINTries, "zh")}, v[0])
		}
		if r.pin.tries == 0 {
			r.blockPIN()
		}
		return then()
	})
}

// blockPIN is a card whose PIN takes no more tries.
func (r *run) blockPIN() {
	r.pin.blocked, r.pin.tries = true, 0
	r.setTVR(3, 6)
	r.note("The card takes no more PINs", "卡片不再接受 PIN")
}

// pinSender sends a PIN to the card and goes on with the answer to VERIFY, or with fail
// where it did not come so far.
type pinSender func(pin card.Secret, then func(answer) error, fail func() error) error

// askCardPIN asks the cardholder and sends what is entered, until the card is content, has
// no tries left, or nothing more is entered.
func (r *run) askCardPIN(q PINRequest, send pinSender, then func(outcome byte) error) error {
	r.resume(StepCardholder)
	pin, entry := r.cfg.OfflinePIN(q)
	switch entry {
	case PINEntered:
	case PINBypassed:
		r.noteBypass()
		return then(CVMFailed)
	case PINCancelled:
		return errPINCancelled()
	default:
		r.noteBrokenPad()
		return then(CVMFailed)
	}
	if err := CheckPIN(pin); err != nil {
		return &Error{Step: StepCardholder, Offset: -1, Err: err}
	}
	onAnswer := func(a answer) error { return r.onVerify(q, a, send, then) }
	return send(pin, onAnswer, func() error { return then(CVMFailed) })
}

// onVerify takes the card's answer to VERIFY (Book 3, 6.5.12.5 and 10.5.1).
func (r *run) onVerify(q PINRequest, a answer, send pinSender, then func(outcome byte) error) error {
	switch {
	case a.ok():
		r.note("The PIN is right, says the card", "卡片认为 PIN 正确")
		return then(CVMSuccessful)
	case a.sw == 0x6983 || a.sw == 0x6984 || a.sw == 0x63C0:
		r.blockPIN()
		return then(CVMFailed)
	case a.sw&0xFFF0 == 0x63C0:
		q.TriesLeft, q.Again = int(a.sw&0x0F), true
		r.pin.tries = q.TriesLeft
		return r.askCardPIN(q, send, then)
	}
	return badStatus(StepVerify, a.sw)
}

// sendPlainPIN sends a PIN in plaintext.
func (r *run) sendPlainPIN(pin card.Secret, then func(answer) error, _ func() error) error {
	block, err := oda.PINBlock(pin)
	if err != nil {
		return &Error{Step: StepVerify, Offset: -1, Err: ErrPIN, Detail: err}
	}
	return r.sendVerify(0x80, block[:], then)
}

// learnPINKey finds the key under which the card takes a PIN. Without one the method has
// failed (Book 2, 7.1).
func (r *run) learnPINKey() bool {
	before := r.tvr
	key, err := r.pinKey()
	if err != nil {
		// Data missing is a failure of data authentication; no bit is there for this one.
		r.tvr = before
		r.resume(StepCardholder)
		r.note("The PIN cannot be enciphered: %s", "PIN 无法加密：%s", authFault(err))
		return false
	}
	r.pin.key = key
	return true
}

// sendEncipheredPIN sends a PIN under the card's key, together with a number that the
// card draws, so that nobody can send the same bytes again (Book 2, 7.2).
func (r *run) sendEncipheredPIN(pin card.Secret, then func(answer) error, fail func() error) error {
	return r.ask(StepChallenge, command{ins: 0x84, expect: true}, func(a answer) error {
		if !a.ok() || len(a.data) != 8 {
			r.note("The card gives no number for it, so the PIN cannot be enciphered", "卡片未给出随机数，PIN 无法加密")
			return fail()
		}
		data, err := oda.EncipherPIN(r.pin.key, pin, [8]byte(a.data), r.cfg.Random)
		if err != nil {
			return &Error{Step: StepVerify, Offset: -1, Err: ErrPIN, Detail: err}
		}
		return r.sendVerify(0x88, data, then)
	})
}

// sendVerify sends VERIFY with data that nobody may see, and forgets it with the answer.
func (r *run) sendVerify(qualifier byte, data []byte, then func(answer) error) error {
	c := command{ins: 0x20, p2: qualifier, data: data, masked: stars(len(data))}
	return r.ask(StepVerify, c, func(a answer) error {
		clear(data)
		return then(a)
	})
}

// CheckPIN refuses what is no PIN for a card to check, 4 to 12 digits (Book 3, 6.5.12.3),
// with an error that wraps [ErrPIN] and does not hold it.
func CheckPIN(pin card.Secret) error {
	if n := pin.Len(); n < 4 || n > 12 {
		return fmt.Errorf("%w: got %d characters, want 4 to 12 digits", ErrPIN, n)
	}
	for i, c := range []byte(pin.Reveal()) {
		if c < '0' || c > '9' {
			return fmt.Errorf("%w: got no digit at position %d, want 4 to 12 digits", ErrPIN, i+1)
		}
	}
	return nil
}

func errPINCancelled() error {
	return &Error{Step: StepCardholder, Offset: -1, Err: ErrPINCancelled}
}

// noteBrokenPad is a terminal that cannot take the PIN which is asked for.
func (r *run) noteBrokenPad() {
	r.setTVR(3, 5)
	r.note("There is no PIN pad, or it does not work", "没有密码键盘，或密码键盘不能工作")
}

// noteBypass is a cardholder who enters no PIN. Another method with a PIN is then not
// asked for either (Book 4, 6.3.4.3).
func (r *run) noteBypass() {
	r.pin.bypassed = true
	r.setTVR(3, 4)
	r.note("No PIN was entered", "未输入 PIN")
}
