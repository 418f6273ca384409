package emv

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// manageRisk is terminal risk management (Book 3, 10.6), where the card wants it.
func (r *run) manageRisk() error {
	if r.isContactless() {
		return r.weighTap()
	}
	if r.card[TagAIP][0]&aipRisk == 0 {
		r.begin(StepRisk)
		r.note("The card does not ask for it", "卡片不要求终端风险管理")
		r.checkExceptions()
		return r.analyse()
	}
	_, lower := r.card[TagLowerOfflineLimit]
	_, upper := r.card[TagUpperOfflineLimit]
	if !lower || !upper {
		return r.weighRisk(false)
	}
	return r.getData(TagATC, func() error {
		return r.getData(TagLastOnlineATC, func() error { return r.weighRisk(true) })
	})
}

// getData asks for one counter and goes on, with it or without.
func (r *run) getData(tag Tag, then func() error) error {
	return r.ask(StepGetData, getDataCommand(tag), func(a answer) error {
		delete(r.card, tag)
		if v, ok := dataObject(a, tag, 2); ok {
			r.card[tag] = bytes.Clone(v)
			r.note("%s: %d", "%s：%d", words{nameOf(tag, "en"), nameOf(tag, "zh")}, binary.BigEndian.Uint16(v))
		}
		return then()
	})
}

// getDataCommand asks for one primitive object (Book 3, 6.5.7).
func getDataCommand(tag Tag) command {
	return command{cla: 0x80, ins: 0xCA, p1: byte(tag >> 8), p2: byte(tag), expect: true}
}

// dataObject is the value that a card answered to GET DATA, if it is one of that tag and
// length.
func dataObject(a answer, tag Tag, length int) ([]byte, bool) {
	tree, err := Parse(a.data, Strict)
	if err != nil || !a.ok() {
		return nil, false
	}
	o, ok := only(tree, tag)
	return o.Value, ok && len(o.Value) == length
}

func nameOf(tag Tag, lang string) string {
	e, _ := Lookup(tag)
	return e.Name(lang)
}

// weighRisk sets the bits of floor limit, random selection and velocity.
func (r *run) weighRisk(velocity bool) error {
	r.begin(StepRisk)
	before := r.tvr
	if r.cfg.Amount >= r.cfg.FloorLimit {
		r.setTVR(4, 8)
	} else if r.percent <= r.cfg.selectPercent() {
		r.setTVR(4, 5)
	}
	if velocity {
		r.checkVelocity()
	}
	r.checkExceptions()
	r.setTSI(4)
	r.noteTVR(before)
	return r.analyse()
}

// selectPercent is how many of a hundred transactions of this amount go online: the
// target below the threshold, and up to the maximum in a line between it and the floor
// limit (10.6.2).
func (c Config) selectPercent() int {
	s := c.Selection
	if c.Amount < s.Threshold || s.Maximum <= s.Target {
		return s.Target
	}
	// A threshold equal to the floor limit leaves nothing between them.
	span := c.FloorLimit - s.Threshold
	return s.Target + int(int64(s.Maximum-s.Target)*(c.Amount-s.Threshold)/max(1, span))
}

// checkVelocity compares the transactions since the last one online with the card's
// limits (10.6.3). If a counter cannot be had, both limits count as exceeded.
func (r *run) checkVelocity() {
	atc, okATC := r.counter(TagATC)
	last, okLast := r.counter(TagLastOnlineATC)
	if okLast && last == 0 {
		r.setTVR(2, 4)
	}
	if !okATC || !okLast || atc <= last {
		r.setTVR(4, 7)
		r.setTVR(4, 6)
		return
	}
	if atc-last > int(r.card[TagLowerOfflineLimit][0]) {
		r.setTVR(4, 7)
	}
	if atc-last > int(r.card[TagUpperOfflineLimit][0]) {
		r.setTVR(4, 6)
	}
}

func (r *run) counter(tag Tag) (int, bool) {
	v, ok := r.card[tag]
	if !ok || len(v) != 2 {
		return 0, false
	}
	return int(binary.BigEndian.Uint16(v)), true
}

// checkExceptions asks for the exception file, which stands beside risk management
// (Book 4, 6.3.5).
func (r *run) checkExceptions() {
	if r.cfg.Excepted != nil && r.cfg.Excepted(r.data.PAN, r.data.PSN) {
		r.setTVR(1, 5)
	}
}

// acType is the type of an application cryptogram, as the high bits of the reference
// control parameter and of the cryptogram information data code it.
type acType byte

const (
	typeAAC  acType = 0x00
	typeTC   acType = 0x40
	typeARQC acType = 0x80
)

func (a acType) String() string {
	switch a {
	case typeAAC:
		return "AAC"
	case typeTC:
		return "TC"
	case typeARQC:
		return "ARQC"
	}
	return fmt.Sprintf("type %02X", byte(a))
}

// analyse is terminal action analysis (Book 3, 10.7).
func (r *run) analyse() error {
	r.begin(StepAction)
	if r.cfg.ForceOnline {
		r.setTVR(4, 4)
	}
	r.noteBits("Verification results %s", "终端验证结果 %s", TagTVR, r.tvr[:])
	asked, en, zh := r.decide()
	r.note("Asking the card for %[1]s: %[2]s", "请求卡片给出 %[1]s：%[2]s", asked, words{en, zh})
	return r.generate1(asked)
}

// decide weighs the verification results against the action codes of issuer and
// acquirer. Those of the issuer that are absent are all zeros for denial and all ones
// for the others.
func (r *run) decide() (asked acType, en, zh string) {
	switch {
	case r.matches(TagIACDenial, 0x00, r.cfg.TAC.Denial):
		return typeAAC, "the denial codes match", "拒绝行为代码匹配"
	case r.cfg.isOfflineOnly():
		return r.decideUnable()
	case r.cfg.ForceOnline:
		return typeARQC, "the merchant forced it online", "商户要求联机"
	case r.cfg.isOnlineOnly():
		return typeARQC, "the terminal is online only", "终端仅支持联机"
	case r.matches(TagIACOnline, 0xFF, r.cfg.TAC.Online):
		return typeARQC, "the online codes match", "联机行为代码匹配"
	}
	return typeTC, "nothing speaks against approval offline", "无需联机，可脱机批准"
}

// decideUnable is what to ask for when the issuer cannot be reached. A terminal that
// works online only declines (the option that 10.7 leaves it).
func (r *run) decideUnable() (asked acType, en, zh string) {
	switch {
	case r.cfg.isOnlineOnly():
		return typeAAC, "the terminal is online only", "终端仅支持联机"
	case r.matches(TagIACDefault, 0xFF, r.cfg.TAC.Default):
		return typeAAC, "the default codes match", "缺省行为代码匹配"
	}
	return typeTC, "the default codes do not match", "缺省行为代码不匹配"
}

// matches reports a bit that is set in the verification results and in one of the two
// action codes.
func (r *run) matches(issuer Tag, absent byte, acquirer [5]byte) bool {
	codes, ok := r.card[issuer]
	for i, b := range r.tvr {
		c := absent
		if ok {
			c = codes[i]
		}
		if b&(c|acquirer[i]) != 0 {
			return true
		}
	}
	return false
}
