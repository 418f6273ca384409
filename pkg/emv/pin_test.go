package emv_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// cardholder gives PINs, one each time: digits, "bypass", "cancel"
// or "broken".
type cardholder struct {
	left []string
	seen []string // what the cardholder was told each time
}

func (e *cardholder) ask(q emv.PINRequest) (card.Secret, emv.PINEntry) {
	told := fmt.Sprint(q.TriesLeft)
	if q.Again {
		told += " again"
	}
	if q.Enciphered {
		told += " enciphered"
	}
	e.seen = append(e.seen, told)
	next := e.left[0]
	e.left = e.left[1:]
	switch next {
	case "bypass":
		return card.Secret{}, emv.PINBypassed
	case "cancel":
		return card.Secret{}, emv.PINCancelled
	case "broken":
		return card.Secret{}, emv.PINUnavailable
	}
	return card.NewSecret(next), emv.PINEntered
}

// commandsOf are the commands of one instruction that a toy got.
func commandsOf(c *toy, ins string) string {
	var found []string
	for _, sent := range c.sent {
		if sent[2:4] == ins {
			found = append(found, sent)
		}
	}
	return strings.Join(found, " ")
}

// A PIN that the card checks in plaintext: Book 3, 10.5.1 and 6.5.12, and the results of
// Book 4, 6.3.4.5.
func TestPlaintextPIN(t *testing.T) {
	const (
		pin1234 = "0020008008241234FFFFFFFFFF"
		pin0000 = "0020008008240000FFFFFFFFFF"
	)
	for _, c := range []struct {
		name    string
		rules   string
		caps    byte   // second byte of tag 9F33
		tries   string // what GET DATA gives, "" is nothing
		entered string
		verify  string // status words in turn
		told    string
		sent    string
		tvr     string
		results string
	}{
		{"right", "0100", 0x80, "03", "1234", "9000", "3", pin1234, "8000000000", "010002"},
		{"right, if supported", "4103", 0x80, "03", "1234", "9000", "3", pin1234, "8000000000", "410302"},
		{"tries not told", "0100", 0x80, "", "1234", "9000", "-1", pin1234, "8000000000", "010002"},
		{"tries of two bytes are not told", "0100", 0x80, "0003", "1234", "9000", "-1", pin1234, "8000000000", "010002"},
		{"twelve digits", "0100", 0x80, "03", "123456789012", "9000", "3", "00200080082C123456789012FF", "8000000000", "010002"},
		{"five digits", "0100", 0x80, "03", "12345", "9000", "3", "00200080082512345FFFFFFFFF", "8000000000", "010002"},

		{"wrong, then right", "0100", 0x80, "03", "0000 1234", "63C2 9000", "3; 2 again", pin0000 + " " + pin1234, "8000000000", "010002"},
		{"last try, right", "0100", 0x80, "01", "1234", "9000", "1", pin1234, "8000000000", "010002"},
		{"last try, wrong", "0100", 0x80, "01", "0000", "63C0", "1", pin0000, "8000A00000", "010001"},
		{"all tries wrong, then signature", "41005E00", 0xA0, "03", "0000 0000 0000", "63C2 63C1 63C0", "3; 2 again; 1 again", pin0000 + " " + pin0000 + " " + pin0000, "8000200000", "5E0000"},
		{"blocked before: not asked", "0100", 0x80, "00", "", "", "", "", "8000A00000", "010001"},
		{"blocked before, then signature", "41035E03", 0xA0, "00", "", "", "", "", "8000200000", "5E0300"},
		{"blocked, says VERIFY", "0100", 0x80, "", "1234", "6983", "-1", pin1234, "8000A00000", "010001"},
		{"no PIN on the card, says VERIFY", "0100", 0x80, "", "1234", "6984", "-1", pin1234, "8000A00000", "010001"},
		{"blocked is not asked again by another rule", "41000100", 0x80, "01", "0000", "63C0", "1", pin0000, "8000A00000", "010001"},

		{"bypassed", "0100", 0x80, "03", "bypass", "", "3", "", "8000880000", "010001"},
		{"bypassed, then signature", "41005E00", 0xA0, "03", "bypass", "", "3", "", "8000080000", "5E0000"},
		{"bypassed after a wrong one", "41001F00", 0x88, "03", "0000 bypass", "63C2", "3; 2 again", pin0000, "8000080000", "1F0002"},
		{"bypassed once, bypassed for every PIN", "410042001F00", 0xC8, "03", "bypass", "", "3", "", "8000080000", "1F0002"},
		{"PIN pad broken", "0100", 0x80, "03", "broken", "", "3", "", "8000900000", "010001"},
		{"PIN pad broken, then none", "41001F00", 0x88, "03", "broken", "", "3", "", "8000100000", "1F0002"},

		{"with signature", "0300", 0xA0, "03", "1234", "9000", "3", pin1234, "8000000000", "030000"},
		{"with signature, wrong", "0300", 0xA0, "01", "0000", "63C0", "1", pin0000, "8000A00000", "030001"},
		{"with signature that the terminal cannot take", "43001F00", 0x88, "03", "", "", "", "", "8000000000", "1F0002"},
		{"with signature, if supported, without it", "43031F00", 0x88, "03", "", "", "", "", "8000000000", "1F0002"},
		{"a PIN that the terminal cannot take", "01001F00", 0x28, "03", "", "", "", "", "8000900000", "3F0001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, chip, holder := toyShop(), newToy(), &cardholder{left: strings.Fields(c.entered)}
			cfg.Capabilities, cfg.OfflinePIN = [3]byte{0xE0, c.caps, 0xC8}, holder.ask
			chip.aip, chip.objects[emv.TagCVMList], chip.verify = "1000", "0000000000000000"+c.rules, strings.Fields(c.verify)
			if c.tries != "" {
				chip.data[emv.TagPINTries] = c.tries
			}
			txn, err := pay(t, cfg, chip)
			if err != nil {
				t.Fatal(err)
			}
			if told := strings.Join(holder.seen, "; "); told != c.told {
				t.Errorf("the cardholder is told %q, want %q", told, c.told)
			}
			if sent := commandsOf(chip, "20"); sent != c.sent {
				t.Errorf("sent %s, want %s", sent, c.sent)
			}
			e := txn.Evidence()
			if tvr, results := fmt.Sprintf("%X", e.TVR), fmt.Sprintf("%X", e.CVMResults); tvr != c.tvr || results != c.results || e.TSI[0]&0x40 == 0 {
				t.Errorf("TVR %s, results %s, TSI %X, want %s, %s", tvr, results, e.TSI, c.tvr, c.results)
			}
			if !strings.HasSuffix(chip.sent[len(chip.sent)-1], c.results+"00") {
				t.Errorf("the card is told %s, want results %s", chip.sent[len(chip.sent)-1], c.results)
			}
		})
	}
}

// What ends a transaction where a PIN is asked for: nothing was decided, and no try of the
// card was spent on what is no PIN.
func TestPINEndsTransaction(t *testing.T) {
	for _, c := range []struct {
		name, entered, verify string
		cause                 error
		want                  string
		sent                  int
	}{
		{"cancelled", "cancel", "", emv.ErrPINCancelled, "cardholder verification: PIN entry cancelled", 0},
		{"cancelled after a wrong one", "0000 cancel", "63C2", emv.ErrPINCancelled, "cardholder verification: PIN entry cancelled", 1},
		{"three digits", "123", "", emv.ErrPIN, "cardholder verification: not a PIN: got 3 characters, want 4 to 12 digits", 0},
		{"thirteen digits", "1234567890123", "", emv.ErrPIN, "cardholder verification: not a PIN: got 13 characters, want 4 to 12 digits", 0},
		{"a letter", "12E4", "", emv.ErrPIN, "cardholder verification: not a PIN: got no digit at position 3, want 4 to 12 digits", 0},
		{"refused for another reason", "1234", "6700", emv.ErrStatus, "verify pin: command refused: status 6700 (wrong length), want 9000", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, chip, holder := toyShop(), newToy(), &cardholder{left: strings.Fields(c.entered)}
			cfg.Capabilities, cfg.OfflinePIN = [3]byte{0xE0, 0xA8, 0xC8}, holder.ask
			chip.aip, chip.objects[emv.TagCVMList], chip.verify = "1000", "0000000000000000"+"41001F00", strings.Fields(c.verify)
			txn, err := pay(t, cfg, chip)
			if !errors.Is(err, c.cause) || err.Error() != c.want || txn.Decision() != emv.DecisionNone {
				t.Errorf("got %v, %v, want %s", txn.Decision(), err, c.want)
			}
			if n := len(strings.Fields(commandsOf(chip, "20"))); n != c.sent {
				t.Errorf("%d PINs were sent, want %d", n, c.sent)
			}
		})
	}
}

// A card that says for ever that one try is left does not hold the terminal for ever.
func TestPINAskedForEver(t *testing.T) {
	cfg, chip := toyShop(), newToy()
	cfg.Capabilities[1] = 0x80
	cfg.OfflinePIN = func(emv.PINRequest) (card.Secret, emv.PINEntry) { return card.NewSecret("1234"), emv.PINEntered }
	chip.aip, chip.objects[emv.TagCVMList], chip.verify = "1000", "0000000000000000"+"0100", []string{"63C1"}
	if _, err := pay(t, cfg, chip); !errors.Is(err, emv.ErrEndless) {
		t.Errorf("got %v, want ErrEndless", err)
	}
}

// No PIN shows in what a transaction tells or prints, before or after it was sent.
func TestPINIsNeverTold(t *testing.T) {
	cfg, chip, holder := toyShop(), newToy(), &cardholder{left: []string{"739154", "862047"}}
	cfg.Capabilities[1], cfg.OfflinePIN = 0x80, holder.ask
	chip.aip, chip.objects[emv.TagCVMList], chip.verify = "1000", "0000000000000000"+"0100", []string{"63C2", "9000"}
	var said strings.Builder
	cfg.Observe = func(s emv.Step) { fmt.Fprintln(&said, s, s.Notes("en"), s.Notes("zh")) }
	txn := start(t, cfg)
	command, more, err := txn.Next(nil)
	for more && err == nil {
		fmt.Fprintf(&said, "%v %+v %#v", txn, *txn, txn)
		command, more, err = txn.Next(chip.Exec(command))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"739154", "862047"} {
		if strings.Contains(said.String(), trace) {
			t.Errorf("a PIN shows:\n%s", &said)
		}
	}
	if !strings.Contains(said.String(), "0020008008"+strings.Repeat("*", 16)) {
		t.Error("the command is not told with its PIN masked")
	}
	if got := commandsOf(chip, "20"); !slices.Contains(strings.Fields(got), "002000800826862047FFFFFFFF") {
		t.Errorf("sent %s", got)
	}
}

// A PIN that the card checks enciphered (Book 2, 7), with a card that deciphers it.
func TestEncipheredPIN(t *testing.T) {
	signing := func(methods ...byte) virtual.Profile { // takes its PIN under the key that it signs with
		p := virtual.DDA()
		p.Applications[0].CVMList = append(make([]byte, 8), methods...)
		return p
	}
	with := func(methods ...byte) virtual.Profile {
		p := virtual.EncipheredPIN()
		p.Applications[0].CVMList = append(make([]byte, 8), methods...)
		return p
	}
	challenge := func(answer string) func(command, plain []byte) []byte {
		return func(command, plain []byte) []byte {
			if command[1] == 0x84 {
				return unhex(answer)
			}
			return plain
		}
	}
	for _, c := range []struct {
		name    string
		profile virtual.Profile
		caps    byte
		setup   func(*emv.Config)
		bend    func(command, answer []byte) []byte
		entered string
		told    string
		sent    int // PINs, each behind a number of the card
		bytes   int // of each
		tvr     string
		results string
	}{
		{"right", virtual.EncipheredPIN(), 0x10, nil, nil, "1234", "3 enciphered", 1, 96, "0000000000", "040002"},
		{"wrong, then right", virtual.EncipheredPIN(), 0x10, nil, nil, "9999 1234", "3 enciphered; 2 again enciphered", 2, 96, "0000000000", "040002"},
		{"all tries wrong", virtual.EncipheredPIN(), 0x10, nil, nil, "9999 9999 9999", "3 enciphered; 2 again enciphered; 1 again enciphered", 3, 96, "0000A00000", "040001"},
		{"bypassed", virtual.EncipheredPIN(), 0x10, nil, nil, "bypass", "3 enciphered", 0, 0, "0000880000", "040001"},
		{"under the key of signatures", signing(0x04, 0), 0x10, nil, nil, "1234", "3 enciphered", 1, 112, "0000000000", "040002"},
		{"with signature", with(0x05, 0), 0x30, nil, nil, "1234", "3 enciphered", 1, 96, "0000000000", "050000"},
		{"not supported, then plaintext", with(0x44, 3, 0x01, 0), 0x80, nil, nil, "1234", "3", 1, 8, "0000000000", "010002"},
		{"not supported", virtual.EncipheredPIN(), 0x80, nil, nil, "", "", 0, 0, "0000900000", "3F0001"},
		{"no key of the scheme: not asked", virtual.EncipheredPIN(), 0x10, func(c *emv.Config) { c.CAKeys, c.Capabilities[2] = nil, 0 }, nil, "", "", 0, 0, "8000800000", "040001"},
		{"card without certificates, then none", func() virtual.Profile {
			p := virtual.Visa()
			p.Applications[0].CVMList = append(make([]byte, 8), 0x44, 0, 0x1F, 0)
			return p
		}(), 0x18, nil, nil, "", "", 0, 0, "8000000000", "1F0002"},
		{"no number of the card", virtual.EncipheredPIN(), 0x10, nil, challenge("6D00"), "1234", "3 enciphered", 0, 0, "0000800000", "040001"},
		{"number of seven bytes", virtual.EncipheredPIN(), 0x10, nil, challenge("010203040506079000"), "1234", "3 enciphered", 0, 0, "0000800000", "040001"},
		{"another number than the card gave", virtual.EncipheredPIN(), 0x10, nil, challenge("01020304050607089000"), "1234", "3 enciphered", 1, 96, "0000A00000", "040001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, holder := authShop(), &cardholder{left: strings.Fields(c.entered)}
			cfg.Capabilities[1], cfg.OfflinePIN, cfg.Random = c.caps, holder.ask, rand.NewChaCha8([32]byte{7})
			if c.setup != nil {
				c.setup(&cfg)
			}
			var pins []string
			txn, err := payVirtual(t, cfg, c.profile, func(command, answer []byte) []byte {
				if command[1] == 0x20 {
					pins = append(pins, string(command[5:]))
				}
				if c.bend != nil {
					return c.bend(command, answer)
				}
				return answer
			})
			if err != nil {
				t.Fatal(err)
			}
			if told := strings.Join(holder.seen, "; "); told != c.told {
				t.Errorf("the cardholder is told %q, want %q", told, c.told)
			}
			slices.Sort(pins)
			if len(pins) != c.sent || len(slices.Compact(pins)) != c.sent || c.sent > 0 && len(pins[0]) != c.bytes {
				t.Errorf("%d PINs were sent, want %d that differ, of %d bytes: %X", len(pins), c.sent, c.bytes, pins)
			}
			e := txn.Evidence()
			if tvr, results := fmt.Sprintf("%X", e.TVR), fmt.Sprintf("%X", e.CVMResults); tvr != c.tvr || results != c.results {
				t.Errorf("TVR %s, results %s, want %s, %s", tvr, results, c.tvr, c.results)
			}
		})
	}
}

// Without random numbers no PIN is sent: what hides it would be known.
func TestEncipheredPINWithoutRandomNumbers(t *testing.T) {
	cfg, holder := authShop(), &cardholder{left: []string{"1234"}}
	cfg.Capabilities[1], cfg.OfflinePIN, cfg.Random = 0x10, holder.ask, strings.NewReader("twelve bytes")
	_, err := payVirtual(t, cfg, virtual.EncipheredPIN(), nil)
	var fault *emv.Error
	if !errors.Is(err, emv.ErrPIN) || !errors.As(err, &fault) || fault.Step != emv.StepVerify {
		t.Errorf("got %v, want ErrPIN", err)
	}
}
