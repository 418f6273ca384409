package host

import (
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// layout is where a kind of host has what the standard leaves to it: batch, originals,
// totals, keys, parameters and records.
type layout interface {
	// put puts it into the fields of a request.
	put(p Profile, f *fields, r till.Request, row Row) error
	// read takes it out of the answer, whose fields of the standard are read.
	read(p Profile, a *till.Answer, r till.Request, m *iso8583.Message) error
	// operation is what a response answers, empty where its message type tells.
	operation(p Profile, m *iso8583.Message) till.Op
}
