package emv_test

import "encoding/hex"

// unhex is for hexadecimal in tests.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}
