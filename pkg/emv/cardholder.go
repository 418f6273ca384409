package emv

// Bits of tag 9F33, second byte.
const (
	capPlaintextPIN  = 0x80
	capOnlinePIN     = 0x40
	capSignature     = 0x20
	capEncipheredPIN = 0x10
	capNoCVM         = 0x08
)

// verifyCardholder verifies the holder, and goes on.
func (r *run) verifyCardholder(then func() error) error {
	if r.isContactless() {
		return r.verifyTap(then)
	}
	return r.verifyByList(then)
}

// verifyByList walks the card's list of methods (Book 3, 10.5), leaves results and bits
// as Book 4, 6.3.4.5 wants them, and goes on.
func (r *run) verifyByList(then func() error) error {
	r.begin(StepCardholder)
	if r.card[TagAIP][0]&aipCardholder == 0 {
		r.note("The card does not ask for it", "卡片不要求持卡人验证")
		return then()
	}
	list, present, err := r.cvmList()
	if err != nil {
		return err
	}
	if !present {
		r.note("The card asks for it and has no list of methods", "卡片要求持卡人验证，但没有 CVM 列表")
		return then()
	}
	before := r.tvr
	r.cvm = CVMResults{byte(CVMNotPerformed), 0, CVMFailed}
	return r.walk(list, list.Rules, func() error {
		r.setTSI(7)
		r.resume(StepCardholder)
		r.note("%s", "%s", both(r.cvm.Text))
		r.noteTVR(before)
		return then()
	})
}

// cvmList reads tag 8E. A list that is absent is "card data missing" (Book 3, 7.5); one
// without rules counts as absent (10.5).
func (r *run) cvmList() (list CVMList, present bool, err error) {
	v, ok := r.card[TagCVMList]
	if !ok {
		r.setTVR(1, 6)
		return CVMList{}, false, nil
	}
	list, err = ParseCVMList(v)
	if err != nil {
		return CVMList{}, false, badFormat(StepCardholder, TagCVMList, err)
	}
	return list, len(list.Rules) > 0, nil
}

// walk tries the rules in order until one succeeds or one fails for good.
func (r *run) walk(list CVMList, rules []CVMRule, then func() error) error {
	for i, rule := range rules {
		if !r.applies(rule, list) {
			continue
		}
		return r.perform(rule.Method, func(outcome byte, performed bool) error {
			if performed {
				r.cvm = CVMResults{rule.code(), byte(rule.Condition), outcome}
			}
			switch {
			case performed && outcome != CVMFailed:
				return then()
			case !rule.Continue || rule.Method == CVMFail:
				return r.failCardholder(then)
			}
			return r.walk(list, rules[i+1:], then)
		})
	}
	return r.failCardholder(then)
}

// failCardholder ends a walk on which no method succeeded.
func (r *run) failCardholder(then func() error) error {
	r.setTVR(3, 8)
	return then()
}

// applies reports that a rule's condition holds. A condition that is not known, or whose
// data is absent, does not hold.
func (r *run) applies(rule CVMRule, list CVMList) bool {
	c := r.cfg
	switch rule.Condition {
	case CVMAlways:
		return true
	case CVMUnattendedCash:
		return c.isCash() && c.isUnattended()
	case CVMNoCash:
		return !c.isCash() && !c.isCashback()
	case CVMIfSupported:
		return r.supports(rule.Method)
	case CVMManualCash:
		return c.isCash() && !c.isUnattended()
	case CVMCashback:
		return c.isCashback()
	default:
		return r.inApplicationCurrency() && compares(rule.Condition, c.Amount, list)
	}
}

func (r *run) inApplicationCurrency() bool {
	currency, ok := r.card[TagApplicationCurrency]
	return ok && string(currency) == string(r.terminal[TagCurrency])
}

func compares(condition CVMCondition, amount int64, list CVMList) bool {
	switch condition {
	case CVMUnderX:
		return amount < int64(list.X)
	case CVMOverX:
		return amount > int64(list.X)
	case CVMUnderY:
		return amount < int64(list.Y)
	case CVMOverY:
		return amount > int64(list.Y)
	default:
		return false
	}
}

// supports reports a method that the terminal's capabilities name.
func (r *run) supports(m CVMMethod) bool {
	can := func(bits byte) bool { return r.cfg.Capabilities[1]&bits == bits }
	switch m {
	case CVMFail:
		return true
	case CVMPlaintextPIN:
		return can(capPlaintextPIN)
	case CVMOnlinePIN:
		return can(capOnlinePIN)
	case CVMPlaintextPINSignature:
		return can(capPlaintextPIN | capSignature)
	case CVMEncipheredPIN:
		return can(capEncipheredPIN)
	case CVMEncipheredPINSignature:
		return can(capEncipheredPIN | capSignature)
	case CVMSignature:
		return can(capSignature)
	case CVMNone:
		return can(capNoCVM)
	default:
		return false
	}
}

// perform does one method. performed is false for a method that the terminal does not
// know or cannot do: it has failed, and leaves no result of its own.
func (r *run) perform(m CVMMethod, then func(outcome byte, performed bool) error) error {
	if !r.supports(m) {
		r.noteUnsupported(m)
		return then(CVMFailed, false)
	}
	done := func(outcome byte) error { return then(outcome, true) }
	switch m {
	case CVMNone:
		return done(CVMSuccessful)
	case CVMSignature:
		return done(CVMUnknown)
	case CVMOnlinePIN:
		return r.askOnlinePIN(done)
	case CVMPlaintextPIN:
		return r.verifyPIN(false, done)
	case CVMPlaintextPINSignature:
		return r.verifyPIN(false, andSignature(done))
	case CVMEncipheredPIN:
		return r.verifyPIN(true, done)
	case CVMEncipheredPINSignature:
		return r.verifyPIN(true, andSignature(done))
	default: // CVMFail
		return done(CVMFailed)
	}
}

// andSignature is a PIN that was right and a signature that others check: whether both
// are is not known (Book 4, 6.3.4.5).
func andSignature(done func(outcome byte) error) func(outcome byte) error {
	return func(outcome byte) error {
		if outcome == CVMSuccessful {
			outcome = CVMUnknown
		}
		return done(outcome)
	}
}

// noteUnsupported sets the bit for a method that the terminal does not know, or for a
// PIN that it cannot take (Book 3, 10.5 and 10.5.1).
func (r *run) noteUnsupported(m CVMMethod) {
	switch m {
	case CVMPlaintextPIN, CVMPlaintextPINSignature:
		r.notePINUnsupported(capPlaintextPIN)
	case CVMEncipheredPIN, CVMEncipheredPINSignature:
		r.notePINUnsupported(capEncipheredPIN)
	case CVMOnlinePIN:
		r.notePINUnsupported(capOnlinePIN)
	case CVMSignature, CVMNone:
	default:
		r.setTVR(3, 7)
	}
}

// notePINUnsupported leaves the bit alone where the PIN could be taken and it is the
// signature beside it that cannot.
func (r *run) notePINUnsupported(capability byte) {
	if r.cfg.Capabilities[1]&capability == 0 {
		r.setTVR(3, 5)
	}
}

// askOnlinePIN asks for a PIN that the issuer checks (10.5.2).
func (r *run) askOnlinePIN(done func(outcome byte) error) error {
	if r.pin.bypassed {
		r.noteBypass()
		return done(CVMFailed)
	}
	entry := PINUnavailable
	if r.cfg.OnlinePIN != nil {
		entry = r.cfg.OnlinePIN()
	}
	switch entry {
	case PINEntered:
		r.setTVR(3, 3)
		return done(CVMUnknown)
	case PINBypassed:
		r.noteBypass()
	case PINCancelled:
		return errPINCancelled()
	default:
		r.noteBrokenPad()
	}
	return done(CVMFailed)
}
