package hostsim

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/crypto/pinblock"
	"github.com/tillworks/till/pkg/iso8583"
)

// codeField is where the layouts have the message authentication code.
const codeField = "64"

// prove checks the code of a message that must have one, by the keys that its terminal got
// last or, until it has used those, by the ones before. The answer is proved by the same.
func (h *Host) prove(ctx context.Context, r *request) (bool, error) {
	if !r.layout.proves(r.message.MTI()) {
		return true, nil
	}
	generations, err := h.generations(ctx, r.terminal)
	if err != nil {
		return false, err
	}
	for _, g := range generations {
		if !r.isProvedBy(g.keys) {
			continue
		}
		r.keys = &g.keys
		return true, h.use(ctx, r.terminal, g)
	}
	if len(generations) > 0 {
		r.keys = &generations[0].keys
	}
	return false, nil
}

func (r request) isProvedBy(k workingkey.Keys) bool {
	covered, err := r.message.Covered()
	if err != nil {
		return false
	}
	want, err := k.Code(r.layout.code, covered)
	if err != nil {
		return false
	}
	got := r.message.Bytes(codeField)
	return len(got) == mac.BlockSize && mac.Verify(want, got) == nil
}

// authenticate proves an answer by the keys of its request; without keys it stays
// without a code, and its terminal will not believe it.
func (r request) authenticate(m *iso8583.Message) error {
	if r.keys == nil {
		return nil
	}
	if err := m.SetBytes(codeField, make([]byte, mac.BlockSize)); err != nil {
		return err
	}
	covered, err := m.Covered()
	if err != nil {
		return err
	}
	code, err := r.keys.Code(r.layout.code, covered)
	if err != nil {
		return err
	}
	return m.SetBytes(codeField, code[:])
}

// cardPIN is the PIN of the lab's cards for their issuer.
const cardPIN = "1234"

// errNoKeys is a PIN that came without keys.
var errNoKeys = errors.New("a PIN from a terminal without keys")

// knowsPIN reports that the PIN of a request is the card's. An error is something that is no
// PIN block under the terminal's key, for this card.
func (r request) knowsPIN() (bool, error) {
	pin, err := r.decipheredPIN()
	return err == nil && pin.Equal(card.NewSecret(cardPIN)), err
}

func (r request) decipheredPIN() (card.Secret, error) {
	if r.keys == nil {
		return card.Secret{}, errNoKeys
	}
	block, err := hex.DecodeString(r.pin.block.Reveal())
	if err != nil {
		return card.Secret{}, err
	}
	return pinblock.Decipher(pinblock.ISO0, r.keys.PIN, block, r.card.pan)
}
