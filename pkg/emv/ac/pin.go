package ac

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/pinblock"
)

// Values of P2 of PIN CHANGE/UNBLOCK (EMV 4.4 Book 3, 6.5.10).
const (
	p2Unblock      = 0x00
	p2ChangeWithIt = 0x01 // the new PIN, made up with the current one
	p2Change       = 0x02 // the new PIN alone
)

// UnblockPIN is the command that gives the cardholder all PIN tries back.
func UnblockPIN() Command { return Command{Instruction: PINChange, P2: p2Unblock} }

// ChangePIN is the command that gives the card a new PIN of 4 to 12 digits, sealed. Visa
// takes its own form of the PIN, made up with the card's key of the cryptograms and, if
// it is given, with the current PIN; all others take an ISO 9564-1 block of format 2
// and no current PIN. A PIN that is none is ErrScript.
func (m *Messenger) ChangePIN(pin, current card.Secret) ([]byte, error) {
	c := Command{Instruction: PINChange, P2: p2Change, Secret: true}
	if m.version.Scheme() != Visa {
		if !current.IsZero() {
			return nil, fmt.Errorf("%w: %s takes no current PIN", ErrScript, m.version)
		}
		block, err := pinBlock(iso2Control, pin)
		c.Data = block[:]
		return m.sealed(c, err)
	}
	if !current.IsZero() {
		c.P2 = p2ChangeWithIt
	}
	block, err := pinBlock(0, pin)
	if err == nil {
		err = m.makeUp(&block, current)
	}
	c.Data = block[:]
	return m.sealed(c, err)
}

func (m *Messenger) sealed(c Command, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return m.Seal(c)
}

// NewPIN is the card's side: the PIN that an opened PIN CHANGE command brings. current
// is the card's PIN so far. A block that holds no PIN is ErrScript.
func (m *Messenger) NewPIN(c Command, current card.Secret) (card.Secret, error) {
	if c.Instruction != PINChange || c.P1 != 0 || c.P2 != p2Change && c.P2 != p2ChangeWithIt || len(c.Data) != 8 {
		return card.Secret{}, fmt.Errorf("%w: not a PIN CHANGE with 8 bytes", ErrScript)
	}
	block := [8]byte(c.Data)
	if m.version.Scheme() != Visa {
		return readPIN(iso2Control, block)
	}
	if c.P2 == p2Change {
		current = card.Secret{}
	}
	if err := m.makeUp(&block, current); err != nil {
		return card.Secret{}, err
	}
	return readPIN(0, block)
}

// makeUp combines a block with bytes 5 to 8 of the card's key of the cryptograms and
// with the current PIN, if there is one. Done twice it undoes itself.
func (m *Messenger) makeUp(block *[8]byte, current card.Secret) error {
	if err := m.version.wantKey(m.keys.Cryptogram); err != nil {
		return fmt.Errorf("PIN change: key of the cryptograms: %w", err)
	}
	for i, b := range m.keys.Cryptogram.bytes()[4:8] {
		block[4+i] ^= b
	}
	if current.IsZero() {
		return nil
	}
	digits := current.Reveal()
	if !isPIN(digits) {
		return fmt.Errorf("%w: a current PIN of 4 to 12 digits is wanted", ErrScript)
	}
	packed, _ := hex.DecodeString(digits + strings.Repeat("0", 16-len(digits))) // digits alone
	for i, b := range packed {
		block[i] ^= b
	}
	return nil
}

// pinBlock is an ISO 9564-1 block of format 2, or for a control of 0 what Visa makes of it:
// the same without the format.
func pinBlock(control byte, pin card.Secret) (block [8]byte, err error) {
	clear, err := pinblock.Encode(pinblock.ISO2, pin, card.PAN{}, nil)
	if err != nil {
		return block, fmt.Errorf("%w: a PIN of 4 to 12 digits is wanted", ErrScript)
	}
	copy(block[:], clear.Reveal())
	block[0] = control | block[0]&0x0F
	return block, nil
}

// readPIN is the PIN of such a block.
func readPIN(control byte, block [8]byte) (card.Secret, error) {
	format := block[0] & 0xF0
	block[0] = iso2Control | block[0]&0x0F
	pin, err := pinblock.Decode(pinblock.ISO2, card.NewSecret(string(block[:])), card.PAN{})
	if err != nil || format != control {
		return card.Secret{}, fmt.Errorf("%w: the block holds no PIN", ErrScript)
	}
	return pin, nil
}

// iso2Control is the control field of format 2.
const iso2Control = 0x20

func isPIN(digits string) bool {
	return len(digits) >= 4 && len(digits) <= 12 && strings.Trim(digits, "0123456789") == ""
}
