package iso8583_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// complaints is complaints as lines, without the words.
func complaints(found []iso8583.Complaint) string {
	var out strings.Builder
	for _, c := range found {
		fmt.Fprintf(&out, "%s %s %s@%d\n", c.Severity, c.Rule, c.Path, c.Offset)
	}
	return out.String()
}

func TestValidate(t *testing.T) {
	sale := authorization()
	with := func(more ...[2]string) [][2]string { return append(append([][2]string{}, sale...), more...) }
	tests := []struct {
		name   string
		mti    iso8583.MTI
		fields [][2]string
		strict bool
		want   string
	}{
		{"sound", "0100", sale, false, ""},
		{"sound and strict", "0100", sale, true, ""},
		{"dates", "0100", with([2]string{"7", "1323024011"}, [2]string{"12", "246000"}, [2]string{"13", "0230"}), false,
			"error date 7@56\nerror date 12@72\nerror date 13@78\n"},
		{"check digit", "0100", [][2]string{{"2", "4761739001010011"}, {"35", "4761739001010011=3112201"}}, false, "warning luhn 2@20\n"},
		{"currency", "0200", [][2]string{{"4", "1"}, {"49", "000"}}, false, "warning currency 49@32\n"},
		{"no such type", "0990", [][2]string{{"11", "1"}}, false, "warning mti 0@0\n"},
		{"an answer without its code", "0110", [][2]string{{"3", "0"}, {"4", "1"}, {"7", "1123024011"}, {"11", "1"}, {"37", "632702000042"}, {"41", "TERM0001"}, {"52", "0123456789ABCDEF"}}, true,
			"warning presence 52@74\nerror presence 39@-1\n"},
		{"track of another card", "0200", [][2]string{{"2", "4761739001010010"}, {"35", "5413330089010434=3112201"}}, false, "warning track 35@38\n"},
		{"data objects", "0200", [][2]string{{"55", "9F2701809F360100" + "9A03261332" + "9F270140" + "0000"}}, false,
			"note zeros 55@20\nwarning length 55.9F36@27\nerror date 55.9A@31\nwarning duplicate 55.9F27#2@36\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ascii(t).Validate(pack(t, ascii(t), tt.mti, tt.fields), iso8583.ValidateOptions{Strict: tt.strict, Lang: "en"})
			if complaints(got) != tt.want {
				t.Errorf("got\n%swant\n%s\n%+v", complaints(got), tt.want, got)
			}
		})
	}
}

// TestValidateEveryFault: the first fault hides no other.
func TestValidateEveryFault(t *testing.T) {
	raw := pack(t, ascii(t), "0200", [][2]string{{"3", "000000"}, {"11", "000042"}, {"55", "9F270180"}})
	copy(raw[20:], "\xE9")
	copy(raw[26:], "\xE9")
	raw[len(raw)-2] = 0x55
	want := "error decode 3@20\nerror content 3@20\nerror decode 11@26\nerror content 11@26\nerror decode 55.9F27@37\n"
	if got := complaints(ascii(t).Validate(raw, iso8583.ValidateOptions{})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestValidateAnswer holds an answer to its request.
func TestValidateAnswer(t *testing.T) {
	request := [][2]string{{"3", "000000"}, {"4", "1250"}, {"7", "1123024011"}, {"11", "42"}, {"41", "TERM0001"}}
	answer := func(more ...[2]string) [][2]string {
		return append(append(append([][2]string{}, request...), [2]string{"39", "00"}), more...)
	}
	tests := []struct {
		name   string
		mti    iso8583.MTI
		fields [][2]string
		want   string
	}{
		{"its answer", "0210", answer(), ""},
		{"of another type", "0110", answer(), "error mti 0@0\n"},
		{"of another terminal", "0210", answer([2]string{"41", "TERM0002"}), "error echo 41@56\n"},
		{"of another trace number", "0210", answer([2]string{"11", "43"}), "error echo 11@48\n"},
		{"a partial approval", "0210", answer([2]string{"4", "1000"}), "note echo 4@26\n"},
		{"no code", "0210", request, "error presence 39@-1\n"},
	}
	for _, tt := range tests {
		got := ascii(t).ValidateAnswer(pack(t, ascii(t), "0200", request), pack(t, ascii(t), tt.mti, tt.fields), "en")
		if complaints(got) != tt.want {
			t.Errorf("%s: got\n%swant\n%s", tt.name, complaints(got), tt.want)
		}
	}
}

// TestOwnPresence: a spec says for itself what a type must have.
func TestOwnPresence(t *testing.T) {
	def := ascii(t).Definition()
	def.MTI = map[string]iso8583.Presence{"0200": {Required: []int{3, 63}, Recommended: []int{41}, Forbidden: []int{52}}}
	data := exported(t, must(iso8583.NewSpec(def)))
	spec, err := iso8583.LoadSpec(data)
	if err != nil {
		t.Fatal(err)
	}
	raw := pack(t, spec, "0201", [][2]string{{"3", "000000"}, {"52", "0123456789ABCDEF"}})
	want := "error presence 52@26\nerror presence 63@-1\nwarning presence 41@-1\n"
	if got := complaints(spec.Validate(raw, iso8583.ValidateOptions{Strict: true})); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestPresenceOfTerminals: terminals leave the time of transmission to the host.
func TestPresenceOfTerminals(t *testing.T) {
	fields := [][2]string{
		{"2", "4761739001010010"}, {"3", "000000"}, {"4", "1250"}, {"11", "42"}, {"22", "012"}, {"25", "00"},
		{"41", "TERM0001"}, {"42", "123456789012345"}, {"49", "156"},
	}
	for name, want := range map[string]string{"nac-pos": "", "iso87-bcd": "error presence 7@-1\nwarning presence 12@-1\nwarning presence 13@-1\n"} {
		spec := load(t, name)
		if got := complaints(spec.Validate(pack(t, spec, "0200", fields), iso8583.ValidateOptions{Strict: true})); got != want {
			t.Errorf("%s: got\n%swant\n%s", name, got, want)
		}
	}
}
