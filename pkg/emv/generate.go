package emv

import (
	"bytes"
	"crypto/sha1" // Book 3, 9.2.2 defines the TC hash value so
	"encoding/binary"
	"fmt"
)

// generate1 is the first GENERATE AC (Book 3, 6.5.5 and 9.2).
func (r *run) generate1(asked acType) error {
	return r.generate(StepGenerate1, TagCDOL1, asked, r.onGenerate1)
}

func (r *run) generate(step StepName, list Tag, asked acType, then func(answer) error) error {
	dol, err := r.dol(step, list)
	if err != nil {
		return err
	}
	r.prepareHash(dol)
	c, err := r.filled(step, dol, command{cla: 0x80, ins: 0xAE, p1: byte(asked), expect: true}, 0)
	if err != nil {
		return err
	}
	if r.combines(asked) {
		c.p1 |= combinedSignature
	}
	r.asked, r.signed = asked, r.tvr
	r.auth.sent = append(r.auth.sent, c.data...)
	return r.ask(step, c, then)
}

// combinedSignature is the bit of the reference control parameter that asks for a
// signature over the cryptogram (Book 3, 6.5.5.2).
const combinedSignature = 0x10

// cryptogram is what GENERATE AC answers.
type cryptogram struct {
	cid byte
	atc uint16
	ac  [8]byte
	iad []byte
	// signature is tag 9F4B; the cryptogram is then inside it, and covered is what it
	// covers of the answer: all objects but itself, with tags and lengths.
	signature, covered []byte
	// unproven says that a signature was asked for and does not hold.
	unproven bool
}

func (c cryptogram) kind() acType { return acType(c.cid & 0xC0) }

func (r *run) onGenerate1(a answer) error {
	c, err := r.takeCryptogram(StepGenerate1, a)
	if err != nil {
		return err
	}
	r.setTSI(6)
	switch kind := c.kind(); {
	case c.unproven:
		return r.refuseUnproven(kind)
	case kind == typeARQC:
		r.evidence.ARQC = c.ac
		r.request = r.chipData(r.requestTags())
		r.decision = GoOnline
		r.note("The issuer must decide", "须由发卡行决定")
	case kind == typeTC:
		r.decision = ApprovedOffline
		r.setARC("Y1")
		r.note("Approved offline by the card", "卡片脱机批准")
	default:
		r.decision = DeclinedOffline
		r.setARC("Z1")
		r.note("Declined offline by the card", "卡片脱机拒绝")
	}
	return nil
}

// refuseUnproven ends a transaction whose first cryptogram is not signed as the card's
// profile promises: an approval counts for nothing, and a card that wants the issuer
// asked is told at once that there is none (Book 4, 6.3.2.1).
func (r *run) refuseUnproven(kind acType) error {
	r.setARC("Z1")
	r.note("Declined: the card did not prove its cryptogram", "拒绝：卡片未能证明其应用密文")
	if kind == typeARQC && !r.isContactless() {
		r.result = IssuerResult{UnableOnline: true}
		return r.generate2(typeAAC)
	}
	r.decision = DeclinedOffline
	return nil
}

// takeCryptogram reads the answer, sees that the card gave no more than was asked, and
// keeps it.
func (r *run) takeCryptogram(step StepName, a answer) (cryptogram, error) {
	if !a.ok() {
		return cryptogram{}, badStatus(step, a.sw)
	}
	signed := r.combines(r.asked)
	c, err := parseCryptogram(step, a.data, signed)
	if err != nil {
		return cryptogram{}, err
	}
	r.noteBits("Cryptogram information %s", "密文信息 %s", TagCID, []byte{c.cid})
	if signed && c.kind() != typeAAC {
		r.verifyCombined(&c)
		c.unproven = r.auth.failed
	}
	r.keepCryptogram(c)
	if err := c.allowed(step, r.asked); err != nil {
		return cryptogram{}, err
	}
	return c, nil
}

// keepCryptogram keeps what there is of an answer, in place of what the one before had.
func (r *run) keepCryptogram(c cryptogram) {
	r.card[TagCID], r.card[TagAC] = []byte{c.cid}, bytes.Clone(c.ac[:])
	if c.unproven && c.ac == [8]byte{} {
		delete(r.card, TagAC)
	}
	r.card[TagATC] = binary.BigEndian.AppendUint16(nil, c.atc)
	delete(r.card, TagIAD)
	if len(c.iad) > 0 {
		r.card[TagIAD] = c.iad
	}
	if r.auth.method == authCDA {
		delete(r.card, TagSignedDynamic)
	}
	if len(c.signature) > 0 {
		r.card[TagSignedDynamic] = c.signature
	}
	r.evidence.CID, r.evidence.ATC, r.evidence.AC, r.evidence.IAD = c.cid, c.atc, c.ac, c.iad
}

// allowed holds the card to the order TC, ARQC, AAC: it may go down from what was
// asked, never up; the second time there is no ARQC (Book 3, 10.8 and 9.3).
func (c cryptogram) allowed(step StepName, asked acType) error {
	refuse := func(cause error, want string) error {
		return &Error{Step: step, Tag: TagCID, Offset: -1, Err: cause, Got: c.kind().String() + " for " + asked.String(), Want: want}
	}
	switch kind := c.kind(); {
	case c.cid&0x07 == 0x01:
		return refuse(ErrServiceNotAllowed, "")
	case kind != typeAAC && kind != typeTC && kind != typeARQC:
		return refuse(ErrCryptogramType, "AAC, TC or ARQC")
	case asked == typeAAC && kind != typeAAC:
		return refuse(ErrCryptogramType, "AAC")
	case asked == typeARQC && kind == typeTC:
		return refuse(ErrCryptogramType, "ARQC or AAC")
	case step == StepGenerate2 && kind == typeARQC:
		return refuse(ErrCryptogramType, "TC or AAC")
	}
	return nil
}

// parseCryptogram reads an answer of format 1 (template 80, the values one behind the
// other) or 2 (template 77). Where a signature was asked for, it may take the place of
// the cryptogram.
func parseCryptogram(step StepName, data []byte, signed bool) (cryptogram, error) {
	tree, err := Parse(data, Strict)
	if err != nil {
		return cryptogram{}, badFormat(step, 0, err)
	}
	if o, ok := only(tree, TagResponse1); ok {
		return cryptogram1(step, o)
	}
	if _, ok := only(tree, TagResponse2); ok {
		return cryptogram2(step, tree, signed)
	}
	return cryptogram{}, &Error{Step: step, Offset: 0, Err: ErrFormat, Got: "another template", Want: "80 or 77"}
}

func cryptogram1(step StepName, o Object) (cryptogram, error) {
	v := o.Value
	if len(v) < 11 || len(v) > 43 {
		return cryptogram{}, badLength(step, o, "11 to 43")
	}
	return cryptogram{cid: v[0], atc: binary.BigEndian.Uint16(v[1:]), ac: [8]byte(v[3:11]), iad: bytes.Clone(v[11:])}, nil
}

func cryptogram2(step StepName, tree Tree, signed bool) (cryptogram, error) {
	var c cryptogram
	if signed {
		c.signature = bytes.Clone(tree.Value(TagResponse2, TagSignedDynamic))
		c.covered = coveredBySignature(tree)
	}
	for _, want := range []struct {
		tag    Tag
		length int
	}{{TagCID, 1}, {TagATC, 2}, {TagAC, 8}} {
		o, ok := tree.Find(TagResponse2, want.tag)
		if !ok && want.tag == TagAC && len(c.signature) > 0 {
			continue
		}
		if !ok {
			return c, missing(step, want.tag)
		}
		if len(o.Value) != want.length {
			return c, badLength(step, o, fmt.Sprint(want.length))
		}
	}
	iad, _ := tree.Find(TagResponse2, TagIAD)
	if len(iad.Value) > 32 {
		return c, badLength(step, iad, "at most 32")
	}
	c.cid = tree.Value(TagResponse2, TagCID)[0]
	c.atc = binary.BigEndian.Uint16(tree.Value(TagResponse2, TagATC))
	copy(c.ac[:], tree.Value(TagResponse2, TagAC))
	c.iad = bytes.Clone(iad.Value)
	return c, nil
}

// coveredBySignature is the objects of an answer without the signature, as they stand
// there (Book 2, 6.6.1).
func coveredBySignature(tree Tree) []byte {
	var out []byte
	for i := 1; i < len(tree); i = tree[i].Last + 1 {
		if o := tree[i]; o.Tag != TagSignedDynamic {
			start := o.Offset - tree[0].Offset - tree[0].Header
			out = append(out, tree[0].Value[start:start+o.Header+len(o.Value)]...)
		}
	}
	return out
}

// dolValue is value with the hash that one list makes of another.
func (r *run) dolValue(tag Tag) ([]byte, bool) {
	if tag != TagTCHash {
		return r.value(tag)
	}
	tdol, err := ParseDOL(r.card[TagTDOL])
	if err != nil {
		return nil, false
	}
	sum := sha1.Sum(tdol.Fill(r.value))
	return sum[:], true
}

// prepareHash sets the bit for a default TDOL, which here is an empty one, before the
// verification results go into the same data (Book 3, 9.2.2).
func (r *run) prepareHash(list DOL) {
	if _, ok := r.card[TagTDOL]; !ok && list.Has(TagTCHash) {
		r.setTVR(5, 8)
	}
}

func (r *run) setARC(arc string) { r.terminal[TagARC] = []byte(arc) }
