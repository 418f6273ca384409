package linktest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tillworks/till/pkg/iso8583"
)

// script is what becomes of the requests to come: by message type, and under "" of
// those whose type has no fates left.
type script struct{ steps map[iso8583.MTI][]Fate }

func (s *script) then(mti iso8583.MTI, fates []Fate) {
	if s.steps == nil {
		s.steps = map[iso8583.MTI][]Fate{}
	}
	s.steps[mti] = append(s.steps[mti], fates...)
}

func (s *script) next(mti iso8583.MTI) Fate {
	for _, list := range []iso8583.MTI{mti, ""} {
		if fates := s.steps[list]; len(fates) > 0 {
			s.steps[list] = fates[1:]
			return fates[0]
		}
	}
	return Answer()
}

// left names the steps that were not played.
func (s *script) left() []string {
	var names []string
	for _, mti := range slices.Sorted(maps.Keys(s.steps)) {
		for _, fate := range s.steps[mti] {
			if mti == "" {
				names = append(names, fmt.Sprintf("the step %q", fate))
			} else {
				names = append(names, fmt.Sprintf("the step %q for a %s", fate, mti))
			}
		}
	}
	return names
}
