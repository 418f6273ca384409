package emv

import (
	"bytes"
	"encoding/binary"
)

// Bits of tag 9F6C.
const (
	ctqOnlinePIN   = 0x80 // first byte
	ctqSignature   = 0x40
	ctqODAOnline   = 0x20
	ctqODAContacts = 0x10
	ctqExpired     = 0x08
	ctqOnDevice    = 0x80 // second byte
	ctqUpdate      = 0x40
)

// onQuickOptions takes the one answer of the qVSDC shape: profile, counter and
// cryptogram at once, and the track; records are only there where the file locator names
// some (Book C-3, 5.4).
func (r *run) onQuickOptions(a answer) error {
	tree, err := Parse(a.data, Strict)
	if err != nil {
		return badFormat(StepInitiate, 0, err)
	}
	if _, ok := only(tree, TagResponse1); ok {
		return noMagstripe("an answer without a cryptogram")
	}
	if _, ok := only(tree, TagResponse2); !ok {
		return &Error{Step: StepInitiate, Offset: 0, Err: ErrFormat, Got: "another template", Want: "77"}
	}
	if err := r.takeQuick(tree); err != nil {
		return err
	}
	r.signed = r.tvr
	if r.card[TagAFL] == nil {
		return r.checkCardData()
	}
	entries, err := ParseAFL(r.card[TagAFL])
	if err != nil {
		return badFormat(StepInitiate, TagAFL, err)
	}
	return r.readRecords(entries)
}

// takeQuick keeps the objects of the answer and sees that those of a cryptogram are
// there.
func (r *run) takeQuick(tree Tree) error {
	r.records = map[Tag]bool{}
	for i, n := range tree {
		if i != n.Last || n.Tag.IsConstructed() || len(n.Value) == 0 || !isCards(n.Tag) {
			continue
		}
		if err := r.takeFrom(StepInitiate, n.Object); err != nil {
			return err
		}
	}
	if r.card[TagAC] == nil {
		return noMagstripe("an answer without a cryptogram")
	}
	for _, tag := range []Tag{TagAIP, TagATC, TagIAD} {
		if r.card[tag] == nil {
			return missing(StepInitiate, tag)
		}
	}
	return r.readQuick()
}

// readQuick keeps the cryptogram as GENERATE AC would have given it. A card that leaves
// its type out says it in the card verification results of its issuer data (Book C-3,
// 5.4.3).
func (r *run) readQuick() error {
	c := cryptogram{
		atc: binary.BigEndian.Uint16(r.card[TagATC]), ac: [8]byte(r.card[TagAC]), iad: bytes.Clone(r.card[TagIAD]),
	}
	switch v, ok := r.card[TagCID]; {
	case ok:
		c.cid = v[0]
	case len(c.iad) < 5:
		return missing(StepInitiate, TagCID)
	default:
		c.cid = c.iad[4] << 2 & 0xC0
		r.card[TagCID] = []byte{c.cid}
	}
	r.evidence.CID, r.evidence.ATC, r.evidence.AC, r.evidence.IAD = c.cid, c.atc, c.ac, c.iad
	r.noteBits("The card can: %s", "卡片支持：%s", TagAIP, r.card[TagAIP])
	r.noteBits("Cryptogram information %s", "密文信息 %s", TagCID, []byte{c.cid})
	if v, ok := r.card[TagCTQ]; ok {
		r.noteBits("The card wants: %s", "卡片要求：%s", TagCTQ, v)
	}
	r.asked = typeTC
	if r.qualifiers[1]&ttqOnlineRequired != 0 {
		r.asked = typeARQC
	}
	return c.allowed(StepInitiate, r.asked)
}

// judgeQuick is what the reader makes of the card's cryptogram: restrictions,
// verification of the holder, and the decision (Book C-3, 5.5 to 5.8).
func (r *run) judgeQuick() error {
	kind := acType(r.evidence.CID & 0xC0)
	if kind == typeAAC {
		return r.endQuick(typeAAC)
	}
	r.begin(StepRestrictions)
	kind, err := r.restrictQuick(kind)
	if err != nil {
		return err
	}
	if kind == typeAAC {
		return r.endQuick(typeAAC)
	}
	return r.verifyQuick(func(ok bool) error {
		if !ok {
			kind = typeAAC
		}
		return r.endQuick(kind)
	})
}

// restrictQuick looks at what an approval offline must not pass over: expiry and a
// signature that does not hold. The card says whether to go online or to its contacts
// instead.
func (r *run) restrictQuick(kind acType) (acType, error) {
	if r.cfg.Excepted != nil && r.cfg.Excepted(r.data.PAN, r.data.PSN) {
		r.note("The card is on the exception file", "卡片在黑名单中")
		return typeAAC, nil
	}
	if kind != typeTC {
		r.note("Left to the issuer", "由发卡行判断")
		return kind, nil
	}
	online := r.cfg.isOnlineCapable()
	if expiry, ok := parseDate(r.card[TagExpiry]); ok && expiry.before(dayOf(r.cfg.Date)) {
		r.note("The application has expired", "应用已过期")
		return either(online && r.ctq(0)&ctqExpired != 0), nil
	}
	if r.authenticateQuick() {
		return typeTC, nil
	}
	r.note("An approval offline does not stand without it", "未经认证的脱机批准无效")
	if r.ctq(0)&ctqODAContacts != 0 && r.ctq(0)&ctqODAOnline == 0 {
		return typeAAC, &Error{Step: StepAuthenticateData, Offset: -1, Err: ErrUseContacts}
	}
	return either(online && r.ctq(0)&ctqODAOnline != 0), nil
}

// either is to ask the issuer, or to decline.
func either(online bool) acType {
	if online {
		return typeARQC
	}
	return typeAAC
}

func (c Config) isOnlineCapable() bool { return !c.isOfflineOnly() }

// ctq is a byte of the card's qualifiers, 0 where it has none.
func (r *run) ctq(i int) byte {
	if v := r.card[TagCTQ]; i < len(v) {
		return v[i]
	}
	return 0
}

// verifyQuick verifies the holder as the card's qualifiers say, and tells then false
// where it must be done and cannot (Book C-3, 5.7).
func (r *run) verifyQuick(then func(ok bool) error) error {
	r.begin(StepCardholder)
	done := func(m CVMMethod, outcome byte) error {
		r.cvm = CVMResults{byte(m), 0, outcome}
		r.note("%s", "%s", both(r.cvm.Text))
		return then(outcome != CVMFailed)
	}
	switch r.quickMethod() {
	case CVMOnlinePIN:
		return r.askOnlinePIN(func(outcome byte) error { return done(CVMOnlinePIN, outcome) })
	case CVMSignature:
		return done(CVMSignature, CVMUnknown)
	case CVMPlaintextPIN:
		r.note("Verified by the cardholder's device", "已在持卡人设备上验证")
		r.cvm = CVMResults{byte(CVMPlaintextPIN), 0, CVMSuccessful}
		return then(true)
	case CVMNone:
		return done(CVMNone, CVMSuccessful)
	default:
		return done(CVMNotPerformed, CVMFailed)
	}
}

// quickMethod is how the holder is to be verified. What the device did itself has no
// code of its own; the one of a PIN in plaintext, which no card without contacts takes,
// stands for it as in Book C-2, 7.5.
func (r *run) quickMethod() CVMMethod {
	required := r.qualifiers[1]&ttqCVMRequired != 0
	_, told := r.card[TagCTQ]
	can := r.qualifiers
	switch {
	case r.ctq(0)&ctqOnlinePIN != 0 && can[0]&ttqOnlinePIN != 0:
		return CVMOnlinePIN
	case (r.ctq(0)&ctqSignature != 0 || !told && required) && can[0]&ttqSignature != 0:
		return CVMSignature
	case r.ctq(1)&ctqOnDevice != 0 && can[2]&ttqOnDevice != 0:
		return CVMPlaintextPIN
	case required:
		return CVMNotPerformed
	}
	return CVMNone
}

// endQuick is the decision before the issuer.
func (r *run) endQuick(kind acType) error {
	r.begin(StepAction)
	switch kind {
	case typeARQC:
		r.evidence.ARQC = r.evidence.AC
		r.request = r.chipData(r.requestTags())
		r.decision = GoOnline
		r.note("The issuer must decide", "须由发卡行决定")
	case typeTC:
		r.decision = ApprovedOffline
		r.setARC("Y1")
		r.note("Approved offline by the card", "卡片脱机批准")
	default:
		r.decision = DeclinedOffline
		r.setARC("Z1")
		r.note("Declined offline", "脱机拒绝")
	}
	return nil
}
