package dialect

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// ISO87ASCII is the dialect "iso87-ascii"; see the package documentation.
func ISO87ASCII() (*iso8583.Spec, error) { return Load("iso87-ascii") }

// ISO87BCD is the dialect "iso87-bcd"; see the package documentation.
func ISO87BCD() (*iso8583.Spec, error) { return Load("iso87-bcd") }

// Load compiles the dialect of a name. Each call compiles anew, in about a tenth
// of a millisecond: a program loads its dialect once and keeps it. The error names the
// dialects there are.
func Load(name string) (*iso8583.Spec, error) {
	for _, d := range all() {
		if d.name != name {
			continue
		}
		def, err := d.make().definition()
		if err != nil {
			return nil, fmt.Errorf("dialect %s: %w", name, err)
		}
		return iso8583.NewSpec(def)
	}
	return nil, fmt.Errorf("no dialect %q: want one of %s", name, strings.Join(Names(), ", "))
}

// Names are the dialects there are, sorted.
func Names() []string {
	var names []string
	for _, d := range all() {
		names = append(names, d.name)
	}
	return names
}

// definition is the tables in the coding of the dialect.
func (d shipped) definition() (iso8583.Definition, error) {
	def := iso8583.Definition{Name: d.info.Name, Fields: make(iso8583.Fields, 160)}
	for _, table := range d.tables {
		for line := range strings.Lines(table) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			e, err := parseElement(strings.TrimSuffix(line, "\n"))
			if err != nil {
				return def, err
			}
			if err := d.put(def.Fields, e); err != nil {
				return def, err
			}
		}
	}
	if d.terminal {
		def.MTI = terminalPresence()
	}
	return def, nil
}

// put sets one element, or takes it out.
func (d shipped) put(fields iso8583.Fields, e element) error {
	parent, id := parentOf(e.path)
	if parent != "" {
		f, err := find(fields, parent)
		if err != nil {
			return err
		}
		fields = f.Subfields
	}
	if e.content == "-" {
		delete(fields, id)
		return nil
	}
	fields[id] = d.style.field(e)
	return nil
}

// find is the field of a path that an earlier line made.
func find(fields iso8583.Fields, path string) (*iso8583.Field, error) {
	for step := range strings.SplitSeq(path, ".") {
		f := fields[step]
		if f == nil || f.Subfields == nil {
			return nil, fmt.Errorf("field %s: parts before the whole", path)
		}
		if fields = f.Subfields; path == step || strings.HasSuffix(path, "."+step) {
			return f, nil
		}
	}
	return nil, fmt.Errorf("field %s: parts before the whole", path)
}
