package cli

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func cnyOf(t testing.TB) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Everything that a basket may say, in every form that it may be said in.
func TestReadBasket(t *testing.T) {
	price := money.New(350, cnyOf(t))
	got, err := readBasket("b.json", []byte(`{
		"entries": [
			{"code": "latte", "quantity": 2, "discount": {"percent": "10%", "reason": "cold"}},
			{"code": "nuts", "quantity": "0.375", "discount": {"amount": {"minor": 100, "currency": "CNY"}, "reason": "old"}},
			{"name": "Candle", "category": "gifts", "tax_class": "standard", "price": 3.50}
		],
		"discount": {"amount": "5", "reason": "loyal"}, "member": "8001", "redeem": 100, "coupons": ["WELCOME"]
	}`), cnyOf(t))
	if err != nil {
		t.Fatal(err)
	}
	want := till.Basket{
		Entries: []till.BasketEntry{
			{Code: "latte", Quantity: till.Units(2), Discount: &till.Discount{Percent: 100000, Reason: "cold"}},
			{Code: "nuts", Quantity: 375, Discount: &till.Discount{Amount: money.New(100, cnyOf(t)), Reason: "old"}},
			{Name: "Candle", Category: "gifts", TaxClass: "standard", Price: &price},
		},
		Discount: &till.Discount{Amount: money.New(500, cnyOf(t)), Reason: "loyal"}, Member: "8001", Redeem: 100, Coupons: []string{"WELCOME"},
	}
	if diff := cmp.Diff(want, *got, cmp.Comparer(func(a, b money.Amount) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

// A basket of a shop whose money has no decimals takes none.
func TestReadBasketInYen(t *testing.T) {
	jpy, err := money.CurrencyByCode("JPY")
	if err != nil {
		t.Fatal(err)
	}
	b, err := readBasket("b", []byte(`{"entries": [{"name": "x", "price": 350}]}`), jpy)
	if err != nil || b.Entries[0].Price.Minor() != 350 {
		t.Errorf("got %v, %v", b, err)
	}
	_, err = readBasket("b", []byte(`{"entries": [{"name": "x", "price": 3.5}]}`), jpy)
	wantUsage(t, err, "in JPY")
}

// An editor of Windows begins a file with a byte order mark.
func TestReadBasketWithMark(t *testing.T) {
	b, err := readBasket("b.json", []byte("\ufeff"+`{"entries": [{"code": "latte"}]}`), cnyOf(t))
	if err != nil || b.Entries[0].Code != "latte" {
		t.Errorf("got %+v, %v", b, err)
	}
}

func TestReadBasketRefuses(t *testing.T) {
	for in, says := range map[string]string{
		``:                                                    "b.json:1:1: the file ends in the middle",
		`null`:                                                "null, want an object",
		`{"entries": 1}`:                                      "entries: 1, want a list",
		`{"entries": [1]}`:                                    "entries[0]: 1, want an object",
		`{"entries": [{"code": 12}]}`:                         "entries[0].code: 12, want a text in quotes",
		`{"entries": [{"quantity": 0}]}`:                      "more than nothing",
		`{"entries": [{"quantity": 1e3}]}`:                    "1e3, want a quantity",
		`{"entries": [{"quantity": 0.0001}]}`:                 "want a quantity",
		`{"entries": [{"price": true}]}`:                      "true, want a positive amount",
		`{"entries": [{"price": {"minor": -1}}]}`:             "want a whole number",
		`{"entries": [{"price": {"major": 1}}]}`:              "want one of: minor, currency",
		`{"entries": [{"price": {"currency": "XXX"}}]}`:       "there is no currency",
		`{"discount": {"percent": "a tenth"}}`:                "want a percentage",
		`{"redeem": 1.5}`:                                     "whole number of points",
		`{"member": null}`:                                    "null, want a text",
		`{"entries": [{"code": "4111111111111111x"}], "x": 1`: `"x": there is no such field`,
		`{"member": "a"} x`:                                   "something stands behind",
		"{\"member\": \"\xff\"}":                              "not UTF-8",
		`{"entries": [{"name": "4111111111111111"}]}`:         "name: it is a card number",
		`{"discount": {"reason": "4111111111111111"}}`:        "reason: it is a card number",
		`{"entries": [{"name": "a\u001b[31m"}]}`:              "cannot be printed",
		`{"member": "` + strings.Repeat("x", 121) + `"}`:      "121 characters, want 120 at most",
	} {
		_, err := readBasket("b.json", []byte(in), cnyOf(t))
		wantUsage(t, err, says)
	}
	_, err := readBasket("b.json", []byte(`{"redeem": "4111111111111111"}`), cnyOf(t))
	_, err2 := readBasket("b.json", []byte(`{"entries": [{"quantity": 4111111111111111}]}`), cnyOf(t))
	for _, err := range []error{err, err2} {
		if err != nil && strings.Contains(err.Error(), "4111") {
			t.Errorf("%q repeats a card number", err)
		}
	}
}

// Whatever is in the file: a basket that reads is written and read as itself, and what
// does not read is a problem that says where.
func FuzzReadBasket(f *testing.F) {
	for _, seed := range []string{
		`{"entries": [{"code": "latte", "quantity": 2, "price": "1.50", "discount": {"percent": "10%", "reason": "r"}}], "coupons": ["a"]}`,
		`{"entries": [{"price": {"minor": 1, "currency": "CNY"}}]}`, `{"redeem": 5}`, `[`, `{"a`, `{"entries": [[]]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		b, err := readBasket("b.json", []byte(in), cnyOf(t))
		if err != nil {
			var p *till.Problem
			if !errors.As(err, &p) || p.Code != till.CodeUsage || !strings.HasPrefix(p.What.String(), "b.json:") || p.Hint.IsZero() {
				t.Fatalf("%q: %v", in, err)
			}
			return
		}
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		if strings.Contains(string(raw), `"percent"`) || b.Entries == nil {
			return // what till prints of a rate of nothing, or of no entries, no file needs to say
		}
		again, err := readBasket("b.json", raw, cnyOf(t))
		if err != nil {
			t.Fatalf("%q was read and written as %s: %v", in, raw, err)
		}
		if second, _ := json.Marshal(again); string(second) != string(raw) {
			t.Fatalf("%q: %s, then %s", in, raw, second)
		}
	})
}

func TestParseEntry(t *testing.T) {
	for in, want := range map[string]till.BasketEntry{
		"latte":         {Code: "latte"},
		" latte ":       {Code: "latte"},
		"3*latte":       {Code: "latte", Quantity: till.Units(3)},
		"0.375 * nuts":  {Code: "nuts", Quantity: 375},
		"2*3*x":         {Code: "3*x", Quantity: till.Units(2)},
		"A*B":           {Code: "A*B"},
		"6901234567892": {Code: "6901234567892"},
	} {
		got, err := parseEntry(in)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "3*", "-1*x", "0*x"} {
		_, err := parseEntry(in)
		wantUsage(t, err, "")
	}
}

// Barcodes that a card number could be are barcodes among the arguments; card numbers
// are still refused.
func TestBarcodesAreNoCardNumbers(t *testing.T) {
	for arg, want := range map[string]bool{
		"4006381333931": false, "4111111111111111": true, "4222222222222": true, "6901234567892": false, "--id=4111111111111111": true,
	} {
		if got := isCardNumber(arg); got != want {
			t.Errorf("%s is a card number: %v, want %v", arg, got, want)
		}
	}
}

func wantUsage(t *testing.T, err error, says string) {
	t.Helper()
	var p *till.Problem
	if !errors.As(err, &p) || p.Code != till.CodeUsage || !strings.Contains(p.What.String(), says) || p.Hint.IsZero() {
		t.Errorf("got %v, want a problem of usage that says %q", err, says)
	}
}
