package symbol

import (
	"errors"
	"testing"
)

// A symbol that says something else, or nothing, is never handed out.
func TestCheck(t *testing.T) {
	for name, encode := range map[string]func(string, Level) (*matrix, error){"ascii": encodeASCII, "eci": encodeECI} {
		m, err := encode("till", High)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.check("till"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := m.check("tilt"); !errors.Is(err, ErrUnread) {
			t.Errorf("%s read as another text: %v", name, err)
		}
		for i := range m.dark[:len(m.dark)/2] {
			m.dark[i] = true
		}
		if err := m.check("till"); !errors.Is(err, ErrUnread) {
			t.Errorf("%s, half of it black: %v", name, err)
		}
	}
}
