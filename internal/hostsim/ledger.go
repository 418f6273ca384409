package hostsim

import (
	"context"
	"database/sql"
	_ "embed"
	"path/filepath"

	"github.com/tillworks/till/internal/ledger"
)

//go:embed schema.sql
var schemaOfBooks string

// schemaOfPINs came with version 3.
//
//go:embed pintry.sql
var schemaOfPINs string

// ledgerFile is the file of the books in the host's folder.
const ledgerFile = "host.db"

// books is the durable memory of the host: host.db and host.key in one folder.
type books struct {
	*ledger.File
	key tokenKey
}

// querier is what a database and a transaction have in common.
type querier = ledger.Querier

// openBooks opens or founds the books in the folder. Several processes may do so at once.
func openBooks(ctx context.Context, cfg Config) (b *books, err error) {
	b = &books{}
	path := filepath.Join(cfg.Dir, ledgerFile)
	kind := ledger.Kind{
		ApplicationID: 0x74686F73, // "thos"
		Version:       3, Schema: schemaOfBooks + schemaOfPINs,
		Upgrades: map[int]string{1: upgradeFrom1(), 2: schemaOfPINs}, Unsynced: cfg.Unsynced,
	}
	b.File, err = ledger.Open(ctx, path, kind, func(ctx context.Context, tx *sql.Tx) error {
		var err error
		b.key, err = loadKey(ctx, tx, cfg.Dir)
		return err
	})
	if err != nil {
		return nil, ledgerProblem(path, err)
	}
	return b, nil
}
