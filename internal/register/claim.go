package register

import (
	"sync"

	"github.com/tillworks/till/internal/till"
)

// Claims are the transactions that the registers of one program work on. Registers that
// share a store share their claims: what one of them has under way is open in the store,
// and another would take it for one that was left behind. It is safe for concurrent use.
type Claims struct {
	mu  sync.Mutex
	ids map[till.TxnID]bool
}

// NewClaims are no claims.
func NewClaims() *Claims { return &Claims{ids: map[till.TxnID]bool{}} }

// claim marks a transaction as worked on by this call; false if another call of this
// program is at it.
func (c *Claims) claim(id till.TxnID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids[id] {
		return false
	}
	c.ids[id] = true
	return true
}

func (c *Claims) release(id till.TxnID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ids, id)
}

// holdAll reports that all of them are worked on.
func (c *Claims) holdAll(ids []till.TxnID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if !c.ids[id] {
			return false
		}
	}
	return true
}
