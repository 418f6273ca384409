package detect

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// Options say what a Detector tries. The zero Options try every dialect that ships
// behind every framing.
type Options struct {
	// Specs are specs of the user's own, tried beside the dialects and before them.
	Specs []*iso8583.Spec
	// Dialects, where it is not nil, are the shipped dialects to try, by name.
	Dialects []string
	// Framings, where it is not nil, are the framings to try, by name; see [ParseFraming].
	Framings []string
}

// Detector finds framing and dialect. It is never changed and serves any number of
// goroutines; specs are compiled when a message first needs them.
type Detector struct {
	entries  []*entry
	framings []Framing // nil is all
	judges   sync.Pool
}

// New makes a detector. An unknown dialect or framing is an error that lists what there is.
func New(o Options) (*Detector, error) {
	d := &Detector{}
	for _, s := range o.Specs {
		d.entries = append(d.entries, entryOfSpec(s))
	}
	infos := dialect.Infos()
	for _, name := range o.Dialects {
		if !slices.ContainsFunc(infos, func(i dialect.Info) bool { return i.Name == name }) {
			return nil, fmt.Errorf("no dialect %q: want one of %s", name, strings.Join(dialect.Names(), ", "))
		}
	}
	for _, info := range infos {
		if o.Dialects == nil || slices.Contains(o.Dialects, info.Name) {
			d.entries = append(d.entries, entryOf(info))
		}
	}
	for _, name := range o.Framings {
		f, err := ParseFraming(name)
		if err != nil {
			return nil, err
		}
		d.framings = append(d.framings, f)
	}
	return d, nil
}

// allows reports that an envelope is of a framing to try.
func (d *Detector) allows(e envelope) bool {
	return d.framings == nil || slices.ContainsFunc(d.framings, func(f Framing) bool { return f.matches(e) })
}

// judge takes a judge with memory from the pool; release gives it back.
func (d *Detector) judge() *judge {
	if j, ok := d.judges.Get().(*judge); ok {
		return j
	}
	return &judge{layout: &iso8583.Layout{}}
}

func (d *Detector) release(j *judge) {
	*j.layout = iso8583.Layout{} // a pool does not keep messages
	j.text, j.body = nil, nil
	clear(j.memory[:cap(j.memory)])
	d.judges.Put(j)
}

// detectMost is how much of a run of bytes is looked at as one message.
const detectMost = 1 << 20

// Detect finds what raw is as one message. It does not keep raw.
func (d *Detector) Detect(raw []byte) Result {
	if len(raw) > detectMost {
		return Result{}
	}
	j := d.judge()
	defer d.release(j)
	readings := d.readings(j, raw)
	return d.result(j, raw, readings)
}

// readings are all candidates that explain something, the best first. Dialects of another
// edition than the message type's are tried only where those of its own come to nothing.
func (d *Detector) readings(j *judge, raw []byte) []reading {
	var out []reading
	for _, own := range []bool{true, false} {
		envelopes(raw, d.allows, func(e envelope) {
			m, _ := mtiAt(raw[e.start:], e.coding)
			for _, entry := range d.entries {
				if entry.coding != e.coding || entry.fits(m.version()) != own || !entry.mayBe(raw[e.start:e.end]) {
					continue
				}
				if r := j.score(raw, e, entry, false); r.points > 0 {
					out = append(out, r)
				}
			}
		})
		if own && slices.ContainsFunc(out, func(r reading) bool { return r.sound && r.points >= likelyPoints }) {
			break
		}
	}
	slices.SortStableFunc(out, compareReadings)
	return out
}

// mayBe rules out, without compiling it, a dialect whose bitmap cannot stand there: sixteen
// hexadecimal characters are no bitmap of bytes, and other bytes none of characters.
func (e *entry) mayBe(body []byte) bool {
	at := e.coding.size()
	if e.coding == mtiBCD || e.bitmap == "" {
		return true
	}
	hex := len(body) >= at+16 && allBytes(body[at:at+16], isHexCharacter)
	return hex == (e.bitmap == "hex")
}

// isHexCharacter reports a hexadecimal character of ASCII or EBCDIC.
func isHexCharacter(c byte) bool {
	return unhex(c) <= 15 || c >= 0xF0 && c <= 0xF9 || c >= 0xC1 && c <= 0xC6
}

// compareReadings orders by points. Of equals a sound one comes first, and then the
// standard before a network's dialect of it.
func compareReadings(a, b reading) int {
	switch {
	case a.points != b.points:
		return b.points - a.points
	case a.sound != b.sound:
		return order(a.sound)
	case a.entry.general != b.entry.general:
		return order(a.entry.general)
	}
	return 0
}

func order(first bool) int {
	if first {
		return -1
	}
	return 1
}
