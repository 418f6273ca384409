package hostsim_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
)

// A story is what terminals ask, one request to a line: what is asked, the response
// code (-- for silence) and what the merchant has gained by then. After each line the
// books are checked.
//
//	sale STAN AMOUNT [CARD]        void STAN AMOUNT of STAN       refund STAN AMOUNT of STAN
//	reverse STAN AMOUNT            repeat STAN AMOUNT (0401)      close COUNT SUM … of Totals
//	batch N, terminal T, merchant M, currency C: from here on     restart: close and open
func TestStories(t *testing.T) {
	for _, tc := range []struct{ name, story string }{
		{"sales and the rules", `
			sale 1 12.50                                  | 00 | 12.50
			sale 2 10.05                                  | 05 | 12.50
			sale 3 10.51                                  | 51 | 12.50
			sale 4 10.54                                  | 54 | 12.50
			sale 5 10.55                                  | 55 | 12.50
			sale 6 10.61                                  | 61 | 12.50
			sale 7 10.91                                  | 91 | 12.50
			sale 8 10.96                                  | 96 | 12.50
			sale 9 0.51                                   | 51 | 12.50
			sale 10 51.00                                 | 00 | 63.50
			sale 11 0.00                                  | 13 | 63.50
			sale 12 1.00 5413330089010434                 | 00 | 64.50
			sale 13 1.00 4761739001010010                 | 00 | 65.50
			sale 14 9999999999.99                         | 00 | 10000000065.49
		`},
		{"cards that are not for testing, in whatever rule", `
			sale 1 12.50 4000000000000010                 | 14 | 0.00
			sale 2 10.51 4000000000000010                 | 14 | 0.00
			sale 3 10.91 4000000000000010                 | 91 | 0.00
		`},
		{"a repeat of a request posts once and answers as before", `
			sale 1 12.50                                  | 00 | 12.50
			sale 1 12.50                                  | 00 | 12.50
			sale 2 10.51                                  | 51 | 12.50
			sale 2 10.51                                  | 51 | 12.50
			restart                                       |    | 12.50
			sale 1 12.50                                  | 00 | 12.50
			sale 2 10.51                                  | 51 | 12.50
		`},
		{"another request under a taken number", `
			sale 1 12.50                                  | 00 | 12.50
			sale 1 12.51                                  | 94 | 12.50
			sale 1 12.50 5413330089010434                 | 94 | 12.50
			void 1 12.50 of 1                             | 94 | 12.50
			merchant MERCHANT0000002                      |    | 12.50
			sale 1 12.50                                  | 94 | 12.50
			merchant MERCHANT0000001                      |    | 12.50
			currency USD                                  |    | 12.50
			sale 1 12.50                                  | 94 | 12.50
		`},
		{"the same number on another terminal or in another batch is another request", `
			sale 1 1.00                                   | 00 | 1.00
			terminal TILL0002                             |    | 1.00
			sale 1 1.00                                   | 00 | 2.00
			batch 2                                       |    | 2.00
			sale 1 1.00                                   | 00 | 3.00
		`},
		{"an answer is lost after the money moved; the reversal moves it back", `
			sale 1 10.68                                  | -- | 10.68
			sale 1 10.68                                  | -- | 10.68
			reverse 1 10.68                               | 00 | 0.00
			repeat 1 10.68                                | 00 | 0.00
			reverse 1 10.68                               | 00 | 0.00
			sale 1 10.68                                  | -- | 0.00
		`},
		{"a reversal that comes first buries the sale", `
			reverse 1 12.50                               | 25 | 0.00
			repeat 1 12.50                                | 25 | 0.00
			sale 1 12.50                                  | 12 | 0.00
			restart                                       |    | 0.00
			sale 1 12.50                                  | 12 | 0.00
			repeat 1 12.50                                | 25 | 0.00
			sale 2 12.50                                  | 00 | 12.50
		`},
		{"a grave is for one terminal, batch and number", `
			reverse 1 12.50                               | 25 | 0.00
			batch 2                                       |    | 0.00
			sale 1 12.50                                  | 00 | 12.50
			batch 1                                       |    | 12.50
			terminal TILL0002                             |    | 12.50
			sale 1 12.50                                  | 00 | 25.00
		`},
		{"an approval that was reversed is not said again", `
			sale 1 12.50                                  | 00 | 12.50
			reverse 1 12.50                               | 00 | 0.00
			sale 1 12.50                                  | 12 | 0.00
		`},
		{"a declined sale has nothing to undo", `
			sale 1 10.51                                  | 51 | 0.00
			reverse 1 10.51                               | 00 | 0.00
			sale 1 10.51                                  | 51 | 0.00
		`},
		{"a reversal of another amount undoes nothing", `
			sale 1 12.50                                  | 00 | 12.50
			reverse 1 12.51                               | 64 | 12.50
			reverse 1 12.50                               | 00 | 0.00
			repeat 1 12.51                                | 64 | 0.00
		`},
		{"the rules are for sales alone", `
			sale 1 10.68                                  | -- | 10.68
			void 2 10.68 of 1                             | 25 | 10.68
			sale 3 20.00                                  | 00 | 30.68
			refund 4 10.51 of 3                           | 00 | 20.17
			refund 5 0.68 of 3                            | 00 | 19.49
			reverse 4 10.51                               | 00 | 30.00
		`},
		{"a void undoes a sale once", `
			sale 1 12.50                                  | 00 | 12.50
			void 2 12.49 of 1                             | 64 | 12.50
			void 3 12.50 of 1                             | 00 | 0.00
			void 3 12.50 of 1                             | 00 | 0.00
			void 4 12.50 of 1                             | 12 | 0.00
			void 5 12.50 of 3                             | 12 | 0.00
			refund 6 1.00 of 1                            | 12 | 0.00
			reverse 1 12.50                               | 12 | 0.00
		`},
		{"what cannot be voided", `
			sale 1 10.51                                  | 51 | 0.00
			void 2 10.51 of 1                             | 25 | 0.00
			void 3 10.00 of 99                            | 25 | 0.00
			sale 4 10.00                                  | 00 | 10.00
			reverse 4 10.00                               | 00 | 0.00
			void 5 10.00 of 4                             | 25 | 0.00
			sale 6 10.00                                  | 00 | 10.00
			batch 2                                       |    | 10.00
			void 7 10.00 of 6                             | 25 | 10.00
			batch 1                                       |    | 10.00
			terminal TILL0002                             |    | 10.00
			void 8 10.00 of 6                             | 25 | 10.00
		`},
		{"a void that is reversed leaves the sale standing", `
			sale 1 12.50                                  | 00 | 12.50
			void 2 12.50 of 1                             | 00 | 0.00
			reverse 2 12.50                               | 00 | 12.50
			void 3 12.50 of 1                             | 00 | 0.00
			reverse 3 12.50                               | 00 | 12.50
			reverse 1 12.50                               | 00 | 0.00
		`},
		{"refunds stay within the sale", `
			sale 1 12.00                                  | 00 | 12.00
			refund 2 5.00 of 1                            | 00 | 7.00
			refund 3 7.01 of 1                            | 13 | 7.00
			refund 4 7.00 of 1                            | 00 | 0.00
			refund 5 0.01 of 1                            | 13 | 0.00
			reverse 4 7.00                                | 00 | 7.00
			refund 6 7.01 of 1                            | 13 | 7.00
			refund 7 7.00 of 1                            | 00 | 0.00
		`},
		{"refunds that are voided make room again", `
			sale 1 12.00                                  | 00 | 12.00
			refund 2 12.00 of 1                           | 00 | 0.00
			void 3 12.00 of 2                             | 00 | 12.00
			refund 4 12.00 of 1                           | 00 | 0.00
			reverse 3 12.00                               | 12 | 0.00
			reverse 4 12.00                               | 00 | 12.00
			reverse 3 12.00                               | 00 | 0.00
		`},
		{"a void of a refund is not undone over a sale that is gone", `
			sale 1 12.00                                  | 00 | 12.00
			refund 2 5.00 of 1                            | 00 | 7.00
			void 3 5.00 of 2                              | 00 | 12.00
			void 4 12.00 of 1                             | 00 | 0.00
			reverse 3 5.00                                | 12 | 0.00
			reverse 4 12.00                               | 00 | 12.00
			reverse 1 12.00                               | 00 | 0.00
			reverse 3 5.00                                | 12 | 0.00
		`},
		{"a sale with refunds is neither voided nor reversed", `
			sale 1 12.00                                  | 00 | 12.00
			refund 2 5.00 of 1                            | 00 | 7.00
			void 3 12.00 of 1                             | 12 | 7.00
			reverse 1 12.00                               | 12 | 7.00
			reverse 2 5.00                                | 00 | 12.00
			reverse 1 12.00                               | 00 | 0.00
		`},
		{"refunds reach back over batches and terminals of a merchant, no further", `
			sale 1 12.00                                  | 00 | 12.00
			close debits=1/12.00                          | 00 | 12.00
			batch 2                                       |    | 12.00
			refund 2 2.00 of 1                            | 00 | 10.00
			terminal TILL0002                             |    | 10.00
			refund 3 2.00 of 1                            | 00 | 8.00
			merchant MERCHANT0000002                      |    | 8.00
			refund 4 2.00 of 1                            | 25 | 8.00
			refund 5 2.00 of 99                           | 25 | 8.00
			merchant MERCHANT0000001                      |    | 8.00
			refund 6 1.00 of 3                            | 12 | 8.00
		`},
		{"a batch has one currency", `
			sale 1 12.00                                  | 00 | 12.00
			currency USD                                  |    | 12.00
			sale 2 12.00                                  | 12 | 12.00
			batch 2                                       |    | 12.00
			refund 3 1.00 of 1                            | 64 | 12.00
			sale 4 12.00                                  | 00 | 12.00
		`},
		{"a batch closes when the totals agree, and stays closed", `
			sale 1 12.00                                  | 00 | 12.00
			sale 2 5.00                                   | 00 | 17.00
			sale 3 10.51                                  | 51 | 17.00
			sale 4 10.68                                  | -- | 27.68
			reverse 4 10.68                               | 00 | 17.00
			void 5 5.00 of 2                              | 00 | 12.00
			refund 6 3.00 of 1                            | 00 | 9.00
			refund 7 1.00 of 1                            | 00 | 8.00
			void 8 1.00 of 7                              | 00 | 9.00
			close debits=2/17.00                          | 95 | 9.00
			close debits=2/17.01 debitrevs=1/5.00 credits=2/4.00 creditrevs=1/1.00 | 95 | 9.00
			close debits=3/17.00 debitrevs=1/5.00 credits=2/4.00 creditrevs=1/1.00 | 95 | 9.00
			close debits=2/17.00 debitrevs=1/5.00 credits=2/4.00 creditrevs=1/1.00 | 00 | 9.00
			close debits=2/17.00 debitrevs=1/5.00 credits=2/4.00 creditrevs=1/1.00 | 00 | 9.00
			close debits=2/17.00                          | 95 | 9.00
			restart                                       |    | 9.00
			close debits=2/17.00 debitrevs=1/5.00 credits=2/4.00 creditrevs=1/1.00 | 00 | 9.00
			sale 9 1.00                                   | 58 | 9.00
			void 10 12.00 of 1                            | 58 | 9.00
			sale 1 12.00                                  | 00 | 9.00
			reverse 1 12.00                               | 58 | 9.00
			reverse 5 5.00                                | 58 | 9.00
			repeat 4 10.68                                | 00 | 9.00
			reverse 11 1.00                               | 25 | 9.00
			batch 2                                       |    | 9.00
			sale 1 1.00                                   | 00 | 10.00
		`},
		{"a batch of nothing closes in any currency", `
			close debits=0/0.00                           | 00 | 0.00
			sale 1 1.00                                   | 58 | 0.00
			batch 2                                       |    | 0.00
			currency USD                                  |    | 0.00
			close debits=0/0.00                           | 00 | 0.00
			batch 3                                       |    | 0.00
			sale 1 1.00                                   | 00 | 0.00
			currency CNY                                  |    | 0.00
			close debits=1/1.00                           | 95 | 0.00
		`},
		{"totals are a terminal's own", `
			sale 1 1.00                                   | 00 | 1.00
			terminal TILL0002                             |    | 1.00
			close debits=1/1.00                           | 95 | 1.00
			close debits=0/0.00                           | 00 | 1.00
			terminal TILL0001                             |    | 1.00
			close debits=1/1.00                           | 00 | 1.00
		`},
		{"a day of refunds", `
			sale 1 12.00                                  | 00 | 12.00
			close debits=1/12.00                          | 00 | 12.00
			batch 2                                       |    | 12.00
			refund 2 12.00 of 1                           | 00 | 0.00
			close credits=1/12.00                         | 00 | 0.00
		`},
		{"no merchant", `
			merchant                                      |    | 0.00
			sale 1 1.00                                   | 03 | 0.00
		`},
		{"sign-on and echo", `
			signon 1                                      | 00 | 0.00
			echo 2                                        | 00 | 0.00
			signon 1                                      | 00 | 0.00
		`},
	} {
		t.Run(tc.name, func(t *testing.T) { tell(t, tc.story) })
	}
}

// teller tells one story.
type teller struct {
	*shop
	host     *hostsim.Host
	dir      string
	currency string
}

func tell(t *testing.T, story string) {
	dir := t.TempDir()
	h := open(t, dir)
	s := &teller{shop: newShop(t, h), host: h, dir: dir, currency: "CNY"}
	for line := range strings.Lines(strings.TrimSpace(story)) {
		cells := strings.Split(line, "|")
		if len(cells) != 3 {
			t.Fatalf("%q: want three columns", line)
		}
		ask, code, gained := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		if got := s.say(strings.Fields(ask)); got != code {
			t.Errorf("%s: answered %q, want %q", ask, got, code)
		}
		if got := balance(t, s.host).Decimal(); got != gained {
			t.Errorf("%s: the merchant has %s, want %s", ask, got, gained)
		}
	}
}

// say does one line and gives the response code.
func (s *teller) say(words []string) string {
	s.t.Helper()
	argument := append(words, "", "", "", "")[1:]
	switch words[0] {
	case "restart":
		s.restart()
	case "terminal":
		s.terminal = argument[0]
	case "merchant":
		s.merchant = argument[0]
	case "currency":
		s.currency = argument[0]
	case "batch":
		s.batch = int(stanOf(s.t, argument[0]))
	case "close":
		return s.code(s.totals(900, s.countTotals(words[1:])))
	default:
		return s.code(s.understand(words[0], argument))
	}
	return ""
}

// understand is the request of a line.
func (s *teller) understand(verb string, argument []string) till.Request {
	s.t.Helper()
	stan := stanOf(s.t, argument[0])
	switch verb {
	case "signon":
		return s.request(till.OpSignOn, stan)
	case "echo":
		return s.request(till.OpEcho, stan)
	}
	a := amount(s.t, argument[1])
	if s.currency != "CNY" {
		a = inCurrency(s.t, a, s.currency)
	}
	switch verb {
	case "sale":
		number := "4111111111111111"
		if argument[2] != "" {
			number = argument[2]
		}
		return s.sale(stan, a, pan(s.t, number))
	case "void", "refund":
		return s.refer(till.Kind(verb), stan, a, stanOf(s.t, argument[3]))
	case "reverse", "repeat":
		return s.reversal(stan, a, verb == "repeat")
	}
	s.t.Fatalf("no such line: %s", verb)
	return till.Request{}
}

// countTotals reads "debits=2/17.00".
func (s *teller) countTotals(words []string) till.Totals {
	s.t.Helper()
	t := till.Totals{Currency: s.currency}
	for _, w := range words {
		name, rest, _ := strings.Cut(w, "=")
		n, sum, _ := strings.Cut(rest, "/")
		count, minor := int(stanOf(s.t, n)), amount(s.t, sum).Minor()
		switch name {
		case "debits":
			t.Debits, t.DebitMinor = count, minor
		case "debitrevs":
			t.DebitReversals, t.DebitRevMinor = count, minor
		case "credits":
			t.Credits, t.CreditMinor = count, minor
		case "creditrevs":
			t.CreditReversals, t.CreditRevMinor = count, minor
		default:
			s.t.Fatalf("no such total: %s", name)
		}
	}
	return t
}

// restart closes the host and opens it on the same folder.
func (s *teller) restart() {
	s.t.Helper()
	if err := s.host.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.host = open(s.t, s.dir)
	s.ask = newShop(s.t, s.host).ask
}
