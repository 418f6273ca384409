package dialect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// shipped is one dialect: an edition's table of data elements in a coding.
type shipped struct {
	name  string
	table string
	code  style
}

// all are the dialects that this package ships.
func all() []shipped {
	return []shipped{
		{"iso87-ascii", iso87, asciiStyle},
		{"iso87-bcd", iso87, bcdStyle},
	}
}

// ISO87ASCII is the dialect "iso87-ascii"; see the package documentation.
func ISO87ASCII() (*iso8583.Spec, error) { return Load("iso87-ascii") }

// ISO87BCD is the dialect "iso87-bcd"; see the package documentation.
func ISO87BCD() (*iso8583.Spec, error) { return Load("iso87-bcd") }

// Load compiles the dialect of a name. Each call compiles anew, in well under a
// millisecond: a program loads its dialect once and keeps it. The error names the
// dialects there are.
func Load(name string) (*iso8583.Spec, error) {
	i := slices.IndexFunc(all(), func(d shipped) bool { return d.name == name })
	if i < 0 {
		return nil, fmt.Errorf("no dialect %q: want one of %s", name, strings.Join(Names(), ", "))
	}
	def, err := all()[i].definition()
	if err != nil {
		return nil, fmt.Errorf("dialect %s: %w", name, err)
	}
	return iso8583.NewSpec(def)
}

// Names are the dialects there are, sorted.
func Names() []string {
	var names []string
	for _, d := range all() {
		names = append(names, d.name)
	}
	slices.Sort(names)
	return names
}

// definition is the table in the coding of the dialect.
func (d shipped) definition() (iso8583.Definition, error) {
	def := iso8583.Definition{Name: d.name, Fields: iso8583.Fields{}}
	for line := range strings.Lines(d.table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		e, err := parseElement(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return def, err
		}
		f := d.code(e)
		f.Description, f.Zh, f.Class = e.en, e.zh, e.class
		def.Fields[e.number] = f
	}
	return def, nil
}
