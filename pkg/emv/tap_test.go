package emv_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// proximity is a reader for cards that are held to it: chip alone, no PIN, signature,
// verification on the device, and it tells the card the issuer's answer. From 1000.00 on
// it takes nothing, from 100.00 on it verifies, over 50.00 it goes online.
func proximity() *emv.Contactless {
	return &emv.Contactless{
		Qualifiers: [4]byte{0x32, 0x00, 0xC0, 0x00},
		Limits:     emv.ContactlessLimits{Transaction: 1000_00, CVM: 100_00, Floor: 50_00},
	}
}

// tapToy is a card that is held to a reader and whose every answer a test can bend.
type tapToy struct {
	directory string // what the directory's BF0C holds, in hexadecimal
	pdol      string // of every application
	options   string // status of GET PROCESSING OPTIONS where it is not 9000
	order     []emv.Tag
	objects   map[emv.Tag]string // what the options hold
	template  emv.Tag
	records   map[string]string // by P1 and P2, the insides of their templates
	cid       string            // of GENERATE AC, "" is what was asked
	bend      func(command []byte, answer string) string
	sent      []string
}

const (
	quickList   = "9F66049F02069F03069F1A0295055F2A029A039C019F3704"
	visaEntry   = "4F07A0000000031010" + "500443415244" + "870101" + "9F2A0103"
	masterEntry = "4F07A0000000041010" + "500443415244" + "870101" + "9F2A0102"
)

// newQuick is a card of the qVSDC shape that asks for nothing.
func newQuick() *tapToy {
	return &tapToy{
		directory: object(emv.TagApplicationTemplate, visaEntry), pdol: quickList, template: emv.TagResponse2,
		order: []emv.Tag{
			emv.TagAIP, emv.TagAFL, emv.TagTrack2, emv.TagPSN, emv.TagIAD, emv.TagAC, emv.TagCID, emv.TagATC, emv.TagCTQ, emv.TagFormFactor,
			emv.TagCardAuthData, emv.TagSignedDynamic,
		},
		objects: map[emv.Tag]string{
			emv.TagAIP: "0000", emv.TagTrack2: toyNumber + "D31122010000", emv.TagPSN: "01", emv.TagIAD: "06010A03A00000",
			emv.TagAC: "1122334455667788", emv.TagCID: "80", emv.TagATC: "0042", emv.TagCTQ: "0000", emv.TagFormFactor: "20700000",
		},
	}
}

// newReadable is a card of the M/Chip shape that asks for nothing.
func newReadable() *tapToy {
	return &tapToy{
		directory: object(emv.TagApplicationTemplate, masterEntry), template: emv.TagResponse2,
		order:   []emv.Tag{emv.TagAIP, emv.TagAFL},
		objects: map[emv.Tag]string{emv.TagAIP: "1080", emv.TagAFL: "08010100"},
		records: map[string]string{
			"010C": object(emv.TagPAN, toyNumber) + object(emv.TagExpiry, "311231") + object(emv.TagPSN, "01") +
				object(emv.TagCDOL1, toyList+"9F3303") + object(emv.TagCVMList, "0000000000000000"+"4203"+"5E03"+"1F03") +
				object(emv.TagIACDefault, "0000000000") + object(emv.TagIACDenial, "0000000000") + object(emv.TagIACOnline, "0000000000"),
		},
	}
}

// Exec answers a command.
func (c *tapToy) Exec(command []byte) []byte {
	c.sent = append(c.sent, fmt.Sprintf("%X", command))
	answer := c.answer(command)
	if c.bend != nil {
		answer = c.bend(command, answer)
	}
	return unhex(answer)
}

func (c *tapToy) answer(command []byte) string {
	switch command[1] {
	case 0xA4:
		return c.selectName(fmt.Sprintf("%X", command[5:5+int(command[4])]))
	case 0xA8:
		if c.options != "" {
			return c.options
		}
		return c.give() + "9000"
	case 0xB2:
		return object(emv.TagRecord, c.records[fmt.Sprintf("%X", command[2:4])]) + "9000"
	case 0xAE:
		cid := c.cid
		if cid == "" {
			cid = fmt.Sprintf("%02X", command[2])
		}
		return object(emv.TagResponse2, object(emv.TagCID, cid)+object(emv.TagATC, "0042")+object(emv.TagAC, "1122334455667788")+object(emv.TagIAD, "0110A00000")) + "9000"
	}
	return "9000"
}

func (c *tapToy) selectName(name string) string {
	if name != "325041592E5359532E4444463031" {
		return object(emv.TagFCI, object(emv.TagDFName, name)+object(emv.TagFCIProprietary, object(emv.TagApplicationLabel, "43415244")+object(emv.TagPDOL, c.pdol))) + "9000"
	}
	if c.directory == "" {
		return "6A82"
	}
	return object(emv.TagFCI, object(emv.TagDFName, name)+object(emv.TagFCIProprietary, object(emv.TagIssuerDiscretionary, c.directory))) + "9000"
}

func (c *tapToy) give() string {
	inside := ""
	for _, tag := range c.order {
		if v, ok := c.objects[tag]; ok {
			inside += object(tag, v)
		}
	}
	return object(c.template, inside)
}

// tapShop is a shop that takes the cards of this file.
func tapShop() emv.Config {
	cfg := shop()
	cfg.Contactless = proximity()
	cfg.AIDs = []emv.AID{{ID: unhex("A0000000031010")}, {ID: unhex("A0000000041010")}, {ID: unhex("A000000333010101")}}
	return cfg
}

// tap runs a transaction to its first stop.
func tap(t *testing.T, cfg emv.Config, c *tapToy) (*emv.Transaction, error) {
	t.Helper()
	txn := start(t, cfg)
	return txn, converse(txn, c.Exec)
}

// The reader tells the card what it wants by the amount.
func TestTapQualifiers(t *testing.T) {
	for _, tc := range []struct {
		amount int64
		change func(*emv.Config)
		want   string
	}{
		{12_50, nil, "3200C000"},
		{50_00, nil, "3200C000"},
		{50_01, nil, "3280C000"},
		{99_99, nil, "3280C000"},
		{100_00, nil, "32C0C000"},
		{0, nil, "3280C000"},
		{12_50, func(c *emv.Config) { c.ForceOnline = true }, "3280C000"},
		{12_50, func(c *emv.Config) { c.TerminalType = 0x21 }, "3280C000"},
		{12_50, func(c *emv.Config) { c.AIDs[0].Contactless = &emv.ContactlessLimits{CVM: 10_00, Floor: 100_00} }, "3240C000"},
		{12_50, func(c *emv.Config) { c.AIDs[0].Contactless = &emv.ContactlessLimits{} }, "32C0C000"},
	} {
		cfg, card := tapShop(), newQuick()
		cfg.Amount = tc.amount
		if tc.change != nil {
			tc.change(&cfg)
		}
		txn, err := tap(t, cfg, card)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%X", txn.Value(emv.TagTTQ))
		if got != tc.want || !strings.Contains(strings.Join(card.sent, " "), "80A80000238321"+tc.want) {
			t.Errorf("amount %d: qualifiers %s, want %s; sent %v", tc.amount, got, tc.want, card.sent)
		}
		if mode := txn.Value(emv.TagEntryMode); len(mode) != 1 || mode[0] != 0x07 {
			t.Errorf("entry mode %X, want 07", mode)
		}
	}
}

// What a card of the qVSDC shape is asked, and how its holder is verified.
func TestTapQuickVerification(t *testing.T) {
	pin := func(e emv.PINEntry) func(*emv.Config) {
		return func(c *emv.Config) {
			c.Contactless.Qualifiers[0] |= 0x04
			c.OnlinePIN = func() emv.PINEntry { return e }
		}
	}
	unsigned := func(c *emv.Config) { c.Contactless.Qualifiers[0] &^= 0x02 }
	for _, tc := range []struct {
		name   string
		amount int64
		ctq    string // "" is a card without qualifiers
		change func(*emv.Config)
		want   string // results, then the decision
	}{
		{"below the limit", 99_99, "0000", nil, "1F0002 go online"},
		{"below the limit, without qualifiers", 99_99, "", nil, "1F0002 go online"},
		{"signature", 100_00, "4000", nil, "1E0000 go online"},
		{"signature although below the limit", 10_00, "4000", nil, "1E0000 go online"},
		{"without qualifiers, signature", 100_00, "", nil, "1E0000 go online"},
		{"without qualifiers, nothing to verify by", 100_00, "", unsigned, "3F0001 declined offline"},
		{"device", 100_00, "0080", nil, "010002 go online"},
		{"PIN", 100_00, "8000", pin(emv.PINEntered), "020000 go online"},
		{"PIN before signature", 100_00, "C000", pin(emv.PINEntered), "020000 go online"},
		{"PIN not entered", 100_00, "8000", pin(emv.PINBypassed), "020001 declined offline"},
		{"PIN pad broken", 100_00, "8000", pin(emv.PINUnavailable), "020001 declined offline"},
		{"PIN that the reader cannot take", 100_00, "8000", nil, "3F0001 declined offline"},
		{"PIN that the reader cannot take, below the limit", 99_99, "8000", nil, "1F0002 go online"},
		{"device that the reader does not know", 100_00, "0080", func(c *emv.Config) { c.Contactless.Qualifiers[2] = 0 }, "3F0001 declined offline"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, card := tapShop(), newQuick()
			cfg.Amount, cfg.ForceOnline = tc.amount, true
			if tc.change != nil {
				tc.change(&cfg)
			}
			card.objects[emv.TagCTQ] = tc.ctq
			if tc.ctq == "" {
				delete(card.objects, emv.TagCTQ)
			}
			txn, err := tap(t, cfg, card)
			if err != nil {
				t.Fatal(err)
			}
			cvm := txn.Evidence().CVMResults
			if got := fmt.Sprintf("%X %v", cvm[:], txn.Decision()); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if (txn.Decision() == emv.GoOnline) != (txn.ICC() != nil) {
				t.Errorf("%v with chip data %X", txn.Decision(), txn.ICC())
			}
		})
	}
}

// A PIN that the cardholder gives up ends the payment.
func TestTapPINCancelled(t *testing.T) {
	cfg, card := tapShop(), newQuick()
	cfg.Amount, cfg.Contactless.Qualifiers[0] = 100_00, 0x36
	cfg.OnlinePIN = func() emv.PINEntry { return emv.PINCancelled }
	card.objects[emv.TagCTQ] = "8000"
	if _, err := tap(t, cfg, card); !errors.Is(err, emv.ErrPINCancelled) {
		t.Errorf("got %v, want ErrPINCancelled", err)
	}
}

// The chip data of a request are what the card signed: amounts, its answer and how the
// holder was verified, and never the number.
func TestTapRequest(t *testing.T) {
	cfg := tapShop()
	cfg.ForceOnline = true
	txn, err := tap(t, cfg, newQuick())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := emv.Parse(txn.ICC(), emv.Strict)
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[emv.Tag]string{
		emv.TagAC: "1122334455667788", emv.TagCID: "80", emv.TagATC: "0042", emv.TagIAD: "06010A03A00000", emv.TagTVR: "0000000000",
		emv.TagAmount: "000000001250", emv.TagCVMResults: "1F0002", emv.TagFormFactor: "20700000", emv.TagPSN: "01", emv.TagAIP: "0000",
		emv.TagDFName: "A0000000031010",
	} {
		if got := fmt.Sprintf("%X", tree.Value(tag)); got != want {
			t.Errorf("tag %v is %s, want %s", tag, got, want)
		}
	}
	if _, ok := tree.Find(emv.TagTrack2); ok || strings.Contains(fmt.Sprintf("%X", txn.ICC()), toyNumber) {
		t.Error("the number is in it")
	}
	if c := txn.Card(); c.PAN.LastFour() != "0010" || c.Expiry != "3112" || c.PSN != "01" || c.ServiceCode != "201" {
		t.Errorf("card %v %v %v %v", c.PAN, c.Expiry, c.PSN, c.ServiceCode)
	}
}

// What is taken of a directory: only what this terminal has, with a kernel that is
// here, in the order of priority.
func TestTapSelection(t *testing.T) {
	entry := func(aid, priority, kernel string) string {
		inside := object(emv.TagApplicationID, aid) + object(emv.TagApplicationLabel, "43415244")
		if priority != "" {
			inside += object(emv.TagPriority, priority)
		}
		if kernel != "" {
			inside += object(emv.TagKernel, kernel)
		}
		return object(emv.TagApplicationTemplate, inside)
	}
	const visa, master, unionPay, amex = "A0000000031010", "A0000000041010", "A000000333010101", "A00000002501"
	for _, tc := range []struct {
		name, directory string
		want            string // AID, kernel and how many candidates; or the cause
	}{
		{"one", entry(visa, "01", "03"), visa + " 3 of 1"},
		{"kernel left to the reader", entry(visa, "01", ""), visa + " 3 of 1"},
		{"kernel left to the reader by a zero", entry(visa, "01", "00"), visa + " 3 of 1"},
		{"UnionPay", entry(unionPay, "01", ""), unionPay + " 7 of 1"},
		{"priority", entry(visa, "02", "") + entry(unionPay, "01", ""), unionPay + " 7 of 2"},
		{"no priority comes last", entry(visa, "", "") + entry(unionPay, "0F", ""), unionPay + " 7 of 2"},
		{"the order of the card among equals", entry(unionPay, "01", "") + entry(visa, "01", ""), unionPay + " 7 of 2"},
		{"filling between entries", "0000" + entry(visa, "01", "") + "00", visa + " 3 of 1"},
		{"another kernel", entry(visa, "01", "05") + entry(unionPay, "02", ""), unionPay + " 7 of 1"},
		{"a kernel of a country", entry(visa, "01", "810276"), "no application in common"},
		{"a scheme without a kernel here", entry(amex, "01", ""), "no application in common"},
		{"the same twice", entry(visa, "01", "") + entry(visa, "02", ""), visa + " 3 of 1"},
		{"an entry without a name", object(emv.TagApplicationTemplate, object(emv.TagPriority, "01")), "no application in common"},
		{"no directory", "", "no application in common"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			card := newQuick()
			card.directory = tc.directory
			txn, err := tap(t, tapShop(), card)
			got := ""
			if err == nil {
				c := txn.Candidates()
				got = fmt.Sprintf("%X %d of %d", txn.Card().AID, c[0].Kernel, len(c))
			} else if fault := (*emv.Error)(nil); errors.As(err, &fault) {
				got = fault.Err.Error()
			}
			if got != tc.want {
				t.Errorf("got %s (%v), want %s", got, err, tc.want)
			}
		})
	}
}

// An application that does not want to be used makes room for the next.
func TestTapNextApplication(t *testing.T) {
	card := newQuick()
	card.directory = object(emv.TagApplicationTemplate, visaEntry) + object(emv.TagApplicationTemplate, "4F08A000000333010101"+"870102")
	refused := false
	card.bend = func(command []byte, answer string) string {
		if command[1] == 0xA8 && !refused {
			refused = true
			return "6985"
		}
		return answer
	}
	txn, err := tap(t, tapShop(), card)
	if err != nil || fmt.Sprintf("%X", txn.Card().AID) != "A000000333010101" || !refused {
		t.Errorf("took %X, %v", txn.Card().AID, err)
	}
}

// Every way in which a tap ends without a decision has its cause, and says where.
func TestTapEnds(t *testing.T) {
	quick := func(change func(*tapToy)) func(*emv.Config) *tapToy {
		return func(*emv.Config) *tapToy {
			c := newQuick()
			change(c)
			return c
		}
	}
	readable := func(change func(*emv.Config, *tapToy)) func(*emv.Config) *tapToy {
		return func(cfg *emv.Config) *tapToy {
			c := newReadable()
			change(cfg, c)
			return c
		}
	}
	answers := func(ins byte, answer string) func(*tapToy) {
		return func(c *tapToy) {
			c.bend = func(command []byte, plain string) string {
				if command[1] == ins {
					return answer
				}
				return plain
			}
		}
	}
	for _, tc := range []struct {
		name  string
		card  func(*emv.Config) *tapToy
		step  emv.StepName
		cause error
	}{
		{"over the limit", func(c *emv.Config) *tapToy { c.Amount = 1000_00; return newQuick() }, emv.StepChoose, emv.ErrUseContacts},
		{"over the limit of its scheme", func(c *emv.Config) *tapToy {
			c.AIDs[0].Contactless = &emv.ContactlessLimits{Transaction: 12_50}
			return newQuick()
		}, emv.StepChoose, emv.ErrUseContacts},
		{"the card wants its contacts", quick(func(c *tapToy) { c.options = "6984" }), emv.StepInitiate, emv.ErrUseContacts},
		{"the phone wants its holder", quick(func(c *tapToy) { c.options = "6986" }), emv.StepInitiate, emv.ErrSeePhone},
		{"another status", quick(func(c *tapToy) { c.options = "6A80" }), emv.StepInitiate, emv.ErrStatus},
		{"no application starts", quick(func(c *tapToy) { c.options = "6985" }), emv.StepChoose, emv.ErrNoApplication},
		{"it does not ask what the reader can", quick(func(c *tapToy) { c.pdol = "9F0206" }), emv.StepChoose, emv.ErrNoApplication},
		{"a list that is none", quick(func(c *tapToy) { c.pdol = "9F" }), emv.StepPrepare, emv.ErrFormat},
		{"a list that asks for too much", quick(func(c *tapToy) { c.pdol = "9F6604" + "9F02FC" }), emv.StepPrepare, emv.ErrFormat},
		{"no cryptogram", quick(func(c *tapToy) { delete(c.objects, emv.TagAC) }), emv.StepInitiate, emv.ErrMagstripe},
		{"plain values", quick(answers(0xA8, "80060000080101009000")), emv.StepInitiate, emv.ErrMagstripe},
		{"another template", quick(func(c *tapToy) { c.template = emv.TagRecord }), emv.StepInitiate, emv.ErrFormat},
		{"nonsense", quick(answers(0xA8, "77FF9000")), emv.StepInitiate, emv.ErrFormat},
		{"an answer too short", quick(answers(0xA8, "90")), emv.StepInitiate, emv.ErrAnswer},
		{"twice the same", quick(func(c *tapToy) { c.order = append(c.order, emv.TagATC) }), emv.StepInitiate, emv.ErrDuplicate},
		{"no counter", quick(func(c *tapToy) { delete(c.objects, emv.TagATC) }), emv.StepInitiate, emv.ErrMissing},
		{"no issuer data", quick(func(c *tapToy) { delete(c.objects, emv.TagIAD) }), emv.StepInitiate, emv.ErrMissing},
		{"no track", quick(func(c *tapToy) { delete(c.objects, emv.TagTrack2) }), emv.StepCardData, emv.ErrMissing},
		{"a track that is none", quick(func(c *tapToy) { c.objects[emv.TagTrack2] = "1234" }), emv.StepCardData, emv.ErrFormat},
		{"a counter of three bytes", quick(func(c *tapToy) { c.objects[emv.TagATC] = "000042" }), emv.StepInitiate, emv.ErrFormat},
		{"a cryptogram of seven bytes", quick(func(c *tapToy) { c.objects[emv.TagAC] = "11223344556677" }), emv.StepInitiate, emv.ErrFormat},
		{"no type of cryptogram anywhere", quick(func(c *tapToy) {
			delete(c.objects, emv.TagCID)
			c.objects[emv.TagIAD] = "0601"
		}), emv.StepInitiate, emv.ErrMissing},
		{"an approval that was not asked for", func(c *emv.Config) *tapToy {
			c.ForceOnline = true
			card := newQuick()
			card.objects[emv.TagCID] = "40"
			return card
		}, emv.StepInitiate, emv.ErrCryptogramType},
		{"an AFL that is none", quick(func(c *tapToy) { c.objects[emv.TagAFL] = "00" }), emv.StepInitiate, emv.ErrFormat},
		{"a record that is none", quick(func(c *tapToy) {
			c.objects[emv.TagAFL] = "08010100"
			answers(0xB2, "6A83")(c)
		}), emv.StepReadRecord, emv.ErrStatus},
		{"another number in a record", quick(func(c *tapToy) {
			c.objects[emv.TagAFL] = "08010100"
			c.records = map[string]string{"010C": object(emv.TagPAN, "4761739001010119")}
		}), emv.StepCardData, emv.ErrFormat},
		{"the directory is blocked", quick(answers(0xA4, "6A81")), emv.StepSelectProximity, emv.ErrCardBlocked},
		{"the directory is nonsense", quick(answers(0xA4, "6FFF9000")), emv.StepSelectProximity, emv.ErrFormat},
		{"the directory is empty", quick(answers(0xA4, "6F0284009000")), emv.StepSelectProximity, emv.ErrMissing},
		{"the stripe's mode alone", readable(func(_ *emv.Config, c *tapToy) { c.objects[emv.TagAIP] = "1000" }), emv.StepInitiate, emv.ErrMagstripe},
		{"M/Chip over the limit", readable(func(cfg *emv.Config, _ *tapToy) { cfg.Amount = 1000_00 }), emv.StepChoose, emv.ErrUseContacts},
		{"M/Chip over the limit of those that do not verify", readable(func(cfg *emv.Config, _ *tapToy) {
			cfg.Amount, cfg.Contactless.Limits.OnDevice = 1000_00, 5000_00
		}), emv.StepChoose, emv.ErrUseContacts},
		{"M/Chip without a list", readable(func(_ *emv.Config, c *tapToy) {
			c.records["010C"] = object(emv.TagPAN, toyNumber) + object(emv.TagExpiry, "311231")
		}), emv.StepCardData, emv.ErrMissing},
		{"M/Chip without an expiry date", readable(func(_ *emv.Config, c *tapToy) {
			c.records["010C"] = object(emv.TagPAN, toyNumber) + object(emv.TagCDOL1, toyList)
		}), emv.StepCardData, emv.ErrMissing},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := tapShop()
			card := tc.card(&cfg)
			txn, err := tap(t, cfg, card)
			var fault *emv.Error
			if !errors.As(err, &fault) || !errors.Is(err, tc.cause) || fault.Step != tc.step {
				t.Fatalf("got %v, want %v at %s", err, tc.cause, tc.step)
			}
			if txn.Decision() != emv.DecisionNone || txn.ICC() != nil {
				t.Errorf("decision %v, chip data %X", txn.Decision(), txn.ICC())
			}
		})
	}
}

// A card that leaves the type of its cryptogram out says it in its issuer data.
func TestTapCryptogramType(t *testing.T) {
	for results, want := range map[string]emv.Decision{"A0": emv.GoOnline, "80": emv.DeclinedOffline, "90": emv.DeclinedOffline} {
		card := newQuick()
		delete(card.objects, emv.TagCID)
		card.objects[emv.TagIAD] = "06010A03" + results + "0000"
		txn, err := tap(t, tapShop(), card)
		if err != nil || txn.Decision() != want {
			t.Errorf("%s: %v, %v, want %v", results, txn.Decision(), err, want)
		}
	}
}

// An approval by the card alone stands only with a signature; without one the card says
// what comes in its place.
func TestTapApprovalWithoutSignature(t *testing.T) {
	for _, tc := range []struct {
		ctq    string
		change func(*emv.Config)
		want   string
	}{
		{"0000", nil, "declined offline Z1"},
		{"2000", nil, "go online "},
		{"2000", func(c *emv.Config) { c.TerminalType = 0x23 }, "declined offline Z1"},
		{"1000", nil, "not possible without contacts"},
		{"3000", nil, "go online "},
		{"2000", func(c *emv.Config) { c.Date = c.Date.AddDate(6, 0, 0) }, "declined offline Z1"}, // expired
		{"0800", func(c *emv.Config) { c.Date = c.Date.AddDate(6, 0, 0) }, "go online "},
	} {
		cfg, card := tapShop(), newQuick()
		if tc.change != nil {
			tc.change(&cfg)
		}
		card.objects[emv.TagCID], card.objects[emv.TagCTQ] = "40", tc.ctq
		card.objects[emv.TagAFL] = "08010100"
		card.records = map[string]string{"010C": object(emv.TagExpiry, "311231")}
		txn, err := tap(t, cfg, card)
		got := fmt.Sprintf("%v %s", txn.Decision(), txn.Evidence().ARC)
		if fault := (*emv.Error)(nil); errors.As(err, &fault) {
			got = fault.Err.Error()
		}
		if got != tc.want {
			t.Errorf("qualifiers %s: %s, want %s", tc.ctq, got, tc.want)
		}
	}
}

// A card on the exception file is not taken, whatever it says.
func TestTapExcepted(t *testing.T) {
	for _, toy := range []*tapToy{newQuick(), newReadable()} {
		cfg := tapShop()
		cfg.TAC.Denial = [5]byte{0x10}
		cfg.Excepted = func(pan card.PAN, _ string) bool { return pan.Masked() == "476173******0010" }
		txn, err := tap(t, cfg, toy)
		if err != nil || txn.Decision() != emv.DeclinedOffline {
			t.Errorf("%v, %v", txn.Decision(), err)
		}
	}
}

// The card that is still there is told the issuer's answer; what becomes of that does
// not change the decision.
func TestTapIssuerAnswer(t *testing.T) {
	answer := emv.IssuerResult{ARC: "00", IssuerAuthData: unhex("11223344556677883030")}
	scripted := answer
	scripted.Scripts = unhex(script(0x71, "00000001", "8424000100") + script(0x72, "00000002", "841E000000"))
	status := func(ins byte, status string) func(*tapToy) {
		return func(c *tapToy) {
			c.bend = func(command []byte, plain string) string {
				if command[1] == ins {
					return status
				}
				return plain
			}
		}
	}
	const selectAgain, prove, blockPIN, blockApp = "00A4040007A000000003101000", "008200000A11223344556677883030", "8424000100", "841E000000"
	for _, tc := range []struct {
		name   string
		result emv.IssuerResult
		ctq    string
		change func(*tapToy)
		sent   []string
		want   string
	}{
		{"approved and proved", answer, "0040", nil, []string{selectAgain, prove}, "approved passed"},
		{"scripts", scripted, "0040", nil, []string{selectAgain, prove, blockPIN, blockApp}, "approved passed"},
		{"declined and proved", emv.IssuerResult{ARC: "51", IssuerAuthData: answer.IssuerAuthData}, "0040", nil, []string{selectAgain, prove}, "declined passed"},
		{"not believed", scripted, "0040", status(0x82, "6300"), []string{selectAgain, prove}, "approved failed"},
		{"a card that takes no answer", answer, "0000", nil, nil, "approved not performed"},
		{"an issuer that sends nothing", emv.IssuerResult{ARC: "00"}, "0040", nil, nil, "approved not performed"},
		{"a card that does not start again", answer, "0040", status(0xA4, "6A82"), []string{selectAgain}, "approved not performed"},
		{"a card that is gone", answer, "0040", status(0xA4, ""), []string{selectAgain}, "approved not performed"},
		{"a card that leaves", answer, "0040", status(0x82, ""), []string{selectAgain, prove}, "approved not performed"},
		{"nobody could be asked", emv.IssuerResult{UnableOnline: true}, "0040", nil, nil, "declined offline not performed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, card := tapShop(), newQuick()
			cfg.ForceOnline, card.objects[emv.TagCTQ] = true, tc.ctq
			txn, err := tap(t, cfg, card)
			if err != nil || txn.Decision() != emv.GoOnline {
				t.Fatal(txn.Decision(), err)
			}
			card.sent = nil
			if tc.change != nil {
				tc.change(card)
			}
			txn.Complete(tc.result)
			if err := converse(txn, card.Exec); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%v %v", txn.Decision(), txn.Evidence().IssuerAuth); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if !slices.Equal(card.sent, tc.sent) {
				t.Errorf("sent %v, want %v", card.sent, tc.sent)
			}
		})
	}
}

// A transport that fails after the issuer answered leaves the decision known.
func TestTapDecisionStandsAtOnce(t *testing.T) {
	cfg, card := tapShop(), newQuick()
	cfg.ForceOnline, card.objects[emv.TagCTQ] = true, "0040"
	txn, err := tap(t, cfg, card)
	if err != nil {
		t.Fatal(err)
	}
	txn.Complete(emv.IssuerResult{ARC: "00", IssuerAuthData: make([]byte, 10)})
	if _, more, err := txn.Next(nil); !more || err != nil || txn.Decision() != emv.Approved {
		t.Errorf("more %v, %v, %v", more, err, txn.Decision())
	}
}

// The path of the M/Chip shape: what the holder is asked, and that the issuer's word is
// the last one.
func TestTapMChip(t *testing.T) {
	for _, tc := range []struct {
		name   string
		amount int64
		aip    string
		change func(*emv.Config)
		want   string // results, capabilities, decision
	}{
		{"below the limit", 99_99, "1080", nil, "1F0302 E00800 go online"},
		{"signature", 100_00, "1080", nil, "5E0300 E02000 go online"},
		{"PIN", 100_00, "1080", func(c *emv.Config) {
			c.Capabilities[1] |= 0x40
			c.OnlinePIN = func() emv.PINEntry { return emv.PINEntered }
		}, "420300 E06000 go online"},
		{"PIN of the card is not for contactless", 100_00, "1080", func(c *emv.Config) { c.Capabilities[1] |= 0x80 }, "5E0300 E02000 go online"},
		{"device", 100_00, "1280", nil, "010002 E02000 go online"},
		{"device below the limit", 99_99, "1280", nil, "3F0002 E00800 go online"},
		{"device beyond the limit of others", 2000_00, "1280", func(c *emv.Config) { c.Contactless.Limits.OnDevice = 5000_00 }, "010002 E02000 go online"},
		{"device that the reader does not know", 100_00, "1280", func(c *emv.Config) { c.Contactless.Qualifiers[2] = 0 }, "5E0300 E02000 go online"},
		{"the card asks for no verification", 100_00, "0080", nil, "3F0000 E02000 go online"},
		{"under the floor limit", 50_00, "1080", nil, "1F0302 E00800 approved offline"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg, card := tapShop(), newReadable()
			cfg.Capabilities = [3]byte{0xE0, 0x28, 0x00}
			cfg.Amount = tc.amount
			cfg.TAC.Online = [5]byte{0, 0, 0, 0x80} // the floor limit
			if tc.change != nil {
				tc.change(&cfg)
			}
			card.objects[emv.TagAIP] = tc.aip
			txn, err := tap(t, cfg, card)
			if err != nil {
				t.Fatal(err)
			}
			cvm := txn.Evidence().CVMResults
			can := txn.Value(emv.TagTerminalCapabilities)
			if got := fmt.Sprintf("%X %X %v", cvm[:], can, txn.Decision()); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			last := card.sent[len(card.sent)-1]
			if !strings.HasPrefix(last, "80AE") || !strings.HasSuffix(last, fmt.Sprintf("%X%X00", cvm[:], can)) {
				t.Errorf("the card was told %s", last)
			}
		})
	}
}

func TestTapMChipIssuerAnswer(t *testing.T) {
	for arc, want := range map[string]emv.Decision{"00": emv.Approved, "05": emv.Declined} {
		cfg, card := tapShop(), newReadable()
		cfg.ForceOnline = true
		txn, err := tap(t, cfg, card)
		if err != nil || txn.Decision() != emv.GoOnline {
			t.Fatal(txn.Decision(), err)
		}
		before := len(card.sent)
		txn.Complete(emv.IssuerResult{ARC: arc, IssuerAuthData: make([]byte, 10)})
		if err := converse(txn, card.Exec); err != nil || txn.Decision() != want || len(card.sent) != before {
			t.Errorf("%s: %v, %v, %d commands, want %v and none", arc, txn.Decision(), err, len(card.sent)-before, want)
		}
	}
}

// A configuration of a reader that cannot be is refused.
func TestTapConfig(t *testing.T) {
	for name, change := range map[string]func(*emv.Config){
		"no EMV mode":        func(c *emv.Config) { c.Contactless.Qualifiers[0] = 0x12 },
		"magnetic stripe":    func(c *emv.Config) { c.Contactless.Qualifiers[0] |= 0x80 },
		"bits of the limits": func(c *emv.Config) { c.Contactless.Qualifiers[1] = 0x40 },
		"negative limit":     func(c *emv.Config) { c.Contactless.Limits.CVM = -1 },
		"limit of a scheme":  func(c *emv.Config) { c.AIDs[1].Contactless = &emv.ContactlessLimits{Floor: 1e12} },
	} {
		cfg := tapShop()
		change(&cfg)
		if _, err := emv.NewTransaction(cfg); !errors.Is(err, emv.ErrConfig) {
			t.Errorf("%s: got %v, want ErrConfig", name, err)
		}
	}
}

// The virtual cards verify the issuer, and their issuer them.
func TestVirtualTapsProveEachOther(t *testing.T) {
	for _, profile := range []virtual.Profile{virtual.TapVisa(), virtual.Phone()} {
		chip, txn := virtual.NewCard(profile), start(t, shopFor(profile))
		if err := converse(txn, contact(chip)); err != nil || txn.Decision() != emv.GoOnline {
			t.Fatal(txn.Decision(), err)
		}
		right := issue(t, txn, "00")
		wrong := right
		wrong.IssuerAuthData = bytes.Clone(right.IssuerAuthData)
		wrong.IssuerAuthData[0] ^= 1
		for _, tc := range []struct {
			answer emv.IssuerResult
			want   emv.IssuerAuth
		}{{right, emv.IssuerAuthPassed}, {wrong, emv.IssuerAuthFailed}} {
			chip, txn := virtual.NewCard(profile), start(t, shopFor(profile))
			if err := converse(txn, contact(chip)); err != nil {
				t.Fatal(err)
			}
			txn.Complete(tc.answer)
			if err := converse(txn, contact(chip)); err != nil || txn.Decision() != emv.Approved || txn.Evidence().IssuerAuth != tc.want {
				t.Errorf("%s: %v, %v, %v, want approved and %v", profile.Name, txn.Decision(), err, txn.Evidence().IssuerAuth, tc.want)
			}
		}
	}
}

// A card that approves by itself is believed only with the right signature.
func TestVirtualTapApprovesOffline(t *testing.T) {
	quick := func(change func(*emv.Config)) emv.Config {
		cfg := shop()
		cfg.Contactless, cfg.Capabilities[2], cfg.CAKeys = proximity(), 0x48, oda.TestKeys()
		if change != nil {
			change(&cfg)
		}
		return cfg
	}
	for _, tc := range []struct {
		name   string
		change func(*emv.Config)
		spoil  func([]byte) []byte
		want   emv.Decision
		tvr    string
	}{
		{"signed", nil, nil, emv.ApprovedOffline, "0000000000"},
		{"a reader without keys", func(c *emv.Config) { c.CAKeys = nil }, nil, emv.GoOnline, "0800000000"},
		{"a reader that does not authenticate", func(c *emv.Config) { c.Capabilities[2] = 0 }, nil, emv.GoOnline, "0000000000"},
		{"another signature", nil, func(b []byte) []byte {
			if at := bytes.Index(b, []byte{0x9F, 0x4B, 0x70}); at >= 0 {
				b[at+20] ^= 1
			}
			return b
		}, emv.GoOnline, "0800000000"},
		{"another number of the card", nil, func(b []byte) []byte {
			if at := bytes.Index(b, []byte{0x9F, 0x69}); at >= 0 {
				b[at+4] ^= 1
			}
			return b
		}, emv.GoOnline, "0800000000"},
		{"another version", nil, func(b []byte) []byte {
			if at := bytes.Index(b, []byte{0x9F, 0x69}); at >= 0 {
				b[at+3] = 2
			}
			return b
		}, emv.GoOnline, "0800000000"},
		{"over the card's limit", func(c *emv.Config) { c.Amount, c.Contactless.Limits.Floor = 50_01, 100_00 }, nil, emv.GoOnline, "0000000000"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			exec := contact(virtual.NewCard(virtual.TapVisa()))
			txn := start(t, quick(tc.change))
			err := converse(txn, func(command []byte) []byte {
				if tc.spoil == nil {
					return exec(command)
				}
				return tc.spoil(exec(command))
			})
			e := txn.Evidence()
			if err != nil || txn.Decision() != tc.want || fmt.Sprintf("%X", e.TVR[:]) != tc.tvr {
				t.Errorf("%v, %v, TVR %X, want %v, %s", txn.Decision(), err, e.TVR, tc.want, tc.tvr)
			}
		})
	}
}

// The M/Chip shape signs its cryptogram where the reader asks for it, and a wrong
// signature is declined without asking the card again.
func TestVirtualTapCombined(t *testing.T) {
	for _, tc := range []struct {
		spoil bool
		want  emv.Decision
		bit   byte
	}{{false, emv.GoOnline, 0}, {true, emv.DeclinedOffline, 0x04}} {
		cfg := shopFor(virtual.TapMC())
		cfg.Capabilities[2], cfg.CAKeys = 0x48, oda.TestKeys()
		exec, generated := contact(virtual.NewCard(virtual.TapMC())), 0
		txn := start(t, cfg)
		err := converse(txn, func(command []byte) []byte {
			answer := exec(command)
			if command[1] == 0xAE {
				generated++
				if tc.spoil {
					answer[len(answer)-10] ^= 1
				}
			}
			return answer
		})
		if err != nil || txn.Decision() != tc.want || txn.Evidence().TVR[0] != tc.bit || generated != 1 {
			t.Errorf("spoilt %v: %v, %v, TVR %X, %d cryptograms", tc.spoil, txn.Decision(), err, txn.Evidence().TVR, generated)
		}
	}
}

// A phone that is locked asks for its holder once.
func TestVirtualPhoneIsUnlocked(t *testing.T) {
	profile := virtual.Phone()
	profile.Applications[0].Tap.Locked = true
	chip, cfg := virtual.NewCard(profile), shopFor(profile)
	cfg.Amount = 100_00
	txn := start(t, cfg)
	if err := converse(txn, contact(chip)); !errors.Is(err, emv.ErrSeePhone) {
		t.Fatalf("got %v, want ErrSeePhone", err)
	}
	chip.Reset()
	txn = start(t, cfg)
	if err := converse(txn, contact(chip)); err != nil || txn.Decision() != emv.GoOnline || txn.Evidence().CVMResults != (emv.CVMResults{0x01, 0, 0x02}) {
		t.Errorf("%v, %v, %X", txn.Decision(), err, txn.Evidence().CVMResults)
	}
}
