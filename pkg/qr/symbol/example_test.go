package symbol_test

import (
	"fmt"

	"github.com/tillworks/till/pkg/qr/symbol"
)

// A text becomes a symbol, is drawn, and is read from the picture.
func Example() {
	s, err := symbol.New("weixin://wxpay/bizpayurl?pr=h7Ks2zQ", symbol.Medium)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s)
	img, err := s.Image(8)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := symbol.Scan(img)
	fmt.Println(found[0].Text.Reveal(), found[0].Format, err)
	// Output:
	// QR code of version 3-M, 29 modules a side
	// weixin://wxpay/bizpayurl?pr=h7Ks2zQ qr <nil>
}

// For a terminal a symbol is drawn in half blocks; ANSI sets both colours itself and
// needs not to know what the terminal's are.
func ExampleSymbol_Text() {
	s, err := symbol.New("0", symbol.Low)
	if err != nil {
		fmt.Println(err)
		return
	}
	lines := []rune(s.Text(symbol.DarkBackground))
	fmt.Println(string(lines[:29]), len(lines))
	// Output:
	// █████████████████████████████ 450
}
