package settle_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

func currency(t testing.TB, code string) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// load is a shipped format.
func load(t testing.TB, name string) *settle.Format {
	t.Helper()
	f, err := formats.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// readAll reads a text to its end, records and errors apart.
func readAll(f *settle.Format, text string) (records []settle.Record, faults []error) {
	for r, err := range f.Read(strings.NewReader(text), settle.ReadOptions{File: "f"}) {
		if err != nil {
			faults = append(faults, err)
			continue
		}
		records = append(records, r)
	}
	return records, faults
}

// noon is midday of a day of October 2026, in UTC.
func noon(day int) time.Time { return time.Date(2026, 10, day, 12, 0, 0, 0, time.UTC) }

// sale is a card sale of a terminal, by trace number.
func sale(t testing.TB, stan string, gross, fee int64) settle.Record {
	return settle.Record{
		Type: settle.Sale, Currency: currency(t, "CNY"), Gross: gross, Fee: fee, Net: gross - fee, Stated: settle.FeeStated | settle.NetStated,
		Merchant: "104290053110021", Terminal: "10000001", Batch: "1", STAN: stan, RRN: "6278080" + stan[1:], AuthCode: "A" + stan[1:],
		Card: "411111******1111", Time: noon(5),
	}
}

// hostFile is a settlement file of till's own host.
func hostFile(t testing.TB, records ...settle.Record) string {
	t.Helper()
	var b bytes.Buffer
	w, err := settle.NewHostWriter(&b, "104290053110021", noon(5))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// want fails unless exactly one fault is of a kind at a line.
func wantFault(t *testing.T, faults []error, kind error, line int) {
	t.Helper()
	n := 0
	for _, err := range faults {
		var row *settle.RowError
		var totals *settle.TotalsError
		switch {
		case !errors.Is(err, kind):
		case errors.As(err, &row) && row.Line == line, errors.As(err, &totals) && totals.Line == line:
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d faults %q at line %d, want one; all: %v", n, kind, line, faults)
	}
}
