package emv_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// Every deviation of a card ends the transaction in an error that says where, what was
// there and what should be, and never the data itself.
func TestDeviations(t *testing.T) {
	answerTo := func(ins byte, answer string) func(*emv.Config, *toy) {
		return func(_ *emv.Config, c *toy) {
			c.bend = func(command []byte, plain string) string {
				if command[1] == ins {
					return answer
				}
				return plain
			}
		}
	}
	with := func(tag emv.Tag, v string) func(*emv.Config, *toy) {
		return func(_ *emv.Config, c *toy) { c.objects[tag] = v }
	}
	without := func(tag emv.Tag) func(*emv.Config, *toy) {
		return func(_ *emv.Config, c *toy) { delete(c.objects, tag) }
	}
	cid := func(first string, terminal byte) func(*emv.Config, *toy) {
		return func(cfg *emv.Config, c *toy) { c.first, cfg.TerminalType = first, terminal }
	}
	for _, c := range []struct {
		name  string
		setup func(*emv.Config, *toy)
		cause error
		want  string
	}{
		{"card blocked", answerTo(0xA4, "6A81"), emv.ErrCardBlocked, "select directory: card is blocked: status 6A81 (function not supported, or card is blocked)"},
		{"nothing in common", answerTo(0xA4, "6A82"), emv.ErrNoApplication, "choose application: no application in common"},
		{"nobody there", answerTo(0xA4, ""), emv.ErrAnswer, "select directory: no answer of the card: got 0 bytes, want at least 2"},
		{"half a status word", answerTo(0xA8, "90"), emv.ErrAnswer, "get processing options: no answer of the card: got 1 bytes, want at least 2"},

		{"options refused", answerTo(0xA8, "6A81"), emv.ErrStatus, "get processing options: command refused: status 6A81 (function not supported, or card is blocked), want 9000"},
		{"conditions not satisfied", answerTo(0xA8, "6985"), emv.ErrNoApplication, "choose application: no application in common"},
		{"options are no TLV", answerTo(0xA8, "80FF9000"), emv.ErrFormat, "get processing options: card data of a wrong format: data object 80 at offset 0: length field of more than five bytes"},
		{"options in another template", answerTo(0xA8, "7000"+"9000"), emv.ErrFormat, "get processing options: card data of a wrong format at offset 0: got another template, want 80 or 77"},
		{"options too short", answerTo(0xA8, "80020000"+"9000"), emv.ErrFormat, "get processing options: card data of a wrong format: tag 80 at offset 0: got 2 bytes, want at least 6"},
		{"two templates", answerTo(0xA8, "8006000008010100"+"8000"+"9000"), emv.ErrFormat, "get processing options: card data of a wrong format at offset 0: got another template, want 80 or 77"},
		{"no profile", answerTo(0xA8, "7706"+"940408010100"+"9000"), emv.ErrMissing, "get processing options: mandatory card data missing: tag 82"},
		{"no locator", answerTo(0xA8, "7704"+"82020000"+"9000"), emv.ErrMissing, "get processing options: mandatory card data missing: tag 94"},
		{"long profile", answerTo(0xA8, "770B"+"8203000000"+"940408010100"+"9000"), emv.ErrFormat, "get processing options: card data of a wrong format: tag 82 at offset 2: got 3 bytes, want 2"},
		{"locator of 5 bytes", answerTo(0xA8, "80070000"+"0801010000"+"9000"), emv.ErrFormat, "get processing options: card data of a wrong format: tag 94: not an application file locator: got 5 bytes, want a multiple of 4"},
		{"locator backwards", answerTo(0xA8, "80060000"+"08020100"+"9000"), emv.ErrFormat, "get processing options: card data of a wrong format: tag 94: not an application file locator: entry 1 at offset 0: got last record 1, want 2 or more"},

		{"record refused", answerTo(0xB2, "6A83"), emv.ErrStatus, "read record: command refused: status 6A83 (record not found), want 9000"},
		{"record in another template", answerTo(0xB2, "7700"+"9000"), emv.ErrFormat, "read record: card data of a wrong format: tag 70 at offset 0: got another template, want one template and nothing behind it"},
		{"bytes behind the record", answerTo(0xB2, "7000"+"5F340101"+"9000"), emv.ErrFormat, "read record: card data of a wrong format: tag 70 at offset 0: got another template, want one template and nothing behind it"},
		{"record torn", answerTo(0xB2, "700A5A084761739001"+"9000"), emv.ErrFormat, "read record: card data of a wrong format: tag 70: data object 70 at offset 0: bytes end inside the object: got 7 bytes of value, want 10"},
		{"the same object in two records", answerTo(0xB2, "7004"+"5F340101"+"9000"), emv.ErrDuplicate, "read record: card data present twice: tag 5F34 at offset 2"},
		{"the same object twice in a record", answerTo(0xB2, "7008"+"5F340101"+"5F340101"+"9000"), emv.ErrDuplicate, "read record: card data present twice: tag 5F34 at offset 6"},
		{"profile in a record", answerTo(0xB2, "7004"+"82020000"+"9000"), emv.ErrDuplicate, "read record: card data present twice: tag 82 at offset 2"},
		{"expiry of 2 bytes", with(emv.TagExpiry, "3112"), emv.ErrFormat, "read record: card data of a wrong format: tag 5F24 at offset 12: got 2 bytes, want 3"},

		{"no expiry", without(emv.TagExpiry), emv.ErrMissing, "check card data: mandatory card data missing: tag 5F24"},
		{"no number", without(emv.TagPAN), emv.ErrMissing, "check card data: mandatory card data missing: tag 5A"},
		{"no first list", without(emv.TagCDOL1), emv.ErrMissing, "check card data: mandatory card data missing: tag 8C"},
		{"no second list", without(emv.TagCDOL2), emv.ErrMissing, "check card data: mandatory card data missing: tag 8D"},
		{"number empty", with(emv.TagPAN, ""), emv.ErrMissing, "check card data: mandatory card data missing: tag 5A"},
		{"number with a letter", with(emv.TagPAN, "47617390010100A0"), emv.ErrFormat, "check card data: card data of a wrong format: tag 5A: not a card number: no digit at position 15"},
		{"month 13", with(emv.TagExpiry, "311331"), emv.ErrFormat, "check card data: card data of a wrong format: tag 5F24: want YYMMDD"},
		{"day 0", with(emv.TagExpiry, "311200"), emv.ErrFormat, "check card data: card data of a wrong format: tag 5F24: want YYMMDD"},
		{"sequence number", with(emv.TagPSN, "0A"), emv.ErrFormat, "check card data: card data of a wrong format: tag 5F34: want two digits"},
		{"track of another card", with(emv.TagTrack2, "4761739001010119D31122010000"), emv.ErrFormat, "check card data: card data of a wrong format: tag 57: got another number than in tag 5A, want the same"},
		{"track without a separator", with(emv.TagTrack2, "4761739001010010"), emv.ErrFormat, "check card data: card data of a wrong format: tag 57: not a card track: no separator in 16 characters, want PAN=YYMM…"},

		{"list of methods of 9 bytes", func(_ *emv.Config, c *toy) {
			c.aip, c.objects[emv.TagCVMList] = "1000", "000000000000000000"
		}, emv.ErrFormat, "cardholder verification: card data of a wrong format: tag 8E: not a list of cardholder verification methods: got 9 bytes, want 8 and two for each rule"},
		{"first list cut", with(emv.TagCDOL1, "9F02"), emv.ErrFormat, "first generate ac: card data of a wrong format: tag 8C: not a data object list: entry 1 (9F02) at offset 0: no length byte"},
		{"list asks for too much", with(emv.TagCDOL1, "9F02FC9F0304"), emv.ErrFormat, "first generate ac: card data of a wrong format: tag 8C at offset 3: got a list that asks for 256 bytes, want at most 255"},

		{"cryptogram refused", answerTo(0xAE, "6985"), emv.ErrStatus, "first generate ac: command refused: status 6985 (conditions of use not satisfied), want 9000"},
		{"cryptogram in another template", answerTo(0xAE, "7000"+"9000"), emv.ErrFormat, "first generate ac: card data of a wrong format at offset 0: got another template, want 80 or 77"},
		{"cryptogram too short", answerTo(0xAE, "8003400042"+"9000"), emv.ErrFormat, "first generate ac: card data of a wrong format: tag 80 at offset 0: got 3 bytes, want 11 to 43"},
		{"no counter", answerTo(0xAE, "7704"+"9F270140"+"9000"), emv.ErrMissing, "first generate ac: mandatory card data missing: tag 9F36"},
		{"short cryptogram", answerTo(0xAE, "770D"+"9F270140"+"9F36020042"+"9F260111"+"9000"), emv.ErrFormat, "first generate ac: card data of a wrong format: tag 9F26 at offset 11: got 1 bytes, want 8"},
		{"long issuer data", answerTo(0xAE, "7738"+"9F270140"+"9F36020042"+"9F26081122334455667788"+"9F1021"+strings.Repeat("00", 33)+"9000"), emv.ErrFormat, "first generate ac: card data of a wrong format: tag 9F10 at offset 22: got 33 bytes, want at most 32"},
		{"approves what should go online", cid("40", 0x21), emv.ErrCryptogramType, "first generate ac: cryptogram type not allowed here: tag 9F27: got TC for ARQC, want ARQC or AAC"},
		{"reserved type", cid("C0", 0x22), emv.ErrCryptogramType, "first generate ac: cryptogram type not allowed here: tag 9F27: got type C0 for TC, want AAC, TC or ARQC"},
		{"service not allowed", cid("01", 0x22), emv.ErrServiceNotAllowed, "first generate ac: service not allowed: tag 9F27: got AAC for TC"},
		{"goes online when it should decline", func(cfg *emv.Config, c *toy) {
			cfg.TAC.Denial, c.first = [5]byte{0xFF}, "80"
		}, emv.ErrCryptogramType, "first generate ac: cryptogram type not allowed here: tag 9F27: got ARQC for AAC, want AAC"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, chip := toyShop(), newToy()
			c.setup(&cfg, chip)
			txn, err := pay(t, cfg, chip)
			var fault *emv.Error
			if !errors.Is(err, c.cause) || !errors.As(err, &fault) {
				t.Fatalf("got %v, want %v", err, c.cause)
			}
			if err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if txn.Decision() != emv.DecisionNone || txn.ICC() != nil {
				t.Errorf("decision %v, chip data %X", txn.Decision(), txn.ICC())
			}
			if _, more, again := txn.Next(nil); more || !errors.Is(again, err) {
				t.Errorf("afterwards: %v, %v", more, again)
			}
		})
	}
}

// What the card may do: these look like deviations and are none.
func TestTolerated(t *testing.T) {
	for name, setup := range map[string]func(*emv.Config, *toy){
		"format 2":                  func(_ *emv.Config, c *toy) { c.format2 = true },
		"zeros behind the record":   func(_ *emv.Config, c *toy) { c.bend = behind(0xB2, "0000") },
		"empty optional object":     func(_ *emv.Config, c *toy) { c.objects[emv.TagPSN] = "" },
		"terminal's object in file": func(_ *emv.Config, c *toy) { c.objects[emv.TagAmount] = "999999999999" },
		"file 11 of its own form": func(_ *emv.Config, c *toy) {
			c.afl = "08010200" + "58010100"
			c.bend = func(command []byte, plain string) string {
				if command[1] == 0xB2 && command[3]>>3 == 11 {
					return "FF9000"
				}
				return plain
			}
		},
		"31 February":            func(_ *emv.Config, c *toy) { c.objects[emv.TagExpiry] = "310231" },
		"track of the card":      func(_ *emv.Config, c *toy) { c.objects[emv.TagTrack2] = toyNumber + "D31122010000" },
		"name longer than 26":    func(_ *emv.Config, c *toy) { c.objects[emv.TagCardholderName] = strings.Repeat("41", 30) },
		"AAC where TC is asked":  func(_ *emv.Config, c *toy) { c.first = "00" },
		"ARQC where TC is asked": func(_ *emv.Config, c *toy) { c.first = "80" },
	} {
		cfg, chip := toyShop(), newToy()
		setup(&cfg, chip)
		txn, err := pay(t, cfg, chip)
		if err != nil || txn.Decision() == emv.DecisionNone {
			t.Errorf("%s: %v, %v", name, txn.Decision(), err)
		}
		if !strings.Contains(chip.sent[len(chip.sent)-1], "000000001250") {
			t.Errorf("%s: the card is not told the terminal's amount: %s", name, chip.sent[len(chip.sent)-1])
		}
	}
}

// behind puts bytes between data and status word.
func behind(ins byte, more string) func([]byte, string) string {
	return func(command []byte, plain string) string {
		if command[1] != ins {
			return plain
		}
		return plain[:len(plain)-4] + more + plain[len(plain)-4:]
	}
}

// A card that never ends is ended.
func TestEndlessCards(t *testing.T) {
	for name, bend := range map[string]func([]byte, string) string{
		"always more data":       func([]byte, string) string { return "6110" },
		"never the right length": func(command []byte, _ string) string { return "6C10" },
		"a directory without end": func(command []byte, plain string) string {
			if command[1] == 0xB2 {
				return "7000" + "9000"
			}
			return plain
		},
		"applications without end": func(command []byte, plain string) string {
			if command[1] == 0xA4 && command[3] == 0x02 || command[1] == 0xA4 && command[4] == 7 {
				return object(emv.TagFCI, object(emv.TagDFName, "A000000003101001")+object(emv.TagFCIProprietary, "")) + "9000"
			}
			return plain
		},
		"16,000 records": func(command []byte, plain string) string {
			if command[1] == 0xA8 {
				return object(emv.TagResponse1, "0000"+strings.Repeat("0801FF00", 60)) + "9000"
			}
			if command[1] == 0xB2 {
				return "7000" + "9000"
			}
			return plain
		},
	} {
		t.Run(name, func(t *testing.T) {
			chip := newToy()
			chip.pse = name == "a directory without end"
			chip.bend = bend
			_, err := pay(t, toyShop(), chip)
			if len(chip.sent) > 520 {
				t.Errorf("%d commands", len(chip.sent))
			}
			if name != "a directory without end" && !errors.Is(err, emv.ErrEndless) {
				t.Errorf("after %d commands: %v, want ErrEndless", len(chip.sent), err)
			}
		})
	}
}

// Complete at the wrong time, or with what cannot be, is reported by the next call.
func TestCompleteOutOfOrder(t *testing.T) {
	online := func(t *testing.T) (*emv.Transaction, *toy) {
		cfg, chip := toyShop(), newToy()
		cfg.ForceOnline = true
		txn, err := pay(t, cfg, chip)
		if err != nil || txn.Decision() != emv.GoOnline {
			t.Fatal(txn, err)
		}
		return txn, chip
	}
	for name, run := range map[string]func(t *testing.T) (*emv.Transaction, *toy){
		"before the first command": func(t *testing.T) (*emv.Transaction, *toy) {
			txn := start(t, toyShop())
			txn.Complete(emv.IssuerResult{ARC: "00"})
			return txn, newToy()
		},
		"after an offline decision": func(t *testing.T) (*emv.Transaction, *toy) {
			chip := newToy()
			txn, _ := pay(t, toyShop(), chip)
			txn.Complete(emv.IssuerResult{ARC: "00"})
			return txn, chip
		},
		"no response code": func(t *testing.T) (*emv.Transaction, *toy) {
			txn, chip := online(t)
			txn.Complete(emv.IssuerResult{})
			return txn, chip
		},
		"short authentication data": func(t *testing.T) (*emv.Transaction, *toy) {
			txn, chip := online(t)
			txn.Complete(emv.IssuerResult{ARC: "00", IssuerAuthData: make([]byte, 7)})
			return txn, chip
		},
		"twice": func(t *testing.T) (*emv.Transaction, *toy) {
			txn, chip := online(t)
			txn.Complete(emv.IssuerResult{ARC: "05"})
			txn.Complete(emv.IssuerResult{ARC: "00"})
			return txn, chip
		},
	} {
		t.Run(name, func(t *testing.T) {
			txn, chip := run(t)
			if err := converse(txn, chip.Exec); !errors.Is(err, emv.ErrOrder) {
				t.Errorf("got %v, want ErrOrder", err)
			}
			if txn.Decision() != emv.DecisionNone {
				t.Errorf("decision %v", txn.Decision())
			}
		})
	}
}
