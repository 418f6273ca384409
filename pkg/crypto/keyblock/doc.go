// Package keyblock wraps and unwraps symmetric keys in the key blocks of ANSI X9.143, also
// known as TR-31: text that says what a key is for, and protects both key and text under
// a key block protection key.
//
//	text, err := keyblock.Wrap(kbpk, keyblock.Header{
//		Version: 'D', Usage: "P0", Algorithm: 'A', Mode: 'E', KeyVersion: "00", Exportability: 'E',
//	}, pek, keyblock.Options{Random: random})
//	header, pek, err := keyblock.Unwrap(kbpk, text)
//
// [ParseHeader] reads what a block says of itself, without any key and so without any
// proof that it is true.
//
// The versions:
//
//	A  TDES, keys by variant. Read only: X9.143 withdrew it.
//	B  TDES, keys by derivation, code over header and clear key. Prefer it to C.
//	C  TDES, keys by variant, code over header and enciphered key. For old peers.
//	D  AES, keys by derivation, code over header and clear key. Prefer it to all.
//
// The length of a key is hidden: [Wrap] fills every key to the longest of its algorithm.
// A key is not wrapped under a weaker one unless [Options] says so.
package keyblock
