package oda

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"time"
)

// Keys are the authority keys that a terminal trusts, and the certificates that it
// does not trust any more. They never change, so any number of transactions may use
// them at once. A nil *Keys is empty.
type Keys struct {
	keys    []CAKey // by identifier and index
	revoked []Revocation
}

// Revocation names an issuer certificate that must not be trusted though it looks
// right (Book 2, 5.1.2).
type Revocation struct {
	RID    [5]byte
	Index  byte    // of the authority's key that signed it
	Serial [3]byte // of the certificate
}

// NewKeys makes a list. A key that is none is ErrKey; a second key of one scheme and
// index is ErrDuplicate, unless both are the same.
func NewKeys(keys []CAKey, revoked []Revocation) (*Keys, error) {
	list := &Keys{revoked: slices.Clone(revoked)}
	for _, k := range keys {
		if err := k.Key.check("certification authority key " + k.Name()); err != nil {
			return nil, err
		}
		if err := list.add(k); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list.keys, func(a, b CAKey) int {
		return bytes.Compare(append(a.RID[:], a.Index), append(b.RID[:], b.Index))
	})
	return list, nil
}

func (k *Keys) add(key CAKey) error {
	i := k.index(key.RID[:], key.Index)
	if i < 0 {
		k.keys = append(k.keys, key)
		return nil
	}
	if k.keys[i].Checksum() != key.Checksum() {
		return fault("certification authority key "+key.Name(), ErrDuplicate, "two of them that differ", "one")
	}
	return nil
}

// With is a list of the keys and revocations of both. Of a key that both have, the
// entry of k counts; keys that differ under one name are ErrDuplicate.
func (k *Keys) With(other *Keys) (*Keys, error) {
	return NewKeys(slices.Concat(k.All(), other.All()), slices.Concat(k.Revocations(), other.Revocations()))
}

// Len is the number of keys.
func (k *Keys) Len() int { return len(k.All()) }

// All are the keys, in the order of scheme and index.
func (k *Keys) All() []CAKey {
	if k == nil {
		return nil
	}
	return slices.Clone(k.keys)
}

// Revocations are the certificates that are not trusted any more.
func (k *Keys) Revocations() []Revocation {
	if k == nil {
		return nil
	}
	return slices.Clone(k.revoked)
}

// Find is the key of a scheme by its index. rid may be a whole AID: its first five
// bytes count. A key that is not there is ErrNoKey.
func (k *Keys) Find(rid []byte, index byte) (CAKey, error) {
	if k != nil && len(rid) >= 5 {
		if i := k.index(rid[:5], index); i >= 0 {
			return k.keys[i], nil
		}
	}
	return CAKey{}, fault(fmt.Sprintf("certification authority key %X %02X", rid[:min(5, len(rid))], index), ErrNoKey, "", "")
}

func (k *Keys) index(rid []byte, index byte) int {
	return slices.IndexFunc(k.keys, func(c CAKey) bool { return c.Index == index && bytes.Equal(c.RID[:], rid) })
}

// Issuer is the issuer's key of a card, by everything that the standard wants looked
// at: the authority's key and its end, the certificate, revocation (Book 2, 5.2, 5.3 and
// 6.2, 6.3). aid is the application, index tag 8F.
//
// Errors are those of [Keys.Find] and [RecoverIssuer], ErrKeyExpired and ErrRevoked.
func (k *Keys) Issuer(aid []byte, index byte, c Certificate, who Holder) (Certified, error) {
	ca, err := k.Find(aid, index)
	if err != nil {
		return Certified{}, err
	}
	if ca.Expired(who.Date) {
		return Certified{}, fault("certification authority key "+ca.Name(), ErrKeyExpired, ca.Expires.Format(time.DateOnly), who.Date.Format(time.DateOnly)+" or later")
	}
	issuer, err := RecoverIssuer(ca.Key, c, who)
	if err != nil {
		return Certified{}, err
	}
	if slices.Contains(k.revoked, Revocation{RID: ca.RID, Index: ca.Index, Serial: issuer.Serial}) {
		return Certified{}, fault(issuerCertificate, ErrRevoked, fmt.Sprintf("serial number %X", issuer.Serial), "")
	}
	return issuer, nil
}

// Expiring are the keys that may not be used any more so many days after a day, the
// next to go first: 0 days gives those that have expired already.
func (k *Keys) Expiring(day time.Time, within int) []CAKey {
	var going []CAKey
	for _, c := range k.All() {
		if c.Expired(day.AddDate(0, 0, within)) {
			going = append(going, c)
		}
	}
	slices.SortStableFunc(going, func(a, b CAKey) int { return dayOf(a.Expires) - dayOf(b.Expires) })
	return going
}

// Untrusted are the keys that no terminal in live use may have: those marked as test
// keys, and the key of [TestKeys] under whatever name.
func (k *Keys) Untrusted() []CAKey {
	ours := TestKeys().All()
	return slices.DeleteFunc(k.All(), func(c CAKey) bool {
		published := slices.ContainsFunc(ours, func(t CAKey) bool { return bytes.Equal(t.Key.Modulus, c.Key.Modulus) })
		return !c.Test && !published
	})
}

//go:embed testkeys.txt
var testKeys []byte

// TestKeys is the test authority of this module: one key under the identifiers of
// several schemes, with an index that they do not use. Its private part is in package
// virtual, for everybody to read: a card that it vouches for can be made by anyone.
func TestKeys() *Keys {
	keys, _ := ParseKeys(testKeys) // a test parses the file
	return keys
}
