package detect_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/detect"
)

// foreign are bytes that are no message, whatever else they are.
func foreign() map[string][]byte {
	png, _ := hex.DecodeString("89504E470D0A1A0A0000000D49484452000001000000010008060000005C72A866000000017352474200AECE1CE90000000467414D410000B18F0BFC6105")
	tls, _ := hex.DecodeString("16030100C8010000C403030101010101010101010101010101010101010101010101010101010101010101" + strings.Repeat("00", 32) + "C02FC030CCA9CCA8C013C014009C009D002F0035" + strings.Repeat("000A", 40))
	app, _ := hex.DecodeString("170303004000000000000000011122334455667788" + strings.Repeat("A5C3", 26))
	return map[string][]byte{
		"http request":  []byte("POST /api/v1/payments HTTP/1.1\r\nHost: acquirer.example\r\nContent-Length: 0200\r\nX-Id: 0100\r\n\r\n"),
		"http answer":   []byte("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: application/json\r\nContent-Length: 42\r\n\r\n"),
		"json":          []byte(`{"mti":"0200","fields":{"3":"000000","4":"000000001250","11":"000042","49":"156"}}`),
		"xml":           []byte(`<isomsg direction="incoming"><field id="0" value="0800"/><field id="3" value="000000"/></isomsg>`),
		"csv":           []byte("0200,000000,000000001250,0623123456,000042,TERM0001,156\n0210,000000,000000001250,0623123456,000042,TERM0001,156\n"),
		"log":           []byte("2026-11-23 02:40:11.120 INFO [pool-1] 0200 sent to host, stan=000042, amount=000000001250\n"),
		"english":       []byte("The quick brown fox jumps over the lazy dog, and the dog of 0800 does not mind it at all."),
		"digits":        []byte(strings.Repeat("0123456789", 20)),
		"zeros":         make([]byte, 200),
		"ascii zeros":   []byte(strings.Repeat("0", 300)),
		"ff":            bytes.Repeat([]byte{0xFF}, 200),
		"ebcdic blanks": bytes.Repeat([]byte{0x40}, 120),
		"spaces":        []byte(strings.Repeat(" ", 120)),
		"hex text":      []byte("30323030333233413430303130383431383031303338303030303030303030303030303030303432"),
		"base64":        []byte("MDIwMDMyM0E0MDAxMDg0MTgwMTAzODAwMDAwMDAwMDAwMDAwMDQyMDA1MDgwNTAxMTM5MjEyMDgwNTA0MjAwNDIy"),
		"tls hello":     tls,
		"tls data":      app,
		"png":           png,
		"stump":         []byte("0200"),
		"stump bcd":     {0x02, 0x00, 0x70, 0x24},
		"stump framed":  {0x00, 0x40, 0x60, 0x00},
		"stump bitmap":  []byte("0200323A400108418010"),
		"one byte":      {0x30},
		"apdu":          {0x00, 0xA4, 0x04, 0x00, 0x07, 0xA0, 0x00, 0x00, 0x00, 0x03, 0x10, 0x10, 0x00},
		"uuid":          []byte("01000800-0200-4000-8000-000000000001"),
		"timestamps":    []byte("20261123024011 20261123024012 20261123024013 20261123024014"),
		"gzip":          {0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0xCC, 0x2B, 0xC9, 0x48, 0x2D, 0x52, 0x28, 0x49, 0xAD, 0x28},
	}
}

// Nothing is said of what is no message.
func TestForeign(t *testing.T) {
	d := newDetector(t, detect.Options{})
	for name, raw := range foreign() {
		if r := d.Detect(raw); r.Confidence != "" || r.Best != nil {
			t.Errorf("%s: %s, %s behind %s with %d points", name, r.Confidence, r.Best.Dialect, r.Best.Framing, r.Best.Score)
		}
	}
	if r := d.Detect(nil); r.Confidence != "" || d.Split(nil) != nil {
		t.Error("of no bytes something is said")
	}
}

// noise draws bytes of several kinds: a reading must not come of any.
func noise(rnd *rand.Rand) []byte {
	b := make([]byte, 1+rnd.IntN(300))
	alphabet := [][]byte{nil, []byte("0123456789"), []byte("0123456789ABCDEF"), []byte("0000012345 ABC"), {0, 0, 0, 1, 2, 8, 0x10, 0x20, 0x30, 0x60}, {0xF0, 0xF0, 0xF1, 0xF2, 0xF8, 0x40}}[rnd.IntN(6)]
	for i := range b {
		if alphabet == nil {
			b[i] = byte(rnd.Uint32())
		} else {
			b[i] = alphabet[rnd.IntN(len(alphabet))]
		}
	}
	heads := []string{"", "", "0200", "0800", "\x02\x00", "\x08\x00", "\xF0\xF8\xF0\xF0", "\x60\x00\x01\x00\x00\x02\x00", "ISO0250000700800", "1100", "\xF1\xF1\xF0\xF0", "\x11\x00"}
	b = append([]byte(heads[rnd.IntN(len(heads))]), b...)
	switch rnd.IntN(4) {
	case 0:
		b = append([]byte{byte(len(b) >> 8), byte(len(b))}, b...)
	case 1:
		b = append([]byte(fmt.Sprintf("%04d", len(b))), b...)
	}
	return b
}

// Of a hundred thousand random strings, half of them behind lengths that fit and message
// types, none is a message for sure.
func TestNoise(t *testing.T) {
	d := newDetector(t, detect.Options{})
	rnd := rand.New(rand.NewPCG(8583, 1987))
	rounds := 100_000
	if testing.Short() {
		rounds = 5_000
	}
	counts := map[string]int{}
	for range rounds {
		raw := noise(rnd)
		r := d.Detect(raw)
		counts[r.Confidence]++
		if r.Confidence == detect.Sure {
			t.Errorf("%X is %s behind %s with %d points", raw, r.Best.Dialect, r.Best.Framing, r.Best.Score)
		}
		if r.Confidence == detect.Likely && testing.Verbose() {
			t.Logf("likely: %X is %s behind %s with %d points sound %v", raw, r.Best.Dialect, r.Best.Framing, r.Best.Score, r.Best.Sound)
		}
	}
	t.Logf("%d strings: %v", rounds, counts)
	if counts[detect.Likely] > rounds/1000 {
		t.Errorf("%d of %d are likely messages", counts[detect.Likely], rounds)
	}
}
