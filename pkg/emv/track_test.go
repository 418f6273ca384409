package emv_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
)

// sayTrack is a track in words, parts with semicolons between.
func sayTrack(parts []emv.TrackPart) string {
	var said []string
	for _, p := range parts {
		said = append(said, strings.Join(append([]string{p.Name, p.Value, p.Warning}, p.Meaning...), " "))
	}
	return strings.Join(said, "; ")
}

func TestExplainTrack(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"4761739001010010D31122010000000000F", "Track 2 ; Card number 476173******0010  VISA; Expiry 3112  2031-12; Service code 201  international, chip, normal authorization, no restrictions; Discretionary data ********** "},
		{";4761739001010010=3112520123?", "Track 2 ; Card number 476173******0010  VISA; Expiry 3112  2031-12; Service code 520  national, authorized online by the issuer, PIN required; Discretionary data *** "},
		{"%B4761739001010010^DOE/JOHN^31122019?", "Track 1 ; Format B ; Card number 476173******0010  VISA; Name ******** ; Expiry 3112  2031-12; Service code 201  international, chip, normal authorization, no restrictions; Discretionary data * "},
		{"B4761739001010010?0^ /^3112201", "Track 1 ; Format B ; Card number 476173******0010 characters stand between the number and its separator VISA; Name  ; Expiry 3112  2031-12; Service code 201  international, chip, normal authorization, no restrictions"},
		{"4761739001010011D3112201", "Track 2 ; Card number 476173******0011 the check digit does not fit VISA; Expiry 3112  2031-12; Service code 201  international, chip, normal authorization, no restrictions"},
		{"42343736313733393030313031303031305E5E3331313232 3031", "Track 1 ; Format B ; Card number 476173******0010  VISA; Name  ; Expiry 3112  2031-12; Service code 201  international, chip, normal authorization, no restrictions"},
	} {
		parts, err := emv.ExplainOptions{}.ExplainTrack(strings.ReplaceAll(c.text, "32 30", "3230"))
		if got := sayTrack(parts); got != c.want || err != nil {
			t.Errorf("track of %d characters: %v\n%s, want\n%s", len(c.text), err, got, c.want)
		}
	}
	clear, err := emv.ExplainOptions{Lang: "zh", Unmask: true}.ExplainTrack("B4761739001010010^DOE/JOHN^31122019")
	if got, want := sayTrack(clear), "磁道 1 ; 格式 B ; 卡号 4761739001010010  VISA; 姓名 DOE/JOHN ; 有效期 3112  2031-12; 服务代码 201  国际通用、带芯片；正常授权；无限制; 自定义数据 9 "; got != want || err != nil {
		t.Errorf("unmasked: %v\n%s, want\n%s", err, got, want)
	}
}

func TestExplainTrackRefuses(t *testing.T) {
	for text, cause := range map[string]error{
		"": emv.ErrTrackText, "00": emv.ErrTrackText, "4761739001010010": emv.ErrTrackText,
		"4761739001010010D": card.ErrTrack, "B4761739001010010": card.ErrTrack, "B47617?^^": card.ErrTrack,
	} {
		parts, err := emv.ExplainOptions{}.ExplainTrack(text)
		if !errors.Is(err, cause) || parts != nil || strings.Contains(err.Error(), "7390") {
			t.Errorf("%d characters: %v, want %v", len(text), err, cause)
		}
	}
}

// A track that is shown masked shows nothing of what it hides: the middle of the number,
// the name, the data behind the service code.
func FuzzExplainTrack(f *testing.F) {
	for _, s := range []string{"4761739001010010D31122010000000000F", "%B4761739001010010^DOE/JOHN^31122019?", "B4761739001010010?0^ /^^^", ";=?", "42", "%B?^^"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		masked, err := emv.ExplainOptions{}.ExplainTrack(text)
		clear, clearErr := emv.ExplainOptions{Unmask: true}.ExplainTrack(text)
		if fmt.Sprint(err) != fmt.Sprint(clearErr) || len(masked) != len(clear) {
			t.Fatalf("masked: %v, clear: %v", err, clearErr)
		}
		for i, p := range masked {
			if hidden := p.Name == "Name" || p.Name == "Discretionary data"; hidden && strings.Trim(p.Value, "*") != "" || p.Name == "Card number" && len(p.Value) > 12 && p.Value == clear[i].Value {
				t.Fatalf("%s is shown", p.Name)
			}
		}
	})
}
