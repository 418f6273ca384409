package detect_test

import (
	"encoding/hex"
	"fmt"

	"github.com/tillworks/till/pkg/iso8583/detect"
)

// A message of which nothing is known is told apart by what its bytes show.
func Example() {
	d, err := detect.New(detect.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := hex.DecodeString("001F" + "6000010000" + "0800" + "2020010000800000" + "920000" + "000042" + "0001" + "5445524D30303031")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := d.Detect(raw)
	if r.Best == nil {
		fmt.Println("nothing known")
		return
	}
	fmt.Println(r.Confidence, r.Best.Framing, r.Best.MTI, "from byte", r.Best.Start)
	for _, e := range r.Best.Evidence[:3] {
		fmt.Printf("%+d at byte %d: %s\n", e.Points, e.Offset, e.In("en"))
	}
	// Output:
	// sure binary2+tpdu 0800 from byte 7
	// +12 at byte 0: the length (binary2) counts exactly the bytes that follow
	// +8 at byte 7: 4 fields hold the kinds of characters that they should
	// +8 at byte 33: the last field ends exactly where the message does
}
