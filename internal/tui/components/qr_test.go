package components

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/tui/styles"
	"github.com/tillworks/till/pkg/qr/symbol"
)

// Both ways to draw show the modules of the symbol, the light ones drawn.
func TestQRDrawsTheSymbol(t *testing.T) {
	const payload = "https://pay.example/q/7F3K"
	s, err := symbol.New(payload, symbol.Low)
	if err != nil {
		t.Fatal(err)
	}
	f := plainFrame(80, 40)
	halves := strings.Split(ansi.Strip(QR(f, payload, 80, 40)), "\n")
	f.Styles = styles.New(styles.ASCII())
	spaces := strings.Split(QR(f, payload, 80, 40), "\n")
	for y := range s.Size() {
		for x := range s.Size() {
			half := []rune(halves[(y+symbol.Quiet)/2])[x+symbol.Quiet]
			light := half == '█' || half == '▀' && (y+symbol.Quiet)%2 == 0 || half == '▄' && (y+symbol.Quiet)%2 == 1
			if light == s.Dark(x, y) {
				t.Fatalf("half blocks: module %d, %d is light: %v", x, y, light)
			}
			if light := lightAt(spaces[y+symbol.Quiet], 2*(x+symbol.Quiet)); light == s.Dark(x, y) {
				t.Fatalf("spaces: module %d, %d is light: %v", x, y, light)
			}
		}
	}
}

// lightAt reports that a cell of a line is in reverse.
func lightAt(line string, cell int) bool {
	light, at := false, 0
	for line != "" {
		if strings.HasPrefix(line, "\x1b[") {
			seq, rest, _ := strings.Cut(line[2:], "m")
			light, line = strings.HasPrefix(seq, "7"), rest
			continue
		}
		if at == cell {
			return light
		}
		at, line = at+1, line[1:]
	}
	return false
}

// Where the code does not fit, the text says what it needs and shows what it holds.
func TestQRTooLarge(t *testing.T) {
	for _, b := range []styles.Border{styles.Lines(), styles.ASCII()} {
		f := plainFrame(30, 8)
		f.Styles = styles.New(b)
		got := QR(f, "https://pay.example/q/7F3K", 30, 8)
		if !strings.Contains(got, "too small") || !strings.Contains(strings.ReplaceAll(got, "\n", ""), "pay.example") {
			t.Errorf("got %q", got)
		}
		for l := range strings.SplitSeq(got, "\n") {
			if cells.Width(l) > 30 {
				t.Errorf("%q is too wide", l)
			}
		}
	}
}

// A total is large where there is room, and itself where there is none or only ASCII.
func TestBigText(t *testing.T) {
	f := plainFrame(80, 24)
	if got := BigText(f, "102.50", 80); strings.Count(got, "\n") != 2 || !strings.ContainsRune(got, '█') {
		t.Errorf("got %q", got)
	}
	for _, got := range []string{BigText(f, "102.50", 20), func() string { f.Styles = styles.New(styles.ASCII()); return BigText(f, "102.50", 80) }()} {
		if ansi.Strip(got) != "\n102.50\n" {
			t.Errorf("got %q", got)
		}
	}
}
