package settle

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Scores of evidence. A candidate's is their sum, 100 at most.
const (
	scoreHeader = 55 // every required column is named
	scoreWidth  = 45 // the rows have the length in bytes and the blanks of a fixed-width format
	scorePlaces = 30 // cells are what they must be by position
	scoreRows   = 35 // the rows of the head read without fault; less if some do not
	scoreMarks  = 10 // a first line, totals or an end mark of the format
	scoreNear   = 20 // at most: many required columns are named, not all
	scoreSure   = 60 // what the best needs to be sure
	scoreRival  = 40 // what another may not have then
)

// probeRows is how many rows of the head are read as each format.
const probeRows = 200

// Detection is what the head of a file shows.
type Detection struct {
	Candidates []Candidate `json:"candidates"` // best first; a format with nothing for it is not here
	Notes      []Text      `json:"notes"`      // what the bytes are, whatever the format
}

// Candidate is a format that the file may have.
type Candidate struct {
	Format   *Format `json:"-"`
	Name     string  `json:"format"`
	Score    int     `json:"score"`    // 0 to 100
	Evidence []Text  `json:"evidence"` // for it and against it
	fits     bool    // nothing speaks against it
}

// Sure is the format of the file, if there is no doubt: the best candidate fits, and no
// other comes near.
func (d Detection) Sure() (*Format, bool) {
	if len(d.Candidates) == 0 {
		return nil, false
	}
	best := d.Candidates[0]
	if !best.fits || best.Score < scoreSure || len(d.Candidates) > 1 && d.Candidates[1].Score >= scoreRival {
		return nil, false
	}
	return best.Format, true
}

// Detect ranks formats against the head of a file, 64 KiB or the whole of it, by reading
// it as each of them. It says what speaks for a candidate and what against it.
func Detect(head []byte, list []*Format) Detection {
	d := Detection{Notes: notesOf(head)}
	if !looksText(head) {
		return d
	}
	for _, f := range list {
		if c, ok := f.probe(head); ok {
			d.Candidates = append(d.Candidates, c)
		}
	}
	slices.SortStableFunc(d.Candidates, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Name, b.Name))
	})
	return d
}

// looksText reports a head that could be rows at all.
func looksText(head []byte) bool {
	return len(bytes.TrimSpace(head)) > 0 && bytes.IndexByte(head, 0) < 0 && !bytes.HasPrefix(head, []byte{0x1F, 0x8B})
}

// notesOf says what the bytes are.
func notesOf(head []byte) []Text {
	for _, m := range []struct {
		mark string
		note Text
	}{
		{"\x1F\x8B", Text{"compressed with gzip: unpack it first", "gzip 压缩文件:请先解压"}},
		{"PK\x03\x04", Text{"a ZIP archive or an Excel workbook: unpack or export it first", "ZIP 压缩包或 Excel 工作簿:请先解压或导出"}},
		{"\xD0\xCF\x11\xE0", Text{"an old Excel workbook: export it as CSV first", "旧版 Excel 工作簿:请先导出为 CSV"}},
		{"%PDF", Text{"a PDF document, no data file", "PDF 文档,不是数据文件"}},
		{"\xFF\xFE", Text{"UTF-16 text: save it as UTF-8 first", "UTF-16 文本:请先另存为 UTF-8"}},
		{"\xFE\xFF", Text{"UTF-16 text: save it as UTF-8 first", "UTF-16 文本:请先另存为 UTF-8"}},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return []Text{m.note}
		}
	}
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return []Text{{"the file is empty", "文件为空"}}
	case bytes.IndexByte(head, 0) >= 0:
		return []Text{{"binary: it holds zero bytes", "二进制文件:含有零字节"}}
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return []Text{{"UTF-8 text with a byte order mark", "带 BOM 的 UTF-8 文本"}}
	case isASCII(head):
		return []Text{{"ASCII text", "ASCII 文本"}}
	case utf8.Valid(wholeLines(head)):
		return []Text{{"UTF-8 text", "UTF-8 文本"}}
	}
	return []Text{{"text that is not UTF-8", "非 UTF-8 文本"}}
}

// wholeLines leaves off a last line that the head may have cut.
func wholeLines(head []byte) []byte {
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 {
		return head[:i+1]
	}
	return head
}

// probe reads the head as the format; ok is false where nothing speaks for it.
func (f *Format) probe(head []byte) (Candidate, bool) {
	c := Candidate{Format: f, Name: f.Name()}
	rd := f.reader(ReadOptions{})
	rd.open(bytes.NewReader(wholeLines(head)), 0, 1)
	var first error
	var rec Record
	rows, bad := 0, 0
	for rows+bad < probeRows {
		err := rd.next(&rec)
		var fault *RowError
		if errors.Is(err, io.EOF) || rd.over && err != nil {
			break
		}
		if errors.As(err, &fault) {
			bad++
			first = cmp.Or(first, error(fault))
			continue
		}
		rows++
	}
	if !rd.bound || f.start != nil && !rd.begun {
		return f.near(head, c)
	}
	c.place(rd, rows)
	c.rows(rows, bad, first)
	c.marks(rd)
	return c, c.Score >= scoreMarks
}

func (c *Candidate) say(score int, t Text) {
	c.Score += score
	c.Evidence = append(c.Evidence, t)
}

// place is the evidence of where the cells are.
func (c *Candidate) place(rd *reader, rows int) {
	switch {
	case c.Format.spec.Kind == "fixed":
		if rows > 0 {
			c.say(scoreWidth, textf("rows have the %d bytes of its fields, with a blank between each two", "各行为其字段的%d字节,字段之间有空格", c.Format.width))
		}
	case rd.width > 0:
		c.say(scoreHeader, textf("the header names every required column, %d columns in all", "表头含有全部必需的列,共%d列", rd.width))
	case rows > 0:
		c.say(scorePlaces, Text{"no header, and the cells are what they must be by position", "没有表头,各单元格按位置符合要求"})
	}
}

// rows is the evidence of reading the rows.
func (c *Candidate) rows(rows, bad int, first error) {
	c.fits = bad == 0 || rows > 4*bad && c.Score >= scoreWidth
	if rows > 0 {
		c.say(scoreRows*rows/(rows+bad), textf("%d rows of the head read without fault", "开头的%d行读取无误", rows))
	}
	var fault *RowError
	if errors.As(first, &fault) {
		t := textf("%d rows do not; the first is line %d", "%d行有误,第一处在第%d行", bad, fault.Line)
		c.say(0, Text{t.EN + ": " + fault.In("en"), t.ZH + ":" + fault.In("zh")})
	}
	if rows+bad == 0 {
		c.fits = c.Score >= scoreHeader
		c.say(0, Text{"no row in the head", "开头没有数据行"})
	}
}

// marks is the evidence of lines that only this format has.
func (c *Candidate) marks(rd *reader) {
	switch {
	case rd.begun:
		c.say(scoreMarks, Text{"the first line is that of the format", "第一行符合该格式"})
	case rd.ended:
		c.say(scoreMarks, Text{"the end mark or the totals of the format are there", "有该格式的结束标记或合计"})
	case c.Format.spec.Guard != "" && rd.sc.row.raw != nil && bytes.HasPrefix(rd.sc.row.raw, []byte(c.Format.spec.Guard)):
		c.say(scoreMarks, textf("every value has %s before it", "每个值之前都有%s", c.Format.spec.Guard))
	}
}

// near is a format whose header is almost there: the layout may have changed.
func (f *Format) near(head []byte, c Candidate) (Candidate, bool) {
	rd := f.reader(ReadOptions{})
	if f.spec.Kind == "fixed" || f.start != nil {
		return c, false
	}
	rd.open(bytes.NewReader(wholeLines(head)), 0, 1)
	var lacking []string
	best, line, required := 0, 0, 0
	for range headerSearch {
		if rd.row = rd.sc.next(); rd.row == nil {
			break
		}
		names, err := rd.cellTexts()
		if err != nil || rd.row.err != nil {
			continue
		}
		found, missing := f.namesIn(names)
		required = found + len(missing)
		if found > best {
			best, line, lacking = found, rd.row.line, missing
		}
	}
	if best*2 < required || best == 0 || len(lacking) == 0 {
		return c, false
	}
	c.say(scoreNear*best/required, textf("line %d names %d of %d required columns; it lacks %s", "第%d行含有%d个必需列(共%d个);缺少%s",
		line, best, required, strings.Join(lacking, ", ")))
	return c, true
}

// namesIn counts the required columns that a row names, and names the others.
func (f *Format) namesIn(names []string) (found int, missing []string) {
	for i := range f.columns {
		col := &f.columns[i]
		if !col.required || len(col.names) == 0 {
			continue
		}
		if slices.ContainsFunc(col.names, func(n string) bool { return slices.Contains(names, n) }) {
			found++
		} else {
			missing = append(missing, col.names[0])
		}
	}
	return found, missing
}
