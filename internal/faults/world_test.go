package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/internal/wallet/walletsim"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/virtual"
)

const (
	merchant = "MERCHANT0000001"
	tills    = 3 // at most, in one shop

	goods  till.SKU      = "latte"
	member till.MemberID = "8001"
	onHand               = 1_000_000
)

// world is a shop and its host, which many schedules use one after another, each with
// terminals of its own: opening one costs more than a schedule.
type world struct {
	dir     string
	stores  [tills]*sqlite.Store // one for each till, on one file: each is a program of its own
	vault   *vault.Vault
	sim     *hostsim.Host
	wallets *walletsim.Sim
	profile host.Profile
	framing link.Framing
	mutant  mutant
	outside *outside
	chip    *virtual.Card // one for all: making its keys takes longer than a sale
	tap     *virtual.Card

	now       func() time.Time // the machine's clock, by the schedule that runs
	schedules int              // so far
	settled   standing         // of the shop, after the last schedule
}

// newWorld is a copy of the shop that was founded, in a folder that goes with it.
func newWorld(profile string, mu mutant) (*world, error) {
	dir, err := os.MkdirTemp(inMemory(), "till-faults-")
	if err != nil {
		return nil, err
	}
	if err := copyFolder(template, dir); err != nil {
		return nil, err
	}
	w, err := open(dir, profile, mu)
	if err == nil {
		w.settled, err = w.standing(context.Background())
	}
	return w, err
}

// open opens a world in a folder, which holds a shop already or is empty.
func open(dir, profile string, mu mutant) (*world, error) {
	w := &world{
		dir: dir, mutant: mu, now: start, outside: newOutside(), chip: virtual.NewCard(virtual.Visa()), tap: virtual.NewCard(virtual.TapVisa()),
	}
	ctx := context.Background()
	var err error
	if w.profile, err = host.Load(profile); err != nil {
		return nil, err
	}
	if w.framing, err = w.profile.Wire(); err != nil {
		return nil, err
	}
	if w.vault, err = vault.Open(dir); err != nil {
		return nil, err
	}
	for i := range w.stores {
		if err := w.openStore(ctx, i); err != nil {
			return nil, err
		}
	}
	w.sim, err = hostsim.Open(ctx, hostsim.Config{
		Dir: filepath.Join(dir, "host"), Unsynced: true, Now: func() time.Time { return w.now() },
		Random: rand.NewChaCha8([32]byte{7}), Rules: rules(),
	})
	if err != nil {
		return nil, err
	}
	w.wallets, err = walletsim.Open(ctx, walletsim.Config{
		Dir: filepath.Join(dir, "wallet"), Unsynced: true, Key: []byte(walletKey), Now: func() time.Time { return w.now() },
		Random: rand.NewChaCha8([32]byte{8}), Rules: walletRules(), PayAfter: 4 * time.Second,
	})
	return w, err
}

// outside does something where time is real: what a database starts must not be part of the
// time of a schedule.
type outside struct {
	work chan func()
	done chan struct{}
}

func newOutside() *outside {
	o := &outside{work: make(chan func()), done: make(chan struct{})}
	go func() {
		for do := range o.work {
			do()
			o.done <- struct{}{}
		}
	}()
	return o
}

func (o *outside) do(do func()) {
	o.work <- do
	<-o.done
}

func (w *world) openStore(ctx context.Context, i int) (err error) {
	w.stores[i], err = sqlite.Open(ctx, w.dir, sqlite.Options{
		Unsynced: true, Now: func() time.Time { return w.now() }, Stock: till.StockRefuse,
		DiskFree: func(string) (int64, error) { return 1 << 40, nil },
	})
	return err
}

// Ends of amounts that the host counts wrong at settlement.
const (
	countedLate = 45 // not before its record was uploaded
	countedMore = 46 // as one minor unit more, whatever is uploaded
)

// scripts are the ends of amounts that bring a script to the card: one that it runs and that
// changes nothing in it, and one that nobody signed.
func scripts() []int64 { return []int64{82, 85} }

// rules are those of the lab that decline, delay, miscount and send scripts; the others are
// for people.
func rules() []hostsim.Rule {
	return []hostsim.Rule{
		{Minor: 5, Code: "05"}, {Minor: 10, Partial: true}, {Minor: 51, Code: "51"}, {Minor: 68, Fate: hostsim.Lost}, {Minor: 69, Fate: hostsim.Late},
		{Minor: countedLate, Counted: hostsim.CountedLate}, {Minor: countedMore, Counted: hostsim.CountedMore},
		{Minor: scripts()[0], Script: hostsim.UnblockPIN}, {Minor: scripts()[1], Script: hostsim.SpoiltScript},
	}
}

// walletKey is shared by the tills and their gateway.
const walletKey = "a key for schedules of faults"

// walletRules are those of the lab that need no notifications.
func walletRules() []walletsim.Rule {
	return []walletsim.Rule{
		{Minor: 71, Fate: walletsim.SlowPayment, Polls: 3}, {Minor: 76, Fate: walletsim.NeverPaid},
		{Minor: 77, Fate: walletsim.PaidAtClose}, {Minor: 78, Fate: walletsim.Refused},
	}
}

func start() time.Time { return time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC) }

// policy is what the host of the world expects of a terminal.
func (w *world) policy(whileReversing bool) register.Policy {
	e := w.profile.Expects
	return register.Policy{
		Batch: terminal.BatchPolicy{Confirm: e.Confirm, Upload: e.Upload}, BatchLimit: e.BatchLimit,
		Keys: e.Keys, PIN: e.PIN, Scripts: e.Scripts, Notices: e.Notices, WhileReversing: whileReversing,
	}
}

// close ends the world, and its folder with it.
func (w *world) close() error { return errors.Join(w.leave(), os.RemoveAll(w.dir)) }

func (w *world) leave() error {
	close(w.outside.work)
	errs := []error{w.sim.Close(), w.wallets.Close()}
	for _, s := range w.stores {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// found makes a shop with something on the shelf and a member.
func found(dir string) error {
	w, err := open(dir, host.Names()[0], mutant{}) // the shop is the same at every host
	if err != nil {
		return err
	}
	ctx, ch, s := context.Background(), till.Change{At: start()}, w.stores[0]
	item := till.Item{ID: "latte", Name: "Latte", Unit: till.Each, Variants: []till.Variant{{SKU: goods, Price: cny(100)}}}
	_, put := s.PutItems(ctx, []till.Item{item}, ch)
	received := s.MoveStock(ctx, []till.StockMove{{SKU: goods, Quantity: till.Units(onHand), Reason: till.StockReceive, At: start()}}, till.StockRefuse)
	_, joined := s.PutMember(ctx, till.Member{ID: member, Since: start()}, ch)
	told := os.WriteFile(filepath.Join(dir, "host", "parameters.txt"), parameters(), 0o600)
	return errors.Join(put, received, joined, told, w.leave())
}

// parameters are what the host downloads, in three parts. They bound nothing here.
func parameters() []byte {
	text := []byte("batch.limit=999\n")
	for n := range 40 {
		text = fmt.Appendf(text, "remark.%02d=0\n", n)
	}
	return text
}

// copyFolder gives a world the shop that was founded.
func copyFolder(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
}

func cny(minor int64) money.Amount {
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		panic(err)
	}
	return money.New(minor, c)
}

// standing is what the shop has in all, of which a schedule is a difference.
type standing struct {
	stock, reserved till.Quantity
	points          int64
	tenders         map[string]int64 // from the reports
}

func (w *world) standing(ctx context.Context) (standing, error) {
	s := standing{tenders: map[string]int64{}}
	levels, err := w.stores[0].StockLevels(ctx, goods)
	if err != nil {
		return s, err
	}
	for _, l := range levels {
		s.stock, s.reserved = s.stock+l.OnHand, s.reserved+l.Reserved
	}
	m, err := w.stores[0].Member(ctx, member)
	if err != nil {
		return s, err
	}
	s.points = m.Points
	facts, err := w.stores[0].DayFacts(ctx)
	if err != nil {
		return s, err
	}
	for _, f := range facts {
		if f.Kind == till.FactTender {
			s.tenders[f.A] += f.Sums.Total
		}
	}
	return s, nil
}

// terminal names a till of a schedule as nobody was named before.
func (w *world) terminal(n int) string { return fmt.Sprintf("T%06d%d", w.schedules, n) }
