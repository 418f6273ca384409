package emv_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// The layouts are told apart by their form and, where the form is shared, by the
// application. The first is of the VIS test suite shape, the second of wallets, the M/Chip
// ones are those that the tests of emv-utils publish.
func TestParseIAD(t *testing.T) {
	for _, c := range []struct{ iad, aid, want string }{
		{"06010A03A00000", "", "Visa 0/1/3 key 1 cvn 0A cvr A00000 dac  counters  rest "},
		{"06011203A000000F0102", "A0000000031010", "Visa 0/1/3 key 1 cvn 12 cvr A00000 dac  counters  rest 0F0102"},
		{"1F2201A000000000" + strings.Repeat("00", 24), "", "Visa 2 key 1 cvn 22 cvr A000000000 dac  counters  rest " + strings.Repeat("00", 24)},
		{"1F43FE82A0000000" + strings.Repeat("11", 24), "", "Visa 4 key 254 cvn 43 cvr 82A0000000 dac  counters  rest " + strings.Repeat("11", 24)},
		{"07010103A0000001", "A000000333010101", "UnionPay key 1 cvn 01 cvr A00000 dac  counters  rest 01"},
		{"0110A04003223000000000001126980002FF", "", "M/Chip 4 key 1 cvn 10 cvr A04003223000 dac 0000 counters 00001126980002FF rest "},
		{"0110A04203A20000000000000000000000FF00000000000000FF", "", "M/Chip Advance key 1 cvn 10 cvr A04203A20000 dac 0000 counters 00000000000000FF00000000000000FF rest "},
		{"0110A04203A2000000000000000000000 0FF", "A0000000041010", "M/Chip Advance key 1 cvn 10 cvr A04203A20000 dac 0000 counters 00000000000000FF rest "},
		{"0FA501A030000000" + "0102030405060708" + "0F" + strings.Repeat("22", 15), "", "CCD key 1 cvn A5 cvr A030000000 dac  counters 0102030405060708 rest " + strings.Repeat("22", 15)},
		{"06010103A00000", "A00000002501", "other key 1 cvn 01 cvr 03A00000 dac  counters  rest "},
		{"0F01850000000000000000000000000F0", "", ""},
		{"0401850000", "A0000002771010", "other key 1 cvn 85 cvr 0000 dac  counters  rest "},
		{"0501850000", "A0000002771010", ""},
		{"06010A", "", ""},
		{"", "A00000002501", ""},
	} {
		iad := strings.ReplaceAll(c.iad, " ", "")
		d, known := emv.ParseIAD(unhex(iad[:len(iad)&^1]), unhex(c.aid))
		got := ""
		if known {
			got = fmt.Sprintf("%s key %d cvn %02X cvr %X dac %X counters %X rest %X", d.Form, d.KeyIndex, d.CVN, d.CVR, d.DAC, d.Counters, d.Discretionary)
		}
		if got != c.want {
			t.Errorf("%s of %s:\n%s, want\n%s", c.iad, c.aid, got, c.want)
		}
	}
}

func TestExplainIAD(t *testing.T) {
	for _, c := range []struct{ iad, aid, want string }{
		{"06010A03A00000", "", "key index 1|cryptogram version 10|ARQC in the first GENERATE AC|no second GENERATE AC"},
		{"06010103A00000", "A00000002501", "key index 1|cryptogram version 1|card verification results, layout not public: 03A00000"},
		{"1F43FE82A0000000" + strings.Repeat("00", 24), "", "Visa 4|key index 254|cryptogram version '43'|cardholder verified by the system of the mobile device|with a finger|no second GENERATE AC|ARQC in answer to GET PROCESSING OPTIONS"},
		{"0FA501A631808802" + strings.Repeat("00", 8) + "0F" + strings.Repeat("00", 15), "", "CCD|key index 1|cryptogram version 5 (triple DES)|no second GENERATE AC|ARQC in the first GENERATE AC|" +
			"dynamic data authentication (DDA) performed|issuer authentication not performed|last online transaction not completed|lower limit of offline transactions exceeded|script failed|script commands done: 8|PIN tries left: 3"},
		{"0115A04003223000000000001126980002FF", "", "M/Chip 4|key index 1|cryptogram version 21|common session key of EMV|counters are in the cryptogram|no second GENERATE AC|ARQC in the first GENERATE AC|" +
			"combined data authentication (CDA) in the first GENERATE AC|PIN not checked by the card|domestic transaction|lower limit of the cumulative offline amount exceeded|upper limit of the cumulative offline amount exceeded|PIN tries left: 3"},
	} {
		e := emv.ExplainOptions{AID: unhex(c.aid)}.ExplainValue(emv.TagIAD, unhex(c.iad))
		if got := strings.Join(e.Meaning, "|"); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.iad, got, c.want)
		}
		zh := emv.ExplainOptions{Lang: "zh", AID: unhex(c.aid)}.ExplainValue(emv.TagIAD, unhex(c.iad))
		if len(zh.Meaning) != len(e.Meaning) {
			t.Errorf("%s: %d things in Chinese, %d in English", c.iad, len(zh.Meaning), len(e.Meaning))
		}
	}
}
