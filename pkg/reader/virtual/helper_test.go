package virtual_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// terminal drives a card by hand, with the values of one sale.
type terminal struct {
	t    *testing.T
	card *virtual.Card
	app  virtual.Application
	sale sale
}

// contacts are the profiles of cards that are put into a reader.
func contacts() []virtual.Profile {
	return slices.DeleteFunc(virtual.Profiles(), func(p virtual.Profile) bool { return p.Contactless })
}

// sale is what a terminal tells a card, in hexadecimal.
type sale struct{ amount, currency, unpredictable string }

func plainSale() sale {
	return sale{amount: "000000001250", currency: "0156", unpredictable: "4DA5FF32"}
}

// newTerminal makes a card of a profile whose first application the terminal uses.
func newTerminal(t *testing.T, p virtual.Profile) *terminal {
	t.Helper()
	return &terminal{t: t, card: virtual.NewCard(p), app: p.Applications[0], sale: plainSale()}
}

// send sends a command in hexadecimal, spaces allowed, through the procedure of T=0
// where the card speaks it, and gives the answer's data and status words.
func (x *terminal) send(command string) (data []byte, sw string) {
	x.t.Helper()
	return exchange(x.card, unhex(x.t, command))
}

// exchange is the terminal's part of both protocols (EMV Book 1, 9.2.2 and 9.3).
func exchange(c *virtual.Card, command []byte) (data []byte, sw string) {
	answer := c.Exec(reader.Frame(c.Protocol(), command))
	for range 3 {
		n := len(answer)
		switch sw := answer[n-2:]; {
		case c.Protocol() == reader.T0 && sw[0] == 0x61:
			answer = c.Exec([]byte{0x00, 0xC0, 0x00, 0x00, sw[1]})
		case c.Protocol() == reader.T0 && sw[0] == 0x6C:
			answer = c.Exec(append(bytes.Clone(command[:4]), sw[1]))
		}
	}
	n := len(answer)
	return answer[:n-2], hexOf(answer[n-2:])
}

// want sends a command and wants status words.
func (x *terminal) want(sw, command string) []byte {
	x.t.Helper()
	data, got := x.send(command)
	if got != sw {
		x.t.Fatalf("%s: got %s, want %s", command, got, sw)
	}
	return data
}

// cdol fills a data object list with the values of the sale.
func (x *terminal) cdol(list []byte, arc string, issuer []byte) string {
	x.t.Helper()
	dol, err := emv.ParseDOL(list)
	if err != nil {
		x.t.Fatal(err)
	}
	filled := dol.Fill(func(tag emv.Tag) ([]byte, bool) {
		v, ok := map[emv.Tag]string{
			emv.TagAmount: x.sale.amount, emv.TagTerminalCountry: "0156", emv.TagTVR: "8080001000",
			emv.TagCurrency: x.sale.currency, emv.TagTransactionDate: "261123", emv.TagTransactionType: "00",
			emv.TagUnpredictableNumber: x.sale.unpredictable, emv.TagARC: fmt.Sprintf("%X", arc),
			emv.TagIssuerAuthData: hexOf(issuer),
		}[tag]
		return unhex(x.t, v), ok
	})
	return hexOf(filled)
}

// to brings a card that was reset into a state of doc.go.
func (x *terminal) to(state string) {
	x.t.Helper()
	for _, s := range strings.Fields("idle directory selected initiated online done") {
		switch s {
		case "directory":
			if state == s {
				x.want("9000", selectPSE)
				return
			}
		case "selected":
			x.want("9000", selectAID(x.app))
		case "initiated":
			x.want("9000", options)
		case "online":
			x.generate("80")
		case "done":
			x.want("9000", acCommand("00", x.cdol(x.app.CDOL2, "05", nil)))
		}
		if s == state {
			return
		}
	}
	x.t.Fatalf("no state %q", state)
}

// generate asks for the first cryptogram.
func (x *terminal) generate(kind string) cryptogram {
	x.t.Helper()
	return x.read(x.want("9000", acCommand(kind, x.cdol(x.app.CDOL1, "", nil))))
}

// finish asks for the second.
func (x *terminal) finish(kind, arc string, issuer []byte) cryptogram {
	x.t.Helper()
	return x.read(x.want("9000", acCommand(kind, x.cdol(x.app.CDOL2, arc, issuer))))
}

// cryptogram is what GENERATE AC gave.
type cryptogram struct {
	kind string // AAC, TC or ARQC
	atc  uint16
	ac   [8]byte
	iad  []byte
}

// read takes both formats of the answer.
func (x *terminal) read(answer []byte) cryptogram {
	x.t.Helper()
	tree, err := emv.Parse(answer, emv.Strict)
	if err != nil {
		x.t.Fatalf("answer to GENERATE AC: %v", err)
	}
	flat := tree.Value(emv.TagResponse1)
	if flat == nil {
		for _, tag := range []emv.Tag{emv.TagCID, emv.TagATC, emv.TagAC, emv.TagIAD} {
			flat = append(flat, tree.Value(emv.TagResponse2, tag)...)
		}
	}
	if len(flat) < 18 {
		x.t.Fatalf("answer to GENERATE AC has %d bytes of values, want 18 or more", len(flat))
	}
	kinds := map[byte]string{0x00: "AAC", 0x40: "TC", 0x80: "ARQC"}
	return cryptogram{kind: kinds[flat[0]], atc: uint16(flat[1])<<8 | uint16(flat[2]), ac: [8]byte(flat[3:11]), iad: flat[11:]}
}

// verify checks a cryptogram with the issuer's key.
func (x *terminal) verify(c cryptogram) {
	x.t.Helper()
	dol, err := emv.ParseDOL(x.app.CDOL1)
	if err != nil {
		x.t.Fatal(err)
	}
	values, err := dol.Split(unhex(x.t, x.cdol(x.app.CDOL1, "", nil)))
	if err != nil {
		x.t.Fatal(err)
	}
	var terminal []byte
	for _, v := range values {
		terminal = append(terminal, v.Value...)
	}
	in := ac.Input{Terminal: terminal, AIP: x.app.AIP, ATC: c.atc, IAD: c.iad}
	if err := ac.VerifyARQC(x.app.CVN, x.key(), in, c.ac[:]); err != nil {
		x.t.Errorf("%s of counter %04X: %v", c.kind, c.atc, err)
	}
}

// issuerAnswer is tag 91 as the issuer gives it.
func (x *terminal) issuerAnswer(c cryptogram, update ac.StatusUpdate) []byte {
	x.t.Helper()
	data, err := ac.IssuerAuthData(x.app.CVN, x.key(), ac.Input{ATC: c.atc}, c.ac, "00", update)
	if err != nil {
		x.t.Fatal(err)
	}
	return data
}

func (x *terminal) key() ac.Key {
	x.t.Helper()
	key, err := ac.MasterKey(x.app.CVN, x.app.MasterKey, x.app.PAN, x.app.PSN)
	if err != nil {
		x.t.Fatal(err)
	}
	return key
}

const (
	selectPSE  = "00A404000E 315041592E5359532E4444463031 00"
	options    = "80A8000004 83020156 00"
	readRecord = "00B2010C00"
	getATC     = "80CA9F3600"
	goodPIN    = "0020008008 241234FFFFFFFFFF"
	wrongPIN   = "0020008008 241111FFFFFFFFFF"
)

func selectAID(a virtual.Application) string {
	return fmt.Sprintf("00A40400%02X%X00", len(a.AID), a.AID)
}

func acCommand(kind, data string) string {
	return fmt.Sprintf("80AE%s00%02X%s00", kind, len(data)/2, data)
}

func authenticate(data []byte) string { return fmt.Sprintf("00820000%02X%X", len(data), data) }

func hexOf(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
