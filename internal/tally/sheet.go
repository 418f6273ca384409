package tally

import "github.com/tillworks/till/internal/till"

// sheet gathers the facts of one ticket or payment, one for each key, in the order in
// which the keys came.
type sheet struct {
	currency string
	facts    []till.Fact
	at       map[key]int
}

// key is what a fact is kept under.
type key struct {
	kind till.FactKind
	a, b string
}

func newSheet(currency string) *sheet {
	return &sheet{currency: currency, at: map[key]int{}}
}

// add adds to the fact of a key.
func (s *sheet) add(kind till.FactKind, a, b string, m till.Sums) {
	k := key{kind, a, b}
	i, ok := s.at[k]
	if !ok {
		i = len(s.facts)
		s.at[k] = i
		s.facts = append(s.facts, till.Fact{Kind: kind, A: a, B: b, Currency: s.currency})
	}
	s.facts[i].Sums = s.facts[i].Sums.Add(m)
}

// count adds to the fact of a key and, where it is the first to do so, counts the ticket
// as one: a ticket with two lines of an item is one sale of it.
func (s *sheet) count(kind till.FactKind, a, b string, m, one till.Sums) {
	if _, ok := s.at[key{kind, a, b}]; !ok {
		m = m.Add(one)
	}
	s.add(kind, a, b, m)
}

// told are the facts that say anything.
func (s *sheet) told() []till.Fact {
	var all []till.Fact
	for _, f := range s.facts {
		if f.Sums != (till.Sums{}) {
			all = append(all, f)
		}
	}
	return all
}

// undone are the facts with every sign turned, at another hour, and the void itself.
func undone(facts []till.Fact, currency string, hour int) []till.Fact {
	s := newSheet(currency)
	for _, f := range facts {
		if f.Kind == till.FactHour {
			f.A = hourName(hour)
		}
		s.add(f.Kind, f.A, f.B, f.Sums.Neg())
	}
	return append(s.told(), till.Fact{Kind: till.FactSum, A: SumVoid, Currency: currency, Sums: till.Sums{Count: 1}})
}
