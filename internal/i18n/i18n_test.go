package i18n_test

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/i18n"
)

func TestParseLang(t *testing.T) {
	for _, c := range []struct {
		in    string
		want  i18n.Lang
		known bool
	}{
		{"zh", i18n.Chinese, true},
		{"zh_CN.UTF-8", i18n.Chinese, true},
		{"ZH-Hans", i18n.Chinese, true},
		{"cn", i18n.Chinese, true},
		{"en", i18n.English, true},
		{"en_GB.UTF-8", i18n.English, true},
		{"English", i18n.English, true},
		{"fr_FR", i18n.English, false},
		{"C", i18n.English, false},
		{"", i18n.English, false},
	} {
		got, known := i18n.ParseLang(c.in)
		if got != c.want || known != c.known {
			t.Errorf("ParseLang(%q) = %s, %v; want %s, %v", c.in, got, known, c.want, c.known)
		}
	}
}

func TestTextIn(t *testing.T) {
	text := i18n.T("approved", "已批准")
	if text.In(i18n.English) != "approved" || text.In(i18n.Chinese) != "已批准" || text.In("fr") != "approved" {
		t.Errorf("%q, %q, %q", text.In(i18n.English), text.In(i18n.Chinese), text.In("fr"))
	}
	if text.IsZero() || !(i18n.Text{}).IsZero() || !(i18n.Message{}).IsZero() || text.With().IsZero() {
		t.Error("IsZero tells the wrong ones")
	}
}

// A message without arguments is said as it stands: a percent sign is no verb.
func TestMessageWithoutArguments(t *testing.T) {
	if got := i18n.T("100% sure", "100% 确定").With().In(i18n.English); got != "100% sure" {
		t.Errorf("got %q", got)
	}
}

// Texts and messages among the arguments are said in the language of the whole, however
// deep, and the order of the arguments may differ.
func TestMessageInside(t *testing.T) {
	who := i18n.T("the host", "主机")
	why := i18n.T("code %s", "代码 %s").With("51")
	whole := i18n.T("declined by %s (%s), attempt %d", "第 %[3]d 次，被%[1]s拒绝（%[2]s）").With(who, why, 2)
	if got, want := whole.In(i18n.English), "declined by the host (code 51), attempt 2"; got != want {
		t.Errorf("English: %q, want %q", got, want)
	}
	if got, want := whole.In(i18n.Chinese), "第 2 次，被主机拒绝（代码 51）"; got != want {
		t.Errorf("Chinese: %q, want %q", got, want)
	}
	if got := fmt.Sprint(whole); got != whole.In(i18n.English) {
		t.Errorf("String is %q, want the English", got)
	}
	if again := whole.In(i18n.English); again != "declined by the host (code 51), attempt 2" {
		t.Errorf("said twice it changes: %q", again)
	}
}

func ExampleText_With() {
	refused := i18n.T("%s is over the limit of %s", "%s 超过限额 %s").With("120.00", "100.00")
	fmt.Println(refused.In(i18n.English))
	fmt.Println(refused.In(i18n.Chinese))
	// Output:
	// 120.00 is over the limit of 100.00
	// 120.00 超过限额 100.00
}
