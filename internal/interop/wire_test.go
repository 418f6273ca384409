//go:build interop

package interop_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// wire is a framing and a packager of jPOS, and what we call the same.
type wire struct {
	name     string // as Wire.java has it
	profile  string
	framing  string
	packager string // a file in the jar of jPOS
}

// wires are all combinations.
func wires() []wire {
	return []wire{
		{"ascii4/iso87ascii", "iso87-ascii", "ascii4", "packager/iso87ascii.xml"},
		{"ascii4/iso87binary", "iso87-bcd", "ascii4", "packager/iso87binary.xml"},
		{"nac/iso87ascii", "iso87-ascii", "binary2+tpdu:6000010000", "packager/iso87ascii.xml"},
		{"nac/iso87binary", "iso87-bcd", "binary2+tpdu:6000010000", "packager/iso87binary.xml"},
	}
}

// load is the profile in the wire's framing, with the layout that we ship.
func (w wire) load(t testing.TB) host.Profile {
	t.Helper()
	p, err := host.Load(w.profile)
	if err != nil {
		t.Fatal(err)
	}
	p.Framing = w.framing
	return p
}

// imported is the same with the layout that specfile makes of jPOS's own packager.
func (w wire) imported(t testing.TB) host.Profile {
	t.Helper()
	p := w.load(t)
	p.Spec = w.importSpec(t)
	return p
}

func (w wire) importSpec(t testing.TB) *iso8583.Spec {
	t.Helper()
	for _, name := range filepath.SplitList(os.Getenv("TILL_INTEROP_CLASSPATH")) {
		if !strings.HasPrefix(filepath.Base(name), "jpos-") {
			continue
		}
		jar, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = jar.Close() }()
		spec, err := specfile.LoadFS(jar, w.packager)
		if err != nil {
			t.Fatal(err)
		}
		return spec
	}
	t.Fatal("no jar of jPOS on the classpath")
	return nil
}
