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
// What is asked for money (0100, 0200) and what is told of it (0220, 0221) is known by
// terminal (field 41), batch (60) and trace number (11). The first one under these three is
// decided; the entry in the ledger, its postings and its answer are one commit, and the
// answer leaves after it. The same again gets the same answer and posts nothing. What is
// compared is the kind, the card, the amount, the currency, the merchant and the original;
// if any of them differs it is another one under a taken number, answered 94.
//
// # What asks an issuer
//
// A sale, a pre-authorization and a cash advance name their card by number (2) or by track
// (35). In this order:
//
//	12  a reversal of it came first: "Reversals" below
//	58  the batch is closed
//	03  there is no merchant in field 42
//	12  the batch is in another currency
//	13  the amount is zero, or less than the cash that goes with it
//	91, 96  by a rule, see [Rules]: the issuer was not asked
//	14  the card is not a published test card
//	05  field 55 is there and its cryptogram is wrong: "Chip" below
//	54  the card is expired by the host's clock
//	N7  field 48 has a CVV2 and it is not the card's, see [CVV2]
//	55, 75  the PIN is wrong, or there were too many wrong ones: "PINs" below
//	01, 05, 51, 54, 55, 61, Q9  by a rule
//	10  by a rule: field 4 of the answer is the half that is approved
//	00  approved: 37 has a reference of twelve digits, 38 a code of six characters
//
// Merchants and cards are created when they are first seen. A sale may hand out cash (54,
// type 40) and be paid in instalments (48); both are kept. A balance inquiry (processing
// code 31) passes the same tests and is written nowhere: every card begins with 10,000.00,
// less what was posted and what is held.
//
// # What is held
//
// A pre-authorization holds its amount, and an increment more: in accounts of their own,
// in no totals and in no settlement file. A completion releases all that is held and posts
// a sale of at most 115 % of it, once; a void of the pre-authorization releases all, a void
// of the completion takes the sale back and holds again what was held. They name the
// pre-authorization, of whatever batch, by 37 and 90, and are refused with 25 where there is
// none, with 12 where it is completed or voided, and with 13 above the limit.
//
// # What is told
//
// A notice (0220, repeated as 0221) is not asked: the goods are gone. A sale that a chip
// approved offline (39 is Y1 or Y3) or an issuer by telephone (38) is posted, be the card
// expired or the rule of its amount a decline; what its last cryptogram (TC) says is kept
// as the reason of the entry and told in field 44. Only a card that nobody issued is
// refused, with 14. A tip is posted to a sale or completion of the same terminal and batch;
// a void of that sale takes it back, and a refund may pay it back. Refunds and completions
// by notice are bounded like those that ask.
//
// # Chip
//
// Field 55 is verified as an issuer does it. The version of the cryptogram is found by
// the application (84) and its issuer application data (9F10), any that package ac
// knows; the card's key is derived from the master key with the number (2) and the
// sequence number (23); the data that the card signed is put together again from field
// 55, and the cryptogram (9F26), which must be a request (9F27), is computed and
// compared. The amount (9F02) and the currency (5F2A) under it must be those of fields
// 4 and 49. If anything of this fails the answer is 05, the ledger has the reason
// ([Entry.Reason]), and there is no field 55 in the answer: who did not prove to be the
// card gets no proof of the issuer. Otherwise the answer, be it an approval or a
// decline, carries tag 91 in the form of the version, and the script that a rule orders
// ([Script]) in a template 71 or 72.
//
// Position 8 of field 44 of the answer tells the terminal, as Visa's Base I does: 2, the
// cryptogram was checked and is right; 1, it was checked and is wrong. Where nobody
// checked, the field is not there.
//
// # Voids and refunds
//
// Both name their original by its reference (37) and by field 90. A void undoes the whole
// of what the same terminal did in the same batch: a sale with its tips, a completion, a
// cash advance, a refund; and a pre-authorization with its increments, in whatever batch. A
// refund pays back a part or the whole of a sale or completion of the same merchant, of
// whatever batch. They are refused as sales are with 12, 58, 03 and 13, and with
//
//	25  there is no such original, it was declined, or it was reversed
//	64  the amount of a void, or the currency of a refund, is not the original's
//	12  the original was voided; a void of a void, a tip or an increment; a void of a sale
//	    with refunds; a refund of anything but a sale or completion
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
//	12  something that stands was done to it since: a void, a refund, a tip, an increment,
//	    a completion. Undoing it too would pay back twice. Or it is a void whose original
//	    has no room any more: a refund in its sale, a completion in what is held
//
// 00 and 25 end the matter and are remembered; the others are for a person to look
// into, and are worked out anew each time. A request that was approved and reversed is
// answered with 12 when it is repeated: an approval that does not stand is not said
// again.
//
// Each kind is undone exactly: a reversed completion holds again, a reversed increment holds
// the less. The amount of a reversal of a part may be the part or what was asked.
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
// The terminal then tells its records (0320), one after another: 00 where the host has the
// record; 64 with the host's own amount where that is another; 25 where it was declined or
// reversed here. A record that the host never had is taken into its books, if what it names
// allows it, and answered 00. The totals come again in the trailer (0500, processing code
// 96), and are answered as before; where they still differ the batch stays open.
//
// A host can differ on purpose: see the rules for .45, which its totals forget until its
// record comes, and .46, of which it insists on one minor unit more.
//
// # The rest
//
// A 0800 is answered 00 for the network codes (70) 001, 002 and 301; a sign-on with the
// host's clock in 12 and 13. 162 asks for part 72 of the parameters: the file
// parameters.txt in the host's folder or else what is built in, in parts of 200 bytes in
// 62, with 1 in 63 where another follows. The TC of a chip sale (0320, processing code 94)
// and the result of a script (0620) are kept once and answered 00; [Host.Confirmations]
// shows them. A message that lacks what its kind must have is answered 30, a message or
// processing code that is none of the above 12. An answer repeats fields 3, 4, 7, 11, 12,
// 13, 41, 42, 49, 50, 60 and 70 of its request, and has no card number.
//
// If the ledger fails before anything was written, a request for money is refused with
// 96. If its commit fails nobody knows what was written: then, and whenever a notice, a
// reversal or totals cannot be handled, there is no answer, and the terminal must ask again.
//
// # Orders
//
// [Host.ServeOrdered] answers one message under [Orders]: another response code, posted
// or not, totals that differ, an answer that was changed before it left. Who plays with
// answers and connections is package faultlink.
//
// # Terminals of other layouts
//
// Messages in the dialects nac-pos and unionpay-pos are read in the layouts that package
// host describes, and answered in them. A sign-on brings working keys under the terminals'
// master key (Config.Master); they are handed out again until a message was proved by
// them, and until then the ones of before are good too. What asks for money, tells of it or
// undoes it, a balance inquiry and the result of a script must have the right code in field
// 64, in nac-pos totals and records too; a message that has not is refused, by A0 in
// unionpay-pos and 88 in nac-pos, and nothing is written. Answers to these have a code, and
// no others: a UnionPay host sends its 0510 and 0330 without. Totals are compared as far as the layout can say them.
//
// # PINs
//
// A PIN (52, ISO 9564-1 format 0) that is not 1234 is refused with 55 and counted for its
// card; after [MostPINTries] of them in a row any PIN of the card is refused with 75, the right
// one too, and is counted no more. Sales without a PIN go on. The tries are given back by a
// right PIN in a request that is approved, by the amount that unblocks the PIN of a chip
// (.82, see [Rules]), and by [Host.GiveBackPINs]. A request that is sent again is no other
// try. A reversal changes no count, in either direction: it undoes money, and whoever gave
// the PIN has heard whether it was right. What is no PIN block under the terminal's key is
// nobody's try; it is refused with 99 in unionpay-pos and 88 in nac-pos, which want the
// terminal to sign on again.
//
// # What is kept
//
// Working keys of terminals are sealed under host.key. The folder holds host.db, a SQLite ledger to which rows are only added, and host.key.
// A card is known by an HMAC of its number under that key; no card number, track,
// expiry date, verification value or chip data of a request is written anywhere in any
// form. Every movement of money has two sides that sum to zero: one account for each card,
// one for each merchant. What is held has two sides in accounts of its own. A ledger of an
// older version is brought to the current one when it is opened.
package hostsim
