package emv_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// Values of more than one part and codes of other standards, as the applications mean them.
func TestExplainValueFor(t *testing.T) {
	const visa, mastercard, amex, unionpay = "A0000000031010", "A0000000041010", "A00000002501", "A000000333010101"
	for _, c := range []struct{ tag, aid, value, want string }{
		{"9F1A", "", "0528", "Netherlands (NL)"},
		{"5F55", "", "4742", "United Kingdom"},
		{"5F56", "", "474252", "United Kingdom"},
		{"5F2A", "", "0826", "GBP, British Pound"},
		{"9F3B", "", "097801230840", "EUR, Euro|0123 (not known)|USD, US Dollar"},
		{"5F2D", "", "656E6672", "English|French"},
		{"5F2D", "", "656EFFFF", "English|FFFF (not known)"},
		{"9F15", "", "5812", "eating places and restaurants"},
		{"5F30", "", "0201", "international, chip, normal authorization, no restrictions"},
		{"5F57", "", "20", "Cheque or debit account"},
		{"9F2A", "", "02", "Kernel 2 (Mastercard)"},
		{"9F4D", "", "0B0A", "File 11, 10 records"},
		{"81", "", "000004E2", "1250 minor units"},
		{"91", "", "50FC6205038200003030", `Response cryptogram (ARPC): 50FC620503820000|"00" Approved`},
		{"91", "", "FC436535D614F3730010", "Response cryptogram (ARPC): FC436535D614F373|Response code of M/Chip: 0010"},
		{"91", "", "1122334403B20000", "Response cryptogram (ARPC): 11223344|issuer approves the online transaction|application block|update the PIN try counter|reset the offline counters|PIN tries: 3"},
		{"9F5B", "", "2000004000", "Script 00004000: successful"},
		{"9F5B", "", "12000000012F00000002", "Script 00000001: command 2 failed|Script 00000002: successful"},
		{"86", "", "84240002084761739001010010", "PIN CHANGE/UNBLOCK"},
		{"86", "", "04DA9F580900C7356286E3779889", "PUT DATA 9F58 Lower consecutive offline limit (scheme specific)"},
		{"86", visa, "04DA9F580900C7356286E3779889", "PUT DATA 9F58 Lower consecutive offline limit"},
		{"86", "", "04DA8E00080102030405060708", "PUT DATA 8E Cardholder verification method (CVM) list"},
		{"8B", "", "00010200010001020002", "Terminal category: Transit gate|Terminal category: Loyalty"},
		{"8B", "", "0001020099", "Terminal category: 0099 (reserved)"},
		{"8B", "", "0001020001BEEF03121212", "Terminal category: Transit gate|Information BEEF, not known: 121212"},
		{"9F3E", "", "00010002", "Terminal category: Transit gate|Terminal category: Loyalty"},
		{"06", "", "2B81051086480918010 1", "1.3.133.16.840.9.24.1.1 DUKPT with AES-128"},
		{"06", "", "2A8648", "1.2.840"},
		{"06", "", "2A86", ""},

		{"9F6E", mastercard, "0528000332310001010840000000", "Country: Netherlands (NL)|Product extension of Mastercard|Device: 21 Phone|Fleet card|Good for fuel and other products|Ask for the odometer|Vehicle card"},
		{"9F6E", mastercard, "0250000330350002000200", "Country: France (FR)|Product extension of Mastercard|Device: 05 Wristband|Transit card|Travels for less: Student"},
		{"9F6E", mastercard, "0250800300", "Country: France (FR)|Product extension of Mastercard|Product: 00"},
		{"9F6E", visa, "23DE0000", "Version 1|Mobile phone|Passcode can be entered|Signature panel|Printed verification code (CVV2)|Two-way messaging|Credentials kept in the cloud|Biometric cardholder verification|Contactless by ISO/IEC 14443"},
		{"9F6E", amex, "9CD04003", "Contact chip supported|Contactless EMV, partial online mode supported|Contactless mobile supported|Try another interface after a decline|Verification on the mobile supported|Online PIN supported|Plaintext offline PIN supported|Cardholder verification required|Kernel C-4 version 2.7 or later"},
		{"9F6E", "", "20000000", "Read as that of Visa, by its form|Version 1|Card|Contactless by ISO/IEC 14443"},
		{"9F6E", unionpay, "20000000", ""},
		{"9F6D", amex, "C8", "EMV and magnetic stripe mode, cardholder verification required"},
		{"9F7E", mastercard, "01", "Mobile supported"},
		{"9F69", "", "9F37049F0206", "9F37 Unpredictable number (4)|9F02 Amount, authorised (numeric) (6)"},
		{"9F69", visa, "01112233443600", "Fast DDA version 1|Unpredictable number of the card: 11223344|Go online if offline data authentication fails|Switch to contacts if offline data authentication fails|Switch to contacts for cash|Switch to contacts for cashback"},
		{"9F51", mastercard, "9F0206", "9F02 Amount, authorised (numeric) (6)"},
		{"9F79", unionpay, "000000012345", "12345 minor units"},
	} {
		tag, err := emv.ParseTag(c.tag)
		if err != nil {
			t.Fatal(err)
		}
		value, aid := unhex(strings.ReplaceAll(c.value, " ", "")), unhex(c.aid)
		en := emv.ExplainOptions{AID: aid}.ExplainValue(tag, value)
		if got := strings.Join(en.Meaning, "|"); got != c.want {
			t.Errorf("%s of %q %s:\n%s, want\n%s", c.tag, c.aid, c.value, got, c.want)
		}
		zh := emv.ExplainOptions{Lang: "zh", AID: aid}.ExplainValue(tag, value)
		if len(zh.Meaning) != len(en.Meaning) {
			t.Errorf("%s: %q in Chinese", c.tag, zh.Meaning)
		}
	}
}

// A dump that names one application is read as that means its tags; one that names two is
// not, and what is sensitive for all stays hidden.
func TestExplainScheme(t *testing.T) {
	for dump, want := range map[string]string{
		"8407A0000000031010" + "9F6E0420000000":                                      "Visa",
		"8407A0000000041010" + "9F6E07052800033231 00":                               "Mastercard",
		"8407A0000000041010" + "4F07A0000000031010" + "9F6E0420000000":               "",
		"840E325041592E5359532E4444463031" + "9F6E0420000000":                        "",
		"9F0606A00000002501" + "9F6E049CD04003":                                      "American Express",
		"840E325041592E5359532E4444463031" + "4F07A0000000031010" + "9F6E0420000000": "Visa",
	} {
		said := emv.Explain(unhex(strings.ReplaceAll(dump, " ", "")), "en")
		if last := said[len(said)-1]; last.Tag != 0x9F6E || last.Scheme != want {
			t.Errorf("%s: %s read as that of %q, want %q", dump, last.Tag, last.Scheme, want)
		}
	}
	visa := emv.ExplainOptions{AID: unhex("A0000000031010")}
	if e := visa.ExplainValue(0x9F6B, unhex("000000005000")); e.Value != "000000005000" {
		t.Errorf("a limit is hidden: %s", e.Value)
	}
	if e := visa.ExplainValue(0x9F6B, unhex("4761739001010010D31122010000000000")); strings.Contains(e.Value, "7390") {
		t.Errorf("a track is shown: %s", e.Value)
	}
}

func TestExplainUnmasked(t *testing.T) {
	for _, unmask := range []bool{false, true} {
		e := emv.ExplainOptions{Unmask: unmask}.ExplainValue(emv.TagTrack2, unhex("4761739001010010D31122010000000000"))
		if shown := strings.Contains(e.Value, "4761739001010010"); shown != unmask {
			t.Errorf("unmask %v: %s", unmask, e.Value)
		}
		if got, want := strings.Join(e.Meaning, "|"), "VISA|Service code 201: international, chip, normal authorization, no restrictions"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestLanguageName(t *testing.T) {
	for code, want := range map[string]string{"fr": "French 法语", "wln": "Walloon 瓦隆语", "ZH": "Chinese 中文", "xx": " ", "": " "} {
		if got := emv.LanguageName(code, "en") + " " + emv.LanguageName(code, "zh"); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
