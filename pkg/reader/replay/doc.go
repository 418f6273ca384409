// Package replay records what a terminal and a card say to one another, without the
// card's data, and plays it back as a card: a case from the field becomes a test.
//
//	recorder := replay.Record(device, time.Now)
//	… take a card from recorder and pay …
//	err := recorder.Trace().Write(file)
//
//	trace, err := replay.Parse(file)
//	card, err := replay.NewReader(trace, replay.Options{}).Wait(ctx)
//
// # The file
//
// A trace is lines of JSON. Each card begins with a line that says so, and each command
// to it has a line, in order:
//
//	{"till_trace":1,"kind":"chip","reader":"ACS ACR39U 00 00","atr":"3BE000FF81317C4192","at":"2026-11-29T09:00:00Z"}
//	{"us":412,"took":1530,"command":"00A404000E315041592E5359532E444446303100","response":"6F20…9000"}
//	{"us":9120,"took":10000000,"command":"00B2010C00","error":"unanswered"}
//
// Bytes are hexadecimal. us is when the command was sent, in microseconds from at, and
// took how long it was until the answer. The procedure bytes of T=0 are answers like any
// other. error is in the place of a response: "removed" (the card left), "unanswered"
// (the terminal gave up) or "failed". A stripe is its first line alone, with kind
// "stripe" and its track 2. A reader of the format passes over names that it does not
// know, and refuses another till_trace than 1.
//
// # What is masked
//
// [Trace.Write] writes no card data, whatever the trace was made of, and what it writes
// still plays back, since every length stays:
//
//   - The card number becomes one that is published for tests, of the same length, and of
//     the same brand where that brand publishes one; the same number becomes the same
//     everywhere, as digits or as text, inside other objects and across the pieces of an
//     answer that came by GET RESPONSE. A number that is published already stays.
//   - Of tracks the number, expiry and service code stay, in that sense; the rest is
//     zeros. Names become TEST/CARD. PINs, PIN blocks and reference data in commands,
//     tokens of an account, and the serial number of a contactless card become zeros.
//   - What a card's data can be recovered from or guessed by becomes zeros too: signed
//     static data and the certificates of its keys (90, 93, 9F46, 9F2D). Offline data
//     authentication of a masked trace therefore fails, and a signature that holds the
//     cryptogram (9F4B of combined authentication) becomes a cryptogram of zeros.
//   - In objects of unknown meaning, whatever holds a card number becomes zeros.
//
// Cryptograms stay. They tell nothing without the issuer's keys, and they no longer
// verify, since the number is another.
//
// # Playing back
//
// What a terminal sends again depends on its clock, its random numbers and the amount, so
// the data of the commands that carry such values may differ, in the same length: GET
// PROCESSING OPTIONS, GENERATE AC, INTERNAL and EXTERNAL AUTHENTICATE, VERIFY, and
// commands with secure messaging. All else must be byte for byte what it was, in its
// order, or the command fails with a [MismatchError] that names the line. Commands that a
// terminal may do without (GET DATA, GET CHALLENGE, VERIFY, INTERNAL AUTHENTICATE) may be
// left out.
package replay
