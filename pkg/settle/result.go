package settle

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/tillworks/till/pkg/money"
)

// Reason is why a record is no clean match.
type Reason string

// The reasons, in the order in which a result lists them. A pair with several carries the
// first as its reason and the others in Also.
const (
	CurrencyDiffers Reason = "currency_differs"
	AmountDiffers   Reason = "amount_differs"
	TypeDiffers     Reason = "type_differs"
	FeeDiffers      Reason = "fee_differs"  // between the sides, or from what the rules of fees say
	DateDiffers     Reason = "date_differs" // by more days than the rule allows
	MissingTheirs   Reason = "missing_theirs"
	MissingOurs     Reason = "missing_ours"
	DuplicateOurs   Reason = "duplicate_ours"
	DuplicateTheirs Reason = "duplicate_theirs"
)

// Reasons are all reasons in their order.
func Reasons() []Reason {
	return []Reason{
		CurrencyDiffers, AmountDiffers, TypeDiffers, FeeDiffers, DateDiffers,
		MissingTheirs, MissingOurs, DuplicateOurs, DuplicateTheirs,
	}
}

// In is the reason for people, in "en" or "zh".
func (r Reason) In(lang string) string {
	texts := map[Reason]Text{
		CurrencyDiffers: {"another currency", "币种不一致"},
		AmountDiffers:   {"another amount", "金额不一致"},
		TypeDiffers:     {"another type", "类型不一致"},
		FeeDiffers:      {"another fee", "手续费不一致"},
		DateDiffers:     {"another date", "日期不一致"},
		MissingTheirs:   {"not in their file", "对方缺少(短款)"},
		MissingOurs:     {"not in our records", "我方缺少(长款)"},
		DuplicateOurs:   {"twice in our records", "我方重复"},
		DuplicateTheirs: {"twice in their file", "对方重复"},
	}
	if t, ok := texts[r]; ok {
		return t.In(lang)
	}
	return string(r)
}

// SideName tells ours from theirs.
type SideName string

// The sides.
const (
	Ours   SideName = "ours"
	Theirs SideName = "theirs"
)

// Pair is two records that are one transaction.
type Pair struct {
	Rule   string `json:"rule"` // by which they were found
	Ours   Record `json:"ours"`
	Theirs Record `json:"theirs"`
}

// Exception is what is no clean match: a pair with a difference, or a record alone. Every
// record of both sides is in exactly one pair or exception, or counted as aside or
// repeated. Of a duplicate the other field of its side is empty and Of is the record
// that it repeats.
type Exception struct {
	Reason  Reason   `json:"reason"`
	Also    []Reason `json:"also,omitempty"` // further differences of the same pair
	Rule    string   `json:"rule,omitempty"` // by which a pair or a duplicate was found
	Ours    *Record  `json:"ours,omitempty"`
	Theirs  *Record  `json:"theirs,omitempty"`
	Of      *Record  `json:"of,omitempty"`
	Days    int      `json:"days"`            // age: calendar days from the record's date to the day of the match
	Age     string   `json:"age"`             // bucket: "0-1", "2-3", "4-7", "8+"
	Since   string   `json:"since,omitempty"` // of what was carried over: the day of the run that found it
	FeeRule string   `json:"fee_rule,omitempty"`
	FeeWant *int64   `json:"fee_want_minor,omitempty"` // by the rules of fees, where they disagree
	Explain Text     `json:"explain"`
}

// Record is the record that the exception is about: ours, or theirs where ours is none.
func (e *Exception) Record() *Record {
	if e.Ours != nil {
		return e.Ours
	}
	return e.Theirs
}

// OpenItem is a record without a partner, carried over until one comes. Whoever keeps the
// store gives the list of one run to the next.
type OpenItem struct {
	ID     string   `json:"id"` // [Record.ID]
	Side   SideName `json:"side"`
	Reason Reason   `json:"reason"`
	Since  string   `json:"since"` // day of the run that found it, 2006-01-02
	Record Record   `json:"record"`
}

// Closed is an open item that found its partner in this run.
type Closed struct {
	OpenItem
	Rule string `json:"rule"`
	By   Record `json:"by"`
}

// RuleCount is how many clean pairs a rule made.
type RuleCount struct {
	Rule  string `json:"rule"`
	Pairs int    `json:"pairs"`
}

// FeeTotal is what a rule of fees came to over the records of their side that it fits.
type FeeTotal struct {
	Rule     string `json:"rule"`
	Currency string `json:"currency"`
	Count    int    `json:"count"`
	Want     int64  `json:"want_minor"`
	Got      int64  `json:"got_minor"`
	Wrong    int    `json:"wrong"` // records whose fee is another
}

// Totals are the sums of both sides, of all records that were read.
type Totals struct {
	Ours   []Sum `json:"ours"`
	Theirs []Sum `json:"theirs"`
}

// Result is the outcome of a match. Every list is sorted by what its records are, so that
// the same records give the same bytes in whatever order they came.
type Result struct {
	ID         string         `json:"id"`  // of the run: the same day, rules and records have the same
	Day        string         `json:"day"` // 2006-01-02
	Matched    int            `json:"matched"`
	ByRule     []RuleCount    `json:"by_rule"`
	Pairs      []Pair         `json:"pairs,omitempty"` // if asked for
	Exceptions []Exception    `json:"exceptions"`
	Counts     map[Reason]int `json:"counts"` // of the exceptions
	Fees       []FeeTotal     `json:"fees"`
	Totals     Totals         `json:"totals"`
	Open       []OpenItem     `json:"open"`   // to be handed to the next run
	Closed     []Closed       `json:"closed"` // of those handed to this one
	Aside      []Sum          `json:"aside"`  // records of types that have no partner: payouts, charges
	Repeated   int            `json:"repeated"`
	Unread     []Problem      `json:"unread"` // rows that could not be read, the first 1,000
	UnreadRows int            `json:"unread_rows"`
	Files      []Proof        `json:"files"`

	// PeakBytes is the most that the partitions held in memory, SpilledBytes what went to
	// the temporary file. They tell of the run, not of its outcome, and are in no JSON.
	PeakBytes, SpilledBytes int64 `json:"-"`
}

// Problem is a row that could not be read.
type Problem struct {
	Side SideName `json:"side"`
	Source
	Column string `json:"column,omitempty"`
	Text   Text   `json:"text"`
}

// Clean reports that there is nothing to look into.
func (r *Result) Clean() bool { return len(r.Exceptions) == 0 && r.UnreadRows == 0 }

// JSON is the result in canonical form: the same records give the same bytes.
func (r *Result) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Explain says in words why the records with a reference were paired or not: the pair or
// the exceptions of every record whose order, trade, RRN, STAN or refund number is ref.
// Pairs are known only to a result that kept them.
func (r *Result) Explain(ref, lang string) []string {
	var said []string
	for i := range r.Pairs {
		if p := &r.Pairs[i]; p.Ours.refersTo(ref) || p.Theirs.refersTo(ref) {
			said = append(said, p.Explain(lang))
		}
	}
	for i := range r.Exceptions {
		e := &r.Exceptions[i]
		if e.Ours != nil && e.Ours.refersTo(ref) || e.Theirs != nil && e.Theirs.refersTo(ref) {
			said = append(said, e.Explain.In(lang))
		}
	}
	return said
}

func (r *Record) refersTo(ref string) bool {
	return ref != "" && slices.Contains([]string{r.Order, r.Trade, r.RRN, r.STAN, r.Refund}, ref)
}

// dayNumber counts calendar days in a zone.
func dayNumber(unix int64, zone *time.Location) int {
	_, offset := time.Unix(unix, 0).In(zone).Zone()
	local := unix + int64(offset)
	day := local / 86400
	if local%86400 < 0 {
		day--
	}
	return int(day)
}

// ageOf is the bucket of an age in days.
func ageOf(days int) string {
	switch {
	case days <= 1:
		return "0-1"
	case days <= 3:
		return "2-3"
	case days <= 7:
		return "4-7"
	}
	return "8+"
}

func amountText(minor int64, c money.Currency) string { return money.New(minor, c).String() }
