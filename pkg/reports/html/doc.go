// Package html writes reports as one web page that needs nothing else: no script, no
// font, no picture from elsewhere. It can be mailed, kept for years and printed.
//
// [Write] takes a table or a document of package reports. Each table has its totals, a
// chart that is drawn as SVG (bars, a line over time, or a heat map) and the numbers as
// a real table, which is what screen readers and searches use; each mark of a chart says
// its value when it is pointed at. The page follows the reader's choice of light or dark
// and has a style of its own on paper. It is well-formed XML, too.
package html
