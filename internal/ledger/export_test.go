package ledger

import (
	"sync/atomic"

	"github.com/tillworks/till/internal/groupcommit"
)

// CountCommits counts into n from now on.
func (f *File) CountCommits(n *atomic.Int64) {
	f.queue = groupcommit.NewQueue(&countingGroup{f.group, n})
}

type countingGroup struct {
	*group
	n *atomic.Int64
}

func (g *countingGroup) Commit() error {
	g.n.Add(1)
	return g.group.Commit()
}
