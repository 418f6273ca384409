package hostsim

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/crypto/key"
)

// generation is a set of working keys that a terminal got, in the clear.
type generation struct {
	number int
	used   bool // a message was proved by it
	keys   workingkey.Keys
}

// signOn answers a sign-on: the host's clock and, where messages are proved, working keys
// under the terminal's master key. Keys that no message was proved by yet are handed out
// again: the answer that had them may be lost.
func (h *Host) signOn(ctx context.Context, r request) (answer, error) {
	a := answer{code: codeApproved, clock: h.now()}
	if r.layout.code == 0 {
		return a, nil
	}
	err := h.ledger.Write(ctx, func(tx *sql.Tx) error {
		known, err := h.readGenerations(ctx, tx, r.terminal)
		if err != nil {
			return err
		}
		next := newest(known)
		if len(known) == 0 || next.used {
			if next, err = h.generate(ctx, tx, r.terminal, generation{number: next.number + 1}); err != nil {
				return err
			}
		}
		a.keys, err = next.keys.Seal(h.master)
		return err
	})
	return a, err
}

// rekey gives a terminal keys that it does not get: those it has prove nothing any more.
func (h *Host) rekey(ctx context.Context, terminal string) error {
	return h.ledger.Write(ctx, func(tx *sql.Tx) error {
		known, err := h.readGenerations(ctx, tx, terminal)
		if err != nil {
			return err
		}
		_, err = h.generate(ctx, tx, terminal, generation{number: newest(known).number + 1, used: true})
		return err
	})
}

// newest are the keys that a terminal got last, of those that are known; the zero generation
// where there are none.
func newest(known []generation) generation {
	if len(known) == 0 {
		return generation{}
	}
	return known[0]
}

// generate makes the keys of a generation and keeps them.
func (h *Host) generate(ctx context.Context, tx *sql.Tx, terminal string, g generation) (generation, error) {
	var err error
	if g.keys, err = workingkey.Generate(rand.Reader); err != nil { // never a test's own randomness
		return g, err
	}
	return g, h.keep(ctx, tx, terminal, g)
}

// generations are the keys that may prove a message of a terminal, the latest first: those
// that it got last and, until it used them, the ones before.
func (h *Host) generations(ctx context.Context, terminal string) ([]generation, error) {
	return h.readGenerations(ctx, h.ledger.DB, terminal)
}

func (h *Host) readGenerations(ctx context.Context, q querier, terminal string) (list []generation, err error) {
	rows, err := q.QueryContext(ctx, "SELECT generation, used, sealed FROM terminal_key WHERE terminal = ? ORDER BY generation DESC LIMIT 2", terminal)
	if err != nil {
		return nil, fmt.Errorf("keys of a terminal: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var g generation
		var sealed []byte
		if err := rows.Scan(&g.number, &g.used, &sealed); err != nil {
			return nil, fmt.Errorf("keys of a terminal: %w", err)
		}
		if g.keys, err = h.ledger.key.openKeys(sealed, terminal, g.number); err != nil {
			return nil, fmt.Errorf("keys of a terminal: %w", err)
		}
		if list = append(list, g); g.used {
			break // the ones before prove nothing any more
		}
	}
	return list, rows.Err()
}

func (h *Host) keep(ctx context.Context, tx *sql.Tx, terminal string, g generation) error {
	sealed, err := h.ledger.key.sealKeys(g.keys, terminal, g.number)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO terminal_key (terminal, generation, sealed, used) VALUES (?, ?, ?, ?)", terminal, g.number, sealed, g.used)
	if err != nil {
		return fmt.Errorf("write the keys of a terminal: %w", err)
	}
	return nil
}

// use notes the first message that was proved by a generation.
func (h *Host) use(ctx context.Context, terminal string, g generation) error {
	if g.used {
		return nil
	}
	return h.ledger.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE terminal_key SET used = 1 WHERE terminal = ? AND generation = ?", terminal, g.number)
		if err != nil {
			return fmt.Errorf("note the use of a terminal's keys: %w", err)
		}
		return nil
	})
}

// sealKeys enciphers working keys for the ledger (AES-256-GCM, under a key of host.key). A
// row is bound to its terminal and generation.
func (k tokenKey) sealKeys(keys workingkey.Keys, terminal string, number int) ([]byte, error) {
	gcm, storage, err := k.storage()
	if err != nil {
		return nil, err
	}
	text, err := keys.Seal(storage)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("nonce: %w", err)
	}
	return gcm.Seal(nonce, nonce, text, boundTo(terminal, number)), nil
}

func (k tokenKey) openKeys(sealed []byte, terminal string, number int) (workingkey.Keys, error) {
	gcm, storage, err := k.storage()
	if err != nil {
		return workingkey.Keys{}, err
	}
	if len(sealed) < gcm.NonceSize() {
		return workingkey.Keys{}, workingkey.ErrLength
	}
	text, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], boundTo(terminal, number))
	if err != nil {
		return workingkey.Keys{}, fmt.Errorf("sealed under another key: %w", err)
	}
	return workingkey.Open(text, storage)
}

func boundTo(terminal string, number int) []byte {
	return []byte(terminal + "/" + strconv.Itoa(number))
}

// storage are the ciphers of what is sealed, derived from the key of the ledger.
func (k tokenKey) storage() (cipher.AEAD, key.Key, error) {
	block, err := aes.NewCipher(k.derive("terminal keys"))
	if err != nil {
		return nil, key.Key{}, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, key.Key{}, err
	}
	inner, err := key.New(key.TDES, k.derive("terminal keys, inner")[:16])
	return gcm, inner, err
}

func (k tokenKey) derive(use string) []byte {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(use))
	return mac.Sum(nil)
}
