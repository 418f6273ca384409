// Package emv speaks EMV 4.4 (Books 1, 3 and 4) to a chip card without moving a byte
// itself.
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
// # Cards that are held to a reader
//
// [Config.Contactless] makes the same transaction one of EMV Contactless: the proximity
// directory (Book B), and then one of two paths. Cards of the shape of Visa's qVSDC (and
// UnionPay's) give their cryptogram in the answer to GET PROCESSING OPTIONS (Book C-3),
// cards of the shape of Mastercard's M/Chip are read and asked once (Book C-2). It is a
// test kernel, not a certified one: what a scheme's own tests look at, such as the
// magnetic stripe mode, relay resistance, torn transactions and data storage, is not
// there. [ErrUseContacts] and [ErrSeePhone] are ends that a person at the terminal must
// hear of.
//
// The issuer's word decides. After Complete the decision is known as soon as Next(nil)
// has returned; commands that come then only tell a card that is still there, and one
// that left costs nothing.
//
// # Who holds the card
//
// Where the card wants to know that, its list of methods is walked (Book 3, 10.5):
// [Config.OfflinePIN] gives a PIN that the card checks, in plaintext or enciphered,
// [Config.OnlinePIN] one for the issuer.
//
// # Data objects
//
// [Reader] walks BER-TLV without allocating, [Parse] makes a [Tree] of it with the
// offset of every object, [Builder] writes it. [ParseDOL] and [DOL.Fill] are the lists
// by which a card asks for data. [Lookup] is the dictionary of tags, [LookupFor] the same
// as one application means the tags that payment schemes use in their own ways. [Bits] says
// a bit table in words and [Flags] gives it whole; [Explain] says a whole dump in words, in
// English and Chinese, [ExplainOptions] with an application named or unmasked. [ParseIAD]
// takes issuer application data apart, [ExplainATR] an answer to reset, [StatusWord] says a
// status word and [ExplainOptions.ExplainTrack] a magnetic stripe.
//
// # Card data
//
// Errors, steps and explanations never hold a card number, a track or a PIN: the
// dictionary knows which values are sensitive, and they are masked before they become
// text. The number and the track of [Transaction.Card] are types that cannot be printed.
//
// # What is not here
//
// Offline data authentication is by RSA: SDA, DDA and CDA of package oda, not XDA. Nothing
// here is approved by EMVCo.
package emv
