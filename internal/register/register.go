package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/money"
)

// Config is what a register works with. All fields without another word are needed.
type Config struct {
	Store  Store
	Vault  Vault
	Dial   Dialer
	Reader func(till.Entry) (Reader, error)                             // opened when a card is needed, for the way in which it comes
	Choose func(ctx context.Context, from []emv.Candidate) int          // asks the cardholder for an application of the card, -1 for none; nil takes the first
	PINPad PINPad                                                       // of a PIN that the card checks; nil is a till without
	Keyed  func(ctx context.Context) (till.CardData, error)             // asks for a card that is not read: number, expiry and, where it has one, its CVV2; nil takes none
	Part   func(ctx context.Context, approved, asked money.Amount) bool // asks the shopper whether to pay a part by this card, for as long as it will: INTENT is durable meanwhile; nil wants the whole or nothing
	Wallet func(ctx context.Context) (wallet.Gateway, error)            // dialled when a code is to be paid; nil takes none

	Terminal string // field 41, 8 characters
	Merchant string // field 42, 15 characters
	Currency money.Currency
	Country  uint16 // ISO 3166-1 number
	Category string // merchant category code of ISO 18245, four digits; may be empty
	Tap      TapLimits
	Policy   Policy
	Limits   till.Limits
	Offline  money.Amount              // the most that one chip may pay while the host cannot be reached; zero takes nothing then
	CAKeys   func() (*oda.Keys, error) // of the schemes, read when a chip card came; nil or no keys claims no offline data authentication
	Lab      bool                      // refuse card numbers that are not published test numbers

	// NotifyURL is where the gateway may tell of a payment; nil or empty hears nothing,
	// and the till asks a little later. What comes in goes to Register.Notice.
	NotifyURL func() string

	CardTimeout time.Duration                        // how long a chip may take over one command; 0 is 10 seconds
	HostTimeout time.Duration                        // how long an answer is awaited
	DialTimeout time.Duration                        // how long a link may take to stand
	Patience    time.Duration                        // how long a shopper may take to pay a code
	After       func(time.Duration) <-chan time.Time // nil is time.After
	Elapsed     func() time.Duration                 // the monotonic clock, by which what is owed is tried again; nil is the system's
	Now         func() time.Time
	Random      io.Reader

	Observe func(Observation) // told what happens, in order, while it happens; may be nil

	Claims *Claims // of all registers that work on Store in this program; nil is of one that is alone there
}

// Policy is what a kind of host expects of a terminal, by its profile.
type Policy struct {
	Batch          terminal.BatchPolicy
	Keys           bool               // nothing is said without working keys of the sign-on
	PIN            bool               // the host checks PINs
	BatchLimit     int                // card transactions of a batch that the host's totals can count; 0 is no limit
	Scripts        bool               // the host is told what became of issuer scripts, before the next sale
	Notices        map[till.Kind]bool // kinds that are told (0220) and not asked
	WhileReversing bool               // a sale may begin while a reversal waits; else it is refused
}

// TapLimits bound what is taken of a card that is held to the reader.
type TapLimits struct {
	Insert money.Amount // from this amount on the card must be inserted; zero never
	Verify money.Amount // from this amount on the cardholder must be verified; zero always
}

// Register performs the use cases. It may be used by several goroutines at once.
type Register struct {
	cfg  Config
	step func(terminal.State, terminal.Event) (terminal.State, []terminal.Action)

	mu         sync.Mutex
	host       Host
	gateway    wallet.Gateway
	waiting    map[lateKey]till.TxnID          // requests given up by this process, for their late answers
	notices    map[string]chan<- wallet.Notice // by order number, of the orders that run here
	keys       []byte                          // working keys of the session, under the master key
	inStep     map[string]keyStep              // by terminal: whether its keys still are those of the host
	skew       time.Duration                   // of the host's clock against ours at the last sign-on
	parameters *Parameters                     // that the host downloaded, as the session has them; nil before they are read
	tried      map[till.TxnID]time.Duration    // when what is open was last tried, on the monotonic clock
}

type lateKey struct {
	terminal string
	stan     till.STAN
}

// New makes a register.
func New(cfg Config) *Register {
	if cfg.Claims == nil {
		cfg.Claims = NewClaims()
	}
	if cfg.Elapsed == nil {
		start := time.Now()
		cfg.Elapsed = func() time.Duration { return time.Since(start) }
	}
	return &Register{
		cfg:     cfg,
		step:    terminal.Step,
		waiting: map[lateKey]till.TxnID{},
		notices: map[string]chan<- wallet.Notice{},
		inStep:  map[string]keyStep{},
		tried:   map[till.TxnID]time.Duration{},
	}
}

// Close ends the link to the host. The store is its owner's to close.
func (r *Register) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.host == nil {
		return nil
	}
	err := r.host.Close()
	r.host = nil
	return err
}

// Result is what a use case came to.
type Result struct {
	Txn      till.Txn
	Outcome  till.Outcome // as first told: unknown stays unknown, though Txn may be reversed by now
	Replayed bool         // the idempotency key was known: nothing was sent
}

// ready brings the link up, settles what was left open and signs on: everything that
// must stand before something may be owed. What is told of scripts goes out last. It
// returns what was open, as it stands now.
func (r *Register) ready(ctx context.Context) ([]till.Txn, error) {
	if _, err := r.connect(ctx); err != nil {
		return nil, err
	}
	s, err := r.session(ctx)
	if err != nil {
		return nil, err
	}
	open, err := r.resolveDue(ctx, dueOnly)
	if err != nil {
		return nil, err
	}
	if len(open) > 0 { // the terminal may have signed on for it
		if s, err = r.session(ctx); err != nil {
			return nil, err
		}
	}
	if err := r.signOn(ctx, s); err != nil {
		return nil, err
	}
	return open, r.confirmScripts(ctx)
}

// connect gives the link that stands, or makes one.
func (r *Register) connect(ctx context.Context) (Host, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.host != nil {
		return r.host, nil
	}
	dialing, cancel := context.WithTimeout(ctx, r.cfg.DialTimeout)
	defer cancel()
	h, err := r.cfg.Dial(dialing, r.late)
	if err != nil {
		return nil, hostDown(err)
	}
	r.host = h
	return h, nil
}

// exchange sends one request. A link that broke is dropped, so that the next request
// makes a new one. Whatever went wrong, the error is a *till.NoAnswer or a problem
// that arose before anything was sent. A request about a transaction goes out under the
// terminal that began it, which may be another one of the shop whose program is no more.
func (r *Register) exchange(ctx context.Context, q till.Request, timeout time.Duration) (till.Answer, error) {
	h, err := r.connect(ctx)
	if err != nil {
		return till.Answer{}, &till.NoAnswer{Reason: till.ReasonLink, NotSent: true, Cause: err}
	}
	waiting, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if q.Terminal == "" {
		q.Terminal, q.Merchant = r.cfg.Terminal, r.cfg.Merchant
	}
	q.At = r.cfg.Now()
	if q.Keys, err = r.keysOf(ctx, q.Terminal); err != nil {
		return till.Answer{}, &till.NoAnswer{Reason: till.ReasonLink, NotSent: true, Cause: err}
	}
	answer, err := h.Exchange(waiting, q)
	var silence *till.NoAnswer
	if errors.As(err, &silence) && silence.Reason == till.ReasonLink {
		r.drop(h)
	}
	r.keepInStep(ctx, q, answer, err)
	return answer, err
}

// keysOf are the working keys of a terminal: of this one as its session has them, of
// another, whose reversal this register sends, as the store has them.
func (r *Register) keysOf(ctx context.Context, terminal string) ([]byte, error) {
	if terminal != r.cfg.Terminal {
		s, err := r.cfg.Store.Session(ctx, terminal)
		if err != nil {
			return nil, fmt.Errorf("reading the keys of terminal %s: %w", terminal, err)
		}
		return s.Keys, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys, nil
}

func (r *Register) setKeys(keys []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !bytes.Equal(r.keys, keys) {
		step := r.inStep[r.cfg.Terminal]
		step.unproved = 0 // of the keys of before
		r.inStep[r.cfg.Terminal] = step
	}
	r.keys = keys
}

// noteClock keeps how far the host's clock is from ours. Nothing is ordered by either.
func (r *Register) noteClock(host time.Time) {
	if host.IsZero() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skew = host.Sub(r.cfg.Now()).Round(time.Second)
}

// ClockSkew is how far the host's clock was ahead of ours at the last sign-on of this
// register; 0 where the host told no time.
func (r *Register) ClockSkew() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.skew
}

func (r *Register) drop(h Host) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.host == h {
		_ = h.Close() // it is broken already
		r.host = nil
	}
}

// permit refuses, under the lab profile, a card number that is not published for
// testing, before anything of it is kept.
func (r *Register) permit(pan card.PAN) error {
	if !r.cfg.Lab || pan.IsPublishedTest() {
		return nil
	}
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("this card is not a published test card, and the lab profile takes no others", "此卡不是公开的测试卡，实验（lab）模式不受理其他卡").With(),
		Hint: i18n.T("use a published test card; real ones need the live profile, with a host of its own over TLS: till config list", "请使用公开的测试卡；真实卡需要 live 模式及经 TLS 连接的主机：till config list").With(),
	}
}

func hostDown(cause error) error {
	var known *till.Problem
	if errors.As(cause, &known) {
		return cause
	}
	return &till.Problem{
		Code:  till.CodeHostDown,
		What:  i18n.T("the card host cannot be reached; nothing was sent and nothing is owed", "无法连接收单主机；未发送任何数据，没有欠账").With(),
		Hint:  i18n.T("check the address (till config get host.address) and the line, then try again; till doctor tests it", "请检查地址（till config get host.address）和网络后重试；till doctor 可进行检测").With(),
		Cause: cause,
	}
}
