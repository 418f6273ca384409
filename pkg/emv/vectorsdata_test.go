package emv_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
)

// dataRow is a row of the vectors with its line number.
type dataRow struct {
	vector
	line int
}

// dataRows are the rows of the kinds that this package's dictionary answers for.
func dataRows(t *testing.T) []dataRow {
	t.Helper()
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	b, err := os.ReadFile(filepath.Join(dir, "emv.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []dataRow
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		r := dataRow{line: n}
		if err := json.Unmarshal(lines.Bytes(), &r.vector); err != nil {
			t.Fatal(err)
		}
		if isOneOf(r.Kind, "tlv iad atr lookup track1 track2 tvr") {
			rows = append(rows, r)
		}
	}
	if lines.Err() != nil || len(rows) == 0 {
		t.Fatal("no rows: ", lines.Err())
	}
	return rows
}

// dataFacts are what the other decoders say of the rows, by line, in the words of this one
// and in the order in which they must be said.
func dataFacts() map[int][]string {
	return map[int][]string{
		1: {
			"direct convention", "10 historical bytes", "Fi=372, Di=12: 31 clock cycles per ETU, at most 5.0 MHz and 161290 bit/s", "11 ETU for T=1", "protocol T=1", "negotiable mode",
			"up to 254 bytes", "CWI=5: the reader waits 43 ETU", "1474571 ETU", "T=15", "may not stop", "A (5 V) B (3 V)", "objects, then a status",
			"by their full name", "by a part of their name", "EF.DIR", "EF.ATR", "without a master file", "GET DATA",
			"by their full name", "by a part of their name", "short file identifiers", "record numbers", "record identifiers", "files of data objects", "writing once",
			"no tag begins with FF", "long commands", "no choice of a logical channel", "512 bytes", "logical channels: 1", "life cycle not told", "9000", "TCK B0: check character, correct",
		},
		2: {"9A [3]", "2022-12-15", "2049-12-31", "1950-01-01"},
		3: {"9C [1]", "Purchase"},
		4: {"9F39 [1]", "Chip"},
		5: {"70 [45]", "9F39 [1]", "Chip", "50 [12]", "CREDIT", "57 [16]", "Service code 201", "82 [2]", "Static data authentication", "Cardholder verification",
			"Terminal risk management", "Combined data authentication", "9F15 [2]", "specialty retail"},
		6: {"Netherlands"}, 7: {"United Kingdom"}, 8: {"Euro"}, 9: {"British Pound"}, 10: {"French"}, 11: {"Walloon"},
		12: {"Euro", "not known", "US Dollar"}, 13: {"English", "French"}, 14: {"English", "not known"},
		15: {"Mastercard", "Netherlands", "Product extension", "21 Phone", "Fleet card", "fuel and other products", "odometer", "Vehicle card"},
		16: {"Mastercard", "France", "Product extension", "05 Wristband", "Transit", "Student"},
		17: {"American Express", "Contact chip", "partial online mode", "mobile", "Try another interface", "on the mobile", "Online PIN", "Plaintext offline PIN", "verification required", "2.7 or later"},
		18: {"M/Chip 4", "key index 1", "cryptogram version 16", "(SKD)", "counters are not", "no second", "ARQC in the first", "CDA) in the first", "PIN not checked", "domestic",
			"lower limit of the cumulative", "upper limit of the cumulative", "PIN tries left: 3"},
		19: {"M/Chip Advance", "key index 1", "cryptogram version 16", "(SKD)", "counters are not", "no second", "ARQC in the first", "CDA) in the first", "issuer discretionary",
			"last online transaction not completed", "PIN not checked", "domestic", "PIN tries left: 3"},
		20: {"Visa 4", "key index 254", "cryptogram version '43'", "system of the mobile device", "finger", "no second", "ARQC in answer to GET PROCESSING OPTIONS"},
		21: {"Contactless: enciphered PIN checked online", "Contactless: no cardholder", "Contactless: verification on the cardholder's device", "Contact: enciphered PIN checked online",
			"Contact: signature", "Contact: enciphered PIN checked by the card", "Contact: no cardholder", "Contact: plaintext PIN", "magnetic stripe mode not supported"},
		22: {"89 [6]", `"106609"`, "8A [2]", "Approved", "91 [10]", "50FC620503820000", `"00"`},
		23: {"91 [10]", "FC436535D614F373", "M/Chip: 0010", "8A [2]", "Approved", "89 [6]", `"819534"`},
		24: {"72 [69]", "9F18 [4]", "86 [21]", "PIN CHANGE/UNBLOCK", "86 [37]", "PUT DATA 8E"},
		25: {"72 [23]", "9F18 [4]", "86 [14]", "PUT DATA 9F58"},
		26: {"9F27 [1]", "AAC", "service not allowed"},
		27: {"70 [24]", "70 [16]", "5F2A [2]", "9F1A [2]", "9F15 [2]", "[1] Bytes that are no data object: 12", "34 [4]", "!", "D0 [2]", "DEAD", "Bytes that are no data object: FEDC"},
		28: {"70 [24]", "70 [16]", "5F2A [2]", "9F1A [2]", "9F15 [2]", "strictly: at offset 19"},
		29: {"70 [24]", "70 [16]", "5F2A [2]", "US Dollar", "9F1A [2]", "United States", "9F15 [2]", "specialty retail", "strictly: at offset 19"},
		30: {"30 [18]", "06 [3]", "2.5.4.3", "0C [11]", "openemv.org", "30 [13]", "06 [9]", "1.2.840.113549.1.1.11", "05 [0]", "30 [28]", "06 [10]", "1.3.133.16.840.9.24.1.1", "06 [6]", "1.0.10116.0.1.2", "06 [6]", "1.0.9797.1.3.5"},
		31: {"commonName", "openemv.org", "sha256WithRSAEncryption", "Null", "DUKPT with AES-128", "CBC", "CMAC"},
		33: {"8B [0]", "8B [10]", "Transit gate", "Loyalty", "8B [5]", "0099 (reserved)", "8B [11]", "Transit gate", "BEEF, not known", "9F3E [2]", "Transit gate", "9F3E [4]", "Transit gate", "Loyalty", "9F3E [2]", "0003 (reserved)"},
		34: {"9F69 [6]", "9F37 Unpredictable number (4)", "9F02 Amount, authorised (numeric) (6)"},

		206: {"!", "70 at offset 0", "strictly: at offset 0"}, 207: {"70 [12]", "5F34 [1]", "9F57 [2]"}, 208: {"65 [10]", "!"},
		214: {"Offline data authentication was not performed", "Script failed after the final GENERATE AC"},
	}
}

// TestVectorsData says every row of the kinds in words and finds the facts in them. A row
// that is neither here nor in the list of those not run is a fault.
func TestVectorsData(t *testing.T) {
	facts, exempt := dataFacts(), dataExempt(t)
	for _, r := range dataRows(t) {
		said := ""
		switch want, known := facts[r.line]; {
		case r.Kind == "track1" || r.Kind == "track2":
			checkTrack(t, r)
		case known:
			said = sayRow(t, r)
			rest := said
			for _, phrase := range want {
				_, after, found := strings.Cut(rest, phrase)
				if !found {
					t.Errorf("line %d, %s: no %q after the others in\n%s", r.line, r.Source, phrase, said)
					break
				}
				rest = after
			}
		case !exempt[r.line]:
			t.Errorf("line %d, %s: neither compared nor listed", r.line, r.Source)
		}
	}
}

// sayRow says the input of a row as its command line asks for.
func sayRow(t *testing.T, r dataRow) string {
	t.Helper()
	input := r.text()
	option, value, _ := strings.Cut(input, " ")
	value = strings.TrimSpace(strings.TrimSuffix(value, " --ignore-padding"))
	switch option {
	case "--atr":
		return sayATR(unhex(value), "en")
	case "--country", "--currency":
		tag := emv.TagTerminalCountry
		if option == "--currency" {
			tag = emv.TagCurrency
		}
		return strings.Join(emv.ExplainValue(tag, unhex("0"+value), "en"), "\n")
	case "--iso3166-1":
		return strings.Join(emv.ExplainValue(0x5F56, []byte(value), "en"), "\n")
	case "--language":
		return emv.LanguageName(value, "en")
	case "--issuer-app-data":
		return strings.Join(emv.ExplainValue(emv.TagIAD, unhex(value), "en"), "\n")
	case "--9F1D":
		return strings.Join(emv.ExplainValue(emv.TagRiskData, unhex(value), "en"), "\n")
	case "--tlv", "--ber":
		return sayDump(unhex(strings.Join(strings.Fields(value), "")))
	}
	if r.Kind == "tvr" {
		return strings.Join(emv.ExplainValue(emv.TagTVR, unhex(input), "en"), "\n")
	}
	return sayDump(unhex(input))
}

// sayDump is a dump in words, and where it ends when it is read strictly.
func sayDump(dump []byte) string {
	said := sayElements(emv.Explain(dump, "en"))
	var fault *emv.SyntaxError
	if _, err := emv.Parse(dump, emv.Strict); errors.As(err, &fault) {
		said += "strictly: at offset " + strconv.Itoa(fault.Offset) + "\n"
	}
	return said
}

// checkTrack compares the parts of a track with what the other reader found.
func checkTrack(t *testing.T, r dataRow) {
	t.Helper()
	var in struct{ Hex string }
	var want struct {
		PAN, Expiry, Holder, Error, Discretionary string
		ServiceCode                               string `json:"service_code"`
	}
	if err := errors.Join(json.Unmarshal(r.Input, &in), json.Unmarshal(r.Expected, &want)); err != nil {
		t.Fatal(err)
	}
	text := in.Hex
	if r.Kind == "track1" {
		text = string(unhex(in.Hex))
	}
	parts, err := emv.ExplainOptions{Unmask: true}.ExplainTrack(text)
	if (err != nil) != (want.Error != "") {
		t.Errorf("line %d, %s: %v, want an error: %q", r.line, r.Source, err, want.Error)
		return
	}
	got := map[string]string{}
	for _, p := range parts {
		got[p.Name] = p.Value
		if p.Name == "Expiry" {
			got[p.Name] = p.Meaning[0]
		}
	}
	for name, value := range map[string]string{"Card number": want.PAN, "Expiry": want.Expiry, "Service code": want.ServiceCode, "Name": want.Holder} {
		if got[name] != value {
			t.Errorf("line %d, %s: the %s differs", r.line, r.Source, name)
		}
	}
	if want.Discretionary != "" && got["Discretionary data"] != want.Discretionary {
		t.Errorf("line %d, %s: the discretionary data differs", r.line, r.Source)
	}
	if want.PAN != "" && got["Card number"] == card.Mask(want.PAN) {
		t.Errorf("line %d, %s: masked although that was not wanted", r.line, r.Source)
	}
}

// dataExempt are the lines that the list of rows not run names.
func dataExempt(t *testing.T) map[int]bool {
	t.Helper()
	b, err := os.ReadFile("../../testdata/emv-vectors-not-run.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	for row := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		n, err := strconv.Atoi(cells[0])
		if err != nil || len(cells) != 3 || cells[2] == "" {
			t.Fatalf("%q is no line, source and reason", row)
		}
		lines[n] = true
	}
	return lines
}
