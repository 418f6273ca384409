// Package mac computes the message authentication codes of ISO/IEC 9797-1:2011 that
// payment systems use: MAC algorithm 1 (plain CBC-MAC) and MAC algorithm 3 (the
// "retail MAC"), both over DES, with padding methods 1 and 2, and the key check value
// of ANSI X9.24-1.
//
// Start with [Algorithm3] for EMV cryptograms and secure messaging, and for most MACs
// of field 64 and 128. The full eight bytes come back: a standard that asks for four
// takes the left ones.
//
// Compare a received code with [Verify], which takes the same time wherever the two
// first differ.
//
// Keys are raw bytes and are not kept. DES keys of 8, 16 and 24 bytes carry a parity
// bit in each byte that the cipher ignores, and so does this package.
package mac
