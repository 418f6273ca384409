package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// machine is a till: a register on a store, which is started anew whenever the power went.
type machine struct {
	s        *schedule
	n        int
	terminal string
	store    *sqlite.Store
	reg      *register.Register
	life     int           // how often it was started
	command  int           // that it works on
	off      time.Duration // of its wall clock
}

// boot starts the program. The power that went took the links with it, and all that the
// program knew.
func (m *machine) boot() {
	if m.reg != nil {
		_ = m.reg.Close()
	}
	m.life++
	m.reg = register.New(register.Config{
		Store: m.s.w.mutant.store(m, &port{m.store, m}), Vault: m.s.w.vault, Dial: m.dial, Reader: m.reader,
		Terminal: m.terminal, Merchant: merchant, Currency: cny(0).Currency(), Country: 156, Lab: true,
		Tap:         register.TapLimits{Insert: cny(1_000_000_00), Verify: cny(1_000_000_00)},
		Policy:      m.s.w.policy(m.s.whileReversing()),
		Limits:      till.Limits{OfflineCount: 10, OfflineSum: cny(1_000_000_00), Completion: 115, Tip: 20},
		Keyed:       keyedCard,
		Offline:     cny(1_000_00),
		Part:        func(_ context.Context, _, asked money.Amount) bool { return asked.Minor()/1000%2 == 0 },
		Wallet:      func(context.Context) (wallet.Gateway, error) { return m.gateway() },
		Patience:    time.Minute,
		HostTimeout: hostTimeout, DialTimeout: hostTimeout, Now: m.clock, Random: m.random(), Observe: m.observe,
	})
}

// goDark is, now and then, a power cut that lasts: the program is gone, and another till may
// take over what it left before it comes back as a new one.
func (m *machine) goDark() {
	f, r := m.s.dice.fate(m.command, lasting, []int{150})
	if f == 0 {
		return
	}
	m.s.tell(m, "stays dark")
	w, ctx := m.s.w, context.Background()
	_ = m.reg.Close()
	w.outside.do(func() { _ = w.stores[m.n].Close() })
	time.Sleep(between(r, time.Second, 10*time.Minute))
	var err error
	w.outside.do(func() { err = w.openStore(ctx, m.n) })
	if err != nil {
		m.s.complain("opening the store again: %v", err)
	}
	m.store = w.stores[m.n]
}

// random names transactions; what it gives is told nowhere.
func (m *machine) random() *rand.ChaCha8 {
	seed := [32]byte{byte(m.n), byte(m.life), byte(m.life >> 8)}
	copy(seed[8:], m.s.id)
	return rand.NewChaCha8(seed)
}

// clock is the wall clock of the till.
func (m *machine) clock() time.Time { return m.s.clock().Add(m.off) }

func (m *machine) dial(ctx context.Context, late func(string, till.STAN, string)) (register.Host, error) {
	life := m.life
	h, err := host.Dial(ctx, host.Config{
		Addr: "host", Profile: m.s.w.profile,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return m.s.line.dial(ctx, m) },
		Late: func(a host.LateAnswer) {
			if m.life == life {
				late(a.Terminal, a.STAN, a.ResponseCode)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	return &wire{h, m}, nil
}

func (m *machine) reader(e till.Entry) (register.Reader, error) {
	var r reader.Reader
	switch e {
	case till.Chip:
		r = virtual.NewReader(m.s.w.chip)
	case till.Tap:
		r = virtual.NewReader(m.s.w.tap)
	default:
		r = virtual.NewStripe(virtual.PlainStripe())
	}
	return &slot{r, m}, nil
}

func (m *machine) observe(o register.Observation) {
	if o.What != register.Told {
		return
	}
	m.point("before the paper")
	m.s.tell(m, "told: %s", o.Txn.Outcome())
	m.s.mu.Lock()
	m.s.told = append(m.s.told, told{o.Txn.ID, m.command, o.Txn.Outcome()})
	m.s.mu.Unlock()
	m.point("after the paper")
}

// work gives the commands of this till, one after another.
func (m *machine) work() {
	for _, c := range m.s.plan {
		if c.till != m.n || m.s.left[c.n] {
			continue
		}
		time.Sleep(c.pause)
		m.command = c.n
		m.give(c)
	}
}

// jump puts the wall clock forward or back by a day.
func (m *machine) jump() {
	f, _ := m.s.dice.fate(m.command, jumping, []int{20, 20})
	if f == 0 {
		return
	}
	m.off += time.Duration(3-2*f) * 24 * time.Hour
	m.s.tell(m, "the wall clock jumps to %s", m.clock().Format("Jan 2 15:04"))
}

// give gives a command, and as often as not the same again where it came to no end.
func (m *machine) give(c command) {
	for try := range 4 {
		m.jump()
		m.s.tell(m, "%d: %s%s", c.n, c, []string{"", ", again"}[min(try, 1)])
		outcome, err := m.attempt(c)
		m.s.tell(m, "%d: %s", c.n, outcome)
		_, r := m.s.dice.throw(c.n, planned)
		over := err == nil && outcome != string(till.OutcomeUnknown)
		if over && r.IntN(20) > 0 || !over && r.IntN(3) == 0 || isRefused(err) {
			return
		}
		time.Sleep(between(r, time.Second, 30*time.Second))
	}
}

func isRefused(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && (p.Code == till.CodeNotPermitted || p.Code == till.CodeUsage || p.Code == till.CodeNotFound)
}

// patience is how long the operator stays: now and then he cancels a command, while the card
// is awaited or while the host is, with a card or without.
func (m *machine) patience() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	f, r := m.s.dice.fate(m.command, giving, []int{20, 20, 20})
	if f == 0 {
		return ctx, cancel
	}
	from := []time.Duration{time.Millisecond, time.Millisecond, shopperTakes}[f-1]
	to := []time.Duration{shopperTakes + hostTimeout, 2 * slowest, shopperTakes + 2*slowest}[f-1]
	going := time.AfterFunc(between(r, from, to), func() {
		m.s.tell(m, "the operator cancels")
		cancel()
	})
	return ctx, func() {
		going.Stop()
		cancel()
	}
}

var errPower = errors.New("the power went")

// attempt performs a command until it ends or the power goes; then the till starts anew.
func (m *machine) attempt(c command) (outcome string, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, isCut := p.(powerCut); !isCut {
				panic(p)
			}
			m.goDark()
			m.boot()
			outcome, err = "power is back", errPower
		}
	}()
	ctx, over := m.patience()
	defer over()
	outcome, err = m.perform(ctx, c)
	if err != nil {
		outcome = inWords(err)
	}
	return outcome, err
}

// inWords is an error without what differs from one run of a seed to the next.
func inWords(err error) string {
	var p *till.Problem
	switch {
	case errors.As(err, &p):
		return "refused: " + string(p.Code)
	case errors.Is(err, errFull):
		return errFull.Error()
	case errors.Is(err, errIO):
		return errIO.Error()
	}
	return "failed"
}

// perform is a command as the use case that it is.
func (m *machine) perform(ctx context.Context, c command) (string, error) {
	switch {
	case c.act == closing:
		b, err := m.reg.CloseBatch(ctx)
		return string(b.State), err
	case c.act == decision:
		return m.decide(ctx, c)
	case c.act == balance:
		_, err := m.reg.Balance(ctx, till.Swipe)
		return "told", err
	case c.act == download:
		_, err := m.reg.Download(ctx)
		return "stored", err
	case c.of != 0:
		return m.refer(ctx, c)
	case c.act == preauth:
		res, err := m.reg.PreAuth(ctx, m.hold(c))
		return string(res.Outcome), err
	case c.act == advance:
		res, err := m.reg.CashAdvance(ctx, m.hold(c))
		return string(res.Outcome), err
	}
	res, err := m.reg.Take(ctx, m.payment(c))
	return string(res.Outcome), err
}

func (m *machine) hold(c command) register.Hold {
	return register.Hold{Key: m.s.key(c.n), Amount: cny(c.minor), Entry: till.Swipe}
}

// keyedCard is the stripe's card, typed in.
func keyedCard(context.Context) (till.CardData, error) {
	track := virtual.PlainStripe()
	return till.CardData{PAN: track.PAN, Expiry: track.Expiry, Brand: string(track.PAN.Brand())}, nil
}

// key is the idempotency key of a command.
func (s *schedule) key(n int) string { return fmt.Sprintf("%s/%02d", s.id, n) }

func (m *machine) payment(c command) register.Payment {
	p := register.Payment{Key: m.s.key(c.n), Amount: cny(c.minor), Tender: till.Card, Entry: till.Swipe}
	switch c.act {
	case chip, scripted:
		p.Entry = till.Chip
	case keyed:
		p.Entry = till.Manual
	case cashback:
		p.Cashback = cny(c.minor / 10)
	case instalment:
		p.Plan = &till.Plan{Count: 6}
	case voice:
		p.AuthCode = "A1B2C3"
	case tap:
		p.Entry = till.Tap
	case shown:
		p.Tender, p.Entry = till.QR, till.Shown
	case scanned:
		p.Tender, p.Entry, p.PaymentCode = till.QR, till.Scanned, card.NewSecret("130000000000000001")
	case cash, counted:
		p.Tender, p.Entry = till.Cash, till.NoEntry
	}
	if c.act == lines || c.act == counted {
		t := m.ticket(c)
		p.For = register.For{Ticket: t.ID, Priced: &t}
	}
	return p
}

// refer does something to an earlier command, if that came to a transaction.
func (m *machine) refer(ctx context.Context, c command) (string, error) {
	original, err := m.store.TxnByKey(ctx, m.s.key(c.of))
	if err != nil {
		return "", err
	}
	undo := register.Undo{Key: m.s.key(c.n), Original: original.ID}
	further := register.Further{Key: undo.Key, Original: undo.Original, Amount: cny(c.minor), Notice: c.act == notified}
	var res register.Result
	switch c.act {
	case void:
		res, err = m.reg.Void(ctx, undo)
	case increment:
		res, err = m.reg.Increment(ctx, further)
	case completion, notified:
		res, err = m.reg.Complete(ctx, further)
	case tip:
		res, err = m.reg.Tip(ctx, further)
	case returned:
		if undo, err = m.goodsBack(ctx, c, undo); err == nil {
			res, err = m.reg.Refund(ctx, undo)
		}
	default:
		undo.Amount = cny(c.minor)
		res, err = m.reg.Refund(ctx, undo)
	}
	return string(res.Outcome), err
}

// goodsBack is the refund of a sale of goods, with the ticket that takes them back.
func (m *machine) goodsBack(ctx context.Context, c command, undo register.Undo) (register.Undo, error) {
	sold, err := m.store.Ticket(ctx, till.TicketID("T"+m.s.key(c.of)))
	if err != nil {
		return undo, err
	}
	t, err := cart.Return(sold, nil, till.BasketReturn{Original: sold.ID, Reason: "cold"})
	if err != nil {
		return undo, err
	}
	t.ID = till.TicketID("R" + undo.Key)
	t.Key, t.Terminal, t.At = string(t.ID), m.terminal, m.clock()
	undo.Amount, undo.For = t.Total, register.For{Ticket: t.ID, Priced: &t}
	return undo, nil
}

// ticket is the sale of one thing to the member.
func (m *machine) ticket(c command) till.Ticket {
	price, none := cny(c.minor), money.New(0, cny(0).Currency())
	id := till.TicketID("T" + m.s.key(c.n))
	return till.Ticket{
		ID: id, Key: string(id), Kind: till.TicketSale, State: till.TicketOpen, Terminal: m.terminal, Member: member,
		At: m.clock(), Inclusive: true, Earned: earned,
		Lines: []till.Line{{
			N: 1, SKU: goods, Name: "Latte", Unit: till.Each, Quantity: till.One, Price: price, Tracked: true,
			Gross: price, Net: price, Tax: none, Total: price,
		}},
		Gross: price, Discount: none, Net: price, Tax: none, Total: price,
	}
}

const earned = 12 // points, for each sale of goods

// settle has the till work on what is open, as each command does first; true once nothing is.
func (m *machine) settle(ctx context.Context) bool {
	worked, err := m.reg.Resolve(ctx)
	if err != nil {
		m.s.complain("I3: settling: %v", err)
	}
	return err == nil && !slices.ContainsFunc(worked, func(t till.Txn) bool { return t.State.IsOpen() })
}

// closeAll closes the batch that is open, after one that is being closed. One that differs
// for good stands, and those behind it stay open.
func (m *machine) closeAll(ctx context.Context) {
	session, err := m.store.Session(ctx, m.terminal)
	if err != nil {
		m.s.complain("reading the session: %v", err)
		return
	}
	m.s.batches[session.Batch] = m
	var b till.Batch
	for range 10 { // the first may find a link that broke while nobody looked
		b, err = m.reg.CloseBatch(ctx)
		if err == nil && (b.State == till.BatchClosed && b.Number == session.Batch || b.State == till.BatchReconcileError) {
			return
		}
	}
	m.s.complain("I5: till %d: batch is %s, %v: ours %+v, theirs %+v", m.n+1, b.State, err, b.Ours, b.Theirs)
}
