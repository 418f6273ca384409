package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/card"
)

func TestSealCard(t *testing.T) {
	v := open(t, t.TempDir())
	for _, tc := range []struct {
		pan    string
		expiry card.Expiry
	}{
		{"4761739001010010", "2612"},
		{"6205500000000000004", "3101"}, // 19 digits
		{"378282246310005", ""},         // 15 digits, expiry unknown
		{"4222222222222", "2912"},       // 13 digits
	} {
		t.Run(fmt.Sprintf("len=%d,expiry=%s", len(tc.pan), tc.expiry), func(t *testing.T) {
			want := parsePAN(t, tc.pan)
			sealed, err := v.SealCard("TXN1", want, tc.expiry)
			if err != nil {
				t.Fatal(err)
			}
			got, expiry, err := v.OpenCard("TXN1", sealed)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(want) || expiry != tc.expiry {
				t.Errorf("got %s %q, want %s %q", got, expiry, want, tc.expiry)
			}
			if len(sealed) != 54 {
				t.Errorf("sealed card of %d bytes, want 54 for every card", len(sealed))
			}
			if bytes.Contains(sealed, []byte(tc.pan[4:12])) {
				t.Error("the sealed card holds digits of the number")
			}
		})
	}
}

func TestSealCardDiffersEachTime(t *testing.T) {
	v := open(t, t.TempDir())
	pan := parsePAN(t, "4111111111111111")
	seen := map[string]bool{}
	for range 100 {
		sealed, err := v.SealCard("TXN1", pan, "2612")
		if err != nil {
			t.Fatal(err)
		}
		if seen[string(sealed)] {
			t.Fatal("the same sealed card twice")
		}
		seen[string(sealed)] = true
	}
}

func TestSealCardRefuses(t *testing.T) {
	v := open(t, t.TempDir())
	pan := parsePAN(t, "4111111111111111")
	for name, seal := range map[string]func() ([]byte, error){
		"no number":      func() ([]byte, error) { return v.SealCard("TXN1", card.PAN{}, "2612") },
		"no transaction": func() ([]byte, error) { return v.SealCard("", pan, "2612") },
		"long expiry":    func() ([]byte, error) { return v.SealCard("TXN1", pan, "26123") },
	} {
		if sealed, err := seal(); err == nil || sealed != nil {
			t.Errorf("%s: got %d bytes and error %v, want none and an error", name, len(sealed), err)
		}
	}
}

func TestOpenCardRefuses(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	sealed, err := v.SealCard("TXN1", parsePAN(t, "4761739001010010"), "2612")
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(name string, v *vault.Vault, id till.TxnID, sealed []byte) {
		t.Helper()
		pan, expiry, err := v.OpenCard(id, sealed)
		if isProblem(t, err, "TXN") && pan.IsZero() && expiry == "" {
			return
		}
		t.Errorf("%s: got %s %q and error %v, want nothing and a problem", name, pan, expiry, err)
	}
	refuse("another transaction", v, "TXN2", sealed)
	refuse("another shop", open(t, t.TempDir()), "TXN1", sealed)
	refuse("nothing", v, "TXN1", nil)
	refuse("cut", v, "TXN1", sealed[:20])
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		refuse(fmt.Sprintf("bit of byte %d", i), v, "TXN1", changed)
	}
	if _, _, err := open(t, dir).OpenCard("TXN1", sealed); err != nil {
		t.Errorf("the same shop at its next start: %v", err)
	}
}

func TestTokenKey(t *testing.T) {
	dir := t.TempDir()
	first, again, other := open(t, dir).TokenKey(), open(t, dir).TokenKey(), open(t, t.TempDir()).TokenKey()
	if len(first) != 32 || !bytes.Equal(first, again) {
		t.Errorf("token key of %d bytes, the same again %t, want 32 and true", len(first), bytes.Equal(first, again))
	}
	if bytes.Equal(first, other) {
		t.Error("two shops have one token key")
	}
	root := read(t, filepath.Join(dir, "keys", "root.key"))
	if bytes.Equal(first, root) {
		t.Error("the token key is the root key")
	}
	v := open(t, dir)
	clear(v.TokenKey())
	if !bytes.Equal(v.TokenKey(), first) {
		t.Error("a caller that cleared its copy changed the vault")
	}
}

func TestPepper(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	first, again, other := v.Pepper(), open(t, dir).Pepper(), open(t, t.TempDir()).Pepper()
	if len(first) != 32 || !bytes.Equal(first, again) || bytes.Equal(first, other) {
		t.Errorf("pepper of %d bytes, the same again %t, of another shop %t, want 32, true and false", len(first), bytes.Equal(first, again), bytes.Equal(first, other))
	}
	if bytes.Equal(first, v.TokenKey()) {
		t.Error("the pepper is the key of tokens")
	}
	clear(v.Pepper())
	if !bytes.Equal(v.Pepper(), first) {
		t.Error("a caller that cleared its copy changed the vault")
	}
}

func TestKeyFiles(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	root := read(t, filepath.Join(dir, "keys", "root.key"))
	if len(root) != 32 {
		t.Fatalf("root key of %d bytes, want 32", len(root))
	}
	if id := read(t, filepath.Join(dir, "keys", "root.id")); len(id) != 16 || bytes.Contains(root, id) {
		t.Errorf("check value %q, want 16 hex digits", id)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]os.FileMode{"keys": 0o700, "keys/root.key": 0o600, "keys/root.id": 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", path, got, want)
		}
	}
}

// Programs that start at once in a new shop end up with one key.
func TestOpenAtOnce(t *testing.T) {
	dir := t.TempDir()
	tokens := make([][]byte, 16)
	var all sync.WaitGroup
	for i := range tokens {
		all.Go(func() {
			v, err := vault.Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			tokens[i] = v.TokenKey()
		})
	}
	all.Wait()
	for i := range tokens {
		if !bytes.Equal(tokens[i], tokens[0]) {
			t.Errorf("program %d has another key than the first", i)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, keys string)
		says  string
	}{
		{"key lost", func(t *testing.T, keys string) { remove(t, keys+"/root.key") }, "missing"},
		{"key cut", func(t *testing.T, keys string) { write(t, keys+"/root.key", make([]byte, 31)) }, "damaged"},
		{"key empty", func(t *testing.T, keys string) { write(t, keys+"/root.key", nil) }, "damaged"},
		{"key of another shop", func(t *testing.T, keys string) { write(t, keys+"/root.key", make([]byte, 32)) }, "damaged"},
		{"check value of another shop", func(t *testing.T, keys string) { write(t, keys+"/root.id", []byte("0123456789abcdef")) }, "damaged"},
		{"key readable by the group", func(t *testing.T, keys string) { chmod(t, keys+"/root.key", 0o640) }, "other users"},
		{"key readable by all", func(t *testing.T, keys string) { chmod(t, keys+"/root.key", 0o604) }, "other users"},
		{"key is a folder", func(t *testing.T, keys string) {
			remove(t, keys+"/root.key")
			if err := os.Mkdir(keys+"/root.key", 0o700); err != nil {
				t.Fatal(err)
			}
		}, "root.key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			open(t, dir)
			tc.spoil(t, filepath.Join(dir, "keys"))
			_, err := vault.Open(dir)
			if !isProblem(t, err, "root.key") || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want a problem that says %q and names root.key", err, tc.says)
			}
		})
	}
}

// A making that the power cut short is finished, and leaves the key that was made.
func TestOpenFinishesMaking(t *testing.T) {
	dir := t.TempDir()
	want := open(t, dir).TokenKey()
	keys := filepath.Join(dir, "keys")
	remove(t, keys+"/root.id")
	write(t, keys+"/root.id.new", []byte("half"))
	write(t, keys+"/root.key.new", make([]byte, 7))
	if got := open(t, dir).TokenKey(); !bytes.Equal(got, want) {
		t.Error("another key after the making was finished")
	}
	if _, err := os.Stat(keys + "/root.id"); err != nil {
		t.Error(err)
	}
}

func TestOpenWhereNothingCanBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	write(t, dir, []byte("no folder"))
	if _, err := vault.Open(dir); !isProblem(t, err, "root.key") {
		t.Errorf("got %v, want a problem that names root.key", err)
	}
}

func FuzzOpenCard(f *testing.F) {
	v, err := vault.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(nil))
	f.Add([]byte{1})
	f.Add(make([]byte, 54))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if pan, _, err := v.OpenCard("TXN1", sealed); err == nil || !pan.IsZero() {
			t.Errorf("opened %d bytes that nobody sealed", len(sealed))
		}
	})
}

func open(t *testing.T, dir string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// isProblem reports a *till.Problem of till.CodeStore in both languages with a next
// step, which names what it is about.
func isProblem(t *testing.T, err error, about string) bool {
	t.Helper()
	var p *till.Problem
	if !errors.As(err, &p) || p.Code != till.CodeStore || p.Hint.IsZero() {
		return false
	}
	for _, l := range []i18n.Lang{i18n.English, i18n.Chinese} {
		said := p.What.In(l)
		if !strings.Contains(said, about) || strings.Contains(said, "%!") || strings.Contains(p.Hint.In(l), "%!") {
			t.Errorf("%s: %q, %q, want a text that names %s", l, said, p.Hint.In(l), about)
		}
	}
	return true
}

func parsePAN(t *testing.T, s string) card.PAN {
	t.Helper()
	pan, err := card.ParsePAN(s)
	if err != nil {
		t.Fatal(err)
	}
	return pan
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no mode bits to refuse")
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
