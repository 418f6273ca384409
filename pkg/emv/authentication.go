package emv

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/tillworks/till/pkg/emv/oda"
)

// Bits of tag 82, first byte, and of tag 9F33, third byte.
const (
	aipSDA = 0x40
	aipDDA = 0x20
	aipCDA = 0x01

	capSDA = 0x80
	capDDA = 0x40
	capCDA = 0x08
)

// authMethod is a way in which a card is authenticated offline.
type authMethod uint8

const (
	authNone authMethod = iota
	authSDA
	authDDA
	authCDA
)

// failed is the bit of the first byte of the verification results for a failure.
func (m authMethod) failed() int { return [...]int{8, 7, 4, 3}[m] }

func (m authMethod) words() words {
	return [...]words{
		{"No method in common with the card", "与卡片无共同的认证方法"},
		{"Static data authentication (SDA)", "静态数据认证（SDA）"},
		{"Dynamic data authentication (DDA)", "动态数据认证（DDA）"},
		{"Combined data authentication (CDA)", "复合动态数据认证（CDA）"},
	}[m]
}

// authentication is what a transaction knows of offline data authentication.
type authentication struct {
	method authMethod
	failed bool // and the bits say so
	static []byte
	// unsigned says that a record which the file locator marks is no template, so that
	// nothing it is signed with can hold (Book 3, 10.3).
	unsigned bool
	// icc is the card's key, zero until it is recovered.
	icc oda.PublicKey
	// sent is the data of PDOL, CDOL1 and CDOL2 as they went to the card, one behind the
	// other.
	sent []byte
}

// errUnsigned, errTagList and errUnpredictable are reasons for a failure that lie before
// any signature.
var (
	errUnsigned      = errors.New("a record to be authenticated is not a template 70")
	errTagList       = errors.New("the tag list names something other than the interchange profile")
	errUnpredictable = errors.New("the list does not ask for the unpredictable number")
)

// authenticateData is offline data authentication (Book 3, 10.3): of the methods that
// card and terminal have in common the strongest, and no other if that one fails.
func (r *run) authenticateData(then func() error) error {
	r.begin(StepAuthenticateData)
	r.auth.method = r.authMethod()
	r.note("%s", "%s", r.auth.method.words())
	switch r.auth.method {
	case authSDA:
		r.setTVR(1, 2)
		r.endAuthentication(r.verifyStatic())
	case authDDA:
		return r.verifyDynamic(then)
	case authCDA:
		r.prepareCombined()
	default:
		r.setTVR(1, 8)
	}
	return then()
}

func (r *run) authMethod() authMethod {
	can := func(card, terminal byte) bool {
		return r.card[TagAIP][0]&card != 0 && r.cfg.Capabilities[2]&terminal != 0
	}
	switch {
	case can(aipCDA, capCDA):
		return authCDA
	case can(aipDDA, capDDA) && !r.isContactless(): // the shape of M/Chip knows the combined one alone (Book C-2, 5.3)
		return authDDA
	case can(aipSDA, capSDA):
		return authSDA
	}
	return authNone
}

// endAuthentication sets the bits and says how it went.
func (r *run) endAuthentication(err error) {
	r.setTSI(8)
	if err == nil {
		r.note("The card is authentic", "卡片认证通过")
		return
	}
	r.auth.failed = true
	r.note("Failed: %s", "失败：%s", authFault(err))
	r.setTVR(1, r.auth.method.failed())
}

// verifyStatic is static data authentication (Book 2, 5).
func (r *run) verifyStatic() error {
	issuer, static, err := r.issuerAndData(TagSSAD)
	if err != nil {
		return err
	}
	code, err := oda.VerifyStatic(issuer.Key, r.card[TagSSAD], static)
	if err == nil {
		r.card[TagDAC] = code[:]
	}
	return err
}

// issuerAndData is the issuer's key and what it vouches for. Data that cannot be
// authenticated at all are the first fault; missing objects are marked all the same.
func (r *run) issuerAndData(also ...Tag) (issuer oda.Certified, static []byte, err error) {
	issuer, err = r.issuerKey(also...)
	static, fault := r.staticData()
	if fault != nil {
		err = fault
	}
	return issuer, static, err
}

// issuerKey is the issuer's key of the card (Book 2, 5.2 and 5.3), if the objects for it
// and those named are there.
func (r *run) issuerKey(also ...Tag) (oda.Certified, error) {
	for _, tag := range append([]Tag{TagCAKeyIndex, TagIssuerCertificate, TagIssuerExponent}, also...) {
		if len(r.card[tag]) == 0 {
			r.setTVR(1, 6)
			return oda.Certified{}, missing(StepAuthenticateData, tag)
		}
	}
	index := r.card[TagCAKeyIndex]
	r.terminal[TagTerminalCAKeyIndex] = index
	return r.cfg.CAKeys.Issuer(r.chosen.AID, index[0], r.certificate(TagIssuerCertificate, TagIssuerRemainder, TagIssuerExponent), r.holder())
}

func (r *run) certificate(signed, remainder, exponent Tag) oda.Certificate {
	return oda.Certificate{Signed: r.card[signed], Remainder: r.card[remainder], Exponent: r.card[exponent]}
}

// holder is whose certificates they must be.
func (r *run) holder() oda.Holder { return oda.Holder{PAN: r.data.PAN, Date: r.cfg.Date} }

// iccKey is the card's key (Book 2, 6.3 and 6.4).
func (r *run) iccKey() (oda.PublicKey, error) {
	if !r.auth.icc.IsZero() {
		return r.auth.icc, nil
	}
	issuer, static, err := r.issuerAndData(TagICCCertificate, TagICCExponent)
	if err != nil {
		return oda.PublicKey{}, err
	}
	icc, err := oda.RecoverICC(issuer.Key, r.certificate(TagICCCertificate, TagICCRemainder, TagICCExponent), static, r.holder())
	r.auth.icc = icc.Key
	return icc.Key, err
}

// pinKey is the key under which the card takes an enciphered PIN: its own for PINs, or
// where it has none the one of its signatures (Book 2, 7.1).
func (r *run) pinKey() (oda.PublicKey, error) {
	if _, ok := r.card[TagPINCertificate]; !ok {
		return r.iccKey()
	}
	issuer, err := r.issuerKey(TagPINExponent)
	if err != nil {
		return oda.PublicKey{}, err
	}
	pin, err := oda.RecoverPIN(issuer.Key, r.certificate(TagPINCertificate, TagPINRemainder, TagPINExponent), r.holder())
	return pin.Key, err
}

// staticData is the static data to be authenticated: the records that the file locator
// marks, and the interchange profile where the tag list names it (Book 3, 10.3).
func (r *run) staticData() ([]byte, error) {
	if r.auth.unsigned {
		return nil, errUnsigned
	}
	list, ok := r.card[TagSDATagList]
	switch {
	case !ok:
		return r.auth.static, nil
	case !bytes.Equal(list, []byte{byte(TagAIP)}):
		return nil, errTagList
	}
	return slices.Concat(r.auth.static, r.card[TagAIP]), nil
}

// keepSigned keeps a record for authentication: of files 1 to 10 what is inside the
// template, of the others the template too (Book 3, 10.3).
func (r *run) keepSigned(sfi byte, record []byte) {
	reader := NewReader(record)
	if !reader.Next() || reader.Object().Tag != TagRecord || reader.Object().End() != len(record) {
		r.auth.unsigned = true
		return
	}
	if sfi <= 10 {
		record = reader.Object().Value
	}
	r.auth.static = append(r.auth.static, record...)
}

// defaultDDOL is the terminal's list for a card that brings none (Book 2, 6.5.1).
func defaultDDOL() []byte { return []byte{0x9F, 0x37, 4} }

// verifyDynamic is dynamic data authentication (Book 2, 6.5): INTERNAL AUTHENTICATE with
// what the card's list asks for.
func (r *run) verifyDynamic(then func() error) error {
	list, err := r.ddol()
	if err == nil {
		_, err = r.iccKey()
	}
	if err != nil {
		r.endAuthentication(err)
		return then()
	}
	c, err := r.filled(StepInternalAuth, list, command{cla: 0x00, ins: 0x88, expect: true}, 0)
	if err != nil {
		return err
	}
	return r.ask(StepInternalAuth, c, func(a answer) error {
		signed, err := signedDynamic(a)
		if err != nil {
			return err
		}
		number, err := oda.VerifyDynamic(r.auth.icc, signed, c.data)
		if err == nil {
			r.card[TagSignedDynamic], r.card[TagICCDynamicNumber] = signed, number
		}
		r.endAuthentication(err)
		return then()
	})
}

// ddol is the dynamic data object list, which must ask for something that the card cannot
// foresee.
func (r *run) ddol() (DOL, error) {
	v, ok := r.card[TagDDOL]
	if !ok {
		v = defaultDDOL()
	}
	list, err := ParseDOL(v)
	if err == nil && !list.Has(TagUnpredictableNumber) {
		err = errUnpredictable
	}
	return list, err
}

// signedDynamic takes the signature from an answer of format 1 or 2 (Book 3, 6.5.9.4).
func signedDynamic(a answer) ([]byte, error) {
	if !a.ok() {
		return nil, badStatus(StepInternalAuth, a.sw)
	}
	tree, err := Parse(a.data, Strict)
	if err != nil {
		return nil, badFormat(StepInternalAuth, 0, err)
	}
	if o, ok := only(tree, TagResponse1); ok {
		return bytes.Clone(o.Value), nil
	}
	if _, ok := only(tree, TagResponse2); !ok {
		return nil, &Error{Step: StepInternalAuth, Offset: 0, Err: ErrFormat, Got: "another template", Want: "80 or 77"}
	}
	o, ok := tree.Find(TagResponse2, TagSignedDynamic)
	if !ok {
		return nil, missing(StepInternalAuth, TagSignedDynamic)
	}
	return bytes.Clone(o.Value), nil
}

// prepareCombined recovers the key before action analysis, so that a failure goes into
// the verification results and no signature is asked for (Book 4, 6.3.2.1).
func (r *run) prepareCombined() {
	list, err := ParseDOL(r.card[TagCDOL1])
	if err == nil && !list.Has(TagUnpredictableNumber) {
		err = errUnpredictable
	}
	if err == nil {
		_, err = r.iccKey()
	}
	if err != nil {
		r.endAuthentication(err)
		return
	}
	r.note("The card's key is right; its cryptogram must be signed with it", "卡片公钥有效；应用密文须由其签名")
}

// combines reports that a cryptogram of this kind is asked for with a signature.
func (r *run) combines(asked acType) bool {
	return r.auth.method == authCDA && !r.auth.failed && asked != typeAAC
}

// verifyCombined is the second half of combined data authentication: the signature over
// the cryptogram (Book 2, 6.6.2). It fills in the cryptogram that the signature holds.
func (r *run) verifyCombined(c *cryptogram) {
	signed, err := oda.Combined{}, missing(StepAuthenticateData, TagSignedDynamic)
	if len(c.signature) > 0 {
		signed, err = oda.VerifyCombined(r.auth.icc, c.signature, oda.Cryptogram{
			CID: c.cid, Unpredictable: [4]byte(r.terminal[TagUnpredictableNumber]), Transaction: slices.Concat(r.auth.sent, c.covered),
		})
	}
	if err == nil {
		c.ac = signed.AC
		r.card[TagICCDynamicNumber] = signed.Number
	}
	r.endAuthentication(err)
}

// authFault says in words why authentication failed.
func authFault(err error) words {
	for _, known := range []struct {
		cause error
		words words
	}{
		{errUnsigned, words{"a record to be authenticated is no template", "参与认证的记录不是模板"}},
		{errCardAuthData, words{"the card does not say what its signature covers", "卡片未说明签名所含内容"}},
		{errTagList, words{"the tag list names something other than the interchange profile", "标签列表含有 AIP 以外的内容"}},
		{errUnpredictable, words{"the card does not ask for the unpredictable number", "卡片未要求不可预知数"}},
		{ErrMissing, words{"card data for it are missing", "缺少所需的卡片数据"}},
		{oda.ErrNoKey, words{"the terminal does not have the scheme's key", "终端没有该卡组织的公钥"}},
		{oda.ErrKeyExpired, words{"the scheme's key has expired", "卡组织公钥已过期"}},
		{oda.ErrExpired, words{"a certificate has expired", "证书已过期"}},
		{oda.ErrRevoked, words{"the issuer's certificate was revoked", "发卡行证书已被撤销"}},
		{oda.ErrOwner, words{"a certificate belongs to another card", "证书属于另一张卡"}},
		{oda.ErrHash, words{"the data are not those that were signed", "数据与签名不符"}},
		{oda.ErrCryptogram, words{"the signature covers another kind of cryptogram", "签名对应的密文类型不符"}},
	} {
		if errors.Is(err, known.cause) {
			return words{fmt.Sprintf("%s (%v)", known.words.en, err), fmt.Sprintf("%s（%v）", known.words.zh, err)}
		}
	}
	return words{fmt.Sprintf("the signature cannot be read (%v)", err), fmt.Sprintf("无法读取签名（%v）", err)}
}
