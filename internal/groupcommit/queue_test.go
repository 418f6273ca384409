package groupcommit_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/groupcommit"
)

// book is a transaction on a list of words. It ends by itself where a test says so, as one
// of SQLite does on a full disk.
type book struct {
	t         testing.TB
	busy      sync.Mutex // held while a transaction is open: two would be a fault
	committed []string
	open      bool
	written   []string
	savepoint int // length of written; -1 outside
	commits   int
	failing   error         // of every Commit
	hold      chan struct{} // a Commit waits for it to be closed
	holding   chan struct{} // and says so here
}

func newBook(t testing.TB) *book { return &book{t: t, savepoint: -1} }

func (b *book) Begin() error {
	if b.open || !b.busy.TryLock() {
		b.t.Error("begun twice")
	}
	b.open, b.written = true, nil
	return nil
}

func (b *book) Commit() error {
	if hold := b.hold; hold != nil {
		b.hold = nil
		close(b.holding)
		<-hold
	}
	if !b.open {
		return errors.New("no transaction is active")
	}
	if b.failing != nil {
		return b.failing
	}
	b.committed = append(b.committed, b.written...)
	b.commits++
	b.end()
	b.busy.Unlock()
	return nil
}

func (b *book) Rollback() {
	b.end()
	b.busy.Unlock()
}

// end is what SQLite does by itself.
func (b *book) end() { b.open, b.written, b.savepoint = false, nil, -1 }

func (b *book) IsOpen() bool { return b.open }

func (b *book) Savepoint() error {
	if !b.open {
		b.t.Error("a savepoint outside a transaction")
	}
	b.savepoint = len(b.written)
	return nil
}

func (b *book) Release() error {
	if b.savepoint < 0 {
		return errors.New("no such savepoint")
	}
	b.savepoint = -1
	return nil
}

func (b *book) RollbackTo() error {
	if b.savepoint < 0 {
		return errors.New("no such savepoint")
	}
	b.written, b.savepoint = b.written[:b.savepoint], -1
	return nil
}

func (b *book) write(word string) func() error {
	return func() error {
		b.written = append(b.written, word)
		return nil
	}
}

// A lone caller's change is committed at once, and one that fails or panics is not.
func TestAlone(t *testing.T) {
	b := newBook(t)
	q := groupcommit.NewQueue(b)
	no := errors.New("no")
	if err := q.Do(b.write("a")); err != nil {
		t.Error(err)
	}
	if err := q.Do(func() error { return errors.Join(b.write("b")(), no) }); !errors.Is(err, no) {
		t.Errorf("got %v, want the change's own error", err)
	}
	if got := panicOf(func() { _ = q.Do(func() error { _ = b.write("c")(); panic("oh") }) }); got != "oh" {
		t.Errorf("panicked with %v, want oh", got)
	}
	if err := q.Do(b.write("d")); err != nil {
		t.Error(err)
	}
	if got := strings.Join(b.committed, ""); got != "ad" || b.commits != 2 {
		t.Errorf("committed %q in %d commits, want ad in 2", got, b.commits)
	}
}

// together runs changes in one group: the first holds the disk, the others arrive in order
// while it does, and are let go together.
func together(t *testing.T, b *book, q *groupcommit.Queue, changes ...func() error) []error {
	t.Helper()
	hold, holding := make(chan struct{}), make(chan struct{})
	b.hold, b.holding = hold, holding
	errs := make([]error, len(changes))
	var callers sync.WaitGroup
	callers.Go(func() {
		if err := q.Do(b.write("-")); err != nil {
			t.Errorf("the one before: %v", err)
		}
	})
	<-holding
	for i, change := range changes {
		callers.Go(func() {
			defer func() {
				if value := recover(); value != nil {
					errs[i] = fmt.Errorf("panic: %v", value)
				}
			}()
			errs[i] = q.Do(change)
		})
		for q.Waiting() < i+1 {
			time.Sleep(50 * time.Microsecond)
		}
	}
	close(hold)
	callers.Wait()
	return errs
}

func TestTogether(t *testing.T) {
	no := errors.New("no")
	for name, c := range map[string]struct {
		changes func(b *book) []func() error
		want    string // what is committed
		commits int    // beside the one before
		errs    []string
	}{
		"all": {func(b *book) []func() error { return []func() error{b.write("a"), b.write("b"), b.write("c")} },
			"abc", 1, []string{"", "", ""}},
		"the first fails": {func(b *book) []func() error {
			return []func() error{func() error { _ = b.write("a")(); return no }, b.write("b"), b.write("c")}
		}, "bc", 1, []string{"no", "", ""}},
		"the middle fails": {func(b *book) []func() error {
			return []func() error{b.write("a"), func() error { _ = b.write("b")(); return no }, b.write("c")}
		}, "ac", 1, []string{"", "no", ""}},
		"all fail": {func(b *book) []func() error {
			fail := func() error { _ = b.write("x")(); return no }
			return []func() error{fail, fail, fail}
		}, "", 0, []string{"no", "no", "no"}},
		"one panics": {func(b *book) []func() error {
			return []func() error{b.write("a"), func() error { _ = b.write("b")(); panic("oh") }, b.write("c")}
		}, "ac", 1, []string{"", "panic: oh", ""}},
		// What stood in a transaction that ended by itself is not kept, and its callers know.
		"the transaction ends": {func(b *book) []func() error {
			return []func() error{b.write("a"), func() error { b.end(); return no }, b.write("c")}
		}, "c", 1, []string{"the transaction was rolled back: no", "no", ""}},
		"it ends and nobody says so": {func(b *book) []func() error {
			return []func() error{func() error { b.end(); return nil }, b.write("b"), b.write("c")}
		}, "bc", 1, []string{"the transaction was rolled back: the transaction ended by itself", "", ""}},
		"it ends in the middle and nobody says so": {func(b *book) []func() error {
			return []func() error{b.write("a"), func() error { b.end(); return nil }, b.write("c")}
		}, "c", 1, []string{"the transaction was rolled back: no such savepoint", "no such savepoint", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t)
			errs := together(t, b, groupcommit.NewQueue(b), c.changes(b)...)
			if got := strings.Join(b.committed, ""); got != "-"+c.want || b.commits != 1+c.commits {
				t.Errorf("committed %q in %d commits, want -%s in %d", got, b.commits, c.want, 1+c.commits)
			}
			for i, err := range errs {
				if got := firstLine(err); got != c.errs[i] {
					t.Errorf("caller %d got %q, want %q", i, got, c.errs[i])
				}
			}
		})
	}
}

// A COMMIT that fails fails all that it held.
func TestCommitFails(t *testing.T) {
	b := newBook(t)
	q := groupcommit.NewQueue(b)
	full := errors.New("full")
	errs := together(t, b, q, func() error { b.failing = full; return nil }, b.write("b"), b.write("c"))
	for i, err := range errs {
		if !errors.Is(err, full) {
			t.Errorf("caller %d got %v, want %v", i, err, full)
		}
	}
	b.failing = nil
	if err := q.Do(b.write("d")); err != nil || !slices.Equal(b.committed, []string{"-", "d"}) {
		t.Errorf("committed %v, %v, want - and d", b.committed, err)
	}
}

// A change that ends its goroutine ends no other, and whoever comes next writes.
func TestAbandoned(t *testing.T) {
	b := newBook(t)
	q := groupcommit.NewQueue(b)
	var caller sync.WaitGroup
	caller.Go(func() {
		_ = q.Do(func() error { _ = b.write("a")(); runtime.Goexit(); return nil })
		t.Error("returned")
	})
	caller.Wait()
	if err := q.Do(b.write("b")); err != nil || !slices.Equal(b.committed, []string{"b"}) {
		t.Errorf("committed %v, %v, want b", b.committed, err)
	}
}

// A group is no larger than its bound.
func TestBound(t *testing.T) {
	b := newBook(t)
	changes := make([]func() error, 2*groupcommit.MaxGroup)
	for i := range changes {
		changes[i] = b.write("x")
	}
	together(t, b, groupcommit.NewQueue(b), changes...)
	if b.commits != 3 {
		t.Errorf("%d commits, want 3", b.commits)
	}
}

// Under load everything is committed once, in fewer commits than there are changes.
func TestLoad(t *testing.T) {
	b := newBook(t)
	q := groupcommit.NewQueue(b)
	no := errors.New("no")
	var callers sync.WaitGroup
	for n := range 32 {
		callers.Go(func() {
			for i := range 50 {
				fails := (n+i)%7 == 0
				err := q.Do(func() error {
					_ = b.write("x")()
					time.Sleep(time.Microsecond)
					if fails {
						return no
					}
					return nil
				})
				if fails != errors.Is(err, no) {
					t.Errorf("got %v", err)
				}
			}
		})
	}
	callers.Wait()
	want := 0
	for n := range 32 {
		for i := range 50 {
			if (n+i)%7 != 0 {
				want++
			}
		}
	}
	if len(b.committed) != want || b.commits >= want {
		t.Errorf("%d changes in %d commits, want %d in fewer", len(b.committed), b.commits, want)
	}
}

func firstLine(err error) string {
	if err == nil {
		return ""
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
