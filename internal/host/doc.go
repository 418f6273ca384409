// Package host says what the terminal asks in the messages of a card host, and reads
// its answers.
//
// A [Profile] is the data of one kind of host: dialect, framing and the tables of
// codes. [Profile.Request] makes a message of a till.Request and [Profile.Answer] reads
// the answer to it; both are pure. [Link] is one connection that does both around
// [link.Client].
//
// # The messages
//
// All are of ISO 8583:1987. Field 41 is the terminal, 42 the merchant, 11 the trace
// number, 60 the batch as six digits, 7 the time in UTC, 12 and 13 the shop's own.
//
//	sale       0200  3 is 000000, 4 and 49 the amount, 22 how the card was read, 25 is 00;
//	                 chip: 2, 14, 23, 55 · stripe: 35 alone · keyed: 2, 14
//	void       0200  3 is 020000, no card: 37 and 90 name the original
//	refund     0200  3 is 200000, no card: 37 and 90 name the original
//	reversal   0400  3, 4, 11, 22, 49 and 60 of what it undoes, 2 and 14 where a card was
//	                 read, 39 why, 90 the undone message; 0401 from the second time on
//	sign-on    0800  70 is 001
//	echo       0800  70 is 301
//	totals     0500  74 to 77 counts, 86 to 89 sums, 97 net, 50 the currency
//
// A reversal carries no track, no PIN and no chip data, so it can be built from what
// may be stored. Field 7 of an 0200 is the moment of its intent: field 90 of a later
// message names the 0200 by it, and the store keeps no other time.
//
// Field 90 is the message type of the original (4 digits), its trace number (6), its
// field 7 (10), and the acquirer and forwarder (11 each), zero here.
//
// # The answers
//
// An answer is believed only if its message type, and its fields 3, 4, 11, 41 and 49
// where the request has them, are the request's; 42 is compared where the host sends
// it. Anything else is an [InvalidAnswer]: it is no decline, since whatever the host
// did, it did not say it about this request.
//
// # Errors of an exchange
//
//   - [link.ErrNotSent]: nothing left the machine, nothing is owed;
//   - [link.ErrLinkLost], context.DeadlineExceeded and *[InvalidAnswer]: the host may
//     have acted, and the request must be reversed.
package host
