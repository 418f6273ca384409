package hostsim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// clerk says every message of a terminal by its fields, in the layout of the profile
// iso87-ascii: the host is held against the layout, and not against the till's own making
// of it.
type clerk struct {
	t        testing.TB
	host     *hostsim.Host
	spec     *iso8583.Spec
	now      time.Time // of field 7
	terminal string
	batch    int
	said     map[till.STAN]saying
}

// saying is what a clerk remembers of what it said.
type saying struct {
	kind   till.Kind
	fields fields
	rrn    string // of the answer
	auth   string
}

// fields are a message: "0" is its type.
type fields map[string]string

func newClerk(t testing.TB, h *hostsim.Host) *clerk {
	t.Helper()
	return &clerk{t: t, host: h, spec: profile(t).Spec, now: day(), terminal: "TILL0001", batch: 1, said: map[till.STAN]saying{}}
}

const visaNumber = "4111111111111111"

// wordsOf is what a kind has in its request.
func wordsOf(kind till.Kind) fields {
	return map[till.Kind]fields{
		till.Sale:        {"0": "0200", "3": "000000", "25": "00"},
		till.PreAuth:     {"0": "0100", "3": "030000", "25": "06"},
		till.Increment:   {"0": "0100", "3": "030000", "25": "06"},
		till.Completion:  {"0": "0200", "3": "000000", "25": "06"},
		till.CashAdvance: {"0": "0200", "3": "010000", "25": "00"},
		till.Void:        {"0": "0200", "3": "020000", "25": "00"},
		till.Refund:      {"0": "0200", "3": "200000", "25": "00"},
		till.Tip:         {"0": "0220", "3": "000000", "25": "00"},
	}[kind]
}

// money is a message of a kind; of is the trace number of what it names, 0 for none. more
// overrides fields; an empty value leaves one out.
func (c *clerk) money(kind till.Kind, stan till.STAN, minor int64, of till.STAN, more fields) fields {
	f := fields{
		"4": fmt.Sprintf("%012d", minor), "7": c.now.UTC().Format("0102150405"), "11": stan.String(), "22": "012",
		"41": c.terminal, "42": "MERCHANT0000001", "49": "156", "60": fmt.Sprintf("%06d", c.batch),
	}
	f.take(wordsOf(kind))
	if kind == till.Tip {
		f["54"] = amountOf54("44", minor)
	}
	if !kind.Refers() {
		f["2"], f["14"] = visaNumber, "3112"
	} else {
		c.name(f, kind, of)
	}
	f.take(more)
	return f
}

// name says what a message refers to.
func (c *clerk) name(f fields, kind till.Kind, of till.STAN) {
	original := c.said[of]
	f["37"] = original.rrn
	if original.fields == nil { // nonsense that was never asked
		f["37"], original.fields = "999999999999", fields{"0": "0200", "7": f["7"]}
	}
	f["90"] = original.fields["0"] + of.String() + original.fields["7"] + strings.Repeat("0", 22)
	if kind == till.Void && original.kind == till.PreAuth {
		f["0"], f["25"] = "0100", "06"
	}
}

func (f fields) take(more fields) {
	for path, value := range more {
		f[path] = value
	}
}

// amountOf54 is one amount of field 54.
func amountOf54(kind string, minor int64) string { return fmt.Sprintf("00%s156D%012d", kind, minor) }

// reversal undoes what was said under a trace number; minor is field 4, 0 as it was said.
func (c *clerk) reversal(of till.STAN, minor int64) fields {
	o := c.said[of].fields
	if o == nil {
		o = c.money(till.Sale, of, minor, 0, nil)
	}
	f := fields{"0": "0400", "39": "98", "90": o["0"] + of.String() + o["7"] + strings.Repeat("0", 22)}
	for _, path := range []string{"3", "4", "7", "11", "22", "25", "41", "42", "49", "60"} {
		f[path] = o[path]
	}
	if minor != 0 {
		f["4"] = fmt.Sprintf("%012d", minor)
	}
	return f
}

// record is what is said of a transaction in an upload.
func (c *clerk) record(of till.STAN) fields {
	o := c.said[of].fields
	f := fields{}
	f.take(o)
	f["0"], f["2"], f["14"], f["55"], f["52"] = "0320", "", "", "", ""
	f["90"] = o["0"] + of.String() + o["7"] + strings.Repeat("0", 22)
	return f
}

// totals are a 0500; trailer says that it follows an upload.
func (c *clerk) totals(t till.Totals, trailer bool) fields {
	f := fields{
		"0": "0500", "7": c.now.UTC().Format("0102150405"), "11": "900000", "41": c.terminal, "42": "MERCHANT0000001", "50": "156", "60": fmt.Sprintf("%06d", c.batch),
		"74": fmt.Sprintf("%010d", t.Credits), "75": fmt.Sprintf("%010d", t.CreditReversals), "76": fmt.Sprintf("%010d", t.Debits), "77": fmt.Sprintf("%010d", t.DebitReversals),
		"86": fmt.Sprintf("%016d", t.CreditMinor), "87": fmt.Sprintf("%016d", t.CreditRevMinor), "88": fmt.Sprintf("%016d", t.DebitMinor), "89": fmt.Sprintf("%016d", t.DebitRevMinor),
		"97": fmt.Sprintf("D%016d", t.Net()),
	}
	if t.Net() < 0 {
		f["97"] = fmt.Sprintf("C%016d", -t.Net())
	}
	if trailer {
		f["3"] = "960000"
	}
	return f
}

// says sends a message of money, and remembers it with its answer.
func (c *clerk) says(kind till.Kind, f fields) *iso8583.Message {
	c.t.Helper()
	a := c.send(f)
	stan := stanOf(c.t, f["11"])
	if a != nil && c.said[stan].fields == nil {
		c.said[stan] = saying{kind: kind, fields: f, rrn: a.Value("37"), auth: a.Value("38")}
	}
	return a
}

// send is the answer to a message, nil for silence.
func (c *clerk) send(f fields) *iso8583.Message {
	c.t.Helper()
	m := c.spec.NewMessage(iso8583.MTI(f["0"]))
	for path, value := range f {
		if path == "0" || value == "" {
			continue
		}
		if err := m.Set(path, value); err != nil {
			c.t.Fatalf("field %s = %q: %v", path, value, err)
		}
	}
	a, err := c.host.ServeISO(context.Background(), rewire(c.t, m))
	if err != nil {
		c.t.Fatalf("%s: %v", f["0"], err)
	}
	if a == nil {
		return nil
	}
	return rewire(c.t, a)
}

// code is the response code to a message of a kind, -- for silence.
func (c *clerk) code(kind till.Kind, f fields) string {
	c.t.Helper()
	return codeOf(c.says(kind, f))
}

func codeOf(a *iso8583.Message) string {
	if a == nil {
		return "--"
	}
	return a.Value("39")
}

// held is what the postings hold for the merchant, after a look at the books.
func held(t testing.TB, h *hostsim.Host) int64 {
	t.Helper()
	postings, err := h.Postings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, p := range postings {
		if strings.HasPrefix(p.Account, "held/merchant/") {
			sum += p.Amount.Minor()
		}
	}
	return sum
}
