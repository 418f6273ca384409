package catalogue

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// sheet is a file as cells.
type sheet struct {
	head  []string
	lines []sheetLine
}

// sheetLine is one record; broken is what is wrong with its quotes.
type sheetLine struct {
	number int
	cells  []string
	broken error
}

// maxLines is how many records a file has at most, far above any shop's.
const maxLines = 500_000

// readSheet cuts a text into cells. Commas, semicolons and tabs separate them, whichever
// the head has most of. A record with broken quotes is kept as such, and the next line
// begins a new one; a quote that never closes is an error, since nobody can say where it
// should have.
func readSheet(text string) (sheet, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	var s sheet
	for {
		cells, err := r.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return s, s.fault()
		case errors.As(err, &bad) && (bad.StartLine == bad.Line || !atEnd(r, text)):
			s.lines = append(s.lines, sheetLine{number: bad.StartLine, broken: bad.Err})
			continue
		case err != nil:
			return sheet{}, openQuote(bad)
		}
		s.add(r, cells)
		if len(s.lines) > maxLines {
			return sheet{}, tooLong()
		}
	}
}

// add takes a record in: the first is the head, empty ones are nothing.
func (s *sheet) add(r *csv.Reader, cells []string) {
	line, _ := r.FieldPos(0)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	switch {
	case strings.Join(cells, "") == "":
	case s.head == nil:
		s.head = cells
	default:
		s.lines = append(s.lines, sheetLine{number: line, cells: cells})
	}
}

// fault is the problem of a file without a head or without anything below it.
func (s *sheet) fault() error {
	if s.head != nil && len(s.lines) > 0 {
		return nil
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("the file holds no articles", "文件中没有商品").With(),
		Hint: i18n.T("the first line names the columns, each line below it is an article; till item export shows how", "首行为列名，其下每行一件商品；till item export 可导出样例").With(),
	}
}

// atEnd reports that the reader has come to the end of the text.
func atEnd(r *csv.Reader, text string) bool { return int(r.InputOffset()) >= len(text) }

// separator is what stands between the cells of the first line.
func separator(text string) rune {
	line, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	best, most := ',', strings.Count(line, ",")
	for _, c := range []rune{';', '\t'} {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

func openQuote(at *csv.ParseError) error {
	line := 0
	if at != nil {
		line = at.StartLine
	}
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("a quotation mark in line %d is broken to the end of the file", "第 %d 行的引号直到文件末尾都未正确闭合").With(line),
		Hint: i18n.T("close the mark; one within a text is doubled (\"\")", "请补上引号；文本中的引号应写两次（\"\"）").With(),
	}
}

func tooLong() error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("the file has more than %d lines", "文件超过 %d 行").With(maxLines),
		Hint: i18n.T("cut it into several files", "请拆分为多个文件").With(),
	}
}
