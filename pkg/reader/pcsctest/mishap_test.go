package pcsctest_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

func TestAt(t *testing.T) {
	var heard []byte
	card := pcsctest.At(virtual.NewCard(virtual.Visa()), 2, func(command []byte) []byte {
		heard = command
		return []byte{0x6F, 0x00}
	})
	selectDirectory := unhex(t, "00A404000E315041592E5359532E444446303100")
	for power := range 2 {
		card.Reset()
		for n := 1; n <= 3; n++ {
			answer := card.Exec(selectDirectory)
			if failed := bytes.Equal(answer, []byte{0x6F, 0x00}); failed != (n == 2) {
				t.Errorf("power up %d, command %d: got %X", power, n, answer)
			}
		}
	}
	if !bytes.Equal(heard, selectDirectory) {
		t.Errorf("the command was %X, want %X", heard, selectDirectory)
	}
}

// The card under a Held one must not have heard the reader's own commands.
func TestHeld(t *testing.T) {
	uid := unhex(t, "04A1B2C3D4E580")
	var heard int
	contact := pcsctest.At(virtual.NewCard(virtual.Visa()), 1, func([]byte) []byte { heard++; return []byte{0x90, 0x00} })
	card := pcsctest.Held(contact, uid)
	if atr := card.ATR(); !reader.ContactlessATR(atr) {
		t.Errorf("answer to reset %X is not one of a contactless card", atr)
	}
	for _, c := range []struct{ name, command, want string }{
		{"get the identifier", "FFCA000000", "04A1B2C3D4E5809000"},
		{"again", "FFCA000000", "04A1B2C3D4E5809000"},
		{"get the historical bytes", "FFCA010000", "6A81"},
		{"load a key", "FF82000006FFFFFFFFFFFF", "6A81"},
		{"a header alone", "FFCA0000", "6A81"},
	} {
		if got := card.Exec(unhex(t, c.command)); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: got %X, want %s", c.name, got, c.want)
		}
	}
	if heard != 0 {
		t.Errorf("the card heard %d of the reader's own commands", heard)
	}
	card.Exec(unhex(t, "00A404000E315041592E5359532E444446303100"))
	card.Exec(unhex(t, "FF"))
	if heard != 1 {
		t.Errorf("the card's first command reached it %d times, want once", heard)
	}
}

// ExampleAt is a card that is pulled out at the second command.
func ExampleAt() {
	card := pcsctest.At(virtual.NewCard(virtual.Visa()), 2, func([]byte) []byte { return nil })
	fmt.Printf("%X\n", card.Exec([]byte{0x00, 0xB2, 0x01, 0x0C, 0x00}))
	fmt.Println(card.Exec([]byte{0x00, 0xB2, 0x02, 0x0C, 0x00}) == nil)
	// Output:
	// 6985
	// true
}
