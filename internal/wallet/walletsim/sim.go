package walletsim

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/ledger"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet/gateway"
)

// Config says where a gateway lives and how it behaves. Dir and Key must be set;
// everything else may be left zero.
type Config struct {
	Dir    string           // the folder of wallet.db; made where it is missing
	Key    []byte           // the key that it shares with the till, gateway.MinKey bytes or more
	Now    func() time.Time // decides when a shopper has paid and what is too old; nil is time.Now
	Random io.Reader        // of nonces; nil is the system's source

	Rules     []Rule        // nil is Rules(); an empty slice lets everything be paid
	PayAfter  time.Duration // how long a shopper takes to pay a code that is shown; 0 is 1.5 seconds
	LateBy    time.Duration // how late a late notification is; 0 is 3 seconds
	SilentFor time.Duration // how long a while without answers is; 0 is 5 seconds

	// Unsynced does not wait for the disk; for tests alone, see ledger.Kind.
	Unsynced bool

	// Report gets what went wrong where no answer can tell: a ledger that cannot be
	// read, a message that is refused, a notification that nobody takes. No error holds
	// anything of a message. It is called from many goroutines; nil drops them.
	Report func(error)
}

// Sim is a wallet gateway with its wallets. It is safe for concurrent use, and several of
// them, in one process or many, may stand on one folder.
type Sim struct {
	ledger    *ledger.File
	key       gateway.Key
	guard     *gateway.Guard
	now       func() time.Time
	random    io.Reader
	rules     []Rule
	payAfter  time.Duration
	lateBy    time.Duration
	silentFor time.Duration
	report    func(error)
	wake      chan struct{} // something may be due earlier than was thought
	http      *http.Client  // of notifications
}

// Open opens the gateway on its folder, or founds it there. A ledger that cannot be used
// is a *till.Problem of till.CodeStore.
func Open(ctx context.Context, cfg Config) (*Sim, error) {
	key, err := gateway.NewKey(cfg.Key)
	if err != nil {
		return nil, err
	}
	s := &Sim{
		key: key, now: cfg.Now, random: cfg.Random, rules: slices.Clone(cfg.Rules), payAfter: cfg.PayAfter,
		lateBy: cfg.LateBy, silentFor: cfg.SilentFor, report: cfg.Report, wake: make(chan struct{}, 1),
	}
	s.fill()
	s.guard, s.http = gateway.NewGuard(key, s.now), newMessenger()
	s.ledger, err = openBooks(ctx, cfg)
	return s, err
}

// fill sets what the configuration left zero.
func (s *Sim) fill() {
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	s.random = &lockedReader{r: s.random}
	if s.rules == nil {
		s.rules = Rules()
	}
	s.payAfter = orDefault(s.payAfter, 1500*time.Millisecond)
	s.lateBy = orDefault(s.lateBy, 3*time.Second)
	s.silentFor = orDefault(s.silentFor, 5*time.Second)
	if s.report == nil {
		s.report = func(error) {}
	}
}

func orDefault(d, whenZero time.Duration) time.Duration {
	if d == 0 {
		return whenZero
	}
	return d
}

// Close closes the ledger. Serve must have returned.
func (s *Sim) Close() error {
	s.http.CloseIdleConnections()
	return s.ledger.Close()
}

// Serve answers the tills that connect to ln, lets shoppers pay and sends notifications,
// until ctx ends; then it closes ln. It speaks in clear, so ln must be on the loopback.
// What is due and not sent when ctx ends is sent by the next Serve on the folder.
func (s *Sim) Serve(ctx context.Context, ln net.Listener) error {
	if !isLocal(ln.Addr()) {
		_ = ln.Close()
		return notLocal(ln.Addr())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // broken connections; what matters is reported
	}
	var tasks sync.WaitGroup
	tasks.Go(func() { s.work(ctx) })
	tasks.Go(func() { shutDown(ctx, server) })
	err := server.Serve(ln)
	stop()
	tasks.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// shutDown waits for the end of ctx and lets the answers go out that are on their way.
func shutDown(ctx context.Context, server *http.Server) {
	<-ctx.Done()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(patience) != nil {
		_ = server.Close() // a till that never ends its request is left
	}
}

func isLocal(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func notLocal(a net.Addr) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the simulated wallet gateway speaks in clear and cannot listen on %s", "模拟钱包网关以明文通信，不能监听 %s").With(a.String()),
		Hint: i18n.T("let it listen on 127.0.0.1", "请让其监听 127.0.0.1").With(),
	}
}

// lockedReader lets many goroutines draw from one source.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

// Read implements io.Reader.
func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}
