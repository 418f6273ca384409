package symbol_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/qr/symbol"
)

func drawn(t testing.TB, text string, level symbol.Level) symbol.Symbol {
	t.Helper()
	s, err := symbol.New(text, level)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The corners of every symbol are finder patterns, its size follows from its version
// (ISO/IEC 18004, 6.3), and all around is light.
func TestNew(t *testing.T) {
	for _, level := range symbol.Levels() {
		for _, text := range []string{"7", "HELLO", "hello", "付款", strings.Repeat("x", 1000)} {
			s := drawn(t, text, level)
			n := s.Size()
			if n != 17+4*s.Version() || s.Level() != level {
				t.Errorf("%s: %s", text, s)
			}
			for i := range 7 {
				if !s.Dark(i, 0) || !s.Dark(n-1-i, 0) || !s.Dark(i, n-1) || s.Dark(i, 7) || s.Dark(i, -1) || s.Dark(n, i) {
					t.Fatalf("%s: no finder patterns", s)
				}
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		text  string
		level symbol.Level
		want  error
	}{
		{"", symbol.Medium, symbol.ErrEmpty},
		{"\xff", symbol.Medium, symbol.ErrText},
		{"x", 9, symbol.ErrLevel},
		{strings.Repeat("x", 2954), symbol.Low, symbol.ErrTooLong},
		{strings.Repeat("x", 3000), symbol.Medium, symbol.ErrTooLong},
		{strings.Repeat("x", 1274), symbol.High, symbol.ErrTooLong},
		{strings.Repeat("付", 1000), symbol.Low, symbol.ErrTooLong},
	} {
		if s, err := symbol.New(c.text, c.level); !errors.Is(err, c.want) || s.Size() != 0 {
			t.Errorf("%d bytes at %s: %v, want %v", len(c.text), c.level, err, c.want)
		}
	}
	drawn(t, strings.Repeat("x", 2953), symbol.Low)
	drawn(t, strings.Repeat("x", 1273), symbol.High)
}

func TestLevels(t *testing.T) {
	var zero symbol.Level
	if zero != symbol.Medium {
		t.Error("the zero level is not M")
	}
	for letter, want := range map[string]symbol.Level{"L": symbol.Low, "m": symbol.Medium, "Q": symbol.Quartile, "h": symbol.High} {
		if got, err := symbol.ParseLevel(letter); err != nil || got != want || !strings.EqualFold(got.String(), letter) {
			t.Errorf("%s: %s, %v", letter, got, err)
		}
	}
	if _, err := symbol.ParseLevel("X"); !errors.Is(err, symbol.ErrLevel) {
		t.Errorf("X: %v", err)
	}
}

// A PNG has modules of whole pixels and a quiet zone of four of them.
func TestPNG(t *testing.T) {
	s := drawn(t, "000201", symbol.Medium)
	for _, scale := range []int{1, 3, 8, 64} {
		raw, err := s.PNG(scale)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if want := (s.Size() + 8) * scale; img.Bounds() != image.Rect(0, 0, want, want) {
			t.Fatalf("scale %d: %v, want %d pixels a side", scale, img.Bounds(), want)
		}
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if dark(img, x, y) != s.Dark(x/scale-symbol.Quiet, y/scale-symbol.Quiet) {
					t.Fatalf("scale %d: pixel %d, %d", scale, x, y)
				}
			}
		}
	}
	for _, scale := range []int{0, -1, 65} {
		if _, err := s.PNG(scale); !errors.Is(err, symbol.ErrScale) {
			t.Errorf("scale %d: %v", scale, err)
		}
	}
}

func dark(img image.Image, x, y int) bool {
	r, _, _, _ := img.At(x, y).RGBA()
	return r < 0x8000
}

// SVG and blocks show the same modules as the PNG.
func TestDrawingsAgree(t *testing.T) {
	for _, text := range []string{"000201", "付款码", strings.Repeat("till ", 60)} {
		s := drawn(t, text, symbol.Medium)
		for name, pic := range map[string]image.Image{
			"svg":   svgImage(t, s.SVG(), 1),
			"ansi":  blockImage(t, s.ANSI(), true, 1),
			"dark":  blockImage(t, s.Text(symbol.DarkBackground), false, 1),
			"light": blockImage(t, s.Text(symbol.LightBackground), true, 1),
		} {
			for y := -symbol.Quiet; y < s.Size()+symbol.Quiet; y++ {
				for x := -symbol.Quiet; x < s.Size()+symbol.Quiet; x++ {
					if dark(pic, x+symbol.Quiet, y+symbol.Quiet) != s.Dark(x, y) {
						t.Fatalf("%s of %s: module %d, %d", name, s, x, y)
					}
				}
			}
		}
	}
}

// Text for a terminal without colours holds no escape, and every line of ANSI sets its
// colours and takes them back.
func TestTerminalForms(t *testing.T) {
	s := drawn(t, "000201", symbol.Low)
	for _, on := range []symbol.Background{symbol.DarkBackground, symbol.LightBackground} {
		if strings.Contains(s.Text(on), "\x1b") {
			t.Error("an escape in plain text")
		}
	}
	lines := strings.Split(strings.TrimSuffix(s.ANSI(), "\n"), "\n")
	if len(lines) != (s.Size()+2*symbol.Quiet+1)/2 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "\x1b[38;5;16;48;5;231m") || !strings.HasSuffix(line, "\x1b[0m") || strings.Count(line, "\x1b") != 2 {
			t.Errorf("%q", line)
		}
	}
}

// A symbol is formatted without its modules, which are its text.
func TestFormatting(t *testing.T) {
	s := drawn(t, "000201", symbol.High)
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%s"} {
		if got := fmt.Sprintf(verb, s); got != "QR code of version 1-H, 21 modules a side" {
			t.Errorf("%s: %s", verb, got)
		}
	}
	var zero symbol.Symbol
	if zero.Size() != 0 || zero.Dark(0, 0) || zero.Version() != 0 || zero.Level() != symbol.Medium {
		t.Error("the zero Symbol holds something")
	}
}

// Whatever text is drawn is read back from its picture.
func TestReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`[0-9]{1,60}`), rapid.StringMatching(`[0-9A-Z $%*+./:-]{1,60}`),
			rapid.StringMatching(`[ -~]{1,120}`), rapid.StringMatching(`[ -~]{0,20}[\p{Han}äöüßé€ก-๙]{1,20}`),
		).Draw(t, "text")
		level := rapid.SampledFrom(symbol.Levels()).Draw(t, "level")
		s, err := symbol.New(text, level)
		if err != nil {
			t.Fatal(err)
		}
		img, err := s.Image(4)
		if err != nil {
			t.Fatal(err)
		}
		found, err := symbol.Scan(img)
		if err != nil || len(found) != 1 || found[0].Text.Reveal() != text {
			t.Fatalf("%q at %s: %v", text, s, err)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := symbol.New(payloads()["qris"], symbol.Medium); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	img, err := drawn(b, payloads()["qris"], symbol.Medium).Image(4)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := symbol.Scan(img); err != nil {
			b.Fatal(err)
		}
	}
}
