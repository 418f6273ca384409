package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// The uses of derived keys. A name is never given to another use.
const (
	useCard   = "till/v1/card"   // sealing cards
	useToken  = "till/v1/token"  // tokens of card numbers
	usePepper = "till/v1/pepper" // PINs of the staff
	useCheck  = "till/v1/check"  // the check value in root.id
)

// keySize is the length of the root key and of every derived key, in bytes.
const keySize = 32

// Vault seals and opens. It may be used by several goroutines at once.
type Vault struct {
	cards  cipher.AEAD
	token  []byte
	pepper []byte
}

// Open opens the vault under the shop's folder and makes its root key where the shop
// has none yet; several programs that start at once end up with one key. A key file
// that others can read, is damaged or is gone is a *till.Problem of till.CodeStore that
// names the file.
func Open(dir string) (*Vault, error) {
	root, err := openRoot(dir)
	if err != nil {
		return nil, err
	}
	defer clear(root)
	return derive(root)
}

func derive(root []byte) (*Vault, error) {
	key, err := deriveKey(root, useCard)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("card key: %w", err)
	}
	cards, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("card key: %w", err)
	}
	token, err := deriveKey(root, useToken)
	if err != nil {
		return nil, err
	}
	pepper, err := deriveKey(root, usePepper)
	if err != nil {
		return nil, err
	}
	return &Vault{cards: cards, token: token, pepper: pepper}, nil
}

// deriveKey is the key of one use. The root key is random already, so no salt is
// needed (RFC 5869, section 3.1).
func deriveKey(root []byte, use string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, root, nil, use, keySize)
	if err != nil {
		return nil, fmt.Errorf("deriving the key of %s: %w", use, err)
	}
	return key, nil
}

// checkValue tells root keys apart and tells nothing about them.
func checkValue(root []byte) (string, error) {
	key, err := deriveKey(root, useCheck)
	if err != nil {
		return "", err
	}
	defer clear(key)
	return hex.EncodeToString(key[:8]), nil
}

// TokenKey is the key under which card.PAN.Token makes the tokens of this shop, 32
// bytes. The caller gets a copy and may clear it.
func (v *Vault) TokenKey() []byte { return append([]byte(nil), v.token...) }

// Pepper is what the hashes of the staff's PINs need beside the PIN and what stands in
// the store, 32 bytes. The caller gets a copy and may clear it.
func (v *Vault) Pepper() []byte { return append([]byte(nil), v.pepper...) }

// sealedVersion leads every sealed card and names its format: this byte, the nonce of
// 12, the sealed plaintext, the tag of 16.
const sealedVersion = 1

// The plaintext is as long for every card: the length of the number, the number in 19
// places, the length of the expiry date, the date in 4.
const (
	panPlaces    = 19
	expiryPlaces = 4
	plainSize    = 1 + panPlaces + 1 + expiryPlaces
)

// SealCard seals a card number and its expiry date, which may be empty, for one
// transaction. The result is of the same length for every card and differs each time.
func (v *Vault) SealCard(id till.TxnID, pan card.PAN, exp card.Expiry) ([]byte, error) {
	if pan.IsZero() || id == "" {
		return nil, errors.New("sealing a card: no card number or no transaction")
	}
	if len(exp) > expiryPlaces {
		return nil, fmt.Errorf("sealing a card: expiry of %d characters, want 4 or none", len(exp))
	}
	plain := make([]byte, plainSize)
	defer clear(plain)
	plain[0] = byte(copy(plain[1:1+panPlaces], pan.Reveal()))
	plain[1+panPlaces] = byte(copy(plain[2+panPlaces:], exp))
	return v.cards.Seal([]byte{sealedVersion}, nil, plain, bound(id)), nil
}

// OpenCard opens what SealCard made for the same transaction. Anything else, and
// anything that was changed, is a *till.Problem of till.CodeStore.
func (v *Vault) OpenCard(id till.TxnID, sealed []byte) (card.PAN, card.Expiry, error) {
	if len(sealed) == 0 || sealed[0] != sealedVersion {
		return card.PAN{}, "", cannotOpen(id, errors.New("format is not known"))
	}
	plain, err := v.cards.Open(nil, nil, sealed[1:], bound(id))
	if err != nil {
		return card.PAN{}, "", cannotOpen(id, err)
	}
	defer clear(plain)
	pan, exp, err := parsePlain(plain)
	if err != nil {
		return card.PAN{}, "", cannotOpen(id, err)
	}
	return pan, exp, nil
}

func parsePlain(plain []byte) (card.PAN, card.Expiry, error) {
	if len(plain) != plainSize || plain[0] > panPlaces || plain[1+panPlaces] > expiryPlaces {
		return card.PAN{}, "", errors.New("plaintext has another form")
	}
	pan, err := card.ParsePAN(string(plain[1 : 1+plain[0]]))
	if err != nil {
		return card.PAN{}, "", err
	}
	exp := plain[2+panPlaces:]
	return pan, card.Expiry(exp[:plain[1+panPlaces]]), nil
}

// bound is what a sealed card is authenticated with: its use and its transaction.
func bound(id till.TxnID) []byte { return []byte(useCard + "\x00" + string(id)) }
