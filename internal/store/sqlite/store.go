package sqlite

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tillworks/till/internal/groupcommit"
	"github.com/tillworks/till/internal/till"
)

// Options are what a store is given from outside. The zero Options are ready for use.
type Options struct {
	Now      func() time.Time                // wall clock of journal rows; time.Now if nil
	Random   io.Reader                       // names of owners; crypto/rand if nil
	DiskFree func(dir string) (int64, error) // bytes that may be written under dir; asks the system if nil

	Calendar till.Calendar    // business day and hour of what happens now; the zero one is midnight to midnight in UTC
	Stock    till.StockPolicy // where more is sold than is on hand; till.StockAllow if empty

	// Unsynced waits for no disk: what was committed may be lost when the power goes. It
	// is for tests that only see what was committed, and is refused in any other program.
	Unsynced bool
}

// Store is an open store. It may be used by several goroutines at once, and the same
// folder may be open in several programs.
type Store struct {
	dir string
	opt Options

	reading reading
	writing writing
	reserve reserve
	written written

	mu    sync.Mutex
	owner *owner // nil until this program has or adopts an open transaction
}

// Open opens the store in a folder and makes both where they do not exist, the folder
// readable by its owner alone. What cannot be opened is a *till.Problem of
// till.CodeStore that names the path.
func Open(ctx context.Context, dir string, opt Options) (*Store, error) {
	s := &Store{dir: dir, opt: opt.withDefaults()}
	s.writing.queue = groupcommit.NewQueue(&s.writing)
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(s.problem(err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if s.opt.Unsynced && flag.Lookup("test.v") == nil {
		return errUnsynced
	}
	version, err := s.look(ctx)
	if err != nil {
		return err
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	if version < latestVersion {
		if err := s.migrate(ctx); err != nil {
			return err
		}
	}
	if err := s.writing.take(ctx); err != nil {
		return err
	}
	return s.keepReserve()
}

// Close ends the use of the store by this program. Transactions that it leaves open
// may from then on be adopted by others.
func (s *Store) Close() error {
	errs := []error{s.reading.close(), s.writing.close()} // the writer last: it folds the log into the file
	errs = append(errs, s.releaseOwner())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing the store in %s: %w", s.dir, err)
	}
	return nil
}

// Path is the file that holds the store.
func (s *Store) Path() string { return s.path(fileName) }

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.DiskFree == nil {
		o.DiskFree = diskFree
	}
	return o
}
