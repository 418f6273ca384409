// Package catalogue reads and writes the articles of a shop as CSV.
//
// [Read] takes the file of a spreadsheet in our own columns, or what Square, Loyverse,
// Shopify, opensourcepos and SumUp export, told apart by their headers, and compares it
// with what the shop has. It gives back a [Preview]: for every line whether it is new,
// changes something, is the same or is refused, and why. It changes nothing; what a shop
// does with the preview is the shop's affair.
//
// # Nothing is guessed
//
// A price with a currency sign, a comma or separators of thousands, a number in
// scientific notation, a barcode that has lost its zeros, a tax class nobody knows: each
// is an [Issue] with a code, what was read and what to do. A line with such an issue is
// refused. Where something was filled in or left out, an issue that does not refuse the
// line says so.
//
// # Spreadsheets and formulas
//
// A cell that begins with = + - @ or an apostrophe is a formula to a spreadsheet, and a
// way to run one on somebody else's machine (OWASP: CSV injection). [Write] puts an
// apostrophe in front of such a text; Read takes it off again, so that what was written
// reads back as it was.
package catalogue
