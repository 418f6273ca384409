// Package virtual is an EMV card made of software, and the reader that it is put into
// or held to. It runs a whole chip payment without hardware: application selection, the
// records, the cardholder's PIN, both cryptograms and the check of the issuer's
// answer, computed with published test keys, so that an issuer can verify what the
// card says and the card what the issuer says.
//
//	card := virtual.NewCard(virtual.Visa())
//	device := virtual.NewReader(card)
//	chip, err := device.Wait(ctx)
//
// # The card
//
// [Card.Exec] takes a command and gives the response, under T=1 or T=0 as the
// [Profile] says. The commands are those of EMV Book 1, 11.3 and Book 3, 6.5: SELECT
// by name, part of a name and next occurrence, READ RECORD, GET PROCESSING OPTIONS,
// GET DATA (9F36, 9F13, 9F17), VERIFY with a PIN in plaintext or enciphered, GET
// CHALLENGE, INTERNAL AUTHENTICATE, GENERATE AC with and without a signature, and EXTERNAL
// AUTHENTICATE, and in issuer scripts APPLICATION BLOCK and UNBLOCK, CARD BLOCK, PIN
// CHANGE/UNBLOCK, PUT DATA (9F23, 9F54) and UPDATE RECORD, each with its MAC. Where the
// standard leaves an answer to the card, the doc of the command's field or method says
// what this card does.
//
// A [Profile] that is contactless has the answer to reset that a reader makes up for such
// a card, the directory 2PAY.SYS.DDF01, and an identifier for the command FF CA 00 00, which
// a real reader answers. Applications of the shape of qVSDC give their cryptogram with GET
// PROCESSING OPTIONS, and take EXTERNAL AUTHENTICATE and scripts after they were selected
// again; those of the shape of M/Chip are read and asked for one cryptogram.
//
// A card is a small state machine, and a command out of its turn is answered 6985:
//
//	idle        nothing is selected          SELECT
//	directory   the PSE is selected          SELECT, READ RECORD
//	selected    an application is selected   SELECT, GET DATA, GET PROCESSING OPTIONS
//	initiated   options were given           SELECT, GET DATA, READ RECORD, VERIFY, GET CHALLENGE, INTERNAL AUTHENTICATE, GENERATE AC
//	online      the first AC was an ARQC     SELECT, GET DATA, READ RECORD, EXTERNAL AUTHENTICATE once, GENERATE AC, scripts
//	done        the last AC was given        SELECT, GET DATA, READ RECORD, scripts
//
// Scripts are taken where the transaction went online, and over the AAC of a blocked
// application, so that it can be unblocked.
//
// What a power cut does not change lives in the [Card], as in the memory of a real
// one: the transaction counter, the PIN and its tries, what scripts changed, what became of the last
// online transaction. [Card.Reset] forgets the rest.
//
// # Faults
//
// [Card.FailAt] and [Card.RemoveAt] make the n-th command fail, or the card leave, so
// that a terminal can be tested at every step of a payment.
//
// # Test data only
//
// The keys, numbers and the PIN of the profiles are published for testing. Nothing
// here is a secret and nothing here protects one.
package virtual
