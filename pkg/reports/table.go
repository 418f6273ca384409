package reports

import "github.com/tillworks/till/pkg/money"

// Table is a report's outcome as plain data: [Tabulate] makes one, a program may make
// its own, and every writer writes it.
type Table struct {
	Name     string // for programs, such as "items"; of letters, digits, - and _
	Title    Text
	Period   Period // what the table is about; zero is not said
	Compare  Period // what it is compared with; zero is nothing
	Columns  []Column
	Sections []Section
	Notes    []Text
	Chart    Chart
}

// Chart is how a page or a terminal draws a table beside its numbers.
type Chart uint8

// The charts. Bars and lines are drawn of the column that has Bar set.
const (
	NoChart Chart = iota
	BarChart
	LineChart // over time, in the order of the rows
	HeatChart // every number column with Heat set
)

// Column is one column of every section.
type Column struct {
	Key      string // for programs, such as "net"; one of its kind in a table
	Title    Text
	Kind     Kind
	Currency money.Currency // of Money, where it is not the section's
	Align    Align          // Natural: text is left, numbers are right
	Signed   bool           // a difference: a number above zero is shown with its plus
	Bar      bool           // this column is charted
	Heat     bool           // this column is part of the heat map
	Label    bool           // this column says what the row is, not how much
}

// Kind is what a column's or a cell's value is.
type Kind uint8

// The kinds of values. Numbers are whole: minor units of the currency for Money,
// thousandths for Thousandths, tenths of a percent for Percent.
const (
	AsColumn    Kind = iota // of a cell: as its column says; of a column: Words
	Words                   // Text, in both languages
	Code                    // Key, an identifier that is never a number: a barcode, a SKU
	Count                   // a whole number
	Thousandths             // a quantity, with up to three decimals
	Money
	Percent
)

// String is the name that programs read: "text", "code", "count", "quantity", "money" or
// "percent".
func (k Kind) String() string {
	switch k {
	case Code:
		return "code"
	case Count:
		return "count"
	case Thousandths:
		return "quantity"
	case Money:
		return "money"
	case Percent:
		return "percent"
	}
	return "text"
}

// IsNumber reports a kind whose value is a number.
func (k Kind) IsNumber() bool { return k >= Count }

// Align is the side at which a column stands.
type Align uint8

// The alignments.
const (
	Natural Align = iota
	Left
	Right
)

// Section is the rows of one currency. A table without money may have one section
// without a currency.
type Section struct {
	Currency money.Currency
	Title    Text // beside or instead of the currency; may be empty
	Rows     []Row
	Total    *Row // nil: no total
}

// Row is one row; it has a cell for each column of the table.
type Row struct {
	Kind  RowKind
	Cells []Cell
}

// RowKind is what a row stands for.
type RowKind uint8

// The kinds of rows.
const (
	Plain RowKind = iota
	Other         // the rest, folded into one row
	Sum           // a subtotal or a total
)

// String is the name that programs read: "row", "other" or "total".
func (k RowKind) String() string {
	switch k {
	case Other:
		return "other"
	case Sum:
		return "total"
	}
	return "row"
}

// Cell is one value. Use [Say], [ID], [Number], [Amount] and [None] to make one.
type Cell struct {
	Kind  Kind   // AsColumn: what the column says
	None  bool   // there is no such value: "-"
	Value int64  // of numbers
	Text  Text   // of Words
	Key   string // of Code; of Words, the key behind the text, may be empty
}

// Say is a cell of text, with the key that programs read, which may be empty.
func Say(key string, text Text) Cell { return Cell{Kind: Words, Key: key, Text: text} }

// ID is a cell of an identifier, which no writer takes for a number.
func ID(key string) Cell { return Cell{Kind: Code, Key: key} }

// Number is a cell of a number in the unit of its column's kind.
func Number(v int64) Cell { return Cell{Value: v} }

// Amount is a cell of money in minor units, whatever its column's kind is.
func Amount(minor int64) Cell { return Cell{Kind: Money, Value: minor} }

// None is a cell without a value: "-".
func None() Cell { return Cell{None: true} }

// Document is several tables under one title, such as a day's closing report.
type Document struct {
	Title  Text
	Tables []Table
	Notes  []Text
}

// Source is what writers write: a Table or a Document.
type Source interface {
	// Document is the tables in their order.
	Document() Document
}

// Document is a document of the table alone.
func (t Table) Document() Document { return Document{Tables: []Table{t}} }

// Document is the document itself.
func (d Document) Document() Document { return d }

// IsEmpty reports a table without any row.
func (t *Table) IsEmpty() bool {
	for i := range t.Sections {
		if len(t.Sections[i].Rows) > 0 {
			return false
		}
	}
	return true
}

// KindOf is the kind of a cell of a column.
func (t *Table) KindOf(column int, c *Cell) Kind {
	kind := c.Kind
	if kind == AsColumn {
		kind = t.Columns[column].Kind
	}
	return max(kind, Words)
}

// CurrencyOf is the currency of the money in a column of a section.
func (t *Table) CurrencyOf(column int, s *Section) money.Currency {
	if c := t.Columns[column].Currency; !c.IsZero() {
		return c
	}
	return s.Currency
}

// IsRight reports a column that stands at the right side.
func (c *Column) IsRight() bool { return c.Align == Right || c.Align == Natural && c.Kind.IsNumber() }

var (
	_ Source = Table{}
	_ Source = Document{}
)
