package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/till"
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

	Approved       []string               // response codes (field 39) that approve
	Partial        []string               // response codes that approve less than was asked: undone, since no sale takes a part
	ReversalFinal  []string               // response codes that end a reversal
	Reasons        map[till.Reason]string // field 39 of a reversal
	EntryModes     map[till.Entry]string  // field 22
	Processing     map[till.Kind]string   // field 3
	NetworkCodes   map[till.Op]string     // field 70
	ConditionCode  string                 // field 25
	MessageTypes   map[till.Op]string     // of requests
	InBalanceCodes []string               // settlement codes (field 66) of totals that agree
}

// ISO87ASCII is the profile "iso87-ascii": every field in ASCII, behind a length of
// two bytes.
func ISO87ASCII() (Profile, error) { return newProfile("iso87-ascii", "binary2") }

// ISO87BCD is the profile "iso87-bcd", as terminals behind a network access controller
// speak: packed digits, behind a length of two bytes and a TPDU.
func ISO87BCD() (Profile, error) { return newProfile("iso87-bcd", "binary2+tpdu:6000010000") }

// Names are the names that [Load] takes.
func Names() []string { return []string{"iso87-ascii", "iso87-bcd"} }

// Load is the profile of a name.
func Load(name string) (Profile, error) {
	switch name {
	case "iso87-ascii":
		return ISO87ASCII()
	case "iso87-bcd":
		return ISO87BCD()
	}
	return Profile{}, fmt.Errorf("host profile %q: want one of %s", name, strings.Join(Names(), ", "))
}

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

// newProfile is a profile with the code tables of ISO 8583:1987. The reasons 98 (no
// answer was received) and 06 (error) are those of terminal networks; 17 is the
// standard's code for a customer's cancellation.
func newProfile(name, framing string) (Profile, error) {
	spec, err := dialect.Load(name)
	if err != nil {
		return Profile{}, fmt.Errorf("host profile %s: %w", name, err)
	}
	return Profile{
		Name: name, Dialect: name, Framing: framing, Spec: spec,
		Approved:      []string{"00"},
		Partial:       []string{"10"},
		ReversalFinal: []string{"00", "25"},
		Reasons: map[till.Reason]string{
			till.ReasonTimeout: "98", till.ReasonLink: "98", till.ReasonRestart: "98",
			till.ReasonInvalid: "06", till.ReasonCard: "06", till.ReasonCanceled: "17",
		},
		EntryModes: map[till.Entry]string{
			till.Chip: "051", till.Tap: "071", till.Swipe: "901", till.Fallback: "801", till.Manual: "012", till.NoEntry: "000",
		},
		Processing:    map[till.Kind]string{till.Sale: "000000", till.Void: "020000", till.Refund: "200000"},
		NetworkCodes:  map[till.Op]string{till.OpSignOn: "001", till.OpEcho: "301"},
		ConditionCode: "00",
		MessageTypes: map[till.Op]string{
			till.OpAuthorize: "0200", till.OpReverse: "0400", till.OpSignOn: "0800", till.OpEcho: "0800", till.OpReconcile: "0500",
		},
		InBalanceCodes: []string{"1"},
	}, nil
}
