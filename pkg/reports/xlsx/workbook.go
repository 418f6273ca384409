package xlsx

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tillworks/till/pkg/reports"
)

// Limits of a sheet.
const (
	maxRows     = 1_048_576
	maxName     = 31         // UTF-16 units of a sheet's name
	exactDigits = 1e15       // a spreadsheet keeps fifteen digits of a number
	maxWidth    = 60         // of a column, in letters
	measured    = 200        // rows that a column's width is measured by
	forbidden   = `[]:*?/\'` // in the name of a sheet
)

// Write writes a workbook with a sheet for each table: its title and period, the titles
// of the columns, and the rows of all sections with the currency in a column of its own.
// A number of more than fifteen digits, which no spreadsheet keeps, is text. Of the
// options only Lang and NoTotals mean something. A long table goes through a temporary
// file in os.TempDir.
func Write(w io.Writer, src reports.Source, o reports.Options) error {
	return write(w, src, o, maxRows)
}

func write(w io.Writer, src reports.Source, o reports.Options, limit int) (err error) {
	b := &book{file: excelize.NewFile(), o: o, limit: limit, styles: map[style]int{}, names: map[string]bool{}}
	defer func() {
		if closed := b.file.Close(); err == nil && closed != nil {
			err = fmt.Errorf("write workbook: %w", closed)
		}
	}()
	doc := src.Document()
	for i := range doc.Tables {
		if err := b.table(&doc.Tables[i]); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
	}
	if err := b.file.SetDocProps(&excelize.DocProperties{Title: doc.Title.In(o.Lang), Creator: "till"}); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := b.file.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// book is a workbook on its way.
type book struct {
	file   *excelize.File
	o      reports.Options
	limit  int // rows of a sheet
	styles map[style]int
	names  map[string]bool // of sheets, in lower case

	stream *excelize.StreamWriter
	row    int // the last one of the sheet that is written
}

// style is how a cell looks.
type style struct {
	format string
	bold   bool
	right  bool
	title  bool
}

// text is the format of cells whose text stays text when it is edited.
const text = "@"

func (b *book) table(t *reports.Table) error {
	head := 3 // title, an empty row, titles of the columns
	if !t.Heading().IsZero() {
		head++
	}
	if err := b.sheet(t, head); err != nil {
		return err
	}
	if err := b.say(style{format: text, bold: true, title: true}, t.Title); err != nil {
		return err
	}
	if h := t.Heading(); !h.IsZero() {
		if err := b.say(style{format: text}, h); err != nil {
			return err
		}
	}
	b.row++
	if err := b.header(t); err != nil {
		return err
	}
	if err := b.rows(t); err != nil {
		return err
	}
	if t.IsEmpty() {
		if err := b.say(style{format: text}, t.EmptyText()); err != nil {
			return err
		}
	}
	for _, n := range t.Notes {
		if err := b.say(style{format: text}, n); err != nil {
			return err
		}
	}
	return b.stream.Flush()
}

// rows writes the rows of all sections, and goes on in a new sheet where one is full.
func (b *book) rows(t *reports.Table) error {
	for i := range t.Sections {
		s := &t.Sections[i]
		for _, r := range s.AllRows(b.o) {
			if b.row >= b.limit {
				if err := b.turn(t); err != nil {
					return err
				}
			}
			if err := b.put(t, s, &r); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn closes a full sheet and begins the next with the titles of the columns.
func (b *book) turn(t *reports.Table) error {
	if err := b.stream.Flush(); err != nil {
		return err
	}
	if err := b.sheet(t, 1); err != nil {
		return err
	}
	return b.header(t)
}

// sheet begins a sheet, whose first rows up to head stay in sight. The first sheet is
// there in every new workbook.
func (b *book) sheet(t *reports.Table, head int) error {
	name := b.name(t)
	if len(b.names) == 1 {
		if err := b.file.SetSheetName(b.file.GetSheetName(0), name); err != nil {
			return err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	stream, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	b.stream, b.row = stream, 0
	panes := &excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: "A" + strconv.Itoa(head+1), ActivePane: "bottomLeft"}
	if err := stream.SetPanes(panes); err != nil {
		return err
	}
	for i, width := range b.widths(t) {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	return nil
}

// name is a sheet's, which no other sheet has and which holds no forbidden character.
func (b *book) name(t *reports.Table) string {
	base := strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune(forbidden, r) {
			return ' '
		}
		return r
	}, reports.Clean(t.Title.In(b.o.Lang))))
	if base == "" {
		base = "Sheet"
	}
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = " (" + strconv.Itoa(n) + ")"
		}
		name := shorten(base, maxName-len(suffix)) + suffix
		if key := strings.ToLower(name); !b.names[key] {
			b.names[key] = true
			return name
		}
	}
}

// shorten cuts to so many UTF-16 units.
func shorten(s string, units int) string {
	for i, r := range s {
		if units--; r > 0xffff {
			units--
		}
		if units < 0 {
			return s[:i]
		}
	}
	return s
}

// widths are guessed from the titles and the first rows.
func (b *book) widths(t *reports.Table) []float64 {
	titles := t.FlatTitles(b.o.Lang)
	widths := make([]float64, len(titles))
	widen := func(i int, s string) { widths[i] = max(widths[i], min(maxWidth, letters(s)+2)) }
	for i, s := range titles {
		widen(i, s)
	}
	lead, seen := len(titles)-len(t.Columns), 0
	for i := range t.Sections {
		for _, r := range t.Sections[i].AllRows(b.o) {
			if seen++; seen > measured && r.Kind == reports.Plain {
				continue
			}
			for j := range r.Cells {
				widen(lead+j, t.Show(j, &t.Sections[i], &r.Cells[j], b.o.Lang))
			}
		}
	}
	return widths
}

// letters is how wide a text is in Latin letters.
func letters(s string) float64 {
	n := 0.0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

// say writes a text into the first cell of the next row.
func (b *book) say(s style, t reports.Text) error {
	cell, err := b.cell(s, reports.Defuse(reports.Clean(t.In(b.o.Lang))))
	if err != nil {
		return err
	}
	return b.set([]any{cell})
}

func (b *book) header(t *reports.Table) error {
	titles := t.FlatTitles(b.o.Lang)
	cells := make([]any, len(titles))
	for i, s := range titles {
		right := i >= len(titles)-len(t.Columns) && t.Columns[i-len(titles)+len(t.Columns)].IsRight()
		cell, err := b.cell(style{format: text, bold: true, right: right}, s)
		if err != nil {
			return err
		}
		cells[i] = cell
	}
	return b.set(cells)
}

// put writes a row.
func (b *book) put(t *reports.Table, s *reports.Section, r *reports.Row) error {
	bold := r.Kind == reports.Sum
	cells := make([]any, 0, len(r.Cells)+2)
	for _, field := range t.FlatSection(s, b.o.Lang) {
		cell, err := b.cell(style{format: text, bold: bold}, field)
		if err != nil {
			return err
		}
		cells = append(cells, cell)
	}
	for i := range r.Cells {
		look, value := valueOf(t, i, s, &r.Cells[i], b.o.Lang)
		look.bold = bold
		cell, err := b.cell(look, value)
		if err != nil {
			return err
		}
		cells = append(cells, cell)
	}
	return b.set(cells)
}

// set writes the next row.
func (b *book) set(cells []any) error {
	b.row++
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	return b.stream.SetRow(at, cells)
}

// valueOf is a cell as a spreadsheet has it, with the format that shows it.
func valueOf(t *reports.Table, i int, s *reports.Section, c *reports.Cell, lang string) (style, any) {
	kind := t.KindOf(i, c)
	switch {
	case !kind.IsNumber():
		return style{format: text, right: t.Columns[i].IsRight()}, reports.Defuse(t.Plain(i, s, c, lang))
	case c.None:
		return style{format: text, right: true}, nil
	case c.Value >= exactDigits || c.Value <= -exactDigits:
		return style{format: text, right: true}, t.Plain(i, s, c, lang)
	}
	places := t.Decimals(i, s, c)
	switch kind {
	case reports.Percent:
		return style{format: "0.0%"}, shift(c.Value, places+2)
	case reports.Thousandths:
		return style{format: "#,##0.###"}, shift(c.Value, places)
	}
	if places == 0 {
		return style{format: "#,##0"}, c.Value
	}
	return style{format: "#,##0." + strings.Repeat("0", places)}, shift(c.Value, places)
}

// shift is n with its point so many places to the left. A spreadsheet knows no other
// numbers than binary ones of 64 bits; of at most fifteen digits the file has each as it
// was.
func shift(n int64, places int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatInt(n, 10)+"e-"+strconv.Itoa(places), 64) // a number by construction
	return v
}

// cell is a value with its style, which is made once.
func (b *book) cell(s style, value any) (excelize.Cell, error) {
	id, ok := b.styles[s]
	if !ok {
		made, err := b.file.NewStyle(s.excel())
		if err != nil {
			return excelize.Cell{}, err
		}
		id, b.styles[s] = made, made
	}
	return excelize.Cell{StyleID: id, Value: value}, nil
}

func (s style) excel() *excelize.Style {
	look := &excelize.Style{CustomNumFmt: &s.format}
	if s.format == text {
		look.CustomNumFmt, look.NumFmt = nil, 49 // the built-in format of text
	}
	if s.bold {
		look.Font = &excelize.Font{Bold: true}
	}
	if s.title {
		look.Font.Size = 14
	}
	if s.right {
		look.Alignment = &excelize.Alignment{Horizontal: "right"}
	}
	return look
}
