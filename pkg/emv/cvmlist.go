package emv

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrCVMList is the cause of every refused CVM list.
var ErrCVMList = errors.New("not a list of cardholder verification methods")

// CVMMethod is the method in the first byte of a rule, without the bit that says what
// to do when it fails (EMV 4.4 Book 3, annex C3).
type CVMMethod byte

// The methods.
const (
	CVMFail                   CVMMethod = 0x00
	CVMPlaintextPIN           CVMMethod = 0x01
	CVMOnlinePIN              CVMMethod = 0x02
	CVMPlaintextPINSignature  CVMMethod = 0x03
	CVMEncipheredPIN          CVMMethod = 0x04
	CVMEncipheredPINSignature CVMMethod = 0x05
	CVMSignature              CVMMethod = 0x1E
	CVMNone                   CVMMethod = 0x1F
	CVMNotPerformed           CVMMethod = 0x3F // in results alone
	cvmContinue                         = 0x40 // bit 7 of the rule's first byte
)

// Text names the method in English or, for "zh", in Chinese.
func (m CVMMethod) Text(lang string) string {
	return coded(sayMethod, fmt.Sprintf("%02X", byte(m)), lang)
}

// CVMCondition is when a rule applies.
type CVMCondition byte

// The conditions.
const (
	CVMAlways         CVMCondition = 0x00
	CVMUnattendedCash CVMCondition = 0x01
	CVMNoCash         CVMCondition = 0x02 // neither kind of cash, nor cashback
	CVMIfSupported    CVMCondition = 0x03
	CVMManualCash     CVMCondition = 0x04
	CVMCashback       CVMCondition = 0x05
	CVMUnderX         CVMCondition = 0x06
	CVMOverX          CVMCondition = 0x07
	CVMUnderY         CVMCondition = 0x08
	CVMOverY          CVMCondition = 0x09
)

// Text says the condition in English or, for "zh", in Chinese.
func (c CVMCondition) Text(lang string) string {
	return coded(sayCondition, fmt.Sprintf("%02X", byte(c)), lang)
}

// CVMRule is one rule of a CVM list.
type CVMRule struct {
	Method CVMMethod
	// Continue says that the next rule is tried when this one fails.
	Continue  bool
	Condition CVMCondition
}

// Text is the rule in words.
func (r CVMRule) Text(lang string) string {
	then := pick(lang, "otherwise fail", "否则失败")
	if r.Continue {
		then = pick(lang, "otherwise try the next", "否则尝试下一条")
	}
	return r.Method.Text(lang) + pick(lang, ", ", "，") + r.Condition.Text(lang) + pick(lang, "; ", "；") + then
}

// code is the first byte of the rule as the card wrote it.
func (r CVMRule) code() byte {
	if r.Continue {
		return byte(r.Method) | cvmContinue
	}
	return byte(r.Method)
}

// CVMList is tag 8E: two amounts in minor units of the application's currency, and the
// rules in the order in which they are tried.
type CVMList struct {
	X, Y  uint32
	Rules []CVMRule
}

// ParseCVMList reads the value of tag 8E: two amounts of four bytes and rules of two.
// A list without rules is a list: Book 3, 10.5 treats it like an absent one.
func ParseCVMList(b []byte) (CVMList, error) {
	if len(b) < 8 || len(b)%2 != 0 {
		return CVMList{}, fmt.Errorf("%w: got %d bytes, want 8 and two for each rule", ErrCVMList, len(b))
	}
	list := CVMList{X: binary.BigEndian.Uint32(b), Y: binary.BigEndian.Uint32(b[4:])}
	for i := 8; i < len(b); i += 2 {
		list.Rules = append(list.Rules, CVMRule{
			Method: CVMMethod(b[i] & 0x3F), Continue: b[i]&cvmContinue != 0, Condition: CVMCondition(b[i+1]),
		})
	}
	return list, nil
}

// CVMResults is tag 9F34: the method that was tried last, its condition and how it
// went (Book 4, annex A4).
type CVMResults [3]byte

// The outcomes in the third byte.
const (
	CVMUnknown    byte = 0x00 // for signature and online PIN, which others check
	CVMFailed     byte = 0x01
	CVMSuccessful byte = 0x02
)

// Method is the method without the bit for what comes next.
func (r CVMResults) Method() CVMMethod { return CVMMethod(r[0] & 0x3F) }

// Outcome is the third byte.
func (r CVMResults) Outcome() byte { return r[2] }

// Text is the results in words.
func (r CVMResults) Text(lang string) string { return string(r.append(nil, lang)) }

func (r CVMResults) append(dst []byte, lang string) []byte {
	method, condition, result := hexOf(byte(r.Method())), hexOf(r[1]), hexOf(r[2])
	en, zh := sayMethod(method[:])
	dst = appendCoded(dst, en, zh, byte(r.Method()), lang)
	if r.Method() != CVMNotPerformed {
		en, zh = sayCondition(condition[:])
		dst = appendCoded(append(dst, pick(lang, ", ", "，")...), en, zh, r[1], lang)
	}
	en, zh = sayResult(result[:])
	return appendCoded(append(dst, pick(lang, ": ", "：")...), en, zh, r[2], lang)
}
