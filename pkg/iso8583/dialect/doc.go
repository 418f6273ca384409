// Package dialect holds the specs that ship with package iso8583.
//
// A dialect is an edition of the standard in a coding. The table of the edition (which
// field holds what, of which length) is written once, in the notation of the standard;
// a coding turns each line of it into a field on the wire, and a further table says what
// a network has changed. [Infos] tells what there is without compiling anything, and of
// each dialect the public sources of its facts and what no public source shows: the
// documents of the card networks are confidential, and who has one loads a spec of his
// own with [iso8583.LoadSpec].
//
// # The plain standard
//
//   - iso87-ascii: ISO 8583:1987. Characters and length prefixes in ASCII; bitmaps as
//     16 hex characters, or 32 when a field over 64 is there; binary fields (52, 64,
//     96, 128) as 16 hex characters; field 55 BER-TLV as bytes behind an ASCII
//     LLL; the reserved and private fields (46 to 48, 56 to 63, 105 to 127) as bytes,
//     whatever they hold.
//   - iso87-ascii-128: the same with 32 hex characters of bitmap always, bit 1 clear, as
//     programs write it that took a sample spec of moov-io/iso8583 for the standard.
//   - iso87-ascii-binbmp: the same with bitmaps and binary fields as bytes. Some hosts
//     write binary fields in hex characters behind a binary bitmap; that is a spec of
//     one's own.
//   - iso87-bcd: ISO 8583:1987 as hosts behind a TPDU speak it. Digits packed two a
//     byte, length prefixes packed (LL one byte, LLL two), bitmaps and binary fields as
//     bytes, all else ASCII. A fixed field of an odd number of digits has its pad
//     nibble, 0, in front: "051" in field 22 is 00 51. A variable
//     one (2, 32, 33, 99, 100) and track 2 (35) have it behind, written as 0 and read as
//     0 or F. The separator '=' of track 2 is the nibble D; tracks 1 and 3 are ASCII.
//     Fields x+n (28 to 31, 97) are a sign in ASCII and packed digits. Currency codes
//     (49 to 51) are ASCII.
//   - iso87-ebcdic: every character and every length prefix in EBCDIC (code page 500),
//     bitmaps and binary fields as bytes; iso87-ebcdic-hexbmp has its bitmaps in hex
//     characters of ASCII, as some mainframes write them.
//   - iso93-ascii, iso93-bcd, iso93-ebcdic: ISO 8583:1993 in the same codings: 12 digits
//     of date and time in field 12, a point of service data code in 22, function code in
//     24, action code of three digits in 39. Fields 53, 55 and 96 are bytes behind a
//     length in every coding. Tracks are characters in all of them. Field 55 is BER-TLV,
//     and bytes where not even its first element is. iso93-bcd-left has the pad nibble
//     of an odd number of digits behind it also in fixed fields, which is how a widely
//     used library reads the edition.
//   - iso2003: ISO 8583:2003 in packed digits, left-justified. Amounts (4 to 6) carry
//     their currency and its minor units; 34, 43, 44, 49 and 104 hold datasets: BER-TLV
//     for identifiers up to 70, elements behind a bitmap after it. Only the elements of 43
//     and 49 that a public program names have names here.
//
// # Hosts and terminals
//
//   - nac-pos: iso87-bcd as terminals behind a TPDU send it. The wire is the same; what
//     differs from one acquirer to the next, 48 and 60 to 63, stays bytes.
//   - unionpay-pos: terminals of UnionPay, behind a TPDU and a header of six bytes.
//     Field 22 is left-justified, 23 right-justified, the tracks are packed; 60 and 61 are
//     numbers whose parts share bytes; 48 is laid out where it is the 62 digits of totals,
//     and digits alone elsewhere (batch upload divides it otherwise); 62 stays bytes, for
//     what it holds depends on the transaction.
//   - base24: behind "ISO" and nine digits. Fields 63 and 126 hold tokens where they start
//     with "& ", and text elsewhere; of the tokens only those of EMV have names, none has
//     parts.
//   - postilion: ASCII behind a binary bitmap; 127 has six digits of length, a bitmap of
//     its own and parts. 127.25, whose form differs by version, is text.
//
// # Networks
//
//   - visa-base1: BASE I and SMS, behind a header of 22 bytes. Digits packed with the odd
//     nibble in front, characters in EBCDIC, every length one byte that counts digits of
//     packed fields and bytes of others; 62, 63 and 126 are parts behind a bitmap, 55 and
//     104 datasets. Of the parts those are laid out that public programs show; 60 is shown
//     as its digits.
//   - mastercard-ipm, -ascii, -hexbmp, -ascii-hexbmp: clearing messages of Mastercard, in
//     EBCDIC or ASCII, with bitmaps as bytes or hex characters. Field 43 is name, street
//     and city up to a backslash each, then postal code, region and country; 48, 62 and
//     123 to 125 hold private data subelements with a tag of four characters and a length
//     of three. The blocks of the files are framing.
//   - amex-gcag: authorization messages of American Express in EBCDIC. 22, 43, 60, 61, 63,
//     112 and 113 have their parts, 53 is the card's code and hidden, 55 stays bytes: its
//     positional layout is not told apart from BER-TLV by anything public.
//
// What moov-io/iso8583 cannot say of these (parts of packed numbers, delimiters, tokens,
// the bitmap of a dataset, prefixes of five and six digits) is in keys of
// [iso8583.Definition] that it ignores.
//
// What stands in front of a message (a length, a TPDU, a network's header) is framing:
// package link.
package dialect
