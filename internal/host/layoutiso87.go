package host

import (
	"fmt"
	"strconv"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// layoutISO87 uses the fields of the standard: 60 is the batch, 90 the original, 74 to 97
// the totals, 70 what is managed. A download counts its parts in 72 (ISO's last message
// number), and the answer has the part in 62 and 1 in 63 where another follows.
type layoutISO87 struct{}

func (layoutISO87) put(p Profile, f *fields, r till.Request, row Row) error {
	f.Batch, f.Network = batch(r.Batch), row.Network
	switch r.Op {
	case till.OpReverse, till.OpUpload:
		return f.name(p, r.Txn, r.Original)
	case till.OpReconcile, till.OpTrailer:
		return f.setTotals(r.Totals)
	case till.OpDownload:
		return f.setPart(r.Part)
	case till.OpAuthorize, till.OpAdvise:
		if r.Original != nil {
			return f.name(p, *r.Original, r.Undoes)
		}
	case till.OpBalance, till.OpSignOn, till.OpSignOff, till.OpEcho, till.OpConfirm:
	}
	return nil
}

func batch(n int) string { return fmt.Sprintf("%06d", n) }

// name puts t into field 90: what a reversal undoes, what a record is of, what a void
// names. of is what t names itself.
func (f *fields) name(p Profile, t till.Txn, of *till.Txn) error {
	row, err := p.named(t, of)
	if err != nil {
		return err
	}
	const acquirer, forwarder = "00000000000", "00000000000"
	f.Original = row.MTI + t.STAN.String() + transmitted(t.At) + acquirer + forwarder
	return nil
}

func (f *fields) setPart(part int) (err error) {
	f.Part, err = digits("part", int64(part), 4)
	return err
}

func (layoutISO87) read(p Profile, a *till.Answer, r till.Request, m *iso8583.Message) error {
	switch r.Op {
	case till.OpSignOn:
		return readSignOn(p, a, r, m, value(m, "60"))
	case till.OpDownload:
		readPart(a, m)
	case till.OpReconcile, till.OpTrailer:
		return p.reconciled(a, r, m)
	case till.OpAuthorize, till.OpAdvise, till.OpReverse, till.OpBalance, till.OpSignOff, till.OpEcho, till.OpConfirm, till.OpUpload:
	}
	return nil
}

// readSignOn reads what the host tells a terminal that signs on: its batch, its clock and
// working keys in field 62.
func readSignOn(p Profile, a *till.Answer, r till.Request, m *iso8583.Message, number string) error {
	if n, err := strconv.Atoi(number); err == nil {
		a.Batch = n
	}
	a.Clock = clock(value(m, "13"), value(m, "12"), r.At)
	if !a.Approved || !m.Has("62") {
		return nil
	}
	keys := m.Bytes("62")
	if _, err := p.open(keys); err != nil {
		return &InvalidAnswer{Field: "62", Got: "keys that are not", Want: "working keys under the terminal's master key, each with its check value"}
	}
	a.Keys = keys
	return nil
}

// readPart reads a part of a download.
func readPart(a *till.Answer, m *iso8583.Message) {
	if a.Approved {
		a.Parameters, a.More = m.Bytes("62"), value(m, "63") == "1"
	}
}

func (layoutISO87) operation(p Profile, m *iso8583.Message) till.Op {
	return p.byNetwork(m, m.Value("70"))
}
