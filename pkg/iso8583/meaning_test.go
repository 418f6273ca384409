package iso8583_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// What a field says, by network and edition. An empty meaning is one that nobody publishes,
// or a form that the field does not have.
func TestMeanings(t *testing.T) {
	specs := map[string]*iso8583.Spec{}
	for _, network := range []string{"", "iso", "visa", "mastercard", "unionpay", "amex"} {
		specs[network] = loose(t, network)
	}
	for _, c := range []struct{ network, mti, field, value, en, zh string }{
		{"", "0200", "3", "003000", "goods and services, from credit account", "消费，转出:信用账户"},
		{"", "0200", "3", "402010", "transfer between the cardholder's accounts, from cheque account, to savings account", "持卡人账户间转账，转出:支票账户，转入:储蓄账户"},
		{"", "0200", "3", "770000", "", ""},
		{"", "0200", "3", "00000", "", ""},
		{"unionpay", "0100", "3", "030000", "preauthorization", "预授权"},
		{"", "0200", "7", "1123024011", "11-23 02:40:11 UTC", "11-23 02:40:11 UTC"},
		{"", "0200", "9", "72500000", "0.2500000", "0.2500000"},
		{"", "0200", "9", "00000012", "12", "12"},
		{"", "0200", "9", "40012345", "1.2345", "1.2345"},
		{"", "0200", "9", "82500000", "", ""},
		{"", "0200", "12", "104011", "10:40:11", "10:40:11"},
		{"", "1200", "12", "261123104011", "2026-11-23 10:40:11", "2026-11-23 10:40:11"},
		{"", "2200", "12", "20261123104011", "2026-11-23 10:40:11", "2026-11-23 10:40:11"},
		{"", "0200", "12", "1040", "", ""},
		{"", "0200", "15", "1123", "11-23", "11-23"},
		{"", "1200", "15", "261123", "2026-11-23", "2026-11-23"},
		{"", "0200", "18", "5411", "grocery stores and supermarkets", "杂货店、超级市场"},
		{"", "0200", "18", "3005", "airline: British Airways", "航空公司：British Airways"},
		{"", "0200", "18", "0001", "", ""},
		{"", "0200", "20", "999", "", ""},
		{"", "0200", "21", "344", "Hong Kong (HK)", "中国香港(HK)"},
		{"", "0200", "22", "051", "chip, contact, terminal can take a PIN", "接触式芯片，终端可输入密码"},
		{"", "0200", "22", "991", "terminal can take a PIN", "终端可输入密码"},
		{"", "0200", "22", "05", "", ""},
		{"unionpay", "0200", "22", "072", "chip, contactless (quick), without a PIN", "快速非接触IC卡，交易中不包含密码"},
		{"", "1100", "22", "510101513344", "can read chips, can take a PIN, cannot keep the card, on the merchant's premises, attended, cardholder present, card present, " +
			"chip read, authenticated by PIN, authenticated by the authorizing agent, can write chips, can print and display, PIN up to 4 digits",
			"可读芯片，可输入密码，不能留卡，商户场所内，有人值守，持卡人在场，卡在场，读取芯片，密码验证，由授权机构验证，可写芯片，可打印和显示，密码最多4位"},
		{"", "0200", "23", "001", "sequence number 1", "序列号1"},
		{"", "0200", "24", "200", "", ""}, // a network's own number in the 1987 edition
		{"", "1200", "24", "200", "original financial request or advice", "原始金融请求或通知"},
		{"", "0100", "25", "06", "preauthorized request", "预授权请求"},
		{"unionpay", "0100", "25", "60", "supplementary preauthorization", "追加预授权"},
		{"", "0100", "25", "60", "", ""},
		{"", "1420", "25", "4021", "timed out waiting for a response", "等待应答超时"},
		{"", "0200", "26", "06", "at most 6 PIN digits", "密码最多6位"},
		{"", "1200", "26", "5812", "eating places and restaurants", "就餐场所和餐馆"},
		{"", "1520", "28", "261123", "2026-11-23", "2026-11-23"},
		{"", "1420", "30", "000000001250000000000000", "transaction 1250 minor units, settlement 0 minor units", "交易金额1250个最小货币单位，清算金额0个最小货币单位"},
		{"", "0110", "39", "05", "do not honour", "不予承兑"},
		{"", "0110", "39", "N7", "", ""},
		{"iso", "0110", "39", "82", "", ""},
		{"visa", "0110", "39", "N7", "declined, CVV2 failure", "CVV2错误，拒绝"},
		{"visa", "0110", "39", "82", "negative result of card authentication or CVV", "卡认证或校验值未通过"},
		{"mastercard", "0110", "39", "82", "declined by the network, policy", "网络拒绝(策略)"},
		{"mastercard", "0110", "39", "N7", "", ""},
		{"unionpay", "0110", "39", "A0", "MAC verification failed", "MAC鉴别失败"},
		{"unionpay", "0110", "39", "51", "not sufficient funds", "资金不足"},
		{"", "1110", "39", "116", "not sufficient funds", "余额不足"},
		{"unionpay", "1110", "39", "116", "not sufficient funds", "余额不足"},
		{"", "2110", "39", "1016", "not sufficient funds", "余额不足"},
		{"", "2110", "39", "9109", "system malfunction", "系统故障"},
		{"amex", "1110", "39", "122", "invalid card security code", "卡安全码错误"},
		{"", "1110", "39", "122", "security violation", "违反安全规定"},
		{"visa", "0100", "22", "0710", "chip, contactless, terminal can take a PIN", "非接触式芯片，终端可输入密码"},
		{"", "0100", "22", "0710", "", ""},
		{"", "2100", "15", "20261123", "2026-11-23", "2026-11-23"},
		{"", "2520", "28", "20261123", "2026-11-23", "2026-11-23"},
		{"", "2100", "4", "1562000000001250", "12.50 CNY", "12.50 CNY"},
		{"", "2100", "49", "156", "", ""}, // something else in that edition
		{"", "0110", "39", "0", "", ""},
		{"", "0200", "40", "201", "service code 201: international, chip, normal authorization, no restrictions", "服务码201:国际通用、带芯片，正常授权，无限制"},
		{"", "0200", "43", "CORNER  SHOP   CN ", "CORNER SHOP CN", "CORNER SHOP CN"},
		{"", "0200", "49", "CNY", "CNY, Chinese Yuan", "CNY，人民币"},
		{"", "0200", "49", "000", "", ""},
		{"", "0200", "49", "ABC", "", ""},
		{"", "0110", "54", "0001156C000000123456", "ledger balance credit 1234.56 CNY", "账面余额 贷记 1234.56 CNY"},
		{"", "0110", "54", "0001156C00000012345", "", ""},
		{"unionpay", "0200", "53", "2600000000000000", "PIN block with the card number, keys of double length, tracks not enciphered", "PIN格式带主账号，双倍长密钥算法，磁道不加密"},
		{"", "0200", "53", "2600000000000000", "", ""},
		{"", "1420", "56", "110000001726112310401106123456", "original 1100, trace number 000017, sent 2026-11-23 10:40:11, acquirer 123456", "原交易1100，跟踪号000017，发送于2026-11-23 10:40:11，受理机构123456"},
		{"unionpay", "0200", "60", "22000017000600", "sale, or its reversal, batch 000017, default, reads magnetic stripes and chips, contactless too, not a fallback", "消费或其冲正，批次000017，缺省值，可读磁条、接触式和非接触式IC卡，非降级"},
		{"unionpay", "0800", "60", "00000017003", "management, batch 000017, sign-on, keys of double length", "管理类，批次000017，签到(双倍长密钥)"},
		{"", "0800", "60", "00000017003", "", ""},
		{"", "0800", "70", "301", "echo test", "线路测试"},
		{"", "1100", "70", "156", "China (CN)", "中国(CN)"},
		{"", "2100", "70", "156", "", ""},
		{"", "1520", "82", "0000000012", "12 transactions", "12笔"},
		{"", "0520", "82", "000000001250", "1250 minor units", "1250个最小货币单位"},
		{"", "0420", "90", "010000004211231040110000123450000000000067", "original 0100, trace number 000042, sent 11-23 10:40:11 UTC, acquirer 1234500, forwarder 67", "原交易0100，跟踪号000042，发送于11-23 10:40:11 UTC，受理机构1234500，转发机构67"},
		{"", "0420", "90", "010000004200000000000000123456700000000000", "", ""},
		{"", "0300", "91", "1", "add a record", "增加记录"},
		{"", "1300", "91", "156", "China (CN)", "中国(CN)"},
		{"", "0200", "48", "anything", "", ""},
		{"", "0200", "42", "4761739001010010", "", ""}, // a card number where none belongs
		{"", "0200", "43", "PAY 4761739001010010", "", ""},
		{"", "0200", "2", "4761739001010010", "VISA", "VISA"},
		{"", "0200", "35", "4761739001010010=31122011143804400000", "VISA, service code 201: international, chip, normal authorization, no restrictions", "VISA，服务码201:国际通用、带芯片，正常授权，无限制"},
		{"", "0200", "14", "3112", "hidden", "已隐藏"},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			if got := saysOf(t, specs[c.network], c.mti, c.field, c.value, lang); got != want {
				t.Errorf("%s %s field %s, %d characters, %s: %q, want %q", c.network, c.mti, c.field, len(c.value), lang, got, want)
			}
		}
	}
}

// A network is told by the definition or by how the name begins.
func TestNetworks(t *testing.T) {
	for _, c := range []struct{ name, network, want string }{
		{"my host", "", "system malfunction"},
		{"unionpay-pos", "", "switch malfunction"},
		{"UnionPay of our bank", "", "switch malfunction"},
		{"unionpay-pos", "iso", "system malfunction"},
		{"my host", "unionpay", "switch malfunction"},
	} {
		def := loose(t, "").Definition()
		def.Name, def.Network = c.name, c.network
		spec, err := iso8583.NewSpec(def)
		if err != nil {
			t.Fatal(err)
		}
		if got := saysOf(t, spec, "0210", "39", "96", "en"); got != c.want {
			t.Errorf("%q of network %q: %q, want %q", c.name, c.network, got, c.want)
		}
	}
	def := loose(t, "").Definition()
	def.Network = "Visa Inc"
	if _, err := iso8583.NewSpec(def); !errors.Is(err, iso8583.ErrSpec) || !strings.Contains(err.Error(), "visa, mastercard, unionpay, amex or iso") {
		t.Errorf("network %q: %v", def.Network, err)
	}
}

// Parts of a field that a spec divides say what they would say in the whole.
func TestMeaningsOfParts(t *testing.T) {
	part := func(length int) *iso8583.Field {
		return &iso8583.Field{Type: "String", Length: length, Enc: "ASCII", Prefix: "ASCII.Fixed"}
	}
	def := loose(t, "unionpay").Definition()
	def.Fields["3"] = &iso8583.Field{Type: "Composite", Length: 6, Prefix: "ASCII.Fixed", Tag: &iso8583.Tag{Sort: "StringsByInt"},
		Subfields: iso8583.Fields{"1": part(2), "2": part(2), "3": part(2)}}
	def.Fields["22"] = &iso8583.Field{Type: "Composite", Length: 3, Prefix: "ASCII.Fixed", Tag: &iso8583.Tag{Sort: "StringsByInt"},
		Subfields: iso8583.Fields{"1": part(2), "2": part(1)}}
	def.Fields["63"] = &iso8583.Field{Type: "Composite", Length: 3, Prefix: "ASCII.LLL", Tag: &iso8583.Tag{Sort: "StringsByInt"},
		Subfields: iso8583.Fields{"1": part(3)}}
	def.Fields["60"] = &iso8583.Field{Type: "Composite", Length: 13, Prefix: "ASCII.LLL", Tag: &iso8583.Tag{Sort: "StringsByInt"},
		Subfields: iso8583.Fields{"1": part(2), "2": part(6), "3": part(3), "4": part(1), "5": part(1)}}
	spec, err := iso8583.NewSpec(def)
	if err != nil {
		t.Fatal(err)
	}
	m := spec.NewMessage("0200")
	for path, value := range map[string]string{"3": "310030", "22": "052", "60": "0100001700060", "63": "VIS"} {
		if err := m.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range spec.Explain(raw, "en").Fields {
		got[f.Path] = f.Meaning
	}
	for path, want := range map[string]string{
		"3": "balance inquiry, to credit account", "3.1": "balance inquiry", "3.2": "default account", "3.3": "credit account",
		"22": "chip, contact, without a PIN", "22.1": "chip, contact", "22.2": "without a PIN",
		"60":   "balance inquiry, batch 000017, default, reads magnetic stripes and chips, contactless too, not a fallback",
		"60.1": "balance inquiry", "60.2": "batch 000017", "60.3": "default", "60.4": "reads magnetic stripes and chips, contactless too", "60.5": "not a fallback", "63.1": "Visa",
	} {
		if got[path] != want {
			t.Errorf("%s: %q, want %q", path, got[path], want)
		}
	}
}

// What an EMV data object says: the bits that are set, and numbers of other standards by
// name.
func TestMeaningsOfDataObjects(t *testing.T) {
	for _, c := range []struct{ tlv, path, en, zh string }{
		{"95058000048000", "55.95", "Offline data authentication was not performed; Online PIN entered; Amount exceeds the floor limit", "未进行脱机数据认证；已输入联机 PIN；交易金额超过最低限额"},
		{"95050004000000", "55.95", "byte 2 bit 3 (reserved)", "字节 2 位 3（保留）"},
		{"9B02E800", "55.9B", "Offline data authentication was performed; Cardholder verification was performed; Card risk management was performed; Terminal risk management was performed",
			"已进行脱机数据认证；已进行持卡人验证；已进行卡片风险管理；已进行终端风险管理"},
		{"9F270180", "55.9F27", "Cryptogram type: ARQC (go online)", "密文类型：ARQC（联机）"},
		{"9F34034103 02", "55.9F34", "Plaintext PIN checked by the card, if the terminal supports it: successful", "IC 卡验证明文 PIN，如果终端支持该方法：成功"},
		{"9F1A020156", "55.9F1A", "China (CN)", "中国(CN)"},
		{"5F2A020344", "55.5F2A", "HKD, Hong Kong Dollar", "HKD，港元"},
		{"9F15025411", "55.9F15", "grocery stores and supermarkets", "杂货店、超级市场"},
		{"5F30020201", "55.5F30", "service code 201: international, chip, normal authorization, no restrictions", "服务码201:国际通用、带芯片，正常授权，无限制"},
		{"9F0206000000001250 5F2A020414", "55.9F02", "1.250 KWD", "1.250 KWD"},
		{"9F0206000000001250", "55.9F02", "1250 minor units", "1250个最小货币单位"},
		{"9A03261123", "55.9A", "2026-11-23", "2026-11-23"},
		{"9F2103104011", "55.9F21", "10:40:11", "10:40:11"},
		{"8A023035", "55.8A", "Do not honour", "不予承兑"},
		{"8A025858", "55.8A", "", ""},
		{"9C0101", "55.9C", "Cash advance or withdrawal", "取现"},
		{"9C0177", "55.9C", "", ""},
		{"9F350122", "55.9F35", "Attended, offline with online capability, operated by a merchant", "有人值守，可脱机可联机，商户"},
		{"9F36020102", "55.9F36", "258", "258"},
		{"5F340101", "55.5F34", "1", "1"},
		{"8407A0000000031010", "55.84", "Visa", "Visa"},
		{"50054445424954", "55.50", "DEBIT", "DEBIT"},
		{"9F1E083132333435363738", "55.9F1E", "12345678", "12345678"},
		{"9F2608A1B2C3D4E5F60718", "55.9F26", "", ""},
		{"9505800004", "55.95", "", ""}, // cut off: the message tells of it
		{"9F1602 4142", "55.9F16", "", ""},
		{"5A084761739001010010", "55.5A", "VISA", "VISA"},
		{"5F200344 4F45", "55.5F20", "hidden", "已隐藏"},
		{"9F1610343736313733393030313031303031 30", "55.9F16", "", ""}, // a card number
	} {
		value := strings.ReplaceAll(c.tlv, " ", "")
		raw := []byte("0100" + "0000000000000200" + fmt3(len(value)/2) + string(unhex(t, value)))
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			got := ""
			for _, f := range ascii(t).Explain(raw, lang).Fields {
				if f.Path == c.path {
					got = f.Meaning
				}
			}
			if got != want {
				t.Errorf("%s in %s: %q, want %q", c.tlv, lang, got, want)
			}
		}
	}
}

func fmt3(n int) string {
	return string([]byte{'0' + byte(n/100), '0' + byte(n/10%10), '0' + byte(n%10)})
}

// Whoever explains millions of messages allocates nothing for what they say.
func TestMeaningsAllocateNothing(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t), loose(t, "unionpay")} {
		raw := benchMessage(t, spec)
		for _, lang := range []string{"en", "zh"} {
			e := spec.NewExplainer(iso8583.ExplainOptions{Lang: lang})
			var l iso8583.Layout
			if err := spec.Decode(raw, &l); err != nil {
				t.Fatal(err)
			}
			var dst []byte
			say := func() {
				dst = dst[:0]
				for i := range l.Len() {
					dst = e.AppendMeaning(dst, &l, i)
				}
			}
			say()
			if len(dst) < 250 {
				t.Errorf("%s %s: the message says no more than %q", spec, lang, dst)
			}
			if allocs := testing.AllocsPerRun(100, say); allocs != 0 {
				t.Errorf("%s %s: %v allocations a message", spec, lang, allocs)
			}
		}
	}
}

func BenchmarkMeanings(b *testing.B) {
	spec := bcd(b)
	raw := benchMessage(b, spec)
	e := spec.NewExplainer(iso8583.ExplainOptions{Lang: "en"})
	var l iso8583.Layout
	if err := spec.Decode(raw, &l); err != nil {
		b.Fatal(err)
	}
	var dst []byte
	for _, c := range []struct{ name, path string }{{"amount", "4"}, {"entry", "22"}, {"category", "18"}, {"currency", "49"}, {"bits", "55.9F33"}, {"results", "55.9F34"}} {
		i := l.Find(c.path)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = e.AppendMeaning(dst[:0], &l, i)
			}
		})
	}
}
