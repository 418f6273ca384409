package iso8583_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// A sale by struct, and its answer read back. The message can be printed: card data is
// masked in it whatever the verb.
func Example() {
	type sale struct {
		Type     iso8583.MTI `iso8583:"0"`
		Number   card.PAN    `iso8583:"2"`
		Amount   int64       `iso8583:"4"`
		STAN     string      `iso8583:"11"`
		Terminal string      `iso8583:"41"`
		Currency string      `iso8583:"49"`
	}
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	pan, err := card.ParsePAN("4761739001010010")
	if err != nil {
		fmt.Println(err)
		return
	}
	m := spec.NewMessage("")
	if err := m.Marshal(sale{Type: "0200", Number: pan, Amount: 1250, STAN: "000042", Terminal: "TERM0001", Currency: "156"}); err != nil {
		fmt.Println(err)
		return
	}
	raw, err := m.Pack()
	if err != nil {
		fmt.Println(err)
		return
	}

	got, err := spec.Unpack(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(got)
	fmt.Println(got.MTI().Describe("en"), "->", got.MTI().Response())
	// Output:
	// 0200 2=476173******0010 4=000000001250 11=000042 41=TERM0001 49=156
	// financial request, from the acquirer -> 0210
}

// Every byte explained; of a broken message everything before the fault, and the
// fault.
func ExampleSpec_Explain() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	x := spec.Explain([]byte("0210"+"7220000002808000"+"164761739001010010"+"000000"+"000000001250"+"1123024011"+"000042"+"51"+"TERM0001"+"15"), "en")
	for _, f := range x.Fields {
		row := fmt.Sprintf("%d %s %-38s %-20s %s", f.Offset, f.Path, f.Name, f.Value, f.Meaning)
		fmt.Println(strings.TrimRight(row, " "))
	}
	fmt.Printf("field %s at byte %d: %s\n", x.Error.Path, x.Error.Offset, x.Error.Text)
	// Output:
	// 0 0 Message type indicator                 0210                 financial response, from the acquirer
	// 4 1 Bit map                                7220000002808000     2 3 4 7 11 39 41 49
	// 20 2 Primary account number                 476173******0010     VISA
	// 38 3 Processing code                        000000               goods and services
	// 44 4 Amount, transaction                    000000001250         1250 minor units
	// 56 7 Transmission date and time             1123024011           11-23 02:40:11 UTC
	// 66 11 Systems trace audit number             000042
	// 72 39 Response code                          51                   not sufficient funds
	// 74 41 Card acceptor terminal identification  TERM0001             terminal TERM0001
	// field 49 at byte 82: the message ends inside the field: want 3 bytes, 2 left
}

// A fault has a place and figures, and never what stands there.
func ExampleError() {
	spec, err := dialect.ISO87BCD()
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = spec.Unpack([]byte("\x01\x00\x40\x00\x00\x00\x00\x00\x00\x00\x20\x47\x61"))
	var fault *iso8583.Error
	if errors.As(err, &fault) {
		fmt.Println(fault.Path, fault.Offset, fault.Want, fault.Got)
	}
	fmt.Println(err)
	// Output:
	// 2 10 19 20
	// field 2 at byte 10: length not allowed: want 19, got 20
}

// Field 55 by its elements, in the order in which they are set.
func ExampleMessage_Set() {
	spec, err := dialect.ISO87BCD()
	if err != nil {
		fmt.Println(err)
		return
	}
	m := spec.NewMessage("0200")
	for _, kv := range [][2]string{{"4", "1250"}, {"55.9F26", "A1B2C3D4E5F60718"}, {"55.9F36", "0001"}, {"55.5A", "4761739001010010"}} {
		if err := m.Set(kv[0], kv[1]); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(m.Value("55"))
	fmt.Println(m.Value("55.5A"), m.Has("55.9F27"))
	fmt.Println(m.Set("4", "12.50"))
	// Output:
	// 9F2608A1B2C3D4E5F607189F360200015A08476173******0010
	// 476173******0010 false
	// field 4: not a digit where only digits may stand: position 3
}

// Reading many messages: one layout, no allocation a message.
func ExampleSpec_Decode() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	var l iso8583.Layout
	var line []byte
	for _, raw := range []string{"0810" + "2020000002800000" + "000000" + "000043" + "91" + "TERM0002", "0800" + "0020000000000000" + "0000"} {
		if err := spec.Decode([]byte(raw), &l); err != nil {
			fmt.Println(err)
			continue
		}
		line = line[:0]
		for i := range l.Len() {
			line = append(l.AppendMasked(append(l.AppendPath(line, i), '='), i), ' ')
		}
		fmt.Println(strings.TrimSpace(string(line)))
	}
	// Output:
	// 0=0810 1=2020000002800000 3=000000 11=000043 39=91 41=TERM0002
	// field 11 at byte 20: the message ends inside the field: want 6 bytes, 4 left
}

// A spec of one's own, in moov's format with keys that it ignores.
func ExampleLoadSpec() {
	spec, err := iso8583.LoadSpec([]byte(`{
		"name": "corner shop",
		"fields": {
			"0": {"type": "String", "length": 4, "enc": "ASCII", "prefix": "ASCII.Fixed"},
			"1": {"type": "Bitmap", "length": 8, "enc": "HexToASCII", "prefix": "Hex.Fixed"},
			"4": {"type": "String", "length": 12, "description": "Amount", "zh": "金额", "enc": "ASCII", "prefix": "ASCII.Fixed", "content": "n"},
			"48": {"type": "String", "length": 99, "description": "Loyalty card", "enc": "ASCII", "prefix": "ASCII.LL", "class": "account"}
		}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := spec.Unpack([]byte("0100" + "1000000000010000" + "000000001250" + "08" + "77001234"))
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := json.Marshal(m)
	fmt.Println(string(b), err)
	fmt.Println(spec.FieldName("4", "zh"))
	// Output:
	// {"mti":"0100","fields":{"4":"000000001250","48":"****1234"}} <nil>
	// 金额
}
