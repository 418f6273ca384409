package emv_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// GET PROCESSING OPTIONS carries what the PDOL asks for, repeated tags repeated, within
// its template.
func TestProcessingOptions(t *testing.T) {
	for _, c := range []struct{ pdol, sent string }{
		{"", "80A8000002830000"},
		{"9F1A02", "80A800000483020156" + "00"},
		{"9F37049F37049C01", "80A800000B83097477656C7477656C00" + "00"},
		{"9F6604" + "9F0206", "80A800000C830A" + "00000000" + "000000001250" + "00"}, // contactless: not this terminal's
	} {
		chip := newToy()
		chip.fci = strings.TrimSuffix(fci(visa, object(emv.TagPDOL, c.pdol)), "9000")
		if _, err := pay(t, toyShop(), chip); err != nil {
			t.Errorf("%s: %v", c.pdol, err)
		}
		if !slices.Contains(chip.sent, c.sent) {
			t.Errorf("%s: sent %v, want %s among it", c.pdol, chip.sent, c.sent)
		}
	}
}

func TestProcessingOptionsRefused(t *testing.T) {
	for name, pdol := range map[string]string{"cut": "9F1A", "too much": "9F02FC9F030A"} {
		chip := newToy()
		chip.fci = strings.TrimSuffix(fci(visa, object(emv.TagPDOL, pdol)), "9000")
		_, err := pay(t, toyShop(), chip)
		var fault *emv.Error
		if !errors.Is(err, emv.ErrFormat) || !errors.As(err, &fault) || fault.Step != emv.StepInitiate || slices.ContainsFunc(chip.sent, func(s string) bool { return strings.HasPrefix(s, "80A8") }) {
			t.Errorf("%s: %v after %v", name, err, chip.sent)
		}
	}
}

// A refusal of the options takes the application off the list, and the next is tried.
func TestProcessingOptionsNextApplication(t *testing.T) {
	cfg, chip := toyShop(), newToy()
	cfg.AIDs = append(cfg.AIDs, emv.AID{ID: unhex(electron)})
	refused := 0
	chip.bend = func(command []byte, plain string) string {
		switch {
		case command[1] == 0xA4 && fmt.Sprintf("%X", command[5:len(command)-1]) == electron:
			return fci(electron)
		case command[1] == 0xA8 && refused == 0:
			refused++
			return "6985"
		}
		return plain
	}
	txn, err := pay(t, cfg, chip)
	if err != nil || txn.Decision() != emv.ApprovedOffline || fmt.Sprintf("%X", txn.Card().AID) != electron || len(txn.Candidates()) != 1 {
		t.Errorf("%v, %v, %X", txn.Decision(), err, txn.Card().AID)
	}
}

// What a card says in records about what it says elsewhere does not count: the name and
// the cryptogram of the chip data are those of the commands that give them.
func TestRecordsDoNotSpeakForCommands(t *testing.T) {
	chip := newToy()
	for tag, v := range map[emv.Tag]string{emv.TagDFName: "A0000000041010", emv.TagAC: "FFFFFFFFFFFFFFFF", emv.TagATC: "FFFF", emv.TagTVR: "0000000000", emv.TagAmount: "000000000001"} {
		chip.objects[tag] = v
	}
	txn := online(t, chip)
	icc, err := emv.Parse(txn.ICC(), emv.Strict)
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[emv.Tag]string{emv.TagDFName: visa, emv.TagAC: "1122334455667701", emv.TagATC: "0042", emv.TagTVR: "8000000800", emv.TagAmount: "000000001250"} {
		if got := fmt.Sprintf("%X", icc.Value(tag)); got != want {
			t.Errorf("%s is %s, want %s", tag, got, want)
		}
	}
}

// Field 55 of the request: these objects in this order, and never number or track.
func TestICCOrder(t *testing.T) {
	cfg, chip := toyShop(), newToy()
	cfg.ForceOnline, cfg.SerialNumber, cfg.Sequence, cfg.AIDs[0].Version = true, "IFD00001", 9, 0x0096
	chip.objects[emv.TagTrack2] = toyNumber + "D31122010000"
	txn, err := pay(t, cfg, chip)
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for r := emv.NewReader(txn.ICC()); r.Next(); {
		tags = append(tags, r.Object().Tag.String())
	}
	want := "9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41 5F34"
	if got := strings.Join(tags, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if strings.Contains(fmt.Sprintf("%X", txn.ICC()), toyNumber) {
		t.Error("the number is in the chip data")
	}
}

// Words for programs.
func TestWords(t *testing.T) {
	var decisions, states []string
	for d := emv.DecisionNone; d <= emv.Declined+1; d++ {
		decisions = append(decisions, d.String())
	}
	for s := emv.IssuerAuthNone; s <= emv.IssuerAuthFailed; s++ {
		states = append(states, s.String())
	}
	if got := strings.Join(append(decisions, states...), ", "); got != "none, go online, approved offline, declined offline, approved, declined, decision 6, not performed, passed, failed" {
		t.Error(got)
	}
	for _, step := range []emv.StepName{
		emv.StepSelectDirectory, emv.StepReadDirectory, emv.StepSelectByAID, emv.StepSelectNext, emv.StepChoose, emv.StepSelectApplication,
		emv.StepInitiate, emv.StepReadRecord, emv.StepCardData, emv.StepAuthenticateData, emv.StepRestrictions, emv.StepCardholder, emv.StepGetData, emv.StepVerify, emv.StepChallenge,
		emv.StepRisk, emv.StepAction, emv.StepGenerate1, emv.StepOnline, emv.StepExternalAuth, emv.StepScript, emv.StepGenerate2,
	} {
		if step.Text("en") != string(step) || !hasHan(step.Text("zh")) {
			t.Errorf("%q: %q", step, step.Text("zh"))
		}
	}
	if got := emv.StepName("another").Text("zh"); got != "another" {
		t.Error(got)
	}
}
