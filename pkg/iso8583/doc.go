// Package iso8583 reads, writes and explains ISO 8583 messages.
//
// A [Spec] says how the messages of one dialect lie on the wire; package dialect ships
// some, [LoadSpec] reads others. A [Message] is filled by [Message.Set] or from a
// struct by [Message.Marshal] and packed by [Message.Pack]; [Spec.Unpack] reads one.
// [Spec.Explain] lays a message open byte by byte, in English or Chinese, and never
// fails: of a broken one it shows all that could be read, and the fault.
// [Spec.Decode] is for who reads millions: one pass, no copy, no allocation.
//
// [Spec.Repairs] tries what would make a broken message whole, [Spec.Validate] says
// everything that is wrong with one, against its type too, and [Diff] compares two.
//
// What carries messages over a connection is package link.
//
// # Dialects
//
// A field is known by its path: "4", "127.2" for a subfield, "55.9F26" for an element
// of BER-TLV, "55.9F26#2" for the second of that tag. A spec that is loaded is compiled
// into a plan that says of each field how its length is told, how its characters are
// coded and what may stand in it; see [Definition] for what there is. Whatever a spec
// asks for that cannot be done is refused when it is loaded.
//
// Text forms are the same in every dialect: the characters of the field at their full
// width ("000000001250"), hex for binary fields and for BER-TLV, a sign C or D and
// digits for x+n, '=' as the separator of a track. Code that sets and reads values does
// not see whether digits were packed.
//
// # Meanings
//
// Explanations say what values mean: types of transaction, how a card was read, merchant
// categories (ISO 18245), countries and currencies with the decimals of ISO 4217, the bits
// of EMV data objects. The edition is told by the message type. Where networks fill field
// 39 and others in ways of their own, the spec says whose they are: [Definition] names the
// network, or the name of the dialect does. A code that no public table holds has no
// meaning. The tables and their sources are in the folder tables.
//
// # Masking
//
// Card data is masked by what it is, not by where it happens to be printed. Fields and
// EMV data objects have a class: a card or account number is shown with its first six
// and last four digits (PCI DSS 4, 3.4.1), of a track no more than that number's, of a
// PIN block, a card verification value, an expiry date and a cardholder's name nothing.
// [Message.Value] masks by class, as do all formatting verbs, JSON, text and slog.
//
// What is for eyes (formatting, [Explanation], [Layout.AppendMasked]) is also swept for
// card numbers where no class tells of one: in private fields, free text, unknown and
// nested tags, as characters or packed, and in the raw bytes beside them. A number is
// known by its check digit and, where the standard puts something else, by the range
// and length of a brand. Errors hold places and figures and never a value.
//
// The clear text comes out by [Message.Reveal], [Layout.AppendReveal] and, into types
// that cannot be printed, [Message.Unmarshal]; unmarshalling card data into a string is
// an error.
//
// # Compatibility
//
// github.com/moov-io/iso8583 packs the messages and is the measure of the decoder: tests
// hold the two together on every dialect. Specs are its JSON format; files written by
// its users load unchanged, and [Spec.Definition] gives JSON that it loads, except that
// it cannot unpack a track in packed digits without a hook.
//
// The decoder is stricter where moov lets something pass unseen: bytes after the last
// field, a message type that is not four digits, a length with a sign, a pad nibble that
// is not blank, a last digit F, an indefinite TLV length. It is milder in two places:
// zero bytes between the elements of field 55, which EMV allows, and text in that field
// from before EMV, where it makes no TLV. Unlike moov it keeps the order and the
// duplicates of tags.
//
// Fields are those of ISO 8583:1987 as the dialects write them. Names, codes and
// structures follow the published standards: ISO 8583, ISO/IEC 7812 and 7813, ISO 4217,
// EMV 4.4.
package iso8583
