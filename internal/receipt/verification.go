package receipt

import (
	"encoding/hex"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// verified is how the shopper was verified.
type verified struct {
	statement i18n.Text
	signature bool // the merchant copy is signed
}

// verification writes how the shopper was verified, and the line to sign on the
// merchant copy. Nobody signs what was not approved.
func (s *sheet) verification(t till.Txn, c Copy) {
	v := verificationOf(t)
	signed := v.signature && t.Outcome() == till.OutcomeApproved
	if !v.statement.IsZero() && (signed || !v.signature) {
		s.line("")
		s.center(s.say(v.statement))
	}
	if signed {
		s.signature(c)
	}
}

func (s *sheet) signature(c Copy) {
	if c != Merchant {
		s.center(s.say(i18n.T("Signed on the merchant copy", "签名见商户存根")))
		return
	}
	s.line("")
	s.line("")
	s.line("X" + strings.Repeat("_", s.width-1))
	s.note(i18n.T("CARDHOLDER SIGNATURE", "持卡人签名"))
	s.note(i18n.T("I agree to pay the amount above.", "本人确认以上交易，同意记入本卡账户。"))
}

// verificationOf is EMV's CVM results (tag 9F34) where a chip was read, a signature for
// a stripe, nothing for a keyed number or where no card was read.
func verificationOf(t till.Txn) verified {
	switch {
	case t.Tender != till.Card:
		return verified{}
	case t.Chip != nil && t.Chip.CVM != "":
		return cvmResults(t)
	case t.Entry == till.Swipe || t.Entry == till.Fallback:
		return verified{i18n.T("SIGNATURE", "签名"), true}
	case t.Entry == till.Manual:
		return verified{statement: i18n.T("NO CARDHOLDER VERIFICATION", "未验证持卡人")}
	}
	return verified{}
}

// Cardholder verification methods, bits 6 to 1 of byte 1 of the CVM results (EMV
// Book 3, annex C3, table CVM codes; the biometric ones came with version 4.4).
const (
	cvmFail             = 0x00
	cvmPlainPIN         = 0x01 // checked by the chip
	cvmOnlinePIN        = 0x02
	cvmPlainPINSigned   = 0x03
	cvmCipherPIN        = 0x04 // enciphered, checked by the chip
	cvmCipherPINSigned  = 0x05
	cvmBiometricFirst   = 0x06 // face, finger, palm, iris and voice, by the chip and online
	cvmBiometricLast    = 0x0f
	cvmSignature        = 0x1e
	cvmNoneRequired     = 0x1f
	cvmNonePerformed    = 0x3f
	cvmMethodBits       = 0x3f
	cvmResultFailed     = 0x01 // byte 3; 00 unknown, as for a signature; 02 successful
	cvmResultsByteCount = 3
)

// cvmResults reads tag 9F34: method, condition, result (EMV Book 4, 6.3.4.5 and annex
// A4).
func cvmResults(t till.Txn) verified {
	b, err := hex.DecodeString(t.Chip.CVM)
	if err != nil || len(b) != cvmResultsByteCount {
		return verified{statement: i18n.T("VERIFICATION NOT KNOWN", "验证结果不明")}
	}
	method, failed := b[0]&cvmMethodBits, b[2] == cvmResultFailed
	switch {
	case b[0] == cvmNonePerformed:
		return verified{statement: i18n.T("NO CVM PERFORMED", "未进行持卡人验证")}
	case failed || method == cvmFail:
		return verified{statement: i18n.T("CARDHOLDER NOT VERIFIED", "持卡人验证失败")}
	}
	return cvmMethod(method, t)
}

// cvmMethod is the statement for a method that did not fail.
func cvmMethod(method byte, t till.Txn) verified {
	pin := i18n.T("PIN VERIFIED", "密码验证通过")
	switch {
	case method == cvmPlainPIN && t.Entry == till.Tap:
		// No contactless card takes a PIN of the terminal: a kernel that reports this
		// method means the phone or watch that was tapped.
		return verified{statement: i18n.T("VERIFIED BY CARDHOLDER'S DEVICE", "持卡人设备验证通过")}
	case method == cvmPlainPIN, method == cvmCipherPIN:
		return verified{statement: pin}
	case method == cvmOnlinePIN:
		return verified{statement: onlinePIN(t, pin)}
	case method == cvmPlainPINSigned, method == cvmCipherPINSigned:
		return verified{statement: i18n.T("PIN VERIFIED AND SIGNATURE", "密码验证通过并签名"), signature: true}
	case method >= cvmBiometricFirst && method <= cvmBiometricLast:
		return verified{statement: i18n.T("BIOMETRIC VERIFIED", "生物特征验证通过")}
	case method == cvmSignature:
		return verified{statement: i18n.T("SIGNATURE", "签名"), signature: true}
	case method == cvmNoneRequired:
		return verified{statement: i18n.T("NO CVM REQUIRED", "免密免签")}
	}
	return verified{statement: i18n.T("VERIFICATION NOT KNOWN", "验证结果不明")}
}

// onlinePIN is a PIN that the issuer checks: only its approval says that it was right.
func onlinePIN(t till.Txn, approved i18n.Text) i18n.Text {
	if t.Outcome() == till.OutcomeApproved {
		return approved
	}
	return i18n.T("PIN ENTERED", "已输入密码")
}
