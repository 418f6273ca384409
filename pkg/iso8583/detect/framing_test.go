package detect_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
)

func TestStrip(t *testing.T) {
	for _, tt := range []struct {
		framing, raw string
		start, end   int
		fault        string
	}{
		{"none", "0800", 0, 4, ""},
		{"binary2", "<0004>0800", 2, 6, ""},
		{"binary2-self", "<0006>0800", 2, 6, ""},
		{"little2", "<0400>0800", 2, 6, ""},
		{"bcd2", "<0004>0800", 2, 6, ""},
		{"ascii4", "00040800", 4, 8, ""},
		{"hex4", "000a0800080008", 4, 14, ""},
		{"binary4", "<00000004>0800", 4, 8, ""},
		{"vml4", "<00040000>0800", 4, 8, ""},
		{"stx", "<02 0004>0800<03 0F>", 3, 7, ""},
		{"tpdu", "<6000010002>0800", 5, 9, ""},
		{"binary2+tpdu+unionpay6", "<000F 6000010002 603100311308>0800", 13, 17, ""},
		{"base24", "ISO0250000700800", 12, 16, ""},
		{"ascii4+header3", "0007ABC0800", 7, 11, ""},
		{"binary2", "<0006>0800", 2, 6, "speaks of 8 bytes, 6 are there"},
		{"binary2", "<0002>0800", 2, 4, "speaks of 4 bytes, 6 are there"},
		{"ascii4", "00A40800", 0, 0, "no length of the kind ascii4"},
		{"stx", "<02 0004>0800<03 00>", 0, 0, "no length of the kind stx"},
		{"tpdu", "0800", 0, 0, "no tpdu at byte 0"},
		{"binary2+tpdu", "<0009>080008000", 0, 0, "no tpdu at byte 2"},
		{"visa22", "0800", 0, 0, "no visa22 at byte 0"},
		{"header9", "0800", 0, 0, "no header9 at byte 0"},
	} {
		f, err := detect.ParseFraming(tt.framing)
		if err != nil {
			t.Fatal(err)
		}
		start, end, err := f.Strip(mixed(t, tt.raw))
		if start != tt.start || end != tt.end {
			t.Errorf("%s of %s: %d to %d, want %d to %d", tt.framing, tt.raw, start, end, tt.start, tt.end)
		}
		if tt.fault == "" && err != nil || tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)) {
			t.Errorf("%s of %s: %v, want %q", tt.framing, tt.raw, err, tt.fault)
		}
	}
}

func TestParseFramingRefuses(t *testing.T) {
	for _, name := range []string{"binary", "tpdu+binary2", "binary2+ascii4", "header0", "header13", "header07", "base24+tpdu", "binary2+", "+tpdu"} {
		if f, err := detect.ParseFraming(name); err == nil || !strings.Contains(err.Error(), "binary2-self") {
			t.Errorf("%q is %s, %v, want an error that lists the parts", name, f, err)
		}
	}
}

// What link can send, detect has a name for.
func TestFramingsOfLink(t *testing.T) {
	for _, name := range link.FramingNames() {
		if f, err := detect.ParseFraming(name); err != nil || f.String() != name {
			t.Errorf("%s: %s, %v", name, f, err)
		}
	}
}

func TestOptions(t *testing.T) {
	if _, err := detect.New(detect.Options{Dialects: []string{"iso87"}}); err == nil || !strings.Contains(err.Error(), "iso87-bcd") {
		t.Errorf("an unknown dialect: %v, want an error that lists what there is", err)
	}
	if _, err := detect.New(detect.Options{Framings: []string{"binary3"}}); err == nil {
		t.Error("an unknown framing is taken")
	}
	r := newMaker(t, 17)
	body, err := r.message(specs(t)["iso87-ascii"], "0").Pack()
	if err != nil {
		t.Fatal(err)
	}
	raw := r.wrap("ascii4", body)
	for _, tt := range []struct {
		o    detect.Options
		want string
	}{
		{detect.Options{}, "iso87-ascii"},
		{detect.Options{Dialects: []string{"iso87-ascii"}, Framings: []string{"ascii4", "binary2"}}, "iso87-ascii"},
		{detect.Options{Dialects: []string{"iso87-bcd"}}, ""},
		{detect.Options{Framings: []string{"binary2"}}, ""},
	} {
		got := ""
		if r := newDetector(t, tt.o).Detect(raw); r.Best != nil {
			got = r.Best.Dialect
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.o, got, tt.want)
		}
	}
}

// A spec of the user's own wins where it reads what no dialect does.
func TestOwnSpec(t *testing.T) {
	def := specs(t)["iso87-ascii"].Definition()
	fields := iso8583.Fields{}
	for key, f := range def.Fields {
		fields[key] = f
	}
	long := *def.Fields["41"]
	long.Length = 11
	fields["41"] = &long
	own, err := iso8583.NewSpec(iso8583.Definition{Name: "our bank", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	m := own.NewMessage("0200")
	for _, kv := range [][2]string{{"3", "000000"}, {"4", "000000001250"}, {"7", "1123024011"}, {"11", "000042"}, {"41", "TERMINAL001"}, {"49", "156"}} {
		if err := m.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if r := newDetector(t, detect.Options{}).Detect(raw); r.Confidence == detect.Sure {
		t.Errorf("without the spec it is surely %s", r.Best.Dialect)
	}
	r := newDetector(t, detect.Options{Specs: []*iso8583.Spec{own}}).Detect(raw)
	if r.Confidence != detect.Sure || r.Best.Spec != own || r.Best.Dialect != "our bank" {
		t.Errorf("with it: %s", shown(r))
	}
	if r.RunnerUp() == nil || r.RunnerUp().Spec == own {
		t.Error("the next best reading is not told")
	}
}

// A message that several dialects read the same is sure, and they are named.
func TestAlike(t *testing.T) {
	r := newMaker(t, 18)
	m := specs(t)["iso87-bcd"].NewMessage("0800")
	for _, kv := range [][2]string{{"7", "1123024011"}, {"11", "000042"}, {"12", "104011"}, {"13", "1123"}, {"41", "TERM0001"}, {"70", "301"}} {
		if err := m.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	body, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	got := newDetector(t, detect.Options{}).Detect(r.wrap("binary2", body))
	if got.Confidence != detect.Sure || got.Best.Dialect != "iso87-bcd" || !alike(got, "nac-pos") {
		t.Errorf("%s: %v %s", got.Confidence, got.Alike(), shown(got))
	}
	if names := dialect.Names(); len(names) < 2 {
		t.Errorf("only %v", names)
	}
}
