package host

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/crypto/pinblock"
	"github.com/tillworks/till/pkg/iso8583"
)

// ErrNoKeys tells that a message needs working keys and the terminal has none: it must
// sign on.
var ErrNoKeys = errors.New("no working keys: the terminal is not signed on")

// ErrMAC tells that an answer does not prove that nobody changed it.
var ErrMAC = errors.New("message authentication code is missing or wrong")

// ErrUnproved tells that the host did not find a message proved, and did nothing about it:
// the terminal's keys are not those that the host has. It must sign on.
var ErrUnproved = errors.New("the host did not find the message proved")

// isUnproved reports an answer that ends nothing of what is owed: the message is right, and
// will be once both ends have the same keys.
func (p Profile) isUnproved(r till.Request, row Row, code string) bool {
	owed := r.Op == till.OpReverse || r.Op == till.OpAdvise || r.Op == till.OpConfirm
	return owed && p.Code.covers(row) && code == p.Code.Refused
}

// open deciphers working keys, and proves each by its check value.
func (p Profile) open(sealed []byte) (workingkey.Keys, error) {
	if len(sealed) == 0 {
		return workingkey.Keys{}, ErrNoKeys
	}
	k, err := workingkey.Open(sealed, p.master)
	if err != nil {
		return workingkey.Keys{}, fmt.Errorf("working keys of the host: %w", err)
	}
	return k, nil
}

// setPIN puts the PIN into a block under the PIN key (ISO 9564-1 format 0).
func (p Profile) setPIN(f *fields, r till.Request) error {
	if r.Card.PIN.IsZero() || !p.Expects.PIN || !asks(r.Op) {
		return nil
	}
	k, err := p.open(r.Keys)
	if err != nil {
		return fmt.Errorf("PIN block: %w", err)
	}
	block, err := pinblock.Encipher(pinblock.ISO0, k.PIN, r.Card.PIN, r.Card.PAN, nil)
	if err != nil {
		return fmt.Errorf("PIN block: %w", err)
	}
	f.PINBlock, f.Security = card.NewSecret(hex.EncodeToString(block)), securityControl
	if p.PINEntry != "" && len(f.Entry) == 3 {
		f.Entry = f.Entry[:2] + p.PINEntry
	}
	return nil
}

// securityControl is field 53 as UnionPay has it: a PIN block with the card number (2),
// keys of double length (6), tracks not enciphered (0).
const securityControl = "2600000000000000"

// authenticate puts the message authentication code behind all other fields.
func (p Profile) authenticate(r till.Request, row Row, m *iso8583.Message) error {
	if !p.Code.covers(row) {
		return nil
	}
	if err := m.SetBytes(p.Code.Field, make([]byte, mac.BlockSize)); err != nil {
		return err
	}
	code, err := p.code(r, m)
	if err != nil {
		return err
	}
	return m.SetBytes(p.Code.Field, code[:])
}

// code is the message authentication code that a message should have.
func (p Profile) code(r till.Request, m *iso8583.Message) (code [mac.BlockSize]byte, err error) {
	k, err := p.open(r.Keys)
	if err != nil {
		return code, err
	}
	covered, err := m.Covered()
	if err != nil {
		return code, err
	}
	return k.Code(p.Code.Algorithm, covered)
}

// proves checks the code of an answer. One without is not believed either: whoever can
// change a message can take its code away.
func (p Profile) proves(r till.Request, row Row, m *iso8583.Message) error {
	if !p.Code.covers(row) {
		return nil
	}
	want, err := p.code(r, m)
	if errors.Is(err, iso8583.ErrPath) || !m.Has(p.Code.Field) {
		return ErrMAC
	}
	if err != nil {
		return err
	}
	if mac.Verify(want, m.Bytes(p.Code.Field)) != nil || len(m.Bytes(p.Code.Field)) != mac.BlockSize {
		return ErrMAC
	}
	return nil
}
