package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// A screen becomes a picture whose text stands where it stood, wide characters counted as
// two, in the styles that it had.
func TestDraw(t *testing.T) {
	screen := "\x1b[7m till \x1b[0m 拿铁 \x1b[1;32m✓\x1b[0m <ok>\n\x1b[36mF9\x1b[39m Pay▀\n"
	var b strings.Builder
	if err := draw(&b, strings.NewReader(screen)); err != nil {
		t.Fatal(err)
	}
	svg := b.String()
	for _, want := range []string{
		`width="186" height="64"`,                                // 18 cells by 2 lines
		`width="54" height="20" fill="#d8dee9"/>`,                // six reversed cells
		`x="75" y="27" textLength="36" fill="#d8dee9">拿铁</text>`, // four cells at the eighth
		`fill="#6bbf59" font-weight="bold">✓</text>`,             // bold green
		`&lt;ok&gt;`, // escaped
		`x="12" y="47" textLength="18" fill="#3fb6c6">F9</text>`,  // the second line
		`x="39" y="47" textLength="27" fill="#d8dee9">Pay</text>`, // behind a blank
		`<rect x="66.00" y="32.00" width="9.00" height="10.00"`,   // the upper half of a cell
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in\n%s", want, svg)
		}
	}
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}

// A sequence that is cut off or means nothing to us is left out.
func TestDrawStrangeSequences(t *testing.T) {
	for _, screen := range []string{"\x1b[", "\x1b[2Jx", "\x1b[38;5;1mx", "a\x1b[999m", "\x1b[;;;mx"} {
		var b strings.Builder
		if err := draw(&b, strings.NewReader(screen)); err != nil || strings.Contains(b.String(), "\x1b") {
			t.Errorf("%q: %v, %s", screen, err, b.String())
		}
	}
}
