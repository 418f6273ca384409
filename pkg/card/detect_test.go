package card_test

import (
	"testing"

	"github.com/tillworks/till/pkg/card"
)

func TestIsNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"4111111111111111":         true,
		"4111 1111 1111 1111":      true,
		"4111-1111-1111-1111":      true,
		"378282246310005":          true,
		"4222222222222":            true,  // 13 digits
		"4111111111111112":         false, // wrong check digit
		"1234567890128":            false, // right check digit, no scheme
		"6205500000000000004":      true,  // 19 digits
		"30569309025904":           true,  // 14 digits
		"430000000000096015":       false, // as Visa begins, but 18 digits
		"411111111111111111111111": false, // too long
		"4111x1111111111111":       false,
		"12.50":                    false,
		"":                         false,
	} {
		if got := card.IsNumber(text); got != want {
			t.Errorf("IsNumber(%d characters, first %.1q) = %v, want %v", len(text), text, got, want)
		}
	}
}
