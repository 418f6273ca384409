// Package mac computes the message authentication codes that payment systems use, and
// the key check values by which two people compare a key without seeing it.
//
//   - [Algorithm1] and [Algorithm3] are plain CBC-MAC and the "retail MAC" of ISO/IEC
//     9797-1:2011 over DES, with padding methods 1 and 2. [X919] is what ANSI X9.19 and
//     most acquirers of field 64 and 128 mean: algorithm 3 with padding method 1.
//   - [CMACTDES] and [CMACAES] are CMAC of NIST SP 800-38B, which is MAC algorithm 5 of
//     ISO/IEC 9797-1. Key blocks, AES DUKPT and EMV with AES rest on it.
//   - [UnionPay] is the code of China UnionPay's terminal specification, known as the
//     ECB algorithm: the message is folded into one block before a cipher sees it.
//
// Start with [Algorithm3] for EMV cryptograms and secure messaging of triple DES. The
// full code comes back: a standard that asks for four bytes takes the left ones.
//
// Compare a received code with [Verify] or [VerifyBytes], which take the same time
// wherever the two first differ.
//
// Keys are raw bytes and are not kept. DES keys of 8, 16 and 24 bytes carry a parity
// bit in each byte that the cipher ignores, and so does this package.
package mac
