package specfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// Format is what a spec file is written in.
type Format string

// The formats.
const (
	FormatJSON Format = "json" // moov-io/iso8583, specs.ImportJSON
	FormatYAML Format = "yaml" // moov-io/iso8583, specs.ImportYAML
	FormatJPOS Format = "jpos" // the XML of jPOS's GenericPackager
)

// Options say how a file is read. The zero Options are those of [Load].
type Options struct {
	// Name is the name of the spec where the file gives none.
	Name string
	// Lenient leaves fields out that a jPOS packager defines by a class that has no
	// counterpart, and says so in the report; without it they are errors.
	Lenient bool
}

// Sniff tells the format of a file by its first characters, or gives "".
func Sniff(data []byte) Format {
	data = bytes.TrimSpace(trimMark(data))
	switch {
	case len(data) == 0:
		return ""
	case data[0] == '{' && !looksLikeFlow(data):
		return FormatJSON
	case data[0] == '<':
		return FormatJPOS
	case data[0] == '{', looksLikeYAML(data):
		return FormatYAML
	}
	return ""
}

// looksLikeFlow reports a brace with a key that is not in double quotes: the flow style
// of YAML.
func looksLikeFlow(data []byte) bool {
	rest := bytes.TrimSpace(data[1:])
	return len(rest) > 0 && rest[0] != '"' && rest[0] != '}' && bytes.IndexByte(rest, ':') > 0
}

// trimMark takes a byte order mark off.
func trimMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")) }

// Load reads and compiles a spec file of any [Format]: moov's JSON and YAML with the
// keys of [iso8583.Definition], or a jPOS packager. The error is an *[Error] with all
// that is wrong and where.
func Load(data []byte) (*iso8583.Spec, error) {
	spec, _, err := Read(data, Options{})
	return spec, err
}

// LoadFS is [Load] of a file of fsys; the file's name is the name of a spec that gives
// none.
func LoadFS(fsys fs.FS, name string) (*iso8583.Spec, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, sizeMost+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	spec, _, err := Read(data, Options{Name: baseName(name)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return spec, nil
}

// Read is [Load] with options and a report of what is doubtful.
func Read(data []byte, o Options) (*iso8583.Spec, Report, error) {
	d := parse(data, o)
	spec := d.compile()
	err := failure(d.list)
	if err != nil {
		return nil, d.finish(), err
	}
	return spec, d.finish(), nil
}

// ImportJPOS reads the XML of a jPOS GenericPackager. Nothing that the file names (a
// DTD, an entity, a class) is fetched or run. The definition is one for
// [iso8583.NewSpec]; the report says what it does not carry over. The error is an
// *[Error] that names the fields whose class has no counterpart, why, and what to do.
func ImportJPOS(r io.Reader, o Options) (iso8583.Definition, Report, error) {
	d := newDraft()
	d.report.Format = FormatJPOS
	d.readJPOS(r, o)
	d.compile()
	if err := failure(d.list); err != nil {
		return iso8583.Definition{}, d.finish(), err
	}
	return d.def, d.finish(), nil
}

// parse reads a file into a draft, without compiling it.
func parse(data []byte, o Options) *draft {
	d := newDraft()
	d.report.Format = Sniff(data)
	data = trimMark(data)
	if len(data) > sizeMost {
		d.errorf("", place{}, "more than %d bytes", "超过 %d 字节", sizeMost)
		return d
	}
	if d.report.Format == FormatJPOS {
		d.readJPOS(bytes.NewReader(data), o)
		return d
	}
	t, err := d.parseTree(data)
	if err != nil {
		d.add(asFinding(err))
		return d
	}
	if t != nil {
		d.build(t)
	}
	if d.def.Name == "" {
		d.def.Name = o.Name
	}
	return d
}

func (d *draft) parseTree(data []byte) (*tree, error) {
	switch d.report.Format {
	case FormatJSON:
		return parseJSON(data)
	case FormatYAML:
		return parseYAML(data)
	}
	return nil, unreadable(place{1, 1}, "neither JSON nor YAML nor a jPOS packager", "既不是 JSON、YAML，也不是 jPOS packager")
}

// finish is the report.
func (d *draft) finish() Report {
	d.report.Fields = len(d.def.Fields)
	d.report.Findings = d.list
	return d.report
}

// baseName is the name of a file without its folder and extension.
func baseName(name string) string {
	name = path.Base(name)
	if stem := strings.TrimSuffix(name, path.Ext(name)); stem != "" {
		return stem
	}
	return name
}
