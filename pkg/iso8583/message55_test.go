package iso8583_test

import (
	"errors"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// TestTextInField55: what a host wrote there before EMV is read, shown and packed as
// text; what is set is BER-TLV.
func TestTextInField55(t *testing.T) {
	raw := unhex(t, "0100 0000000000000201 0004 41424344 0102030405060708")
	m, err := bcd(t).Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.Value("55") != "ABCD" || string(m.Bytes("55")) != "ABCD" || m.Has("55.41") || m.Value("64") != "0102030405060708" {
		t.Errorf("read %s", m)
	}
	if again, err := m.Pack(); err != nil || string(again) != string(raw) {
		t.Errorf("packed %x, %v", again, err)
	}
	x := bcd(t).Explain(raw, "zh")
	if x.Error != nil || len(x.Warnings) != 1 || x.Warnings[0] != "域55:是文本，不是BER-TLV" {
		t.Errorf("explained %+v", x)
	}
	if err := m.SetBytes("55", []byte("ABCD")); !errors.Is(err, iso8583.ErrShort) {
		t.Errorf("text is set: %v", err)
	}
	if err := m.Set("55.9F27", "80"); err == nil {
		t.Errorf("an element is put behind text: %s", m)
	}
	if err := m.Set("55", "9F270180"); err != nil || m.Value("55.9F27") != "80" {
		t.Errorf("TLV over text: %v, %s", err, m)
	}
}
