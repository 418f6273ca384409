package hostsim

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/ac"
)

// IssuerKeys are the master keys of an issuer, from which the keys of its cards are
// derived: 16 bytes of triple DES, or 16, 24 or 32 of AES.
type IssuerKeys struct {
	Cryptogram      []byte // of application cryptograms
	Integrity       []byte // of the MAC of script commands
	Confidentiality []byte // of what script commands carry enciphered
}

// testKeys are the public test keys of the virtual cards: Visa's test key for
// cryptograms, and the patterns that test suites publish for scripts.
func testKeys() IssuerKeys {
	return IssuerKeys{
		Cryptogram:      fromHex("2315208C9110AD402315208C9110AD40"),
		Integrity:       fromHex("FEDCBA98765432100123456789ABCDEF"),
		Confidentiality: fromHex("89ABCDEF0123456776543210FEDCBA98"),
	}
}

// testAESKeys are the example keys of FIPS 197 and SP 800-38A.
func testAESKeys() IssuerKeys {
	return IssuerKeys{
		Cryptogram:      fromHex("2B7E151628AED2A6ABF7158809CF4F3C"),
		Integrity:       fromHex("000102030405060708090A0B0C0D0E0F"),
		Confidentiality: fromHex("101112131415161718191A1B1C1D1E1F"),
	}
}

// fromHex reads a constant of this file.
func fromHex(s string) []byte {
	b, _ := hex.DecodeString(s)
	return b
}

// orElse fills what is not there, and keeps copies.
func (k IssuerKeys) orElse(other IssuerKeys) IssuerKeys {
	either := func(a, b []byte) []byte {
		if a == nil {
			a = b
		}
		return slices.Clone(a)
	}
	return IssuerKeys{
		Cryptogram:      either(k.Cryptogram, other.Cryptogram),
		Integrity:       either(k.Integrity, other.Integrity),
		Confidentiality: either(k.Confidentiality, other.Confidentiality),
	}
}

func (k IssuerKeys) check(lengths ...int) error {
	for _, key := range [][]byte{k.Cryptogram, k.Integrity, k.Confidentiality} {
		if !slices.Contains(lengths, len(key)) {
			return fmt.Errorf("issuer master key of %d bytes, want one of %d", len(key), lengths)
		}
	}
	return nil
}

// keysOf are the keys of one card for a cryptogram version.
func (h *Host) keysOf(v ac.CVN, pan card.PAN, psn string) (k ac.ScriptKeys, err error) {
	issuer := h.keys
	if v.UsesAES() {
		issuer = h.aesKeys
	}
	for _, d := range []struct {
		to   *ac.Key
		from []byte
	}{{&k.Cryptogram, issuer.Cryptogram}, {&k.Integrity, issuer.Integrity}, {&k.Confidentiality, issuer.Confidentiality}} {
		if *d.to, err = ac.MasterKey(v, d.from, pan, psn); err != nil {
			return ac.ScriptKeys{}, err
		}
	}
	return k, nil
}
