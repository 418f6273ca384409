package symbol

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // formats that image.Decode reads
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"slices"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/tillworks/till/pkg/card"
)

// Errors of reading; match with errors.Is.
var (
	ErrNoCode = errors.New("no code found in the image")
	ErrImage  = errors.New("not an image that can be read")
	ErrTooBig = errors.New("image too big")
)

const (
	// MaxImageBytes is the longest image file that is read.
	MaxImageBytes = 32 << 20
	// MaxPixels is the largest image that is looked at: more than phones take.
	MaxPixels = 50_000_000
	// workSide is the side that larger images are first brought down to: finder patterns
	// are found faster and, in photographs, better.
	workSide = 1600
	// fineSide is the side that large photographs are looked at with once more. In a larger
	// one full of texture the search for patterns takes half a minute.
	fineSide = 3200
)

// Format is the kind of a code in an image.
type Format string

// The formats.
const (
	QR      Format = "qr"
	Code128 Format = "code128" // the stripes that wallets show beside the square
)

// Reading is one code in an image.
type Reading struct {
	Text   card.Secret // it may be a shopper's payment code
	Format Format
	Try    string // which attempt read it: "plain", "harder", "inverted" and the like
}

// ReadImage decodes a PNG, JPEG or GIF of at most MaxImageBytes and MaxPixels; the size is
// known before the pixels are unpacked. Errors are ErrTooBig and ErrImage.
func ReadImage(r io.Reader) (image.Image, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxImageBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the image: %w", err)
	}
	if len(raw) > MaxImageBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooBig, MaxImageBytes)
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: want PNG, JPEG or GIF: %w", ErrImage, err)
	}
	if err := checkSize(size.Width, size.Height); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrImage, format, err)
	}
	return img, nil
}

func checkSize(width, height int) error {
	if width < 1 || height < 1 {
		return fmt.Errorf("%w: %d by %d pixels", ErrImage, width, height)
	}
	if width > MaxPixels/height {
		return fmt.Errorf("%w: %d by %d pixels, want at most %d together", ErrTooBig, width, height, MaxPixels)
	}
	return nil
}

// Scan reads the codes of an image, each text once. It tries the image as it is, then
// harder: a global threshold, inverted, twice and half as large, smoothed, a large
// photograph at a finer size, a bare symbol, and last stripes. The first attempt that reads
// anything ends it; ErrNoCode says that none did. Transparent pixels count as white.
func Scan(img image.Image) ([]Reading, error) {
	if err := checkSize(img.Bounds().Dx(), img.Bounds().Dy()); err != nil {
		return nil, err
	}
	full := grayOf(img)
	work := full.shrunkTo(workSide)
	for _, t := range ladder(full.shrunkTo(fineSide), work) {
		if texts := t.read(); len(texts) > 0 {
			return readings(texts, t), nil
		}
	}
	return nil, ErrNoCode
}

// try is one attempt.
type try struct {
	name   string
	format Format
	image  func() *gray
	global bool // one threshold for the whole image
	hints  map[gozxing.DecodeHintType]any
}

// ladder is the attempts in their order, each made only when it is its turn.
func ladder(fine, work *gray) []try {
	harder := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	pure := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}
	same := func() *gray { return work }
	tries := []try{
		{name: "plain", image: same},
		{name: "harder", image: same, hints: harder},
		{name: "global", image: same, hints: harder, global: true},
		{name: "inverted", image: work.inverted, hints: harder},
		{name: "doubled", image: work.doubled, hints: harder},
		{name: "halved", image: work.halved, hints: harder},
		{name: "smoothed", image: work.smoothed, hints: harder},
	}
	if fine.width > work.width {
		tries = append(tries, try{name: "fine", image: func() *gray { return fine }, hints: harder})
	}
	return append(tries,
		try{name: "bare", image: same, hints: pure, global: true},
		try{name: "stripes", image: same, hints: harder, format: Code128},
		try{name: "stripes, doubled", image: work.doubled, hints: harder, format: Code128})
}

// read gives the texts that the attempt finds, none if it finds none.
func (t try) read() (texts []string) {
	defer func() {
		if recover() != nil { // a library lost in a picture has read nothing
			texts = nil
		}
	}()
	bitmap, err := t.bitmap()
	if err != nil {
		return nil
	}
	if t.format == Code128 {
		return textOf(oned.NewCode128Reader().Decode(bitmap, t.hints))
	}
	if t.hints[gozxing.DecodeHintType_PURE_BARCODE] == nil {
		if texts := textsOf(multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, t.hints)); len(texts) > 0 {
			return texts
		}
	}
	return textOf(qrcode.NewQRCodeReader().Decode(bitmap, t.hints))
}

func (t try) bitmap() (*gozxing.BinaryBitmap, error) {
	source, err := t.image().source()
	if err != nil {
		return nil, err
	}
	if t.global {
		return gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(source))
	}
	return gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
}

func textOf(r *gozxing.Result, err error) []string {
	if err != nil || r == nil || r.GetText() == "" {
		return nil
	}
	return []string{r.GetText()}
}

func textsOf(list []*gozxing.Result, err error) []string {
	if err != nil {
		return nil
	}
	var texts []string
	for _, r := range list {
		for _, text := range textOf(r, nil) {
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

func readings(texts []string, t try) []Reading {
	list := make([]Reading, len(texts))
	for i, text := range texts {
		list[i] = Reading{Text: card.NewSecret(text), Format: QR, Try: t.name}
		if t.format != "" {
			list[i].Format = t.format
		}
	}
	return list
}
