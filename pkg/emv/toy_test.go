package emv_test

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// toy is a card whose every answer a test can bend. It signs nothing: see the virtual
// cards for real cryptograms.
type toy struct {
	pse      bool               // has a directory
	fci      string             // of the application; "" is a plain one
	aip      string             // tag 82
	afl      string             // "" is file 1, records 1 and 2
	objects  map[emv.Tag]string // what the records hold
	data     map[emv.Tag]string // what GET DATA gives
	format2  bool               // answers in template 77
	first    string             // CID of the first GENERATE AC, "" is what was asked
	second   string
	external string   // status of EXTERNAL AUTHENTICATE, "" is 9000
	verify   []string // statuses of VERIFY in turn, the last one again and again
	// script gives the status of a command of the issuer, nil is 9000.
	script func(command []byte) string
	// bend changes an answer, nil leaves it.
	bend func(command []byte, answer string) string
	sent []string // all commands
	made int      // cryptograms
}

const (
	toyNumber = "4761739001010010"
	toyList   = "9F02069F03069F1A0295055F2A029A039C019F37049F3403"
)

// newToy is a card that asks for nothing and objects to nothing.
func newToy() *toy {
	return &toy{
		aip: "0000",
		objects: map[emv.Tag]string{
			emv.TagPAN: toyNumber, emv.TagPSN: "01", emv.TagExpiry: "311231", emv.TagCDOL1: toyList, emv.TagCDOL2: "8A02" + toyList,
			// Without these an absent issuer action code would send everything online.
			emv.TagIACDefault: "0000000000", emv.TagIACDenial: "0000000000", emv.TagIACOnline: "0000000000",
		},
		data: map[emv.Tag]string{emv.TagATC: "0042", emv.TagLastOnlineATC: "0040"},
	}
}

// Exec answers a command.
func (c *toy) Exec(command []byte) []byte {
	c.sent = append(c.sent, fmt.Sprintf("%X", command))
	answer := c.answer(command)
	if c.bend != nil {
		answer = c.bend(command, answer)
	}
	return unhex(answer)
}

func (c *toy) answer(command []byte) string {
	switch command[1] {
	case 0xA4:
		return c.selectName(command)
	case 0xA8:
		return c.options()
	case 0xB2:
		return c.record(command[3]>>3, command[2])
	case 0xCA:
		tag := emv.Tag(command[2])<<8 | emv.Tag(command[3])
		if v, ok := c.data[tag]; ok {
			return object(tag, v) + "9000"
		}
		return "6A88"
	case 0xAE:
		return c.cryptogram(command[2])
	case 0x20:
		status := c.verify[0]
		c.verify = c.verify[min(1, len(c.verify)-1):]
		return status
	case 0x82:
		return c.external + "9000"[len(c.external):]
	}
	if c.script != nil {
		return c.script(command)
	}
	return "9000"
}

func (c *toy) selectName(command []byte) string {
	name := fmt.Sprintf("%X", command[5:5+int(command[4])])
	switch {
	case name == "315041592E5359532E4444463031" && c.pse:
		return "6F15840E315041592E5359532E4444463031A5038801019000"
	case name == "315041592E5359532E4444463031", command[3] == 0x02:
		return "6A82"
	case c.fci != "":
		return c.fci + "9000"
	}
	return object(emv.TagFCI, object(emv.TagDFName, "A0000000031010")+object(emv.TagFCIProprietary, object(emv.TagApplicationLabel, "544F59"))) + "9000"
}

func (c *toy) options() string {
	afl := c.afl
	if afl == "" {
		afl = "08010200"
	}
	if c.format2 {
		return object(emv.TagResponse2, object(emv.TagAIP, c.aip)+object(emv.TagAFL, afl)) + "9000"
	}
	return object(emv.TagResponse1, c.aip+afl) + "9000"
}

// record: the first holds the number and the dates, the second the rest.
func (c *toy) record(sfi, number byte) string {
	if c.pse && len(c.sent) < 4 {
		if number > 1 {
			return "6A83"
		}
		return object(emv.TagRecord, object(emv.TagApplicationTemplate, object(emv.TagApplicationID, "A0000000031010")+object(emv.TagApplicationLabel, "544F59"))) + "9000"
	}
	if sfi != 1 || number > 2 {
		return "6A83"
	}
	inside := ""
	for e := range emv.Entries() {
		isFirst := e.Tag == emv.TagPAN || e.Tag == emv.TagPSN || e.Tag == emv.TagExpiry || e.Tag == emv.TagTrack2
		if v, ok := c.objects[e.Tag]; ok && isFirst == (number == 1) {
			inside += object(e.Tag, v)
		}
	}
	return object(emv.TagRecord, inside) + "9000"
}

func (c *toy) cryptogram(asked byte) string {
	cid := fmt.Sprintf("%02X", asked)
	if c.made++; c.made == 1 && c.first != "" {
		cid = c.first
	} else if c.made == 2 && c.second != "" {
		cid = c.second
	}
	ac := fmt.Sprintf("11223344556677%02X", c.made)
	if c.format2 {
		return object(emv.TagResponse2, object(emv.TagCID, cid)+object(emv.TagATC, "0042")+object(emv.TagAC, ac)+object(emv.TagIAD, "06010A03A00000")) + "9000"
	}
	return object(emv.TagResponse1, cid+"0042"+ac+"06010A03A00000") + "9000"
}

// object is one data object in hexadecimal.
func object(tag emv.Tag, value string) string {
	return fmt.Sprintf("%X", emv.AppendTLV(nil, tag, unhex(value)))
}

// toyShop is a terminal that objects to nothing: its floor limit is above the amount.
func toyShop() emv.Config {
	cfg := shop()
	cfg.FloorLimit = 100_000
	cfg.AIDs = []emv.AID{{ID: unhex("A0000000031010")}}
	return cfg
}

// pay runs a transaction with a toy to its first stop.
func pay(t *testing.T, cfg emv.Config, c *toy) (*emv.Transaction, error) {
	t.Helper()
	txn := start(t, cfg)
	return txn, converse(txn, c.Exec)
}
