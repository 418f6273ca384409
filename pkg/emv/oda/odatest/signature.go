package odatest

import (
	"crypto/sha1" // Book 2, annex B3.1 knows no other hash algorithm for RSA
	"slices"
)

// SignStatic signs the static data of a card with the issuer's key (Book 2, 5.1): tag
// 93. dac is the data authentication code that it carries.
func (k PrivateKey) SignStatic(dac [2]byte, static []byte) ([]byte, error) {
	inside, err := k.filled([]byte{0x03, 0x01, dac[0], dac[1]})
	if err != nil {
		return nil, err
	}
	return k.sign(inside, static)
}

// SignDynamic signs what the terminal asked with a card's key (Book 2, 6.5.1): tag
// 9F4B. number is the card's dynamic number, 2 to 8 bytes.
func (k PrivateKey) SignDynamic(number, asked []byte) ([]byte, error) {
	return k.signDynamic(append([]byte{byte(len(number))}, number...), asked)
}

// SignCombined signs a cryptogram with a card's key (Book 2, 6.6.1): tag 9F4B of the
// answer to GENERATE AC. cid is tag 9F27, ac tag 9F26, unpredictable tag 9F37;
// transaction as in oda.Cryptogram.
func (k PrivateKey) SignCombined(number []byte, cid byte, ac [8]byte, unpredictable [4]byte, transaction []byte) ([]byte, error) {
	sum := sha1.Sum(transaction)
	data := slices.Concat([]byte{byte(len(number))}, number, []byte{cid}, ac[:], sum[:])
	return k.signDynamic(data, unpredictable[:])
}

func (k PrivateKey) signDynamic(data, asked []byte) ([]byte, error) {
	inside, err := k.filled(append([]byte{0x05, 0x01, byte(len(data))}, data...))
	if err != nil {
		return nil, err
	}
	return k.sign(inside, asked)
}
