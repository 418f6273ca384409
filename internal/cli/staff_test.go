package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// PINs of the tests: long enough that nothing else holds their digits by chance.
const (
	bossPIN = "918273645546"
	bobPIN  = "807162534453"
)

// types is a console at which a person answers: secrets are typed unseen, one after
// another, and lines are what is typed otherwise.
func types(t *testing.T, lines string, secrets ...string) *console {
	t.Helper()
	con := newConsole(t)
	con.Random, con.Now = rand.Reader, time.Now
	con.atTerminal(lines, secrets...)
	return con
}

func (c *console) atTerminal(lines string, secrets ...string) {
	c.In = Input{Reader: strings.NewReader(lines), Terminal: true, Secret: func(context.Context) ([]byte, error) {
		if len(secrets) == 0 {
			return nil, errors.New("nobody types")
		}
		next := secrets[0]
		secrets = secrets[1:]
		return []byte(next), nil
	}}
	c.Err.Terminal = true
}

// run runs a command that must end so.
func (c *console) run(t *testing.T, want exitCode, args ...string) {
	t.Helper()
	if code := c.till(args...); code != want {
		t.Fatalf("till %s ends with %d, want %d: %s", strings.Join(args, " "), code, want, c.err.String())
	}
}

// A new PIN is asked for twice, an old one once, and neither is shown.
func TestPINPrompts(t *testing.T) {
	con := types(t, "", bossPIN, bossPIN)
	con.run(t, exitDone, "staff", "add", "li", "--role", "admin")
	if said := con.err.String(); !strings.Contains(said, "new PIN of li: \nonce more: \n") {
		t.Errorf("asked %q", said)
	}
	con.atTerminal("", bossPIN)
	con.run(t, exitDone, "staff", "sign-in", "li", "--lang", "zh")
	if said := con.err.String(); !strings.Contains(said, "li 的 PIN：\n") {
		t.Errorf("asked %q", said)
	}
	con.atTerminal("", bobPIN, bossPIN)
	con.run(t, exitUsage, "staff", "add", "bob")
	if !strings.Contains(con.err.String(), "the two PINs differ") {
		t.Errorf("said %q", con.err.String())
	}
	con.atTerminal("", bobPIN, bobPIN)
	con.run(t, exitDone, "staff", "add", "bob")
	con.run(t, exitUsage, "staff", "sign-in", "bob", "--no-input")
	con.atTerminal("", bobPIN)
	con.run(t, exitDone, "staff", "sign-in", "bob")
	con.atTerminal("", bobPIN, "2468", "2468")
	con.run(t, exitDone, "staff", "pin")
	if said := con.err.String(); !strings.Contains(said, "old PIN of bob: \nnew PIN of bob: \nonce more: \n") {
		t.Errorf("asked %q", said)
	}
	con.atTerminal("")
	con.run(t, exitFailure, "staff", "sign-in", "bob")
}

// Where an approval turns out to be needed, whoever stands there is asked for one.
func TestApprovalInPlace(t *testing.T) {
	con := types(t, "", bossPIN, bossPIN, bossPIN, bobPIN, bobPIN, bobPIN)
	con.run(t, exitDone, "staff", "add", "li", "--role", "admin")
	con.run(t, exitDone, "staff", "sign-in", "li")
	con.run(t, exitDone, "staff", "add", "bob")
	con.run(t, exitDone, "staff", "sign-in", "bob")
	con.run(t, exitDone, "pay", "8", "--tender", "cash")
	con.atTerminal("li\nnot read", bossPIN)
	con.run(t, exitDone, "void", "last", "--json=staff,approver")
	if got := con.out.String(); got != `{"staff":"bob","approver":"li"}`+"\n" {
		t.Errorf("got %s", got)
	}
	for _, words := range []string{"bob (cashier) needs an approval to void", "approver: ", "PIN of li: "} {
		if !strings.Contains(con.err.String(), words) {
			t.Errorf("%q does not say %q", con.err.String(), words)
		}
	}
	con.run(t, exitDone, "pay", "8", "--tender", "cash")
	con.atTerminal("bob\n", bobPIN)
	con.run(t, exitNotPermitted, "void", "last")
	if !strings.Contains(con.err.String(), "cannot approve their own act") {
		t.Errorf("said %q", con.err.String())
	}
}

// No PIN and no hash of one in any output, and no PIN in any file (design, I10).
func TestNoPINAnywhere(t *testing.T) {
	con := newConsole(t)
	con.Random, con.Now = rand.Reader, time.Now
	pins := t.TempDir()
	file := func(name, pin string) string {
		path := filepath.Join(pins, name)
		if err := os.WriteFile(path, []byte(pin+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	boss, bob, wrong := file("boss", bossPIN), file("bob", bobPIN), file("wrong", "706152433425")
	var said bytes.Buffer
	for _, args := range [][]string{
		{"staff", "add", "li", "--role", "admin", "--pin-file", boss}, {"staff", "sign-in", "li", "--pin-file", boss, "--json"},
		{"staff", "add", "bob", "--pin-file", bob, "--json"}, {"staff", "list", "--json"}, {"staff", "show", "bob", "-O", "csv"},
		{"staff", "sign-in", "bob", "--pin-file", wrong}, {"staff", "sign-in", "bob", "--pin-file", bob}, {"pay", "5", "--tender", "cash", "--json"},
		{"void", "last", "--approver", "li", "--approver-pin-file", wrong, "--json"}, {"void", "last", "--approver", "li", "--approver-pin-file", boss},
		{"staff", "pin", "--pin-file", wrong, "--old-pin-file", bob}, {"staff", "whoami"}, {"txn", "show", "last", "--json"}, {"store", "verify"}, {"doctor"},
	} {
		con.till(args...)
		said.Write(con.out.Bytes())
		said.Write(con.err.Bytes())
	}
	if said.Len() < 2000 || !strings.Contains(said.String(), `"approver":"li"`) && !strings.Contains(said.String(), "li") {
		t.Fatalf("the commands said only: %s", said.String())
	}
	if strings.Contains(said.String(), "argon2") {
		t.Error("a hash was printed")
	}
	secrets := []string{bossPIN, bobPIN, "706152433425"}
	findPINs(t, "output", said.Bytes(), secrets)
	err := filepath.WalkDir(con.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		findPINs(t, path, raw, secrets)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func findPINs(t *testing.T, where string, hay []byte, pins []string) {
	t.Helper()
	for i, pin := range pins {
		for name, form := range encodings(pin) {
			if bytes.Contains(hay, form) {
				t.Errorf("%s holds PIN %d as %s", where, i, name)
			}
		}
	}
}

// Every command that may need an approval takes one by flags.
func TestApproverFlags(t *testing.T) {
	want := []string{"till refund", "till shift close", "till shift payin", "till shift payout", "till void"}
	var got []string
	for _, c := range walk(tree(t, "en")) {
		if c.Flags().Lookup("approver") != nil {
			got = append(got, c.CommandPath())
			if c.Flags().Lookup("approver-pin-file") == nil {
				t.Errorf("%s takes an approver without a PIN", c.CommandPath())
			}
		}
	}
	for _, path := range want {
		if !slices.Contains(got, path) {
			t.Errorf("%s takes no --approver", path)
		}
	}
}
