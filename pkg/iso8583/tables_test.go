package iso8583_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// codeRow is one row of a table of codes.
type codeRow struct{ code, en, zh string }

// codeTables are the tables as they are written, by name.
func codeTables(tb testing.TB) map[string][]codeRow {
	tb.Helper()
	paths, err := filepath.Glob("tables/*.tsv")
	shared, errShared := filepath.Glob("../isocode/tables/*.tsv")
	if err != nil || errShared != nil || len(paths) == 0 || len(shared) == 0 {
		tb.Fatal("no tables", err, errShared)
	}
	paths = append(paths, shared...)
	tables := map[string][]codeRow{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(cells) == 4 {
				tables[cells[0]] = append(tables[cells[0]], codeRow{cells[1], cells[2], cells[3]})
			}
		}
	}
	return tables
}

// place is where a code of a table stands in a message, and what stands around it.
type place struct {
	network, mti, field string
	before, after       string
	alone               bool // the meaning is that of the code and no more
}

// places says of each table where its codes are met.
func places() map[string]place {
	at := map[string]place{
		"version": {field: "0", after: "100"}, "class": {field: "0", before: "0", after: "00"},
		"function": {field: "0", before: "01", after: "0"}, "origin": {field: "0", before: "010"},
		"functionCode": {mti: "1100", field: "24", alone: true},
		"reason":       {mti: "1100", field: "25", alone: true},
		"settlement":   {field: "66", alone: true},
		"network":      {field: "70", alone: true},
		"file":         {field: "91", alone: true},

		"processing":         {field: "3", after: "0000", alone: true},
		"processingUnionpay": {network: "unionpay", field: "3", after: "0000", alone: true},
		"account":            {field: "3", before: "00", after: "00"},
		"amount":             {field: "54", before: "00", after: "156C000000000100"},
		"condition":          {field: "25", alone: true},
		"conditionUnionpay":  {network: "unionpay", field: "25", alone: true},

		"entry":          {field: "22", after: "7", alone: true},
		"pinpad":         {field: "22", before: "99", alone: true},
		"entryUnionpay":  {network: "unionpay", field: "22", after: "7", alone: true},
		"pinpadUnionpay": {network: "unionpay", field: "22", before: "99", alone: true},
		"posBit":         {mti: "2100", field: "22", alone: true},

		"serviceArea":          {field: "40", after: "99"},
		"serviceAuthorization": {field: "40", before: "0", after: "9"},
		"serviceUse":           {field: "40", before: "09"},

		"unionpayType":       {network: "unionpay", field: "60", after: "000001"},
		"unionpayNetwork":    {network: "unionpay", field: "60", before: "99000001"},
		"unionpayCapability": {network: "unionpay", field: "60", before: "99000001999"},
		"unionpayChip":       {network: "unionpay", field: "60", before: "990000019999"},
		"unionpayBrand":      {},
		"unionpayPIN":        {network: "unionpay", field: "53", after: "990000000000000", alone: true},
		"unionpayCipher":     {network: "unionpay", field: "53", before: "9", after: "90000000000000", alone: true},
		"unionpayTracks":     {network: "unionpay", field: "53", before: "99", after: "0000000000000", alone: true},

		"response":           {mti: "0110", field: "39", alone: true},
		"responseVisa":       {network: "visa", mti: "0110", field: "39", alone: true},
		"responseMastercard": {network: "mastercard", mti: "0110", field: "39", alone: true},
		"responseUnionpay":   {network: "unionpay", mti: "0110", field: "39", alone: true},
		"action":             {mti: "1110", field: "39", alone: true},
		"actionAmex":         {network: "amex", mti: "1110", field: "39", alone: true},
		"action2003":         {mti: "2110", field: "39", alone: true},

		"country":  {field: "19", alone: true},
		"currency": {field: "49", alone: true},
		"category": {field: "18", alone: true},
	}
	for i := range 12 {
		at[fmt.Sprintf("pos%d", i+1)] = place{mti: "1100", field: "22", before: strings.Repeat("~", i), after: strings.Repeat("~", 11-i), alone: true}
	}
	for _, i := range []int{4, 5, 6, 7, 8} {
		p := at[fmt.Sprintf("pos%d", i)]
		p.network = "amex"
		at[fmt.Sprintf("posAmex%d", i)] = p
	}
	return at
}

// loose is a spec whose fields take any text, so that a code can be put where it belongs.
func loose(tb testing.TB, network string) *iso8583.Spec {
	tb.Helper()
	def := iso8583.Definition{Name: "loose", Network: network, Fields: iso8583.Fields{
		"0": {Type: "String", Length: 4, Enc: "ASCII", Prefix: "ASCII.Fixed"},
		"1": {Type: "Bitmap", Length: 8, Enc: "HexToASCII", Prefix: "Hex.Fixed"},
	}}
	for num := 2; num <= 128; num++ {
		if num != 65 {
			def.Fields[strconv.Itoa(num)] = &iso8583.Field{Type: "String", Length: 999, Enc: "ASCII", Prefix: "ASCII.LLL"}
		}
		if num == 53 || num == 56 || num == 90 {
			def.Fields[strconv.Itoa(num)].Content = "n"
		}
	}
	spec, err := iso8583.NewSpec(def)
	if err != nil {
		tb.Fatal(err)
	}
	return spec
}

// saysOf is what a message of one field says of it, and of its type where the field is 0.
func saysOf(tb testing.TB, spec *iso8583.Spec, mti, field, value, lang string) string {
	tb.Helper()
	if mti == "" {
		mti = "0100"
	}
	if field == "0" {
		return iso8583.MTI(value).Describe(lang)
	}
	m := spec.NewMessage(iso8583.MTI(mti))
	if err := m.Set(field, value); err != nil {
		tb.Fatal(err)
	}
	raw, err := m.Pack()
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range spec.Explain(raw, lang).Fields {
		if f.Path == field {
			return f.Meaning
		}
	}
	tb.Fatalf("no field %s", field)
	return ""
}

// bits is 16 bytes in hex with one bit set: the byte, and the bit from 0.
func bits(tb testing.TB, code string) string {
	tb.Helper()
	at, err := strconv.ParseUint(code, 16, 8)
	if err != nil {
		tb.Fatal(err)
	}
	var b [16]byte
	b[at>>4] = 1 << (at & 15)
	return fmt.Sprintf("%X", b)
}

// Every code of every table is said where it belongs, in both languages.
func TestEveryCode(t *testing.T) {
	specs := map[string]*iso8583.Spec{}
	for _, network := range []string{"", "visa", "mastercard", "unionpay", "amex"} {
		specs[network] = loose(t, network)
	}
	codes := 0
	at := places()
	for name, rows := range codeTables(t) {
		p, ok := at[name]
		if !ok {
			t.Errorf("no place is known for table %s", name)
			continue
		}
		delete(at, name)
		for _, r := range rows {
			if name == "account" && r.code == "00" || name == "unionpayBrand" {
				continue // the one is not said within field 3, the other is a part of one
			}
			value := p.before + r.code + p.after
			if name == "posBit" {
				value = bits(t, r.code)
			}
			for lang, want := range map[string]string{"en": r.en, "zh": r.zh} {
				codes++
				got := saysOf(t, specs[p.network], p.mti, p.field, value, lang)
				if got != want && (p.alone || !strings.Contains(got, want)) {
					t.Errorf("%s %s in %s: field %s says %q, want %q", name, r.code, lang, p.field, got, want)
				}
			}
		}
	}
	for name := range at {
		t.Errorf("no table %s", name)
	}
	if codes < 4400 {
		t.Errorf("%d codes were looked at", codes)
	}
}

// The texts are in their languages and end where they end.
func TestTableTexts(t *testing.T) {
	isHan := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	for name, rows := range codeTables(t) {
		for _, r := range rows {
			if strings.ContainsFunc(r.en, isHan) || strings.TrimSpace(r.en) != r.en || strings.ContainsAny(r.en, "\u2013\u2014\"\\") {
				t.Errorf("%s %s: English %q", name, r.code, r.en)
			}
			if !strings.ContainsFunc(r.zh, isHan) && r.zh != r.en || strings.TrimSpace(r.zh) != r.zh || strings.ContainsAny(r.zh, "\u2014\"\\") {
				t.Errorf("%s %s: Chinese %q", name, r.code, r.zh)
			}
			if len(r.code) != len(rows[0].code) {
				t.Errorf("%s: code %q is longer or shorter than %q", name, r.code, rows[0].code)
			}
		}
	}
}

// The countries are those that another implementation of ISO 3166-1 knows by the same
// number and letters, under the same names but for the few that it writes at length.
func TestCountriesAgree(t *testing.T) {
	otherNames := []string{"CD", "CG", "HK", "MM", "MO", "PS", "TW"}
	en, zh := display.Regions(language.English), display.Regions(language.SimplifiedChinese)
	rows := codeTables(t)["country"]
	if len(rows) != 249 {
		t.Errorf("%d countries, want 249", len(rows))
	}
	same := 0
	for _, r := range rows {
		number, err := strconv.Atoi(r.code)
		if err != nil {
			t.Fatal(err)
		}
		region, err := language.EncodeM49(number)
		if err != nil || !region.IsCountry() {
			t.Errorf("number %s is no country: %v", r.code, err)
			continue
		}
		letters := region.String()
		if !strings.HasSuffix(r.en, "("+letters+")") || !strings.HasSuffix(r.zh, "("+letters+")") {
			t.Errorf("number %s is %s, not %s", r.code, letters, r.en)
		}
		if slices.Contains(otherNames, letters) {
			continue
		}
		plain := strings.NewReplacer("’", "'").Replace(en.Name(region))
		if r.en == plain+" ("+letters+")" && r.zh == zh.Name(region)+"("+letters+")" {
			same++
		}
	}
	if same < 225 {
		t.Errorf("%d of %d names agree", same, len(rows))
	}
}

// The currencies are those of package money, which says the decimals, and each by its
// letters too.
func TestCurrenciesAgree(t *testing.T) {
	spec := loose(t, "")
	numbers := map[string]bool{}
	for _, r := range codeTables(t)["currency"] {
		numbers[r.code] = true
		c, err := money.CurrencyByNumber(r.code)
		if err != nil || !strings.HasPrefix(r.en, c.Code()+", ") || !strings.HasPrefix(r.zh, c.Code()+"，") {
			t.Errorf("number %s is %s to money, %v: %q and %q", r.code, c, err, r.en, r.zh)
		}
		if got := saysOf(t, spec, "", "49", c.Code(), "en"); got != r.en {
			t.Errorf("%s says %q, want %q", c, got, r.en)
		}
	}
	for n := range 1000 {
		if c, ok := money.CurrencyNumbered(n); ok && !numbers[c.Number()] {
			t.Errorf("%s (%s) has no name", c, c.Number())
		}
	}
}

// An amount has as many decimals as its currency.
func TestAmountExponents(t *testing.T) {
	spec := loose(t, "")
	for code, want := range map[string]string{
		"156": "12345.67 CNY", "840": "12345.67 USD", "392": "1234567 JPY", "410": "1234567 KRW", "704": "1234567 VND", "152": "1234567 CLP",
		"414": "1234.567 KWD", "048": "1234.567 BHD", "512": "1234.567 OMR", "400": "1234.567 JOD", "788": "1234.567 TND", "368": "1234.567 IQD",
		"434": "1234.567 LYD", "990": "123.4567 CLF", "927": "123.4567 UYW", "999": "1234567 minor units", "": "1234567 minor units",
	} {
		m := spec.NewMessage("0200")
		for path, value := range map[string]string{"4": "000001234567", "49": code} {
			if value == "" {
				continue
			}
			if err := m.Set(path, value); err != nil {
				t.Fatal(err)
			}
		}
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range spec.Explain(raw, "en").Fields {
			if f.Path == "4" && f.Meaning != want {
				t.Errorf("currency %q: %q, want %q", code, f.Meaning, want)
			}
		}
	}
}
