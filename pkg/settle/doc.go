// Package settle reads settlement files and matches them against one's own records, in
// whole minor units and with a reason for every line.
//
// # A day
//
// A processor sends a file of what it settled; a shop has a journal of what it sold.
// Reconciling is four questions, in this order: what is this file, is it whole, which
// of its rows are ours, and what did it cost.
//
//	det := formats.Detect(head)                 // what is it, and why
//	f, sure := det.Sure()
//	theirs := settle.Files(settle.File{Name: "0912.csv", Format: f, Open: open})
//	res, err := settle.Match(ctx, settle.Slice(journal), theirs, settle.Options{Day: day})
//
// [Match] reads both sides, proves the totals that the files state of themselves before
// it compares a single row, pairs the rows by [Rules] in their order, verifies the fees
// and gives a [Result]: so many matched, by which rule, and every other row exactly once
// as an [Exception] with its reason, its age and the rows it is about. The same input
// gives the same bytes, in whatever order the rows came, with however little memory.
//
// # Records
//
// A [Record] is one movement of money as its source states it: gross, fee and net in
// minor units of one currency, signed from the shop's side (a sale is positive, a refund
// negative, a fee that the shop pays positive), with the references by which it can be
// found again and the file, line and byte that it came from. Nothing is ever rounded on
// reading: a fifth decimal, an exponent, a sign that contradicts the type or a net that
// is not gross less fee is a [RowError] at its place, and reading goes on with the next
// row. A card number is masked before it becomes part of a record.
//
// # Formats
//
// A [Format] is compiled from a [Spec], a YAML text that says where in a row each field
// lies (by the names of the header, by position or by width in bytes), the encoding, the
// rules of signs, decimals, dates and types, and which totals the file states of itself.
// The shipped specs are in package formats; [LoadSpec] takes anybody's own and refuses a
// wrong one with the line. [Detect] ranks formats against the head of a file and tells
// the evidence; it is sure only where one format fits and no other does.
//
// # Size
//
// The engine keeps of a row a fixed number of bytes (the hashes of its keys under each
// rule, amounts, place), spread over partitions by hash. Above [Options.Memory] the
// partitions are written to one temporary file, and then joined one at a time. No text
// of a row is ever written there, so neither is a card number. The full rows of the
// exceptions alone are read again from their source by offset.
package settle
