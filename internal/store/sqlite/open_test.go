package sqlite_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no mode bits")
	}
	dir := filepath.Join(t.TempDir(), "new", "data")
	s := open(t, dir, sqlite.Options{})
	begin(t, s, "A")
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", strings.TrimPrefix(path, dir), got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenNarrowsFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no mode bits")
	}
	dir := used(t)
	if err := os.Chmod(filepath.Join(dir, "till.db"), 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, dir, sqlite.Options{})
	info, err := os.Stat(filepath.Join(dir, "till.db"))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("till.db has mode %04o, want 0600", got)
	}
}

func TestOpenInOddFolders(t *testing.T) {
	for _, folder := range []string{"a b", "50%20", "what?mode=ro", "a#b", "数据", "a&b=c;d"} {
		if runtime.GOOS == "windows" && strings.ContainsRune(folder, '?') {
			continue
		}
		dir := filepath.Join(t.TempDir(), folder)
		record(t, open(t, dir, sqlite.Options{}), begin(t, open(t, dir, sqlite.Options{}), "A"), till.Approved)
		if _, err := os.Stat(filepath.Join(dir, "till.db")); err != nil {
			t.Errorf("%q: %v", folder, err)
		}
	}
}

// Many programs that start at once in a new folder make one store, and leave nothing
// of their own behind.
func TestOpenAtOnce(t *testing.T) {
	const programs = 8 // each waits 5 s for the others at most, on whatever machine
	for range 6 {      // goose alone would run a migration twice in most rounds
		dir := t.TempDir()
		var all sync.WaitGroup
		for i := range programs {
			all.Go(func() {
				s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				defer closeStore(t, s)
				begin(t, s, name("A", i))
			})
		}
		all.Wait()
		if owners, err := os.ReadDir(filepath.Join(dir, "owners")); err != nil || len(owners) != 0 {
			t.Errorf("left behind: %v, %v", owners, err)
		}
		s := open(t, dir, sqlite.Options{})
		if rows, err := s.Verify(t.Context()); err != nil || rows != programs+1 { // and the batch that the first opened
			t.Errorf("%d journal rows, %v", rows, err)
		}
	}
}

// The number of the last migration, the version in the file and what this program
// takes for newest are one.
func TestSchemaVersion(t *testing.T) {
	numbered, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range numbered {
		if !strings.HasPrefix(filepath.Base(path), fmt.Sprintf("%04d_", i+1)) {
			t.Errorf("migration %d is %s", i+1, path)
		}
	}
	dir := used(t)
	if got := query[int](t, dir, `PRAGMA user_version`); got != len(numbered) || got != sqlite.LatestVersion {
		t.Errorf("user_version %d, %d migrations, newest %d", got, len(numbered), sqlite.LatestVersion)
	}
	if got := query[int](t, dir, `SELECT max(version_id) FROM goose_db_version`); got != len(numbered) {
		t.Errorf("goose counts %d, want %d", got, len(numbered))
	}
}

func TestOpenRefuses(t *testing.T) {
	const file = "till.db"
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		says  string
	}{
		{"a newer store", func(t *testing.T, dir string) {
			change(t, dir, fmt.Sprintf(`PRAGMA user_version = %d`, sqlite.LatestVersion+1))
		}, fmt.Sprintf("made by a newer till (version %d", sqlite.LatestVersion+1)},
		{"text", func(t *testing.T, dir string) {
			write(t, dir, file, []byte(strings.Repeat("no database at all\n", 500)))
		}, "damaged"},
		{"a short file", func(t *testing.T, dir string) { write(t, dir, file, []byte("SQLite format 3\x00")) }, "damaged"},
		{"an emptied file", func(t *testing.T, dir string) { write(t, dir, file, nil) }, "damaged"},
		{"a file that is gone", func(t *testing.T, dir string) { remove(t, dir, file) }, "damaged"},
		{"a file that was cut", func(t *testing.T, dir string) { write(t, dir, file, read(t, dir, file)[:3*4096]) }, "damaged"},
		{"zeros in the middle", func(t *testing.T, dir string) {
			content := read(t, dir, file)
			clear(content[4096:])
			write(t, dir, file, content)
		}, "damaged"},
		{"a database of something else", func(t *testing.T, dir string) { change(t, dir, `PRAGMA application_id = 42`) }, "damaged"},
		{"a database without a name", func(t *testing.T, dir string) {
			change(t, dir, `PRAGMA application_id = 0`)
			change(t, dir, `PRAGMA user_version = 0`)
		}, "damaged"},
		{"a version below the first", func(t *testing.T, dir string) { change(t, dir, `PRAGMA user_version = -1`) }, "damaged"},
		{"a changed tail", func(t *testing.T, dir string) {
			change(t, dir, `DROP TRIGGER journal_update`)
			change(t, dir, `UPDATE journal SET body = replace(body, '1250', '9250') WHERE seq = (SELECT max(seq) FROM journal)`)
		}, "damaged"},
		{"a gap in the tail", func(t *testing.T, dir string) {
			change(t, dir, `DROP TRIGGER journal_delete`)
			change(t, dir, `DELETE FROM journal WHERE seq = 2`)
		}, "damaged"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := used(t)
			tc.spoil(t, dir)
			before := files(t, dir)
			_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
			wantProblem(t, err, filepath.Join(dir, file), tc.says)
			sameFiles(t, files(t, dir), before)
		})
	}
}

// A store whose version was lost is found by the migration, which has nothing to do.
func TestOpenRefusesLostVersion(t *testing.T) {
	dir := used(t)
	change(t, dir, `PRAGMA user_version = 0`)
	_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	wantProblem(t, err, dir, "damaged")
}

// The making of a store may be cut short after each of its commits.
func TestOpenFinishesMaking(t *testing.T) {
	for _, made := range []string{
		`PRAGMA journal_mode = wal`,
		`PRAGMA journal_mode = wal; PRAGMA application_id = 0x54494C4C`,
		`PRAGMA journal_mode = wal; PRAGMA application_id = 0x54494C4C; CREATE TABLE goose_db_version (
			id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
			INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)`,
	} {
		dir := t.TempDir()
		change(t, dir, made)
		record(t, open(t, dir, sqlite.Options{}), begin(t, open(t, dir, sqlite.Options{}), "A"), till.Approved)
	}
}

// A newer program is running, so that what it wrote is still in the log alone.
func TestOpenRefusesNewerInLog(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	begin(t, s, "A")
	if err := s.Exec(t.Context(), `PRAGMA user_version = 700`); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	wantProblem(t, err, s.Path(), "made by a newer till (version 700")
}

// What is marked read-only is refused for root too, and works again once it is not.
func TestOpenRefusesReadOnly(t *testing.T) {
	for _, path := range []string{"", "till.db"} {
		if path == "" && runtime.GOOS == "windows" {
			continue
		}
		dir := used(t)
		before := files(t, dir)
		if err := os.Chmod(filepath.Join(dir, path), 0o500); err != nil {
			t.Fatal(err)
		}
		_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
		wantProblem(t, err, dir, "cannot be written")
		sameFiles(t, files(t, dir), before)
		if err := os.Chmod(filepath.Join(dir, path), 0o700); err != nil {
			t.Fatal(err)
		}
		begin(t, open(t, dir, sqlite.Options{}), "C")
	}
}

func TestOpenWhereAFileIs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	write(t, filepath.Dir(dir), "file", []byte("no folder"))
	_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	wantProblem(t, err, dir, "cannot be used")
}

// What was found broken at first is not taken for a new store.
func TestOpenKeepsRefusing(t *testing.T) {
	dir := used(t)
	remove(t, dir, "till.db")
	for range 3 {
		_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
		wantProblem(t, err, dir, "damaged")
	}
}

func TestConnectionMustBeDurable(t *testing.T) {
	for pragma, says := range map[string]string{
		"synchronous(normal)":  "synchronous is 1 and must be 2",
		"synchronous(off)":     "synchronous is 0 and must be 2",
		"journal_mode(delete)": "journal_mode is delete and must be wal",
		"foreign_keys(0)":      "foreign_keys is 0 and must be 1",
		"secure_delete(0)":     "secure_delete is 0 and must be 1",
	} {
		t.Run(pragma, func(t *testing.T) {
			dir := t.TempDir()
			name, _, _ := strings.Cut(pragma, "(")
			err := sqlite.Connect(t.Context(), dir, func(options url.Values) {
				for i, set := range options["_pragma"] {
					if strings.HasPrefix(set, name+"(") {
						options["_pragma"][i] = pragma
					}
				}
			})
			wantProblem(t, err, dir, says)
		})
	}
	if err := sqlite.Connect(t.Context(), t.TempDir(), func(url.Values) {}); err != nil {
		t.Error(err)
	}
}

func TestBusy(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	if err := s.Exec(t.Context(), `PRAGMA busy_timeout = 20`); err != nil {
		t.Fatal(err)
	}
	other := open(t, dir, sqlite.Options{})
	if err := other.Exec(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: sale("A")})
	wantProblem(t, err, s.Path(), "another program")
	if err := other.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	begin(t, s, "A")
}

// Opening looks at the journal's tail alone: damage before the last checkpoint does not
// keep a shop from selling, and a verification finds it.
func TestOpenChecksTheTail(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	begin(t, s, "A")
	for range store.CheckpointEvery {
		if err := s.Note(t.Context(), "A", "remark"); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	change(t, dir, `DROP TRIGGER journal_update`)
	change(t, dir, `UPDATE journal SET body = '{"remark":"another"}' WHERE seq = 500`)

	s = open(t, dir, sqlite.Options{})
	rows, err := s.Verify(t.Context())
	wantProblem(t, err, s.Path(), "damaged")
	if rows != 499 || !strings.Contains(err.Error(), "journal row 500") {
		t.Errorf("saw %d rows, says %v, want 499 and row 500", rows, err)
	}
	if n := query[int](t, dir, `SELECT count(*) FROM checkpoint`); n != 1 {
		t.Errorf("%d checkpoints, want 1", n)
	}
}

// A journal that was cut before its last checkpoint has no tail to be wrong.
func TestOpenMissesCheckpointedRow(t *testing.T) {
	dir := t.TempDir()
	grow(t, dir, store.CheckpointEvery+5)
	change(t, dir, `DROP TRIGGER journal_delete`)
	change(t, dir, `DELETE FROM journal WHERE seq >= 1000`)
	_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	wantProblem(t, err, dir, "damaged")
}

// used is the folder of a store that took a sale and was closed.
func used(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	record(t, s, begin(t, s, "A"), till.Approved)
	begin(t, s, "B")
	closeStore(t, s)
	return dir
}

// change alters the file past the store.
func change(t *testing.T, dir, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "till.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func query[T any](t *testing.T, dir, query string) (value T) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "till.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

func write(t *testing.T, dir, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func remove(t *testing.T, dir, file string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, file)); err != nil {
		t.Fatal(err)
	}
}
