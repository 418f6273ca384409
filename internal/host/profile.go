package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// Profile is what there is to know of one kind of card host. It is data: two hosts
// that differ in a code differ in a table here and in no line of code.
type Profile struct {
	Name    string        // "iso87-ascii"
	Dialect string        // name of the message layout, see [dialect.Names]
	Framing string        // name of the framing, see [link.FramingByName]
	Spec    *iso8583.Spec // the layout, loaded

	Rows []Row // the messages; the first row that fits a request is its message

	Approved       []string               // response codes (field 39) that approve
	Partial        []string               // response codes that approve a part of what was asked, as field 4 of the answer says
	Referral       []string               // response codes of an issuer that wants to be called
	ReversalFinal  []string               // response codes that end a reversal
	AdviceFinal    []string               // response codes that end a notice
	ConfirmFinal   []string               // response codes that end a confirmation
	Reasons        map[till.Reason]string // field 39 of a reversal
	EntryModes     map[till.Entry]string  // field 22; with PINEntry behind where a PIN goes with it
	PINEntry       string                 // last digit of field 22 where a PIN was entered; empty leaves the mode as it is
	InBalanceCodes []string               // settlement codes (field 66) of totals that agree; of a host without that field, none
	CardAuthAt     int                    // position in field 44, from 1, of the card authentication result; 0: the host does not tell
	CardAuthPassed string                 // the result of a cryptogram that was checked and is right

	Expects Expectations
	Code    Authentication

	layout layout
	master key.Key // of the terminal, under which its working keys come
}

// Row is a message of a profile: what is asked, and the codes that ask it. Empty
// conditions hold for everything.
type Row struct {
	Op       till.Op
	Kind     till.Kind   // of the transaction
	Of       till.Kind   // of the transaction that it names
	Notice   till.Notice // why it is told
	Cashback bool        // only where cash is handed out
	Script   bool        // only of the result of a script

	MTI        string // message type
	Processing string // field 3; of a reversal or a record without one, that of what it is about
	Condition  string // field 25, likewise
	Type       string // UnionPay's field 60.1, likewise
	Network    string // field 70, or UnionPay's field 60.3
}

// Expectations are what the host expects of a terminal. The register's policy is made of
// them.
type Expectations struct {
	Upload         bool               // every record (0320) where the totals differ, and the totals again
	Confirm        bool               // the TC of each chip transaction (0320) before the totals
	Keys           bool               // nothing is said without working keys of the sign-on
	PIN            bool               // PINs that the issuer checks
	Scripts        bool               // what became of issuer scripts (0620), before the next sale
	Notices        map[till.Kind]bool // kinds that are told (0220) and not asked
	WhileReversing bool               // a sale may begin while a reversal waits
	BatchLimit     int                // card transactions of a batch that its totals can count; 0 counts any number
}

// Authentication is how messages prove that nobody changed them. The zero one is none.
type Authentication struct {
	Field     string // "64" or "128"
	Algorithm workingkey.Algorithm
	Classes   string   // second digits of the message types whose messages, and whose answers, carry a code
	SignOn    []string // response codes by which a host says that the terminal must sign on again, first that of a message that it does not find proved
}

// covers reports a message whose like, and whose answers, carry a code.
func (a Authentication) covers(row Row) bool {
	return a.Field != "" && strings.Contains(a.Classes, row.MTI[1:2])
}

// Names are the names that [Load] takes.
func Names() []string { return []string{"iso87-ascii", "iso87-bcd", "nac-pos", "unionpay-pos"} }

// Load is the profile of a name, with the public master key of the lab.
func Load(name string) (Profile, error) {
	switch name {
	case "iso87-ascii":
		return ISO87ASCII()
	case "iso87-bcd":
		return ISO87BCD()
	case "nac-pos":
		return NACPOS()
	case "unionpay-pos":
		return UnionPayPOS()
	}
	return Profile{}, fmt.Errorf("host profile %q: want one of %s", name, strings.Join(Names(), ", "))
}

// WithMaster is the profile with the terminal's own master key, of triple DES with two
// keys.
func (p Profile) WithMaster(master key.Key) Profile {
	p.master = master
	return p
}

// Master is the terminal's master key.
func (p Profile) Master() key.Key { return p.master }

// Wire is the framing by its name.
func (p Profile) Wire() (link.Framing, error) {
	f, err := link.FramingByName(p.Framing)
	if err != nil {
		return nil, fmt.Errorf("host profile %s: %w", p.Name, err)
	}
	return f, nil
}

// IsApproved reports that a response code approves.
func (p Profile) IsApproved(code string) bool { return slices.Contains(p.Approved, code) }

// IsReversalFinal reports that a response code to a reversal ends the matter: the host
// undid the request (00), or never saw it and never will take it (25). Any other code
// leaves the reversal owed.
func (p Profile) IsReversalFinal(code string) bool { return slices.Contains(p.ReversalFinal, code) }

// row is the message of a request, with the codes of what a reversal or a record is about.
func (p Profile) row(r till.Request) (Row, error) {
	row, ok := p.find(r, r.Op)
	if !ok {
		return Row{}, fmt.Errorf("host profile %s: no message for %q%s", p.Name, r.Op, ofKind(r))
	}
	if r.Op != till.OpReverse && r.Op != till.OpUpload {
		return row, nil
	}
	about, ok := p.find(r, askedBy(r.Txn))
	if !ok {
		return Row{}, fmt.Errorf("host profile %s: no message for %q%s", p.Name, r.Op, ofKind(r))
	}
	about.MTI, about.Network = row.MTI, row.Network
	return about, nil
}

// named is the message by which a transaction was asked for or told.
func (p Profile) named(t till.Txn, original *till.Txn) (Row, error) {
	r := till.Request{Op: askedBy(t), Txn: t, Original: original}
	row, ok := p.find(r, r.Op)
	if !ok {
		return Row{}, fmt.Errorf("host profile %s: no message for %q%s", p.Name, r.Op, ofKind(r))
	}
	return row, nil
}

func ofKind(r till.Request) string {
	if r.Txn.Kind == "" {
		return ""
	}
	return fmt.Sprintf(" of %q", r.Txn.Kind)
}

// askedBy is the operation by which a transaction goes to the host first.
func askedBy(t till.Txn) till.Op {
	if t.Notice != till.NoNotice {
		return till.OpAdvise
	}
	return till.OpAuthorize
}

func (p Profile) find(r till.Request, op till.Op) (Row, bool) {
	var of till.Kind
	if r.Original != nil {
		of = r.Original.Kind
	}
	for _, row := range p.Rows {
		if row.Op == op && fits(row.Kind, r.Txn.Kind) && fits(row.Of, of) && fits(row.Notice, r.Txn.Notice) &&
			(!row.Cashback || r.Txn.Cashback.IsPositive()) && (!row.Script || r.Script) {
			return row, true
		}
	}
	return Row{}, false
}

// fits reports that a condition is empty or met.
func fits[T ~string](condition, is T) bool { return condition == "" || condition == is }

// newProfile is a profile with the code tables of ISO 8583:1987. The reasons 98 (no
// answer was received) and 06 (error) are those of terminal networks; 17 is the
// standard's code for a customer's cancellation.
func newProfile(name, framing string, l layout) (Profile, error) {
	spec, err := dialect.Load(name)
	if err != nil {
		return Profile{}, fmt.Errorf("host profile %s: %w", name, err)
	}
	return Profile{
		Name: name, Dialect: name, Framing: framing, Spec: spec, layout: l, master: workingkey.LabMaster(),
		Approved:      []string{"00"},
		Partial:       []string{"10"},
		Referral:      []string{"01", "02"},
		ReversalFinal: []string{"00", "25"},
		AdviceFinal:   []string{"00"},
		ConfirmFinal:  []string{"00", "25"},
		Reasons: map[till.Reason]string{
			till.ReasonTimeout: "98", till.ReasonLink: "98", till.ReasonRestart: "98",
			till.ReasonInvalid: "06", till.ReasonMAC: "06", till.ReasonCard: "06",
			till.ReasonCanceled: "17", till.ReasonPartial: "17",
		},
		EntryModes: map[till.Entry]string{
			till.Chip: "051", till.Tap: "071", till.Swipe: "901", till.Fallback: "801", till.Manual: "012", till.NoEntry: "000",
		},
		InBalanceCodes: []string{"1"}, CardAuthAt: 8, CardAuthPassed: "2",
	}, nil
}
