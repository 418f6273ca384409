package hostsim_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/internal/till"
)

// Every kind of transaction, line by line: what is said, the response code, what the
// merchant has gained by then and what is held for it. The books are checked after each.
//
//	KIND STAN AMOUNT [of STAN] [told] [PATH=VALUE …]     told: as a notice, 0220
//	reverse STAN [AMOUNT]    batch N    terminal T
func TestKinds(t *testing.T) {
	for _, tc := range []struct{ name, story string }{
		{"a pre-authorization holds and moves nothing; its completion takes it once and releases the rest", `
			preauth 1 100.00                       | 00 | 0.00 | 100.00
			preauth 1 100.00                       | 00 | 0.00 | 100.00
			completion 2 80.00 of 1                | 00 | 80.00 | 0.00
			completion 2 80.00 of 1                | 00 | 80.00 | 0.00
			completion 3 20.00 of 1                | 12 | 80.00 | 0.00
			increment 4 20.00 of 1                 | 12 | 80.00 | 0.00
			void 5 100.00 of 1                     | 12 | 80.00 | 0.00
			reverse 1                              | 12 | 80.00 | 0.00
			reverse 2                              | 00 | 0.00 | 100.00
			completion 2 80.00 of 1                | 12 | 0.00 | 100.00
			reverse 1                              | 00 | 0.00 | 0.00
			completion 6 80.00 of 1                | 25 | 0.00 | 0.00
		`},
		{"increments raise the hold; each is undone by itself", `
			preauth 1 100.00                       | 00 | 0.00 | 100.00
			increment 2 50.00 of 1                 | 00 | 0.00 | 150.00
			increment 2 50.00 of 1                 | 00 | 0.00 | 150.00
			increment 3 7.00 of 1                  | 00 | 0.00 | 157.00
			reverse 1                              | 12 | 0.00 | 157.00
			reverse 3                              | 00 | 0.00 | 150.00
			increment 3 7.00 of 1                  | 12 | 0.00 | 150.00
			void 4 100.00 of 1                     | 64 | 0.00 | 150.00
			void 5 50.00 of 2                      | 12 | 0.00 | 150.00
			void 6 150.00 of 1                     | 00 | 0.00 | 0.00
			reverse 2                              | 12 | 0.00 | 0.00
			reverse 6                              | 00 | 0.00 | 150.00
			completion 7 172.51 of 1               | 13 | 0.00 | 150.00
			completion 8 172.50 of 1               | 00 | 172.50 | 0.00
			reverse 2                              | 12 | 172.50 | 0.00
		`},
		{"a completion that is voided leaves the hold as it was", `
			preauth 1 100.00                       | 00 | 0.00 | 100.00
			completion 2 60.00 of 1                | 00 | 60.00 | 0.00
			void 3 60.00 of 2                      | 00 | 0.00 | 100.00
			completion 4 70.00 of 1                | 00 | 70.00 | 0.00
			reverse 3                              | 12 | 70.00 | 0.00
			void 5 70.00 of 4                      | 00 | 0.00 | 100.00
			reverse 5                              | 00 | 70.00 | 0.00
			reverse 4                              | 00 | 0.00 | 100.00
			increment 6 1.00 of 1                  | 00 | 0.00 | 101.00
			reverse 3                              | 12 | 0.00 | 101.00
			reverse 6                              | 00 | 0.00 | 100.00
			reverse 3                              | 00 | 60.00 | 0.00
		`},
		{"a pre-authorization whose completion was voided can be undone, and then nothing of it stands again", `
			preauth 1 100.00                       | 00 | 0.00 | 100.00
			completion 2 60.00 of 1                | 00 | 60.00 | 0.00
			void 3 60.00 of 2                      | 00 | 0.00 | 100.00
			reverse 1                              | 00 | 0.00 | 0.00
			reverse 3                              | 12 | 0.00 | 0.00
			completion 4 60.00 of 1                | 25 | 0.00 | 0.00
		`},
		{"a pre-authorization is completed and voided after its batch; a sale is not", `
			preauth 1 100.00                       | 00 | 0.00 | 100.00
			preauth 2 10.00                        | 00 | 0.00 | 110.00
			sale 3 5.00                            | 00 | 5.00 | 110.00
			close                                  | 00 | 5.00 | 110.00
			batch 2                                |    | 5.00 | 110.00
			void 4 5.00 of 3                       | 25 | 5.00 | 110.00
			completion 5 100.00 of 1               | 00 | 105.00 | 10.00
			void 6 10.00 of 2                      | 00 | 105.00 | 0.00
			close                                  | 00 | 105.00 | 0.00
		`},
		{"a completion by notice is taken once, and like any other", `
			preauth 1 100.00                       | 00 | 0.00 | 100.00
			completion 2 115.01 of 1 told          | 13 | 0.00 | 100.00
			completion 3 115.00 of 1 told          | 00 | 115.00 | 0.00
			completion 3 115.00 of 1 told 0=0221   | 00 | 115.00 | 0.00
			completion 4 1.00 of 99 told           | 25 | 115.00 | 0.00
			completion 5 1.00 of 3                 | 12 | 115.00 | 0.00
			refund 6 15.00 of 3                    | 00 | 100.00 | 0.00
			void 7 115.00 of 3                     | 12 | 100.00 | 0.00
		`},
		{"a tip adds to its sale; a void gives both back, a refund up to both", `
			sale 1 20.00                           | 00 | 20.00 | 0.00
			tip 2 3.00 of 1                        | 00 | 23.00 | 0.00
			tip 2 3.00 of 1 0=0221                 | 00 | 23.00 | 0.00
			tip 3 1.00 of 1                        | 00 | 24.00 | 0.00
			void 4 20.00 of 1                      | 64 | 24.00 | 0.00
			void 5 3.00 of 2                       | 12 | 24.00 | 0.00
			refund 6 3.00 of 2                     | 12 | 24.00 | 0.00
			void 7 24.00 of 1                      | 00 | 0.00 | 0.00
			tip 8 1.00 of 1                        | 12 | 0.00 | 0.00
			reverse 2                              | 12 | 0.00 | 0.00
			reverse 7                              | 00 | 24.00 | 0.00
			refund 9 24.01 of 1                    | 13 | 24.00 | 0.00
			refund 10 24.00 of 1                   | 00 | 0.00 | 0.00
			tip 11 1.00 of 99                      | 25 | 0.00 | 0.00
			close                                  | 00 | 0.00 | 0.00
		`},
		{"cash advance and cashback are debits", `
			cash_advance 1 50.00                   | 00 | 50.00 | 0.00
			cash_advance 2 50.51                   | 51 | 50.00 | 0.00
			refund 3 1.00 of 1                     | 12 | 50.00 | 0.00
			sale 4 30.00 3=090000 54=0040156D000000001000 | 00 | 80.00 | 0.00
			sale 5 30.00 3=090000 54=0040156D000000003001 | 13 | 80.00 | 0.00
			void 6 30.00 of 4                      | 00 | 50.00 | 0.00
			void 7 50.00 of 1                      | 00 | 0.00 | 0.00
			close                                  | 00 | 0.00 | 0.00
		`},
		{"a part is approved, and undone under either amount", `
			sale 1 30.10                           | 10 | 15.05 | 0.00
			sale 1 30.10                           | 10 | 15.05 | 0.00
			reverse 1 30.10                        | 00 | 0.00 | 0.00
			sale 2 30.10                           | 10 | 15.05 | 0.00
			reverse 2 15.05                        | 00 | 0.00 | 0.00
			sale 3 30.10                           | 10 | 15.05 | 0.00
			void 4 30.10 of 3                      | 64 | 15.05 | 0.00
			refund 5 15.06 of 3                    | 13 | 15.05 | 0.00
			void 6 15.05 of 3                      | 00 | 0.00 | 0.00
			preauth 7 20.10                        | 10 | 0.00 | 10.05
			completion 8 10.05 of 7                | 00 | 10.05 | 0.00
			close                                  | 00 | 10.05 | 0.00
		`},
		{"offline and voice are posted whatever the issuer would say, but for a card that nobody issued", `
			sale 1 10.51 told 39=Y1                | 00 | 10.51 | 0.00
			sale 1 10.51 told 39=Y1 0=0221         | 00 | 10.51 | 0.00
			sale 2 10.68 told 39=Y3                | 00 | 21.19 | 0.00
			sale 3 10.00 told 39=Y3 14=2001        | 00 | 31.19 | 0.00
			sale 4 10.00 told 39=Y3 2=4000000000000010 | 14 | 31.19 | 0.00
			sale 5 10.01                           | 01 | 31.19 | 0.00
			sale 6 10.01 told 38=VOICE1            | 00 | 41.20 | 0.00
			sale 1 10.52 told 39=Y1                | 94 | 41.20 | 0.00
			void 7 10.01 of 6                      | 00 | 31.19 | 0.00
			close                                  | 00 | 31.19 | 0.00
			sale 8 1.00 told 39=Y1                 | 58 | 31.19 | 0.00
		`},
		{"a refund by notice", `
			sale 1 10.00                           | 00 | 10.00 | 0.00
			refund 2 4.00 of 1 told                | 00 | 6.00 | 0.00
			refund 2 4.00 of 1 told 0=0221         | 00 | 6.00 | 0.00
			refund 3 6.01 of 1 told                | 13 | 6.00 | 0.00
			refund 4 6.00 of 1 told                | 00 | 0.00 | 0.00
			close                                  | 00 | 0.00 | 0.00
		`},
		{"instalments, and a code that no till knows", `
			sale 2 100.00 48=IP0612GOLD            | 00 | 100.00 | 0.00
			sale 3 1.89                            | Q9 | 100.00 | 0.00
			preauth 4 1.54                         | 54 | 100.00 | 0.00
		`},
		{"tombstones of every request", `
			reverse 1 10.00                        | 25 | 0.00 | 0.00
			preauth 1 10.00                        | 12 | 0.00 | 0.00
			preauth 2 10.00                        | 00 | 0.00 | 10.00
			reverse 3 5.00                         | 25 | 0.00 | 10.00
			increment 3 5.00 of 2                  | 12 | 0.00 | 10.00
			reverse 4 5.00                         | 25 | 0.00 | 10.00
			completion 4 5.00 of 2                 | 12 | 0.00 | 10.00
			reverse 5 5.00                         | 25 | 0.00 | 10.00
			cash_advance 5 5.00                    | 12 | 0.00 | 10.00
			preauth 6 3.00 2=4000000000000010      | 14 | 0.00 | 10.00
			reverse 6                              | 00 | 0.00 | 10.00
		`},
		{"an original of another kind, card or shop", `
			sale 1 10.00                           | 00 | 10.00 | 0.00
			increment 2 1.00 of 1                  | 12 | 10.00 | 0.00
			completion 3 1.00 of 1                 | 12 | 10.00 | 0.00
			preauth 4 5.00                         | 00 | 10.00 | 5.00
			tip 5 1.00 of 4                        | 12 | 10.00 | 5.00
			refund 6 1.00 of 4                     | 12 | 10.00 | 5.00
			completion 7 1.00 of 4 42=OTHER          | 25 | 10.00 | 5.00
			increment 8 1.00 of 4 49=840           | 12 | 10.00 | 5.00
			tip 9 1.00 of 1 41=TILL0002            | 25 | 10.00 | 5.00
		`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newClerk(t, open(t, t.TempDir()))
			for line := range strings.Lines(strings.TrimSpace(tc.story)) {
				c.line(strings.TrimSpace(line))
			}
		})
	}
}

// line says one line of a story and compares.
func (c *clerk) line(line string) {
	c.t.Helper()
	cells := strings.Split(line, "|")
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
	}
	if got := c.does(strings.Fields(cells[0])); got != cells[1] {
		c.t.Errorf("%s: answered %q, want %q", cells[0], got, cells[1])
	}
	if got := balance(c.t, c.host).Decimal(); got != cells[2] {
		c.t.Errorf("%s: the merchant has %s, want %s", cells[0], got, cells[2])
	}
	if got := held(c.t, c.host); got != amount(c.t, cells[3]).Minor() {
		c.t.Errorf("%s: %d is held, want %s", cells[0], got, cells[3])
	}
}

func (c *clerk) does(words []string) string {
	c.t.Helper()
	switch words[0] {
	case "batch":
		c.batch = int(stanOf(c.t, words[1]))
		return ""
	case "close":
		theirs, err := c.host.Totals(c.t.Context(), c.terminal, c.batch)
		if err != nil {
			c.t.Fatal(err)
		}
		return codeOf(c.send(c.totals(theirs, false)))
	case "reverse":
		minor := int64(0)
		if len(words) > 2 {
			minor = amount(c.t, words[2]).Minor()
		}
		return codeOf(c.send(c.reversal(stanOf(c.t, words[1]), minor)))
	}
	kind, more, of := till.Kind(words[0]), fields{}, till.STAN(0)
	for i, word := range words[3:] {
		switch path, value, isField := strings.Cut(word, "="); {
		case isField:
			more[path] = value
		case word == "of":
			of = stanOf(c.t, words[4+i])
		case word == "told" && more["0"] == "":
			more["0"] = "0220"
		}
	}
	return c.code(kind, c.money(kind, stanOf(c.t, words[1]), amount(c.t, words[2]).Minor(), of, more))
}

// What a transaction was is in the entry: the plan, the cash, the part.
func TestEntriesOfKinds(t *testing.T) {
	c := newClerk(t, open(t, t.TempDir()))
	c.code(till.Sale, c.money(till.Sale, 1, 6000, 0, fields{"48": "IP06" + "12GOLD"}))
	c.code(till.Sale, c.money(till.Sale, 2, 3000, 0, fields{"3": "090000", "54": amountOf54("40", 1000)}))
	c.code(till.Sale, c.money(till.Sale, 3, 3010, 0, nil))
	c.code(till.Sale, c.money(till.Sale, 4, 500, 0, fields{"0": "0220", "38": "VOICE1"}))
	c.code(till.Sale, c.money(till.Sale, 5, 500, 0, fields{"0": "0220", "39": "Y3"}))
	c.code(till.Tip, c.money(till.Tip, 6, 50, 1, nil))
	entries, err := c.host.Entries(t.Context())
	if err != nil || len(entries) != 6 {
		t.Fatalf("%+v, %v", entries, err)
	}
	if p := entries[0].Plan; p == nil || *p != (till.Plan{Count: 12, Code: "GOLD"}) {
		t.Errorf("plan %+v, want 12 GOLD", p)
	}
	if got := entries[1].Cashback.Minor(); got != 1000 || entries[1].Plan != nil {
		t.Errorf("cashback %d, plan %v, want 1000 and none", got, entries[1].Plan)
	}
	if e := entries[2]; e.Amount.Minor() != 1505 || e.Asked.Minor() != 3010 || e.ResponseCode != "10" || !e.Stands() {
		t.Errorf("part: %+v", e)
	}
	for i, want := range map[int]till.Notice{0: till.NoNotice, 3: till.NoticeVoice, 4: till.NoticeOffline, 5: till.NoticeDone} {
		if got := entries[i].Notice; got != want {
			t.Errorf("entry %d: notice %q, want %q", i, got, want)
		}
	}
	if got := entries[3].AuthCode; got != "VOICE1" {
		t.Errorf("the code of the telephone is %q in the books", got)
	}
	if got := c.said[3]; got.fields["4"] != "000000003010" {
		t.Errorf("asked %s", got.fields["4"])
	}
	if a := c.send(c.said[3].fields); a.Value("39") != "10" || a.Value("4") != "000000001505" {
		t.Errorf("a part again: %s, want 10 of 15.05", a)
	}
}
