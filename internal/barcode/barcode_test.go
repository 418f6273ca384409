package barcode_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

func ExampleParse() {
	for _, scanned := range []string{"]E00036000291452", "036000291452", "(01)00036000291452(17)271231(10)A7"} {
		c, err := barcode.Parse(scanned)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %s %q\n", c.Normal(), c.Kind, c.Lot)
	}
	// Output:
	// 036000291452 ean-13 ""
	// 036000291452 upc-a ""
	// 036000291452 gs1 "A7"
}

func ExamplePatterns_Read() {
	c, err := barcode.Parse("2100042012509")
	if err != nil {
		fmt.Println(err)
		return
	}
	m, ok, err := barcode.Usual().Read(c)
	fmt.Println(m.Item, m.Base, m.Quantity, ok, err)
	// Output:
	// 00042 2100042000001 1.25 true <nil>
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		code, kind, normal string
	}{
		{"6901234567892", "ean-13", "6901234567892"},
		{" 6901234567892\r\n", "ean-13", "6901234567892"},
		{"]E06901234567892", "ean-13", "6901234567892"},
		{"978-3-16-148410-0", "ean-13", "9783161484100"},
		{"690 1234 567892", "ean-13", "6901234567892"},
		{"0036000291452", "ean-13", "036000291452"},
		{"036000291452", "upc-a", "036000291452"},
		{"96385074", "ean-8", "96385074"},
		{"04252614", "upc-e", "042100005264"},
		{"]E404252614", "", ""},
		{"10614141000019", "itf-14", "10614141000019"},
		{"00036000291452", "itf-14", "036000291452"},
		{"LATTE-L", "text", "LATTE-L"},
		{"4011", "text", "4011"},
		{"(01)09521234543213(3103)000750", "gs1", "9521234543213"},
		{"]C10109521234543213310300075010LOT7\x1d2112345", "gs1", "9521234543213"},
		{"010952123454321317271231", "gs1", "9521234543213"},
		{"\x1d0109521234543213", "gs1", "9521234543213"},
	} {
		got, err := barcode.Parse(c.code)
		if c.kind == "" {
			if err == nil {
				t.Errorf("%q: %+v, want a refusal", c.code, got)
			}
			continue
		}
		if err != nil || string(got.Kind) != c.kind || got.Normal() != c.normal {
			t.Errorf("%q: %s %s (%v), want %s %s", c.code, got.Kind, got.Normal(), err, c.kind, c.normal)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		code  string
		cause error
		says  string // in What or Hint
	}{
		{"", barcode.ErrForm, "empty"},
		{"  ", barcode.ErrForm, "empty"},
		{"6901234567890", barcode.ErrCheckDigit, "check digit of 6901234567890 is 0, want 2"},
		{"6901234567890", barcode.ErrCheckDigit, "6901234567892"},
		{"96385075", barcode.ErrCheckDigit, "is 5, want 4"},
		{"036000291453", barcode.ErrCheckDigit, "is 3, want 2"},
		{"10614141000018", barcode.ErrCheckDigit, "is 8, want 9"},
		{"36000291452", barcode.ErrLength, "036000291452"},
		{"4252614", barcode.ErrLength, "7 digits"},
		{"123456789", barcode.ErrLength, "9 digits"},
		{"690123456789212345", barcode.ErrLength, "18 digits"},
		{"6.90123E+12", barcode.ErrForm, "spreadsheet"},
		{"6E+12", barcode.ErrForm, "spreadsheet"},
		{"5449000000996.0", barcode.ErrForm, "spreadsheet"},
		{"拿铁", barcode.ErrForm, "ASCII"},
		{"LATTE 1", barcode.ErrForm, "space"},
		{strings.Repeat("A", 49), barcode.ErrForm, "49 characters"},
		{"(01)09521234543214", barcode.ErrElement, "is 4, want 3"},
		{"(01)0952123454321", barcode.ErrElement, "13 characters, want 14"},
		{"(01)09521234543213(17)271301", barcode.ErrElement, "no date"},
		{"(01)09521234543213(10)", barcode.ErrElement, "1 to 20"},
		{"(01)09521234543213(01)09521234543213", barcode.ErrElement, "twice"},
		{"(01)09521234543213(3105)000751", barcode.ErrElement, "finer than a gram"},
		{"(01)09521234543213(9999)1", barcode.ErrElement, "application identifier"},
		{"]C1990123", barcode.ErrElement, "application identifier"},
		{"]C1\x1d", barcode.ErrElement, "no (01)"},
		{"(00)340123450000000009", barcode.ErrElement, "is 9, want 0"},
		{"(10)LOT7", barcode.ErrElement, "names no article"},
		{"00000000", barcode.ErrForm, "zeros"},
		{"0000000000000", barcode.ErrForm, "zeros"},
		{"(01)00000000000000", barcode.ErrElement, "zeros"},
	} {
		_, err := barcode.Parse(c.code)
		var p *till.Problem
		if !errors.As(err, &p) || !errors.Is(err, c.cause) || !strings.Contains(p.What.String()+p.Hint.String(), c.says) {
			t.Errorf("%q: %v, want %v that says %q", c.code, err, c.cause, c.says)
			continue
		}
		if p.What.In(i18n.Chinese) == p.What.String() || p.Hint.In(i18n.Chinese) == p.Hint.String() {
			t.Errorf("%q: said in one language: %s", c.code, p.What)
		}
	}
}

// A number as long as a card's is not repeated whole.
func TestLongNumberIsNotRepeated(t *testing.T) {
	_, err := barcode.Parse("6222020000000000123")
	if err == nil || strings.Contains(err.Error(), "0000000000") {
		t.Errorf("got %v", err)
	}
}

func TestElements(t *testing.T) {
	c, err := barcode.Parse("]d2010952123454321317260200103A-7\x1d31020001253012\x1d3922001250\x1d21S1")
	if err != nil {
		t.Fatal(err)
	}
	if c.Weight != 1250 || c.Count != 12 || c.Lot != "3A-7" || c.Serial != "S1" || c.Price != (barcode.Price{Digits: 1250, Decimals: 2}) {
		t.Errorf("%+v", c)
	}
	if c.Expires.Day(2026) != till.DayOf(2026, 2, 28) || len(c.Elements) != 7 {
		t.Errorf("expires %s, %d elements", c.Expires.Day(2026), len(c.Elements))
	}
}

func TestDateCentury(t *testing.T) {
	for _, c := range []struct {
		date barcode.Date
		year int
		day  till.Day
	}{
		{"261231", 2026, 20261231}, {"760101", 2026, 20760101}, {"770101", 2026, 19770101},
		{"020101", 2098, 21020101}, {"240200", 2026, 20240229}, {"", 2026, 0}, {"2612", 2026, 0},
	} {
		if got := c.date.Day(c.year); got != c.day {
			t.Errorf("%q seen in %d: %d, want %d", c.date, c.year, got, c.day)
		}
	}
}

// Eight digits that are a UPC-E and an EAN-8 say both.
func TestEightDigitsOfTwoKinds(t *testing.T) {
	found := 0
	for n := 1; n < 100_000; n++ {
		text := fmt.Sprintf("%08d", n*10)
		digit, err := barcode.CheckDigit(text[:7])
		if err != nil {
			t.Fatal(err)
		}
		text = text[:7] + string(digit)
		c, err := barcode.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if c.Also == "" {
			continue
		}
		found++
		asEAN8, err := barcode.Parse("]E4" + text)
		if err != nil || asEAN8.Kind != barcode.EAN8 || asEAN8.Normal() != c.Also || c.Also == c.Normal() {
			t.Fatalf("%s: %+v, as EAN-8 %s (%v)", text, c, asEAN8.Normal(), err)
		}
		if again, err := barcode.Parse(c.Also); err != nil || again.Normal() != c.Also {
			t.Fatalf("%s reads back as %s (%v)", c.Also, again.Normal(), err)
		}
	}
	if found == 0 {
		t.Error("no code of two kinds: the test looks at nothing")
	}
}

func TestIsInternal(t *testing.T) {
	for code, want := range map[string]bool{
		"2000000000015": true, "0200000000011": true, "6901234567892": false, "036000291452": false,
		"20000004": true, "96385074": false, "SHELF-9": true, "22000000000002": false,
	} {
		c, err := barcode.Parse(code)
		if err != nil || c.IsInternal() != want {
			t.Errorf("%s: %v (%v), want %v", code, c.IsInternal(), err, want)
		}
	}
}

func TestCheckDigit(t *testing.T) {
	for digits, want := range map[string]string{"690123456789": "2", "03600029145": "2", "9638507": "4", "1061414100001": "9"} {
		if got, err := barcode.CheckDigit(digits); err != nil || string(got) != want {
			t.Errorf("%s: %c (%v), want %s", digits, got, err, want)
		}
	}
	for _, bad := range []string{"", "12a", "123456789012345678", "-1", "１"} {
		if _, err := barcode.CheckDigit(bad); !errors.Is(err, barcode.ErrForm) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestMake(t *testing.T) {
	if got, err := barcode.Make(20, 1); err != nil || got != "2000000000015" {
		t.Errorf("%s (%v)", got, err)
	}
	for _, c := range []struct {
		prefix int
		number int64
	}{{19, 1}, {30, 1}, {20, -1}, {20, 10_000_000_000}} {
		if got, err := barcode.Make(c.prefix, c.number); !errors.Is(err, barcode.ErrForm) {
			t.Errorf("%d %d: %s (%v)", c.prefix, c.number, got, err)
		}
	}
}

// The worked examples of GS1 General Specifications 7.9.3 and 7.9.4: the value 2875 has
// the check digit 9, the value 14685 the check digit 6.
func TestInnerCheckDigit(t *testing.T) {
	for _, c := range []struct{ pattern, item, guarded string }{
		{"price 02IIIIIV{NNDD}C", "12345", "021234592875"},
		{"price 23IIIIV{NNNDD}C", "1234", "231234614685"},
	} {
		ps, err := barcode.ParsePatterns(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		value := int64(2875)
		if len(c.item) == 4 {
			value = 14685
		}
		if code, err := ps[0].Make(c.item, value); err != nil || code[:12] != c.guarded {
			t.Errorf("%s: %s (%v), want %s", c.pattern, code, err, c.guarded)
		}
	}
}

func TestPatterns(t *testing.T) {
	if len(barcode.Usual()) != 4 {
		t.Fatalf("%d usual patterns", len(barcode.Usual()))
	}
	guarded, err := barcode.Usual()[2].Make("0042", 1995)
	if err != nil {
		t.Fatal(err)
	}
	m := read(t, barcode.Usual(), guarded)
	if m.Item != "0042" || m.Value != barcode.ByPrice || m.Price != (barcode.Price{Digits: 1995, Decimals: 2}) || m.Quantity != 0 {
		t.Errorf("%s: %+v", guarded, m)
	}
	spoilt := []byte(guarded)
	spoilt[6] = '0' + (spoilt[6]-'0'+1)%10
	spoilt[12], _ = barcode.CheckDigit(string(spoilt[:12]))
	c, err := barcode.Parse(string(spoilt))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := barcode.Usual().Read(c); ok || !errors.Is(err, barcode.ErrCheckDigit) {
		t.Errorf("a wrong inner check digit: %v %v", ok, err)
	}
	pieces, err := barcode.ParsePatterns("count 29IIIIII{NNNN}C")
	if err != nil {
		t.Fatal(err)
	}
	code, err := pieces[0].Make("000007", 12)
	if err != nil {
		t.Fatal(err)
	}
	if m := read(t, pieces, code); m.Quantity != till.Units(12) {
		t.Errorf("%s: %+v", code, m)
	}
}

func TestPatternOf(t *testing.T) {
	if p, ok := barcode.Usual().Of("21"); !ok || p.Value != barcode.ByWeight {
		t.Errorf("21: %+v %v", p, ok)
	}
	if p, ok := barcode.Usual().Of("20"); ok {
		t.Errorf("20: %+v", p)
	}
}

func read(t *testing.T, ps barcode.Patterns, code string) barcode.Measured {
	t.Helper()
	c, err := barcode.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	m, ok, err := ps.Read(c)
	if !ok || err != nil {
		t.Fatalf("%s: no pattern (%v)", code, err)
	}
	return m
}

func TestNoPattern(t *testing.T) {
	for _, code := range []string{"6901234567892", "96385074", "LATTE", "2500000000010", "(01)02100042012509"} {
		c, err := barcode.Parse(code)
		if err != nil {
			t.Fatal(err)
		}
		if m, ok, err := barcode.Usual().Read(c); ok || err != nil {
			t.Errorf("%s: %+v (%v)", code, m, err)
		}
	}
}

func TestPatternsRefused(t *testing.T) {
	for _, c := range []struct {
		says  string
		lines []string
	}{
		{"weight, price or count", []string{"length 21IIIII{NNDDD}C"}},
		{"want 13", []string{"weight 21IIII{NNDDD}C"}},
		{"want 13", []string{"weight 21IIIII{NNDDD}I"}},
		{"prefix", []string{"weight 31IIIII{NNDDD}C"}},
		{"prefix", []string{"weight 2IIIIII{NNDDD}C"}},
		{"each of them there", []string{"weight 21IIXII{NNDDD}C"}},
		{"each of them there", []string{"weight 2100000{NNDDD}C"}},
		{"braces", []string{"weight 21IIIIINNDDDC"}},
		{"braces", []string{"weight 21IIIII{DDDNN}C"}},
		{"one V", []string{"price 21IIIVV{NNDDD}C"}},
		{"one V", []string{"price 21IIIIIIV{NDD}C"}},
		{"three decimals", []string{"weight 21IIIII{NDDDD}C"}},
		{"without decimals", []string{"count 21IIIII{NNNND}C"}},
		{"another pattern", []string{"weight 21IIIII{NNDDD}C", "price 21IIIII{NNNDD}C"}},
		{"another pattern", []string{"weight 21IIIII{NNDDD}C", "price 215IIII{NNNDD}C"}},
	} {
		if _, err := barcode.ParsePatterns(c.lines...); !errors.Is(err, barcode.ErrPattern) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want one that says %q", c.lines, err, c.says)
		}
	}
	if _, err := barcode.Usual()[0].Make("123", 5); !errors.Is(err, barcode.ErrPattern) {
		t.Errorf("an item of three digits: %v", err)
	}
	if _, err := barcode.Usual()[0].Make("00001", 100_000); !errors.Is(err, barcode.ErrPattern) {
		t.Errorf("a weight of 100 kg: %v", err)
	}
}

// Every single digit that is read wrong is found, and every form of an article is one.
func TestArticleIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{12}`).Draw(t, "body")
		digit, err := barcode.CheckDigit(body)
		if err != nil {
			t.Fatal(err)
		}
		ean := body + string(digit)
		forms := []string{ean, "0" + ean, "]E0" + ean, "(01)0" + ean, "]C1010" + ean + "10LOT"}
		if ean[0] == '0' {
			forms = append(forms, ean[1:])
		}
		first, err := barcode.Parse(ean)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range forms {
			if c, err := barcode.Parse(form); err != nil || c.Normal() != first.Normal() {
				t.Fatalf("%q is %s (%v), %s is %s", form, c.Normal(), err, ean, first.Normal())
			}
		}
		at, step := rapid.IntRange(0, 12).Draw(t, "at"), rapid.IntRange(1, 9).Draw(t, "step")
		wrong := []byte(ean)
		wrong[at] = '0' + (wrong[at]-'0'+byte(step))%10
		if c, err := barcode.Parse(string(wrong)); !errors.Is(err, barcode.ErrCheckDigit) {
			t.Fatalf("%s with one digit wrong is %+v (%v)", ean, c, err)
		}
	})
}

// What a scale prints by a pattern is read back by it, and the base is the same for every
// value.
func TestPatternRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(barcode.Usual()).Draw(t, "pattern")
		item := rapid.StringMatching(`[0-9]{5}`).Draw(t, "item")
		value := rapid.Int64Range(0, 9999).Draw(t, "value")
		code, err := p.Make(item, value)
		if err != nil {
			item = item[1:]
			code, err = p.Make(item, value)
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := barcode.Parse(code)
		if err != nil {
			t.Fatal(err)
		}
		m, ok, err := barcode.Usual().Read(c)
		if !ok || err != nil || m.Item != item || int64(m.Quantity)+m.Price.Digits != value {
			t.Fatalf("%s: %+v %v %v", code, m, ok, err)
		}
		base, err := p.Make(item, 0)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := barcode.Parse(base); err != nil || c.Normal() != m.Base {
			t.Fatalf("base of %s is %s, want %s (%v)", code, m.Base, c.Normal(), err)
		}
	})
}

// Whatever Parse takes, its normal form is taken too and is its own.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"6901234567892", "04252614", "036000291452", "10614141000019", "(01)09521234543213(3103)000750(10)A(01",
		"]C10109521234543213310300075010L\x1d2112", "6.9E+12", "LATTE-L", "2100042012509", "]", "]C1", "00000000", "--", " - ", "]00]000", "]C0]E0", "00000040", "]C11000000",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := barcode.Parse(text)
		if err != nil {
			var p *till.Problem
			if !errors.As(err, &p) || p.What.IsZero() || p.Hint.IsZero() {
				t.Fatalf("%q: %v tells no next step", text, err)
			}
			return
		}
		again, err := barcode.Parse(c.Normal())
		if err != nil || again.Normal() != c.Normal() {
			t.Fatalf("%q: normal %q reads as %q (%v)", text, c.Normal(), again.Normal(), err)
		}
		if _, _, err := barcode.Usual().Read(c); err != nil && !errors.Is(err, barcode.ErrCheckDigit) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func FuzzParsePatterns(f *testing.F) {
	f.Add("weight 21IIIII{NNDDD}C", "12345", int64(1250))
	f.Add("price 02IIIIIV{NNDD}C", "00001", int64(99))
	f.Add("count 29IIIIII{NNNN}C", "000001", int64(3))
	f.Fuzz(func(t *testing.T, line, item string, value int64) {
		ps, err := barcode.ParsePatterns(line)
		if err != nil {
			return
		}
		code, err := ps[0].Make(item, value)
		if err != nil {
			return
		}
		c, err := barcode.Parse(code)
		if err != nil {
			t.Fatalf("%q makes %s: %v", line, code, err)
		}
		if m, ok, err := ps.Read(c); !ok || err != nil || m.Item != item {
			t.Fatalf("%q makes %s, read as %+v %v %v", line, code, m, ok, err)
		}
	})
}
