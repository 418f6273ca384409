package emv_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// Each dump is explained in both languages; review the goldens by git diff.
func TestExplainGolden(t *testing.T) {
	for name, dump := range map[string]string{
		"request": "9F2608E3B5522CB1F6040A9F2701809F100706010A03A000009F37047477656C9F36020042950580000080009A032611239C0100" +
			"9F02060000000012505F2A020156820218009F1A0201569F03060000000000009F330320288C9F34031E03009F3501229F1E0830303030303031348407A0000000031010" +
			"9F09020096",
		"record": "70545A0847617390010100105F3401015F24033112315F25032001015F280201569F0702FF808C159F02069F03069F1A0295055F2A029A039C019F3704" +
			"8D178A029F02069F03069F1A0295055F2A029A039C019F3704",
		"fci":     "6F288407A0000000031010A51D500B56495341204352454449548701829F38039F1A025F2D04656E7A68",
		"options": "77129F3602004294080801010010010201820218005F2D00",
		"answer":  "8A023030910A1122334455667788303072179F180400004000860E84240002090102030405060708098E10000003E8000007D041035E0342061F00",
		"broken":  "70235A08476173900101001057134761739001010010D311220100000000",
		"unknown": "DF8A01021234DF01084761739001010010DF020F34373631373339303031303130303130E101FF",
		"times":   "9F21030930159F3602FFFF9F1302000088010187018150015A",
		"lengths": "9F0205000000012595068000000000009F39010581040000FFFF9F120A43726564697420F1204D",
	} {
		for _, lang := range []string{"en", "zh"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				golden(t, "explain/"+name+"."+lang+".golden", dump+"\n\n"+sayElements(emv.Explain(unhex(dump), lang)))
			})
		}
	}
}

func sayElements(elements []emv.Element) string {
	var b strings.Builder
	for _, e := range elements {
		tag := e.Tag.String()
		if e.Tag == 0 {
			tag = "--"
		}
		fmt.Fprintf(&b, "%4d  %s%s [%d] %s", e.Offset, strings.Repeat("  ", e.Depth), tag, e.Length, e.Name)
		if e.Value != "" {
			fmt.Fprintf(&b, ": %s", e.Value)
		}
		b.WriteByte('\n')
		for _, m := range e.Meaning {
			fmt.Fprintf(&b, "      %s  - %s\n", strings.Repeat("  ", e.Depth), m)
		}
		if e.Warning != "" {
			fmt.Fprintf(&b, "      %s  ! %s\n", strings.Repeat("  ", e.Depth), e.Warning)
		}
	}
	return b.String()
}

// What is sensitive does not show in whatever form it lies: in its own tag, in a torn
// one, in a tag of the issuer's, packed or as text.
func TestExplainMasks(t *testing.T) {
	for name, dump := range map[string]string{
		"number":                      "5A084761739001010010",
		"number cut off":              "5A0A4761739001010010",
		"track":                       "57114761739001010010D31122010000000000",
		"track cut off":               "57134761739001010010D31122010000000000",
		"name":                        "5F200F4A414E452F444F45",
		"number in an issuer's tag":   "DF01084761739001010010",
		"number between others":       "DF010A004761739001010010FF",
		"number half a byte off":      "DF010904761739001010010F",
		"number as text":              "DF011034373631373339303031303130303130",
		"track as text":               "DF01193B343736313733393030313031303031303D333131323230313F",
		"number behind a broken tag":  "9F9F9F9F9F4761739001010010",
		"number in a list of records": "70095A084761739001010010" + "7004DF0100",
		"script with a new PIN":       "860D84240002084761739001010010",
	} {
		said := sayElements(emv.Explain(unhex(dump), "en"))
		for _, trace := range []string{"4761739001010010", "739001010010", "34373631373339", "4A414E45", "JANE"} {
			if strings.Contains(said, trace) {
				t.Errorf("%s shows %q:\n%s", name, trace, said)
			}
		}
	}
}

func TestExplainValue(t *testing.T) {
	for _, c := range []struct {
		tag   emv.Tag
		value string
		want  []string
	}{
		{emv.TagTransactionDate, "221215", []string{"2022-12-15"}},
		{emv.TagTransactionDate, "501301", nil}, // no month 13
		{emv.TagTransactionDate, "500101", []string{"1950-01-01"}},
		{emv.TagExpiry, "491231", []string{"2049-12-31"}},
		{emv.TagAmount, "000000001250", []string{"1250 minor units"}},
		{emv.TagAmount, "00000000125A", nil},
		{emv.TagCurrency, "0978", []string{"EUR, Euro"}},
		{emv.TagCurrency, "0001", nil},
		{emv.TagPAN, "4761739001010010", []string{"VISA"}},
		{emv.TagARC, "3531", []string{`"51" Insufficient funds`}},
		{emv.TagEntryMode, "05", []string{"Chip"}},
		{emv.TagTerminalType, "22", []string{"Attended, offline with online capability, operated by a merchant"}},
		{emv.TagTerminalType, "99", []string{"99 (reserved)"}},
		{emv.TagPriority, "00", []string{"No priority"}},
		{emv.TagDFName, "A0000000043060", []string{"Maestro"}},
		{emv.TagDFName, "A0000000041010", []string{"Mastercard"}},
		{emv.TagDFName, "A000000333010101", []string{"UnionPay"}},
		{emv.TagDFName, "A0000009999999", nil},
		{emv.TagPDOL, "9F3704DF0101", []string{"9F37 Unpredictable number (4)", "DF01 Unknown tag (1)"}},
		{emv.TagAFL, "0801", nil},
	} {
		if got := emv.ExplainValue(c.tag, unhex(c.value), "en"); !slices.Equal(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.tag, c.value, got, c.want)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	data := records(1)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		emv.Explain(data, "en")
	}
}

// The amounts of a CVM list are of the application's currency, which another object says:
// with it they are money, without it minor units.
func TestExplainAmountsOfCVMList(t *testing.T) {
	list := "8E0E000003E8000007D0410642071E09"
	for dump, want := range map[string]string{
		"9F42020156" + list: "Amounts X 10.00 CNY and Y 20.00 CNY",
		"9F42020392" + list: "Amounts X 1000 JPY and Y 2000 JPY",
		list:                "Amounts X 1000 and Y 2000 (minor units of the application currency)",
	} {
		if said := sayElements(emv.Explain(unhex(dump), "en")); !strings.Contains(said, want) {
			t.Errorf("%s: no %q in\n%s", dump, want, said)
		}
	}
}
