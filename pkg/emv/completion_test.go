package emv_test

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// online runs a toy to its request cryptogram.
func online(t *testing.T, c *toy) *emv.Transaction {
	t.Helper()
	cfg := toyShop()
	cfg.ForceOnline = true
	txn, err := pay(t, cfg, c)
	if err != nil || txn.Decision() != emv.GoOnline {
		t.Fatalf("%v, %v", txn.Decision(), err)
	}
	return txn
}

// finish hands over the issuer's answer and runs to the end; it gives the commands sent.
func finish(txn *emv.Transaction, c *toy, r emv.IssuerResult) ([]string, error) {
	before := len(c.sent)
	txn.Complete(r)
	err := converse(txn, c.Exec)
	return c.sent[before:], err
}

// What the card is asked for in the end, what it says, and what comes of it.
func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		name     string
		result   emv.IssuerResult
		second   string // CID, "" is what was asked
		asked    string
		arc      string
		decision emv.Decision
		cause    error
	}{
		{"approved", emv.IssuerResult{ARC: "00"}, "", "40", "00", emv.Approved, nil},
		{"approved in part", emv.IssuerResult{ARC: "10"}, "", "40", "10", emv.Approved, nil},
		{"no reason to decline", emv.IssuerResult{ARC: "85"}, "", "40", "85", emv.Approved, nil},
		{"declined", emv.IssuerResult{ARC: "51"}, "", "00", "51", emv.Declined, nil},
		{"issuer approves, card declines", emv.IssuerResult{ARC: "00"}, "00", "40", "00", emv.Declined, nil},
		{"issuer declines, card approves", emv.IssuerResult{ARC: "05"}, "40", "00", "05", emv.DecisionNone, emv.ErrCryptogramType},
		{"a second request", emv.IssuerResult{ARC: "00"}, "80", "40", "00", emv.DecisionNone, emv.ErrCryptogramType},
		{"nobody asked", emv.IssuerResult{UnableOnline: true}, "", "40", "Y3", emv.ApprovedOffline, nil},
		{"nobody asked, card declines", emv.IssuerResult{UnableOnline: true}, "00", "40", "Y3", emv.DeclinedOffline, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			chip := newToy()
			chip.second = c.second
			txn := online(t, chip)
			request := txn.ICC()
			sent, err := finish(txn, chip, c.result)
			if !errors.Is(err, c.cause) || txn.Decision() != c.decision {
				t.Errorf("%v, %v, want %v, %v", txn.Decision(), err, c.decision, c.cause)
			}
			if want := "80AE" + c.asked + "00"; len(sent) != 1 || !strings.HasPrefix(sent[0], want) || !strings.Contains(sent[0], fmt.Sprintf("%X", c.arc)) {
				t.Errorf("sent %v, want one %s with %q", sent, want, c.arc)
			}
			e := txn.Evidence()
			if e.ARC != c.arc || e.ARQC != [8]byte(unhex("1122334455667701")) || e.AC != [8]byte(unhex("1122334455667702")) || e.ATC != 0x42 {
				t.Errorf("evidence %+v", e)
			}
			if !bytes.Equal(request, txn.ICC()) || !bytes.Contains(request, unhex("9F26081122334455667701")) || !bytes.Contains(txn.FinalICC(), unhex("9F26081122334455667702")) {
				t.Errorf("chip data %X, final %X", txn.ICC(), txn.FinalICC())
			}
		})
	}
}

// With default codes that match, and on a terminal that works online only, a card that
// could not be asked about is declined.
func TestUnableOnline(t *testing.T) {
	for name, setup := range map[string]func(*emv.Config, *toy){
		"issuer's default code":   func(_ *emv.Config, c *toy) { c.objects[emv.TagIACDefault] = "8000000000" },
		"acquirer's default code": func(cfg *emv.Config, _ *toy) { cfg.TAC.Default[0] = 0x80 },
		"absent default code":     func(_ *emv.Config, c *toy) { delete(c.objects, emv.TagIACDefault) },
		"online only":             func(cfg *emv.Config, _ *toy) { cfg.TerminalType = 0x21 },
	} {
		cfg, chip := toyShop(), newToy()
		cfg.ForceOnline = true
		setup(&cfg, chip)
		txn, err := pay(t, cfg, chip)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := finish(txn, chip, emv.IssuerResult{UnableOnline: true})
		if err != nil || txn.Decision() != emv.DeclinedOffline || txn.Evidence().ARC != "Z3" || !strings.HasPrefix(sent[0], "80AE00") {
			t.Errorf("%s: %v, %v, %v", name, txn.Decision(), err, sent)
		}
	}
}

// Issuer authentication: by a command where the profile of the card says so, else as
// data of the second list; and its bits.
func TestIssuerAuthentication(t *testing.T) {
	const auth = "11223344556677883030"
	for _, c := range []struct {
		name, aip, auth, status string
		state                   emv.IssuerAuth
		sent                    int
		tvr5, tsi               byte
	}{
		{"command passes", "0400", auth, "9000", emv.IssuerAuthPassed, 2, 0x00, 0x10},
		{"command fails", "0400", auth, "6300", emv.IssuerAuthFailed, 2, 0x40, 0x10},
		{"command refused", "0400", auth, "6985", emv.IssuerAuthFailed, 2, 0x40, 0x10},
		{"no data", "0400", "", "9000", emv.IssuerAuthNone, 1, 0x00, 0x00},
		{"within the cryptogram", "0000", auth, "9000", emv.IssuerAuthNone, 1, 0x00, 0x00},
	} {
		t.Run(c.name, func(t *testing.T) {
			chip := newToy()
			chip.aip, chip.external = c.aip, c.status
			chip.objects[emv.TagCDOL2] = "8A029108" + "9505"
			txn := online(t, chip)
			sent, err := finish(txn, chip, emv.IssuerResult{ARC: "00", IssuerAuthData: unhex(c.auth)})
			if err != nil || len(sent) != c.sent {
				t.Fatalf("sent %v, %v", sent, err)
			}
			if c.sent == 2 && sent[0] != "008200000A"+auth {
				t.Errorf("sent %s", sent[0])
			}
			e := txn.Evidence()
			if e.IssuerAuth != c.state || e.TVR[4] != c.tvr5 || e.TSI[0]&0x10 != c.tsi {
				t.Errorf("%v, TVR %X, TSI %X", e.IssuerAuth, e.TVR, e.TSI)
			}
			// The list asks for 8 bytes of a value of 10, and is told the new results.
			tail := fmt.Sprintf("3030%016s80000008%02X00", c.auth[:min(16, len(c.auth))], c.tvr5)
			if !strings.HasSuffix(sent[len(sent)-1], tail) {
				t.Errorf("sent %s, want it to end in %s", sent[len(sent)-1], tail)
			}
		})
	}
}

// script is a template with an identifier and commands.
func script(template emv.Tag, id string, commands ...string) string {
	inside := ""
	if id != "" {
		inside = object(emv.TagScriptID, id)
	}
	for _, c := range commands {
		inside += object(emv.TagScriptCommand, c)
	}
	return object(template, inside)
}

// Issuer scripts run before or after the second GENERATE AC, each to its first failure.
func TestScripts(t *testing.T) {
	const (
		unblock = "84240001080102030405060708"
		put     = "04DA9F580900C7356286E3779889"
		bad     = "841E000008FFFFFFFFFFFFFFFF"
	)
	for _, c := range []struct {
		name, scripts string
		sent          string // instruction bytes in order
		tvr5          byte
		results       string // tag 9F5B
	}{
		{"none", "", "AE", 0, ""},
		{"before", script(0x71, "00000001", unblock), "24 AE", 0, "2000000001"},
		{"after", script(0x72, "00000002", put), "AE DA", 0, "2000000002"},
		{"both", script(0x71, "00000001", unblock, put) + script(0x72, "", put), "24 DA AE DA", 0, "20000000012000000000"},
		{"after written first", script(0x72, "00000002", put) + script(0x71, "00000001", unblock), "24 AE DA", 0, "20000000012000000002"},
		{"first command fails", script(0x71, "00000001", bad, put), "1E AE", 0x20, "1100000001"},
		{"second command fails", script(0x72, "00000002", put, bad, put), "AE DA 1E", 0x10, "1200000002"},
		{"a failed script does not stop the next", script(0x71, "00000001", bad) + script(0x71, "00000003", put), "1E DA AE", 0x20, "11000000012000000003"},
		{"no commands", object(0x71, object(emv.TagScriptID, "00000001")), "AE", 0x20, "0000000001"},
		{"a stranger in the script", object(0x72, object(emv.TagScriptID, "00000001")+object(0x5A, "00")), "AE", 0x10, "0000000001"},
		{"command too short", script(0x71, "00000001", "842400"), "AE", 0x20, "0000000001"},
		{"torn script", "7109" + object(emv.TagScriptID, "00000001"), "AE", 0x20, "0000000000"},
		{"torn inside", object(0x72, "9F180400000001860A00"), "AE", 0x10, "0000000001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			chip := newToy()
			chip.script = func(command []byte) string {
				switch command[1] {
				case 0x1E:
					return "6985"
				case 0xDA:
					return "6281" // a warning is no failure
				}
				return "9000"
			}
			txn := online(t, chip)
			sent, err := finish(txn, chip, emv.IssuerResult{ARC: "00", Scripts: unhex(c.scripts)})
			if err != nil || txn.Decision() != emv.Approved {
				t.Fatalf("%v, %v", txn.Decision(), err)
			}
			var instructions []string
			for _, s := range sent {
				instructions = append(instructions, s[2:4])
			}
			if got := strings.Join(instructions, " "); got != c.sent {
				t.Errorf("sent %s, want %s", got, c.sent)
			}
			e := txn.Evidence()
			if e.TVR[4] != c.tvr5 || (e.TSI[0]&0x04 != 0) != (c.scripts != "") {
				t.Errorf("TVR %X, TSI %X", e.TVR, e.TSI)
			}
			final, _ := emv.Parse(txn.FinalICC(), emv.Strict)
			if got := fmt.Sprintf("%X", final.Value(emv.TagScriptResults)); got != c.results {
				t.Errorf("results %s, want %s", got, c.results)
			}
			// The cryptogram covers the results as they were when it was made.
			if v := final.Value(emv.TagTVR); c.tvr5 == 0x10 && v[4] != 0 || c.tvr5 == 0x20 && v[4] != 0x20 {
				t.Errorf("final TVR %X", v)
			}
		})
	}
}

func TestParseIssuerResult(t *testing.T) {
	scripts := script(0x71, "00000001", "8424000100") + script(0x72, "", "8424000100")
	r, err := emv.ParseIssuerResult("51", unhex(object(emv.TagARC, "3030")+object(emv.TagIssuerAuthData, "11223344556677883030")+object(0x89, "313036363039")+scripts))
	if err != nil || r.ARC != "00" || !r.Approves() || len(r.IssuerAuthData) != 10 || fmt.Sprintf("%X", r.Scripts) != scripts {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := emv.ParseIssuerResult("51", nil); err != nil || r.ARC != "51" || r.Approves() {
		t.Errorf("no chip data: %+v, %v", r, err)
	}
	var fault *emv.SyntaxError
	if _, err := emv.ParseIssuerResult("00", unhex("91FF")); !errors.As(err, &fault) {
		t.Errorf("torn: %v", err)
	}
}

// A list that asks for the hash of another list gets it, and the bit for a default TDOL
// is in the same data (Book 3, 9.2.2).
func TestTCHash(t *testing.T) {
	for _, c := range []struct{ tdol, hashed, tvr string }{
		{"", "", "8000000080"},
		{"9F02065F2A02", "0000000012500156", "8000000000"},
		{"9F02", "", "8000000000"}, // no list: the hash is zeros
	} {
		chip := newToy()
		chip.objects[emv.TagCDOL1] = "98149505"
		if c.tdol != "" {
			chip.objects[emv.TagTDOL] = c.tdol
		}
		if _, err := pay(t, toyShop(), chip); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("%X", sha1.Sum(unhex(c.hashed)))
		if c.tdol == "9F02" {
			want = strings.Repeat("00", 20)
		}
		if last := chip.sent[len(chip.sent)-1]; last[10:len(last)-2] != want+c.tvr {
			t.Errorf("TDOL %q: sent %s, want %s%s", c.tdol, last, want, c.tvr)
		}
	}
}

// What a card asks for goes to the card whole and to people masked.
func TestStepsMaskWhatTheCardAsksFor(t *testing.T) {
	chip := newToy()
	chip.objects[emv.TagTrack2] = toyNumber + "D31122010000"
	chip.objects[emv.TagCDOL1] = "5A085708" + "9F0206"
	cfg := toyShop()
	var told []emv.Step
	cfg.Observe = func(s emv.Step) { told = append(told, s) }
	txn, err := pay(t, cfg, chip)
	if err != nil {
		t.Fatal(err)
	}
	if last := chip.sent[len(chip.sent)-1]; last != "80AE400016"+toyNumber+toyNumber+"00000000125000" {
		t.Errorf("sent %s", last)
	}
	steps := txn.Steps()
	if last := steps[len(steps)-1]; last.Command != "80AE400016476173******0010****************00000000125000" {
		t.Errorf("shown %s", last.Command)
	}
	if fmt.Sprint(told) != fmt.Sprint(steps) {
		t.Error("the observer was told other steps than Steps gives")
	}
}

// A number that the issuer repeats in an object of its own is masked once the card's
// number is known, and so is a script, which may hold a PIN.
func TestStepsMaskWhatTheIssuerRepeats(t *testing.T) {
	chip := newToy()
	chip.objects[0x9F05] = toyNumber // discretionary data of the application
	chip.bend = func(command []byte, plain string) string {
		if command[1] == 0xB2 && command[2] == 1 { // beside the number itself, half a byte off
			return object(emv.TagRecord, plain[4:len(plain)-4]+object(0x9F46, "0"+toyNumber+"0")) + "9000"
		}
		return plain
	}
	chip.objects[0x9F4F] = "34373631373339303031303130303130" // the same as text
	txn := online(t, chip)
	if _, err := finish(txn, chip, emv.IssuerResult{ARC: "00", Scripts: unhex(script(0x72, "", "8424000208"+toyNumber))}); err != nil {
		t.Fatal(err)
	}
	steps := txn.Steps()
	i := slices.IndexFunc(steps, func(s emv.Step) bool { return s.Name == emv.StepScript })
	if i < 0 || steps[i].Command != "8424000208****************" {
		t.Errorf("shown %+v", steps)
	}
	for _, trace := range []string{toyNumber, "34373631373339303031303130303130"} {
		if strings.Contains(fmt.Sprint(steps), trace) {
			t.Errorf("%s shows", trace)
		}
	}
}

// The transport may be T=0: pieces by 61xx, another length by 6Cxx, a warning before the
// data. The transaction says the same as over T=1.
func TestProcedureBytes(t *testing.T) {
	plain := newToy()
	want := online(t, plain)
	for name, wrap := range map[string]func(func([]byte) []byte) func([]byte) []byte{
		"one piece":   func(exec func([]byte) []byte) func([]byte) []byte { return inPieces(exec, 256) },
		"many pieces": func(exec func([]byte) []byte) func([]byte) []byte { return inPieces(exec, 7) },
		"wrong length first": func(exec func([]byte) []byte) func([]byte) []byte {
			return func(command []byte) []byte {
				answer := exec(command)
				if n := len(answer) - 2; n > 0 && command[len(command)-1] != byte(n) {
					return []byte{0x6C, byte(n)}
				}
				return answer
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, chip := toyShop(), newToy()
			cfg.ForceOnline = true
			txn := start(t, cfg)
			exec := func(command []byte) []byte { // the toy knows no exact lengths
				made := chip.made
				answer := chip.Exec(command)
				if command[1] == 0xAE && command[len(command)-1] == 0 && strings.HasPrefix(name, "wrong") {
					chip.made = made
				}
				return answer
			}
			if err := converse(txn, wrap(exec)); err != nil || !bytes.Equal(txn.ICC(), want.ICC()) {
				t.Errorf("%v: %X, want %X", err, txn.ICC(), want.ICC())
			}
			if got, want := fmt.Sprint(txn.Steps()), fmt.Sprint(want.Steps()); got != want {
				t.Errorf("steps differ:\n%s\n%s", got, want)
			}
		})
	}
}

// inPieces keeps data for GET RESPONSE and hands it over so many bytes at a time.
func inPieces(exec func([]byte) []byte, size int) func([]byte) []byte {
	var rest []byte
	hand := func() []byte {
		n := min(size, len(rest)-2)
		if n == len(rest)-2 {
			return rest
		}
		piece := append(slices.Clone(rest[:n]), 0x61, byte(min(size, len(rest)-2-n)))
		rest = rest[n:]
		return piece
	}
	return func(command []byte) []byte {
		if command[1] == 0xC0 {
			return hand()
		}
		if rest = exec(command); len(rest) == 2 {
			return rest
		}
		return []byte{0x61, byte(min(size, len(rest)-2))}
	}
}

// A warning with its data still to be fetched keeps its status (a blocked application is
// no candidate); data that then does not come leaves a warning without data.
func TestWarningThenData(t *testing.T) {
	for name, data := range map[string]string{
		"data comes":      object(emv.TagFCI, object(emv.TagDFName, "A0000000031010")+object(emv.TagFCIProprietary, "")) + "9000",
		"none comes":      "6985",
		"another warning": "6283",
	} {
		chip := newToy()
		chip.bend = func(command []byte, plain string) string {
			switch {
			case command[1] == 0xC0:
				return data
			case command[1] == 0xA4 && command[4] == 7:
				return "6283"
			}
			return plain
		}
		_, err := pay(t, toyShop(), chip)
		if !errors.Is(err, emv.ErrNoApplication) || !slices.Contains(chip.sent, "00C0000000") {
			t.Errorf("%s: %v after %v", name, err, chip.sent)
		}
	}
}

// A card that leaves, or talks nonsense, during scripts after its last word has given it:
// an approval stays one, and so does a decline.
func TestLastWordStandsBehindScripts(t *testing.T) {
	for arc, want := range map[string]emv.Decision{"00": emv.Approved, "51": emv.Declined} {
		for _, answer := range []string{"", "90", "6110"} {
			chip := newToy()
			chip.bend = func(command []byte, plain string) string {
				if command[0] == 0x84 || command[1] == 0xC0 {
					return answer
				}
				return plain
			}
			txn := online(t, chip)
			if _, err := finish(txn, chip, emv.IssuerResult{ARC: arc, Scripts: unhex(script(0x72, "00000002", "841E000000"))}); err != nil || txn.Decision() != want {
				t.Errorf("%s, answer %q: got %v, %v, want %v", arc, answer, txn.Decision(), err, want)
			}
		}
	}
}
