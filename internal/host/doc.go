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
// The message of a request is the first row of [Profile.Rows] that fits its operation, its
// kind, the kind of what it names and why it is told. In every profile 11 is the trace
// number, 41 the terminal, 42 the merchant, 12 and 13 the shop's own time, 4 and 49 the
// amount, 22 how the card was read; a chip has 2, 14, 23 and 55, a stripe 35 alone, a keyed
// card 2 and 14. 37 names an original by its reference, 38 has the code of what is completed,
// or of what was approved by telephone, 39 why a reversal undoes, or Y1 or Y3 of what a chip
// approved by itself. 54 has cash that is handed out (type 40) or a tip (44), and in answers
// what a card holds (02). 48 has CV, the printed verification value, which is sent once, and
// IP, a plan of instalments, each with two digits of length.
//
//	                        iso87-ascii, iso87-bcd, nac-pos     unionpay-pos
//	                        0     3       25                    0     3       25  60.1
//	sale                    0200  000000  00                    0200  000000  00  22
//	sale with cash          0200  090000  00                    0200  000000  00  22
//	cash advance            0200  010000  00                    0200  010000  00  22
//	pre-auth, increment     0100  030000  06                    0100  030000  06  10
//	completion              0200  000000  06                    0200  000000  06  20
//	completion, told        0220  000000  06                    0220  000000  06  24
//	void of a pre-auth      0100  020000  06                    0100  200000  06  11
//	void of a completion    0200  020000  00                    0200  200000  06  21
//	void of another         0200  020000  00                    0200  200000  00  23
//	refund                  0200  200000  00                    0220  200000  00  25
//	sale approved offline   0220  000000  00                    0220  000000  00  36
//	sale by telephone       0220  000000  00                    0220  000000  00  30
//	tip                     0220  000000  00                    0220  000000  00  34
//	balance                 0100  310000  00                    0200  310000  00  01
//	reversal                0400, and 0401 from the second time on, with the codes of what it undoes
//	record of a batch       0320, likewise, without anything of the card
//
//	                        iso87        nac-pos                unionpay-pos
//	                        0     70     0     3                0     60.3
//	sign-on                 0800  001    0800  920000           0800  004
//	sign-off                0800  002    0800  980000           0820  002
//	echo                    0800  301    0800  990000           0820  301
//	download                0800  162    0800  930000           0800  360
//	TC                      0320 940000  0320  940000           0320  203
//	script result           0620         0620                   0620  951
//	totals                  0500         0500  920000           0500  201
//	totals after upload     0500 960000  0500  960000           0500  202
//
// Where each layout has the rest:
//
//	                        iso87           nac-pos                    unionpay-pos
//	batch                   60              60, and 0320: type, STAN   60.2
//	original                90, 37          62 (its STAN), 37          61 (batch, STAN, date), 37
//	what a reversal undoes  90              11                         61
//	time of a transaction   7 (UTC)         13, 12                     13, 12
//	totals                  74 to 89, 97    63, net of voids           48, by what charges and gives back
//	part asked for          72              63                         62
//	part, and whether more  62, 63          62, 63                     62, begins with 1 or 0
//	working keys            -               62                         62
//	48 of the above         48              48                         62
//	only the host has       63              63, behind the totals      62
//	code of a message       -               64, ANSI X9.19             64, UnionPay's
//	PIN                     -               52, 53                     52, 53, 26
//
// A reversal, a notice and a record carry no track, no PIN and no verification value, so
// they can be built from what may be stored. Field 7 of a request for money, or 12 and 13,
// is the moment of its intent: later messages name it by that, and the store keeps no other
// time. testdata/messages has every message in words.
//
// # Keys
//
// The answer to a sign-on brings working keys under the terminal's master key, see
// [workingkey.Open]; each is proved by its check value before till.Answer.Keys has them, as
// they came. They come back in till.Request.Keys and are in the clear inside of
// [Profile.Request] and [Profile.Answer] alone. What needs them and has none is
// [ErrNoKeys], and nothing is sent. Codes are over the bytes as they are on the wire, and
// an answer without its code, to a message that had one, is none ([ErrMAC]). Which have one
// is told by the class of the message type, [Authentication.Classes]:
//
//	                                        nac-pos   unionpay-pos
//	01xx, 02xx  money and balances          64        64
//	04xx        reversals                   64        64
//	0620        results of scripts          64        64
//	03xx        records, TCs                64        -
//	0500        totals                      64        -
//	08xx        network: keys come by it    -         -
//
// # The answers
//
// An answer is believed only if its message type, and its fields 3, 4, 11, 41 and 49
// where the request has them, are the request's, but for the amount of a partial approval
// and of a record; 42 is compared where the host sends it. Anything else is an
// [InvalidAnswer]: it is no decline, since whatever the host did, it did not say it about
// this request.
//
// # Errors of an exchange
//
//   - [link.ErrNotSent]: nothing left the machine, nothing is owed;
//   - [link.ErrLinkLost], context.DeadlineExceeded, *[InvalidAnswer] and [ErrMAC]: the host may
//     have acted, and the request must be reversed;
//   - [ErrSignOn]: the host did nothing about what is owed, and it is still owed; the terminal
//     signs on again. With ErrMAC it is an answer that nobody proved: it undoes no doubt.
package host
