package virtual_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// The cryptograms were computed by pyemv 1.7 (ac.generate_ac with Visa padding) for a
// card of this number and key, whose application does no issuer authentication.
func TestCryptogramAgainstAnotherImplementation(t *testing.T) {
	p := virtual.Visa()
	p.Applications[0].AIP = [2]byte{0x18, 0x00}
	x := newTerminal(t, p)
	for _, c := range []struct{ data, want string }{
		{"000000001234000000000000052880800010000978261123004DA5FF32", "5C72AAE433B580A7"},
		{"000000001234000000000000052880800000000978261123001959AE6F", "F9329C884759C975"},
	} {
		x.to("initiated")
		got := x.read(x.want("9000", acCommand("80", c.data)))
		if hexOf(got.ac[:]) != c.want || hexOf(got.iad) != "06010A03A00000" {
			t.Errorf("counter %04X: cryptogram %X with %X, want %s", got.atc, got.ac, got.iad, c.want)
		}
		x.want("9000", acCommand("00", "3035"+c.data)) // ends it, so that the next one is told of nothing
	}
}

// Both cryptograms of every profile, approved and declined, hold before the issuer.
func TestCryptogramsVerify(t *testing.T) {
	for _, p := range contacts() {
		for _, approve := range []bool{true, false} {
			x := newTerminal(t, p)
			x.to("initiated")
			arqc := x.generate("80")
			x.verify(arqc)
			kind, want, arc := "40", "TC", "00"
			if !approve {
				kind, want, arc = "00", "AAC", "05"
			}
			issuer := x.issuerAnswer(arqc, ac.Approve())
			if x.app.AIP[0]&0x04 != 0 {
				x.want("9000", authenticate(issuer))
				issuer = nil
			}
			last := x.finish(kind, arc, issuer)
			if arqc.kind != "ARQC" || last.kind != want || last.atc != arqc.atc {
				t.Errorf("%s: %s of %04X, then %s of %04X, want ARQC, then %s", p.Name, arqc.kind, arqc.atc, last.kind, last.atc, want)
			}
			x.verify(last)
		}
	}
}

// What the card makes of the request for its first cryptogram. Amounts are in minor
// units; the bytes are the second and third of the card verification results.
func TestFirstDecision(t *testing.T) {
	const table = `
		asked offline count over  amount currency history  PIN    given results
		ARQC  0       0     0     1250   0156     -        -      ARQC  A000
		TC    0       0     0     1250   0156     -        -      ARQC  A000
		AAC   0       0     0     1250   0156     -        -      AAC   8000
		TC    1250    0     0     1250   0156     -        -      TC    9000
		TC    1249    0     0     1250   0156     -        -      ARQC  A000
		ARQC  5000    0     0     1250   0156     -        -      ARQC  A000
		TC    5000    0     0     1250   0840     -        -      ARQC  A000
		TC    5000    1     0     1250   0156     -        -      TC    9000
		TC    5000    1     0     1250   0156     offline  -      ARQC  A020
		TC    5000    2     0     1250   0156     offline  -      TC    9000
		TC    5000    0     0     1250   0156     cut      -      ARQC  A080
		TC    5000    0     0     1250   0156     badARPC  -      ARQC  A008
		ARQC  0       0     0     1250   0156     cut      -      ARQC  A080
		TC    5000    0     0     1250   0156     -        good   TC    9400
		TC    5000    0     0     1250   0156     -        bad    ARQC  A600
		ARQC  0       0     0     1250   0156     -        out    ARQC  A640
		TC    5000    0     1249  1250   0156     -        -      AAC   8000
		ARQC  5000    0     1249  1250   0156     -        -      AAC   8000
		ARQC  5000    0     1250  1250   0156     -        -      ARQC  A000
		TC    5000    0     0     ABCDEF 0156     -        -      ARQC  A000
		ARQC  0       0     0     1250   0156     new      -      ARQC  A010
	`
	for _, row := range rowsOf(table) {
		t.Run(strings.Join(row.cells, " "), func(t *testing.T) {
			p := virtual.Visa()
			app := &p.Applications[0]
			app.OfflineLimit, app.OfflineCount, app.DeclineOver = row.number("offline"), int(row.number("count")), row.number("over")
			if row.get("history") == "new" {
				app.LastOnlineATC = 0
			}
			x := newTerminal(t, p)
			makeHistory(x, row.get("history"))
			x.sale = sale{amount: fmt.Sprintf("%012s", row.get("amount")), currency: row.get("currency"), unpredictable: "00000001"}
			x.to("initiated")
			for _, pin := range map[string][]string{"good": {goodPIN}, "bad": {wrongPIN}, "out": {wrongPIN, wrongPIN, wrongPIN}}[row.get("PIN")] {
				x.send(pin)
			}
			got := x.generate(codeOf(row.get("asked")))
			if got.kind != row.get("given") || hexOf(got.iad[4:6]) != row.get("results") {
				t.Errorf("got %s, %X, want %s, %s", got.kind, got.iad[4:6], row.get("given"), row.get("results"))
			}
			x.verify(got)
		})
	}
}

// makeHistory gives the card a transaction before the one at hand.
func makeHistory(x *terminal, history string) {
	x.t.Helper()
	switch history {
	case "offline":
		x.to("initiated")
		x.generate("40")
	case "cut":
		x.to("online")
		x.card.Reset()
	case "badARPC":
		x.to("online")
		x.want("6300", authenticate(make([]byte, 10)))
		x.finish("40", "00", nil)
	}
}

// What the card makes of the request for its second cryptogram after an ARQC. The
// issuer's cryptogram comes by EXTERNAL AUTHENTICATE, or in the CDOL2 for "in-AC".
func TestSecondDecision(t *testing.T) {
	const table = `
		rule      issuer   how    arc asked offline given results
		optional  right    before 00  TC    0       TC    6000
		optional  none     before 00  TC    0       TC    6000
		optional  wrong    before 00  TC    0       AAC   2800
		optional  right    before 05  AAC   0       AAC   2000
		optional  right    before 00  AAC   0       AAC   2000
		required  right    before 00  TC    0       TC    6000
		required  none     before 00  TC    0       AAC   2000
		required  wrong    before 00  TC    0       AAC   2800
		broken    right    before 00  TC    0       AAC   2800
		broken    none     before 00  TC    0       TC    6000
		optional  right    in-AC  00  TC    0       TC    6000
		required  right    in-AC  00  TC    0       TC    6000
		required  none     in-AC  00  TC    0       AAC   2000
		optional  wrong    in-AC  00  TC    0       AAC   2800
		optional  none     before Y3  TC    0       AAC   2100
		optional  none     before Z3  AAC   0       AAC   2100
		optional  none     before Y3  TC    1250    TC    6100
		required  none     before Y3  TC    1250    TC    6100
		optional  none     before Y3  TC    1249    AAC   2100
	`
	rules := map[string]virtual.IssuerAuth{
		"optional": virtual.IssuerAuthOptional, "required": virtual.IssuerAuthRequired, "broken": virtual.IssuerAuthBroken,
	}
	for _, row := range rowsOf(table) {
		t.Run(strings.Join(row.cells, " "), func(t *testing.T) {
			p := virtual.Visa()
			if row.get("how") == "in-AC" {
				p.Applications = virtual.Pair().Applications[1:]
			}
			p.Applications[0].IssuerAuth, p.Applications[0].OfflineLimit = rules[row.get("rule")], row.number("offline")
			x := newTerminal(t, p)
			x.to("initiated")
			issuer := x.issuerSays(row.get("issuer"), x.generate("80"))
			if issuer != nil && row.get("how") == "before" {
				x.send(authenticate(issuer))
			}
			got := x.finish(codeOf(row.get("asked")), row.get("arc"), issuer)
			if got.kind != row.get("given") || hexOf(got.iad[4:6]) != row.get("results") {
				t.Errorf("got %s, %X, want %s, %s", got.kind, got.iad[4:6], row.get("given"), row.get("results"))
			}
			x.verify(got)
		})
	}
}

func (x *terminal) issuerSays(what string, arqc cryptogram) []byte {
	x.t.Helper()
	answer := x.issuerAnswer(arqc, ac.Approve())
	switch what {
	case "none":
		return nil
	case "wrong":
		answer[0] ^= 1
	}
	return answer
}

func TestStatusUpdate(t *testing.T) {
	for _, c := range []struct {
		name   string
		update ac.StatusUpdate
		kind   string
		after  string // the answer to the next SELECT
	}{
		{"approve", ac.Approve(), "TC", "9000"},
		{"decline", ac.Decline(), "AAC", "9000"},
		{"block the application", ac.StatusUpdate{0, 0xA0, 0, 0}, "AAC", "6283"},
		{"block the card", ac.StatusUpdate{0, 0xC0, 0, 0}, "TC", "6A81"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTerminal(t, virtual.Visa18())
			x.to("initiated")
			x.want("9000", authenticate(x.issuerAnswer(x.generate("80"), c.update)))
			if got := x.finish("40", "00", nil); got.kind != c.kind {
				t.Errorf("got %s, want %s", got.kind, c.kind)
			}
			x.want(c.after, selectAID(x.app))
		})
	}
}

func TestExternalAuthenticateOnce(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	x.to("initiated")
	answer := x.issuerAnswer(x.generate("80"), ac.Approve())
	x.want("9000", authenticate(answer))
	x.want("6985", authenticate(answer))
	if got := x.finish("40", "00", nil); got.kind != "TC" {
		t.Errorf("got %s, want TC", got.kind)
	}
	// Nor does a second try mend a wrong one.
	x.to("initiated")
	answer = x.issuerAnswer(x.generate("80"), ac.Approve())
	x.want("6300", authenticate(make([]byte, 10)))
	x.want("6985", authenticate(answer))
	if got := x.finish("40", "00", nil); got.kind != "AAC" {
		t.Errorf("got %s, want AAC", got.kind)
	}
}

func TestExternalAuthenticateWhereItIsNot(t *testing.T) {
	p := virtual.Pair()
	p.Applications = p.Applications[1:]
	x := newTerminal(t, p)
	x.to("initiated")
	x.want("6985", authenticate(x.issuerAnswer(x.generate("80"), ac.Approve())))
}

// An ARPC belongs to one ARQC.
func TestReplayedIssuerAnswer(t *testing.T) {
	x := newTerminal(t, virtual.Visa())
	x.to("initiated")
	old := x.issuerAnswer(x.generate("80"), ac.Approve())
	x.want("9000", authenticate(old))
	x.finish("40", "00", nil)
	x.to("initiated")
	x.generate("80")
	x.want("6300", authenticate(old))
}

// tableRow is one line of an aligned table, under the names of its first line.
type tableRow struct {
	names []string
	cells []string
}

func rowsOf(table string) []tableRow {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	names := strings.Fields(lines[0])
	var rows []tableRow
	for _, line := range lines[1:] {
		rows = append(rows, tableRow{names: names, cells: strings.Fields(line)})
	}
	return rows
}

func (r tableRow) get(name string) string {
	for i, n := range r.names {
		if n == name {
			return r.cells[i]
		}
	}
	panic("no column " + name)
}

func (r tableRow) number(name string) (n int64) {
	if _, err := fmt.Sscan(r.get(name), &n); err != nil {
		panic(err)
	}
	return n
}

func codeOf(kind string) string {
	return map[string]string{"AAC": "00", "TC": "40", "ARQC": "80"}[kind]
}
