// Package reports makes tables of what a shop did, and writes them for people and for
// programs.
//
// # A report
//
// A program feeds lines, says what it wants to see, and gets a table:
//
//	table, err := reports.Tabulate(reports.Lines(lines...), reports.Spec{
//		Title:    reports.Text{EN: "Items", ZH: "商品"},
//		Rows:     []reports.Dimension{reports.ByItem},
//		Measures: []reports.Measure{reports.Quantity, reports.Net},
//		Order:    reports.Order{By: reports.Net},
//		Top:      20,
//	})
//	err = reports.WriteTerminal(os.Stdout, table, reports.Options{Lang: "zh"})
//
// A [Line] is one fact: a sold line, a payment, or already a sum over many of them; the
// table is the same. [Tabulate] adds the lines up by one or two [Dimension] values, and
// across by one more for a heat map, in one pass; what it keeps grows with the number of
// groups, never with the number of lines. The engine knows nothing of SQL or of files.
//
// # Numbers
//
// Every measure of a line is a whole number: minor units of the line's currency,
// thousandths of a quantity, or a count. Sums are checked for overflow. Currencies are
// never added: a table has a [Section] for each, with a total of its own. What is
// derived (an average, a margin, a share) is computed from the sums alone, never from
// other derived numbers, and rounded once, half away from zero: an average to the minor
// unit, a percentage to one decimal. Where the divisor is not above zero, as on a day
// with nothing but refunds, there is no such number and the cell says "-".
//
// # Days
//
// A [Day] is a business day, the whole number 20260301; [BusinessDay] finds it for a
// moment, a time zone and the hour at which the shop's day begins. [ParsePeriod] reads
// "2026-03", "last-week" and the like; [Period.Previous] and [Period.YearBefore] give
// what a period is compared with.
//
// # Writers
//
// [WriteTerminal], [WriteCSV], [WriteTSV], [WriteJSON], [WriteNDJSON] and
// [WriteMarkdown] write a [Table], or a [Document] of several, in English or Chinese.
// Workbooks and web pages are written by the packages xlsx and html below this one, so
// that a program that does not want them does not carry them. A Table is plain data: a
// program may make one itself, of stock or of anything else, and use the same writers.
package reports
