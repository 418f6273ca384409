package hostsim

import (
	"encoding/binary"
	"fmt"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// Script is what an issuer orders a card to do in the answer to a request (EMV 4.4 Book
// 3, 10.10). Its commands are protected with the card's keys.
type Script int

// The scripts of the lab.
const (
	NoScript         Script = iota
	BlockApplication        // APPLICATION BLOCK after the last cryptogram (template 72)
	BlockCard               // CARD BLOCK after the last cryptogram
	UnblockPIN              // the PIN tries are given back (72)
	ChangePIN               // the card's PIN becomes 4321 (72)
	SetLimits               // two PUT DATA before the last cryptogram (71): 5 in a row, 100.00 in all
	SpoiltScript            // APPLICATION BLOCK with a wrong MAC, which a card must refuse (72)
)

// labPIN is the PIN that [ChangePIN] gives to a card of the lab.
const labPIN = "4321"

// template is whether the commands go before the last cryptogram or after it.
func (s Script) template() emv.Tag {
	if s == SetLimits {
		return emv.TagScriptBefore
	}
	return emv.TagScriptAfter
}

// commands are the script's, protected, in their order.
func (s Script) commands(m *ac.Messenger) ([][]byte, error) {
	switch s {
	case BlockApplication, SpoiltScript:
		return seal(m, ac.Command{Instruction: ac.ApplicationBlock})
	case BlockCard:
		return seal(m, ac.Command{Instruction: ac.CardBlock})
	case UnblockPIN:
		return seal(m, ac.UnblockPIN())
	case ChangePIN:
		apdu, err := m.ChangePIN(card.NewSecret(labPIN), card.Secret{})
		return [][]byte{apdu}, err
	case SetLimits:
		return seal(m,
			ac.Command{Instruction: ac.PutData, P1: 0x9F, P2: 0x23, Data: []byte{5}},
			ac.Command{Instruction: ac.PutData, P1: 0x9F, P2: 0x54, Data: []byte{0, 0, 0, 1, 0, 0}})
	case NoScript:
	}
	return nil, nil
}

func seal(m *ac.Messenger, commands ...ac.Command) (sealed [][]byte, err error) {
	for _, c := range commands {
		apdu, err := m.Seal(c)
		if err != nil {
			return nil, err
		}
		sealed = append(sealed, apdu)
	}
	return sealed, nil
}

// order is the script as field 55 carries it: the template with an identifier, which
// here is the last two digits of the amount, and the commands.
func (c chip) order(rule Rule) ([]byte, error) {
	if rule.Script == NoScript {
		return nil, nil
	}
	m, err := ac.NewMessenger(c.version, c.keys, c.signed.ATC, c.arqc)
	if err != nil {
		return nil, fmt.Errorf("issuer script: %w", err)
	}
	commands, err := rule.Script.commands(m)
	if err != nil {
		return nil, fmt.Errorf("issuer script: %w", err)
	}
	if rule.Script == SpoiltScript {
		last := commands[len(commands)-1]
		last[len(last)-1] ^= 0xFF
	}
	value := emv.AppendTLV(nil, emv.TagScriptID, binary.BigEndian.AppendUint32(nil, uint32(rule.Minor)))
	for _, command := range commands {
		value = emv.AppendTLV(value, emv.TagScriptCommand, command)
	}
	return emv.AppendTLV(nil, rule.Script.template(), value), nil
}
