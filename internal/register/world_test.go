package register_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

const (
	testTerminal = "TERM0001"
	testMerchant = "MERCHANT0000001"
)

func cny(t testing.TB) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// world is one till and its host: a real SQLite file, the real simulator with its real
// ledger, a virtual chip card, and between them a line whose fates the test steers. The
// files wait for no disk: here the power takes what is in memory and not what is on its way
// to the disk, which the store's own tests look at.
type world struct {
	t     testing.TB
	dir   string
	store *sqlite.Store
	sim   *hostsim.Host
	line  *line
	plug  *plug
	cards func() reader.Reader
	wrap  func(*world, register.Store) register.Store // between the register and the store; nil is nothing
	told  []told                                      // everything that was ever told to the shopper, across restarts
	reg   *register.Register
	lives byte // of the till: each draws its own numbers

	scripted *scripted     // in the place of line, of a host that goes wrong by a script
	terminal string        // of the till; empty is testTerminal
	patience time.Duration // with a chip; 0 is the usual one

	tender till.Tender // of its sale; empty is the card
	lines  bool        // its sale is of lines
	tap    register.TapLimits
	keyed  func(context.Context) (till.CardData, error)
	policy register.Policy

	elapsed func() time.Duration // of the till; nil is its own
	limits  till.Limits
	each    money.Amount // what one chip may pay offline
	part    func(context.Context, money.Amount, money.Amount) bool
}

// templateFolder is a shop that has signed on, has ten of something on its shelf and a
// member, and has done nothing else.
var templateFolder string

func TestMain(m *testing.M) { os.Exit(withTemplate(m)) }

func withTemplate(m *testing.M) int {
	dir, err := os.MkdirTemp("", "till-register-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	templateFolder = dir
	founder := &founder{}
	w := &world{t: founder, dir: dir, plug: &plug{at: -1}, cards: chipCard}
	w.start()
	if err := errors.Join(w.reg.SignOn(context.Background()), w.fillShelf()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	w.stop()
	return m.Run()
}

// founder is the testing.TB of the template, which no test owns.
type founder struct{ testing.TB }

func (*founder) Helper()           {}
func (*founder) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// told is an outcome as it was told, and of which transaction.
type told struct {
	id      till.TxnID
	outcome till.Outcome
}

// newWorld copies the folder of a shop that has signed on, so that each of thousands
// of worlds starts quickly.
func newWorld(t testing.TB) *world {
	w := &world{t: t, dir: t.TempDir(), plug: &plug{at: -1}, cards: chipCard}
	copyFolder(t, templateFolder, w.dir)
	w.start()
	t.Cleanup(w.stop)
	return w
}

// start opens store and host on what the disk holds.
func (w *world) start() {
	w.t.Helper()
	ctx := context.Background()
	var err error
	if w.sim, err = hostsim.Open(ctx, hostsim.Config{Dir: filepath.Join(w.dir, "host"), Unsynced: true, Now: clock, Random: random()}); err != nil {
		w.t.Fatal(err)
	}
	w.openTill(ctx)
}

func (w *world) openTill(ctx context.Context) {
	w.t.Helper()
	store, err := sqlite.Open(ctx, w.dir, sqlite.Options{Unsynced: true, Now: clock, Stock: till.StockRefuse})
	if err != nil {
		w.t.Fatal(err)
	}
	keys, err := vault.Open(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.line == nil {
		w.line = &line{profile: profile(w.t)}
	}
	w.line.sim, w.line.plug = w.sim, w.plug
	w.store = store
	var books register.Store = &pluggedStore{Store: store, plug: w.plug}
	if w.wrap != nil {
		books = w.wrap(w, books)
	}
	w.reg = register.New(register.Config{
		Store:    books,
		Vault:    keys,
		Dial:     w.dial,
		Reader:   func(till.Entry) (register.Reader, error) { return &pluggedReader{w.cards(), w.plug}, nil },
		Terminal: cmp.Or(w.terminal, testTerminal), Merchant: testMerchant, Currency: cny(w.t), Country: 156, Lab: true, Tap: w.tap,
		Keyed: w.keyed, Policy: w.policy, Limits: w.limits, Offline: w.each, Part: w.part,
		CardTimeout: w.patience,
		HostTimeout: time.Second, DialTimeout: time.Second, Now: clock, Random: rand.NewChaCha8([32]byte{1, 2, 3, w.lives}),
		Observe: w.observe, Elapsed: w.elapsed,
	})
}

func (w *world) dial(_ context.Context, late func(string, till.STAN, string)) (register.Host, error) {
	if w.line.down {
		return nil, errors.New("connection refused")
	}
	if w.scripted != nil {
		w.scripted.late = late
		return w.scripted, nil
	}
	w.line.late = late
	return w.line, nil
}

func (w *world) observe(o register.Observation) {
	if o.What != register.Told {
		return
	}
	w.plug.point("before print")
	w.told = append(w.told, told{o.Txn.ID, o.Txn.Outcome()})
	w.plug.point("after print")
}

// restartTill is what happens after a power cut: a new process on the same disk. The
// host has its own power.
func (w *world) restartTill() {
	w.t.Helper()
	w.plug.at = -1
	w.lives++
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.openTill(context.Background())
}

func (w *world) stop() {
	_ = w.store.Close()
	_ = w.sim.Close()
}

// sale takes 12.50 by the world's card and says whether the power was cut.
func (w *world) sale(key string) (res register.Result, err error, cut bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, isCut := p.(powerCut); !isCut {
				panic(p)
			}
			cut = true
		}
	}()
	res, err = w.reg.Take(context.Background(), w.wish(key))
	return res, err, false
}

// wish is 12.50 by the world's card, or in cash; for a ticket where the world sells lines.
func (w *world) wish(key string) register.Payment {
	p := register.Payment{Key: key, Amount: money.New(1250, cny(w.t)), Tender: till.Card, Entry: till.Chip}
	if w.tender != "" {
		p.Tender = w.tender
	}
	if w.lines {
		t := ticket(w.t)
		p.For = register.For{Ticket: t.ID, Priced: &t}
	}
	return p
}

// net is what the host moved to the merchant, all in all.
func (w *world) net() int64 {
	w.t.Helper()
	postings, err := w.sim.Postings(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	sum := int64(0)
	for _, p := range postings {
		if p.Account == "merchant/"+testMerchant {
			sum += p.Amount.Minor()
		}
	}
	return sum
}

// plug pulls the power when the point that it is set to is reached. Points are counted
// as they are passed.
type plug struct {
	at     int // -1 never
	passed int
	names  []string
}

type powerCut struct{}

func (p *plug) point(name string) {
	p.names = append(p.names, name)
	p.passed++
	if p.at >= 0 && p.passed == p.at+1 {
		panic(powerCut{})
	}
}

// pluggedStore can lose its power on either side of each commit.
type pluggedStore struct {
	register.Store
	plug *plug
}

func (s *pluggedStore) Begin(ctx context.Context, n till.NewTxn) (till.Txn, error) {
	s.plug.point("before commit 1")
	t, err := s.Store.Begin(ctx, n)
	s.plug.point("after commit 1")
	return t, err
}

func (s *pluggedStore) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	s.plug.point("before commit " + string(t.State))
	t, err := s.Store.Record(ctx, t)
	s.plug.point("after commit")
	return t, err
}

// pluggedReader can lose its power on either side of the card's first and last word.
type pluggedReader struct {
	reader.Reader
	plug *plug
}

func (r *pluggedReader) Wait(ctx context.Context) (reader.Card, error) {
	r.plug.point("before card")
	c, err := r.Reader.Wait(ctx)
	if chip, ok := c.(reader.Chip); ok {
		return &pluggedChip{chip, r.plug}, err
	}
	return c, err
}

type pluggedChip struct {
	reader.Chip
	plug *plug
}

func (c *pluggedChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	generateAC := command[1] == 0xAE
	if generateAC {
		c.plug.point("before GENERATE AC")
	}
	response, err := c.Chip.Transmit(ctx, command)
	if generateAC {
		c.plug.point("after GENERATE AC")
	}
	return response, err
}

// fate is what becomes of one message and its answer.
type fate string

const (
	arrives        fate = "arrives"
	requestLost    fate = "request lost"
	requestLate    fate = "request arrives after the time-out"
	requestTwice   fate = "request arrives twice"
	answerLost     fate = "answer lost"
	answerLate     fate = "answer arrives after the time-out"
	answerTwice    fate = "answer arrives twice"
	answerGarbled  fate = "answer unreadable"
	otherSTAN      fate = "answer with another trace number"
	otherAmount    fate = "answer with another amount"
	otherTerminal  fate = "answer for another terminal"
	otherMAC       fate = "answer with another message authentication code" // of a host that has them
	linkLostBefore fate = "link lost before anything left"
	linkLostAfter  fate = "link lost after the request left"
)

func fates() []fate {
	return []fate{
		arrives, requestLost, requestLate, requestTwice, answerLost, answerLate, answerTwice, answerGarbled,
		otherSTAN, otherAmount, otherTerminal, linkLostBefore, linkLostAfter,
	}
}

// line carries messages between the till and the host, packed and unpacked by the real
// profile, and lets the test choose the fate of each by what it asks.
type line struct {
	profile host.Profile
	sim     *hostsim.Host
	plug    *plug
	late    func(string, till.STAN, string)
	down    bool
	fate    func(q till.Request) fate // nil: everything arrives
	delayed []*iso8583.Message        // requests that are still in the network
	orders  hostsim.Orders            // for the next request that the host gets
	sent    []string                  // MTIs, in order
}

// beforeSending is the point at which a request leaves, before what it asks for.
const beforeSending = "before sending "

// Exchange implements register.Host.
func (l *line) Exchange(ctx context.Context, q till.Request) (till.Answer, error) {
	m, err := l.profile.Request(q)
	if err != nil {
		return till.Answer{}, err
	}
	f := arrives
	if l.fate != nil {
		f = l.fate(q)
	}
	l.plug.point(beforeSending + string(q.Op))
	l.sent = append(l.sent, string(m.MTI()))
	answer, err := l.carry(ctx, q, m, f)
	l.plug.point("after sending " + string(q.Op))
	return answer, err
}

// Close implements register.Host.
func (l *line) Close() error { return nil }

func (l *line) carry(ctx context.Context, q till.Request, m *iso8583.Message, f fate) (till.Answer, error) {
	switch f {
	case requestLost:
		return silence(till.ReasonTimeout)
	case linkLostBefore:
		return silence(till.ReasonLink)
	case requestLate:
		l.delayed = append(l.delayed, m)
		return silence(till.ReasonTimeout)
	case requestTwice:
		l.deliver(ctx, m)
	}
	answer := l.deliver(ctx, m)
	if answer == nil || f == answerLost || f == answerGarbled {
		return silence(till.ReasonTimeout)
	}
	switch f {
	case linkLostAfter:
		return silence(till.ReasonLink)
	case answerLate:
		l.late(q.Terminal, q.STAN, answer.Value("39"))
		return silence(till.ReasonTimeout)
	case answerTwice:
		defer l.late(q.Terminal, q.STAN, answer.Value("39"))
	case otherSTAN:
		set(answer, "11", "999999")
	case otherAmount:
		set(answer, "4", "000000000001")
	case otherTerminal:
		set(answer, "41", "TERM9999")
	case otherMAC:
		set(answer, "64", "0102030405060708")
	}
	a, err := l.profile.Answer(q, answer)
	if err != nil {
		return till.Answer{}, unbelieved(err)
	}
	return a, nil
}

// unbelieved is an answer that is none.
func unbelieved(cause error) error {
	silence := &till.NoAnswer{Reason: till.ReasonInvalid, SignOn: errors.Is(cause, host.ErrSignOn), Cause: cause}
	if silence.SignOn || errors.Is(cause, host.ErrMAC) {
		silence.Reason = till.ReasonMAC
	}
	return silence
}

// deliver brings a request to the host through its bytes, and its answer back.
func (l *line) deliver(ctx context.Context, m *iso8583.Message) *iso8583.Message {
	orders := l.orders
	l.orders = hostsim.Orders{}
	answer, err := l.sim.ServeOrdered(ctx, rewire(l.profile, m), orders)
	if err != nil || answer == nil {
		return nil
	}
	return rewire(l.profile, answer)
}

// heal lets everything arrive from now on, what was delayed first or last.
func (l *line) heal() { l.fate = nil }

func (l *line) flush() {
	for _, m := range l.delayed {
		l.deliver(context.Background(), m)
	}
	l.delayed = nil
}

func rewire(p host.Profile, m *iso8583.Message) *iso8583.Message {
	raw, err := m.Pack()
	if err != nil {
		panic(fmt.Sprintf("packing %s: %v", m.MTI(), err))
	}
	again, err := p.Spec.Unpack(raw)
	if err != nil {
		panic(fmt.Sprintf("unpacking %s: %v", m.MTI(), err))
	}
	return again
}

func set(m *iso8583.Message, path, value string) {
	if err := m.Set(path, value); err != nil {
		panic(err)
	}
}

func silence(why till.Reason) (till.Answer, error) {
	return till.Answer{}, &till.NoAnswer{Reason: why, Cause: errors.New("steered by the test")}
}

func profile(t testing.TB) host.Profile {
	t.Helper()
	p, err := host.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func chipCard() reader.Reader { return virtual.NewReader(virtual.NewCard(virtual.Visa())) }

func clock() time.Time { return time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC) }

func random() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1, 2, 3}) }

func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
