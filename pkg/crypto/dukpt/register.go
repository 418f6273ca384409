package dukpt

import (
	"fmt"
	"math/bits"

	"github.com/tillworks/till/pkg/crypto/key"
)

// TDESRegister is what a terminal holds: the serial number and up to 21 future keys, from
// which no key of a past transaction can be found (X9.24-1:2009, A.2). It is not safe for
// several goroutines, and whoever keeps it must keep it under another key.
type TDESRegister struct {
	ksn    TDESKSN                  // of the next transaction
	future [tdesCounterBits]key.Key // by the lowest bit of their counter; zero where used
	spent  bool
}

// NewTDESRegister loads a terminal with its initial key, which is then to be forgotten.
// The counter of the serial number begins anew.
func NewTDESRegister(initial key.Key, ksn TDESKSN) (*TDESRegister, error) {
	if err := checkTDES("initial key", initial); err != nil {
		return nil, err
	}
	r := &TDESRegister{ksn: ksn.WithCounter(0)}
	if err := r.fill(initial, tdesCounterBits); err != nil {
		return nil, err
	}
	r.ksn = ksn.WithCounter(1)
	return r, nil
}

// KSN is the serial number of the next transaction.
func (r *TDESRegister) KSN() TDESKSN { return r.ksn }

// Future are the keys that the terminal holds at the moment, in no order that matters.
func (r *TDESRegister) Future() []key.Key {
	var held []key.Key
	for _, k := range r.future {
		if !k.IsZero() {
			held = append(held, k)
		}
	}
	return held
}

// Next takes the next transaction's key out of the register, which has then forgotten it.
// After the last one, about a million transactions, it gives [ErrCounter].
func (r *TDESRegister) Next() (Transaction, error) {
	if r.spent {
		return Transaction{}, fmt.Errorf("%w: %X was the last", ErrCounter, r.ksn.Counter())
	}
	lowest := bits.TrailingZeros32(r.ksn.Counter())
	txn := Transaction{ksn: r.ksn, key: r.future[lowest]}
	if bits.OnesCount32(r.ksn.Counter()) < tdesOnesMost {
		if err := r.fill(txn.key, lowest); err != nil {
			return Transaction{}, err
		}
	}
	r.future[lowest] = key.Key{}
	next, err := r.ksn.Next()
	r.ksn, r.spent = next, err != nil
	return txn, nil
}

// fill derives from a key those whose counters have one bit more than its own, each below
// the bit given.
func (r *TDESRegister) fill(from key.Key, below int) error {
	for i := range below {
		k := from.Reveal()
		if err := advance(k, r.ksn.WithCounter(r.ksn.Counter()|1<<i)); err != nil {
			return err
		}
		future, err := key.New(key.TDES, k)
		clear(k)
		if err != nil {
			return err
		}
		r.future[i] = future
	}
	return nil
}

// Transaction is one transaction of a terminal.
type Transaction struct {
	ksn TDESKSN
	key key.Key
}

// KSN is what the terminal sends beside what it enciphered.
func (t Transaction) KSN() TDESKSN { return t.ksn }

// Key is the key for one use, as [TDESWorkingKey] gives it to the host.
func (t Transaction) Key(use Use) (key.Key, error) { return tdesVariant(t.key, use) }
