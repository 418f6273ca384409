package iso8583_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// What a code covers is the same at both ends: as it is packed here and as it came there.
func TestCovered(t *testing.T) {
	for _, name := range []string{"iso87-ascii", "iso87-bcd", "unionpay-pos"} {
		for _, path := range []string{"64", "128"} {
			spec, err := dialect.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			m := spec.NewMessage("0200")
			if err := errors.Join(m.Set("11", "000042"), m.SetBytes(path, make([]byte, 8))); err != nil {
				t.Fatal(err)
			}
			here, err := m.Covered()
			if err != nil {
				t.Fatal(err)
			}
			if err := m.SetBytes(path, []byte("12345678")); err != nil {
				t.Fatal(err)
			}
			raw, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(raw, here) {
				t.Errorf("%s %s: the code is covered by itself", name, path)
			}
			back, err := spec.Unpack(raw)
			if err != nil {
				t.Fatal(err)
			}
			there, err := back.Covered()
			if err != nil || !bytes.Equal(here, there) {
				t.Errorf("%s %s: covered %x, came as %x (%v)", name, path, here, there, err)
			}
			if err := back.Set("11", "000043"); err != nil {
				t.Fatal(err)
			}
			if changed, err := back.Covered(); err != nil || bytes.Equal(changed, there) {
				t.Errorf("%s %s: a change is not covered (%v)", name, path, err)
			}
		}
	}
}

func TestCoveredWithoutCode(t *testing.T) {
	spec, err := dialect.Load("iso87-ascii")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := spec.NewMessage("0800").Covered(); !errors.Is(err, iso8583.ErrPath) {
		t.Errorf("got %v, want %v", err, iso8583.ErrPath)
	}
}
