package iso8583_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// assignments reads "4=12.50 49=156".
func assignments(text string) []iso8583.Assignment {
	var list []iso8583.Assignment
	for _, word := range strings.Fields(text) {
		path, value, _ := strings.Cut(word, "=")
		list = append(list, iso8583.Assignment{Path: path, Value: value})
	}
	return list
}

func TestAssignAmounts(t *testing.T) {
	for _, tt := range []struct{ words, fallback, path, want string }{
		{"4=12.50 49=156", "", "4", "000000001250"},
		{"49=156 4=12.5", "", "4", "000000001250"},
		{"4=1.234 49=414", "", "4", "000000001234"},
		{"4=12.50", "KWD", "4", "000000012500"},
		{"4=12.50 49=156", "KWD", "4", "000000001250"},
		{"4=1250 49=156", "", "4", "000000001250"},
		{"5=12.50 49=392 50=840", "", "5", "000000001250"},
		{"28=D0.25", "USD", "28", "D00000025"},
		{"88=100.00 49=156", "", "88", "0000000000010000"},
		{"11=42", "", "11", "000042"},
	} {
		m := ascii(t).NewMessage("0200")
		fallback, _ := money.CurrencyByCode(tt.fallback)
		if err := m.Assign(assignments(tt.words), fallback); err != nil || m.Reveal(tt.path) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.words, m.Reveal(tt.path), err, tt.want)
		}
	}
}

// Nothing is rounded, and nothing is guessed.
func TestAssignRefuses(t *testing.T) {
	for _, tt := range []struct {
		words, path string
		err         error
	}{
		{"4=12.50", "4", iso8583.ErrNoCurrency},
		{"4=12.505 49=156", "4", iso8583.ErrAmount},
		{"4=12.5 49=392", "4", iso8583.ErrAmount},
		{"4=1.2.3 49=156", "4", iso8583.ErrDigit},
		{"4=-1.20 49=156", "4", iso8583.ErrDigit},
		{"4=99999999999.00 49=156", "4", iso8583.ErrLength},
		{"11=1.5 49=156", "11", iso8583.ErrDigit},
		{"201=1", "201", iso8583.ErrPath},
	} {
		err := ascii(t).NewMessage("0200").Assign(assignments(tt.words), money.Currency{})
		var fault *iso8583.Error
		if !errors.Is(err, tt.err) || !errors.As(err, &fault) || fault.Path != tt.path {
			t.Errorf("%s: %v, want %v at %s", tt.words, err, tt.err, tt.path)
		}
	}
}

func TestSame(t *testing.T) {
	a, b := ascii(t).NewMessage("0210"), bcd(t).NewMessage("0210")
	for _, m := range []*iso8583.Message{a, b} {
		set(t, m, "4", "1250")
		set(t, m, "41", "TERM0001")
		set(t, m, "52", "0123456789ABCDEF")
	}
	set(t, a, "39", "00")
	set(t, b, "39", "51")
	for path, want := range map[string]bool{"0": true, "4": true, "41": true, "52": true, "39": false, "55.9F26": false, "38": false} {
		if a.Same(path, b) != want {
			t.Errorf("field %s: same is %v", path, !want)
		}
	}
}

func set(t *testing.T, m *iso8583.Message, path, value string) {
	t.Helper()
	if err := m.Set(path, value); err != nil {
		t.Fatal(err)
	}
}

// A message goes into another coding of its edition whole.
func TestCarry(t *testing.T) {
	from := ascii(t).NewMessage("0200")
	for _, kv := range authorization() {
		set(t, from, kv[0], kv[1])
	}
	to, lost := from.Carry(bcd(t))
	if len(lost) > 0 {
		t.Errorf("lost %v", lost)
	}
	back, lost := to.Carry(ascii(t))
	if len(lost) > 0 {
		t.Errorf("lost %v", lost)
	}
	want, err := from.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := back.Pack(); err != nil || string(raw) != string(want) {
		t.Errorf("there and back it differs: %v", err)
	}
}

// What another dialect does not have, or has otherwise, is told and left out.
func TestCarryTells(t *testing.T) {
	other, err := iso8583.LoadSpec([]byte(`{"name":"narrow","fields":{
		"0":{"type":"String","length":4,"enc":"ASCII","prefix":"ASCII.Fixed"},
		"1":{"type":"Bitmap","length":8,"enc":"Binary","prefix":"Hex.Fixed"},
		"11":{"type":"String","length":12,"enc":"ASCII","prefix":"ASCII.Fixed","content":"n"},
		"37":{"type":"String","length":12,"enc":"ASCII","prefix":"ASCII.Fixed","content":"n"},
		"43":{"type":"String","length":10,"enc":"ASCII","prefix":"ASCII.LL"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	from := ascii(t).NewMessage("0200")
	for path, value := range map[string]string{"3": "000000", "11": "000042", "37": "ABC123456789", "43": "CORNER SHOP"} {
		set(t, from, path, value)
	}
	to, lost := from.Carry(other)
	var got []string
	for _, e := range lost {
		got = append(got, e.Error())
	}
	want := "field 3: not defined in the spec|field 11: length not allowed: want 12, got 6|field 37: not a digit where only digits may stand: position 1|field 43: length not allowed: want 10, got 40"
	if strings.Join(got, "|") != want || len(to.Fields()) != 0 {
		t.Errorf("lost %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// Published test numbers are told from others wherever they stand.
func TestCardData(t *testing.T) {
	stranger := "4539" + "5787" + "6362" + "1486" // in pieces: a number that nobody publishes
	for name, tt := range map[string]struct {
		fields [][2]string
		test   bool
		want   string
	}{
		"none":                    {[][2]string{{"11", "42"}}, true, ""},
		"test number":             {[][2]string{{"2", "4111111111111111"}}, true, ""},
		"test number and PIN":     {[][2]string{{"2", "4111111111111111"}, {"52", "0123456789ABCDEF"}}, true, ""},
		"PIN of nobody's":         {[][2]string{{"52", "0123456789ABCDEF"}}, false, ""},
		"track of a test number":  {[][2]string{{"35", "4761739001010010=31122011143804400000"}}, true, ""},
		"chip of a test number":   {[][2]string{{"55.57", "4761739001010010D3112201F0"}}, true, ""},
		"test number in text":     {[][2]string{{"48", "CARD 4111111111111111"}}, true, ""},
		"stranger":                {[][2]string{{"2", stranger}}, false, "2"},
		"stranger beside a test":  {[][2]string{{"2", "4111111111111111"}, {"35", stranger + "=3112201"}}, false, "35"},
		"stranger in text":        {[][2]string{{"48", "CARD " + stranger}}, false, "48"},
		"both in text":            {[][2]string{{"48", "4111111111111111 " + stranger}}, false, "48"},
		"stranger in unknown tag": {[][2]string{{"55.DF01", stranger}}, false, "55.DF01"},
		"test in unknown tag":     {[][2]string{{"55.DF01", "4111111111111111"}}, true, ""},
	} {
		m := ascii(t).NewMessage("0200")
		for _, kv := range tt.fields {
			set(t, m, kv[0], kv[1])
		}
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		var l iso8583.Layout
		if err := ascii(t).Decode(raw, &l); err != nil {
			t.Fatal(err)
		}
		if d := l.CardData(); d.IsTest() != tt.test || d.Strange != tt.want {
			t.Errorf("%s: test %v, strange %q, want %v, %q", name, d.IsTest(), d.Strange, tt.test, tt.want)
		}
	}
}
