package bulk

import (
	"io"
	"runtime"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// Input is something to read, with its name for whoever reads several.
type Input struct {
	Name   string // told with each message where it is not empty
	Reader io.Reader
}

// Options say how inputs are read and messages written. The zero value detects
// everything, in English, masked, on all processors.
type Options struct {
	Detector *detect.Detector // nil is one that tries every dialect behind every framing
	Dump     dump.Options     // format, ports, limits

	// Spec, where it is not nil, reads what the detector finds nothing in, behind Framing:
	// somebody knows what the messages are, whatever the evidence says.
	Spec    *iso8583.Spec
	Framing detect.Framing

	Lang    string // "en" or "zh"
	Unmask  bool   // show card data in the clear
	Compact bool   // the short form of a line; see [iso8583.Explainer.AppendCompact]

	Workers  int            // 0 is one a processor
	Repairs  int            // how many broken messages are looked at for repairs; 0 is RepairsMost, -1 none
	Pending  int            // how many requests may wait for an answer; 0 is PendingMost
	Progress func(Progress) // called now and then with what is done so far; nil is nobody
}

// The limits that Options have by default.
const (
	RepairsMost = 100
	PendingMost = 20_000
)

// Progress is how far the work is.
type Progress struct {
	Input    string // its name
	Bytes    int64  // read of all inputs
	Messages int
}

// Totals is what came of all messages.
type Totals struct {
	Messages   int   `json:"messages"`   // all that are told
	Sound      int   `json:"sound"`      // read to the last byte without a fault
	Broken     int   `json:"broken"`     // found and not sound
	Undetected int   `json:"undetected"` // bytes that nothing is known of
	Unreadable int   `json:"unreadable"` // places of the input that give no bytes
	Bytes      int64 `json:"bytes"`      // read of the inputs
}

// AllSound reports that there was something, and nothing wrong with it.
func (t Totals) AllSound() bool { return t.Messages > 0 && t.Sound == t.Messages }

func (t *Totals) add(u Totals) {
	t.Messages += u.Messages
	t.Sound += u.Sound
	t.Broken += u.Broken
	t.Undetected += u.Undetected
	t.Unreadable += u.Unreadable
}

func (o Options) withDefaults() (Options, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Repairs == 0 {
		o.Repairs = RepairsMost
	}
	if o.Pending <= 0 {
		o.Pending = PendingMost
	}
	var err error
	if o.Detector == nil {
		o.Detector, err = detect.New(detect.Options{})
	}
	return o, err
}
