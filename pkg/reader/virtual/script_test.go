package virtual_test

import (
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// messenger is the issuer's side of the scripts that answer a cryptogram.
func (x *terminal) messenger(c cryptogram) *ac.Messenger {
	x.t.Helper()
	derive := func(mdk []byte) ac.Key {
		k, err := ac.MasterKey(x.app.CVN, mdk, x.app.PAN, x.app.PSN)
		if err != nil {
			x.t.Fatal(err)
		}
		return k
	}
	keys := ac.ScriptKeys{Cryptogram: x.key(), Integrity: derive(x.app.IntegrityKey), Confidentiality: derive(x.app.ConfidentialityKey)}
	m, err := ac.NewMessenger(x.app.CVN, keys, c.atc, c.ac)
	if err != nil {
		x.t.Fatal(err)
	}
	return m
}

func (x *terminal) seal(m *ac.Messenger, c ac.Command) string {
	x.t.Helper()
	apdu, err := m.Seal(c)
	if err != nil {
		x.t.Fatal(err)
	}
	return hexOf(apdu)
}

// scripted are the profiles that take scripts, one a form of secure messaging, and one
// under T=0.
func scripted() []virtual.Profile {
	t0 := virtual.Visa()
	t0.Name, t0.Protocol = "visa under T=0", reader.T0
	return []virtual.Profile{virtual.Visa(), virtual.Visa18(), virtual.MChip(), virtual.CCD(), virtual.CCDAES(), t0}
}

// Each command does what it says, before the last cryptogram and after it.
func TestScriptCommands(t *testing.T) {
	for _, p := range scripted() {
		for _, when := range []string{"before", "after"} {
			t.Run(p.Name+" "+when, func(t *testing.T) {
				x := newTerminal(t, p)
				x.to("initiated")
				x.send(wrongPIN)
				x.send(wrongPIN)
				arqc := x.generate("80")
				if when == "after" {
					x.finish("00", "05", nil)
				}
				m := x.messenger(arqc)
				x.want("9000", x.seal(m, ac.UnblockPIN()))
				if got := hexOf(x.want("9000", "80CA9F1700")); got != "9F170103" {
					t.Errorf("PIN tries: got %s, want 3", got)
				}
				change, err := m.ChangePIN(card.NewSecret("98765"), card.Secret{})
				if err != nil {
					t.Fatal(err)
				}
				x.want("9000", hexOf(change))
				x.want("9000", x.seal(m, ac.Command{Instruction: ac.UpdateRecord, P1: 1, P2: 0x0C, Data: unhex(t, "70045F200141")}))
				if got := hexOf(x.want("9000", "00B2010C00")); got != "70045F200141" {
					t.Errorf("the record is %s", got)
				}
				x.want("9000", x.seal(m, ac.Command{Instruction: ac.PutData, P1: 0x9F, P2: 0x54, Data: unhex(t, "000000005000")}))
				x.want("9000", x.seal(m, ac.Command{Instruction: ac.ApplicationBlock}))
				x.want("6283", selectAID(x.app))
				x.checkNewPIN("0020008008 2598765FFFFFFFFF")
			})
		}
	}
}

// checkNewPIN asks the card for the PIN that it was given, and the one that it had.
func (x *terminal) checkNewPIN(command string) {
	x.t.Helper()
	x.want("9000", options)
	x.want("63C2", goodPIN)
	x.want("9000", command)
}

// A blocked application gives no more than AACs, over which its issuer can unblock it.
func TestApplicationUnblock(t *testing.T) {
	p := virtual.Visa()
	p.Applications[0].Blocked = true
	x := newTerminal(t, p)
	x.want("6283", selectAID(x.app))
	x.want("9000", options)
	aac := x.generate("80")
	if aac.kind != "AAC" {
		t.Fatalf("got %s", aac.kind)
	}
	x.want("9000", x.seal(x.messenger(aac), ac.Command{Instruction: ac.ApplicationUnblock}))
	x.want("9000", selectAID(x.app))
}

func TestCardBlock(t *testing.T) {
	x := newTerminal(t, virtual.CCD())
	x.to("initiated")
	x.want("9000", x.seal(x.messenger(x.generate("80")), ac.Command{Instruction: ac.CardBlock}))
	x.card.Reset()
	x.want("6A81", selectAID(x.app))
}

// What no issuer signed for this transaction, in this order, changes nothing, and the
// issuer hears of it in the next cryptogram.
func TestScriptsRefused(t *testing.T) {
	for _, p := range scripted() {
		t.Run(p.Name, func(t *testing.T) {
			x := newTerminal(t, p)
			x.to("initiated")
			old := x.messenger(x.generate("80"))
			x.to("selected")
			x.want("9000", options)
			block := ac.Command{Instruction: ac.ApplicationBlock}
			good := x.seal(x.messenger(cryptogram{atc: 1, ac: [8]byte{1}}), block)
			x.want("6985", good) // before there is a cryptogram
			arqc := x.generate("80")
			for what, command := range map[string]string{
				"of another transaction": x.seal(old, block),
				"of another cryptogram":  good,
			} {
				if _, sw := x.send(command); sw != "6988" {
					t.Errorf("%s: answered %s, want 6988", what, sw)
				}
			}
			apdu := unhex(t, x.seal(x.messenger(arqc), block))
			apdu[len(apdu)-1] ^= 0x80
			x.want("6988", hexOf(apdu))
			m := x.messenger(arqc)
			for what, c := range map[string]struct {
				order ac.Command
				sw    string
			}{
				"an object that is not there": {ac.Command{Instruction: ac.PutData, P1: 0x9F, P2: 0x99, Data: []byte{1}}, "6A88"},
				"a limit of two bytes":        {ac.Command{Instruction: ac.PutData, P1: 0x9F, P2: 0x23, Data: []byte{1, 2}}, "6700"},
				"a record that is not there":  {ac.Command{Instruction: ac.UpdateRecord, P1: 9, P2: 0x0C, Data: unhex(t, "7000")}, "6A83"},
				"a record that is none":       {ac.Command{Instruction: ac.UpdateRecord, P1: 1, P2: 0x0C, Data: []byte{1}}, "6A80"},
				"a block with parameters":     {ac.Command{Instruction: ac.ApplicationBlock, P1: 1}, "6A86"},
				"a PIN that is none":          {ac.Command{Instruction: ac.PINChange, P2: 2, Secret: true, Data: []byte("eight by")}, "6A80"},
			} {
				if _, sw := x.send(x.seal(m, c.order)); sw != c.sw {
					t.Errorf("%s: answered %s, want %s", what, sw, c.sw)
				}
			}
			x.want("9000", selectAID(x.app)) // still not blocked
		})
	}
}

// The next cryptogram tells the issuer how many commands the card carried out, and that
// it refused one; the one after that, which the issuer answered, is clean.
func TestScriptsAreReported(t *testing.T) {
	for _, c := range []struct {
		p          virtual.Profile
		at         int // the byte of the issuer application data
		told, then byte
	}{
		{virtual.Visa(), 6, 0x28, 0x00},
		{virtual.CCD(), 6, 0x28, 0x00},
	} {
		x := newTerminal(t, c.p)
		x.to("initiated")
		arqc := x.generate("80")
		m := x.messenger(arqc)
		x.want("9000", authenticate(x.issuerAnswer(arqc, ac.Approve())))
		x.finish("40", "00", nil)
		x.want("9000", x.seal(m, ac.UnblockPIN()))
		x.want("9000", x.seal(m, ac.UnblockPIN()))
		x.want("6A86", x.seal(m, ac.Command{Instruction: ac.ApplicationBlock, P1: 1}))
		for i, want := range []byte{c.told, c.then} {
			x.to("selected")
			x.want("9000", options)
			arqc := x.generate("80")
			if got := arqc.iad[c.at]; got != want {
				t.Errorf("%s: %d transactions later: %02X in %X, want %02X", c.p.Name, i+1, got, arqc.iad, want)
			}
			x.want("9000", authenticate(x.issuerAnswer(arqc, ac.Approve())))
			x.finish("40", "00", nil)
		}
	}
}

// A card without script keys takes none.
func TestNoScriptKeys(t *testing.T) {
	p := virtual.Visa()
	x := newTerminal(t, p)
	command := func(c cryptogram) string {
		return x.seal(x.messenger(c), ac.Command{Instruction: ac.ApplicationBlock})
	}
	with := p
	p.Applications = append([]virtual.Application(nil), p.Applications...)
	p.Applications[0].IntegrityKey = nil
	none := newTerminal(t, p)
	x.app = with.Applications[0]
	none.to("initiated")
	none.want("6985", command(none.generate("80")))
}
