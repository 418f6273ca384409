package emv

import "bytes"

// IssuerAuth is what came of authenticating the issuer to the card with EXTERNAL
// AUTHENTICATE.
type IssuerAuth uint8

// The outcomes.
const (
	// IssuerAuthNone: the card did not ask for the command, or the issuer sent no data.
	// A card may still have checked the data within the second GENERATE AC.
	IssuerAuthNone IssuerAuth = iota
	IssuerAuthPassed
	IssuerAuthFailed
)

// String is the outcome in a word for programs.
func (a IssuerAuth) String() string {
	switch a {
	case IssuerAuthPassed:
		return "passed"
	case IssuerAuthFailed:
		return "failed"
	default:
		return "not performed"
	}
}

// Evidence is what shows how a decision came about: for the receipt, the journal and
// the argument afterwards. It holds no card number.
type Evidence struct {
	TVR        [5]byte    // tag 95
	TSI        [2]byte    // tag 9B
	CVMResults CVMResults // tag 9F34
	// CID, ATC, AC and IAD are those of the last cryptogram, the ARQC or the final one.
	CID byte    // tag 9F27
	ATC uint16  // tag 9F36
	AC  [8]byte // tag 9F26
	IAD []byte  // tag 9F10
	// ARQC is the request cryptogram, zeros if the card made none.
	ARQC [8]byte
	// ARC is tag 8A: the issuer's, or Y1, Z1, Y3, Z3 by the terminal.
	ARC string
	// AID is the application used.
	AID        []byte
	IssuerAuth IssuerAuth
	Scripts    []ScriptResult
}

// Evidence is what is known so far; all of it after the end.
func (t *Transaction) Evidence() Evidence {
	r := t.in.run
	e := r.evidence
	e.TVR, e.TSI, e.CVMResults = r.tvr, r.tsi, r.cvm
	e.IAD, e.AID = bytes.Clone(e.IAD), bytes.Clone(r.data.AID)
	e.ARC, e.IssuerAuth = string(r.terminal[TagARC]), r.authState
	e.Scripts = append([]ScriptResult(nil), r.scripts...)
	return e
}

// ICC is the chip data of the authorization request (field 55 of ISO 8583), BER-TLV in
// a fixed order: what the card signed, the cryptogram and what the issuer needs to judge
// it. It is nil unless the card made a request cryptogram, stays the same through
// Complete, and never holds the number or the track.
func (t *Transaction) ICC() []byte { return bytes.Clone(t.in.run.request) }

// FinalICC is the chip data as it stands now, for an advice, a reversal or a clearing
// record: the same objects with the last cryptogram, and 8A and 9F5B where there is a
// response code and were scripts. It is nil before the first cryptogram, and without 9F26
// where the card hid its cryptogram in a signature that does not hold.
func (t *Transaction) FinalICC() []byte {
	r := t.in.run
	if _, ok := r.card[TagCID]; !ok {
		return nil
	}
	out := r.chipData(append(r.requestTags(), TagARC))
	var results []byte
	for _, s := range r.scripts {
		results = s.Append(results)
	}
	if len(results) > 0 {
		out = AppendTLV(out, TagScriptResults, results)
	}
	return out
}

// requestTags are the objects of a request in their order.
func (r *run) requestTags() []Tag {
	tags := []Tag{
		TagAC, TagCID, TagIAD, TagUnpredictableNumber, TagATC, TagTVR, TagTransactionDate, TagTransactionType,
		TagAmount, TagCurrency, TagAIP, TagTerminalCountry, TagAmountOther, TagTerminalCapabilities, TagCVMResults,
		TagTerminalType, TagSerialNumber, TagDFName, TagTerminalVersion, TagSequenceCounter, TagPSN,
	}
	if r.isContactless() {
		tags = append(tags, TagFormFactor)
	}
	return tags
}

// chipData writes the objects that there are. The verification results are those that
// the cryptogram covers: a script that fails after it changes them no more.
func (r *run) chipData(tags []Tag) []byte {
	var b Builder
	for _, tag := range tags {
		v, ok := r.value(tag)
		if tag == TagTVR {
			v = r.signed[:]
		}
		if ok {
			b.Add(tag, v)
		}
	}
	return b.Bytes()
}
