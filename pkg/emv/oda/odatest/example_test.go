package odatest_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/emv/oda/odatest"
)

// An issuer certifies a card, and the card signs what a terminal asks.
func Example() {
	pan, _ := card.ParsePAN("4761739001010010") // published for tests
	issuer, icc := newKey(1024), newKey(1024)
	static := []byte("what the records hold")
	cert, err := issuer.CertifyICC(icc.Public(), pan, static, odatest.Terms{Expires: time.Date(2031, 12, 31, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		fmt.Println(err)
		return
	}
	sdad, err := icc.SignDynamic([]byte{0xCA, 0xFE}, []byte{1, 2, 3, 4})
	if err != nil {
		fmt.Println(err)
		return
	}

	// The terminal's side.
	today := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	certified, err := oda.RecoverICC(issuer.Public(), cert, static, oda.Holder{PAN: pan, Date: today})
	if err != nil {
		fmt.Println(err)
		return
	}
	number, err := oda.VerifyDynamic(certified.Key, sdad, []byte{1, 2, 3, 4})
	fmt.Printf("%X %v\n", number, err)
	_, err = oda.VerifyDynamic(certified.Key, sdad, []byte{9, 9, 9, 9})
	fmt.Println(err)
	// Output:
	// CAFE <nil>
	// signed dynamic data (tag 9F4B): hash does not match the data
}

func newKey(bits int) odatest.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return odatest.PrivateKey{}
	}
	key, _ := odatest.NewPrivateKey(k.N.Bytes(), k.D.Bytes(), []byte{1, 0, 1})
	return key
}
