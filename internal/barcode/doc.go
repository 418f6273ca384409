// Package barcode reads the codes that a scanner types: what kind of code it is, whether
// its check digit is right, which article it names, and what else it says of it.
//
// [Parse] reads EAN-13, EAN-8, UPC-A, UPC-E, ITF-14 and GS1 element strings (GS1-128,
// DataMatrix, DataBar), and short codes of a shop's own in Code 39 or Code 128.
//
// # One article, one form
//
// The same article is printed as UPC-A in one country and as EAN-13 in another, as UPC-E
// on a small pack, and as an element string on a carton. [Code.Normal] is one form for
// all of them: the shortest of GTIN-8, GTIN-12, GTIN-13 and GTIN-14 that holds the
// number. The catalogue keeps codes in this form and looks them up by it.
//
// # Codes with a weight or a price
//
// A scale prints a code that holds how much is in the bag, or what it costs. Where it
// stands differs from country to country and from shop to shop, so it is a table of
// [Pattern], which [Patterns.Read] looks a code up in.
//
// # What is refused
//
// A wrong check digit, digits in a number that no code has, and what a spreadsheet makes
// of a code (6.9E+12, 5449000000996.0, zeros lost in front). Nothing is repaired on the
// quiet: the problem says what was read and what it may have been.
//
// Lengths, check digits and element strings follow the GS1 General Specifications,
// release 24.
package barcode
