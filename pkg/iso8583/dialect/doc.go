// Package dialect holds the specs that ship with package iso8583.
//
// A dialect is an edition of the standard in a coding. The table of the edition (which
// field holds what, of which length) is written once, in the notation of the standard;
// a coding turns each line of it into a field on the wire.
//
// # Dialects
//
//   - iso87-ascii: ISO 8583:1987. Characters and length prefixes in ASCII; bitmaps as
//     16 hex characters, or 32 when a field over 64 is there; binary fields (52, 64,
//     96, 128) as 16 hex characters; field 55 BER-TLV as bytes behind an ASCII
//     LLL; the reserved and private fields (46 to 48, 56 to 63, 105 to 127) as bytes,
//     whatever they hold.
//   - iso87-bcd: ISO 8583:1987 as hosts behind a TPDU speak it. Digits packed two a
//     byte, length prefixes packed (LL one byte, LLL two), bitmaps and binary fields as
//     bytes, all else ASCII. A fixed field of an odd number of digits has its pad
//     nibble, 0, in front: "051" in field 22 is 00 51. A variable
//     one (2, 32, 33, 99, 100) and track 2 (35) have it behind, written as 0 and read as
//     0 or F. The separator '=' of track 2 is the nibble D; tracks 1 and 3 are ASCII.
//     Fields x+n (28 to 31, 97) are a sign in ASCII and packed digits. Currency codes
//     (49 to 51) are ASCII.
//
// The TPDU itself, and the length in front of a message, are framing: package link.
package dialect
