package odatest

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/oda"
)

// Terms are what a certificate says beside the key.
type Terms struct {
	Expires time.Time // a day in the last month
	Serial  [3]byte
}

// CertifyIssuer makes an issuer's certificate with an authority's key (Book 2, 5.1): the
// issuer is named by the first eight digits of a card number. The result is tags 90, 92
// and 9F32.
func (k PrivateKey) CertifyIssuer(issuer oda.PublicKey, pan card.PAN, t Terms) (oda.Certificate, error) {
	return k.certify(0x02, packed(pan.Reveal()[:min(8, pan.Len())], 4), issuer, t, nil)
}

// CertifyICC makes a card's certificate with the issuer's key (Book 2, 6.1), over the
// static data to be authenticated: tags 9F46, 9F48 and 9F47.
func (k PrivateKey) CertifyICC(icc oda.PublicKey, pan card.PAN, static []byte, t Terms) (oda.Certificate, error) {
	return k.certify(0x04, packed(pan.Reveal(), 10), icc, t, static)
}

// CertifyPIN makes the certificate of a card's key for PINs with the issuer's key (Book
// 2, 7.1): tags 9F2D, 9F2F and 9F2E.
func (k PrivateKey) CertifyPIN(key oda.PublicKey, pan card.PAN, t Terms) (oda.Certificate, error) {
	return k.certify(0x04, packed(pan.Reveal(), 10), key, t, nil)
}

func (k PrivateKey) certify(format byte, owner []byte, key oda.PublicKey, t Terms, static []byte) (oda.Certificate, error) {
	month, _ := hex.DecodeString(t.Expires.Format("0106"))
	head := slices.Concat(
		[]byte{format}, owner, month, t.Serial[:], []byte{0x01, 0x01, byte(key.Size()), byte(len(key.Exponent))},
	)
	room := max(0, k.Public().Size()-22-len(head))
	cut := min(room, key.Size())
	c := oda.Certificate{Remainder: slices.Clone(key.Modulus[cut:]), Exponent: slices.Clone(key.Exponent)}
	inside, err := k.filled(append(head, key.Modulus[:cut]...))
	if err != nil {
		return oda.Certificate{}, err
	}
	c.Signed, err = k.sign(inside, c.Remainder, c.Exponent, static)
	return c, err
}

// packed is digits two to a byte with F behind, n bytes.
func packed(digits string, n int) []byte {
	digits += strings.Repeat("F", max(0, 2*n-len(digits)))
	b, _ := hex.DecodeString(digits[:2*n])
	return b
}
