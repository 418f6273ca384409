package symbol

import (
	"image"

	"github.com/makiuchi-d/gozxing"
)

// gray is an image of brightness, a byte a pixel, row by row.
type gray struct {
	width, height int
	pix           []byte
}

// grayOf is the brightness of an image over white.
func grayOf(img image.Image) *gray {
	b := img.Bounds()
	g := newGray(b.Dx(), b.Dy())
	for y := range g.height {
		row := g.pix[y*g.width : (y+1)*g.width]
		switch src := img.(type) {
		case *image.Gray:
			copy(row, src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):])
		case *image.YCbCr:
			copy(row, src.Y[src.YOffset(b.Min.X, b.Min.Y+y):])
		default:
			brightness(row, img, b.Min.X, b.Min.Y+y)
		}
	}
	return g
}

// brightness weighs the colours of a row as television does (ITU-R BT.601); what shines
// through is white.
func brightness(row []byte, img image.Image, x, y int) {
	for i := range row {
		r, g, b, a := img.At(x+i, y).RGBA()
		row[i] = byte(((299*r+587*g+114*b)/1000 + 0xFFFF - a) >> 8) // #nosec G115 -- colours are at most their alpha
	}
}

func newGray(width, height int) *gray {
	return &gray{width, height, make([]byte, width*height)}
}

func (g *gray) source() (gozxing.LuminanceSource, error) {
	return gozxing.NewPlanarYUVLuminanceSource(g.pix, g.width, g.height, 0, 0, g.width, g.height, false)
}

// at is a pixel; beyond the edge the edge goes on.
func (g *gray) at(x, y int) int {
	return int(g.pix[min(max(y, 0), g.height-1)*g.width+min(max(x, 0), g.width-1)])
}

func (g *gray) inverted() *gray {
	n := newGray(g.width, g.height)
	for i, p := range g.pix {
		n.pix[i] = 255 - p
	}
	return n
}

// doubled is twice as large, with the pixels between in between.
func (g *gray) doubled() *gray {
	n := newGray(2*g.width, 2*g.height)
	for y := range n.height {
		for x := range n.width {
			i, j := x/2+x%2, y/2+y%2
			n.pix[y*n.width+x] = byte((g.at(x/2, y/2) + g.at(i, y/2) + g.at(x/2, j) + g.at(i, j)) / 4)
		}
	}
	return n
}

// halved is half as large.
func (g *gray) halved() *gray { return g.shrunk(2) }

// shrunkTo is the image brought down by a whole factor so that no side is longer.
func (g *gray) shrunkTo(side int) *gray {
	if factor := (max(g.width, g.height) + side - 1) / side; factor > 1 {
		return g.shrunk(factor)
	}
	return g
}

// shrunk averages squares of pixels.
func (g *gray) shrunk(factor int) *gray {
	n := newGray(max(1, g.width/factor), max(1, g.height/factor))
	for y := range n.height {
		for x := range n.width {
			sum := 0
			for j := range factor {
				for i := range factor {
					sum += g.at(x*factor+i, y*factor+j)
				}
			}
			n.pix[y*n.width+x] = byte(sum / (factor * factor))
		}
	}
	return n
}

// smoothed averages each pixel with its eight neighbours, which takes the grain out.
func (g *gray) smoothed() *gray {
	n := newGray(g.width, g.height)
	for y := range n.height {
		for x := range n.width {
			sum := 0
			for j := -1; j <= 1; j++ {
				for i := -1; i <= 1; i++ {
					sum += g.at(x+i, y+j)
				}
			}
			n.pix[y*n.width+x] = byte(sum / 9)
		}
	}
	return n
}
