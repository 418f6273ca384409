// Package workingkey is what protects the messages between a terminal and its host: the
// keys that the host hands out at sign-on, under the terminal's master key.
//
// Three keys of triple DES travel as 60 bytes: for PINs (PIK), for message authentication
// codes (MAK) and for data (TDK), each as 16 bytes enciphered under the master key (TMK)
// and the first 4 bytes of a block of zeros enciphered under the key itself, its check
// value. This is how field 62 of a UnionPay sign-on has them where all keys are of double
// length.
package workingkey
