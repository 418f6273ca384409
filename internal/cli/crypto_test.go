package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The secrets of the tests of till crypto; the key, the number and the PIN are those of the
// samples of ANSI X9.24-1.
const (
	cryptoKey = "0123456789ABCDEFFEDCBA9876543210"
	cryptoPAN = "4012345678909"
	cryptoPIN = "918273645546"
)

// cryptoFiles is a console in whose folder the secrets lie, and their paths.
func cryptoFiles(t *testing.T) (con *console, path func(name string) string) {
	t.Helper()
	con = newConsole(t)
	con.Random = rand.Reader
	for name, text := range map[string]string{"key": cryptoKey, "pan": cryptoPAN, "pin": cryptoPIN} {
		if err := os.WriteFile(filepath.Join(con.Dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return con, func(name string) string { return filepath.Join(con.Dir, name) }
}

// Nothing that any of the commands says holds a key, a PIN or a card number in any form,
// whatever the format, the language and the fault; what they are told to write into a file
// is there.
func TestCryptoTellsNoSecret(t *testing.T) {
	con, path := cryptoFiles(t)
	k, pan, pin := path("key"), path("pan"), path("pin")
	var said bytes.Buffer
	for _, args := range [][]string{
		{"kcv", "--key-file", k}, {"kcv", "--key-file", k, "--json"}, {"kcv", "--key-file", k, "-O", "csv"}, {"kcv", "--key-file", k, "--key-file", k, "--lang", "zh"},
		{"kcv", "--algorithm", "aes", "--key-file", k}, {"kcv", "--algorithm", "aes", "--key-file", pin}, {"kcv", "--key-file", k, "--key-out", path("copy")},
		{"mac", "--key-file", k, "--file", pin}, {"mac", "--key-file", k, "--hex", "00", "--code", "00000000"}, {"mac", "--key-file", pan, "--hex", "00"},
		{"dukpt", "--ksn", "FFFF9876543210E00001", "--bdk-file", k, "--json"}, {"dukpt", "--ksn", "123456789012345600000001", "--bdk-file", k},
		{"dukpt", "--ksn", "FFFF9876543210E00001", "--initial-file", k, "--use", "pin", "--key-out", path("pek")},
		{"pinblock", "make", "--key-file", k, "--pan-file", pan, "--pin-file", pin, "--json"},
		{"pinblock", "make", "--format", "ISO-4", "--key-file", k, "--pan-file", pan, "--pin-file", pin},
		{"pinblock", "make", "--format", "ISO-3", "--pan-file", pan, "--pin-file", pin, "--clear-out", path("clear")},
		{"pinblock", "make", "--key-file", pin, "--pan-file", pan, "--pin-file", k}, {"pinblock", "make", "--key-file", k, "--pan-file", pin, "--pin-file", pan},
		{"pinblock", "open", "--block", "0000000000000000", "--key-file", k, "--pan-file", pan},
		{"keyblock", "wrap", "--usage", "P0", "--kbpk-file", k, "--key-file", k, "--json"}, {"keyblock", "wrap", "--usage", "P0", "--kbpk-file", k, "--key-file", pin},
		{"keyblock", "unwrap", "B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A3B8E4FA4C5F5341176EED7B727B8A248E", "--kbpk-file", k},
		{"cvv", "--key-file", k, "--pan-file", pan, "--expiry", "3112", "--service-code", "201", "--json"}, {"cvv", "--key-file", k, "--pan-file", k, "--expiry", "3112"},
		{"cardkey", "--key-file", k, "--pan-file", pan, "--json"}, {"cardkey", "--key-file", pin, "--pan-file", pan},
		{"kcv", cryptoKey}, {"kcv", "--key-file", cryptoKey}, {"kcv", "--key-file=" + cryptoKey}, {"kcv", "--key", cryptoKey}, {cryptoKey}, {"kcv", "--algorithm", cryptoKey},
		{"pinblock", "make", "--pin-file", cryptoPIN}, {"pinblock", cryptoPIN}, {"pinblock", "make", "--pin", cryptoPIN}, {"cvv", "--pan-file", cryptoPAN},
		{"kcv", "--json", cryptoPIN}, {"kcv", "--", cryptoPIN}, {"kcv", "-k", cryptoPIN}, {"cvv", "--value-file", "561"}, {"cvv", "--json", cryptoKey},
	} {
		con.till(append([]string{"crypto"}, args...)...)
		if con.out.Len()+con.err.Len() == 0 {
			t.Errorf("till crypto %s says nothing", args[0])
		}
		said.Write(con.out.Bytes())
		said.Write(con.err.Bytes())
	}
	for what, secret := range map[string]string{"key": cryptoKey, "half of the key": cryptoKey[:16], "PIN": cryptoPIN, "card number": cryptoPAN, "value": "\"561\"", "value's file": "561 "} {
		for form, text := range secretForms(secret) {
			if strings.Contains(strings.ToUpper(said.String()), strings.ToUpper(text)) {
				t.Errorf("the %s was shown as %s", what, form)
			}
		}
	}
	for _, name := range []string{"copy", "pek", "clear"} {
		raw, err := os.ReadFile(path(name))
		if err != nil || len(raw) < 16 {
			t.Errorf("%s: %d bytes, %v", name, len(raw), err)
		}
	}
}

// secretForms are the forms that a careless line could give a secret.
func secretForms(secret string) map[string]string {
	return map[string]string{
		"text": secret, "hex of the text": hex.EncodeToString([]byte(secret)),
		"base64": base64.StdEncoding.EncodeToString([]byte(secret))[:8*len(secret)/6],
	}
}

// A secret goes into a file for its owner alone, and a file of others' is warned of.
func TestCryptoFilesAreForTheirOwner(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	con, path := cryptoFiles(t)
	con.run(t, exitDone, "crypto", "kcv", "--key-file", path("key"), "--key-out", path("copy"))
	if info, err := os.Stat(path("copy")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if con.err.Len() > 0 {
		t.Errorf("warned of a file that nobody else can read: %s", con.err.String())
	}
	if err := os.Chmod(path("key"), 0o640); err != nil {
		t.Fatal(err)
	}
	con.run(t, exitDone, "crypto", "kcv", "--key-file", path("key"))
	if !strings.Contains(con.err.String(), "chmod 600 "+path("key")) {
		t.Errorf("not warned of a file that its group can read: %q", con.err.String())
	}
}

// At a terminal what is not named is asked for, unseen.
func TestCryptoPrompts(t *testing.T) {
	con := types(t, "", cryptoPAN, cryptoKey, "1234")
	con.run(t, exitDone, "crypto", "pinblock", "make")
	if asked := con.err.String(); !strings.Contains(asked, "card number: \nkey (TDES, hexadecimal): \nPIN: \n") {
		t.Errorf("asked %q", asked)
	}
	if !strings.Contains(con.out.String(), "08D7B4") {
		t.Errorf("said %q", con.out.String())
	}
	con = types(t, "", cryptoKey)
	con.run(t, exitUsage, "crypto", "kcv", "--no-input")
}
