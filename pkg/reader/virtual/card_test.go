package virtual_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// Every command in every state, against the table of doc.go.
func TestCommandsInTheirTurn(t *testing.T) {
	const table = `
		command                  idle directory selected initiated online done
		SELECT-PSE               9000 9000      9000     9000      9000   9000
		SELECT-AID               9000 9000      9000     9000      9000   9000
		SELECT-unknown           6A82 6A82      6A82     6A82      6A82   6A82
		SELECT-next              6A82 6A82      6A82     6A82      6A82   6A82
		READ-RECORD              6985 9000      6985     9000      9000   9000
		GET-DATA                 6985 6985      9000     9000      9000   9000
		GET-PROCESSING-OPTIONS   6985 6985      9000     6985      6985   6985
		VERIFY                   6985 6985      6985     9000      6985   6985
		INTERNAL-AUTHENTICATE    6985 6985      6985     6985      6985   6985
		GENERATE-AC-ARQC         6985 6985      6985     9000      6985   6985
		GENERATE-AC-TC           6985 6985      6985     9000      6700   6985
		GENERATE-AC-AAC          6985 6985      6985     9000      6700   6985
		GENERATE-AC-2-AAC        6985 6985      6985     6700      9000   6985
		EXTERNAL-AUTHENTICATE    6985 6985      6985     6985      6300   6985
		GET-CHALLENGE            6D00 6D00      6D00     6D00      6D00   6D00
	`
	rows := strings.Split(strings.TrimSpace(table), "\n")
	states := strings.Fields(rows[0])[1:]
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		for i, state := range states {
			x := newTerminal(t, virtual.Visa())
			commands := map[string]string{
				"SELECT-PSE":             selectPSE,
				"SELECT-AID":             selectAID(x.app),
				"SELECT-unknown":         "00A4040007 A0000000041010 00",
				"SELECT-next":            "00A4040207 A0000000031010 00",
				"READ-RECORD":            readRecord,
				"GET-DATA":               getATC,
				"GET-PROCESSING-OPTIONS": options,
				"VERIFY":                 goodPIN,
				"INTERNAL-AUTHENTICATE":  "0088000004 01020304 00",
				"GENERATE-AC-ARQC":       acCommand("80", x.cdol(x.app.CDOL1, "", nil)),
				"GENERATE-AC-TC":         acCommand("40", x.cdol(x.app.CDOL1, "", nil)),
				"GENERATE-AC-AAC":        acCommand("00", x.cdol(x.app.CDOL1, "", nil)),
				"GENERATE-AC-2-AAC":      acCommand("00", x.cdol(x.app.CDOL2, "05", nil)),
				"EXTERNAL-AUTHENTICATE":  authenticate(make([]byte, 10)),
				"GET-CHALLENGE":          "0084000000",
			}
			x.to(state)
			if _, sw := x.send(commands[cells[0]]); sw != cells[1+i] {
				t.Errorf("%s in state %s: got %s, want %s", cells[0], state, sw, cells[1+i])
			}
		}
	}
}

// What is wrong with a command itself, in the state where it is in its turn.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, state, command, sw string }{
		{"nothing", "idle", "", "6700"},
		{"three bytes", "idle", "00A404", "6700"},
		{"class 10", "idle", "10A40400", "6E00"},
		{"class FF", "idle", "FFCA000000", "6E00"},
		{"SELECT under class 80", "idle", "80A4040007 A0000000031010 00", "6E00"},
		{"GENERATE AC under class 00", "initiated", "00AE800000", "6E00"},
		{"unknown instruction", "idle", "00FF0000", "6D00"},
		{"unknown instruction under class 80", "idle", "80020000", "6D00"},
		{"GET RESPONSE under T=1", "idle", "00C0000010", "6D00"},
		{"extended length", "idle", "00A40400 000007 A0000000031010", "6700"},
		{"data cut short", "idle", "00A4040007 A00000000310", "6700"},
		{"data too long", "idle", "00A4040007 A0000000031010 0000", "6700"},
		{"SELECT by identifier", "idle", "00A4000002 3F00", "6A86"},
		{"SELECT last occurrence", "idle", "00A4040107 A0000000031010 00", "6A86"},
		{"SELECT without a name", "idle", "00A4040000", "6700"},
		{"SELECT of four bytes", "idle", "00A4040004 A0000000 00", "6700"},
		{"SELECT of seventeen bytes", "idle", "00A4040011 A000000003101000000000000000000000 00", "6700"},
		{"SELECT longer than the name", "idle", "00A4040008 A000000003101000 00", "6A82"},
		{"SELECT of the contactless directory", "idle", "00A404000E 325041592E5359532E4444463031 00", "6A82"},
		{"READ RECORD by identifier", "initiated", "00B2010800", "6A86"},
		{"READ RECORD of file 0", "initiated", "00B2010400", "6A86"},
		{"READ RECORD of file 31", "initiated", "00B201FC00", "6A86"},
		{"READ RECORD 0", "initiated", "00B2000C00", "6A83"},
		{"READ RECORD behind the last", "initiated", "00B2020C00", "6A83"},
		{"READ RECORD of another file", "initiated", "00B2011C00", "6A82"},
		{"READ RECORD with data", "initiated", "00B2010C01 00", "6700"},
		{"READ RECORD with Le too short", "initiated", "00B2010C10", "6C22"},
		{"directory record 0", "directory", "00B2000C00", "6A83"},
		{"directory record behind the last", "directory", "00B2020C00", "6A83"},
		{"directory of another file", "directory", "00B2011400", "6A82"},
		{"GET DATA of what is not there", "selected", "80CA9F4F00", "6A88"},
		{"GET DATA with data", "selected", "80CA9F3601 00", "6700"},
		{"GET PROCESSING OPTIONS with P1", "selected", "80A8010004 83020156 00", "6A86"},
		{"GET PROCESSING OPTIONS without data", "selected", "80A8000000", "6A80"},
		{"GET PROCESSING OPTIONS without template", "selected", "80A8000002 0156 00", "6A80"},
		{"GET PROCESSING OPTIONS too short", "selected", "80A8000003 830101 00", "6700"},
		{"GET PROCESSING OPTIONS with a wrong length inside", "selected", "80A8000004 83010156 00", "6700"},
		{"VERIFY enciphered", "initiated", "0020008808 241234FFFFFFFFFF", "6A86"},
		{"VERIFY of seven bytes", "initiated", "0020008007 241234FFFFFFFF", "6700"},
		{"VERIFY without data", "initiated", "00200080", "6700"},
		{"GENERATE AC of no kind", "initiated", "80AEC00000", "6A86"},
		{"GENERATE AC with CDA", "initiated", "80AE900000", "6A86"},
		{"GENERATE AC with P2", "initiated", "80AE800100", "6A86"},
		{"GENERATE AC without data", "initiated", "80AE800000", "6700"},
		{"EXTERNAL AUTHENTICATE with P2", "online", "0082000108 0000000000000000", "6A86"},
		{"EXTERNAL AUTHENTICATE of seven bytes", "online", "0082000007 00000000000000", "6700"},
		{"EXTERNAL AUTHENTICATE of seventeen bytes", "online", "0082000011 0000000000000000000000000000000000", "6700"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTerminal(t, virtual.Visa())
			x.to(c.state)
			if got := hexOf(x.card.Exec(unhex(t, c.command))); got != c.sw {
				t.Errorf("%s: got %s, want %s", c.command, got, c.sw)
			}
		})
	}
}

// A refused command changes nothing: the payment goes on after it.
func TestRefusalsChangeNothing(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	for _, state := range []string{"selected", "initiated", "online", "done"} {
		x.card.Reset()
		x.to(state)
		for _, bad := range []string{"00A4040007A0000000041010", "00B2010800", "80CA9F4F00", "00FF0000", "0084000000", "80AEC00000", "00A404"} {
			x.send(bad)
		}
		switch state {
		case "selected":
			x.want("9000", options)
		case "initiated":
			x.generate("80")
		case "online":
			x.finish("00", "05", nil)
		case "done":
			x.want("9000", getATC)
		}
	}
}

func TestSelection(t *testing.T) {
	const partial = "00A4040005 A000000003 00"
	const next = "00A4040205 A000000003 00"
	x := newTerminal(t, virtual.Pair())
	debit, credit := "A0000000032010", "A0000000031010"
	for _, c := range []struct{ command, aid string }{{partial, debit}, {next, credit}, {partial, debit}, {next, credit}} {
		if data := x.want("9000", c.command); !strings.Contains(hexOf(data), "8407"+c.aid) {
			t.Errorf("%s selected %X, want %s", c.command, data, c.aid)
		}
	}
	x.want("6A82", next)
	x.want("9000", "80CA9F3600") // the last one found stays selected
	x.want("6A82", "00A4040206 A00000000310 00")
	x.want("9000", selectPSE)
	x.want("6985", "80CA9F3600") // the directory ends the application
	x.want("6A82", next)
}

func TestDirectoryListsEveryApplication(t *testing.T) {
	x := newTerminal(t, virtual.Pair())
	fci := hexOf(x.want("9000", selectPSE))
	if want := "6F1C840E315041592E5359532E4444463031A50A8801015F2D04656E7A68"; fci != want {
		t.Errorf("directory: got %s, want %s", fci, want)
	}
	for i, want := range []string{"A0000000032010", "A0000000031010"} {
		if data := x.want("9000", fmt.Sprintf("00B2%02X0C00", i+1)); !strings.Contains(hexOf(data), "4F07"+want) {
			t.Errorf("record %d: %X, want %s", i+1, data, want)
		}
	}
	x.want("6A83", "00B2030C00")
}

func TestCardWithoutDirectory(t *testing.T) {
	p := virtual.Visa()
	p.PSE = false
	x := newTerminal(t, p)
	x.want("6A82", selectPSE)
	x.want("9000", selectAID(x.app))
}

func TestBlockedCard(t *testing.T) {
	p := virtual.Visa()
	p.Blocked = true
	x := newTerminal(t, p)
	x.want("6A81", selectPSE)
	x.want("6A81", selectAID(x.app))
}

func TestBlockedApplication(t *testing.T) {
	for _, protocol := range []reader.Protocol{reader.T0, reader.T1} {
		p := virtual.Visa()
		p.Protocol = protocol
		p.Applications[0].Blocked = true
		x := newTerminal(t, p)
		x.want("6283", selectAID(x.app))
		x.want("9000", options)
		if got := x.generate("80"); got.kind != "AAC" {
			t.Errorf("T=%d: cryptogram %s, want AAC", protocol, got.kind)
		}
	}
}

func TestCounters(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	x.want("9000", selectAID(x.app))
	wantData := func(when, tag, want string) {
		t.Helper()
		if got := hexOf(x.want("9000", "80CA"+tag+"00")); got != want {
			t.Errorf("%s: %s is %s, want %s", when, tag, got, want)
		}
	}
	wantData("before", "9F36", "9F36020041")
	wantData("before", "9F13", "9F13020040")
	wantData("before", "9F17", "9F170103")
	x.want("9000", options)
	wantData("after GET PROCESSING OPTIONS", "9F36", "9F36020042")
	x.card.Reset()
	x.want("9000", selectAID(x.app))
	wantData("after a reset", "9F36", "9F36020042")
	x.want("9000", options)
	arqc := x.generate("80")
	x.want("9000", authenticate(x.issuerAnswer(arqc, ac.Approve())))
	x.finish("40", "00", nil)
	wantData("after an online transaction", "9F13", "9F13020043")
}

func TestCounterAtItsEnd(t *testing.T) {
	p := virtual.Visa()
	p.Applications[0].ATC = 0xFFFE
	x := newTerminal(t, p)
	x.to("initiated")
	x.want("9000", selectAID(x.app))
	x.want("6985", options)
}

func TestPIN(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	x.to("initiated")
	for _, step := range []struct{ command, sw string }{
		{goodPIN, "9000"},
		{wrongPIN, "63C2"},
		{goodPIN, "9000"}, // and the tries are back
		{"0020008008 251234FFFFFFFFFF", "63C2"},
		{"0020008008 FFFFFFFFFFFFFFFF", "63C1"},
		{wrongPIN, "63C0"},
		{wrongPIN, "6983"},
		{goodPIN, "6983"},
	} {
		if _, sw := x.send(step.command); sw != step.sw {
			t.Errorf("%s: got %s, want %s", step.command, sw, step.sw)
		}
	}
	x.card.Reset()
	x.to("initiated")
	x.want("6983", goodPIN) // a power cut gives no tries back
	if got := x.want("9000", "80CA9F1700"); hexOf(got) != "9F170100" {
		t.Errorf("PIN tries: got %X, want none", got)
	}
}

// An enciphered PIN goes with the number of the command just before it, once.
func TestEncipheredPIN(t *testing.T) {
	x := newTerminal(t, virtual.EncipheredPIN())
	x.to("initiated")
	objects, issuer, _ := chainOf(t, x)
	key, err := oda.RecoverPIN(issuer.Key, oda.Certificate{
		Signed: objects[emv.TagPINCertificate], Remainder: objects[emv.TagPINRemainder], Exponent: objects[emv.TagPINExponent],
	}, oda.Holder{PAN: x.app.PAN})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.NewChaCha8([32]byte{1})
	number := func() [8]byte { return [8]byte(x.want("9000", "0084000000")) }
	verify := func(pin string, number [8]byte) string {
		data, err := oda.EncipherPIN(key.Key, card.NewSecret(pin), number, random)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("00200088%02X%X", len(data), data)
	}

	first := verify("1234", number())
	x.want("9000", first)
	x.want("6984", first) // nobody can send it again
	x.want("6984", verify("1234", [8]byte{}))
	x.want("63C2", verify("9999", number()))
	again := verify("1234", number())
	x.want("9000", getATC)
	x.want("6984", again) // another command came between
	if tries := x.want("9000", "80CA9F1700"); hexOf(tries) != "9F170102" {
		t.Errorf("tries %X: what is no PIN costs none", tries)
	}
	if one, other := number(), number(); one == other {
		t.Error("the card gives the same number twice")
	}
	x.want("6700", "0020008808 241234FFFFFFFFFF")
	x.want("6A86", "0084010000")
	x.want("9000", goodPIN) // it takes a plaintext one too
	x.generate("80")
	x.want("6985", "0084000000")
}

func TestPINLengths(t *testing.T) {
	for pin, want := range map[string]struct{ block, sw string }{
		"":              {"241234FFFFFFFFFF", "6984"},
		"123":           {"23123FFFFFFFFFFF", "6984"},
		"1234":          {"241234FFFFFFFFFF", "9000"},
		"12345":         {"2512345FFFFFFFFF", "9000"},
		"123456789012":  {"2C123456789012FF", "9000"},
		"1234567890123": {"2D1234567890123F", "6984"},
	} {
		p := virtual.Visa()
		p.PIN = card.NewSecret(pin)
		x := newTerminal(t, p)
		x.to("initiated")
		if _, sw := x.send("0020008008" + want.block); sw != want.sw {
			t.Errorf("PIN of %d digits: got %s, want %s", len(pin), sw, want.sw)
		}
	}
}

func TestProfilesAreCards(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range virtual.Profiles() {
		found, ok := virtual.ProfileByName(p.Name)
		if !ok || found.Name != p.Name || seen[p.Name] {
			t.Errorf("profile %q is not found by its name, or not alone in having it", p.Name)
		}
		seen[p.Name] = true
		if got := virtual.NewCard(p).Name(); got != p.Name {
			t.Errorf("card of %q calls itself %q", p.Name, got)
		}
		for _, a := range p.Applications {
			if !a.PAN.LuhnValid() || !a.PAN.IsPublishedTest() {
				t.Errorf("%s, %s: %v is no test number", p.Name, a.Label, a.PAN)
			}
		}
	}
	if _, ok := virtual.ProfileByName("none"); ok {
		t.Error("a profile was found that is not there")
	}
}

func TestProfileThatIsNoCard(t *testing.T) {
	for name, spoil := range map[string]func(*virtual.Application){
		"master key":     func(a *virtual.Application) { a.MasterKey = a.MasterKey[:15] },
		"number":         func(a *virtual.Application) { a.PAN = card.PAN{} },
		"CDOL1":          func(a *virtual.Application) { a.CDOL1 = []byte{0x9F} },
		"CDOL2":          func(a *virtual.Application) { a.CDOL2 = []byte{0x9F, 0x02} },
		"PDOL cut short": func(a *virtual.Application) { a.PDOL = []byte{0x9F, 0x1A} },
	} {
		p := virtual.Visa()
		spoil(&p.Applications[0])
		x := newTerminal(t, p)
		x.want("9000", selectAID(x.app))
		if _, sw := x.send(options); sw != "6F00" {
			t.Errorf("%s: GET PROCESSING OPTIONS got %s, want 6F00", name, sw)
		}
	}
	p := virtual.Visa()
	p.Applications[0].CVN = 99
	x := newTerminal(t, p)
	x.to("initiated")
	x.want("6F00", acCommand("80", x.cdol(x.app.CDOL1, "", nil)))
}

func TestExpiryIsTheLastDay(t *testing.T) {
	for expiry, want := range map[card.Expiry]string{"3112": "311231", "3004": "300430", "2702": "270228", "2802": "280229"} {
		p := virtual.Visa()
		p.Applications[0].Expiry = expiry
		x := newTerminal(t, p)
		x.to("initiated")
		if got := hexOf(x.want("9000", "00B2011400")); !strings.Contains(got, "5F2403"+want) {
			t.Errorf("%s: got %s, want 5F24 %s", expiry, got, want)
		}
	}
}

func TestCardIsACopyOfItsProfile(t *testing.T) {
	p := virtual.Visa()
	x := newTerminal(t, p)
	command := selectAID(x.app)
	for _, b := range [][]byte{p.Applications[0].AID, p.Applications[0].CDOL1, p.Applications[0].MasterKey} {
		clear(b)
	}
	x.app = virtual.Visa().Applications[0]
	x.want("9000", command)
	x.want("9000", options)
	x.verify(x.generate("80"))
}

func TestFaults(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	x.card.FailAt(2, 0x6F00)
	x.card.RemoveAt(4)
	x.want("9000", selectPSE)
	x.want("6F00", readRecord)
	x.want("9000", readRecord) // once
	for range 2 {
		if got := x.card.Exec(unhex(t, readRecord)); got != nil {
			t.Errorf("a removed card answered %X", got)
		}
	}
	x.card.Reset()
	for range 6 {
		x.want("9000", selectPSE)
	}
	x.card.FailAt(1, 0x6A82)
	x.card.Reset()
	x.want("6A82", selectPSE)
}

// The procedure bytes of T=0, as ISO/IEC 7816-3 and EMV Book 1, 9.2.2 have them.
func TestT0(t *testing.T) {
	p := virtual.Visa()
	p.Protocol = reader.T0
	for _, script := range []struct{ name, text string }{
		{"case 4 keeps its response", `
			00A404000E315041592E5359532E4444463031    611E
			00C000001E                                6F1C840E315041592E5359532E4444463031A50A8801015F2D04656E7A68 9000
			00C000001E                                6985`},
		{"a response in parts", `
			00A404000E315041592E5359532E4444463031    611E
			00C0000004                                6F1C840E 611A
			00C0000000                                6C1A
			00C000001E                                6C1A`},
		{"a response that nobody fetches is gone", `
			00A404000E315041592E5359532E4444463031    611E
			00B2010C01                                6C1D
			00C000001E                                6985`},
		{"GET RESPONSE wants its form", `
			00A404000E315041592E5359532E4444463031    611E
			00C0010020                                6A86
			00C00000                                  6C1E
			00C000000102                              6700`},
		{"Le beside data", `00A4040007A000000003101000 6700`},
		{"data that did not come", `00A4040007 6700`},
		{"no data", `00A40400 6700`},
		{"no data with P3 of 00", `00A4040000 6700`},
		{"case 2 with P3 of 00", `
			00A4040007A0000000031010                  612A
			80CA9F3600                                6C05
			80CA9F3605                                9F36020041 9000
			80CA9F3606                                6C05
			80CA9F4F00                                6A88`},
		{"case 3 has no response", `
			00A4040007A0000000031010                  612A
			80A800000483020156                        610C
			0020008008241234FFFFFFFFFF                9000
			00C0000001                                6985`},
		{"an unknown command", `00840000 6D00`},
		{"a short command", `00A404 6700`},
	} {
		t.Run(script.name, func(t *testing.T) {
			c := virtual.NewCard(p)
			for _, line := range strings.Split(strings.TrimSpace(script.text), "\n") {
				command, want, _ := strings.Cut(strings.TrimSpace(line), " ")
				want = strings.ReplaceAll(want, " ", "")
				if got := hexOf(c.Exec(unhex(t, command))); got != want {
					t.Errorf("%s: got %s, want %s", command, got, want)
				}
			}
		})
	}
}

func TestATR(t *testing.T) {
	for protocol, want := range map[reader.Protocol]string{reader.T0: "3B600000", reader.T1: "3BE000FF81317C4192"} {
		p := virtual.Visa()
		p.Protocol = protocol
		c := virtual.NewCard(p)
		if got := hexOf(c.ATR()); got != want || c.Protocol() != protocol {
			t.Errorf("T=%d: ATR %s, protocol %d, want %s", protocol, got, c.Protocol(), want)
		}
	}
}

// A card under T=0 says the same as one under T=1, whatever is asked in whatever order.
func TestProtocolsAgree(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	pool := []string{
		selectPSE, selectAID(x.app), "00A4040005A00000000300", "00A4040205A00000000300", readRecord, "00B2011400",
		"00B2021400", "00B2031400", getATC, "80CA9F1300", "80CA9F1700", options, goodPIN, wrongPIN,
		acCommand("80", x.cdol(x.app.CDOL1, "", nil)), acCommand("40", x.cdol(x.app.CDOL1, "", nil)),
		acCommand("40", x.cdol(x.app.CDOL2, "00", nil)), acCommand("00", x.cdol(x.app.CDOL2, "05", nil)),
		authenticate(make([]byte, 10)), "0084000000", "80A8000004830201", "00FF0000",
	}
	rapid.Check(t, func(r *rapid.T) {
		p := rapid.SampledFrom(contacts()).Draw(r, "profile")
		p.Protocol = reader.T0
		t0 := virtual.NewCard(p)
		p.Protocol = reader.T1
		t1 := virtual.NewCard(p)
		for range rapid.IntRange(1, 30).Draw(r, "commands") {
			if rapid.IntRange(0, 19).Draw(r, "reset") == 0 {
				t0.Reset()
				t1.Reset()
			}
			command := unhex(t, rapid.SampledFrom(pool).Draw(r, "command"))
			data0, sw0 := exchange(t0, command)
			data1, sw1 := exchange(t1, command)
			if sw0 != sw1 || hexOf(data0) != hexOf(data1) {
				r.Fatalf("%X: T=0 says %X %s, T=1 says %X %s", command, data0, sw0, data1, sw1)
			}
		}
	})
}

var update = flag.Bool("update", false, "write the golden files")

// A whole payment with each card, byte by byte.
func TestTranscripts(t *testing.T) {
	for _, p := range contacts() {
		t.Run(p.Name, func(t *testing.T) {
			goldenTranscript(t, p.Name, transcript(t, p))
		})
	}
}

func goldenTranscript(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name + ".txt"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// transcript pays with every application of a card and writes down what was said.
func transcript(t *testing.T, p virtual.Profile) string {
	var said strings.Builder
	x := newTerminal(t, p)
	say := func(command string) []byte {
		data, sw := x.send(command)
		fmt.Fprintf(&said, "> %s\n< %X %s\n", strings.ReplaceAll(command, " ", ""), data, sw)
		return data
	}
	say(selectPSE)
	for i := range p.Applications {
		say(fmt.Sprintf("00B2%02X0C00", i+1))
	}
	for _, x.app = range p.Applications {
		say(selectAID(x.app))
		say(options)
		say("00B2010C00")
		say("00B2011400")
		say("00B2021400")
		if x.app.AIP[0]&0x61 != 0 {
			say("00B2011C00")
			say("00B2021C00")
		}
		if x.app.AIP[0]&0x20 != 0 {
			say("0088000004 01020304 00")
		}
		say(goodPIN)
		arqc := x.read(say(acCommand("80", x.cdol(x.app.CDOL1, "", nil))))
		answer := x.issuerAnswer(arqc, ac.Approve())
		if x.app.AIP[0]&0x04 != 0 {
			say(authenticate(answer))
		}
		say(acCommand("40", x.cdol(x.app.CDOL2, "00", answer)))
	}
	return said.String()
}

func TestConcurrentUse(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	command := unhex(t, selectPSE)
	want := hexOf(x.card.Exec(command))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				if got := hexOf(x.card.Exec(command)); got != want {
					t.Errorf("got %s, want %s", got, want)
					return
				}
				x.card.Reset()
			}
		})
	}
	all.Wait()
}

func FuzzExec(f *testing.F) {
	x := newTerminal(&testing.T{}, virtual.Visa())
	for _, s := range []string{selectPSE, selectAID(x.app), options, readRecord, getATC, goodPIN, acCommand("80", "00"), "00C0000000", "00820000080000000000000000", ""} {
		f.Add(true, unhex(&testing.T{}, s), unhex(&testing.T{}, options))
		f.Add(false, unhex(&testing.T{}, s), unhex(&testing.T{}, readRecord))
	}
	f.Fuzz(func(t *testing.T, t0 bool, first, second []byte) {
		p := virtual.Pair()
		p.Protocol = reader.T1
		if t0 {
			p.Protocol = reader.T0
		}
		c := virtual.NewCard(p)
		before := hexOf(first) + hexOf(second)
		for _, state := range []string{selectAID(p.Applications[0]), options} {
			for _, command := range [][]byte{first, second, unhex(t, state)} {
				if n := len(c.Exec(command)); n < 2 || n > 258 {
					t.Fatalf("answer of %d bytes", n)
				}
			}
		}
		if hexOf(first)+hexOf(second) != before {
			t.Fatal("the card changed the command")
		}
	})
}

// BenchmarkPayment is a new card and the commands of one payment up to its ARQC.
func BenchmarkPayment(b *testing.B) {
	x := newTerminal(&testing.T{}, virtual.Visa())
	var commands [][]byte
	for _, s := range []string{selectPSE, readRecord, selectAID(x.app), options, "00B2010C00", "00B2011400", "00B2021400", acCommand("80", x.cdol(x.app.CDOL1, "", nil))} {
		commands = append(commands, unhex(&testing.T{}, s))
	}
	b.ReportAllocs()
	for b.Loop() {
		c := virtual.NewCard(virtual.Visa())
		for _, command := range commands {
			c.Exec(command)
		}
	}
}
