package bulk

import (
	"context"
	"errors"
	"io"
)

// Walk gives the messages of the inputs to f, one by one in their order. What f fails
// with ends it and is returned.
func Walk(ctx context.Context, o Options, f func(*Message) error, inputs ...Input) (Totals, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Totals{}, err
	}
	var totals Totals
	n := 0
	w := newWorker(o, nil)
	w.found = func(b *batch, m *Message) {
		n++
		if m.Origin.N = n; b.err == nil {
			b.err = f(m)
		}
	}
	s, j, b := &source{o: o, inputs: inputs}, &job{}, &batch{}
	for {
		if err := ctx.Err(); err != nil {
			return totals, ctx.Err()
		}
		err := s.next(j, &totals.Bytes)
		w.do(j, b)
		totals.add(b.totals)
		if b.err != nil {
			return totals, b.err
		}
		if errors.Is(err, io.EOF) {
			return totals, nil
		}
		if err != nil {
			return totals, err
		}
	}
}
