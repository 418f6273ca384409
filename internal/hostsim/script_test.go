package hostsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// The card opens every command of every script, whatever its cryptogram version, and
// reads what the issuer ordered; a script that nobody signed it does not open.
func TestScripts(t *testing.T) {
	for _, version := range ac.Versions() {
		s := newShop(t, open(t, t.TempDir()))
		for i, tc := range []struct {
			amount, want string
			template     emv.Tag
		}{
			{"10.81", "1E0000", emv.TagScriptAfter},
			{"10.82", "240000", emv.TagScriptAfter},
			{"10.83", "240002 PIN 4321", emv.TagScriptAfter},
			{"10.84", "DA9F23 05, DA9F54 000000010000", emv.TagScriptBefore},
			{"10.85", "refused", emv.TagScriptAfter},
			{"10.86", "160000", emv.TagScriptAfter},
			{"10.00", "", emv.TagScriptAfter},
		} {
			c, a := chipOf(version), amount(t, tc.amount)
			icc, arqc := c.sign(t, c.values(a))
			got, err := s.send(s.chipSale(till.STAN(i+1), a, c, icc))
			if err != nil || got.ResponseCode != "00" || !got.ARQCVerified {
				t.Fatalf("%s %s: answered %+v, %v", version, tc.amount, got, err)
			}
			if said := openScript(t, c, arqc, tc.template, got.ICC); said != tc.want {
				t.Errorf("%s %s: the card reads %q, want %q", version, tc.amount, said, tc.want)
			}
		}
	}
}

// openScript is what a card reads of a script.
func openScript(t *testing.T, c chipCard, arqc [8]byte, template emv.Tag, field55 []byte) string {
	t.Helper()
	tree, err := emv.Parse(field55, emv.Strict)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ac.NewMessenger(c.version, c.scriptKeys(t), c.counter, arqc)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, n := range tree {
		if n.Tag != template {
			continue
		}
		for _, command := range children(t, n.Value) {
			if command.Tag != emv.TagScriptCommand {
				continue
			}
			order, err := m.Open(command.Value)
			if err != nil {
				return "refused"
			}
			said = append(said, orderInWords(t, m, order))
		}
	}
	return strings.Join(said, ", ")
}

func orderInWords(t *testing.T, m *ac.Messenger, order ac.Command) string {
	t.Helper()
	head := fmt.Sprintf("%X", []byte{byte(order.Instruction), order.P1, order.P2})
	if !order.Secret {
		return strings.TrimSpace(head + " " + fmt.Sprintf("%X", order.Data))
	}
	pin, err := m.NewPIN(order, card.Secret{})
	if err != nil {
		t.Fatal(err)
	}
	return head + " PIN " + pin.Reveal()
}

// scriptKeys are the card's keys of the issuer of the lab.
func (c chipCard) scriptKeys(t *testing.T) ac.ScriptKeys {
	t.Helper()
	smi, smc := "FEDCBA98765432100123456789ABCDEF", "89ABCDEF0123456776543210FEDCBA98"
	if c.version.UsesAES() {
		smi, smc = "000102030405060708090A0B0C0D0E0F", "101112131415161718191A1B1C1D1E1F"
	}
	keys := ac.ScriptKeys{Cryptogram: c.key(t)}
	for _, d := range []struct {
		to  *ac.Key
		mdk string
	}{{&keys.Integrity, smi}, {&keys.Confidentiality, smc}} {
		var err error
		if *d.to, err = ac.MasterKey(c.version, unhex(t, d.mdk), pan(t, c.pan), c.psn); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

// A card whose issuer has other keys gets no approval of this host, and a host with
// those keys gives it one.
func TestKeysOfAnotherIssuer(t *testing.T) {
	c := visa(ac.CVN18)
	c.mdk = strings.Repeat("0123456789ABCDEF", 2)
	a := amount(t, "12.50")
	icc, _ := c.sign(t, c.values(a))
	for want, keys := range map[string]hostsim.IssuerKeys{"05": {}, "00": {Cryptogram: unhex(t, c.mdk)}} {
		s := newShop(t, openWith(t, hostsim.Config{Dir: t.TempDir(), Keys: keys}))
		got, err := s.send(s.chipSale(1, a, c, icc))
		if err != nil || got.ResponseCode != want {
			t.Errorf("answered %s, %v, want %s", got.ResponseCode, err, want)
		}
	}
}

// children are the objects in a template.
func children(t *testing.T, value []byte) emv.Tree {
	t.Helper()
	tree, err := emv.Parse(value, emv.Strict)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
