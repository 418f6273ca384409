package bulk

import (
	"context"
	"errors"
	"io"
	"sync"
)

// run gives the inputs to workers and what they make of them, in order, to a sink. found
// makes what a worker does with a message; the sink alone sees the batches in order.
func run(ctx context.Context, inputs []Input, o Options, found func() func(*batch, *Message), sink func(*batch) error) (Totals, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &pipeline{
		jobs: make(chan *job), order: make(chan chan *batch, o.Workers),
		idle: make(chan *job, 2*o.Workers+2), spare: make(chan *batch, 2*o.Workers+2),
	}
	for range cap(p.idle) {
		p.idle <- &job{}
		p.spare <- &batch{}
	}
	var all sync.WaitGroup
	for range o.Workers {
		w := newWorker(o, found())
		all.Go(func() { p.work(w) })
	}
	all.Go(func() { p.read(ctx, &source{o: o, inputs: inputs}) })
	totals, err := p.drain(o, sink, cancel)
	all.Wait()
	if err == nil {
		err = p.err
	}
	if err == nil {
		err = ctx.Err()
	}
	return totals, err
}

// pipeline is what reader, workers and sink pass on: there are as many jobs and batches
// as there are ever at work, so that memory is bounded however far one is ahead.
type pipeline struct {
	jobs  chan *job
	order chan chan *batch
	idle  chan *job
	spare chan *batch
	err   error // of reading
}

// read makes jobs until the inputs end or nobody wants them.
func (p *pipeline) read(ctx context.Context, s *source) {
	defer close(p.order)
	defer close(p.jobs)
	var read int64
	for ctx.Err() == nil {
		j := <-p.idle
		err := s.next(j, &read)
		if errors.Is(err, io.EOF) {
			return
		}
		p.err = err // what was read before it is done all the same
		j.to = make(chan *batch, 1)
		p.order <- j.to
		p.jobs <- j
		if err != nil {
			return
		}
	}
}

func (p *pipeline) work(w *worker) {
	for j := range p.jobs {
		b, to := <-p.spare, j.to
		w.do(j, b)
		p.idle <- j
		to <- b
	}
}

// drain takes the batches in the order of the input. After a failure of the sink it
// only makes way for what is under way.
func (p *pipeline) drain(o Options, sink func(*batch) error, cancel context.CancelFunc) (totals Totals, err error) {
	for to := range p.order {
		b := <-to
		if err == nil {
			if err = sink(b); err != nil {
				cancel()
			}
			totals.add(b.totals)
			totals.Bytes = b.read
			if o.Progress != nil {
				o.Progress(Progress{Input: b.input, Bytes: b.read, Messages: totals.Messages})
			}
		}
		p.spare <- b
	}
	return totals, err
}
