package settle_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

// planted are the faults that the generator puts into a pair of files, and that every
// design must find exactly.
type planted struct{ missingTheirs, missingOurs, amount, duplicate, fee int }

// generate writes our file and theirs, of so many transactions, in till-host format.
// Theirs comes in a scattered order; one in 200 has a fault, of five kinds in turn.
func generate(tb testing.TB, dir string, n int) (ours, theirs string, faults planted) {
	tb.Helper()
	ours, theirs = filepath.Join(dir, "ours.csv"), filepath.Join(dir, "theirs.csv")
	writeHost(tb, ours, n, func(i int, write func(settle.Record)) {
		if i%200 == 7 && (i/200)%5 == 1 {
			return // missing here
		}
		write(transaction(i))
	})
	const step = 618033989 // prime to any n below it that is not its multiple
	writeHost(tb, theirs, n, func(at int, write func(settle.Record)) {
		i := int(int64(at) * step % int64(n))
		r := transaction(i)
		fault := -1
		if i%200 == 7 {
			fault = (i / 200) % 5
		}
		switch fault {
		case 0:
			faults.missingTheirs++
			return
		case 1:
			faults.missingOurs++
		case 2:
			faults.amount++
			r.Gross, r.Net = r.Gross+1, r.Net+1
		case 3:
			faults.duplicate++
			write(r)
		case 4:
			faults.fee++
			r.Fee, r.Net = r.Fee+1, r.Net-1
		}
		write(r)
	})
	return ours, theirs, faults
}

func transaction(i int) settle.Record {
	cny, _ := money.CurrencyByCode("CNY")
	gross := int64(100 + i*37%99900)
	fee := (gross*6 + 500) / 1000
	return settle.Record{
		Type: settle.Sale, Currency: cny, Gross: gross, Fee: fee, Net: gross - fee, Stated: settle.FeeStated | settle.NetStated,
		Merchant: "104290053110021", Terminal: strconv.Itoa(10000000 + i%5000), Batch: strconv.Itoa(i / 5000 / 900000),
		STAN: fmt.Sprintf("%06d", i/5000+1), RRN: fmt.Sprintf("%012d", i), AuthCode: fmt.Sprintf("%06d", i%1000000),
		Card: "476173******0010", Time: time.Unix(1780000000+int64(i%86400), 0),
	}
}

func writeHost(tb testing.TB, path string, n int, each func(i int, write func(settle.Record))) {
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	w, err := settle.NewHostWriter(f, "104290053110021", time.Unix(1780000000, 0))
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		each(i, func(r settle.Record) {
			if err := w.Write(r); err != nil {
				tb.Fatal(err)
			}
		})
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

// benchRows is how many transactions a side has; TILL_BENCH_ROWS says another number.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("TILL_BENCH_ROWS")); err == nil {
		return n
	}
	return 1_000_000
}

// BenchmarkMatch matches a million transactions a side: with memory for all, with 64 MiB
// so that partitions go to disk, and as the obvious program does it, with encoding/csv
// and a map. Rows are those of both sides.
func BenchmarkMatch(b *testing.B) {
	n := benchRows()
	ours, theirs, faults := generate(b, b.TempDir(), n)
	for _, memory := range []int64{1 << 30, 64 << 20} {
		b.Run(fmt.Sprintf("till/memory=%dMiB", memory>>20), func(b *testing.B) {
			benchmark(b, 2*n, func() planted { return matchTill(b, ours, theirs, memory) }, faults)
		})
	}
	b.Run("encoding-csv-and-map", func(b *testing.B) {
		benchmark(b, 2*n, func() planted { return matchMap(b, ours, theirs) }, faults)
	})
}

func benchmark(b *testing.B, rows int, run func() planted, want planted) {
	runtime.GC()
	peak := watchHeap()
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if got := run(); got != want {
			b.Fatalf("found %+v, planted %+v", got, want)
		}
	}
	if cpu := cpuTime() - before; cpu > 0 {
		b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
	}
	b.ReportMetric(float64(peak())/(1<<20), "peak-MiB")
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// watchHeap samples the heap until the function that it gives is called, and gives its
// highest.
func watchHeap() func() uint64 {
	var mu sync.Mutex
	var peak uint64
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var s runtime.MemStats
				runtime.ReadMemStats(&s)
				mu.Lock()
				peak = max(peak, s.HeapInuse)
				mu.Unlock()
			}
		}
	}()
	return func() uint64 {
		close(stop)
		mu.Lock()
		defer mu.Unlock()
		return peak
	}
}

func matchTill(b *testing.B, ours, theirs string, memory int64) planted {
	f, err := formats.Load("till-host")
	if err != nil {
		b.Fatal(err)
	}
	res, err := settle.Match(context.Background(), settle.Files(settle.FileAt(ours, f)), settle.Files(settle.FileAt(theirs, f)),
		settle.Options{Day: time.Unix(1780000000, 0), Memory: memory, TempDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	c := res.Counts
	return planted{c[settle.MissingTheirs], c[settle.MissingOurs], c[settle.AmountDiffers], c[settle.DuplicateTheirs], c[settle.FeeDiffers]}
}

type mapped struct {
	gross, fee int64
	seen       bool
}

// matchMap is the obvious program: no totals, no quarrels about input, one map.
func matchMap(b *testing.B, ours, theirs string) planted {
	index := map[string]*mapped{}
	var got planted
	eachCSV(b, ours, func(row []string) {
		index[row[1]+"|"+row[2]+"|"+row[3]] = &mapped{gross: number(b, row[8]), fee: number(b, row[9])}
	})
	eachCSV(b, theirs, func(row []string) {
		o, ok := index[row[1]+"|"+row[2]+"|"+row[3]]
		switch {
		case !ok:
			got.missingOurs++
		case o.seen:
			got.duplicate++
		case o.gross != number(b, row[8]):
			got.amount++
		case o.fee != number(b, row[9]):
			got.fee++
		}
		if ok {
			o.seen = true
		}
	})
	for _, o := range index {
		if !o.seen {
			got.missingTheirs++
		}
	}
	return got
}

func eachCSV(b *testing.B, path string, each func([]string)) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.FieldsPerRecord = -1
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		if len(row) == 13 && row[0] != "merchant" {
			each(row)
		}
	}
}

func number(b *testing.B, s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkRead reads a file of a million rows into records, beside encoding/csv, which
// only cuts it into cells.
func BenchmarkRead(b *testing.B) {
	ours, _, _ := generate(b, b.TempDir(), benchRows())
	data, err := os.ReadFile(ours)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("till", func(b *testing.B) {
		f, err := formats.Load("till-host")
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			for _, err := range f.Read(bytes.NewReader(data), settle.ReadOptions{}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			eachCSV(b, ours, func([]string) {})
		}
	})
}
