package cli

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/qr"
)

// sticker is a merchant code of nobody's.
const sticker = "00020101021129240011com.example0105M00425204000053031565802CN5911Corner Shop6008Shanghai6304E70E"

// On a terminal with colours the symbol brings its own; without, it has no escapes, and
// --light draws it for the other background.
func TestQRMakeOnTerminals(t *testing.T) {
	con := newConsole(t)
	con.Out.Terminal = true
	if code := con.till("qr", "make", sticker); code != exitDone || !strings.Contains(con.out.String(), "\x1b[38;5;16;48;5;231m") {
		t.Errorf("exit %d, %.60q", code, con.out.String())
	}
	con.till("qr", "make", sticker, "--no-color")
	dark := con.out.String()
	con.till("qr", "make", sticker, "--no-color", "--light")
	light := con.out.String()
	if strings.Contains(dark+light, "\x1b") || !strings.HasPrefix(dark, "███") || !strings.HasPrefix(light, "   ") {
		t.Errorf("dark %.20q, light %.20q", dark, light)
	}
}

// A symbol that the terminal would break over lines is told of.
func TestQRMakeTooWide(t *testing.T) {
	con := newConsole(t)
	con.Out.Terminal, con.Out.Width = true, func() int { return 40 }
	if code := con.till("qr", "make", sticker); code != exitDone || !strings.Contains(con.err.String(), "45 columns wide and the terminal 40") {
		t.Errorf("exit %d, stderr %q", code, con.err.String())
	}
	con.till("qr", "make", sticker, "--json")
	if con.err.Len() > 0 {
		t.Errorf("as JSON: stderr %q", con.err.String())
	}
}

// A picture with two codes explains both, and without one it says so.
func TestQRDecodePictures(t *testing.T) {
	dir := t.TempDir()
	con := newConsole(t)
	var both *image.Gray
	for i, text := range []string{sticker, "https://shop.example/pay"} {
		path := filepath.Join(dir, "one.png")
		if code := con.till("qr", "make", text, "--png", path, "--scale", "6"); code != exitDone {
			t.Fatalf("exit %d: %s", code, con.err.String())
		}
		img := readPNG(t, path)
		if both == nil {
			both = image.NewGray(image.Rect(0, 0, 2*img.Bounds().Dx(), img.Bounds().Dy()))
			for i := range both.Pix {
				both.Pix[i] = 0xFF
			}
		}
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				both.Set(x+i*both.Bounds().Dx()/2, y, img.At(x, y))
			}
		}
	}
	path := filepath.Join(dir, "both.png")
	writeImage(t, path, both)
	if code := con.till("qr", "decode", "--image", path, "--jq", ".[].scheme"); code != exitDone || !strings.Contains(con.out.String(), "emvco-mpm") || !strings.Contains(con.out.String(), "link") {
		t.Errorf("exit %d, %q", code, con.out.String())
	}
	white := image.NewGray(image.Rect(0, 0, 50, 50))
	for i := range white.Pix {
		white.Pix[i] = 0xFF
	}
	writeImage(t, path, white)
	if code := con.till("qr", "decode", "--image", path, "--lang", "zh"); code != exitFailure || !strings.Contains(con.err.String(), "未找到二维码") {
		t.Errorf("exit %d, %q", code, con.err.String())
	}
}

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func writeImage(t *testing.T, path string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Nothing that a code holds reaches the terminal as a control.
func TestQRDecodeControls(t *testing.T) {
	con := newConsole(t)
	con.Out.Terminal = true
	con.till("qr", "decode", "000201"+"5908\x1b[31mx\a\r"+"6304", "--no-color")
	if regexp.MustCompile("[\x00-\x09\x0b-\x1f]").MatchString(con.out.String()) {
		t.Errorf("%q", con.out.String())
	}
}

// Every length of a code that was cut is refused and explained.
func TestQRDecodeCut(t *testing.T) {
	con := newConsole(t)
	for cut := range sticker {
		code := con.till("qr", "decode", "--json", "--", sticker[:cut])
		if code != exitDifferences || con.err.Len() > 0 || !strings.Contains(con.out.String(), `"valid":false,"grade":"fatal"`) {
			t.Fatalf("cut at %d: exit %d, %s%s", cut, code, con.out.String(), con.err.String())
		}
	}
}

func TestQRFlags(t *testing.T) {
	for args, want := range map[string]qrMakeOptions{
		"":                                      {mcc: "0000", level: "M", scale: 8},
		"x --png a":                             {text: "x", png: "a", mcc: "0000", level: "M", scale: 8},
		"--dynamic":                             {dynamic: true, built: true, mcc: "0000", level: "M", scale: 8},
		"--account a=b --account c=d --set e=f": {accounts: []string{"a=b", "c=d"}, sets: []string{"e=f"}, built: true, mcc: "0000", level: "M", scale: 8},
		"--fee 0.7% --light --lenient --level H --scale 2 --svg b": {fee: "0.7%", light: true, lenient: true, built: true, level: "H", scale: 2, svg: "b", mcc: "0000"},
	} {
		con := newConsole(t)
		con.lang = "en"
		var got qrMakeOptions
		c := newQRMake(con.Env, func(_ context.Context, o *qrMakeOptions) error { got = *o; return nil })
		c.SetArgs(strings.Fields(args))
		if err := c.Execute(); err != nil {
			t.Errorf("%q: %v", args, err)
		}
		got.out = want.out
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", args, got, want)
		}
	}
	for args, want := range map[string]qrDecodeOptions{"": {}, "x": {text: "x", given: true}, "--image f": {image: "f"}} {
		con := newConsole(t)
		con.lang = "en"
		var got qrDecodeOptions
		c := newQRDecode(con.Env, func(_ context.Context, o *qrDecodeOptions) error { got = *o; return nil })
		c.SetArgs(strings.Fields(args))
		if err := c.Execute(); err != nil || got.text != want.text || got.given != want.given || got.image != want.image {
			t.Errorf("%q: %+v, %v", args, got, err)
		}
	}
}

// Every finding that a builder can give names a flag or its object in both languages.
func TestPayloadProblem(t *testing.T) {
	con := newConsole(t)
	con.lang = "zh"
	for _, path := range []string{"", "59", "62.05"} {
		p := problemOf(payloadProblem(con.Env, qr.Finding{Grade: qr.Fatal, Fault: qr.LongValue, Path: path, Want: 25, Got: 30}))
		if !strings.Contains(p.What.In("zh"), "最多允许 25 个") || p.Hint.In("zh") == "" || strings.Contains(p.What.In("en"), "%!") {
			t.Errorf("%q: %s", path, p.What.In("zh"))
		}
	}
}
