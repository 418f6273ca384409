package emv_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// A payment with a card made of software; a reader would take its place.
func ExampleTransaction() {
	txn, err := emv.NewTransaction(emv.Config{
		Amount: 1250, Currency: 156, CurrencyExponent: 2, Country: 156,
		TerminalType: 0x22, Capabilities: [3]byte{0x20, 0x28, 0x00},
		Date:   time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC),
		Random: strings.NewReader("from crypto/rand in a shop"),
		AIDs:   []emv.AID{{ID: []byte{0xA0, 0, 0, 0, 0x03}, Partial: true}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	chip := virtual.NewCard(virtual.Visa())
	command, more, err := txn.Next(nil)
	for more && err == nil {
		command, more, err = txn.Next(chip.Exec(command))
	}
	fmt.Println(txn.Decision(), err)
	fmt.Println(txn.Card().Label, txn.Card().PAN)

	// The issuer is asked with txn.ICC() and does not approve.
	txn.Complete(emv.IssuerResult{ARC: "51"})
	command, more, err = txn.Next(nil)
	for more && err == nil {
		command, more, err = txn.Next(chip.Exec(command))
	}
	fmt.Println(txn.Decision(), err)
	// Output:
	// go online <nil>
	// VISA CREDIT 476173******0010
	// declined <nil>
}

func ExampleReader() {
	b, _ := hex.DecodeString("9F02060000000012505F2A0201569C0100")
	r := emv.NewReader(b)
	for r.Next() {
		o := r.Object()
		fmt.Printf("%d %s %X\n", o.Offset, o.Tag, o.Value)
	}
	fmt.Println(r.Err())
	// Output:
	// 0 9F02 000000001250
	// 9 5F2A 0156
	// 14 9C 00
	// <nil>
}

func ExampleParse() {
	b, _ := hex.DecodeString("6F1B8407A0000000031010A510500B5649534120435245444954870101")
	tree, err := emv.Parse(b, emv.Strict)
	fmt.Printf("%s %v\n", tree.Value(emv.TagFCI, emv.TagFCIProprietary, emv.TagApplicationLabel), err)

	_, err = emv.Parse(b[:20], emv.Strict)
	fmt.Println(err)
	// Output:
	// VISA CREDIT <nil>
	// data object 6F at offset 0: bytes end inside the object: got 18 bytes of value, want 27
}

func ExampleBuilder() {
	var b emv.Builder
	b.Nest(emv.TagRecord, func(b *emv.Builder) {
		b.Add(emv.TagPSN, []byte{0x01})
		b.Add(emv.TagExpiry, []byte{0x31, 0x12, 0x31})
	})
	fmt.Printf("%X\n", b.Bytes())
	// Output: 700A5F3401015F2403311231
}

func ExampleDOL_Fill() {
	list, _ := emv.ParseDOL([]byte{0x9F, 0x02, 6, 0x9F, 0x37, 4, 0x9A, 3})
	values := map[emv.Tag][]byte{
		emv.TagAmount:              {0x12, 0x50},
		emv.TagUnpredictableNumber: {0xDE, 0xAD, 0xBE, 0xEF},
	}
	data := list.Fill(func(tag emv.Tag) ([]byte, bool) { v, ok := values[tag]; return v, ok })
	fmt.Printf("%s\n%X\n", list, data)
	// Output:
	// 9F02(6) 9F37(4) 9A(3)
	// 000000001250DEADBEEF000000
}

func ExampleLookup() {
	entry, ok := emv.Lookup(emv.TagIAD)
	fmt.Println(entry.Name("en"), entry.Name("zh"), entry.Min, entry.Max, ok)
	// Output: Issuer application data (IAD) 发卡行应用数据（IAD） 0 32 true
}

func ExampleBits() {
	for _, text := range emv.Bits(emv.TagTVR, []byte{0x80, 0x00, 0x00, 0x80, 0x00}, "en") {
		fmt.Println(text)
	}
	// Output:
	// Offline data authentication was not performed
	// Amount exceeds the floor limit
}

func ExampleExplain() {
	b, _ := hex.DecodeString("5A084761739001010010" + "9F360200427F")
	for _, e := range emv.Explain(b, "en") {
		words := []string{e.Value}
		words = append(words, e.Meaning...)
		if e.Warning != "" {
			words = append(words, e.Warning)
		}
		fmt.Printf("%d %s %s: %s\n", e.Offset, e.Tag, e.Name, strings.Join(words, " "))
	}
	// Output:
	// 0 5A Application primary account number (PAN): 476173******0010 VISA
	// 10 9F36 Application transaction counter (ATC): 0042 66
	// 15 00 Bytes that are no data object: 7F data object at offset 15: bytes end inside the object
}

func ExampleStatusWord() {
	fmt.Println(emv.StatusWord(0x6A83, "en"))
	fmt.Println(emv.StatusWord(0x63C2, "zh"))
	// Output:
	// Record not found
	// 验证失败，剩余次数：2
}

func ExampleLookupFor() {
	visa, mastercard := []byte{0xA0, 0, 0, 0, 3, 0x10, 0x10}, []byte{0xA0, 0, 0, 0, 4, 0x10, 0x10}
	for _, aid := range [][]byte{visa, mastercard, nil} {
		entry, _ := emv.LookupFor(0x9F6E, aid)
		fmt.Println(entry.Name("en"), entry.Min, entry.Max)
	}
	// Output:
	// Form factor indicator 4 4
	// Third party data 5 32
	// Form factor indicator or third party data (scheme specific) 1 32
}

func ExampleParseIAD() {
	iad, known := emv.ParseIAD([]byte{0x06, 0x01, 0x0A, 0x03, 0xA0, 0x00, 0x00}, nil)
	fmt.Printf("%s, key %d, CVN %d, results %X, %v\n", iad.Form, iad.KeyIndex, iad.CVN, iad.CVR, known)
	// Output: Visa 0/1/3, key 1, CVN 10, results A00000, true
}

func ExampleATRSummary() {
	atr, _ := hex.DecodeString("3BE000FF81317C4192")
	fmt.Println(emv.ATRSummary(atr, "en"))
	fmt.Println(emv.ATRSummary(atr[:5], "en"))
	// Output:
	// Chip card with contacts, T=1, 372 clock cycles per bit
	// byte 5: answer to reset ends early: got 5 bytes, want 6
}

func ExampleExplainOptions_ExplainTrack() {
	parts, err := emv.ExplainOptions{Lang: "en"}.ExplainTrack(";4761739001010010=31122011234567890?")
	for _, p := range parts {
		fmt.Println(p.Name, p.Value)
	}
	fmt.Println(err)
	// Output:
	// Track 2
	// Card number 476173******0010
	// Expiry 3112
	// Service code 201
	// Discretionary data **********
	// <nil>
}
