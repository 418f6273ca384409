package reports

import (
	"errors"
	"fmt"
	"iter"

	"github.com/tillworks/till/pkg/money"
)

// ErrDay reports a line whose day no calendar has; match with errors.Is.
var ErrDay = errors.New("not a day of the calendar")

// grouper adds lines up by their keys.
type grouper struct {
	spec  Spec
	align aligner

	currencies []money.Currency
	labels     [ByTill + 1]interner
	places     map[groupKey]int32 // into the slices below
	keys       []groupKey
	now, then  []Sums // then: of the period compared with, empty without one

	seen      Period // the earliest and the latest day of all lines that count
	checked   Day    // a day known to be valid
	lastKey   groupKey
	lastPlace int32
}

// groupKey is what lines have in common that are added up.
type groupKey struct {
	rows     [2]code
	across   code
	currency uint32
}

func newGrouper(spec Spec) *grouper {
	return &grouper{spec: spec, align: newAligner(spec.Period, spec.Compare), places: map[groupKey]int32{}, lastPlace: -1}
}

// read adds all lines.
func (g *grouper) read(lines iter.Seq2[Line, error]) error {
	n := 0
	for line, err := range lines {
		n++
		if err == nil {
			err = g.add(&line)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

// add adds a line to its group in each of the periods that it belongs to.
func (g *grouper) add(l *Line) error {
	if l.Day != g.checked && !l.Day.IsZero() {
		if !l.Day.Valid() {
			return fmt.Errorf("%d: %w: want yyyymmdd", int32(l.Day), ErrDay)
		}
		g.checked = l.Day
	}
	if g.spec.Period == (Period{}) || g.spec.Period.Contains(l.Day) {
		if err := g.addTo(&g.now, g.keyOf(l, false), l); err != nil {
			return err
		}
		g.see(l.Day)
	}
	if g.spec.Compare != (Period{}) && g.spec.Compare.Contains(l.Day) {
		return g.addTo(&g.then, g.keyOf(l, true), l)
	}
	return nil
}

func (g *grouper) addTo(sums *[]Sums, key groupKey, l *Line) error {
	at, err := g.place(key)
	if err != nil {
		return err
	}
	return (*sums)[at].Add(&l.Sums)
}

// place is where the sums of a key are.
func (g *grouper) place(key groupKey) (int32, error) {
	if g.lastPlace >= 0 && key == g.lastKey {
		return g.lastPlace, nil
	}
	at, ok := g.places[key]
	if !ok {
		if len(g.keys) >= g.spec.MaxGroups {
			return 0, fmt.Errorf("%w: more than %d", ErrGroups, g.spec.MaxGroups)
		}
		at = int32(len(g.keys))
		g.places[key] = at
		g.keys, g.now = append(g.keys, key), append(g.now, Sums{})
		if g.spec.Compare != (Period{}) {
			g.then = append(g.then, Sums{})
		}
	}
	g.lastKey, g.lastPlace = key, at
	return at, nil
}

func (g *grouper) keyOf(l *Line, other bool) groupKey {
	key := groupKey{currency: g.currency(l.Currency)}
	for i, d := range g.spec.Rows {
		key.rows[i] = g.code(d, l, other)
	}
	if g.spec.Across != NoDimension {
		key.across = g.code(g.spec.Across, l, other)
	}
	return key
}

func (g *grouper) code(d Dimension, l *Line, other bool) code {
	switch {
	case d == ByHour:
		return hourCode(l.Hour)
	case !d.isTime():
		return g.labels[d].code(l.Labels.label(d))
	case other:
		return g.align.code(d, l.Day)
	}
	return timeCode(d, l.Day)
}

func (g *grouper) currency(c money.Currency) uint32 {
	for i := range g.currencies {
		if g.currencies[i] == c {
			return uint32(i)
		}
	}
	g.currencies = append(g.currencies, c)
	return uint32(len(g.currencies) - 1)
}

func (g *grouper) see(d Day) {
	if d.IsZero() {
		return
	}
	if g.seen.From.IsZero() || d < g.seen.From {
		g.seen.From = d
	}
	g.seen.To = max(g.seen.To, d)
}
