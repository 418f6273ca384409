package cli

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// changedBy runs promo edit with flags on a promotion and gives what came of it.
func changedBy(t *testing.T, p till.Programme, flags []string) (till.Programme, error) {
	t.Helper()
	con := newConsole(t)
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	var problem error
	c := newPromoEdit(con.Env, func(_ context.Context, o *promoOptions) error {
		problem = o.change(&p, cny)
		return nil
	})
	c.SetArgs(append([]string{"happy"}, flags...))
	c.SilenceErrors, c.SilenceUsage = true, true
	if err := c.Execute(); err != nil {
		t.Fatal(err)
	}
	return p, problem
}

// What flags make of a promotion, new and changed.
func TestPromoFlags(t *testing.T) {
	const happy = `{"id":"happy","name":"Happy hour","weekdays":[1,2],"from_clock":"15:00","members":true,"rule":{"categories":["drinks"]},"reward":{"kind":"percent","percent":"20%"},"version":3}`
	const three = `{"id":"happy","name":"","rule":{},"reward":{"kind":"buy_get","buy":2,"get":1},"version":3}`
	for _, c := range []struct{ name, before, flags, want string }{
		{"happy hours", `{"id":"happy"}`, "--name=Happy --category drinks --percent 20 --from 15:00 --to 17:00 --weekdays mon-fri",
			`{"id":"happy","name":"Happy","weekdays":[1,2,3,4,5],"from_clock":"15:00","to_clock":"17:00","rule":{"categories":["drinks"]},"reward":{"kind":"percent","percent":"20%"},"version":0}`},
		{"three for two", `{"id":"happy"}`, "--buy 2 --get 1 --sku latte,tea --sku cake",
			`{"id":"happy","name":"","rule":{"skus":["latte","tea","cake"]},"reward":{"kind":"buy_get","buy":2,"get":1},"version":0}`},
		{"the second at half", `{"id":"happy"}`, "--buy 1 --get 1 --percent 50%",
			`{"id":"happy","name":"","rule":{},"reward":{"kind":"buy_get","percent":"50%","buy":1,"get":1},"version":0}`},
		{"five over fifty in March", `{"id":"happy"}`, "--amount 5 --over 50 --since 2026-03-01 --until 2026-03-31 --priority -1",
			`{"id":"happy","name":"","from":20260301,"to":20260331,"priority":-1,"rule":{"min_amount":{"minor":5000,"currency":"CNY"}},"reward":{"kind":"amount","amount":{"minor":500,"currency":"CNY"}},"version":0}`},
		{"a price with a coupon", `{"id":"happy"}`, "--price 0 --coupon TEA5 --members --stackable --least 2.5 --cheapest --max 9.99",
			`{"id":"happy","name":"","coupon":"TEA5","members":true,"stackable":true,"rule":{"min_quantity":2.5},"reward":{"kind":"price","max":{"minor":999,"currency":"CNY"},"cheapest":true},"version":0}`},
		{"one thing changes, the rest stays", happy, "--percent 25",
			strings.Replace(happy, "20%", "25%", 1)},
		{"empty values take conditions away", happy, `--weekdays= --from= --members=false --category= --name=`,
			`{"id":"happy","name":"","rule":{},"reward":{"kind":"percent","percent":"20%"},"version":3}`},
		{"every day is none", happy, "--weekdays mon-sun", strings.Replace(happy, `"weekdays":[1,2],`, "", 1)},
		{"another reward takes its place", happy, "--amount 3", strings.Replace(happy, `"kind":"percent","percent":"20%"`, `"kind":"amount","amount":{"minor":300,"currency":"CNY"}`, 1)},
		{"a percentage of what is got", three, "--percent 50", strings.Replace(three, `"buy_get",`, `"buy_get","percent":"50%",`, 1)},
		{"buy more", three, "--buy 3", strings.Replace(three, `"buy":2`, `"buy":3`, 1)},
		{"from pieces to an amount", three, "--amount 3", strings.Replace(three, `"kind":"buy_get","buy":2,"get":1`, `"kind":"amount","amount":{"minor":300,"currency":"CNY"}`, 1)},
		{"limits of zero are none", `{"id":"happy","reward":{"kind":"percent","percent":"20%","max":{"minor":500,"currency":"CNY"}},"rule":{"min_amount":{"minor":500,"currency":"CNY"},"min_quantity":2}}`,
			"--max 0 --over 0 --least 0", `{"id":"happy","name":"","rule":{},"reward":{"kind":"percent","percent":"20%"},"version":0}`},

		{"two rewards", `{"id":"happy"}`, "--percent 20 --amount 5", "gives one thing"},
		{"a price and pieces", `{"id":"happy"}`, "--price 20 --buy 2 --get 1", "gives one thing"},
		{"a percentage and an amount, of pieces before", three, "--percent 20 --amount 5", "gives one thing"},
		{"no reward", `{"id":"happy"}`, "--name x", "gives nothing"},
		{"a day for a clock", happy, "--from 2026-03-01", "2026-03-01 is a day"},
		{"no day", happy, "--since tomorrow", `--since "tomorrow" is no day`},
		{"no weekday", happy, "--weekdays funday", `--weekdays "funday"`},
		{"no percentage", happy, "--percent -5", `--percent "-5" is no percentage`},
		{"no amount", happy, "--amount five", `--amount "five" is not an amount`},
		{"too many decimals", happy, "--over 1.234", `--over "1.234" has more decimals`},
		{"below zero", happy, "--max -1", `--max "-1" is not an amount`},
		{"no quantity", happy, "--least many", `--least "many" is no quantity`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before till.Programme
			if err := json.Unmarshal([]byte(c.before), &before); err != nil {
				t.Fatal(err)
			}
			after, err := changedBy(t, before, strings.Fields(c.flags))
			if err != nil {
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %s", err, c.want)
				}
				return
			}
			if got, _ := json.Marshal(after); string(got) != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// Flags of the output change nothing of a promotion.
func TestGivenFlags(t *testing.T) {
	con := newConsole(t)
	for _, args := range [][]string{{"promo", "edit", "happy", "--json"}, {"tax", "set", "standard", "-O", "csv", "--lang", "en"}} {
		if code := con.till(args...); code != exitUsage || !strings.Contains(con.err.String(), "nothing to change") {
			t.Errorf("%v: exit %d, %s", args, code, con.err.String())
		}
	}
}

// What the flags of a tax class say.
func TestTaxFlags(t *testing.T) {
	for _, c := range []struct{ name, flags, want string }{
		{"one rate", "--rate VAT=13", `[{"name":"VAT","rate":"13%"}]`},
		{"compound", "--rate State=6 --rate City=2.5 --compound City", `[{"name":"State","rate":"6%"},{"name":"City","rate":"2.5%","compound":true}]`},
		{"zero", "--rate VAT=0%", `[{"name":"VAT","rate":"0%"}]`},
		{"exempt", "--exempt", `[]`},
		{"only the name", "--name x", `null`},
		{"exempt with a rate", "--exempt --rate VAT=0", "--exempt is no tax"},
		{"a compound of nothing", "--rate VAT=13 --compound City", `--compound "City" is the name of no --rate`},
		{"compound alone", "--compound City", `--compound "City" is the name of no --rate`},
		{"no name", "--rate 13", `--rate "13" is not NAME=PERCENT`},
		{"an empty name", "--rate =13", `--rate "=13" is not NAME=PERCENT`},
		{"no percentage", "--rate VAT=lots", `--rate "lots" is no percentage`},
	} {
		t.Run(c.name, func(t *testing.T) {
			con := newConsole(t)
			var got string
			cmd := newTaxSet(con.Env, func(_ context.Context, o *taxOptions) error {
				e, err := o.edit()
				if err != nil {
					got = err.Error()
					return nil
				}
				body, err := json.Marshal(e.Rates)
				got = string(body)
				return err
			})
			cmd.SetArgs(append([]string{"standard"}, strings.Fields(c.flags)...))
			if err := cmd.Execute(); err != nil {
				t.Fatal(err)
			}
			if got != c.want && !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
