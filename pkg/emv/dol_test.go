package emv_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/emv"
)

func TestParseDOL(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"none", "", ""},
		{"of a Visa card", "9F02069F03069F1A0295055F2A029A039C019F3704", "9F02(6) 9F03(6) 9F1A(2) 95(5) 5F2A(2) 9A(3) 9C(1) 9F37(4)"},
		{"repeated", "9F37049F02069F3704", "9F37(4) 9F02(6) 9F37(4)"},
		{"three-byte tag", "DF810803", "DF8108(3)"},
		{"length 0", "9500", "95(0)"},
		{"longest", "95FC", "95(252)"},
	} {
		dol, err := emv.ParseDOL(unhex(c.input))
		if err != nil || dol.String() != c.want || !bytes.Equal(dol.Append(nil), unhex(c.input)) {
			t.Errorf("%s: %v, %v", c.name, dol, err)
		}
	}
}

func TestParseDOLFaults(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"no length", "9F0206" + "95", "not a data object list: entry 2 (95) at offset 3: no length byte"},
		{"tag ends", "9F02069F", "not a data object list: entry 2 at offset 3: bytes end inside the object"},
		{"filling", "00", "not a data object list: entry 1 at offset 0: not a tag of one to four bytes"},
		{"too long", "95FF", "not a data object list: entry 1 (95) at offset 0: got length 255, want at most 252"},
	} {
		if _, err := emv.ParseDOL(unhex(c.input)); !errors.Is(err, emv.ErrDOL) || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
		}
	}
}

// The rules of Book 3, 5.4, one a line.
func TestDOLFill(t *testing.T) {
	values := map[emv.Tag][]byte{
		emv.TagAmount:              unhex("000000001250"),       // n
		emv.TagTerminalCountry:     unhex("0156"),               // n
		emv.TagPAN:                 unhex("4761739001010010"),   // cn
		emv.TagUnpredictableNumber: unhex("DEADBEEF"),           // b
		emv.TagTerminalID:          []byte("TILL0001"),          // an
		emv.TagFCI:                 unhex("8407A0000000031010"), // a template
		0xDF8108:                   unhex("0102"),               // not in the dictionary
	}
	value := func(tag emv.Tag) ([]byte, bool) { v, ok := values[tag]; return v, ok }
	for _, c := range []struct{ name, list, want string }{
		{"as asked", "9F02069F3704", "000000001250DEADBEEF"},
		{"numeric cut at the left", "9F0203", "001250"},
		{"numeric filled at the left", "9F1A04", "00000156"},
		{"compressed cut at the right", "5A04", "47617390"},
		{"compressed filled with F", "5A0A", "4761739001010010FFFF"},
		{"binary cut at the right", "9F3702", "DEAD"},
		{"binary filled at the right", "9F3706", "DEADBEEF0000"},
		{"text filled with zeros at the right", "9F1C09", "54494C4C3030303100"},
		{"absent", "9F0306", "000000000000"},
		{"absent compressed", "5F2202", "0000"},
		{"a template", "6F03", "000000"},
		{"unknown to the dictionary", "DF810803", "010200"},
		{"length 0", "9F02009C01", "00"},
		{"repeated tags stay", "9F37049F02069F3704", "DEADBEEF000000001250DEADBEEF"},
	} {
		dol, err := emv.ParseDOL(unhex(c.list))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%X", dol.Fill(value)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// What Fill gives, Split cuts back into what was asked, in order and with its offsets.
func TestDOLFillSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tags := []emv.Tag{emv.TagAmount, emv.TagPAN, emv.TagTVR, emv.TagTerminalID, 0xDF8108}
		var dol emv.DOL
		for range rapid.IntRange(0, 10).Draw(t, "entries") {
			dol = append(dol, emv.DOLEntry{Tag: rapid.SampledFrom(tags).Draw(t, "tag"), Length: rapid.IntRange(0, 20).Draw(t, "length")})
		}
		value := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "value")
		data := dol.Fill(func(emv.Tag) ([]byte, bool) { return value, true })
		parts, err := dol.Split(data)
		if err != nil || len(data) != dol.Len() || len(parts) != len(dol) {
			t.Fatalf("%d bytes for %v: %v", len(data), dol, err)
		}
		at := 0
		for i, p := range parts {
			if p.Tag != dol[i].Tag || len(p.Value) != dol[i].Length || p.Offset != at || p.End() != at+dol[i].Length {
				t.Fatalf("part %d: %+v of %v", i, p, dol)
			}
			at += dol[i].Length
		}
		if _, err := dol.Split(append(data, 0)); !errors.Is(err, emv.ErrDOL) {
			t.Fatalf("a byte too many: %v", err)
		}
	})
}

func FuzzDOL(f *testing.F) {
	f.Add(unhex("9F02069F03069F1A0295055F2A029A039C019F3704"))
	f.Add(unhex("95FF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		dol, err := emv.ParseDOL(b)
		if err != nil {
			return
		}
		if !bytes.Equal(dol.Append(nil), b) {
			t.Fatalf("%X is written back as %X", b, dol.Append(nil))
		}
		if got := len(dol.Fill(func(emv.Tag) ([]byte, bool) { return b, true })); got != dol.Len() {
			t.Fatalf("%d bytes filled, %d asked", got, dol.Len())
		}
	})
}

func FuzzAFL(f *testing.F) {
	f.Add(unhex("080101001001020118010200"))
	f.Add(unhex("00010100"))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := emv.ParseAFL(b)
		if err != nil {
			if !errors.Is(err, emv.ErrAFL) {
				t.Fatal(err)
			}
			return
		}
		if len(entries) != len(b)/4 {
			t.Fatalf("%d entries of %d bytes", len(entries), len(b))
		}
		for i, e := range entries {
			if got := []byte{e.SFI << 3, e.First, e.Last, e.Signed}; !bytes.Equal(got, b[4*i:4*i+4]) || e.First > e.Last || e.Text("zh") == "" {
				t.Fatalf("entry %d: %+v of %X", i, e, b)
			}
		}
	})
}

func TestParseAFL(t *testing.T) {
	entries, err := emv.ParseAFL(unhex("08010100" + "10010301"))
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	if got := entries[0].Text("en") + " / " + entries[1].Text("en"); got != "File 1, record 1 / File 2, records 1 to 3, 1 signed" {
		t.Error(got)
	}
	if got := entries[1].Text("zh"); got != "文件 2，记录 1 至 3，其中 1 条参与脱机数据认证" {
		t.Error(got)
	}
	for input, want := range map[string]string{
		"":                 "got 0 bytes, want a multiple of 4",
		"080101":           "got 3 bytes, want a multiple of 4",
		"00010100":         "entry 1 at offset 0: got file 0, want 1 to 30",
		"08010100F8010100": "entry 2 at offset 4: got file 31, want 1 to 30",
		"09010100":         "entry 1 at offset 0: got 001 in the low bits of the first byte, want 000",
		"08000100":         "entry 1 at offset 0: got first record 0, want 1 or more",
		"08020100":         "entry 1 at offset 0: got last record 1, want 2 or more",
		"08010203":         "entry 1 at offset 0: got 3 signed records, want at most 2",
	} {
		if _, err := emv.ParseAFL(unhex(input)); !errors.Is(err, emv.ErrAFL) || err.Error() != "not an application file locator: "+want {
			t.Errorf("%q: %v", input, err)
		}
	}
}

func TestParseCVMList(t *testing.T) {
	list, err := emv.ParseCVMList(unhex("000003E8000007D0" + "4206" + "5E03" + "1F00"))
	if err != nil || list.X != 1000 || list.Y != 2000 || len(list.Rules) != 3 {
		t.Fatal(list, err)
	}
	for i, want := range []string{
		"Enciphered PIN checked online, if in the application currency and under amount X; otherwise try the next",
		"Signature on paper, if the terminal supports it; otherwise try the next",
		"No cardholder verification required, always; otherwise fail",
	} {
		if got := list.Rules[i].Text("en"); got != want {
			t.Errorf("rule %d: %s", i+1, got)
		}
	}
	if got := list.Rules[2].Text("zh"); got != "无需持卡人验证，总是执行；否则失败" {
		t.Error(got)
	}
	if empty, err := emv.ParseCVMList(make([]byte, 8)); err != nil || len(empty.Rules) != 0 {
		t.Errorf("no rules: %v, %v", empty, err)
	}
	for _, bad := range []string{"", "00", "000000000000000011"} {
		if _, err := emv.ParseCVMList(unhex(bad)); !errors.Is(err, emv.ErrCVMList) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestCVMResults(t *testing.T) {
	for _, c := range []struct {
		results emv.CVMResults
		en, zh  string
	}{
		{emv.CVMResults{0x3F, 0, 0}, "No cardholder verification performed: result unknown", "未执行持卡人验证：结果未知"},
		{emv.CVMResults{0x5E, 3, 0}, "Signature on paper, if the terminal supports it: result unknown", "签名（纸），如果终端支持该方法：结果未知"},
		{emv.CVMResults{0x1F, 0, 2}, "No cardholder verification required, always: successful", "无需持卡人验证，总是执行：成功"},
		{emv.CVMResults{0x2A, 0x99, 9}, "2A (reserved), 99 (reserved): 09 (reserved)", "2A（保留），99（保留）：09（保留）"},
	} {
		if en, zh := c.results.Text("en"), c.results.Text("zh"); en != c.en || zh != c.zh {
			t.Errorf("%X: %q, %q", c.results, en, zh)
		}
	}
}
