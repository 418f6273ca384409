package emv_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/money"
)

func yuan(tb testing.TB) money.Currency {
	tb.Helper()
	c, err := money.CurrencyByNumber("156")
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func meaningOf(tag emv.Tag, value []byte, c money.Currency, lang string) string {
	return string(emv.AppendMeaning([]byte("> "), tag, value, c, lang)[2:])
}

func TestAppendMeaning(t *testing.T) {
	for _, c := range []struct {
		tag    emv.Tag
		value  string
		en, zh string
	}{
		{emv.TagTVR, "8000048000", "Offline data authentication was not performed; Online PIN entered; Amount exceeds the floor limit", "未进行脱机数据认证；已输入联机 PIN；交易金额超过最低限额"},
		{emv.TagTVR, "0004000001", "byte 2 bit 3 (reserved); byte 5 bit 1 (reserved)", "字节 2 位 3（保留）；字节 5 位 1（保留）"},
		{emv.TagTVR, "0000000000", "", ""},
		{emv.TagIACDenial, "0010000000", "Requested service not allowed for this card product", "卡片产品不允许所请求的服务"},
		{emv.TagCID, "00", "Cryptogram type: AAC (declined)", "密文类型：AAC（拒绝）"},
		{emv.TagCVMResults, "1E0300", "Signature on paper, if the terminal supports it: result unknown", "签名（纸），如果终端支持该方法：结果未知"},
		{emv.TagCVMResults, "3F0000", "No cardholder verification performed: result unknown", "未执行持卡人验证：结果未知"},
		{emv.TagCVMResults, "2A7709", "2A (reserved), 77 (reserved): 09 (reserved)", "2A（保留），77（保留）：09（保留）"},
		{emv.TagCVMResults, "1E03", "", ""},
		{emv.TagAmount, "000000001250", "12.50 CNY", "12.50 CNY"},
		{emv.TagAmount, "00000000125A", "", ""},
		{emv.TagAmount, "0000001250", "", ""},
		{emv.TagTransactionDate, "261123", "2026-11-23", "2026-11-23"},
		{emv.TagTransactionDate, "501301", "", ""},
		{emv.TagTransactionDate, "2611", "", ""},
		{emv.TagTransactionTime, "235959", "23:59:59", "23:59:59"},
		{emv.TagTransactionTime, "240000", "", ""},
		{emv.TagATC, "FFFF", "65535", "65535"},
		{emv.TagATC, "FF", "", ""},
		{emv.TagSequenceCounter, "00000042", "42", "42"},
		{emv.TagSequenceCounter, "0000004A", "", ""},
		{emv.TagPSN, "01", "1", "1"},
		{emv.TagPINTries, "03", "3", "3"},
		{emv.TagARC, "3030", "Approved", "批准"},
		{emv.TagARC, "FFFF", "", ""},
		{emv.TagTransactionType, "20", "Refund", "退货"},
		{emv.TagTransactionType, "99", "", ""},
		{emv.TagTerminalType, "22", "Attended, offline with online capability, operated by a merchant", "有人值守，可脱机可联机，商户"},
		{emv.TagEntryMode, "07", "Contactless chip", "非接触 IC 卡"},
		{emv.TagDFName, "A0000000043060", "Maestro", "Maestro"},
		{emv.TagDFName, "A0000000", "", ""},
		{emv.TagPriority, "81", "Priority 1; only after the cardholder confirms", "优先级 1；须经持卡人确认"},
		{emv.TagAFL, "0801010010010201", "File 1, record 1; File 2, records 1 to 2, 1 signed", "文件 1，记录 1；文件 2，记录 1 至 2，其中 1 条参与脱机数据认证"},
		{emv.TagPDOL, "9F37049F0206", "9F37 Unpredictable number (4); 9F02 Amount, authorised (numeric) (6)", "9F37 不可预知数 (4)；9F02 授权金额（数字型） (6)"},
		{emv.TagApplicationLabel, "56495341", "VISA", "VISA"},
		{emv.TagApplicationLabel, "C9", "É", "É"},
		{emv.TagApplicationLabel, "5649075341", "", ""}, // a control character
		{emv.TagAC, "A1B2C3D4E5F60718", "", ""},
		{emv.TagIAD, "06010A03A00000", "key index 1; cryptogram version 10; ARQC in the first GENERATE AC; no second GENERATE AC", "密钥索引 1；密文版本 10；第一次 GENERATE AC 返回 ARQC；未请求第二次 GENERATE AC"},
		{emv.TagIAD, "07010103A8502401", "key index 1; cryptogram version 1; ARQC in the first GENERATE AC; no second GENERATE AC; script commands done: 2; issuer authentication failed; PIN try limit exceeded; new card; dynamic data authentication failed in the last offline transaction",
			"密钥索引 1；密文版本 1；第一次 GENERATE AC 返回 ARQC；未请求第二次 GENERATE AC；已执行脚本命令数：2；发卡行认证失败；PIN 尝试次数超限；新卡；上次脱机交易动态数据认证失败"},
		{emv.TagIAD, "0110A00003220000000000000000000000FF", "M/Chip 4; key index 1; cryptogram version 16; session key of Mastercard's own (SKD); counters are not in the cryptogram; no second GENERATE AC; ARQC in the first GENERATE AC; PIN not checked by the card; domestic transaction; PIN tries left: 3",
			"M/Chip 4；密钥索引 1；密文版本 16；Mastercard 专有会话密钥（SKD）；密文不含计数器；未请求第二次 GENERATE AC；第一次 GENERATE AC 返回 ARQC；未进行脱机 PIN 验证；国内交易；剩余 PIN 尝试次数：3"},
		{emv.TagIAD, "0FA5", "", ""},           // cut off
		{emv.TagIAD, "07010103A00000", "", ""}, // shorter than it says
		{0x9F66, "36004000", "EMV mode supported; Contact chip supported; Online PIN supported; Signature supported; Verification on the cardholder's device supported",
			"支持 EMV 模式；支持接触式芯片；支持联机 PIN；支持签名；支持设备端持卡人验证"},
		{0x9F6C, "0080", "Cardholder verified on his device", "已在设备端验证持卡人"},
		{emv.TagPAN, "4761739001010010", "", ""},
		{emv.TagTrack2, "4761739001010010D3112201", "", ""},
		{emv.TagCardholderName, "4A414E45", "", ""},
		{0xDF01, "01", "", ""},
		{emv.TagTVR, "", "", ""},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			if got := meaningOf(c.tag, unhex(c.value), yuan(t), lang); got != want {
				t.Errorf("%s %s in %s: %q, want %q", c.tag, c.value, lang, got, want)
			}
		}
	}
	if got := meaningOf(emv.TagAmount, unhex("000000001250"), money.Currency{}, "zh"); got != "1250个最小货币单位" {
		t.Errorf("an amount without a currency: %q", got)
	}
}

// Bits that are appended are those that Bits lists.
func TestAppendMeaningAgreesWithBits(t *testing.T) {
	for e := range emv.Entries() {
		if emv.Flags(e.Tag, nil) == nil {
			continue
		}
		for fill := range 256 {
			value := bytes.Repeat([]byte{byte(fill)}, e.Max)
			for lang, sep := range map[string]string{"en": "; ", "zh": "；"} {
				want := strings.ReplaceAll(strings.Join(emv.Bits(e.Tag, value, lang), sep), "Byte ", "byte ")
				if got := meaningOf(e.Tag, value, money.Currency{}, lang); got != want {
					t.Fatalf("%s %X in %s: %q, want %q", e.Tag, value, lang, got, want)
				}
			}
		}
	}
}

// Every tag of the dictionary has the name that its entry has, and whatever stands in it
// is said or not, but never as it must not be.
func TestTagNames(t *testing.T) {
	for e := range emv.Entries() {
		for _, lang := range []string{"en", "zh"} {
			if got := emv.TagName(e.Tag, lang); got != e.Name(lang) || got == "" {
				t.Errorf("%s in %s: %q, want %q", e.Tag, lang, got, e.Name(lang))
			}
		}
		for _, size := range []int{0, 1, e.Min, e.Max, e.Max + 1} {
			got := meaningOf(e.Tag, bytes.Repeat([]byte{'4'}, size), yuan(t), "en")
			if e.IsSensitive() && got != "" {
				t.Errorf("%s is sensitive and says %q", e.Tag, got)
			}
		}
	}
	if got := emv.TagName(0xDF01, "en"); got != "" {
		t.Errorf("an unknown tag is called %q", got)
	}
}

func TestAppendMeaningAllocatesNothing(t *testing.T) {
	dst := make([]byte, 0, 4096)
	tree, err := emv.Parse(unhex("9F2608A1B2C3D4E5F607189F2701809F100706010A03A000009F37041A2B3C4D9F36020001950580000480009A032611239C01009F0206000000001250"+
		"5F2A020156820238009F1A0201569F03060000000000009F3303E0F8C89F34031E03009F3501228407A00000000310109F0902008C9F4104000000425F340101500456495341"), emv.Lenient)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "zh"} {
		allocs := testing.AllocsPerRun(100, func() {
			dst = dst[:0]
			for _, n := range tree {
				dst = append(dst, emv.TagName(n.Tag, lang)...)
				dst = emv.AppendMeaning(dst, n.Tag, n.Value, yuan(t), lang)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", lang, allocs)
		}
	}
}

func ExampleAppendMeaning() {
	tvr := []byte{0x80, 0x00, 0x04, 0x80, 0x00}
	fmt.Println(string(emv.AppendMeaning(nil, emv.TagTVR, tvr, money.Currency{}, "en")))
	// Output: Offline data authentication was not performed; Online PIN entered; Amount exceeds the floor limit
}

func BenchmarkAppendMeaning(b *testing.B) {
	dst := make([]byte, 0, 4096)
	for _, c := range []struct {
		tag   emv.Tag
		value string
	}{{emv.TagTVR, "8000048000"}, {emv.TagAdditionalCapabilities, "F000F0A001"}, {emv.TagCVMResults, "1E0300"}, {emv.TagAmount, "000000001250"}, {emv.TagAC, "A1B2C3D4E5F60718"}} {
		value, cny := unhex(c.value), yuan(b)
		b.Run(c.tag.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = emv.AppendMeaning(dst[:0], c.tag, value, cny, "en")
			}
		})
	}
}
