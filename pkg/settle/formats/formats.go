// Package formats holds the settlement formats that till knows: their specs, in YAML,
// compiled when asked for.
//
// A spec is data. To read a file of another processor write one like these, load it with
// [settle.LoadSpec] and hand it to [settle.Detect] beside [All].
//
// The layouts were written from public documents and samples: the acquirers' own help
// pages, the UnionPay merchant SDK's field widths, real bills in public test suites.
// Layouts that are published nowhere, or only in confidence, are not here.
package formats

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	_ "time/tzdata" // specs name zones, and not every machine knows them

	"github.com/tillworks/till/pkg/settle"
)

//go:embed *.yaml
var specs embed.FS

// Names are the names of the formats, in alphabetical order.
func Names() []string {
	files, err := fs.Glob(specs, "*.yaml")
	if err != nil {
		return nil
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f, ".yaml")
	}
	slices.Sort(names)
	return names
}

// Load compiles one format by its name.
func Load(name string) (*settle.Format, error) {
	text, err := Spec(name)
	if err != nil {
		return nil, err
	}
	return settle.LoadSpec(text)
}

// Spec is the YAML text of a format, to be read or to be changed into another.
func Spec(name string) ([]byte, error) {
	text, err := specs.ReadFile(name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no settlement format %q: want one of %s", name, strings.Join(Names(), ", "))
	}
	return text, nil
}

// All compiles every format.
func All() ([]*settle.Format, error) {
	list := make([]*settle.Format, 0, len(Names()))
	for _, name := range Names() {
		f, err := Load(name)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// Detect ranks the formats against the head of a file: [settle.Detect] with [All]. The
// first 64 KiB are plenty.
func Detect(head []byte) (settle.Detection, error) {
	list, err := All()
	if err != nil {
		return settle.Detection{}, err
	}
	return settle.Detect(head, list), nil
}
