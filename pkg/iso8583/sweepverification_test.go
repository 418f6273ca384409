package iso8583_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// A card verification value in a private field is hidden wherever the message is shown.
func TestVerificationValueIsHidden(t *testing.T) {
	for _, tc := range []struct{ dialect, path, value, shown string }{
		{"iso87-ascii", "48", "CV03987", "CV03***"},
		{"iso87-bcd", "48", "IP0412A7CV049876", "IP0412A7CV04****"},
		{"nac-pos", "48", "CV03987IP0203", "CV03***IP0203"},
		{"unionpay-pos", "62", "CV03987", "CV03***"},
		{"nac-pos", "62", "000987", "000987"},
	} {
		spec, err := dialect.Load(tc.dialect)
		if err != nil {
			t.Fatal(err)
		}
		m := spec.NewMessage("0200")
		if err := m.Set(tc.path, tc.value); err != nil {
			t.Fatal(err)
		}
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.String(); !strings.HasSuffix(got, tc.path+"="+tc.shown) {
			t.Errorf("%s: shown as %s", tc.dialect, got)
		}
		for _, f := range spec.Explain(raw, "en").Fields {
			if f.Path == tc.path && (f.Value != tc.shown || strings.Contains(string(f.Raw), "393837")) && tc.shown != tc.value {
				t.Errorf("%s: explained as %s, raw %s", tc.dialect, f.Value, f.Raw)
			}
		}
	}
}
