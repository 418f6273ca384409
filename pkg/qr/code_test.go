package qr_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/qr"
)

// example is a dynamic code with everything that EMVCo MPM v1.1 has a place for: two
// account templates, additional data, a name in Chinese, a template of its owner. The
// check value was computed by the definition of the CRC, bit by bit, outside Go.
const example = "000201" + "010212" + "29300012D156000000000510A93FO3230Q" + "31280012D15600000001030812345678" +
	"52044111" + "5303156" + "540523.72" + "550202" + "56035.0" + "5802CN" + "5914BEST TRANSPORT" + "6007BEIJING" + "6107100000X" +
	"62330304123406" + "03***0708A60086670902ME" + "64200002ZH0104最佳运输0202北京" + "91320016A0112233449988770708123456786304" + "9016"

// sealed puts the right check value behind a text that ends in "6304".
func sealed(text string) string {
	crc := uint16(0xFFFF)
	for _, b := range []byte(text) {
		for i := 7; i >= 0; i-- {
			top := crc>>15 ^ uint16(b>>i&1)
			crc <<= 1
			if top == 1 {
				crc ^= 0x1021
			}
		}
	}
	return text + fmt.Sprintf("%04X", crc)
}

// merchant is a code with the objects in between the header and the check value.
func merchant(objects string) string { return sealed("000201" + objects + "6304") }

// The rest of a plain code: an account, MCC, CNY, country, name and city.
const (
	account = "29220004TEST0110M000000042"
	people  = "5802CN5904Shop6008Shanghai"
	plain   = account + "52045812" + "5303156" + people
)

func cny(t testing.TB, minor int64) money.Amount { return amount(t, minor, "CNY") }

func amount(t testing.TB, minor int64, code string) money.Amount {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return money.New(minor, c)
}

func parsed(t testing.TB, text string) qr.Code {
	t.Helper()
	c, err := qr.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	c := parsed(t, example)
	if got, ok := c.Amount(); !ok || got != cny(t, 2372) {
		t.Errorf("amount %v, %v", got, ok)
	}
	if c.Tip() != (qr.Tip{Kind: qr.FixedFee, Fixed: cny(t, 500)}) {
		t.Errorf("tip %+v", c.Tip())
	}
	got := []string{c.Merchant(), c.City(), c.Country(), c.MCC(), c.Currency().Code(), c.Scheme(), c.Value("64.01"), c.Value("91.07"), c.Value("61")}
	want := []string{"BEST TRANSPORT", "BEIJING", "CN", "4111", "CNY", "emvco-mpm", "最佳运输", "12345678", "100000X"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if c.Initiation() != qr.Dynamic || c.Grade() != qr.OK || !c.Valid() || c.Reveal() != example {
		t.Errorf("initiation %d, grade %s: %v", c.Initiation(), c.Grade(), c.Findings())
	}
}

// Offsets count bytes, lengths characters.
func TestPlaces(t *testing.T) {
	c := parsed(t, example)
	for path, want := range map[string][3]int{
		"00": {0, 2, 0}, "29": {12, 30, 0}, "29.00": {16, 12, 1}, "29.05": {32, 10, 1},
		"64": {strings.Index(example, "6420"), 20, 0}, "64.01": {strings.Index(example, "0104最"), 4, 1},
		"64.02": {strings.Index(example, "0202北"), 2, 1}, "91": {strings.Index(example, "9132"), 32, 0},
		"63": {len(example) - 8, 4, 0},
	} {
		e, ok := c.Find(path)
		if got := [3]int{e.Offset(), e.Length(), e.Depth()}; !ok || got != want {
			t.Errorf("%s: offset, length and depth %v, want %v", path, got, want)
		}
	}
	if n := len(slices.Collect(c.Elements())); n != 30 {
		t.Errorf("%d objects, want 30", n)
	}
}

// A template in a template is read where a scheme says that it is one.
func TestDepthThree(t *testing.T) {
	c := parsed(t, merchant("010211"+"38540010A00000072701240006970422011001234567890208QRIBFTTA"+"5303704"+"5802VN"))
	if got := c.Value("38.01.00") + " " + c.Value("38.01.01") + " " + c.Scheme(); got != "970422 0123456789 vietqr" {
		t.Errorf("bank, account and scheme: %s", got)
	}
	other := parsed(t, merchant("010211"+"38540010A00000072801240006970422011001234567890208QRIBFTTA"+"5303704"+"5802VN"))
	if _, ok := other.Find("38.01.00"); ok || other.Value("38.01") != "000697042201100123456789" {
		t.Error("a value that looks like a template is read as one")
	}
}

func TestSchemes(t *testing.T) {
	for guid, want := range map[string]string{
		"br.gov.bcb.pix": "pix", "BR.GOV.BCB.PIX": "pix", "A000000677010111": "promptpay", "A000000727": "vietqr",
		"ID.CO.QRIS.WWW": "qris", "A0000006150001": "duitnow", "SG.PAYNOW": "paynow", "ph.ppmi.p2m": "qrph", "TEST": "emvco-mpm",
	} {
		c := parsed(t, merchant("2690"[:2]+fmt.Sprintf("%02d", len(guid)+4)+"00"+fmt.Sprintf("%02d", len(guid))+guid+plain))
		if c.Scheme() != want || !slices.Contains(qr.Schemes(), want) {
			t.Errorf("%s: scheme %s, want %s", guid, c.Scheme(), want)
		}
	}
	both := parsed(t, merchant("26130009SG.PAYNOW"+"51110007SG.SGQR"+plain))
	if both.Scheme() != "paynow" {
		t.Errorf("PayNow inside SGQR: %s", both.Scheme())
	}
}

// What is wrong is found at its place with its grade. "!" stands for a text that is
// taken as it is; of the others the header and the right check value are put around.
func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name, text string
		fault      qr.Fault
		grade      qr.Grade
		path       string
	}{
		{"nothing", "!", qr.Empty, qr.Fatal, ""},
		{"any text", "!hello", qr.BadTag, qr.Fatal, ""},
		{"3000 characters", "!" + strings.Repeat("0", 3000), qr.TooLong, qr.Fatal, ""},
		{"600 characters", strings.Repeat("80960092"+strings.Repeat("x", 92), 6) + plain, qr.Lengthy, qr.Scheme, ""},
		{"no header", "!" + sealed(plain+"6304"), qr.NoHeader, qr.Fatal, "00"},
		{"header second", "!" + sealed("010211000201"+plain+"6304"), qr.LateHeader, qr.Scheme, "00"},
		{"version 2", "!" + sealed("000202"+plain+"6304"), qr.OtherVersion, qr.Scheme, "00"},
		{"initiation", "010213" + plain, qr.BadInitiation, qr.Scheme, "01"},

		{"cut in a value", "!000201" + account + "5204581", qr.CutShort, qr.Fatal, "52"},
		{"cut in a head", "!000201" + account + "52", qr.BadLength, qr.Fatal, "52"},
		{"cut in an ID", "!000201" + account + "5", qr.BadTag, qr.Fatal, ""},
		{"letters for a length", "!000201" + account + "52X45812", qr.BadLength, qr.Fatal, "52"},
		{"an account cut inside", "29080010TEST" + plain[26:], qr.CutShort, qr.Fatal, "29.00"},
		{"an ID cut inside", "29090004TESTx" + plain[26:], qr.BadTag, qr.Fatal, "29"},
		{"additional data cut inside", plain + "6206990399", qr.CutShort, qr.Fatal, "62.99"},
		{"language cut inside", plain + "640300Z", qr.BadLength, qr.Fatal, "64.00"},
		{"a length that swallows", "38570010A00000072701390006970422011301234567890200208QRIBFTTA" + plain[26:], qr.StrayObject, qr.Fatal, "38.01.02"},
		{"owner's template plain", plain + "8203abc", qr.PlainTemplate, qr.Scheme, "82"},
		{"payment system's template plain", plain + "62075003abc", qr.PlainTemplate, qr.Scheme, "62.50"},

		{"no check value", "!000201" + plain, qr.NoCRC, qr.Fatal, "63"},
		{"wrong check value", "!000201" + plain + "63040000", qr.WrongCRC, qr.Fatal, "63"},
		{"letters for a check value", "!000201" + plain + "6304XXXX", qr.BadCRC, qr.Fatal, "63"},
		{"check value of two digits", "!000201" + plain + "6302AB", qr.BadCRC, qr.Fatal, "63"},
		{"behind the check value", "!" + merchant(plain) + "6105abcde", qr.EarlyCRC, qr.Fatal, "63"},
		{"lower case", "!" + lowerCRC(merchant(plain)), qr.LowerCRC, qr.Warning, "63"},

		{"nobody to pay", plain[26:], qr.NoAccount, qr.Fatal, ""},
		{"empty account", "2900" + plain[26:], qr.EmptyTemplate, qr.Fatal, "29"},
		{"empty owner's template", plain + "8000", qr.EmptyTemplate, qr.Fatal, "80"},
		{"empty city", strings.Replace(plain, "6008Shanghai", "6000", 1), qr.ZeroLength, qr.Scheme, "60"},
		{"account of nobody", "29080104TEST" + plain[26:], qr.NoGUID, qr.Scheme, "29"},
		{"no name", strings.Replace(plain, "5904Shop", "", 1), qr.Missing, qr.Scheme, "59"},
		{"no MCC", strings.Replace(plain, "52045812", "", 1), qr.Missing, qr.Scheme, "52"},
		{"no language", plain + "64060102AB", qr.Missing, qr.Scheme, "64.00"},
		{"MCC of three", strings.Replace(plain, "52045812", "5203581", 1), qr.WantDigits, qr.Fatal, "52"},
		{"currency of letters", strings.Replace(plain, "5303156", "5303CNY", 1), qr.WantDigits, qr.Fatal, "53"},
		{"no such currency", strings.Replace(plain, "5303156", "5303000", 1), qr.UnknownCurrency, qr.Scheme, "53"},
		{"country of three", strings.Replace(plain, "5802CN", "5803CHN", 1), qr.WantLetters, qr.Fatal, "58"},
		{"name of 26", strings.Replace(plain, "5904Shop", "5926"+strings.Repeat("x", 26), 1), qr.LongValue, qr.Scheme, "59"},
		{"city of 16", strings.Replace(plain, "6008Shanghai", "6016"+strings.Repeat("x", 16), 1), qr.LongValue, qr.Scheme, "60"},
		{"terminal of 26", plain + "62300726" + strings.Repeat("x", 26), qr.LongValue, qr.Scheme, "62.07"},
		{"Chinese name", strings.Replace(plain, "5904Shop", "5902商店", 1), qr.NonASCII, qr.Warning, "59"},
		{"bell", strings.Replace(plain, "Shop", "Sh\ap", 1), qr.Control, qr.Scheme, "59"},
		{"not UTF-8", strings.Replace(plain, "Shop", "Sh\xffp", 1), qr.NotUTF8, qr.Scheme, ""},
		{"62.00", plain + "62060002ab", qr.Reserved, qr.Warning, "62.00"},
		{"70", plain + "7002ab", qr.Reserved, qr.Warning, "70"},
		{"a card number", plain + "622001164761739001010010", qr.CardNumber, qr.Warning, "62.01"},

		{"the same twice", plain + "5303156", qr.Repeated, qr.Scheme, "53"},
		{"two currencies", plain + "5303840", qr.Contradiction, qr.Fatal, "53"},
		{"two amounts", plain + "54011" + "54012", qr.Contradiction, qr.Fatal, "54"},
		{"two identifiers", "29160004TEST0004OTHR" + plain[26:], qr.Contradiction, qr.Fatal, "29.00"},
		{"two references", plain + "62140503abc0503abd", qr.Contradiction, qr.Scheme, "62.05"},

		{"comma", plain + "54041,50", qr.BadAmount, qr.Fatal, "54"},
		{"minus", plain + "5402-5", qr.BadAmount, qr.Fatal, "54"},
		{"point alone", plain + "54025.", qr.BadAmount, qr.Fatal, "54"},
		{"exponent", plain + "54031E9", qr.BadAmount, qr.Fatal, "54"},
		{"fraction of a fen", plain + "54051.005", qr.TooManyDecimals, qr.Fatal, "54"},
		{"three zeros", plain + "54051.000", qr.NeedlessDecimals, qr.Scheme, "54"},
		{"yen and sen", strings.Replace(plain, "5303156", "5303392", 1) + "540410.5", qr.TooManyDecimals, qr.Fatal, "54"},
		{"too much", plain + "5420" + strings.Repeat("9", 20), qr.HugeAmount, qr.Fatal, "54"},
		{"nothing to pay", plain + "54040.00", qr.ZeroAmount, qr.Scheme, "54"},
		{"amount of no currency", strings.Replace(plain, "5303156", "", 1) + "54011", qr.NoCurrency, qr.Fatal, "54"},

		{"tip 04", plain + "550204", qr.BadTip, qr.Scheme, "55"},
		{"fee announced", plain + "550202", qr.NoFee, qr.Scheme, "55"},
		{"percentage announced", plain + "550203", qr.NoFee, qr.Scheme, "55"},
		{"fee and no word of it", plain + "560550.00", qr.StrayFee, qr.Warning, "56"},
		{"fee beside a percentage", plain + "550203" + "560550.00" + "57015", qr.StrayFee, qr.Warning, "56"},
		{"fee of a fraction", plain + "550202" + "56050.005", qr.TooManyDecimals, qr.Fatal, "56"},
		{"percentage of 100", plain + "550203" + "5703100", qr.BadPercent, qr.Fatal, "57"},
		{"percentage of nothing", plain + "550203" + "57010", qr.BadPercent, qr.Fatal, "57"},
		{"percentage of three decimals", plain + "550203" + "57051.005", qr.BadPercent, qr.Fatal, "57"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, asIs := strings.CutPrefix(c.text, "!")
			if !asIs {
				text = merchant(c.text)
			}
			code, err := qr.Parse(text)
			found := slices.IndexFunc(code.Findings(), func(f qr.Finding) bool { return f.Fault == c.fault && f.Path == c.path })
			if found < 0 {
				t.Fatalf("not found among %v", code.Findings())
			}
			f := code.Findings()[found]
			if f.Grade != c.grade {
				t.Errorf("grade %s, want %s", f.Grade, c.grade)
			}
			if c.grade == qr.Fatal && (!errors.Is(err, c.fault) && len(code.Findings()) == 1 || err == nil || code.Valid()) {
				t.Errorf("error %v, valid %v", err, code.Valid())
			}
			if c.grade < qr.Fatal && err != nil {
				t.Errorf("refused: %v", err)
			}
			checkWords(t, f)
		})
	}
}

func lowerCRC(code string) string {
	crc := code[len(code)-4:]
	if strings.ToLower(crc) == crc {
		panic("a check value without letters")
	}
	return code[:len(code)-4] + strings.ToLower(crc)
}

// checkWords wants a finding in both languages, without a broken verb.
func checkWords(t *testing.T, f qr.Finding) {
	t.Helper()
	en, zh := f.Text("en"), f.Text("zh-CN")
	if en == zh || en == string(f.Fault) || strings.Contains(en+zh, "%!") || utf8.RuneCountInString(zh) == len(zh) {
		t.Errorf("%q, %q", en, zh)
	}
}

// The first fatal finding is the error, with place and figures.
func TestError(t *testing.T) {
	_, err := qr.Parse("000201" + plain + "63040000")
	var f qr.Finding
	if !errors.As(err, &f) || !errors.Is(err, qr.WrongCRC) {
		t.Fatalf("%v", err)
	}
	want := fmt.Sprintf("object 63 at byte %d: the check value is 0000, the text gives %s", 6+len(plain), merchant(plain)[6+len(plain)+4:])
	if err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}

// A code whose lengths count bytes is refused, and what it was meant to say is shown.
func TestLengthsInBytes(t *testing.T) {
	text := merchant(strings.Replace(plain, "5904Shop", "5906商店", 1) + "54041.50")
	c, err := qr.Parse(text)
	if !errors.Is(err, qr.BytesCounted) || c.Value("59") != "商店" || c.Value("54") != "1.50" {
		t.Errorf("%v, name %q, amount %q", err, c.Value("59"), c.Value("54"))
	}
}

// Only a code that is sound by bytes in every other way is said to count bytes.
func TestLengthsInBytesAndMore(t *testing.T) {
	text := merchant(strings.Replace(plain, "5904Shop", "5906商店", 1))
	c, err := qr.Parse(text[:len(text)-4] + "0000")
	if err == nil || slices.ContainsFunc(c.Findings(), func(f qr.Finding) bool { return f.Fault == qr.BytesCounted }) {
		t.Errorf("%v", c.Findings())
	}
}

// An account of a card network is masked whatever it looks like, and what follows one in
// a code that must be refused is masked too, since it may be the rest of it.
func TestAccountsAreMasked(t *testing.T) {
	c := parsed(t, merchant("1531"+"2031041800520446ABCDEFGHIJKLMN0"+plain))
	if got := c.Value("15"); got != "203104*********************LMN0" {
		t.Errorf("masked as %s", got)
	}
	shifted, err := qr.Parse("000201" + "0208" + "47617390" + plain + "8012" + "000801010010" + "63040000")
	if got := shifted.Value("80.00"); err == nil || got != "****0010" || strings.Contains(shifted.Text(), "01010010") {
		t.Errorf("masked as %s, %v", got, err)
	}
	if sound := parsed(t, merchant(plain+"8012"+"000801010010")); sound.Value("80.00") != "01010010" {
		t.Errorf("masked as %s", sound.Value("80.00"))
	}
}

// Amounts are exact.
func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		number, text string
		want         money.Amount
	}{
		{"156", "23.72", cny(t, 2372)},
		{"156", "23.7", cny(t, 2370)},
		{"156", "007", cny(t, 700)},
		{"156", "1.5000", cny(t, 150)},
		{"392", "100.00", amount(t, 100, "JPY")},
		{"704", "100000", amount(t, 100000, "VND")},
		{"414", "1.234", amount(t, 1234, "KWD")},
		{"156", "9999999999.99", cny(t, 999999999999)},
	} {
		code := parsed(t, merchant(strings.Replace(plain, "5303156", "5303"+c.number, 1)+"54"+fmt.Sprintf("%02d", len(c.text))+c.text))
		if got, ok := code.Amount(); !ok || got != c.want {
			t.Errorf("%s of %s: %v, %v, want %v", c.text, c.number, got, ok, c.want)
		}
	}
	if got, ok := parsed(t, merchant(plain)).Amount(); ok {
		t.Errorf("no amount: %v", got)
	}
	percent := parsed(t, merchant(plain+"550203"+"57030.7"))
	if got := percent.Tip(); got != (qr.Tip{Kind: qr.PercentFee, Percent: 70}) {
		t.Errorf("0.7 %%: %+v", got)
	}
}

// No formatting of any type shows a card number, and none of its findings does.
func TestNothingLeaks(t *testing.T) {
	const pan = "4761739001010010"
	whole := merchant("0216" + pan + "0420" + pan + "XY98" + plain + "622001164111111111111111" + "8024" + "0004TEST0112413012345678")
	for name, text := range map[string]string{
		"whole":   whole,
		"cut":     whole[:60],
		"no CRC":  "000201" + "0216" + pan + plain,
		"length":  "000201" + "0206" + pan + plain,
		"bare":    pan,
		"grouped": merchant(plain + "62230119" + "4761 7390 0101 0010"),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := qr.Parse(text)
			holder := struct {
				c qr.Code
				e []qr.Element
			}{c, slices.Collect(c.Elements())}
			var out strings.Builder
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%20s", "%-90v|", "%.3s"} {
				fmt.Fprintf(&out, verb+verb+verb+verb+"\n", c, holder, &holder, holder.e)
			}
			slog.New(slog.NewTextHandler(&out, nil)).Info("x", "code", c, "holder", holder, "err", err)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "code", c, "holder", holder, "elements", holder.e)
			for _, v := range []any{c, holder.e, qr.Explain(text, "en"), qr.Explain(text, "zh"), c.Findings()} {
				b, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				out.Write(b)
			}
			for e := range c.Elements() {
				out.WriteString(e.Value() + "\n" + e.Meaning("en") + "\n")
			}
			fmt.Fprint(&out, err, c.Text(), c.Merchant())
			for _, secret := range []string{pan, pan[6:12], "4111111111111111", "4761 7390 0101 0010", "390 0101"} {
				if name != "bare" && strings.Contains(out.String(), secret) {
					t.Errorf("%q is shown", secret)
				}
			}
			if strings.Contains(out.String(), pan) {
				t.Error("the number is shown")
			}
		})
	}
	c := parsed(t, whole)
	if got := c.Value("02"); got != "476173******0010" {
		t.Errorf("masked as %q", got)
	}
	if e, _ := c.Find("02"); e.Reveal() != pan {
		t.Errorf("revealed as %q", e.Reveal())
	}
	if len(c.Text()) != len(whole) {
		t.Error("the mask has another length than the text")
	}
}

func TestZero(t *testing.T) {
	var c qr.Code
	_, asks := c.Amount()
	if !c.IsZero() || c.Valid() || c.String() != "" || c.Reveal() != "" || c.Scheme() != "" || asks || c.Merchant() != "" || c.Findings() != nil {
		t.Error("the zero Code holds something")
	}
	if _, err := c.With("54", "1"); !errors.Is(err, qr.NoElement) {
		t.Errorf("%v", err)
	}
	var e qr.Element
	if e.String()+e.Path()+e.Name("en")+e.Meaning("en") != "" || e.Offset()+e.Length() != 0 {
		t.Error("the zero Element holds something")
	}
}

// checkAnything holds for every text.
func checkAnything(t *testing.T, text string) {
	c, err := qr.Parse(text)
	if (err == nil) != c.Valid() || c.Reveal() != text {
		t.Fatalf("valid %v, error %v", c.Valid(), err)
	}
	end := 0
	for e := range c.Elements() {
		if e.Offset() < end && e.Depth() == 0 || e.Offset() >= len(text) {
			t.Fatalf("object %s at %d", e.Path(), e.Offset())
		}
		if e.Depth() == 0 {
			end = e.Offset() + 4 + len(e.Reveal())
		}
		if text[e.Offset()+4:e.Offset()+4+len(e.Reveal())] != e.Reveal() || len(e.Value()) != len(e.Reveal()) {
			t.Fatalf("object %s: value not in its place", e.Path())
		}
		if name := e.Name("zh"); name == "" {
			t.Fatalf("object %s has no name", e.Path())
		}
	}
	if c.Valid() && end != len(text) {
		t.Fatalf("a valid code with %d bytes that no object holds", len(text)-end)
	}
	for _, f := range c.Findings() {
		if f.Offset < 0 || f.Offset > len(text) || f.Text("en") == "" || strings.Contains(f.Text("zh"), "%!") {
			t.Fatalf("finding %+v", f)
		}
	}
	x, zh := qr.Explain(text, "en"), qr.Explain(text, "zh")
	if len(x.Fields) != len(zh.Fields) || x.Valid != zh.Valid || x.Valid != (x.Grade < qr.Fatal) || !slices.Contains(qr.Schemes(), x.Scheme) {
		t.Fatalf("explained as %+v", x)
	}
	if !c.Valid() {
		return
	}
	for e := range c.Elements() {
		if e.Path() == "63" || strings.Count(c.Reveal(), e.Reveal()) == 0 {
			continue
		}
		if first, _ := c.Find(e.Path()); first.Offset() != e.Offset() {
			continue // a repeat
		}
		same, err := c.With(e.Path(), e.Reveal())
		if err != nil || !strings.EqualFold(same.Reveal(), text) {
			t.Fatalf("%s set to itself: %v", e.Path(), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add(merchant(plain))
	f.Add(merchant("010211" + "38540010A00000072701240006970422011001234567890208QRIBFTTA" + "5303704" + "5802VN"))
	f.Add(merchant("0216" + "4761739001010010" + plain + "62060002ab"))
	f.Add(merchant(strings.Replace(plain, "5904Shop", "5906商店", 1)))
	f.Add("weixin://wxpay/bizpayurl?pr=x")
	f.Add("130061098828009406")
	f.Fuzz(checkAnything)
}
