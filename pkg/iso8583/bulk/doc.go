// Package bulk reads every message of an input, whatever the input is and however many
// they are: package dump makes bytes of it, package detect finds what the bytes are, and
// what is known of each message is handed out in the order of the input.
//
// [Explain] writes one line of JSON a message, [Measure] joins requests with their
// answers and counts, [Walk] gives the messages one by one.
//
// # Memory
//
// Explain and Measure work on all processors and hold a few blocks of 256 KiB of input
// and what is made of them, a few MB a worker; nothing grows with the input. Requests
// that wait for their answers are bounded by [Options.Pending]. Repairs are tried for the
// first broken messages alone (see [Options.Repairs]): they cost as much as a thousand
// sound ones.
//
// # Places
//
// Of a message [iso8583.Origin] says which one it is, counted over all inputs, in which
// line it begins, and at which byte: of the input where it is raw, of the connection in a
// capture, and of the bytes of its record in all text formats. What was found in front of
// it, a length or a TPDU, is before that byte.
package bulk
