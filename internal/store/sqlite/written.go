package sqlite

import (
	"sync"

	"github.com/tillworks/till/internal/till"
)

// written are the open transactions of this program as it wrote them last. Its next commit
// of one need not read it, which costs as much as writing it.
type written struct {
	mu   sync.Mutex
	txns map[till.TxnID]till.Txn
}

// note takes in what a commit has stored. What is final changes no more.
func (w *written) note(t till.Txn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t.State.IsFinal() {
		delete(w.txns, t.ID)
		return
	}
	if w.txns == nil {
		w.txns = map[till.TxnID]till.Txn{}
	}
	w.txns[t.ID] = t
}

func (w *written) get(id till.TxnID) (till.Txn, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, known := w.txns[id]
	return t, known
}
