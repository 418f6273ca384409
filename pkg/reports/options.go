package reports

// Options is how a writer writes. The zero value is English.
type Options struct {
	Lang     string // "en" or "zh"
	NoTotals bool   // leave out the rows of totals, for programs that add up themselves
	BOM      bool   // begin CSV and TSV with the mark by which Excel knows UTF-8

	// Of the terminal:
	ASCII bool // bars, shades and sparklines of ASCII characters
	Width int  // cells of a line; 0 is as wide as the table
}
