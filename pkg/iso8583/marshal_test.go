package iso8583_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
)

type stan string

type header struct {
	Type     iso8583.MTI `iso8583:"0"`
	Terminal string      `iso8583:"41"`
}

type sale struct {
	header
	Number  card.PAN    `iso8583:"2"`
	Amount  int64       `iso8583:"4"`
	STAN    stan        `iso8583:"11"`
	Expiry  card.Expiry `iso8583:"14"`
	Entry   uint16      `iso8583:"22"`
	Track   card.Track2 `iso8583:"35"`
	Code    *string     `iso8583:"39"`
	PIN     card.Secret `iso8583:"52"`
	ICC     []byte      `iso8583:"55"`
	Counter []byte      `iso8583:"55.9F36"`
	Credits *int        `iso8583:"74"`
	Ignored string
	Left    string `iso8583:"-"`
}

func exampleSale(tb testing.TB) sale {
	tb.Helper()
	pan, err := card.ParsePAN("4761739001010010")
	if err != nil {
		tb.Fatal(err)
	}
	track, err := card.ParseTrack2("4761739001010010=31122011143804400000")
	if err != nil {
		tb.Fatal(err)
	}
	zero := 0
	return sale{
		header: header{Type: "0200", Terminal: "TERM0001"}, Number: pan, Amount: 1250, STAN: "42", Expiry: "3112", Entry: 51, Track: track,
		PIN: card.NewSecret("0123456789ABCDEF"), ICC: []byte{0x9F, 0x27, 1, 0x80}, Counter: []byte{0, 7}, Credits: &zero, Ignored: "x", Left: "y",
	}
}

func TestMarshal(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		in := exampleSale(t)
		m := spec.NewMessage("")
		if err := m.Marshal(&in); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(m.Fields(), " "); m.MTI() != "0200" || got != "2 4 11 14 22 35 41 52 55 74" {
			t.Fatalf("%s: %s %s", spec.Name(), m.MTI(), got)
		}
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		back, err := spec.Unpack(raw)
		if err != nil {
			t.Fatal(err)
		}
		var out sale
		if err := back.Unmarshal(&out); err != nil {
			t.Fatal(err)
		}
		sameSale(t, in, out)
	}
}

func sameSale(t *testing.T, in, out sale) {
	t.Helper()
	if out.Type != "0200" || out.Terminal != "TERM0001" || out.Amount != 1250 || out.STAN != "000042" || out.Expiry != "3112" || out.Entry != 51 {
		t.Errorf("got %+v", out)
	}
	if !out.Number.Equal(in.Number) || !out.PIN.Equal(in.PIN) || out.Track.Reveal() != in.Track.Reveal() {
		t.Error("card data differs")
	}
	if fmt.Sprintf("%X %X", out.ICC, out.Counter) != "9F2701809F36020007 0007" {
		t.Errorf("got %X and %X", out.ICC, out.Counter)
	}
	if out.Code != nil || out.Credits == nil || *out.Credits != 0 {
		t.Errorf("pointers: %v %v", out.Code, out.Credits)
	}
}

// TestSensitiveTypes: a sensitive path goes only into types that cannot be printed.
func TestSensitiveTypes(t *testing.T) {
	m := ascii(t).NewMessage("0200")
	values := []any{
		&struct {
			F string `iso8583:"2"`
		}{"4761739001010010"},
		&struct {
			F int64 `iso8583:"2"`
		}{4761739001010010},
		&struct {
			F []byte `iso8583:"52"`
		}{[]byte("12345678")},
		&struct {
			F stan `iso8583:"35"`
		}{"4761739001010010=31122010"},
		&struct {
			F string `iso8583:"14"`
		}{"3112"},
		&struct {
			F string `iso8583:"55.5A"`
		}{"4761739001010010"},
		&struct {
			F []byte `iso8583:"55.57"`
		}{[]byte{1}},
		&struct {
			F card.Expiry `iso8583:"2"`
		}{"3112"},
	}
	for _, v := range values {
		for _, err := range []error{m.Marshal(v), m.Unmarshal(v)} {
			if !errors.Is(err, iso8583.ErrSensitive) || strings.Contains(fmt.Sprint(err), "4761") {
				t.Errorf("%T: %v", v, err)
			}
		}
	}
	if len(m.Fields()) != 0 {
		t.Errorf("set all the same: %v", m.Fields())
	}
}

func TestMarshalRefuses(t *testing.T) {
	tests := []struct {
		v   any
		err error
	}{
		{nil, iso8583.ErrType},
		{"0200", iso8583.ErrType},
		{(*sale)(nil), iso8583.ErrType},
		{struct {
			F float64 `iso8583:"4"`
		}{1}, iso8583.ErrType},
		{struct {
			f string `iso8583:"4"`
		}{"1"}, iso8583.ErrType},
		{struct {
			F int `iso8583:"4"`
		}{-1}, iso8583.ErrDigit},
		{struct {
			F string `iso8583:"200"`
		}{"1"}, iso8583.ErrPath},
		{struct {
			F string `iso8583:"39"`
		}{"1"}, iso8583.ErrLength},
	}
	for _, tt := range tests {
		if err := ascii(t).NewMessage("0200").Marshal(tt.v); !errors.Is(err, tt.err) {
			t.Errorf("%T: %v, want %v", tt.v, err, tt.err)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	m := ascii(t).NewMessage("0200")
	for path, value := range map[string]string{"2": "123", "4": "999999999999", "39": "A1", "14": "3113"} {
		if err := m.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		v   any
		err error
	}{
		{sale{}, iso8583.ErrType},
		{&struct {
			F card.PAN `iso8583:"2"`
		}{}, card.ErrPAN},
		{&struct {
			F int16 `iso8583:"4"`
		}{}, iso8583.ErrDigit},
		{&struct {
			F int `iso8583:"39"`
		}{}, iso8583.ErrDigit},
		{&struct {
			F bool `iso8583:"39"`
		}{}, iso8583.ErrType},
		{&struct {
			F card.Expiry `iso8583:"14"`
		}{}, iso8583.ErrCharacter},
	}
	for _, tt := range tests {
		if err := m.Unmarshal(tt.v); !errors.Is(err, tt.err) {
			t.Errorf("%T: %v, want %v", tt.v, err, tt.err)
		}
	}
}
