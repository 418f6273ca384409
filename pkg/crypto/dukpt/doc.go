// Package dukpt derives the keys of one transaction from a base derivation key: DUKPT,
// derived unique key per transaction, with triple DES (ANSI X9.24-1:2009, annex A) and with
// AES (ANSI X9.24-3:2017).
//
// A terminal is loaded with an initial key and never holds the base derivation key. It
// sends a key serial number, KSN, with every transaction, whose last bits count
// them. A host has the base key and finds the rest by the KSN:
//
//	ksn, err := dukpt.ParseTDESKSN("FFFF9876543210E00001")
//	initial, err := dukpt.TDESInitialKey(bdk, ksn)
//	pek, err := dukpt.TDESWorkingKey(initial, ksn, dukpt.PIN)
//	pin, err := pinblock.Decipher(pinblock.ISO0, pek, block, pan)
//
// and with AES, where the working key may be of another kind than the base key:
//
//	mk, err := dukpt.AESWorkingKey(initial, ksn, dukpt.MACRequest, dukpt.AES256)
//
// Keys are of type [key.Key] and cannot be printed. A counter that the standard never
// uses is refused with [ErrCounter]: 0 is the initial key's own, and counts with more
// than 10 ones (AES: 16) are skipped by every terminal, so one that sends such a count
// is none.
//
// [TDESRegister] is the other side: the future keys of a terminal, each used once and
// then forgotten.
package dukpt
