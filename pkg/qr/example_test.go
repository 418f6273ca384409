package qr_test

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/qr"
)

// A code that came out of a scanner is read and judged.
func ExampleParse() {
	code, err := qr.Parse("00020101021229220004TEST0110M0000000425204581253031565405" + "12.505802CN5904Shop6008Shanghai630427B1")
	if err != nil {
		fmt.Println(err)
		return
	}
	amount, asks := code.Amount()
	fmt.Println(code.Merchant(), amount, asks, code.Grade())
	fmt.Println(code.Value("29.01"))
	// Output:
	// Shop 12.50 CNY true ok
	// M000000042
}

// What is wrong with a code is said with its place.
func ExampleParse_wrong() {
	_, err := qr.Parse("00020101021229220004TEST0110M000000042520458125303156540512.505802CN5904Shop6008Shanghai63040000")
	fmt.Println(err)
	// Output:
	// object 63 at byte 88: the check value is 0000, the text gives 27B1
}

// A shop's code is built, and made that of one sale.
func ExampleBuilder() {
	yuan, err := money.CurrencyByCode("CNY")
	if err != nil {
		fmt.Println(err)
		return
	}
	sticker, err := new(qr.Builder).Initiation(qr.Static).
		Account("29.00", "TEST").Account("29.01", "M000000042").
		MCC("5812").Currency(yuan).Country("CN").Merchant("Shop").City("Shanghai").Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	sale, err := sticker.WithAmount(money.New(1250, yuan))
	fmt.Println(sticker)
	fmt.Println(sale, err)
	// Output:
	// 00020101021129220004TEST0110M0000000425204581253031565802CN5904Shop6008Shanghai6304AE5A
	// 00020101021229220004TEST0110M000000042520458125303156540512.505802CN5904Shop6008Shanghai630427B1 <nil>
}

// A shopper's code is classified; it never prints in full.
func ExampleParsePassive() {
	code, err := qr.ParsePassive("28763443825664394")
	fmt.Println(code, err)
	for _, c := range code.Candidates() {
		fmt.Println(c.Wallet.Name("en"), "-", c.Why("en"))
	}
	// Output:
	// 28*************94 <nil>
	// Alipay - 16 to 24 digits that begin with 25 to 30; 17 is the usual length
	// AlipayHK - 17 to 19 digits that begin with 25 to 30
}

// Whatever was scanned is explained, in English or Chinese.
func ExampleExplain() {
	x := qr.Explain("00020101021229220004TEST0110M000000042520458125303156540512.505802CN5904Shop6008Shanghai63040000", "zh")
	for _, f := range x.Fields[len(x.Fields)-4:] {
		fmt.Println(strings.TrimSpace(fmt.Sprintln(f.Path, f.Offset, f.Name, f.Value, f.Meaning)))
	}
	fmt.Println(x.Findings[0].Grade, x.Findings[0].Text)
	// Output:
	// 58 62 国家或地区 CN 中国
	// 59 68 商户名称 Shop
	// 60 76 商户城市 Shanghai
	// 63 88 CRC 校验 0000 错误，按文本应为 27B1
	// fatal 校验值为 0000，按文本应为 27B1
}
