package faultscript_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// sale is a sale by a test card in a currency of two decimals.
func sale(minor int64) faultscript.Message {
	eur, err := money.CurrencyByCode("EUR")
	if err != nil {
		panic(err)
	}
	pan, err := card.ParsePAN("4111111111111111")
	if err != nil {
		panic(err)
	}
	return faultscript.Message{
		MTI: "0200", Kind: faultscript.Sale, Processing: "000000", Amount: money.New(minor, eur), Card: pan,
		Terminal: "TILLLAB1", STAN: 17, At: 5 * time.Second,
	}
}

// yen is a sale in a currency without decimals, dinar one in a currency of three.
func in(t testing.TB, code string, minor int64) faultscript.Message {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	m := sale(0)
	m.Amount = money.New(minor, c)
	return m
}

func with(change func(*faultscript.Message)) faultscript.Message {
	m := sale(1250)
	change(&m)
	return m
}

func TestConditions(t *testing.T) {
	reversal := with(func(m *faultscript.Message) { m.MTI, m.Kind = "0401", faultscript.Reversal })
	echo := faultscript.Message{MTI: "0800", Kind: faultscript.Echo, Terminal: "TILLLAB1", STAN: 2}
	for _, c := range []struct {
		when    string
		message faultscript.Message
		want    bool
	}{
		{"", sale(1), true},
		{"kind: sale", sale(1), true},
		{"kind: [void, sale]", sale(1), true},
		{"kind: void", sale(1), false},
		{"message: 0200", sale(1), true},
		{"message: 04xx", reversal, true},
		{"message: 0400", reversal, false},
		{"message: 04xx", sale(1), false},
		{"processing: 00", sale(1), true},
		{"processing: 000000", sale(1), true},
		{"processing: 20", sale(1), false},
		{"processing: 00", echo, false},
		{"amount: 12.50", sale(1250), true},
		{"amount: 12.5", sale(1250), true},
		{"amount: 12.500", sale(1250), true},
		{"amount: 12.501", sale(1250), false},
		{"amount: 12", sale(1200), true},
		{"amount: 12.50", sale(1251), false},
		{"amount: 10..20", sale(1000), true},
		{"amount: 10..20", sale(2000), true},
		{"amount: 10..20", sale(2001), false},
		{"amount: 10..20", sale(999), false},
		{"amount: 10..", sale(99999999999), true},
		{"amount: ..10", sale(0), true},
		{"amount: ..10", sale(1001), false},
		{`amount: "*.68"`, sale(1068), true},
		{`amount: "*.68"`, sale(68), true},
		{`amount: "*0.68"`, sale(168), false},
		{`amount: "*5"`, sale(1265), true},
		{`amount: ["*.68", 3.00]`, sale(300), true},
		{"amount: 1250", in(t, "JPY", 1250), true},
		{"amount: 1250.5", in(t, "JPY", 1250), false},
		{"amount: 1250..1250.5", in(t, "JPY", 1251), false},
		{"amount: 1.234", in(t, "BHD", 1234), true},
		{"amount: 0", echo, false},
		{"card: 1111", sale(1), true},
		{`card: "*1111"`, sale(1), true},
		{`card: "411111*"`, sale(1), true},
		{`card: "411111******1111"`, sale(1), true},
		{`card: "4*1"`, sale(1), true},
		{"card: 1112", sale(1), false},
		{`card: "541333*"`, sale(1), false},
		{"card: 1111", echo, false},
		{"terminal: TILLLAB1", sale(1), true},
		{"terminal: [TILLLAB2, TILLLAB3]", sale(1), false},
		{"stan: 17", sale(1), true},
		{"stan: 000017", sale(1), true},
		{"stan: 18..20", sale(1), false},
		{"stan: 10..", sale(1), true},
		{"from: 5s", sale(1), true},
		{"from: 5001ms", sale(1), false},
		{"until: 5s", sale(1), false},
		{"until: 6s", sale(1), true},
		{"kind: sale, amount: 12.50, card: 1111", sale(1250), true},
		{"kind: sale, amount: 12.50, card: 1112", sale(1250), false},
	} {
		s, found := faultscript.Parse([]byte("rules: [{when: {" + c.when + "}, do: lose}]"))
		if s == nil {
			t.Errorf("%s: %v", c.when, found)
			continue
		}
		if got := faultscript.NewPlayer(s).Decide(c.message).Lose; got != c.want {
			t.Errorf("%s meets a %s of %s: %v, want %v", c.when, c.message.Kind, c.message.Amount, got, c.want)
		}
	}
}

// plays gives ten sales to a script and says which rule each met.
func plays(t testing.TB, script string) string {
	t.Helper()
	p := faultscript.NewPlayer(parse(t, script))
	var met []string
	for range 10 {
		f := p.Decide(sale(1250))
		met = append(met, strings.TrimPrefix(f.Rule+"-", "rule ")[:1])
	}
	return strings.Join(met, "")
}

func TestCounts(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"all", "rules: [{do: lose}]", "1111111111"},
		{"times", "rules: [{do: lose, times: 3}]", "111-------"},
		{"nth", "rules: [{when: {nth: 3}, do: lose}]", "--1-------"},
		{"a range", "rules: [{when: {nth: 3..5}, do: lose}]", "--111-----"},
		{"from one on", "rules: [{when: {nth: 8..}, do: lose}]", "-------111"},
		{"every", "rules: [{when: {every: 4}, do: lose}]", "---1---1--"},
		{"every of some", "rules: [{when: {every: 2, nth: 4..}, times: 2, do: lose}]", "---1-1----"},
		{"the first rule decides", "rules: [{when: {nth: 2..4}, do: lose}, {times: 4, do: drop}]", "2111222---"},
		// A rule counts what another one takes: number two is the second sale of the day.
		{"each counts for itself", "rules: [{when: {nth: 1}, do: lose}, {when: {nth: 2}, do: drop}]", "12--------"},
	} {
		if got := plays(t, c.script); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Chance is that of the seed: the same each time, another with another seed, as often as
// it says, and for each terminal the same whatever the others do.
func TestChance(t *testing.T) {
	script := parse(t, "seed: 1\nrules: [{when: {chance: 15%}, do: lose}, {when: {chance: 0.5}, do: drop}]")
	other := parse(t, "seed: 2\nrules: [{when: {chance: 15%}, do: lose}, {when: {chance: 0.5}, do: drop}]")
	first, again, differently := run(script, 10_000, false), run(script, 10_000, true), run(other, 10_000, false)
	if !slices.Equal(first, again) {
		t.Error("a second terminal changes what the first one meets")
	}
	if slices.Equal(first, differently) {
		t.Error("another seed changes nothing")
	}
	lost, dropped := 0, 0
	for _, f := range first {
		if f.Lose {
			lost++
		}
		if f.Drop {
			dropped++
		}
	}
	if lost < 1350 || lost > 1650 || dropped < 4000 || dropped > 4500 {
		t.Errorf("%d lost and %d dropped of 10,000, want some 1,500 and 4,250", lost, dropped)
	}
}

func run(s *faultscript.Script, n int, company bool) (fates []faultscript.Fate) {
	p := faultscript.NewPlayer(s)
	for range n {
		if company {
			p.Decide(with(func(m *faultscript.Message) { m.Terminal = "TILLLAB2" }))
		}
		fates = append(fates, p.Decide(sale(1250)))
	}
	return fates
}

func TestApplied(t *testing.T) {
	p := faultscript.NewPlayer(parse(t, "rules: [{when: {nth: 2..3}, do: lose}, {do: drop}]"))
	for range 5 {
		p.Decide(sale(1))
	}
	if got := p.Applied(); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("applied %v, want [2 3]", got)
	}
}

func TestActions(t *testing.T) {
	for _, c := range []struct {
		do   string
		want faultscript.Fate
	}{
		{"drop", faultscript.Fate{Drop: true}},
		{"{lose: true}", faultscript.Fate{Lose: true}},
		{"{delay: 1m30s}", faultscript.Fate{Delay: 90 * time.Second}},
		{"duplicate", faultscript.Fate{Copies: 2}},
		{"{duplicate: 5}", faultscript.Fate{Copies: 5}},
		{"reorder", faultscript.Fate{Hold: faultscript.DefaultHold}},
		{"{reorder: 1s}", faultscript.Fate{Hold: time.Second}},
		{"garble", faultscript.Fate{Garble: faultscript.Garble{Bytes: 4}}},
		{"{garble: {bytes: 2, at: 30}}", faultscript.Fate{Garble: faultscript.Garble{Bytes: 2, At: 30}}},
		{"truncate", faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 20}}},
		{"{truncate: 0}", faultscript.Fate{Truncate: faultscript.Truncate{On: true}}},
		{"{truncate: {keep: 7, announce: whole}}", faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 7, Whole: true}}},
		{"close", faultscript.Fate{Close: faultscript.Close{On: true}}},
		{"{close: 10}", faultscript.Fate{Close: faultscript.Close{On: true, After: 10}}},
		{"{down: 5s}", faultscript.Fate{Drop: true, Down: 5 * time.Second}},
		{"[lose, down: 5s]", faultscript.Fate{Lose: true, Down: 5 * time.Second}},
		{"{wrong: mac}", faultscript.Fate{Wrong: faultscript.WrongMAC}},
		{"{wrong: [stan, terminal, amount]}", faultscript.Fate{Wrong: faultscript.WrongSTAN | faultscript.WrongTerminal | faultscript.WrongAmount}},
		{"{code: 51}", faultscript.Fate{Code: "51"}},
		{"{code: {answer: Z1, posted: true}}", faultscript.Fate{Code: "Z1", Posted: true}},
		{"unsolicited", faultscript.Fate{Unsolicited: faultscript.StrayAnswer}},
		{"{unsolicited: echo}", faultscript.Fate{Unsolicited: faultscript.HostEcho}},
		{"{delay: 1s, duplicate: 2}", faultscript.Fate{Delay: time.Second, Copies: 2}},
		{"[delay: 1s, close]", faultscript.Fate{Delay: time.Second, Close: faultscript.Close{On: true}}},
	} {
		got := parse(t, "rules: [{name: x, do: "+c.do+"}]").Rules[0].Fate
		if c.want.Rule = "x"; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.do, got, c.want)
		}
	}
	batch := parse(t, "rules: [{when: {kind: sign_on}, do: {batch: 900}}]").Rules[0].Fate.Batch
	differ := parse(t, "rules: [{when: {kind: reconcile}, do: {differ: {count: -2, amount: -1.00}}}]").Rules[0].Fate.Differ
	eur := sale(0).Amount.Currency()
	if minor, ok := differ.Amount.Minor(eur); batch != 900 || differ.Count != -2 || minor != -100 || !ok {
		t.Errorf("batch %d, differ by %d and %s", batch, differ.Count, differ.Amount)
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"do: lose", "any message: the request is processed, its answer is lost"},
		{"{when: {kind: [sale, refund], amount: 10..20, card: 1111, nth: 2}, do: drop}",
			"sale or refund, of 10 to 20, card *1111, number 2 of them: the request never reaches the host"},
		{"{when: {message: 04x0, terminal: T1, stan: 5.., from: 1s, until: 1m}, times: 2, do: {duplicate: 3}}",
			"message type 04x0, terminal T1, trace number 5 and all after it, from 1s to 1m0s after the start, at most 2 times: the answer comes 3 times"},
		{"{when: {chance: 12.5%, every: 3}, do: {garble: {bytes: 2, at: any}}}",
			"any message, one in every 3, with a probability of 12.5%: 2 bytes of the answer are flipped, anywhere"},
		{"{when: {kind: sale}, do: {wrong: [stan, mac]}}", "sale: the answer has a wrong trace number and a wrong MAC"},
		{"{when: {kind: sale, amount: \"*.68\"}, do: [{delay: 2s}, close]}",
			"sale, of an amount that ends in 68: the answer waits for 2s, the connection is closed instead of an answer"},
	} {
		if got := parse(t, "rules: ["+c.rule+"]").Rules[0].Words().String(); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.rule, got, c.want)
		}
	}
}

// Nothing of a card shows in whatever form a message is printed.
func TestMessageHidesCard(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		if text := fmt.Sprintf(verb, sale(1)); strings.Contains(text, "4111111111") || strings.Contains(text, "34313131313131") {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

func TestKindsHaveWords(t *testing.T) {
	seen := map[string]faultscript.Kind{}
	for _, k := range faultscript.Kinds() {
		words := k.Words().In("en")
		if other, twice := seen[words]; twice || words == "" {
			t.Errorf("%s and %s are both %q", k, other, words)
		}
		seen[words] = k
	}
}
