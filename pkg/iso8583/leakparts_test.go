package iso8583_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// TestNoCardNumberLeaksInParts puts a card number into every element of every dialect
// that can hold one, parts of fields included, and looks for it in what is shown: as
// characters, packed, in ASCII and in EBCDIC.
func TestNoCardNumberLeaksInParts(t *testing.T) {
	const pan = "4761739001010010"
	for _, spec := range every(t) {
		placed := 0
		eachLeaf(spec.Definition().Fields, "", func(path string, f *iso8583.Field) {
			m := spec.NewMessage("0200")
			if !hide(m, path, f, pan) {
				return
			}
			placed++
			raw, err := m.Pack()
			if err != nil {
				t.Fatalf("%s %s: %v", spec.Name(), path, err)
			}
			if out := shownOf(spec, m, raw); seen(out, pan) {
				t.Errorf("%s: field %s shows the card number", spec.Name(), path)
			}
		})
		if placed < 10 {
			t.Errorf("%s: placed in %d fields alone", spec.Name(), placed)
		}
	}
}

// TestNoCardNumberLeaksAcrossParts: a number that lies over two parts of a field is one.
func TestNoCardNumberLeaksAcrossParts(t *testing.T) {
	const pan = "4761739001010010"
	tests := []struct{ dialect, path, value string }{
		{"unionpay-pos", "60", "0" + pan},
		{"unionpay-pos", "61", "12" + pan},
		{"mastercard-ipm", "43", `NAME ` + pan + `\STREET\CITY\1234567890VICAUS`},
		{"mastercard-ipm-ascii", "48", "0023016" + pan},
		{"mastercard-ipm", "48", "9999016" + pan},
		{"base24", "63", "& 0000200038! ZZ00016 " + pan},
		{"iso2003", "30", strings.Repeat("0", 10) + pan + strings.Repeat("0", 6)},
	}
	for _, tt := range tests {
		spec := load(t, tt.dialect)
		m := spec.NewMessage("0200")
		if err := m.Set(tt.path, tt.value); err != nil {
			t.Fatalf("%s %s: %v", tt.dialect, tt.path, err)
		}
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if out := shownOf(spec, m, raw); seen(out, pan) {
			t.Errorf("%s: field %s shows the card number: %s", tt.dialect, tt.path, m)
		}
	}
}

// eachLeaf visits the elements that have no parts.
func eachLeaf(fields iso8583.Fields, parent string, visit func(string, *iso8583.Field)) {
	for _, key := range inOrder(fields) {
		f := fields[key]
		if num, err := strconv.Atoi(key); parent == "" && (err != nil || num < 2 || num == 65) {
			continue
		}
		if f.Type == "Composite" && f.Content != "x+n" {
			eachLeaf(f.Subfields, parent+key+".", visit)
			continue
		}
		visit(parent+key, f)
	}
}

// hide sets an element to a value with the number in it, where it can hold one.
func hide(m *iso8583.Message, path string, f *iso8583.Field, pan string) bool {
	value := pan
	switch fixed := strings.HasSuffix(f.Prefix, ".Fixed") && f.Prefix != "None.Fixed"; {
	case f.Type == "Binary" && (f.Length < 8 || fixed && f.Length < 16):
		return false
	case f.Type == "Binary":
		value = pan + strings.Repeat("00", max(0, f.Length-8))
		if !fixed {
			value = pan
		}
	case f.Length < len(pan) || f.Content == "x+n" || f.Content == "a":
		return false
	case fixed:
		value = pan + strings.Repeat("0", f.Length-len(pan))
	}
	return m.Set(path, value) == nil
}

// shownOf is what a message and its explanation show.
func shownOf(spec *iso8583.Spec, m *iso8583.Message, raw []byte) string {
	out := fmt.Sprintf("%v %+v\n", m, *m)
	if b, err := m.MarshalJSON(); err == nil {
		out += string(b)
	}
	for _, f := range spec.Explain(raw, "en").Fields {
		out += fmt.Sprintf("\n%s %s %s %s", f.Path, f.Raw, f.Value, f.Meaning)
	}
	var l iso8583.Layout
	_ = spec.Decode(raw, &l)
	for i := range l.Len() {
		out += "\n" + string(l.AppendMasked(nil, i))
	}
	return out
}

// seen reports that the number can be read in an output in any form.
func seen(out, pan string) bool {
	ebcdic := make([]byte, len(pan))
	for i := range pan {
		ebcdic[i] = pan[i] - '0' + 0xF0
	}
	forms := []string{pan, hex.EncodeToString([]byte(pan)), hex.EncodeToString(ebcdic)}
	return slices.ContainsFunc(forms, func(form string) bool {
		return strings.Contains(strings.ToUpper(out), strings.ToUpper(form))
	})
}
