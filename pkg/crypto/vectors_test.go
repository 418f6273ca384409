package crypto_test

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/dukpt"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/keyblock"
	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/crypto/pinblock"
)

// vector is one row of the collected public test vectors; the folder is no part of the
// repository and named by TILL_VECTORS.
type vector struct {
	line     int
	Source   string          `json:"source"`
	Kind     string          `json:"kind"`
	Input    vectorInput     `json:"input"`
	Expected json.RawMessage `json:"expected"`
}

// vectorInput is the union of the inputs of kinds pinblock, dukpt and tr31.
type vectorInput struct {
	Format     string `json:"format"`
	PIN        string `json:"pin"`
	Account    string `json:"account"`
	Decode     string `json:"decode"`
	Algorithm  string `json:"alg"`
	BDK        string `json:"bdk"`
	InitialKey string `json:"initial_key"`
	KSN        string `json:"ksn"`
	PAN        string `json:"pan"`
	PINBlock   string `json:"pinblock"`
	Data       string `json:"data"`
	KBPK       string `json:"kbpk"`
	KBPKLength string `json:"kbpk_len"`
	KeyBlock   string `json:"key_block"`
}

// TestVectors computes every row of these kinds. A row that is not run stands with its
// reason in testdata/emv-vectors-not-run.tsv.
func TestVectors(t *testing.T) {
	rows, skipped := vectors(t), notRun(t)
	compute := map[string]func(*testing.T, vector){"pinblock": checkPINBlock, "dukpt": checkDUKPT, "tr31": checkKeyBlock}
	run := 0
	for _, v := range rows {
		check, mine := compute[v.Kind]
		if !mine || skipped[v.line] {
			continue
		}
		run++
		t.Run(fmt.Sprintf("%s/line=%d", v.Kind, v.line), func(t *testing.T) { check(t, v) })
	}
	if run < 40 {
		t.Errorf("only %d rows were run", run)
	}
}

func checkPINBlock(t *testing.T, v vector) {
	f, err := pinblock.ParseFormat(strings.NewReplacer("ECI-1", "ISO-0", "VISA-1", "ISO-0").Replace(v.Input.Format)) // other names of one format
	if err != nil {
		t.Fatal(err)
	}
	want := expected[string](t, v)
	if v.Input.Decode != "" {
		pin, err := pinblock.Decode(f, card.NewSecret(string(unhex(t, v.Input.Decode))), card.PAN{})
		if err != nil || pin.Reveal() != want {
			t.Errorf("%s: a PIN of %d digits, %v", v.Source, pin.Len(), err)
		}
		return
	}
	block, err := pinblock.Encode(f, card.NewSecret(v.Input.PIN), number(t, v.Input.Account), nil)
	equal(t, "block", []byte(block.Reveal()), err, want)
}

func checkDUKPT(t *testing.T, v vector) {
	if v.Input.Algorithm == "TDES" {
		checkDUKPTTDES(t, v)
		return
	}
	want := expected[map[string]string](t, v)
	ksn := must(dukpt.ParseAESKSN(v.Input.KSN))(t)
	initial := must(dukpt.AESInitialKey(parse(t, key.AES, v.Input.BDK), ksn))(t)
	equal(t, "initial key", initial.Reveal(), nil, v.Input.InitialKey)
	equal(t, "current key", must(dukpt.AESTransactionKey(initial, ksn))(t).Reveal(), nil, want["current_key"])
	const data = "4012345678909D987" // "macData in the test source"
	for name, use := range map[string]dukpt.Use{"req": dukpt.MACRequest, "res": dukpt.MACResponse} {
		code, err := mac.CMACAES(must(dukpt.AESWorkingKey(initial, ksn, use, dukpt.AES128))(t).Reveal(), []byte(data))
		equal(t, "cmac_"+name, code[:], err, want["cmac_"+name])
		sum := hmac.New(sha256.New, must(dukpt.AESWorkingKey(initial, ksn, use, dukpt.HMAC128))(t).Reveal())
		sum.Write([]byte(data))
		equal(t, "hmac_"+name, sum.Sum(nil), nil, want["hmac_"+name])
	}
	for name, use := range map[string]dukpt.Use{"req": dukpt.DataRequest, "res": dukpt.DataResponse} {
		k := must(dukpt.AESWorkingKey(initial, ksn, use, dukpt.AES128))(t)
		equal(t, "data_"+name, cbc(t, k, data), nil, want["data_"+name])
	}
}

func checkDUKPTTDES(t *testing.T, v vector) {
	want := expected[map[string]string](t, v)
	ksn := must(dukpt.ParseTDESKSN(v.Input.KSN))(t)
	initial := must(dukpt.TDESInitialKey(parse(t, key.TDES, v.Input.BDK), ksn))(t)
	equal(t, "current key", must(dukpt.TDESTransactionKey(initial, ksn))(t).Reveal(), nil, want["current_key"])
	working := func(u dukpt.Use) key.Key { return must(dukpt.TDESWorkingKey(initial, ksn, u))(t) }
	f := must(pinblock.ParseFormat(v.Input.PINBlock))(t)
	block, err := pinblock.Encipher(f, working(dukpt.PIN), card.NewSecret(v.Input.PIN), number(t, v.Input.PAN), nil)
	equal(t, "pin_enc", block, err, want["pin_enc"])
	for name, use := range map[string]dukpt.Use{"req": dukpt.DataRequest, "res": dukpt.DataResponse} {
		equal(t, "data_"+name, cbc(t, working(use), v.Input.Data), nil, want["data_"+name])
	}
	for name, use := range map[string]dukpt.Use{"req": dukpt.MACRequest, "res": dukpt.MACResponse} {
		code, err := mac.X919(working(use).Reveal(), []byte(v.Input.Data))
		equal(t, "mac_"+name, code[:], err, want["mac_"+name])
	}
}

func checkKeyBlock(t *testing.T, v vector) {
	want := expected[map[string]string](t, v)
	kbpk, err := protectionKey(t, v.Input)
	if err == nil {
		var k key.Key
		_, k, err = keyblock.Unwrap(kbpk, v.Input.KeyBlock)
		if want["error"] == "" {
			equal(t, "key", k.Reveal(), err, want["key"])
			return
		}
	}
	if want["error"] == "" || !errors.Is(err, sameRefusal(want["error"])) {
		t.Errorf("%s: %v, want %v", v.Source, err, want)
	}
}

// sameRefusal is our error for a refusal of moov's.
func sameRefusal(text string) error {
	for part, err := range map[string]error{
		"KBPK length": key.ErrKey, "not matched": keyblock.ErrMAC, "Decrypted key": keyblock.ErrContent,
		"Key block length": keyblock.ErrFormat, "valid hexchars": keyblock.ErrFormat,
	} {
		if strings.Contains(text, part) {
			return err
		}
	}
	return nil
}

// protectionKey is the one of the row; where only its length is told it is the letter E
// over and over, as in the suite that the row is from.
func protectionKey(t *testing.T, in vectorInput) (key.Key, error) {
	a := key.TDES
	if in.KeyBlock[0] == 'D' {
		a = key.AES
	}
	if in.KBPK != "" {
		return key.Parse(a, in.KBPK)
	}
	n, err := strconv.Atoi(in.KBPKLength)
	if err != nil {
		t.Fatal(err)
	}
	return key.New(a, bytes.Repeat([]byte("E"), n))
}

// cbc enciphers text filled with zeros from a zero start.
func cbc(t *testing.T, k key.Key, text string) []byte {
	t.Helper()
	block := must(k.Block())(t)
	size := block.BlockSize()
	b := make([]byte, (len(text)+size-1)/size*size)
	copy(b, text)
	cipher.NewCBCEncrypter(block, make([]byte, size)).CryptBlocks(b, b)
	return b
}

func equal(t *testing.T, what string, got []byte, err error, want string) {
	t.Helper()
	if text := strings.ToUpper(hex.EncodeToString(got)); err != nil || text != want {
		t.Errorf("%s: got %s, %v, want %s", what, text, err, want)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func expected[T any](t *testing.T, v vector) (out T) {
	t.Helper()
	if err := json.Unmarshal(v.Expected, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func parse(t *testing.T, a key.Algorithm, text string) key.Key {
	t.Helper()
	return must(key.Parse(a, text))(t)
}

func number(t *testing.T, digits string) card.PAN {
	t.Helper()
	if digits == "" {
		return card.PAN{}
	}
	return must(card.ParsePAN(digits))(t)
}

func unhex(t *testing.T, s string) []byte { t.Helper(); return must(hex.DecodeString(s))(t) }

// vectors reads the folder, or skips the test where it is not named.
func vectors(t *testing.T) []vector {
	t.Helper()
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	b := must(os.ReadFile(filepath.Join(dir, "emv.jsonl")))(t)
	var rows []vector
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var kind struct {
			Kind string `json:"kind"`
		}
		if err := json.Unmarshal(lines.Bytes(), &kind); err != nil {
			t.Fatalf("row %d: %v", n, err)
		}
		if kind.Kind != "pinblock" && kind.Kind != "dukpt" && kind.Kind != "tr31" {
			continue // other packages read these
		}
		v := vector{line: n}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatalf("row %d: %v", n, err)
		}
		rows = append(rows, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// notRun are the lines that the list of exceptions names with a reason.
func notRun(t *testing.T) map[int]bool {
	t.Helper()
	b := must(os.ReadFile(filepath.Join("..", "..", "testdata", "emv-vectors-not-run.tsv")))(t)
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
