package readertest_test

import (
	"context"
	"fmt"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/readertest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// A bench is the device and the hand that works it; in a test, Run is given a function
// that sets one up.
func ExampleBench() {
	device := virtual.NewReader(nil)
	bench := readertest.Bench{
		Reader: device,
		Insert: func() { device.Insert(virtual.NewCard(virtual.Visa())) },
		Remove: device.Remove,
	}
	bench.Insert()
	card, err := bench.Reader.Wait(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("contactless:", card.(reader.Chip).Contactless())
	// Output:
	// contactless: false
}
