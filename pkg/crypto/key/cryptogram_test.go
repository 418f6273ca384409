package key_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/tillworks/till/pkg/crypto/key"
)

func tdes(t *testing.T, digits string) key.Key {
	t.Helper()
	k, err := key.Parse(key.TDES, digits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestCryptogram(t *testing.T) {
	master := tdes(t, "0123456789ABCDEFFEDCBA9876543210")
	working := tdes(t, "89E88CF7931444F334BD7547FC3F380C")
	c, err := working.Cryptogram(master)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := hex.EncodeToString(c[:8]) == hex.EncodeToString(c[8:]), false; got != want {
		t.Error("both halves came out the same")
	}
	back, err := key.FromCryptogram(key.TDES, c, master)
	if err != nil || !back.Equal(working) {
		t.Errorf("another key came back (%v)", err)
	}
	other, err := key.FromCryptogram(key.TDES, c, working)
	if err != nil || other.CheckValue() == working.CheckValue() {
		t.Errorf("the wrong master gave the same check value (%v)", err)
	}
}

func TestCryptogramRefusals(t *testing.T) {
	master := tdes(t, "0123456789ABCDEFFEDCBA9876543210")
	if _, err := key.FromCryptogram(key.TDES, make([]byte, 7), master); !errors.Is(err, key.ErrKey) {
		t.Errorf("seven bytes: got %v", err)
	}
	if _, err := key.FromCryptogram(key.TDES, make([]byte, 16), key.Key{}); !errors.Is(err, key.ErrKey) {
		t.Errorf("no master: got %v", err)
	}
	if _, err := (key.Key{}).Cryptogram(master); !errors.Is(err, key.ErrKey) {
		t.Errorf("no key: got %v", err)
	}
}
