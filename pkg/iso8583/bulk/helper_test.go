package bulk_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

func load(tb testing.TB, name string) *iso8583.Spec {
	tb.Helper()
	s, err := dialect.Load(name)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// pack makes a message of fields written as path=value.
func pack(tb testing.TB, spec *iso8583.Spec, mti iso8583.MTI, fields ...string) []byte {
	tb.Helper()
	m := spec.NewMessage(mti)
	for _, f := range fields {
		path, value, _ := strings.Cut(f, "=")
		if err := m.Set(path, value); err != nil {
			tb.Fatal(err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// authorization is a 0100 of 369 bytes or so, with 20 EMV data objects.
func authorization(tb testing.TB) []byte {
	tb.Helper()
	return pack(tb, load(tb, "iso87-ascii"), "0100", "2=4761739001010010", "3=000000", "4=1250", "7=1123024011", "11=42", "12=104011",
		"13=1123", "14=3112", "18=5411", "22=051", "23=001", "25=00", "32=12345678901", "35=4761739001010010=31122011143804400000",
		"37=632702000042", "41=TERM0001", "42=123456789012345", "43=CORNER SHOP              SHANGHAI     CN", "49=156",
		"52=0123456789ABCDEF", "55=9F2608A1B2C3D4E5F607189F2701809F100706010A03A000009F37041A2B3C4D9F3602000195058000048000"+
			"9A032611239C01009F02060000000012505F2A020156820238009F1A0201569F03060000000000009F3303E0F8C89F34031E03009F3501"+
			"228407A00000000310109F0902008C9F4104000000425F340101")
}
