package oda_test

import (
	"testing"

	"github.com/tillworks/till/pkg/emv/oda"
)

// BenchmarkCombined is all that a terminal computes for one card with combined data
// authentication: two certificates and a signature.
func BenchmarkCombined(b *testing.B) {
	c := chains()(b)
	said := oda.Cryptogram{CID: 0x80, Unpredictable: [4]byte{1, 2, 3, 4}, Transaction: make([]byte, 100)}
	sdad, err := c.icc.SignCombined([]byte{1, 2, 3, 4, 5, 6, 7, 8}, said.CID, [8]byte{}, said.Unpredictable, said.Transaction)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		issuer, err := c.keys.Issuer([]byte{0xA0, 0, 0, 0, 3, 0x10, 0x10}, 0x92, c.issuerCert, c.who)
		if err != nil {
			b.Fatal(err)
		}
		icc, err := oda.RecoverICC(issuer.Key, c.iccCert, c.static, c.who)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := oda.VerifyCombined(icc.Key, sdad, said); err != nil {
			b.Fatal(err)
		}
	}
}
