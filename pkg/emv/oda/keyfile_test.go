package oda_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/emv/oda"
)

// entryOf writes a key as a file has it.
func entryOf(k oda.CAKey) string {
	modulus := fmt.Sprintf("%X", k.Key.Modulus)
	test := ""
	if k.Test {
		test = "  test\n"
	}
	return fmt.Sprintf("key %s\n  expires %s\n  origin %s\n  exponent %X\n  modulus %s\n    %s\n  checksum %X\n%s",
		k.Name(), k.Expires.Format(time.DateOnly), k.Origin, k.Key.Exponent, modulus[:20], modulus[20:], k.Checksum(), test)
}

func TestParseKeys(t *testing.T) {
	c := chains()(t)
	want := c.keys.All()[0]
	want.Origin = "https://example.com/#keys, read in May"
	text := "\xEF\xBB\xBF# keys of somebody\r\n\r\n" + strings.ReplaceAll(entryOf(want), "\n", " # remark\r\n") + "revoked a000000003 92 0102fe # stolen\n"
	keys, err := oda.ParseKeys([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := keys.All()
	if len(got) != 1 || got[0].Name() != want.Name() || !got[0].Expires.Equal(day(2031, 12, 31).Add(-12*time.Hour)) || got[0].Origin != want.Origin ||
		got[0].Test || !bytes.Equal(got[0].Key.Modulus, want.Key.Modulus) || got[0].Checksum() != want.Checksum() {
		t.Errorf("got %+v", got)
	}
	if r := keys.Revocations(); len(r) != 1 || r[0] != (oda.Revocation{RID: [5]byte{0xA0, 0, 0, 0, 3}, Index: 0x92, Serial: [3]byte{1, 2, 0xFE}}) {
		t.Errorf("revoked %v", r)
	}
	if empty, err := oda.ParseKeys(nil); err != nil || empty.Len() != 0 {
		t.Errorf("an empty file: %d keys, %v", empty.Len(), err)
	}
}

// What is wrong with a file is told with the line, the key and the word.
func TestParseKeysRefuses(t *testing.T) {
	c := chains()(t)
	good := entryOf(c.keys.All()[0])
	without := func(word string) string {
		var kept []string
		for _, line := range strings.Split(good, "\n") {
			if !strings.HasPrefix(strings.TrimSpace(line), word) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
	with := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for _, x := range []struct {
		name, text string
		cause      error
		says       string
	}{
		{"a word outside", "expires 2031-12-31\n", oda.ErrWord, "line 1: expires: word not known here, want key or revoked"},
		{"an unknown word", with("  origin", "  source"), oda.ErrWord, "line 3, key A000000003 92: word not known here"},
		{"a scheme of four bytes", "key A0000000 92\n", oda.ErrValue, "line 1: key: not a value of this kind, want scheme and index"},
		{"no index", "key A000000003\n", oda.ErrValue, "line 1: key"},
		{"no date", with("2031-12-31", "31.12.2031"), oda.ErrValue, "line 2, key A000000003 92: expires"},
		{"31 February", with("2031-12-31", "2031-02-31"), oda.ErrValue, "line 2, key A000000003 92: expires"},
		{"an origin of nothing", with("origin this test", "origin"), oda.ErrValue, "line 3, key A000000003 92: origin: not a value of this kind: got nothing"},
		{"half a byte", with("exponent 03", "exponent 3"), oda.ErrValue, "line 4, key A000000003 92: exponent"},
		{"letters in a modulus", with("modulus ", "modulus XY"), oda.ErrValue, "line 5, key A000000003 92: modulus"},
		{"a word twice", with("  origin", "  expires 2031-12-31\n  origin"), oda.ErrDuplicate, "line 3, key A000000003 92: expires: there twice"},
		{"test and more", good + "  test yes\n", oda.ErrValue, "line 8, key A000000003 92: test"},
		{"no expiry", without("expires"), oda.ErrMissing, "line 1, key A000000003 92: expires: missing"},
		{"no origin", without("origin"), oda.ErrMissing, "line 1, key A000000003 92: origin: missing"},
		{"no checksum", without("checksum"), oda.ErrMissing, "line 1, key A000000003 92: checksum: missing"},
		{"another exponent", with("exponent 03", "exponent 05"), oda.ErrKey, "line 1, key A000000003 92: modulus: not an EMV public key: got an exponent"},
		{"another index", with("03 92", "03 93"), oda.ErrChecksum, "line 1, key A000000003 93: checksum: checksum does not match the key"},
		{"a revocation cut short", "revoked A000000003 92 0102\n", oda.ErrValue, "line 1: revoked"},
		{"a revocation twice", "revoked A000000003 92 010203\nrevoked A000000003 92 010203\n", oda.ErrDuplicate, "line 2: revoked: there twice"},
		{"too large", strings.Repeat("#", oda.MaxKeyFile+1), oda.ErrSize, "line 1: too large"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := oda.ParseKeys([]byte(x.text))
			var fault *oda.FileError
			if !errors.Is(err, x.cause) || !errors.As(err, &fault) || !strings.HasPrefix(err.Error(), x.says) {
				t.Errorf("got %v, want %s", err, x.says)
			}
		})
	}
}

// Two keys of one name must be the same key.
func TestKeysOfOneName(t *testing.T) {
	c := chains()(t)
	one := c.keys.All()[0]
	other := one
	other.Key = c.issuer.Public()
	if _, err := oda.NewKeys([]oda.CAKey{one, other}, nil); !errors.Is(err, oda.ErrDuplicate) {
		t.Errorf("two that differ: %v", err)
	}
	later := one
	later.Expires = day(2040, 12, 31)
	both, err := c.keys.With(mustKeys(t, later))
	if err != nil || both.Len() != 1 || !both.All()[0].Expires.Equal(one.Expires) {
		t.Errorf("the same twice: %d keys, %v", both.Len(), err)
	}
	var none *oda.Keys
	if all, err := none.With(c.keys); err != nil || all.Len() != 1 {
		t.Errorf("with none: %v, %v", all.Len(), err)
	}
}

func mustKeys(t *testing.T, keys ...oda.CAKey) *oda.Keys {
	t.Helper()
	k, err := oda.NewKeys(keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A key is warned of from so many days before its end on, and may be used on its last day,
// whatever the clock of the day says.
func TestExpiring(t *testing.T) {
	c := chains()(t)
	last := time.Date(2031, 12, 31, 23, 59, 0, 0, time.FixedZone("late", 14*3600))
	for _, x := range []struct {
		day    time.Time
		within int
		going  int
		left   int
	}{
		{last.AddDate(0, 0, -91), 90, 0, 91},
		{last.AddDate(0, 0, -90), 90, 0, 90},
		{last.AddDate(0, 0, -89), 90, 1, 89},
		{last, 0, 0, 0},
		{last.AddDate(0, 0, 1), 0, 1, -1},
	} {
		if got := len(c.keys.Expiring(x.day, x.within)); got != x.going {
			t.Errorf("%v within %d: %d, want %d", x.day, x.within, got, x.going)
		}
		if got := c.keys.All()[0].DaysLeft(x.day); got != x.left {
			t.Errorf("%v: %d days left, want %d", x.day, got, x.left)
		}
	}
	sooner := c.keys.All()[0]
	sooner.Index, sooner.Expires = 0x99, day(2030, 1, 1)
	both, err := c.keys.With(mustKeys(t, sooner))
	if err != nil {
		t.Fatal(err)
	}
	if going := both.Expiring(day(2040, 1, 1), 0); len(going) != 2 || going[0].Index != 0x99 {
		t.Errorf("the first to go is %v", going[0].Name())
	}
}

// A key whose private part is published is told from the others, under its own name or
// another's.
func TestUntrusted(t *testing.T) {
	c := chains()(t)
	if got := c.keys.Untrusted(); len(got) != 0 {
		t.Errorf("a key of its own is not trusted: %v", got[0].Name())
	}
	if got, want := len(oda.TestKeys().Untrusted()), oda.TestKeys().Len(); got != want || want == 0 {
		t.Errorf("%d test keys are not trusted, want %d", got, want)
	}
	disguised := oda.TestKeys().All()[0]
	disguised.Index, disguised.Test = 0x01, false
	if got := mustKeys(t, disguised).Untrusted(); len(got) != 1 {
		t.Error("the test key is trusted under another name")
	}
}
