package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// BenchmarkSale is what a sale costs in the store, Begin and Record, beside the limit
// of the disk: 512 bytes appended to a file and waited for, twice. The two take turns,
// so that both see the same disk. raw/sale is the part of the limit that is reached; 1
// would be a store that costs nothing.
func BenchmarkSale(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir, sqlite.Options{})
	raw, err := os.OpenFile(filepath.Join(dir, "raw"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	var sales, appends []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		sell(b, s, name("A", i))
		sales = append(sales, time.Since(began))
		began = time.Now()
		for range 2 {
			if _, err := raw.Write(make([]byte, 512)); err != nil {
				b.Fatal(err)
			}
			if err := syncData(raw); err != nil {
				b.Fatal(err)
			}
		}
		appends = append(appends, time.Since(began))
	}
	sale, limit := median(sales), median(appends)
	b.ReportMetric(float64(sale.Microseconds()), "sale-p50-µs")
	b.ReportMetric(float64(limit.Microseconds()), "raw-p50-µs")
	b.ReportMetric(float64(limit)/float64(sale), "raw/sale")
}

// BenchmarkSaleWithoutDisk is the same where the disk costs nothing, which is what the
// store adds: TILL_BENCH_DIR names a folder in memory, such as /dev/shm.
func BenchmarkSaleWithoutDisk(b *testing.B) {
	memory := os.Getenv("TILL_BENCH_DIR")
	if memory == "" {
		b.Skip("TILL_BENCH_DIR names no folder in memory")
	}
	dir, err := os.MkdirTemp(memory, "till")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := open(b, dir, sqlite.Options{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		sell(b, s, name("A", i))
	}
}

// BenchmarkOpen shows that opening does not get slower with the years: the tail is 999
// rows in each, the most that it can be, and the first has nothing before it.
func BenchmarkOpen(b *testing.B) {
	for _, rows := range []int{0, 999, 10_999, 1_000_999} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			dir := b.TempDir()
			grow(b, dir, rows)
			for b.Loop() {
				s, err := sqlite.Open(b.Context(), dir, sqlite.Options{})
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				closeStore(b, s)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkVerify recomputes the whole chain.
func BenchmarkVerify(b *testing.B) {
	const rows = 100_000
	dir := b.TempDir()
	grow(b, dir, rows)
	s := open(b, dir, sqlite.Options{})
	for b.Loop() {
		if n, err := s.Verify(b.Context()); err != nil || n != rows {
			b.Fatalf("%d rows, %v", n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

// BenchmarkTxn reads one transaction among a thousand.
func BenchmarkTxn(b *testing.B) {
	s := open(b, b.TempDir(), sqlite.Options{})
	for i := range 1000 {
		sell(b, s, name("A", i))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Txn(b.Context(), "A000500"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAdopt is what each start of a program pays to look for what others left.
func BenchmarkAdopt(b *testing.B) {
	s := open(b, b.TempDir(), sqlite.Options{})
	sell(b, s, "A")
	for b.Loop() {
		if _, err := s.Adopt(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func sell(tb testing.TB, s *sqlite.Store, id string) {
	txn, err := s.Begin(context.Background(), till.NewTxn{Txn: sale(id), Image: make([]byte, 54)})
	if err != nil {
		tb.Fatal(err)
	}
	txn.State, txn.RRN, txn.AuthCode, txn.ResponseCode = till.Approved, "000000000001", "123456", "00"
	if _, err := s.Record(context.Background(), txn); err != nil {
		tb.Fatal(err)
	}
}

// grow makes a store whose journal has a number of rows, all of them remarks as long
// as a sale, in one commit: a million sales would take minutes.
func grow(tb testing.TB, dir string, rows int) {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), dir, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	closeStore(tb, s)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "till.db")+"?_pragma=synchronous(off)")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		tb.Fatal(err)
	}
	defer tx.Rollback()
	var chain store.Chain
	body := fmt.Appendf(nil, `{"remark":"%0600d"}`, 0)
	for range rows {
		e := chain.Next(time.Unix(1_800_000_000, 0), store.AboutNote, "A", body)
		_, err := tx.Exec(`INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)`, e.Seq, e.At, string(e.Subject), e.ID, string(e.Body), e.Prev[:], e.Hash[:])
		if err == nil && e.Seq%store.CheckpointEvery == 0 {
			_, err = tx.Exec(`INSERT INTO checkpoint VALUES (?, ?)`, e.Seq, e.Hash[:])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		tb.Fatal(err)
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
