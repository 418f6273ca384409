package detect

import "github.com/tillworks/till/pkg/iso8583"

// What a Result may be confident of.
const (
	Sure   = "sure"   // every byte is explained, the evidence is strong, no other reading comes near
	Likely = "likely" // the best reading by far, of a message that is broken or says little
	Guess  = "guess"  // the best of readings that all say little
)

// Result is what Detect finds.
type Result struct {
	// Confidence is "sure", "likely", "guess", or "" where the evidence is too thin for
	// an answer; Best is nil then.
	Confidence string
	// Best is the first of Ranked.
	Best *Candidate
	// Ranked are the candidates that explain something, the best first, with their
	// evidence; at most [RankedMost].
	Ranked []Candidate
}

// RankedMost is how many candidates a Result has at most.
const RankedMost = 5

// Candidate is one framing and one dialect that the bytes were read by.
type Candidate struct {
	Framing string        // the parts joined with +: "none", "binary2+tpdu"
	Dialect string        // the name of the spec
	Spec    *iso8583.Spec // compiled
	Start   int           // of the message type in the bytes that were given
	End     int           // of the message
	Total   int           // bytes of the whole by its length header; more than were given where the message is cut
	MTI     iso8583.MTI
	Sound   bool // decoded without a fault, to the last byte
	Score   int  // points of all its evidence, in bits
	// Evidence is what the score is made of, the weightiest first.
	Evidence []Evidence
	// Same reports that the message reads the same as by the best candidate: the same
	// fields with the same values, of a broken message as far as both can read it. Such a
	// candidate takes nothing from the confidence.
	Same bool
}

// RunnerUp is the next best candidate that reads something else, or nil.
func (r Result) RunnerUp() *Candidate {
	for i := range r.Ranked {
		if i > 0 && !r.Ranked[i].Same {
			return &r.Ranked[i]
		}
	}
	return nil
}

// Alike are the dialects that read the message as the best candidate does.
func (r Result) Alike() []string {
	var names []string
	for i := range r.Ranked {
		if i > 0 && r.Ranked[i].Same {
			names = append(names, r.Ranked[i].Dialect)
		}
	}
	return names
}

// lengthKind is the length in front.
func (c *Candidate) lengthKind() lengthKind {
	f, err := ParseFraming(c.Framing)
	if err != nil {
		return noLength
	}
	return f.length
}
