//go:build unix

package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// kills is how often TestKilledInMidSale kills a till; make kill does it more often.
var kills = flag.Int("kills", 40, "kill a till in mid-sale this often")

// No kill -9 loses a sale or charges one twice. Tills as a user runs them (till pay, sell,
// void, batch close) work on one folder, over a wire, with a host in another process; each
// is killed at some moment of its command, now and then the host too, and the next command
// is the restart. In the end the links heal, and what was told, the store, the host, the
// stock, the points and the batch must agree.
func TestKilledInMidSale(t *testing.T) {
	const shops = 2 // one for each of two processors
	wanted := *kills / shops / stride
	hits := make([]map[string]int, shops)
	t.Run("shops", func(t *testing.T) {
		for i := range shops {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				s := openBattered(t, uint64(i))
				for tries := 0; s.killed < wanted && tries < 20+4*wanted; tries++ {
					s.command()
				}
				if s.killed < wanted {
					t.Errorf("%d kills of %d: the commands were over before", s.killed, wanted)
				}
				s.settle()
				s.check()
				hits[i] = s.hit
			})
		}
	})
	all := map[string]int{}
	for _, hit := range hits {
		for where, n := range hit {
			all[where] += n
		}
	}
	for _, where := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%6d %s", all[where], where)
	}
	if stride > 1 {
		return // too few to have landed everywhere
	}
	for _, states := range [][]till.State{{till.Intent}, {till.Reversing}, {till.Approved, till.Reversed, till.Declined}} {
		n := 0
		for _, state := range states {
			n += all["left "+string(state)]
		}
		if n == 0 {
			t.Errorf("no kill left a transaction %v: the proof leaves that out", states)
		}
	}
}

// battered is a shop whose tills and host are killed.
type battered struct {
	t    *testing.T
	dice *rand.Rand
	dir  string

	host *exec.Cmd
	wire *wire

	next   []string          // the command that was killed, to be given again; nil is another
	told   map[string]string // outcomes that a till printed, by transaction
	pays   []string          // told approved and not voided yet
	made   int               // commands
	aimed  int
	killed int
	hit    map[string]int // where the kills landed
}

func openBattered(t *testing.T, seed uint64) *battered {
	s := &battered{
		t: t, dice: rand.New(rand.NewPCG(8, seed)), dir: t.TempDir(),
		told: map[string]string{}, hit: map[string]int{},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s.wire = openWire(t, address)
	s.startHost()
	t.Cleanup(s.killHost)
	for _, args := range [][]string{
		{"item", "add", "latte", "--name", "Latte", "--price", "12.50"}, {"stock", "receive", "latte=100000"},
		{"customer", "add", "8001", "--name", "Wang"}, {"pay", "1.00", "--host", s.wire.address()},
	} {
		if out, err := s.till(args...).CombinedOutput(); err != nil {
			t.Fatalf("till %s: %v: %s", strings.Join(args, " "), err, out)
		}
	}
	return s
}

// till is a till in a process of its own.
func (s *battered) till(args ...string) *exec.Cmd {
	binary, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	args = append(append([]string{"till"}, args...), "--data", s.dir)
	return &exec.Cmd{Path: binary, Args: args, Env: []string{"HOME=" + s.dir}}
}

// startHost starts the host, at its address and on its ledger.
func (s *battered) startHost() {
	s.host = s.till("host", "serve", "--listen", s.wire.host)
	if err := s.host.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if c, err := net.Dial("tcp", s.wire.host); err == nil {
			_ = c.Close()
			return
		}
	}
	s.t.Fatal("the host does not listen")
}

func (s *battered) killHost() {
	_ = s.host.Process.Kill()
	_ = s.host.Wait()
}

// command runs a till and kills it at some moment.
func (s *battered) command() {
	args := s.draw()
	a := s.aim(args[0])
	s.wire.take(a)
	var out, words bytes.Buffer
	cmd := s.till(append(slices.Clone(args), "--json", "--host", s.wire.address())...)
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	var early <-chan time.Time
	if a.moment == "" {
		early = time.After(a.after)
	}
	select {
	case <-over:
	case <-early:
		s.strike(a, cmd, over)
	case <-a.reached:
		time.Sleep(a.after)
		s.strike(a, cmd, over)
	case <-time.After(time.Minute):
		_ = cmd.Process.Kill()
		s.t.Fatalf("till %s takes a minute: %s", strings.Join(args, " "), words.String())
	}
	s.hear(out.Bytes())
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		s.killed++
		s.count(a, args)
		s.next = nil
		if s.dice.IntN(3) == 0 {
			s.next = args // the cashier gives the same command again
		}
	} else if words := words.String(); strings.Contains(words, `"code":"store"`) || strings.Contains(words, `"code":"usage"`) {
		s.t.Errorf("till %s: %s", strings.Join(args, " "), words)
	}
	if s.host.ProcessState != nil {
		s.startHost()
	}
}

// strike kills the till, the host or both.
func (s *battered) strike(a *aim, till *exec.Cmd, over <-chan error) {
	if a.host {
		s.killHost()
	}
	if !a.till {
		<-over
		return
	}
	_ = till.Process.Kill()
	<-over
}

// draw is the next command: the one that was killed, or another.
func (s *battered) draw() []string {
	if args := s.next; args != nil {
		s.next = nil
		return args
	}
	s.made++
	key := fmt.Sprintf("order-%d", s.made)
	switch n := s.dice.IntN(100); {
	case n < 4:
		s.pays = nil // what is settled is refunded and not voided
		return []string{"batch", "close"}
	case n < 45:
		return []string{"pay", fmt.Sprintf("%d.00", 1+s.dice.IntN(99)), "--id", key}
	case n < 50:
		return []string{"pay", "10.51", "--id", key} // declined
	case n < 65 && len(s.pays) > 0:
		i := s.dice.IntN(len(s.pays))
		original := s.pays[i]
		s.pays = slices.Delete(s.pays, i, i+1)
		return []string{"void", original, "--id", key}
	}
	return []string{"sell", "latte", "--member", "8001", "--tender", "card", "--id", key}
}

// aim chooses the moment at which a command is killed, each in turn: some time after its
// start, or when a message is on its way or delivered, or a moment later. Where that message
// is a reversal the answer to the sale is lost with the link. Now and then the host dies
// with the till, or alone, or nothing dies.
func (s *battered) aim(verb string) *aim {
	a := &aim{reached: make(chan struct{}), till: true}
	switch s.dice.IntN(20) {
	case 0:
		a.till, a.host = false, true
	case 1, 2:
		a.host = true
	case 3, 4, 5:
		a.moment = "never"
		return a
	}
	moments := []string{
		"0200 on its way", "0400 on its way", "0210 delivered", "0410 delivered", "0200 delivered", "",
		"0210 on its way", "0400 delivered", "0210 delivered", "0410 on its way", "0410 delivered",
	}
	if verb == "batch" {
		moments = []string{"0500 on its way", "0500 delivered", "0510 on its way", "0510 delivered"}
	}
	a.moment = moments[s.aimed%len(moments)]
	s.aimed++
	if strings.HasPrefix(a.moment, "04") {
		a.lost = "0210"
	}
	a.after = time.Duration(s.dice.IntN(8000)*s.dice.IntN(2)) * time.Microsecond
	if a.moment == "" {
		a.after = time.Duration(s.dice.IntN(60)) * time.Millisecond
	}
	return a
}

// hear keeps what a till printed: that much it has acknowledged.
func (s *battered) hear(out []byte) {
	type outcome struct {
		ID       string    `json:"id"`
		Kind     string    `json:"kind"`
		Outcome  string    `json:"outcome"`
		Ticket   string    `json:"ticket"`
		Payments []outcome `json:"payments"`
	}
	var o outcome
	if json.Unmarshal(out, &o) != nil || o.ID == "" {
		return // nothing whole was printed, or the totals of a batch
	}
	for _, p := range o.Payments {
		s.told[p.ID] = p.Outcome
	}
	if o.Payments != nil {
		return
	}
	if o.Kind == "sale" && o.Outcome == "approved" && s.told[o.ID] == "" {
		s.pays = append(s.pays, o.ID)
	}
	s.told[o.ID] = o.Outcome
}

// count notes where a kill landed: at which moment, and in which state the newest
// transaction of the command is when the store is opened again.
func (s *battered) count(a *aim, args []string) {
	s.hit["killed: till "+args[0]]++
	s.hit["killed when "+a.when()]++
	if a.host {
		s.hit["killed with the host"]++
	}
	store, err := sqlite.Open(s.t.Context(), s.dir, sqlite.Options{})
	if err != nil {
		s.t.Fatalf("the store does not open after a kill: %v", err)
	}
	defer func() { _ = store.Close() }()
	newest, err := store.Txns(s.t.Context(), till.Filter{Limit: 1})
	switch {
	case err != nil:
		s.t.Error(err)
	case args[0] == "batch":
	case len(newest) == 0 || keyOf(newest[0]) != args[slices.Index(args, "--id")+1]:
		s.hit["left nothing"]++
	default:
		s.hit["left "+string(newest[0].State)]++
	}
}

// keyOf is the key of the command that made a transaction: a sale of lines numbers the keys
// of its payments.
func keyOf(x till.Txn) string {
	key, _, _ := strings.Cut(x.Key, "/")
	return key
}

// settle heals everything: what is open is worked on, and the batch closes with totals that
// are equal.
func (s *battered) settle() {
	s.wire.take(nil)
	for _, args := range [][]string{{"txn", "resolve"}, {"batch", "close"}, {"store", "verify"}} {
		args = append(args, "--json")
		if args[0] != "store" {
			args = append(args, "--host", s.wire.address())
		}
		out, err := s.till(args...).CombinedOutput()
		if err != nil {
			s.t.Errorf("till %s: %v: %s", strings.Join(args, " "), err, out)
		}
		if args[0] == "batch" && !bytes.Contains(out, []byte(`"state":"CLOSED"`)) {
			s.t.Errorf("the batch does not close: %s", out)
		}
	}
	s.killHost()
}

// place is how both sides name a request.
type place struct {
	batch int
	stan  till.STAN
}

// check holds what was told and the books of both sides against each other.
func (s *battered) check() {
	ctx := s.t.Context()
	store, err := sqlite.Open(ctx, s.dir, sqlite.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	txns, err := store.Txns(ctx, till.Filter{})
	if err != nil {
		s.t.Fatal(err)
	}
	standing := s.standing()
	known, approved, lattes := map[string]till.State{}, map[string]int{}, 0
	for _, x := range txns {
		known[string(x.ID)] = x.State
		if !x.State.IsFinal() || x.State == till.Exception {
			s.t.Errorf("%s is still %s", x.ID, x.State)
		}
		if x.State != till.Approved {
			continue
		}
		want, at := x.Amount.Minor(), place{x.Batch, x.STAN}
		if x.Kind == till.Void {
			want = -want
		}
		if got := standing[at]; len(got) != 1 || got[0] != want {
			s.t.Errorf("%s of %s is approved and stands as %v at the host", x.ID, x.Amount, got)
		}
		delete(standing, at)
		if approved[keyOf(x)]++; approved[keyOf(x)] > 1 {
			s.t.Errorf("%s is charged %d times", keyOf(x), approved[keyOf(x)])
		}
		if x.Ticket != "" {
			lattes++
		}
	}
	for at, got := range standing {
		s.t.Errorf("%v stands at the host as %v and is not approved here", at, got)
	}
	for id, outcome := range s.told {
		if state := known[id]; state == "" || (outcome == "approved") != (state == till.Approved) {
			s.t.Errorf("%s was told %s and is %q", id, outcome, state)
		}
	}
	s.checkGoods(store, lattes)
	s.hit["sales that stand"] += len(approved)
	s.hit["outcomes that were told"] += len(s.told)
}

// standing is what the host has posted for each request and not taken back.
func (s *battered) standing() map[place][]int64 {
	ctx := s.t.Context()
	host, err := hostsim.Open(ctx, hostsim.Config{Dir: filepath.Join(s.dir, "host")})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = host.Close() }()
	if _, err := host.Verify(ctx); err != nil {
		s.t.Errorf("verifying the host: %v", err)
	}
	postings, err := host.Postings(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	all := map[place][]int64{}
	for _, p := range postings {
		at := place{p.Batch, p.STAN}
		switch i := slices.Index(all[at], -p.Amount.Minor()); {
		case !strings.HasPrefix(p.Account, "merchant/"):
		case p.Undo && i < 0:
			s.t.Errorf("%v: the host took back what it had not posted", at)
		case p.Undo:
			if all[at] = slices.Delete(all[at], i, i+1); len(all[at]) == 0 {
				delete(all, at)
			}
		default:
			all[at] = append(all[at], p.Amount.Minor())
		}
	}
	return all
}

// checkGoods holds stock, points and reports against the sales of lines that are approved.
func (s *battered) checkGoods(store *sqlite.Store, lattes int) {
	ctx := s.t.Context()
	levels, err := store.StockLevels(ctx, "latte")
	if err != nil || len(levels) != 1 || levels[0].OnHand != till.Units(100000)-till.Units(int64(lattes)) {
		s.t.Errorf("stock: %v, %v after %d were sold", levels, err, lattes)
	}
	m, err := store.Member(ctx, "8001")
	if err != nil || m.Points != int64(lattes) {
		s.t.Errorf("the member has %d points, want %d, %v", m.Points, lattes, err)
	}
	if err := store.VerifyFacts(ctx); err != nil {
		s.t.Errorf("verifying the reports: %v", err)
	}
}

// aim is when what is killed.
type aim struct {
	moment     string // of a message on the wire; empty is a time after the start
	after      time.Duration
	till, host bool   // which of them
	lost       string // the first answer of this type never arrives, and the link is lost with it
	reached    chan struct{}
	hit        bool // reached is closed
}

func (a *aim) when() string {
	if a.moment == "" {
		return "some time had passed"
	}
	return a.moment
}
