package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// latestVersion is the number of the last migration.
const latestVersion = 4

// migrate brings the schema to latestVersion. Two programs that start at once take
// turns: goose itself would have both run the same migration.
func (s *Store) migrate(ctx context.Context) (err error) {
	lock, err := s.lockMigration(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	// The name comes first: a making that is cut short between this, the table that goose
	// makes for itself and the migrations is then known for what it is.
	if _, err := s.writing.pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return fmt.Errorf("marking the file as a store: %w", err)
	}
	numbered, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	pool, err := open(s.Path(), migratingOptions(), 1, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, numbered)
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the store: %w", err)
	}
	return checkVersion(ctx, s.writing.pool)
}

// lockMigration waits for a program that is migrating, as long as for one that commits.
func (s *Store) lockMigration(ctx context.Context) (*flock.Flock, error) {
	waiting, cancel := context.WithTimeoutCause(ctx, busyTimeout, errBusy)
	defer cancel()
	lock := flock.New(s.path(migrateLockName))
	if _, err := lock.TryLockContext(waiting, 2*time.Millisecond); err != nil {
		if cause := context.Cause(waiting); cause != nil {
			err = cause
		}
		return nil, fmt.Errorf("waiting for %s: %w", lock.Path(), err)
	}
	return lock, nil
}

func checkVersion(ctx context.Context, db *sql.DB) error {
	var version int64
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("reading back the schema version: %w", err)
	}
	if version != latestVersion {
		return &damaged{why: fmt.Sprintf("schema version %d after migrating, want %d", version, latestVersion)}
	}
	return nil
}
