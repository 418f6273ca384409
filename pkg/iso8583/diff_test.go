package iso8583_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// differences is a comparison as lines.
func differences(diffs []iso8583.Difference) string {
	var out strings.Builder
	for _, d := range diffs {
		fmt.Fprintf(&out, "%s %s", d.Kind, d.Path)
		for _, side := range []*iso8583.DifferentSide{d.A, d.B} {
			if side != nil {
				fmt.Fprintf(&out, " [%d+%d %s]", side.Offset, side.Length, side.Value)
			}
		}
		if d.Hidden {
			out.WriteString(" hidden")
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func TestDiff(t *testing.T) {
	base := [][2]string{{"2", "4761739001010010"}, {"3", "000000"}, {"4", "1250"}, {"11", "42"}, {"55", "9F2701809F36020001950580000480009F2608A1B2C3D4E5F60718"}}
	with := func(path, value string) [][2]string {
		return append(append([][2]string{}, base...), [2]string{path, value})
	}
	tests := []struct {
		name string
		b    [][2]string
		want string
	}{
		{"the same", base, ""},
		{"added", with("39", "00"), "added 39 [62+2 00]\n"},
		{"changed", with("4", "1300"), "changed 4 [44+12 000000001250] [44+12 000000001300]\n"},
		{"in the hidden part", with("2", "4761731000000011"), "changed 2 [20+18 476173******0010] [20+18 476173******0011]\n"},
		{"a tag", with("55.9F36", "0002"), "changed 55.9F36 [69+5 0001] [69+5 0002]\n"},
		{"a tag moved", with("55", "9F2701809505800004800"+"0"+"9F3602000"+"1"+"9F2608A1B2C3D4E5F60718"), "moved 55.9F36 [69+5 0001] [76+5 0001]\n"},
		{"a tag twice", with("55", "9F2701809F2701009F36020001950580000480009F2608A1B2C3D4E5F60718"), "added 55.9F27#2 [69+4 00]\n"},
		{"zeros between", with("55", "9F27018000009F36020001950580000480009F2608A1B2C3D4E5F60718"), "recoded 55 [62+30 9F2701809F36020001950580000480009F2608A1B2C3D4E5F60718] [62+32 9F27018000009F36020001950580000480009F2608A1B2C3D4E5F60718]\n"},
	}
	spec := ascii(t)
	a := pack(t, spec, "0200", base)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := differences(iso8583.Diff(a, spec, pack(t, spec, "0200", tt.b), spec, "en")); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

// TestDiffAcross: the same message in two dialects is the same.
func TestDiffAcross(t *testing.T) {
	a, b := pack(t, ascii(t), "0100", authorization()), pack(t, bcd(t), "0100", authorization())
	if got := iso8583.Diff(a, ascii(t), b, bcd(t), "en"); len(got) != 0 {
		t.Errorf("got %s", differences(got))
	}
}

// TestDiffBroken compares what could be read.
func TestDiffBroken(t *testing.T) {
	a := pack(t, ascii(t), "0100", authorization())
	got := differences(iso8583.Diff(a, ascii(t), a[:60], ascii(t), "en"))
	if !strings.HasPrefix(got, "unread 7 [56+10 1123024011]\nunread 11 ") || strings.Contains(got, "removed") {
		t.Errorf("got\n%s", got)
	}
}
