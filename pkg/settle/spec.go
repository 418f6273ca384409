package settle

// Spec says in words of YAML how the rows of a format lie and what they mean. It is
// data: [NewFormat] compiles it, [LoadSpec] reads and compiles.
type Spec struct {
	Name     string `yaml:"name"`     // "wechat-bill": lower case, digits, hyphens
	Title    Text   `yaml:"title"`    // for people
	Kind     string `yaml:"kind"`     // "csv" or "fixed"
	Encoding string `yaml:"encoding"` // "utf-8" (a BOM is dropped), "gbk" or "latin1"

	Separator string `yaml:"separator"` // csv: one ASCII character, "," unless it is said
	Guard     string `yaml:"guard"`     // csv: a character before every value; in a row that begins with it a separator counts only before it
	Comment   string `yaml:"comment"`   // lines that begin so are no rows
	Header    string `yaml:"header"`    // csv: "named" (the usual), "optional" or "none"; without a header cells go by At
	Lead      *Lead  `yaml:"lead"`      // csv: rows that say in their first cell what they are
	Gap       bool   `yaml:"gap"`       // fixed: one blank byte between two fields
	Filler    int    `yaml:"filler"`    // fixed: bytes at the end of a row that mean nothing
	Start     string `yaml:"start"`     // regular expression of the first line, which is no row
	End       string `yaml:"end"`       // regular expression of the line after which no row may come, and without which the file is cut off

	Zone     string            `yaml:"zone"`     // of times: "+08:00", "UTC", "Europe/Paris"
	Zones    map[string]string `yaml:"zones"`    // what the column "zone" may say, where its words are no zone's name
	Currency string            `yaml:"currency"` // of rows that state none

	Columns []Column    `yaml:"columns"`
	Types   []TypeRule  `yaml:"types"`  // the first that fits says the type; without any every row is a sale
	Totals  []TotalRule `yaml:"totals"` // what the file states of itself
}

// Lead is the first cell of the rows of a format in which each row says what it is.
type Lead struct {
	Header string   `yaml:"header"` // of the line that names the columns; names stand after the first cell
	Rows   []string `yaml:"rows"`   // of the rows that are records
	Others []string `yaml:"others"` // of the rows that are something else
	End    string   `yaml:"end"`    // of the row after which none may come, and without which the file is cut off
}

// Column is one cell or one field of fixed width.
type Column struct {
	ID       string   `yaml:"id"`       // how rules name it; the same as To unless it is said
	To       string   `yaml:"to"`       // the field of Record: see [LoadSpec]
	Header   []string `yaml:"header"`   // csv: names in the header line, any one of them
	At       int      `yaml:"at"`       // csv without a header: position from 1
	Width    int      `yaml:"width"`    // fixed: bytes
	Required bool     `yaml:"required"` // the header must have it and the cell must not be empty

	Decimals string `yaml:"decimals"`  // of amounts: "exact" (the usual), "trim" (more decimals if they are zeros), "minor" (whole minor units)
	Sign     string `yaml:"sign"`      // of amounts: see [LoadSpec]
	SignFrom string `yaml:"sign_from"` // of amounts with sign "column": the column that says CR or DR
	Grouping string `yaml:"grouping"`  // of amounts: the character between thousands
	Symbol   string `yaml:"symbol"`    // of amounts: what may stand before the digits
	Add      bool   `yaml:"add"`       // of amounts: several columns of one field are summed; without it the first that is not empty counts

	Layouts  []string `yaml:"layouts"`   // of times: as package time writes them
	YearFrom string   `yaml:"year_from"` // of times without a year: the column that begins with it
}

// TypeRule gives rows a type.
type TypeRule struct {
	Type  string              `yaml:"type"`  // as [ParseType] reads it
	When  map[string][]string `yaml:"when"`  // column and its values; "*" is any that is not empty; all columns must fit
	Gross string              `yaml:"gross"` // the column of the gross, where it is another than usual
	Skip  bool                `yaml:"skip"`  // such rows move no money
}

// TotalRule is what a file states of itself: a line found by a regular expression whose
// groups are the totals, or a header line with the totals in the line after it.
type TotalRule struct {
	Line     string            `yaml:"line"`     // regular expression; each named group is a total
	Checks   map[string]string `yaml:"checks"`   // what a group is, where its name does not say it: see [LoadSpec]
	Header   []string          `yaml:"header"`   // csv: the first cell of the header line of the totals, any of these
	Cells    []TotalCell       `yaml:"cells"`    // csv: what its columns are
	Of       []string          `yaml:"of"`       // types that the totals count; all unless it is said
	Zero     string            `yaml:"zero"`     // instead of a line: a measure that must be zero over all rows, if there is one of type ZeroIf
	ZeroIf   string            `yaml:"zero_if"`  //
	Decimals string            `yaml:"decimals"` // as of a column
	Required bool              `yaml:"required"` // a file without it is cut off
}

// TotalCell is one column of a header of totals.
type TotalCell struct {
	Header []string `yaml:"header"`
	Is     string   `yaml:"is"` // "count", "gross", "fee", "net" or "sum:" and a column
}
