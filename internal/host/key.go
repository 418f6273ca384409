package host

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

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

// ErrSignOn tells that what came says that the terminal must sign on again: its keys are not
// those that the host has. It goes with [ErrMAC] where that does not prove itself either, as
// it cannot where the keys differ; whoever makes it up gains a sign-on.
var ErrSignOn = errors.New("the host wants the terminal to sign on again")

// wantsSignOn reports a response code that says so.
func (p Profile) wantsSignOn(r till.Request, code string) bool {
	return r.Op != till.OpSignOn && slices.Contains(p.Code.SignOn, code)
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
