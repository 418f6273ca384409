package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// paymentCode is what a shopper's wallet shows; it is as good as cash for a minute.
const paymentCode = "134567890123456784"

// No card number and no payment code in any file of the data folder or in any output, in any encoding that
// a careless line of code could give it (design, I10).
func TestNoCardNumberAnywhere(t *testing.T) {
	con := newConsole(t)
	con.Random = rand.Reader
	con.Now = time.Now // a shopper takes a moment to pay a code
	var said bytes.Buffer
	for _, args := range [][]string{
		{"pay", "12.50"}, {"pay", "12.50", "--json"}, {"pay", "8", "--entry", "swipe"}, {"pay", "8", "--entry", "fallback"},
		{"pay", "3", "--reader", "virtual:visa18"}, {"pay", "10.51", "--lang", "zh"}, {"pay", "10.68", "--host-timeout", "200ms"},
		{"pay", "9", "--tender", "qr", "--code", paymentCode}, {"pay", "9", "--tender", "qr", "--code", paymentCode + "1"},
		{"refund", "last", "1"}, {"void", "last"}, {"txn", "list", "-O", "csv"}, {"txn", "show", "last"}, {"txn", "show", "last", "--json"},
		{"txn", "receipt", "last", "--copy", "merchant"}, {"card", "read", "--steps", "--json"}, {"batch", "close"},
		{"demo"}, {"demo", "--keep", filepath.Join(con.Dir, "day")}, {"doctor"}, {"store", "verify"},
	} {
		con.till(args...)
		said.Write(con.out.Bytes())
		said.Write(con.err.Bytes())
	}
	if said.Len() < 5000 {
		t.Fatalf("the commands said only %d bytes: %s", said.Len(), said.String())
	}
	findNumbers(t, "output", said.Bytes())
	files := 0
	err := filepath.WalkDir(con.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		findNumbers(t, path, raw)
		return err
	})
	if err != nil || files < 8 {
		t.Errorf("looked into %d files, %v", files, err)
	}
}

// The search finds a number that is there, in each encoding.
func TestFindNumbersBites(t *testing.T) {
	for name, form := range encodings("4761739001010010") {
		hay := append([]byte("xy"), append(bytes.Clone(form), "yx"...)...)
		if !holdsNumber(hay) {
			t.Errorf("%s: not found", name)
		}
	}
}

func findNumbers(t *testing.T, where string, hay []byte) {
	t.Helper()
	for _, number := range shownNumbers() {
		for name, form := range encodings(number) {
			if bytes.Contains(hay, form) {
				t.Errorf("%s holds a number ending in %s as %s", where, number[len(number)-4:], name)
			}
		}
	}
}

func holdsNumber(hay []byte) bool {
	for _, form := range encodings(shownNumbers()[0]) {
		if bytes.Contains(hay, form) {
			return true
		}
	}
	return false
}

// shownNumbers are those of the virtual cards, and the payment code.
func shownNumbers() []string {
	return []string{"4761739001010010", "4761739001010119", "4111111111111111", "5413330089010434", paymentCode}
}

// encodings are the forms that a number of an even count of digits can take. Base64
// depends on the position of the bytes in their group of three, so its inner part is
// looked for at each.
func encodings(number string) map[string][]byte {
	packed, _ := hex.DecodeString(number)
	forms := map[string][]byte{
		"ASCII": []byte(number), "BCD": packed,
		"hex of ASCII": []byte(hex.EncodeToString([]byte(number))),
		"UTF-16":       wide(number),
	}
	for name, raw := range map[string][]byte{"ASCII": []byte(number), "BCD": packed} {
		for shift := range 3 {
			whole := base64.StdEncoding.EncodeToString(append(make([]byte, shift), raw...))
			first := (shift*8 + 5) / 6
			last := (shift + len(raw)) * 8 / 6
			forms["base64 of "+name+string(rune('0'+shift))] = []byte(whole[first:last])
		}
	}
	return forms
}

func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}
