package hostsim

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tillworks/till/pkg/card"
)

const (
	keyFile   = "host.key"
	keyLength = 32
)

// tokenKey keys the tokens of cards and the digests of requests, so that neither can
// be searched for among the card numbers there are.
type tokenKey []byte

// token is what the ledger knows a card by; empty for no card.
func (k tokenKey) token(pan card.PAN) string {
	if pan.IsZero() {
		return ""
	}
	return pan.Token(k)
}

// digest is a keyed digest of the parts of a request.
func (k tokenKey) digest(parts ...string) string {
	mac := hmac.New(sha256.New, k)
	for _, p := range parts {
		_, _ = fmt.Fprintf(mac, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// check is written into the ledger, so that the key of another ledger is noticed.
func (k tokenKey) check() string { return k.digest("check")[:16] }

// loadKey reads the key beside the ledger, or makes it for a ledger that has none yet.
// It runs inside the ledger's write transaction, which keeps other processes out.
func loadKey(ctx context.Context, tx *sql.Tx, dir string) (tokenKey, error) {
	path := filepath.Join(dir, keyFile)
	var check string
	err := tx.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = 'key_check'").Scan(&check)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return newKey(ctx, tx, path)
	case err != nil:
		return nil, fmt.Errorf("key check: %w", err)
	}
	key, err := readKey(path)
	if err != nil {
		return nil, keyProblem(path, err)
	}
	if key.check() != check {
		return nil, keyProblem(path, errors.New("its check value is another"))
	}
	return key, nil
}

// newKey gives a new ledger its key: the one that lies there from an attempt that was
// cut short after the file was written, else a fresh one.
func newKey(ctx context.Context, tx *sql.Tx, path string) (tokenKey, error) {
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(path)
	}
	if err != nil {
		return nil, keyProblem(path, err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO setting (name, value) VALUES ('key_check', ?)", key.check()); err != nil {
		return nil, fmt.Errorf("key check: %w", err)
	}
	return key, nil
}

func readKey(path string) (tokenKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keyLength {
		return nil, fmt.Errorf("%s: want %d hexadecimal digits", path, 2*keyLength)
	}
	return key, nil
}

// makeKey writes a fresh key; the file appears whole or not at all.
func makeKey(path string) (tokenKey, error) {
	key := make(tokenKey, keyLength)
	// Always the system's source: a test that hands in its own randomness repeats
	// authorization codes, never keys.
	if _, err := io.ReadFull(rand.Reader, key); err != nil {
		return nil, fmt.Errorf("random key: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), keyFile+".*") // mode 0600
	if err != nil {
		return nil, err
	}
	_, writeErr := f.WriteString(hex.EncodeToString(key) + "\n")
	if err := errors.Join(writeErr, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return key, nil
}
