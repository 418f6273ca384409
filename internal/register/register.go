package register

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// Config is what a register works with. All fields without another word are needed.
type Config struct {
	Store  Store
	Vault  Vault
	Dial   Dialer
	Reader func() (Reader, error)                            // opened when a card is needed
	Wallet func(ctx context.Context) (wallet.Gateway, error) // dialled when a code is to be paid; nil takes none

	Terminal string // field 41, 8 characters
	Merchant string // field 42, 15 characters
	Currency money.Currency
	Country  uint16 // ISO 3166-1 number
	Category string // merchant category code of ISO 18245, four digits; may be empty
	Lab      bool   // refuse card numbers that are not published test numbers

	// NotifyURL is where the gateway may tell of a payment; nil or empty hears nothing,
	// and the till asks a little later. What comes in goes to Register.Notice.
	NotifyURL func() string

	HostTimeout time.Duration                        // how long an answer is awaited
	DialTimeout time.Duration                        // how long a link may take to stand
	Patience    time.Duration                        // how long a shopper may take to pay a code
	After       func(time.Duration) <-chan time.Time // nil is time.After
	Now         func() time.Time
	Random      io.Reader

	Observe func(Observation) // told what happens, in order, while it happens; may be nil
}

// Register performs the use cases. It may be used by several goroutines at once.
type Register struct {
	cfg  Config
	step func(terminal.State, terminal.Event) (terminal.State, []terminal.Action)

	mu      sync.Mutex
	host    Host
	gateway wallet.Gateway
	working map[till.TxnID]bool
	waiting map[lateKey]till.TxnID          // requests given up by this process, for their late answers
	notices map[string]chan<- wallet.Notice // by order number, of the orders that run here
}

type lateKey struct {
	terminal string
	stan     till.STAN
}

// New makes a register.
func New(cfg Config) *Register {
	return &Register{
		cfg:     cfg,
		step:    terminal.Step,
		working: map[till.TxnID]bool{},
		waiting: map[lateKey]till.TxnID{},
		notices: map[string]chan<- wallet.Notice{},
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
// must stand before something may be owed.
func (r *Register) ready(ctx context.Context) error {
	if _, err := r.connect(ctx); err != nil {
		return err
	}
	if _, err := r.Resolve(ctx); err != nil {
		return err
	}
	return r.SignOn(ctx)
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
// that arose before anything was sent.
func (r *Register) exchange(ctx context.Context, q till.Request, timeout time.Duration) (till.Answer, error) {
	h, err := r.connect(ctx)
	if err != nil {
		return till.Answer{}, &till.NoAnswer{Reason: till.ReasonLink, NotSent: true, Cause: err}
	}
	waiting, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	q.Terminal, q.Merchant, q.At = r.cfg.Terminal, r.cfg.Merchant, r.cfg.Now()
	answer, err := h.Exchange(waiting, q)
	var silence *till.NoAnswer
	if errors.As(err, &silence) && silence.Reason == till.ReasonLink {
		r.drop(h)
	}
	return answer, err
}

func (r *Register) drop(h Host) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.host == h {
		_ = h.Close() // it is broken already
		r.host = nil
	}
}

// claim marks a transaction as worked on by this call; false if another call of this
// process is at it.
func (r *Register) claim(id till.TxnID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.working[id] {
		return false
	}
	r.working[id] = true
	return true
}

func (r *Register) release(id till.TxnID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.working, id)
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
