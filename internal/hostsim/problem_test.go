package hostsim_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// sell leaves a ledger with one sale in a folder.
func sell(t *testing.T, dir string) {
	t.Helper()
	h := open(t, dir)
	s := newShop(t, h)
	if code := s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111"))); code != "00" {
		t.Fatalf("sale answered %s", code)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// execute runs a statement on the ledger file behind the host's back.
func execute(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "host.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A ledger that cannot be used is refused with its path, in both languages, and is left
// as it was.
func TestUnusableLedgers(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		en    string
		zh    string
	}{
		{"not a database", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "host.db"), strings.Repeat("no database ", 400))
		},
			"is damaged", "已损坏"},
		{"cut short", func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, "host.db"), 5000); err != nil {
				t.Fatal(err)
			}
		}, "is damaged", "已损坏"},
		{"of a newer version", func(t *testing.T, dir string) { execute(t, dir, "PRAGMA user_version = 99") }, "newer version", "更新版本"},
		{"of another program", func(t *testing.T, dir string) { execute(t, dir, "PRAGMA application_id = 1") }, "another program", "其他程序"},
		{"of another program that is no WAL database", func(t *testing.T, dir string) {
			for _, name := range []string{"host.db", "host.key"} {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			execute(t, dir, "CREATE TABLE theirs (a)")
		}, "another program", "其他程序"},
		{"without its key", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "host.key")); err != nil {
				t.Fatal(err)
			}
		}, "does not belong to the ledger", "不匹配"},
		{"with another key", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "host.key"), strings.Repeat("42", 32)+"\n")
		},
			"does not belong to the ledger", "不匹配"},
		{"with half a key", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "host.key"), "4242") },
			"does not belong to the ledger", "不匹配"},
		{"a folder in its place", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "host.db")
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}, "cannot use its ledger", "无法使用账本"},
	} {
		dir := t.TempDir()
		sell(t, dir)
		tc.spoil(t, dir)
		before := files(t, dir)
		_, err := hostsim.Open(t.Context(), hostsim.Config{Dir: dir})
		var problem *till.Problem
		if !errors.As(err, &problem) || problem.Code != till.CodeStore {
			t.Errorf("%s: got %v, want a problem %s", tc.name, err, till.CodeStore)
			continue
		}
		en, zh := problem.What.In(i18n.English), problem.What.In(i18n.Chinese)
		if !strings.Contains(en, tc.en) || !strings.Contains(zh, tc.zh) || !strings.Contains(en, dir) || !strings.Contains(zh, dir) {
			t.Errorf("%s: says %q and %q", tc.name, en, zh)
		}
		if problem.Hint.IsZero() {
			t.Errorf("%s: no hint", tc.name)
		}
		if after := files(t, dir); after["host.db"] != before["host.db"] || after["host.key"] != before["host.key"] {
			t.Errorf("%s: the files were changed", tc.name)
		}
	}
}

// files is what lies in a folder.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if f.IsDir() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[f.Name()] = string(b)
	}
	return found
}

func TestFolderThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	_, err := hostsim.Open(t.Context(), hostsim.Config{Dir: filepath.Join(file, "host")})
	var problem *till.Problem
	if !errors.As(err, &problem) || problem.Code != till.CodeStore {
		t.Errorf("got %v, want a problem %s", err, till.CodeStore)
	}
}

// A folder may be called anything.
func TestFolderNames(t *testing.T) {
	names := []string{"50% off", "a#b&c=d", "收银 机", "a;b'c"}
	if runtime.GOOS != "windows" { // which has no such names
		names = append(names, "50%3f off?", "file:x?mode=memory", "a\"b")
	}
	for _, name := range names {
		dir := filepath.Join(t.TempDir(), name)
		sell(t, dir)
		if got := balance(t, open(t, dir)); got != amount(t, "12.50") {
			t.Errorf("%s: after opening again the merchant has %s", name, got)
		}
		if got := files(t, dir); got["host.db"] == "" || got["host.key"] == "" {
			t.Errorf("%s: the folder does not hold host.db and host.key", name)
		}
	}
}

// Secrets of the host are the owner's alone.
func TestKeyMode(t *testing.T) {
	dir := t.TempDir()
	sell(t, dir)
	info, err := os.Stat(filepath.Join(dir, "host.key"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && mode != 0o666 { // Windows knows no 0600
		t.Errorf("host.key has mode %o, want 600", mode)
	}
}

// The books are fixed: whoever changes a row behind the host's back is refused, and
// whoever takes the guard away is found out.
func TestVerifyFindsTampering(t *testing.T) {
	drop := "DROP TRIGGER posting_fixed; DROP TRIGGER posting_kept; DROP TRIGGER entry_fixed; DROP TRIGGER reversal_fixed; "
	for _, tc := range []struct{ name, statement, says string }{
		{"one side changed", "UPDATE posting SET minor = minor + 1 WHERE id = 1", "sum to zero"},
		{"both sides changed", "UPDATE posting SET minor = 2 * minor", "moves what it says"},
		{"a movement taken out", "DELETE FROM posting", "if and only if it was approved"},
		{"an approval made of a decline", "UPDATE entry SET code = '00' WHERE code = '51'", "if and only if it was approved"},
		{"a reversal without its movement", `INSERT INTO reversal VALUES ('TILL0001', 1, 1, 1, 'CNY', 1250, '98', '00', '')`, "if and only if it was reversed"},
		{"a movement back that was never owed", `
			INSERT INTO posting (entry, undo, account, currency, minor) SELECT entry, 1, account, currency, -minor FROM posting`,
			"if and only if it was reversed"},
		{"a grave over a living sale", `INSERT INTO reversal VALUES ('TILL0001', 1, 1, NULL, 'CNY', 1250, '98', '25', '')`, "tombstone"},
	} {
		dir := t.TempDir()
		h := open(t, dir)
		s := newShop(t, h)
		s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111")))
		s.code(s.sale(2, amount(t, "10.51"), pan(t, "4111111111111111")))
		if n, err := h.Verify(t.Context()); err != nil || n != 2 {
			t.Fatalf("before: %d entries, %v, want 2", n, err)
		}
		execute(t, dir, drop+tc.statement)
		_, err := h.Verify(t.Context())
		var problem *till.Problem
		if !errors.As(err, &problem) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: got %v, want a problem with %q", tc.name, err, tc.says)
		}
	}
}

func TestLedgerGuardsItself(t *testing.T) {
	dir := t.TempDir()
	sell(t, dir)
	for _, statement := range []string{
		"UPDATE posting SET minor = 0", "DELETE FROM posting", "UPDATE entry SET code = '51'", "DELETE FROM entry",
	} {
		db, err := sql.Open("sqlite", filepath.Join(dir, "host.db"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s: done, want it refused", statement)
		}
		_ = db.Close()
	}
}

// When the ledger fails under a running host, a sale of which nothing was written is
// refused, and what must not be lost gets silence. The owner is told either way.
func TestLedgerFailsWhileServing(t *testing.T) {
	dir := t.TempDir()
	var reported []error
	h := openWith(t, hostsim.Config{Dir: dir, Report: func(err error) { reported = append(reported, err) }})
	s := newShop(t, h)
	execute(t, dir, "DROP VIEW effective; DROP VIEW standing; DROP TABLE posting; DROP TABLE closure")
	if code := s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111"))); code != "96" {
		t.Errorf("sale answered %s, want 96", code)
	}
	if len(reported) != 1 {
		t.Errorf("reported %v, want one error", reported)
	}
	execute(t, dir, "DROP TABLE reversal")
	for _, r := range []till.Request{s.reversal(1, amount(t, "12.50"), false), s.totals(2, till.Totals{Currency: "CNY"})} {
		if a, err := s.send(r); !errors.Is(err, errSilence) {
			t.Errorf("%s answered %+v, %v, want silence", r.Op, a, err)
		}
	}
	var problem *till.Problem
	if _, err := h.Totals(t.Context(), "TILL0001", 1); !errors.As(err, &problem) {
		t.Errorf("totals: got %v, want a problem", err)
	}
}
