package cells_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/cells"
)

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"":                         0,
		"VISA CREDIT":              11,
		"可乐 500ml":                 10,
		"（甲）":                      6,
		"￥12.50":                   7,
		"e\u0301":                  1, // e and a combining acute accent
		"中\u0301":                  2,
		"👨‍👩‍👧":                    2, // three people joined into one
		"🇨🇳":                       2,
		"1\ufe0f\u20e3":            2, // a keycap
		"한국어":                      6,
		"\x1b[1;31m红\x1b[0m":       2,
		"\x1b]8;;http://a\x07ab":   2, // a hyperlink
		"\u200b":                   0,
		"ไทย":                      3,
		"ﾊﾝｶｸ":                     4, // half-width katakana
		"\x1b[38;2;1;2;3m\x1b[4mx": 1,
	} {
		if got := cells.Width(text); got != want {
			t.Errorf("Width(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestPad(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		align cells.Align
		want  string
	}{
		{"ab", 5, cells.Left, "ab   "},
		{"ab", 5, cells.Right, "   ab"},
		{"ab", 5, cells.Center, " ab  "},
		{"可乐", 5, cells.Center, "可乐 "},
		{"可乐", 6, cells.Right, "  可乐"},
		{"可乐", 3, cells.Left, "可乐"},
		{"", 2, cells.Left, "  "},
		{"ab", -1, cells.Right, "ab"},
	} {
		if got := cells.Pad(c.text, c.width, c.align); got != c.want {
			t.Errorf("Pad(%q, %d, %d) = %q, want %q", c.text, c.width, c.align, got, c.want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"receipt", 7, "receipt"},
		{"receipt", 6, "rece.."},
		{"receipt", 3, "r.."},
		{"receipt", 2, "re"},
		{"receipt", 0, ""},
		{"receipt", -3, ""},
		{"可口可乐", 8, "可口可乐"},
		{"可口可乐", 7, "可口.."},
		{"可口可乐", 5, "可.."},
		{"可口可乐", 1, ""},
		{"cafe\u0301 au lait", 6, "cafe\u0301.."},
		{"\x1b[31mreceipt\x1b[0m", 5, "\x1b[31mrec..\x1b[0m"},
		{"👨‍👩‍👧👨‍👩‍👧", 3, ".."},
	} {
		if got := cells.Truncate(c.text, c.width); got != c.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"VISA CREDIT":               "VISA CREDIT",
		"\x1b[2J\x1b[31mVISA\x1b[m": "VISA",
		"\x1b]0;owned\x07VISA":      "VISA",
		"two\nlines\tand a tab":     "two lines and a tab",
		"bell\x07del\x7f":           "bell?del?",
		"csi\u009b31m":              "csi?31m",
		"broken \xe4\xb8":           "broken ??",
		"off \u202e05.21\u202c":     "off 05.21", // right-to-left override
		"zero\u200bwidth":           "zerowidth",
		"家庭 👨‍👩‍👧":                  "家庭 👨‍👩‍👧",
	} {
		if got := cells.Plain(text); got != want {
			t.Errorf("Plain(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		width int
		want  []string
	}{
		{"empty", "", 5, []string{""}},
		{"fits", "one two", 7, []string{"one two"}},
		{"at a space", "one two", 6, []string{"one", "two"}},
		{"newlines", "one\n\ntwo", 9, []string{"one", "", "two"}},
		{"inner spaces stay", "a   b", 5, []string{"a   b"}},
		{"spaces vanish at a break", "abc    def", 5, []string{"abc", "def"}},
		{"spaces vanish at the end", "abc   ", 5, []string{"abc"}},
		{"indent stays", "  ab cd", 5, []string{"  ab", "cd"}},
		{"indent that leaves no room", "    ab", 5, []string{"ab"}},
		{"long word", "abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"long word begins its own line", "a bcdefgh", 4, []string{"a", "bcde", "fgh"}},
		{"Chinese anywhere", "可口可乐很好喝", 6, []string{"可口可", "乐很好", "喝"}},
		{"no half character", "可口可乐", 5, []string{"可口", "可乐"}},
		{"Latin beside Chinese", "使用VISA卡付款", 6, []string{"使用", "VISA卡", "付款"}},
		{"no comma first", "一二三，四", 6, []string{"一二", "三，四"}},
		{"ASCII stop after Chinese", "一二三.四", 6, []string{"一二", "三.四"}},
		{"no bracket last", "一二（三四）", 6, []string{"一二", "（三", "四）"}},
		{"punctuation gives way before a word", "（abcd）", 5, []string{"（", "abcd", "）"}},
		{"a word as wide as the line", "（abcde）", 5, []string{"（", "abcde", "）"}},
		{"narrower than a character", "可乐", 1, []string{"可", "乐"}},
		{"no width", "ab", 0, []string{"a", "b"}},
		{"mark stays on its letter", "abe\u0301d", 3, []string{"abe\u0301", "d"}},
		{"family stays whole", "ab👨‍👩‍👧c", 3, []string{"ab", "👨‍👩‍👧c"}},
		{"hard space", "12\u00a0CNY x", 6, []string{"12\u00a0CNY", "x"}},
		{"ideographic space", "可口\u3000可乐", 6, []string{"可口", "可乐"}},
		{"tab", "a\tb", 3, []string{"a b"}},
		{"carriage return", "ab\r\ncd", 9, []string{"ab", "cd"}},
		{"colour", "\x1b[31mred one\x1b[0m", 3, []string{"\x1b[31mred", "one\x1b[0m"}},
		{"colour after spaces", "abc  \x1b[0m", 3, []string{"abc\x1b[0m"}},
	} {
		if got := cells.Wrap(c.text, c.width); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
			t.Errorf("%s: Wrap(%q, %d)\n got %q\nwant %q", c.name, c.text, c.width, got, c.want)
		}
	}
}

// text draws words, spaces, Chinese, emoji, marks and colours in any order.
func text(t *rapid.T) string {
	piece := rapid.SampledFrom([]string{
		"a", "B", "7", "-", "word", "receipt", "12.50", "supercalifragilistic", "e\u0301", "n\u0303",
		" ", " ", "  ", "\n", "\u00a0", "\u3000", ",", ".", ")", "(",
		"可", "乐", "发票", "，", "。", "（", "）", "￥", "中\u0301", "한", "ｱ",
		"😀", "👨‍👩‍👧", "🇨🇳", "1\ufe0f\u20e3", "❤\ufe0f", "\x1b[31m", "\x1b[0m",
	})
	return strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "")
}

func TestFitIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.ReplaceAll(text(t), "\n", " ")
		width := rapid.IntRange(0, 50).Draw(t, "width")
		align := rapid.SampledFrom([]cells.Align{cells.Left, cells.Right, cells.Center}).Draw(t, "align")
		if got := cells.Fit(s, width, align); cells.Width(got) != width {
			t.Fatalf("Fit(%q, %d) = %q of %d cells", s, width, got, cells.Width(got))
		}
		if cut := cells.Truncate(s, width); !utf8.ValidString(cut) {
			t.Fatalf("Truncate(%q, %d) = %q splits a character", s, width, cut)
		}
	})
}

// What any wrapping must hold, for widths from one wide character up.
func TestWrapHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, width := text(t), rapid.IntRange(2, 50).Draw(t, "width")
		lines := cells.Wrap(s, width)
		for _, line := range lines {
			if cells.Width(line) > width {
				t.Fatalf("Wrap(%q, %d): line %q takes %d cells", s, width, line, cells.Width(line))
			}
			if strings.TrimRight(line, " \u3000") != line {
				t.Fatalf("Wrap(%q, %d): line %q ends in spaces", s, width, line)
			}
		}
		if got, want := letters(strings.Join(lines, "")), letters(s); got != want {
			t.Fatalf("Wrap(%q, %d) lost or moved text:\n got %q\nwant %q", s, width, got, want)
		}
		if at := splitWord(words(s), words(strings.Join(lines, "\n")), width); at != "" {
			t.Fatalf("Wrap(%q, %d) = %q splits %q", s, width, lines, at)
		}
		if again := cells.Wrap(strings.Join(lines, "\n"), width); strings.Join(again, "\n") != strings.Join(lines, "\n") {
			t.Fatalf("Wrap(%q, %d) = %q and then %q", s, width, lines, again)
		}
	})
}

// letters is the text without what a break may drop.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\u3000' {
			return -1
		}
		return r
	}, s)
}

// words is the runs of narrow characters between spaces and wide characters; a hard
// space is a letter.
func words(s string) []string {
	s = strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "", "1\ufe0f\u20e3", " ", "❤\ufe0f", " ", "中\u0301", " ").Replace(s)
	return strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\n' || r == '\u200d' || cells.Width(string(r)) > 1
	})
}

// splitWord walks both lists and names the first word that fits the width and came out
// in pieces. A longer word may come out in any.
func splitWord(in, out []string, width int) string {
	for _, word := range in {
		got := ""
		for len(out) > 0 && len(got) < len(word) {
			if cells.Width(word) <= width && len(out[0]) < len(word) {
				return word
			}
			got, out = got+out[0], out[1:]
		}
	}
	return ""
}

func TestPlainHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bytes"))
		p := cells.Plain(s)
		if !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl) {
			t.Fatalf("Plain(%q) = %q", s, p)
		}
		if again := cells.Plain(p); again != p {
			t.Fatalf("Plain(%q) = %q and then %q", s, p, again)
		}
	})
}

func ExampleWrap() {
	for _, line := range cells.Wrap("1 x 可口可乐 500ml", 12) {
		fmt.Println(cells.Pad(line, 12, cells.Right) + "|")
	}
	// Output:
	// 1 x 可口可乐|
	//        500ml|
}

func TestCharacters(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "可乐": 2, "cafe\u0301": 4, "👨‍👩‍👧x": 2, "🇨🇳": 1,
	} {
		list := cells.Characters(text)
		if len(list) != want || strings.Join(list, "") != text {
			t.Errorf("Characters(%q) = %q, want %d", text, list, want)
		}
	}
}
