package sqlite_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// The tests of this file run the test binary again as another program, which finds its
// part and its folder in the environment.
const (
	partName   = "TILL_TEST_PART"
	folderName = "TILL_TEST_FOLDER"
)

func TestMain(m *testing.M) {
	all := parts()
	maps.Copy(all, diskParts())
	part, ok := all[os.Getenv(partName)]
	if !ok {
		if err := flag.Set("rapid.checks", draws); err != nil { // a command line that says otherwise is read later
			panic(err)
		}
		os.Exit(m.Run())
	}
	if err := part(context.Background(), os.Getenv(folderName)); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// parts are what another program can be told to do.
func parts() map[string]func(ctx context.Context, dir string) error {
	return map[string]func(ctx context.Context, dir string) error{
		"begin and wait": beginAndWait,
		"sell and wait":  sellAndWait,
		"write":          writeOn,
	}
}

// beginAndWait begins a transaction and lives until it is killed.
func beginAndWait(ctx context.Context, dir string) error {
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	if _, err := s.Begin(ctx, till.NewTxn{Txn: sale("CHILD"), Image: []byte("sealed")}); err != nil {
		return err
	}
	fmt.Println("begun")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// writeOn sells and tells of each commit once it is durable, until it is killed.
func writeOn(ctx context.Context, dir string) error {
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		txn, err := s.Begin(ctx, till.NewTxn{Txn: sale(fmt.Sprintf("P%dN%d", os.Getpid(), i)), Image: []byte("sealed")})
		if err != nil {
			return err
		}
		fmt.Println(txn.ID, txn.Version)
		txn.State = till.Approved
		if txn, err = s.Record(ctx, txn); err != nil {
			return err
		}
		fmt.Println(txn.ID, txn.Version)
		time.Sleep(time.Millisecond) // SQLite hands its lock to nobody in turn: a till pauses between sales
	}
}

// A transaction of a program that lives is left alone, and taken once it was killed.
func TestAdoptAfterKill(t *testing.T) {
	dir := t.TempDir()
	child := start(t, "begin and wait", dir)
	if line := child.line(); line != "begun" {
		t.Fatalf("the other program says %q", line)
	}
	s := open(t, dir, sqlite.Options{})
	if got := adopted(t, s); len(got) != 0 {
		t.Errorf("adopted %v of a program that lives", got)
	}
	child.kill()
	if got := adopted(t, s); !slices.Equal(got, []till.TxnID{"CHILD"}) {
		t.Errorf("adopted %v of a program that was killed, want CHILD", got)
	}
	if got := adopted(t, open(t, dir, sqlite.Options{})); len(got) != 0 {
		t.Errorf("a second heir adopted %v", got)
	}
	if image, err := s.Image(t.Context(), "CHILD"); err != nil || string(image) != "sealed" {
		t.Errorf("image %q, %v", image, err)
	}
	if _, err := os.Stat(dir + "/owners"); err != nil {
		t.Error(err)
	}
}

// Whatever a program was told is durable is there after it was killed, and the store is
// sound. Two write at once, and each is killed at some moment after a few commits.
func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	told := map[till.TxnID]int{}
	moments := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		for _, w := range []*child{start(t, "write", dir), start(t, "write", dir)} {
			maps.Copy(told, w.told(t, 2+moments.IntN(60)))
			time.Sleep(time.Duration(moments.IntN(5000)) * time.Microsecond)
			w.kill()
			maps.Copy(told, w.told(t, -1))
		}
	}
	s := open(t, dir, sqlite.Options{})
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	for id, version := range told {
		txn, err := s.Txn(t.Context(), id)
		if err != nil || txn.Version < version {
			t.Errorf("%s: version %d was told, the store holds %d, %v", id, version, txn.Version, err)
		}
	}
	if len(told) < 20 {
		t.Errorf("only %d transactions were written: this test tests little", len(told))
	}
	for _, id := range adopted(t, s) {
		if txn, err := s.Txn(t.Context(), id); err != nil || txn.State != till.Intent {
			t.Errorf("adopted %s is %s, %v", id, txn.State, err)
		}
	}
	t.Logf("%d transactions of 16 killed programs, %d left open", len(told), len(adopted(t, s)))
}

// A program that is killed while it makes the store leaves what the next can finish.
func TestKillWhileMaking(t *testing.T) {
	moments := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		dir := t.TempDir()
		maker := start(t, "write", dir)
		time.Sleep(time.Duration(moments.IntN(16000)) * time.Microsecond)
		maker.kill()
		s := open(t, dir, sqlite.Options{})
		for id := range maker.told(t, -1) {
			if _, err := s.Txn(t.Context(), id); err != nil {
				t.Error(err)
			}
		}
		begin(t, s, "NEXT")
		if _, err := s.Verify(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func adopted(t *testing.T, s *sqlite.Store) (ids []till.TxnID) {
	t.Helper()
	mine, err := s.Adopt(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, txn := range mine {
		ids = append(ids, txn.ID)
	}
	return ids
}

// child is another program.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func start(t *testing.T, part, dir string) *child {
	t.Helper()
	cmd := command(t, part, dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // open for as long as this test lives
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, lines: bufio.NewScanner(out)}
	t.Cleanup(c.kill)
	return c
}

func command(t *testing.T, part, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), partName+"="+part, folderName+"="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

func (c *child) line() string {
	c.lines.Scan()
	return c.lines.Text()
}

// kill is kill -9, and waits for the end; what the program said before can still be
// read. It may be called twice.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_, _ = c.cmd.Process.Wait()
}

// told reads the next lines, or all to the end if lines is negative: the versions that
// the program was told are durable. The last line of a program that was killed may be
// cut.
func (c *child) told(t *testing.T, lines int) map[till.TxnID]int {
	t.Helper()
	versions := map[till.TxnID]int{}
	for ; lines != 0 && c.lines.Scan(); lines-- {
		var id till.TxnID
		var version int
		if strings.HasPrefix(c.lines.Text(), "failed") {
			t.Errorf("the other program %s", c.lines.Text())
		}
		if n, _ := fmt.Sscanf(c.lines.Text()+"\n", "%s %d\n", &id, &version); n == 2 {
			versions[id] = version
		}
	}
	return versions
}

// sellAndWait brings a ticket that wants the last one and lives until it is killed, its
// outcome unknown.
func sellAndWait(ctx context.Context, dir string) error {
	s, err := sqlite.Open(ctx, dir, sqlite.Options{Stock: till.StockRefuse})
	if err != nil {
		return err
	}
	g := newGenerator(1, 1)
	p := g.ticket(1)
	x := sale("CHILD")
	x.Ticket, x.Amount = p.Ticket.ID, p.Ticket.Total
	if _, err := s.Begin(ctx, till.NewTxn{Txn: x, Ticket: &p.Ticket, Image: []byte("sealed")}); err != nil {
		return err
	}
	fmt.Println("begun")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// What a program that was killed had kept back stays so until its transaction is settled
// by another, and is sold or free from then on.
func TestReservationAfterKill(t *testing.T) {
	for _, end := range []till.State{till.Approved, till.Declined} {
		t.Run(string(end), func(t *testing.T) {
			dir := t.TempDir()
			opt := sqlite.Options{Stock: till.StockRefuse}
			s := open(t, dir, opt)
			g := newGenerator(1, 1)
			g.stock(t, s)
			if err := s.MoveStock(t.Context(), []till.StockMove{{SKU: "SKU00000", Quantity: till.One - till.Units(100_000), Reason: till.StockWaste}}, till.StockRefuse); err != nil {
				t.Fatal(err)
			}
			child := start(t, "sell and wait", dir)
			if line := child.line(); line != "begun" {
				t.Fatalf("the other program says %q", line)
			}
			child.kill()
			wantLevel(t, s, till.One, till.One)
			g.ticket(1) // the child's
			second := g.ticket(1)
			if err := beginPast(t, s, second); err == nil {
				t.Fatal("the last one was sold twice")
			}
			if got := adopted(t, s); !slices.Equal(got, []till.TxnID{"CHILD"}) {
				t.Fatalf("adopted %v, want CHILD", got)
			}
			x, err := s.Txn(t.Context(), "CHILD")
			if err != nil {
				t.Fatal(err)
			}
			record(t, s, x, end)
			if err := beginPast(t, s, second); (err == nil) != (end == till.Declined) {
				t.Errorf("after %s the next sale: %v", end, err)
			}
			wantLevel(t, s, 0, 0)
			if _, err := s.Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// beginPast pays for a generated ticket in cash.
func beginPast(t *testing.T, s *sqlite.Store, p till.Past) error {
	t.Helper()
	x := p.Txns[0]
	x.Tender, x.Entry, x.Card, x.Wallet = till.Cash, till.NoEntry, nil, nil
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: x, Ticket: &p.Ticket})
	return err
}

func wantLevel(t *testing.T, s *sqlite.Store, onHand, reserved till.Quantity) {
	t.Helper()
	levels, err := s.StockLevels(t.Context(), "SKU00000")
	if err != nil {
		t.Fatal(err)
	}
	if levels[0].OnHand != onHand || levels[0].Reserved != reserved {
		t.Fatalf("%+v, want %s on hand and %s kept back", levels[0], onHand, reserved)
	}
}
