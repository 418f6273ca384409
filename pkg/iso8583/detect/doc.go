// Package detect finds out what a run of bytes is: which framing stands around an ISO 8583
// message and which dialect the message is in, by evidence. [New] gives a [Detector];
// Detect looks at one message, Split and Splitter cut runs of bytes and connections into
// messages, and a Session looks at millions of them.
//
// # Evidence
//
// A candidate is an envelope (a length, a TPDU, a header) behind which a message type
// stands, and a dialect that writes its message types so. Each is decoded, and what comes
// of it is weighed: every piece of [Evidence] has points in bits, n points for what random
// bytes would show once in 2^n times. What only says that bytes are digits or can be
// printed counts little, whatever the length of the field, so that a reading which takes
// all for one large field gains nothing.
//
// # Confidence
//
// "sure" is a reading without a fault, to the last byte, of at least 40 points and 12 more
// than the best reading that says something else. Two dialects that give the same fields
// and values do not compete. "likely" and "guess" need less, and a broken message may have
// them by what stands before its fault. Below that there is no answer: a program that was
// asked about something else than ISO 8583 is told so.
//
// Nothing here holds a value of a message: evidence is places and figures.
package detect
