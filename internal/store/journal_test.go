package store_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// The hash of a row never changes its recipe: every store that exists hangs on it. The
// value was computed with another program (Python's hashlib) over the bytes of the recipe.
func TestSum(t *testing.T) {
	e := store.Entry{Seq: 7, At: "2026-03-01T09:30:00Z", Subject: store.AboutTxn, ID: "A", Body: []byte(`{"id":"A"}`)}
	for i := range e.Prev {
		e.Prev[i] = byte(i)
	}
	const want = "4eb3fba5af4fbfb45c4314b17b0c0670cd05f13f9a50811defc4a31f560c9094"
	if got := e.Sum().String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Content cannot move from one field of a row to the next and keep its hash.
func TestSumKeepsFieldsApart(t *testing.T) {
	a := store.Entry{Seq: 1, Subject: "txn", ID: "AB", At: "C", Body: []byte("D")}
	for _, b := range []store.Entry{
		{Seq: 1, Subject: "txnA", ID: "B", At: "C", Body: []byte("D")},
		{Seq: 1, Subject: "txn", ID: "A", At: "BC", Body: []byte("D")},
		{Seq: 1, Subject: "txn", ID: "AB", At: "", Body: []byte("CD")},
		{Seq: 2, Subject: "txn", ID: "AB", At: "C", Body: []byte("D")},
	} {
		if a.Sum() == b.Sum() {
			t.Errorf("%+v has the hash of %+v", b, a)
		}
	}
}

func TestChain(t *testing.T) {
	var writer store.Chain
	at := time.Date(2026, 3, 1, 17, 30, 0, 0, time.FixedZone("CST", 8*3600))
	var rows []store.Entry
	for _, body := range []string{"a", "b", "c", "d"} {
		rows = append(rows, writer.Next(at, store.AboutNote, "A", []byte(body)))
	}
	if rows[0].At != "2026-03-01T09:30:00Z" || rows[3].Seq != 4 || rows[0].Prev != (store.Hash{}) {
		t.Errorf("got %+v", rows)
	}
	check := func(rows []store.Entry) error {
		var reader store.Chain
		for _, e := range rows {
			if err := reader.Check(e); err != nil {
				return err
			}
		}
		return nil
	}
	if err := check(rows); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		spoil func(rows []store.Entry) []store.Entry
		want  string
	}{
		{"a row is gone", func(r []store.Entry) []store.Entry { return append(r[:1], r[2:]...) }, "journal row 2: the row is missing, the next is 3"},
		{"the first is gone", func(r []store.Entry) []store.Entry { return r[1:] }, "journal row 1: the row is missing, the next is 2"},
		{"two changed places", func(r []store.Entry) []store.Entry { r[1], r[2] = r[2], r[1]; return r }, "journal row 2: the row is missing, the next is 3"},
		{"a body was changed", func(r []store.Entry) []store.Entry { r[2].Body = []byte("x"); return r }, "journal row 3: its content does not match its hash"},
		{"a time was changed", func(r []store.Entry) []store.Entry { r[2].At = "2027"; return r }, "journal row 3: its content does not match its hash"},
		{"a row was rewritten with its hash", func(r []store.Entry) []store.Entry {
			r[1].Body = []byte("x")
			r[1].Hash = r[1].Sum()
			return r
		}, "journal row 3: it does not follow the row before"},
	} {
		err := check(tc.spoil(append([]store.Entry(nil), rows...)))
		var broken *store.BrokenChain
		if !errors.As(err, &broken) || err.Error() != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
}

// A body is what an old store holds and a new program reads: the golden file changes
// only by fields that are left out when empty.
func TestTxnBody(t *testing.T) {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	txn := till.Txn{
		ID: "A", Key: "order-1", Kind: till.Refund, Tender: till.Card, Entry: till.Chip, State: till.Reversing, Amount: money.New(1250, cny),
		Terminal: "TILL0001", Merchant: "SHOP00000000001", Batch: 3, STAN: 17, At: time.Date(2026, 3, 1, 9, 30, 0, 5, time.UTC),
		RRN: "000000000001", AuthCode: "123456", ResponseCode: "00", DeclinedBy: till.ByCard,
		Card: &till.CardSummary{Masked: "476173******0010", Token: "5a5a", Brand: "visa"}, Chip: &till.ChipEvidence{TVR: "8000000000"},
		Original: "B", Reason: till.ReasonCard, Attempts: 2, VoidedBy: "C", Refunded: money.New(1, cny), Version: 4,
	}
	body, err := store.TxnBody(txn)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/txn.json", body)

	var again till.Txn
	if err := json.Unmarshal(body, &again); err != nil {
		t.Fatal(err)
	}
	if again.VoidedBy != "" || !again.Refunded.IsZero() {
		t.Error("what is derived from other transactions is in the journal")
	}
}

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}
