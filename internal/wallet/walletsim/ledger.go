package walletsim

import (
	"context"
	_ "embed"
	"path/filepath"

	"github.com/tillworks/till/internal/ledger"
)

//go:embed schema.sql
var schema string

// ledgerFile is the file of the books in the gateway's folder.
const ledgerFile = "wallet.db"

// querier is what a database and a transaction have in common.
type querier = ledger.Querier

// openBooks opens or founds the books in the folder. Several processes may do so at once.
func openBooks(ctx context.Context, cfg Config) (*ledger.File, error) {
	path := filepath.Join(cfg.Dir, ledgerFile)
	kind := ledger.Kind{ApplicationID: 0x7477616C, Version: 1, Schema: schema, Unsynced: cfg.Unsynced} // "twal"
	f, err := ledger.Open(ctx, path, kind, nil)
	if err != nil {
		return nil, ledgerProblem(path, err)
	}
	return f, nil
}
