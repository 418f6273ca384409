package symbol_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/qr/symbol"
)

// payloads is a text of every kind that a till shows.
func payloads() map[string]string {
	return map[string]string{
		"mpm":     "00020101021229220004TEST0110M000000042520458125303156540512.505802CN5904Shop6008Shanghai630427B1",
		"chinese": "00020101021229220004TEST0110M0000000425204581253031565802CN5904Shop6008Shanghai64200002ZH0104最佳运输0202北京6304E42C",
		"qris": "00020101021126610014COM.EXAMPLE.WW01189360012345678901230210M1234567890303UMI51440014ID.CO.QRIS.WWW0215ID10000000000010303UMI" +
			"5204581253033605802ID5909Bluebird36015Bandung deket r61054025762090705PT2006304ABCD",
		"link":    "weixin://wxpay/bizpayurl?pr=h7Ks2zQ",
		"passive": "120061098828009406",
		"epc":     "BCD\n002\n1\nSCT\nBHBLDEHHXXX\nFranz Mustermänn\nDE71110220330123456789\nEUR12.30\n\n\nRF18539007547034",
		"upper":   "BR.GOV.BCB.PIX/1234567890",
	}
}

// picture is one symbol of the matrix in one form.
type picture struct {
	name, text string
	img        image.Image
}

// matrix is every kind of text at every level in every form.
func matrix(t *testing.T) []picture {
	t.Helper()
	var list []picture
	texts := payloads()
	for _, kind := range slices.Sorted(maps.Keys(texts)) {
		for _, level := range symbol.Levels() {
			s := drawn(t, texts[kind], level)
			raw, err := s.PNG(4)
			if err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			for form, pic := range map[string]image.Image{
				"png": img, "svg": svgImage(t, s.SVG(), 4),
				"ansi": blockImage(t, s.ANSI(), true, 4), "text": blockImage(t, s.Text(symbol.DarkBackground), false, 4),
			} {
				list = append(list, picture{kind + "-" + level.String() + "-" + form, texts[kind], pic})
			}
		}
	}
	return list
}

func TestMatrixByScan(t *testing.T) {
	for _, p := range matrix(t) {
		found, err := symbol.Scan(p.img)
		if err != nil || len(found) != 1 || found[0].Text.Reveal() != p.text || found[0].Try != "plain" {
			t.Errorf("%s: %+v, %v", p.name, found, err)
		}
	}
}

// zbar is another family of readers than the one that Scan uses.
func TestMatrixByZbar(t *testing.T) {
	zbarimg, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("TILL_REQUIRE_ZBAR") == "1" {
			t.Fatal("TILL_REQUIRE_ZBAR=1, and zbarimg is not installed")
		}
		t.Skip("zbarimg is not installed (Debian: zbar-tools)")
	}
	path := filepath.Join(t.TempDir(), "symbol.png")
	for _, p := range matrix(t) {
		writePNG(t, path, p.img)
		if got := zbarText(t, zbarimg, path); got != p.text {
			t.Errorf("%s: zbar reads %q", p.name, got)
		}
	}
}

func writePNG(t *testing.T, path string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// zbarText is what zbarimg reads from a picture. Its XML would tell several codes apart,
// but spoils bytes above 7F.
func zbarText(t *testing.T, zbarimg, path string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, zbarimg, "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", path).Output()
	if err != nil {
		return "nothing: " + err.Error()
	}
	return strings.TrimSuffix(string(out), "\n")
}

// svgImage paints the SVG that this package writes: a white square and one path of boxes.
func svgImage(t *testing.T, svg []byte, scale int) image.Image {
	t.Helper()
	view := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindSubmatch(svg)
	if view == nil || string(view[1]) != string(view[2]) {
		t.Fatal("no square view")
	}
	side := number(t, string(view[1]))
	if !bytes.Contains(svg, fmt.Appendf(nil, `<rect width="%d" height="%d" fill="#fff"/>`, side, side)) {
		t.Fatal("no white square")
	}
	path := regexp.MustCompile(`fill="#000" d="([^"]*)"`).FindSubmatch(svg)
	if err := xml.Unmarshal(svg, &struct{ XMLName xml.Name }{}); err != nil || path == nil {
		t.Fatalf("no path: %v", err)
	}
	img := white(side*scale, side*scale)
	box := regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)
	if rest := box.ReplaceAll(path[1], nil); len(rest) > 0 {
		t.Fatalf("in the path: %.40s", rest)
	}
	for _, m := range box.FindAllSubmatch(path[1], -1) {
		x, y, w := number(t, string(m[1])), number(t, string(m[2])), number(t, string(m[3]))
		fill(img, image.Rect(x*scale, y*scale, (x+w)*scale, (y+1)*scale))
	}
	return img
}

// blockImage paints half blocks: what is inked is dark, or light where ink is light.
func blockImage(t *testing.T, text string, inkIsDark bool, scale int) image.Image {
	t.Helper()
	text = regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(text, "")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	width := len([]rune(lines[0]))
	img := white(width*scale, 2*len(lines)*scale)
	for row, line := range lines {
		if len([]rune(line)) != width {
			t.Fatalf("line %d has %d cells, want %d", row, len([]rune(line)), width)
		}
		for x, r := range []rune(line) {
			if !strings.ContainsRune("█▀▄ ", r) {
				t.Fatalf("line %d holds %q", row, r)
			}
			for half, inked := range []bool{r == '█' || r == '▀', r == '█' || r == '▄'} {
				if inked == inkIsDark {
					y := 2*row + half
					fill(img, image.Rect(x*scale, y*scale, (x+1)*scale, (y+1)*scale))
				}
			}
		}
	}
	return img
}

func white(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 0xFF
	}
	return img
}

func fill(img *image.Gray, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetGray(x, y, color.Gray{})
		}
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
