// Package out is the one way in which a command's result reaches the user: as text or
// a table for people, as CSV, TSV, JSON, NDJSON or Markdown for programs, to stdout
// or to a file that appears whole or not at all.
//
// A command binds an [Output] to its flags, [Output.Check] refuses everything that is
// wrong with them before the command does anything (a card must not be charged because
// of a misspelt field), and [Output.Write] takes the [Result]. Words for people go to
// stderr elsewhere; this package writes data only.
package out
