// Package hostsim is a card acquirer and the issuers behind it in one process, for the
// lab: it speaks ISO 8583:1987 to terminals, keeps a durable ledger and settles
// batches. It takes the published test cards and no others.
//
// [Open] opens a host on a folder, [Host.Serve] answers terminals over TCP, and
// [Host.ServeISO] answers one message, whoever carries it. [Host.Entries],
// [Host.Postings], [Host.Reversals] and [Host.Totals] show the books, [Host.Verify]
// checks them.
//
// # Whose request it is
//
// A request for money (0200) is known by terminal (field 41), batch (60) and trace
// number (11). The first one under these three is decided; the entry in the ledger,
// its postings and its answer are one commit, and the answer leaves after it. The same
// request again gets the same answer and posts nothing. What is compared is the kind,
// the card, the amount, the currency, the merchant and the original; if any of them
// differs it is another request under a taken number, answered 94.
//
// # Sales
//
// A sale names its card by number (2) or by track (35). In this order:
//
//	12  a reversal of it came first: "Reversals" below
//	58  the batch is closed
//	03  there is no merchant in field 42
//	12  the batch is in another currency
//	13  the amount is zero
//	91, 96  by a rule, see [Rules]: the issuer was not asked
//	14  the card is not a published test card
//	05  field 55 is there and its cryptogram is wrong: "Chip" below
//	54  the card is expired by the host's clock
//	05, 51, 54, 55, 61  by a rule
//	00  approved: 37 has a reference of twelve digits, 38 a code of six characters
//
// Merchants and cards are created when they are first seen.
//
// # Chip
//
// Field 55 is verified as an issuer does it. The card's key is derived from the master
// key by option A of EMV 4.4 Book 2, A1.4.1, with the number (2) and the sequence
// number (23); the version of the cryptogram, 10 or 18, is taken from the issuer
// application data (9F10); the data that the card signed is put together again from
// field 55, and the cryptogram (9F26), which must be a request (9F27), is computed and
// compared. The amount (9F02) and the currency (5F2A) under it must be those of fields
// 4 and 49. If anything of this fails the answer is 05, the ledger has the reason
// ([Entry.Reason]), and there is no field 55 in the answer: who did not prove to be the
// card gets no proof of the issuer. Otherwise the answer, be it an approval or a
// decline, carries tag 91: ARPC method 1 for version 10, method 2 for version 18.
//
// # Voids and refunds
//
// Both name their original by its reference (37) and by field 90. A void undoes the
// whole of a sale or a refund of the same terminal and batch; a refund pays back a part
// or the whole of a sale of the same merchant, of whatever batch. They are refused as
// sales are with 12, 58, 03 and 13, and with
//
//	25  there is no such original, it was declined, or it was reversed
//	64  the amount of a void, or the currency of a refund, is not the original's
//	12  the original was voided; a void of a void; a void of a sale with refunds;
//	    a refund of anything but a sale
//	13  a refund of more than is left of the original after its other refunds
//
// # Reversals
//
// A 0400 or 0420, and 0401 or 0421 when repeated, names by field 90 what must be undone,
// and is known by that: a repeat gets the answer of the first.
//
//	00  undone; or there was nothing to undo, since it was declined
//	25  never seen. A tombstone is left: when the delayed original comes it is refused
//	    with 12 and never posts
//	64  the amount or the currency is not the original's
//	58  it is posted in a batch whose totals were agreed on
//	12  it has a void or refunds that stand: undoing it too would pay back twice. Or it
//	    is the void of a refund for which the sale has no room any more
//
// 00 and 25 end the matter and are remembered; the others are for a person to look
// into, and are worked out anew each time. A request that was approved and reversed is
// answered with 12 when it is repeated: an approval that does not stand is not said
// again.
//
// # Batches
//
// A 0500 carries the terminal's totals of the batch in field 60: counts in 74 to 77,
// sums in 86 to 89, the net in 97 (D where debits exceed credits, C where credits
// exceed debits), the currency in 50; till.Totals tells what counts where. If they are
// the host's, the answer is 00 with 1 in field 66 and the batch is closed for good:
// later requests for it are refused with 58, and the same totals get the same answer
// again. If they differ, the answer is 95 with 2 in field 66 and the host's own totals
// in the same fields, and nothing has changed.
//
// # The rest
//
// A 0800 is answered 00 for the network codes (70) 001, 002 and 301. A message that
// lacks what its kind must have is answered 30, a message or processing code that is
// none of the above 12. An answer repeats fields 3, 4, 7, 11, 12, 13, 41, 42, 49, 50,
// 60 and 70 of its request, and has no card number.
//
// If the ledger fails before anything was written, a request for money is refused with
// 96. If its commit fails nobody knows what was written: then, and whenever a reversal
// or totals cannot be handled, there is no answer, and the terminal must ask again.
//
// # What is kept
//
// The folder holds host.db, a SQLite ledger to which rows are only added, and host.key.
// A card is known by an HMAC of its number under that key; no card number, track,
// expiry date or chip data of a request is written anywhere in any form. Every movement
// of money has two sides that sum to zero: one account for each card, one for each
// merchant.
package hostsim
