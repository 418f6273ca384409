package emv

// Bits of tag 9F33, second byte.
const (
	capPlaintextPIN  = 0x80
	capOnlinePIN     = 0x40
	capSignature     = 0x20
	capEncipheredPIN = 0x10
	capNoCVM         = 0x08
)

// verifyCardholder walks the card's list of methods (Book 3, 10.5) and leaves results
// and bits as Book 4, 6.3.4.5 wants them.
func (r *run) verifyCardholder() error {
	r.begin(StepCardholder)
	if r.card[TagAIP][0]&aipCardholder == 0 {
		r.note("The card does not ask for it", "卡片不要求持卡人验证")
		return nil
	}
	list, present, err := r.cvmList()
	if err != nil {
		return err
	}
	if !present {
		r.note("The card asks for it and has no list of methods", "卡片要求持卡人验证，但没有 CVM 列表")
		return nil
	}
	before := r.tvr
	r.walk(list)
	r.setTSI(7)
	r.note("%s", "%s", both(r.cvm.Text))
	r.noteTVR(before)
	return nil
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
func (r *run) walk(list CVMList) {
	r.cvm = CVMResults{byte(CVMNotPerformed), 0, CVMFailed}
	for _, rule := range list.Rules {
		if !r.applies(rule, list) {
			continue
		}
		outcome, performed := r.perform(rule.Method)
		if performed {
			r.cvm = CVMResults{rule.code(), byte(rule.Condition), outcome}
		}
		if performed && outcome != CVMFailed {
			return
		}
		if !rule.Continue || rule.Method == CVMFail {
			break
		}
	}
	r.setTVR(3, 8)
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
func (r *run) perform(m CVMMethod) (outcome byte, performed bool) {
	if !r.supports(m) {
		r.noteUnsupported(m)
		return CVMFailed, false
	}
	switch m {
	case CVMNone:
		return CVMSuccessful, true
	case CVMSignature:
		return CVMUnknown, true
	case CVMOnlinePIN:
		return r.askPIN(), true
	default: // CVMFail; a terminal that claims PIN checked by the card is refused
		return CVMFailed, true
	}
}

// noteUnsupported sets the bit for a method that the terminal does not know, or for a
// PIN that it cannot take.
func (r *run) noteUnsupported(m CVMMethod) {
	switch m {
	case CVMPlaintextPIN, CVMOnlinePIN, CVMPlaintextPINSignature, CVMEncipheredPIN, CVMEncipheredPINSignature:
		r.setTVR(3, 5)
	case CVMSignature, CVMNone:
	default:
		r.setTVR(3, 7)
	}
}

// askPIN asks for a PIN that the issuer checks (10.5.2).
func (r *run) askPIN() (outcome byte) {
	entry := PINUnavailable
	if r.cfg.OnlinePIN != nil {
		entry = r.cfg.OnlinePIN()
	}
	switch entry {
	case PINEntered:
		r.setTVR(3, 3)
		return CVMUnknown
	case PINBypassed:
		r.setTVR(3, 4)
	default:
		r.setTVR(3, 5)
	}
	return CVMFailed
}
