// Package emv speaks EMV 4.4 (Books 1, 3 and 4) to a contact chip card without moving
// a byte itself.
//
// # A payment
//
// [NewTransaction] makes the terminal's side of one payment. Hand each answer of the
// card to [Transaction.Next] and send the command that comes back, until it says that
// there is no more; then look at [Transaction.Decision]. Whatever carries the bytes,
// a PC/SC reader, a socket or a test, stays out of the package.
//
//	command, more, err := t.Next(nil)
//	for more && err == nil {
//		command, more, err = t.Next(send(command))
//	}
//
// If the decision is [GoOnline], send [Transaction.ICC] to the issuer, give its answer
// to [Transaction.Complete], and go round the loop once more from Next(nil).
//
// # Data objects
//
// [Reader] walks BER-TLV without allocating, [Parse] makes a [Tree] of it with the
// offset of every object, [Builder] writes it. [ParseDOL] and [DOL.Fill] are the lists
// by which a card asks for data. [Lookup] is the dictionary of tags, [Bits] says a bit
// table in words, and [Explain] says a whole dump in words, in English and Chinese.
//
// # Card data
//
// Errors, steps and explanations never hold a card number, a track or a PIN: the
// dictionary knows which values are sensitive, and they are masked before they become
// text. The number and the track of [Transaction.Card] are types that cannot be printed.
//
// # What is not here
//
// Offline data authentication is not performed, and the terminal verification results
// say so. Nothing here is approved by EMVCo.
package emv
