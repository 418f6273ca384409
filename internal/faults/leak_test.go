package faults

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/tillworks/till/pkg/reader/virtual"
)

// verify holds against a whole world what is too slow for each schedule: I9, the chain of
// the journal; the sums of the reports; the books of the host; and I10, that no file holds
// a card number.
func (w *world) verify() (wrong []string) {
	ctx := context.Background()
	complain := func(what string, err error) {
		if err != nil {
			wrong = append(wrong, what+": "+err.Error())
		}
	}
	_, err := w.stores[0].Verify(ctx)
	complain("I9: the journal", err)
	complain("I5: the reports", w.stores[0].VerifyFacts(ctx))
	_, err = w.sim.Verify(ctx)
	complain("I5: the books of the host", err)
	complain("I10", noCardNumbers(w.dir))
	return wrong
}

// cardNumbers are those of the cards that the schedules use.
func cardNumbers() []string {
	return []string{
		virtual.PlainStripe().PAN.Reveal(), virtual.Visa().Applications[0].PAN.Reveal(), virtual.TapVisa().Applications[0].PAN.Reveal(),
	}
}

// noCardNumbers reads every file below a folder for the numbers in every form in which they
// might have got there: as text, as digits packed in bytes from either half of one, in hex,
// in base64 from any of its three offsets, and in UTF-16 of either order.
func noCardNumbers(dir string) error {
	forms := map[string][]byte{}
	for _, pan := range cardNumbers() {
		for name, form := range formsOf(pan) {
			forms[pan[len(pan)-4:]+" as "+name] = form
		}
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for name, form := range forms {
			if bytes.Contains(content, form) {
				return fmt.Errorf("%s holds the card number that ends in %s", filepath.Base(path), name)
			}
		}
		return nil
	})
}

func formsOf(pan string) map[string][]byte {
	forms := map[string][]byte{"text": []byte(pan), "hex of text": []byte(hex.EncodeToString([]byte(pan)))}
	forms["packed digits"], _ = hex.DecodeString(pan)
	forms["packed digits from the second half"], _ = hex.DecodeString(pan[1 : len(pan)-1])
	for offset := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + pan))
		forms[fmt.Sprintf("base64 from %d", offset)] = []byte(encoded[(offset*8+5)/6 : len(encoded)-1])
	}
	var little, big []byte
	for _, u := range utf16.Encode([]rune(pan)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	forms["UTF-16"], forms["UTF-16, big end first"] = little, big
	return forms
}
