package styles_test

import (
	"testing"

	"github.com/tillworks/till/internal/tui/styles"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		setting, locale string
		confirmed       bool
		lines           bool
	}{
		{styles.Auto, "en_GB.UTF-8", false, true},
		{styles.Auto, "", false, true},
		{styles.Auto, "C", false, true},
		{styles.Auto, "zha_CN", false, true}, // Zhuang is written in Latin letters
		{styles.Auto, "zh_CN.UTF-8", false, false},
		{styles.Auto, "zh-Hans", false, false},
		{styles.Auto, "zh", false, false},
		{styles.Auto, "ja.UTF-8", false, false},
		{styles.Auto, "ko_KR", false, false},
		{styles.Auto, "zh_CN.UTF-8", true, true},
		{"", "zh_TW", false, false},
		{styles.AlwaysASCII, "en_GB", true, false},
		{styles.Unicode, "zh_CN", false, true},
	} {
		if got := styles.Choose(c.setting, c.locale, c.confirmed).Blocks(); got != c.lines {
			t.Errorf("Choose(%q, %q, %v) has lines: %v, want %v", c.setting, c.locale, c.confirmed, got, c.lines)
		}
	}
}
