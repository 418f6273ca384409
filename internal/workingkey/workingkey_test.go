package workingkey_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/crypto/key"
)

func TestKeysTravel(t *testing.T) {
	k, err := workingkey.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal(workingkey.LabMaster())
	if err != nil || len(sealed) != workingkey.Length {
		t.Fatalf("sealed %d bytes (%v)", len(sealed), err)
	}
	back, err := workingkey.Open(sealed, workingkey.LabMaster())
	if err != nil {
		t.Fatal(err)
	}
	if !back.PIN.Equal(k.PIN) || !back.MAC.Equal(k.MAC) || !back.Data.Equal(k.Data) {
		t.Error("other keys came back")
	}
}

// A key that is not the one of its check value is never used.
func TestKeysProveThemselves(t *testing.T) {
	k, err := workingkey.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal(workingkey.LabMaster())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 15, 16, 19, 20, 36, 59} {
		spoilt := append([]byte(nil), sealed...)
		spoilt[at] ^= 0x10
		if _, err := workingkey.Open(spoilt, workingkey.LabMaster()); !errors.Is(err, workingkey.ErrCheckValue) {
			t.Errorf("byte %d: got %v", at, err)
		}
	}
	other, err := key.Generate(key.TDES, 16, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := workingkey.Open(sealed, other); !errors.Is(err, workingkey.ErrCheckValue) {
		t.Errorf("another master: got %v", err)
	}
	if _, err := workingkey.Open(sealed[1:], workingkey.LabMaster()); !errors.Is(err, workingkey.ErrLength) {
		t.Errorf("59 bytes: got %v", err)
	}
}

// The codes are those of their standards, and depend on the key.
func TestCodes(t *testing.T) {
	k, err := workingkey.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x, err := k.Code(workingkey.X919, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	u, err := k.Code(workingkey.UnionPay, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	if x == u {
		t.Error("two algorithms gave one code")
	}
}
