package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func open(t testing.TB, dir string, opt sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	return s
}

func closeStore(t testing.TB, s *sqlite.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// sale is a card sale that is about to be sent.
func sale(id string) till.Txn {
	return till.Txn{
		ID: till.TxnID(id), Key: id, Kind: till.Sale, Tender: till.Card, Entry: till.Chip, State: till.Intent,
		Amount: money.New(1250, cny()), Terminal: "TILL0001", Merchant: "SHOP00000000001", At: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC),
		Card: &till.CardSummary{Masked: "476173******0010", Token: strings.Repeat("5a", 32), Brand: "visa", AID: "A0000000031010", Label: "VISA CREDIT", PSN: "01"},
		Chip: &till.ChipEvidence{Cryptogram: "0011223344556677", CryptogramType: "ARQC", ATC: "0001", TVR: "8000000000", TSI: "E800", IAD: "06010A03A0B000", CVM: "1E0300"},
	}
}

func cny() money.Currency {
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		panic(err) // a mistake of the test itself
	}
	return c
}

func begin(t testing.TB, s *sqlite.Store, id string) till.Txn {
	t.Helper()
	txn, err := s.Begin(t.Context(), till.NewTxn{Txn: sale(id), Image: []byte("sealed image of " + id)})
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

func record(t testing.TB, s *sqlite.Store, txn till.Txn, state till.State) till.Txn {
	t.Helper()
	txn.State = state
	txn, err := s.Record(t.Context(), txn)
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

// wantProblem fails unless err is a problem of the store that says what in English,
// names the path in both languages and has a next step.
func wantProblem(t testing.TB, err error, path, what string) {
	t.Helper()
	var p *till.Problem
	if !errors.As(err, &p) || p.Code != till.CodeStore {
		t.Fatalf("got error %v, want a problem of code %s", err, till.CodeStore)
	}
	if !strings.Contains(p.What.String(), what) {
		t.Errorf("says %q, want it to say %q", p.What, what)
	}
	for _, l := range []i18n.Lang{i18n.English, i18n.Chinese} {
		said, hint := p.What.In(l), p.Hint.In(l)
		if !strings.Contains(said, path) || hint == "" || strings.Contains(said+hint, "%!") {
			t.Errorf("in %s: %q, %q, want the path %s and a next step", l, said, hint, path)
		}
	}
}

// files is the content of every file of a store.
func files(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[strings.TrimPrefix(path, dir)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sameFiles(t testing.TB, got, want map[string][]byte) {
	t.Helper()
	for name := range want {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("%s was changed", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s was made", name)
		}
	}
}

func name(prefix string, i int) string { return fmt.Sprintf("%s%06d", prefix, i) }
