package iso8583_test

import (
	"errors"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

func TestMTI(t *testing.T) {
	tests := []struct {
		mti, response, repeat iso8583.MTI
		request, answer       bool
		defined               bool
		en, zh                string
	}{
		{"0100", "0110", "0101", true, false, true, "authorization request, from the acquirer", "授权请求，来自收单方"},
		{"0110", "0110", "0111", false, true, true, "authorization response, from the acquirer", "授权应答，来自收单方"},
		{"0200", "0210", "0201", true, false, true, "financial request, from the acquirer", "金融请求，来自收单方"},
		{"0201", "0210", "0201", true, false, true, "financial request, from the acquirer, repeated", "金融请求，来自收单方，重发"},
		{"0400", "0410", "0401", true, false, true, "reversal request, from the acquirer", "冲正请求，来自收单方"},
		{"0401", "0410", "0401", true, false, true, "reversal request, from the acquirer, repeated", "冲正请求，来自收单方，重发"},
		{"0421", "0430", "0421", true, false, true, "reversal advice, from the acquirer, repeated", "冲正通知，来自收单方，重发"},
		{"0430", "0430", "0431", false, true, true, "reversal advice response, from the acquirer", "冲正通知应答，来自收单方"},
		{"0503", "0512", "0503", true, false, true, "reconciliation request, from the issuer, repeated", "对账请求，来自发卡方，重发"},
		{"0800", "0810", "0801", true, false, true, "network management request, from the acquirer", "网络管理请求，来自收单方"},
		{"1804", "1814", "1805", true, false, true, "network management request, from another party, ISO 8583:1993", "网络管理请求，来自其他方，ISO 8583:1993"},
		{"0990", "0990", "0991", false, true, false, "from the acquirer", "来自收单方"},
		{"", "", "", false, false, false, "", ""},
		{"80", "80", "80", false, false, false, "", ""},
	}
	for _, tt := range tests {
		if got := tt.mti.Response(); got != tt.response {
			t.Errorf("%s: response %s, want %s", tt.mti, got, tt.response)
		}
		if got := tt.mti.Repeat(); got != tt.repeat {
			t.Errorf("%s: repeat %s, want %s", tt.mti, got, tt.repeat)
		}
		if tt.mti.IsRequest() != tt.request || tt.mti.IsResponse() != tt.answer || tt.mti.Defined() != tt.defined {
			t.Errorf("%s: request %t, response %t, defined %t", tt.mti, tt.mti.IsRequest(), tt.mti.IsResponse(), tt.mti.Defined())
		}
		if en, zh := tt.mti.Describe("en"), tt.mti.Describe("zh"); en != tt.en || zh != tt.zh {
			t.Errorf("%s: %q and %q, want %q and %q", tt.mti, en, zh, tt.en, tt.zh)
		}
	}
}

func TestMTIDigits(t *testing.T) {
	m := iso8583.MTI("0421")
	if string([]byte{m.Version(), m.Class(), m.Function(), m.Origin()}) != "0421" {
		t.Errorf("digits of %s", m)
	}
	if iso8583.MTI("x").Class() != 0 {
		t.Error("what is no type has a class")
	}
}

func TestParseMTI(t *testing.T) {
	if m, err := iso8583.ParseMTI("0200"); m != "0200" || err != nil {
		t.Errorf("got %q, %v", m, err)
	}
	for _, s := range []string{"", "020", "02000", "02A0", "０２００"} {
		if m, err := iso8583.ParseMTI(s); m != "" || !errors.Is(err, iso8583.ErrMTI) {
			t.Errorf("%q: got %q, %v", s, m, err)
		}
	}
}
