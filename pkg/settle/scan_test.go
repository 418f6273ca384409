package settle

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// scanned is a row as a test compares it.
type scanned struct {
	Cells  []string
	Line   int
	Offset int64
	Err    error
}

func scanAll(s *scanner, r io.Reader) []scanned {
	s.reset(r, 0, 1)
	var rows []scanned
	for {
		r := s.next()
		if r == nil {
			return rows
		}
		if r.remark {
			continue
		}
		row := scanned{Line: r.line, Offset: r.offset, Err: r.err}
		for i, c := range r.cells {
			text := string(r.cell(i))
			if c.doubled {
				text = strings.ReplaceAll(text, `""`, `"`)
			}
			row.Cells = append(row.Cells, text)
		}
		rows = append(rows, row)
	}
}

func TestScan(t *testing.T) {
	comma := scanner{split: true, sep: ','}
	for name, c := range map[string]struct {
		scanner scanner
		text    string
		want    []scanned
	}{
		"plain":             {comma, "a,b\nc,d\n", []scanned{{[]string{"a", "b"}, 1, 0, nil}, {[]string{"c", "d"}, 2, 4, nil}}},
		"crlf":              {comma, "a,b\r\nc,d\r\n", []scanned{{[]string{"a", "b"}, 1, 0, nil}, {[]string{"c", "d"}, 2, 5, nil}}},
		"no last line end":  {comma, "a\nb", []scanned{{[]string{"a"}, 1, 0, nil}, {[]string{"b"}, 2, 2, nil}}},
		"byte order mark":   {comma, "\xEF\xBB\xBFa,b\n", []scanned{{[]string{"a", "b"}, 1, 3, nil}}},
		"empty cells":       {comma, ",,\n", []scanned{{[]string{"", "", ""}, 1, 0, nil}}},
		"empty lines":       {comma, "\na\n\n\nb\n", []scanned{{[]string{"a"}, 2, 1, nil}, {[]string{"b"}, 5, 5, nil}}},
		"quotes":            {comma, "\"a,b\",c\n", []scanned{{[]string{"a,b", "c"}, 1, 0, nil}}},
		"doubled quotes":    {comma, "\"a\"\"b\",c\n", []scanned{{[]string{`a"b`, "c"}, 1, 0, nil}}},
		"quoted line end":   {comma, "\"a\nb\",c\nd,e\n", []scanned{{[]string{"a\nb", "c"}, 1, 0, nil}, {[]string{"d", "e"}, 3, 8, nil}}},
		"quoted empty":      {comma, "\"\",\"\"\n", []scanned{{[]string{"", ""}, 1, 0, nil}}},
		"quoted then empty": {comma, "\"a\",\n", []scanned{{[]string{"a", ""}, 1, 0, nil}}},
		"quote in the open": {comma, "a\"b,c\n", []scanned{{[]string{`a"b`, "c"}, 1, 0, nil}}},
		"text after quote":  {comma, "\"a\"b,c\nd,e\n", []scanned{{nil, 1, 0, ErrQuote}, {[]string{"d", "e"}, 2, 7, nil}}},
		"quote never ends":  {comma, "\"a,b\nc,d\n", []scanned{{nil, 1, 0, ErrQuote}, {[]string{"c", "d"}, 2, 5, nil}}},
		"zero byte":         {comma, "a\x00b\nc\n", []scanned{{nil, 1, 0, ErrBinary}, {[]string{"c"}, 2, 4, nil}}},
		"comment":           {scanner{split: true, sep: ',', comment: []byte("#")}, "#a,b\"\nc\n", []scanned{{[]string{"c"}, 2, 6, nil}}},
		"tab":               {scanner{split: true, sep: '\t'}, "a,b\tc\n", []scanned{{[]string{"a,b", "c"}, 1, 0, nil}}},
		"guard":             {scanner{split: true, sep: ',', guard: '`'}, "`a,b,`c\"d,`\n", []scanned{{[]string{"a,b", `c"d`, ""}, 1, 0, nil}}},
		"guard not in head": {scanner{split: true, sep: ',', guard: '`'}, "a,b\n`c,`d\n", []scanned{{[]string{"a", "b"}, 1, 0, nil}, {[]string{"c", "d"}, 2, 4, nil}}},
		"two-byte character that ends in the separator": {scanner{split: true, sep: '|', wide: true}, "\x81|x|b\n", []scanned{{[]string{"\x81|x", "b"}, 1, 0, nil}}},
		"nothing": {comma, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text))} {
				s := c.scanner
				if got := scanAll(&s, r); !reflect.DeepEqual(got, c.want) {
					t.Errorf("got  %+v\nwant %+v", got, c.want)
				}
			}
		})
	}
}

// Rows around the sizes at which the buffer moves and grows are read whole.
func TestScanSizes(t *testing.T) {
	for _, size := range []int{1, blockSize - 2, blockSize - 1, blockSize, blockSize + 1, 2*blockSize + 3, rowMax - 1, rowMax} {
		t.Run(fmt.Sprintf("row=%d", size), func(t *testing.T) {
			long := strings.Repeat("x", size)
			s := scanner{split: true, sep: ','}
			rows := scanAll(&s, strings.NewReader("a\n"+long+"\n\""+long[:size/2]+"\n\"\nz\n"))
			if len(rows) != 4 || rows[1].Cells[0] != long || rows[2].Cells[0] != long[:size/2]+"\n" || rows[3].Cells[0] != "z" {
				t.Fatalf("%d rows", len(rows))
			}
		})
	}
}

func TestScanTooLong(t *testing.T) {
	s := scanner{split: true, sep: ','}
	rows := scanAll(&s, strings.NewReader(strings.Repeat("x", 3*rowMax)+"\na\n"+strings.Repeat(",", cellsMax)+"\nb\n"))
	if len(rows) != 4 || !errors.Is(rows[0].Err, ErrLong) || rows[1].Cells[0] != "a" || rows[1].Line != 2 ||
		rows[1].Offset != 3*rowMax+1 || !errors.Is(rows[2].Err, ErrColumns) || rows[3].Cells[0] != "b" {
		t.Errorf("%d rows, %v", len(rows), rows[1])
	}
	if len(s.buf) > 4*rowMax {
		t.Errorf("a buffer of %d bytes", len(s.buf))
	}
}

func TestScanReaderFails(t *testing.T) {
	s := scanner{split: true, sep: ','}
	broken := errors.New("the disk is gone")
	rows := scanAll(&s, io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)))
	if len(rows) != 2 || !errors.Is(s.err, broken) {
		t.Errorf("%d rows, error %v", len(rows), s.err)
	}
}

// Where encoding/csv reads a text without complaint, the cells are the same; whatever
// the text, nothing is read past its end and every byte belongs to one row.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"a,b\n", "\"a\"\"b\",c\r\n", "\"a\nb\"", "a\"b,c\n", ",\n\n", "\xEF\xBB\xBFx", "\"", "\"\"\"", "a,\"b\"\r\n\r\nc"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := scanner{split: true, sep: ','}
		rows := scanAll(&s, bytes.NewReader(text))
		small := scanner{split: true, sep: ',', buf: make([]byte, 16)}
		if again := scanAll(&small, iotest.HalfReader(bytes.NewReader(text))); !reflect.DeepEqual(rows, again) {
			t.Fatalf("by small reads %v, at once %v", again, rows)
		}
		last := int64(-1)
		for _, r := range rows {
			if r.Offset <= last || r.Offset > int64(len(text)) {
				t.Fatalf("a row at byte %d after one at %d, of %d", r.Offset, last, len(text))
			}
			last = r.Offset
		}
		want := wantCSV(text)
		if want == nil {
			return
		}
		got := make([][]string, 0, len(rows))
		for _, r := range rows {
			if r.Err != nil {
				return
			}
			got = append(got, r.Cells)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %q, encoding/csv %q", text, got, want)
		}
	})
}

// wantCSV is what encoding/csv makes of a text, or nil where the two differ on purpose: a
// carriage return inside quotes is dropped there and kept here.
func wantCSV(text []byte) [][]string {
	if bytes.Contains(text, []byte("\r")) || bytes.Contains(text, []byte{0}) {
		return nil
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	return rows
}
