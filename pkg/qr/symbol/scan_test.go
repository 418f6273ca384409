package symbol_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"

	"github.com/tillworks/till/pkg/qr/symbol"
)

const scanned = "00020101021229220004TEST0110M000000042520458125303156540512.505802CN5904Shop6008Shanghai630427B1"

// shot is a symbol as an image.
func shot(t testing.TB, scale int) *image.Paletted {
	t.Helper()
	img, err := drawn(t, scanned, symbol.Medium).Image(scale)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Symbols are read from pictures that are not as clean as a screen.
func TestScan(t *testing.T) {
	plain := shot(t, 5)
	side := plain.Bounds().Dx()
	desk := white(3*side, 2*side)
	draw.Draw(desk, image.Rect(side, side/2, 2*side, side/2+side), plain, image.Point{}, draw.Src)
	clear := image.NewNRGBA(plain.Bounds())
	inverse := image.NewGray(plain.Bounds())
	gray := image.NewGray(plain.Bounds())
	random := rand.New(rand.NewPCG(1, 2))
	for y := range side {
		for x := range side {
			inverse.SetGray(x, y, color.Gray{0xFF})
			gray.SetGray(x, y, color.Gray{uint8(150 + random.IntN(40))})
			if dark(plain, x, y) {
				clear.Set(x, y, color.Black)
				inverse.SetGray(x, y, color.Gray{})
				gray.SetGray(x, y, color.Gray{uint8(60 + random.IntN(40))})
			}
			inverse.SetGray(x, y, color.Gray{0xFF - inverse.GrayAt(x, y).Y})
		}
	}
	huge := white(5000, 4000)
	draw.Draw(huge, image.Rect(1200, 900, 1200+20*side/5, 900+20*side/5), shot(t, 20), image.Point{}, draw.Src)
	for name, img := range map[string]image.Image{
		"plain": plain, "one pixel a module": shot(t, 1), "two": shot(t, 2), "on a desk": desk, "transparent": clear, "inverted": inverse,
		"grey and grainy": gray, "rotated": rotated(plain), "a large photograph": huge, "part of an image": desk.SubImage(image.Rect(side/2, 0, 3*side, 2*side)),
		"through JPEG": through(t, plain, func(b *bytes.Buffer) error { return jpeg.Encode(b, plain, &jpeg.Options{Quality: 60}) }),
		"through GIF":  through(t, plain, func(b *bytes.Buffer) error { return gif.Encode(b, plain, nil) }),
	} {
		found, err := symbol.Scan(img)
		if err != nil || len(found) != 1 || found[0].Text.Reveal() != scanned || found[0].Format != symbol.QR {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}

func rotated(img image.Image) image.Image {
	b := img.Bounds()
	r := image.NewGray(image.Rect(0, 0, b.Dy(), b.Dx()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			r.Set(b.Dy()-1-y, x, img.At(x, y))
		}
	}
	return r
}

func through(t *testing.T, _ image.Image, encode func(*bytes.Buffer) error) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	img, err := symbol.ReadImage(&b)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Two codes in one picture are both read.
func TestScanTwo(t *testing.T) {
	first, err := drawn(t, "first", symbol.Medium).Image(6)
	if err != nil {
		t.Fatal(err)
	}
	second, err := drawn(t, "second", symbol.Medium).Image(6)
	if err != nil {
		t.Fatal(err)
	}
	side := first.Bounds().Dx()
	both := white(2*side, side)
	draw.Draw(both, first.Bounds(), first, image.Point{}, draw.Src)
	draw.Draw(both, image.Rect(side, 0, 2*side, side), second, image.Point{}, draw.Src)
	found, err := symbol.Scan(both)
	var texts []string
	for _, f := range found {
		texts = append(texts, f.Text.Reveal())
	}
	slices.Sort(texts)
	if err != nil || !slices.Equal(texts, []string{"first", "second"}) {
		t.Errorf("%v, %v", texts, err)
	}
}

// Wallets show a payment code as stripes too.
func TestScanStripes(t *testing.T) {
	bits, err := oned.NewCode128Writer().Encode("120061098828009406", gozxing.BarcodeFormat_CODE_128, 400, 120, nil)
	if err != nil {
		t.Fatal(err)
	}
	img := white(440, 160)
	for y := range bits.GetHeight() {
		for x := range bits.GetWidth() {
			if bits.Get(x, y) {
				img.SetGray(x+20, y+20, color.Gray{})
			}
		}
	}
	found, err := symbol.Scan(img)
	if err != nil || len(found) != 1 || found[0].Text.Reveal() != "120061098828009406" || found[0].Format != symbol.Code128 {
		t.Errorf("%+v, %v", found, err)
	}
	if out := fmt.Sprintf("%v %+v %#v", found, found, found); strings.Contains(out, "8828") {
		t.Errorf("shown: %s", out)
	}
}

func TestScanFindsNothing(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, 300, 200))
	random := rand.New(rand.NewPCG(3, 4))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(random.IntN(256))
	}
	half := shot(t, 5).SubImage(image.Rect(0, 0, 90, 400))
	for name, img := range map[string]image.Image{
		"white": white(200, 200), "one pixel": white(1, 1), "a line": white(1000, 1), "noise": noise, "half a symbol": half,
	} {
		if found, err := symbol.Scan(img); !errors.Is(err, symbol.ErrNoCode) {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
	if _, err := symbol.Scan(image.NewGray(image.Rect(0, 0, 0, 0))); !errors.Is(err, symbol.ErrImage) {
		t.Errorf("nothing: %v", err)
	}
	if _, err := symbol.Scan(image.NewUniform(color.White)); !errors.Is(err, symbol.ErrTooBig) {
		t.Errorf("without bounds: %v", err)
	}
}

// The size of an image is known before its pixels are unpacked.
func TestReadImage(t *testing.T) {
	var ok bytes.Buffer
	if err := png.Encode(&ok, shot(t, 3)); err != nil {
		t.Fatal(err)
	}
	if _, err := symbol.ReadImage(bytes.NewReader(ok.Bytes())); err != nil {
		t.Error(err)
	}
	lying := slices.Clone(ok.Bytes()) // width of the header chunk; its CRC is made right below
	copy(lying[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0})
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing":   {nil, symbol.ErrImage},
		"text":      {[]byte("000201"), symbol.ErrImage},
		"cut":       {ok.Bytes()[:60], symbol.ErrImage},
		"65536²":    {fixHeader(lying), symbol.ErrTooBig},
		"too long":  {make([]byte, symbol.MaxImageBytes+1), symbol.ErrTooBig},
		"no pixels": {[]byte("GIF89a\x00\x00\x00\x00\x00\x00\x00"), symbol.ErrImage},
	} {
		if _, err := symbol.ReadImage(bytes.NewReader(c.raw)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := symbol.ReadImage(failing{}); err == nil || errors.Is(err, symbol.ErrImage) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func FuzzReadImage(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, shot(f, 1)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		img, err := symbol.ReadImage(bytes.NewReader(raw))
		if err != nil || img.Bounds().Dx()*img.Bounds().Dy() > 1<<16 {
			return
		}
		found, err := symbol.Scan(img)
		if (err == nil) != (len(found) > 0) {
			t.Errorf("%d codes, %v", len(found), err)
		}
	})
}

// FuzzScan reads pictures of modules that were tampered with.
func FuzzScan(f *testing.F) {
	f.Add([]byte{1, 2, 3}, uint8(3))
	f.Add([]byte{}, uint8(1))
	clean := shot(f, 3)
	f.Fuzz(func(t *testing.T, damage []byte, stride uint8) {
		img := image.NewGray(clean.Bounds())
		draw.Draw(img, img.Bounds(), clean, image.Point{}, draw.Src)
		for i, d := range damage {
			img.Pix[(i*(int(stride)+1)*37+int(d)*11)%len(img.Pix)] ^= 0xFF
		}
		found, err := symbol.Scan(img)
		if (err == nil) != (len(found) > 0) {
			t.Errorf("%d codes, %v", len(found), err)
		}
	})
}
