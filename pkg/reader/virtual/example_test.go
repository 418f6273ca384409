package virtual_test

import (
	"context"
	"fmt"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// The card is asked for its directory.
func Example() {
	device := virtual.NewReader(virtual.NewCard(virtual.Visa()))
	card, err := device.Wait(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer card.Close()

	chip := card.(reader.Chip)
	answer, err := chip.Transmit(context.Background(), []byte("\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00"))
	fmt.Printf("%X %v\n", answer, err)
	// Output:
	// 6F1C840E315041592E5359532E4444463031A50A8801015F2D04656E7A689000 <nil>
}

// A stripe of a card with a chip says so in its service code.
func ExampleNewStripe() {
	device := virtual.NewStripe(virtual.ChipStripe())
	card, err := device.Wait(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	track := card.(reader.Stripe).Track2()
	fmt.Println(track.PAN, track.ServiceCode, track.ServiceCode.HasChip())
	// Output:
	// 476173******0010 201 true
}

// The third command fails as if the chip broke.
func ExampleCard_FailAt() {
	card := virtual.NewCard(virtual.Visa())
	card.FailAt(3, 0x6F00)
	for range 4 {
		fmt.Printf("%X\n", card.Exec([]byte{0x00, 0xB2, 0x01, 0x0C, 0x00}))
	}
	// Output:
	// 6985
	// 6985
	// 6F00
	// 6985
}

// A profile is a value: a card of your own differs in what you write into it.
func ExampleProfile() {
	p := virtual.Visa()
	p.Name, p.Applications[0].Label, p.Applications[0].OfflineLimit = "picnic", "PICNIC", 20_00
	fmt.Println(virtual.NewCard(p).Name(), virtual.Visa().Applications[0].Label)
	// Output:
	// picnic VISA CREDIT
}
