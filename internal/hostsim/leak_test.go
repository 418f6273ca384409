package hostsim_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv/ac"
)

// disguises are the forms in which a number could lie in a file.
func disguises(number string) map[string][]byte {
	bcd, _ := hex.DecodeString(number + strings.Repeat("F", len(number)%2))
	wide := utf16.Encode([]rune(number))
	little, _ := binary.Append(nil, binary.LittleEndian, wide)
	big, _ := binary.Append(nil, binary.BigEndian, wide)
	forms := map[string][]byte{
		"ascii": []byte(number), "bcd": bcd, "hex of ascii": []byte(hex.EncodeToString([]byte(number))),
		"utf-16le": little, "utf-16be": big,
	}
	// Base 64 cuts its text by threes: a number within a longer text has one of three
	// forms, of which the characters at the ends depend on the neighbours.
	for name, raw := range map[string][]byte{"ascii": []byte(number), "bcd": bcd} {
		for shift := range 3 {
			text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), raw...))
			whole := len(raw) + shift - (len(raw)+shift)%3
			forms[fmt.Sprintf("base64 of %s, shifted by %d", name, shift)] = []byte(text[(shift+2)/3*4 : whole/3*4])
		}
	}
	return forms
}

// find tells where a number lies in a folder, and how.
func find(t *testing.T, dir, number string) (places []string) {
	t.Helper()
	for name, content := range files(t, dir) {
		for form, needle := range disguises(number) {
			if bytes.Contains([]byte(content), needle) || bytes.Contains([]byte(content), bytes.ToUpper(needle)) {
				places = append(places, name+": "+form)
			}
		}
	}
	return places
}

// Goal: no card number is in the folder in any form, whatever was asked. Method: ask
// everything with known numbers, and look for them in every file, while the host runs
// (the journal is full then) and after it has closed.
func TestNoCardNumberOnDisk(t *testing.T) {
	dir := t.TempDir()
	var reported []error
	h := openWith(t, hostsim.Config{Dir: dir, Report: func(err error) { reported = append(reported, err) }})
	s := newShop(t, h)
	numbers := []string{"4761739001010010", "5413330089010434", "4111111111111111", "378282246310005", "6205500000000000004", "4000000000000010"}
	stan := till.STAN(0)
	for _, number := range numbers {
		for _, text := range []string{"12.50", "10.51", "10.68", "10.91"} {
			stan++
			r := s.sale(stan, amount(t, text), pan(t, number))
			s.code(r)
			s.code(r)
			s.code(s.reversal(stan, amount(t, text), false))
			s.code(s.reversal(stan+500, amount(t, text), true)) // a tombstone
			stan++
			swipe := s.sale(stan, amount(t, text), pan(t, number))
			swipe.Txn.Entry, swipe.Card.Track2 = till.Swipe, track2(t, number+"=31122010000000000")
			s.code(swipe)
			s.code(s.refer(till.Refund, stan+300, amount(t, "1.00"), stan))
			s.code(s.refer(till.Void, stan+600, amount(t, text), stan))
		}
		m := sound(t, s, "sale")
		m.Unset("60")
		if _, err := s.exchange(m); err != nil {
			t.Fatal(err)
		}
	}
	for _, version := range []ac.CVN{ac.CVN10, ac.CVN18} {
		stan++
		c, a := visa(version), amount(t, "3.00")
		icc, _ := c.sign(t, c.values(a))
		s.code(s.chipSale(stan, a, c, icc))
	}
	s.code(s.totals(999, till.Totals{Currency: "CNY"}))

	look := func(when string) {
		for _, number := range numbers {
			if places := find(t, dir, number); len(places) > 0 {
				t.Errorf("%s: %s*** is in %s", when, number[:6], strings.Join(places, ", "))
			}
		}
	}
	if len(files(t, dir)["host.db-wal"]) == 0 {
		t.Error("the journal is empty: nothing was looked at")
	}
	look("running")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	look("closed")
	for _, number := range numbers {
		if strings.Contains(fmt.Sprint(reported), number) {
			t.Errorf("a report tells %s***", number[:6])
		}
	}
}

// Of a card that is not for testing not even the token is kept.
func TestRealCardLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir)
	s := newShop(t, h)
	if code := s.code(s.sale(1, amount(t, "12.50"), pan(t, "4000000000000010"))); code != "14" {
		t.Fatalf("answered %s, want 14", code)
	}
	s.code(s.sale(2, amount(t, "12.50"), pan(t, "4111111111111111")))
	db, err := sql.Open("sqlite", filepath.Join(dir, "host.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var cards, named int
	err = db.QueryRow("SELECT (SELECT count(*) FROM card), (SELECT count(*) FROM entry WHERE card <> '')").Scan(&cards, &named)
	if err != nil || cards != 1 || named != 1 {
		t.Errorf("%d cards, %d entries with one, %v; want 1 and 1, of the second sale", cards, named, err)
	}
}

// The search above can fail: it finds every disguise, wherever it stands in a file.
func TestDisguisesAreFound(t *testing.T) {
	const number = "4761739001010010"
	bcd, _ := hex.DecodeString(number)
	for name, content := range map[string][]byte{
		"ascii":    []byte("x" + number + "x"),
		"bcd":      append([]byte{1, 2}, bcd...),
		"HEX":      []byte(strings.ToUpper(hex.EncodeToString([]byte("x" + number)))),
		"base64":   []byte(base64.StdEncoding.EncodeToString([]byte("a" + number + "b"))),
		"base64'":  []byte(base64.StdEncoding.EncodeToString([]byte("ab" + number + "cd"))),
		"base64\"": []byte(base64.RawStdEncoding.EncodeToString(append([]byte("abc"), bcd...))),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "f"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if len(find(t, dir, number)) == 0 {
			t.Errorf("%s was not found", name)
		}
	}
}
