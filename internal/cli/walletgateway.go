package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
	"github.com/tillworks/till/internal/wallet/walletsim"
)

// walletFolder is where the embedded gateway lives within the data folder: its ledger,
// and the key that it shares with the till.
const walletFolder = "wallet"

// shopperTakes is how long the shoppers of the embedded gateway take to pay a code: less
// than the till's first pause.
const shopperTakes = 800 * time.Millisecond

// embeddedGateway is the wallet gateway inside the program, with its shoppers: signed
// HTTP on a port of loopback that the system chooses, its own durable ledger.
type embeddedGateway struct {
	env    *Env
	dir    string
	notice func(wallet.Notice) // takes what the gateway tells unasked
	takes  time.Duration       // how long its shoppers take to pay a code

	transport http.RoundTripper // in the place of HTTP over TCP; nil is that

	mu     sync.Mutex
	sim    *walletsim.Sim
	client *gateway.Client
	ear    *http.Server // hears notifications
	url    string       // of the ear
	stop   context.CancelFunc
	done   chan error
}

func newEmbeddedGateway(env *Env, dir string) *embeddedGateway {
	return &embeddedGateway{env: env, dir: dir, takes: shopperTakes}
}

// Dial starts the gateway on first use and gives a client of it.
func (e *embeddedGateway) Dial(ctx context.Context) (wallet.Gateway, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil {
		return e.client, nil
	}
	keys, err := vault.Open(e.dir)
	if err != nil {
		return nil, err
	}
	sim, err := walletsim.Open(ctx, walletsim.Config{
		Dir: e.dir, Key: keys.TokenKey(), Now: e.env.Now, PayAfter: e.takes,
	})
	if err != nil {
		return nil, err
	}
	if err := e.serve(ctx, sim, keys.TokenKey()); err != nil {
		return nil, errors.Join(err, sim.Close())
	}
	return e.client, nil
}

// serve lets the gateway answer on a port of its own until Close.
func (e *embeddedGateway) serve(ctx context.Context, sim *walletsim.Sim, key []byte) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	client, err := gateway.NewClient(gateway.Config{
		URL: "http://" + l.Addr().String(), Key: key, Now: e.env.Now, Random: e.env.Random, Transport: e.transport,
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if err := e.hear(ctx, key); err != nil {
		return errors.Join(err, l.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.sim, e.client, e.stop, e.done = sim, client, stop, make(chan error, 1)
	go func() { e.done <- sim.Serve(serving, l) }()
	return nil
}

// hear takes the gateway's notifications on another port of loopback. Most tills stand
// where no gateway can reach them; this one shows what it is like where one can.
func (e *embeddedGateway) hear(ctx context.Context, key []byte) error {
	receiver, err := gateway.NewReceiver(key, e.env.Now, e.notice, nil)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.url = "http://" + l.Addr().String() + "/"
	e.ear = &http.Server{Handler: receiver, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = e.ear.Serve(l) }() // ends with http.ErrServerClosed, by Close
	return nil
}

// NotifyURL is where the gateway may tell of a payment.
func (e *embeddedGateway) NotifyURL() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.url
}

// Close stops serving and closes the ledger.
func (e *embeddedGateway) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sim == nil {
		return nil
	}
	e.client.CloseIdleConnections()
	e.stop()
	err := errors.Join(<-e.done, e.ear.Close(), e.sim.Close())
	e.sim, e.client = nil, nil
	return err
}

// walletDialer is how the register reaches the wallet gateway; nil where there is none.
func (s *shop) walletDialer() func(context.Context) (wallet.Gateway, error) {
	if s.wallets == nil {
		return nil
	}
	return s.wallets.Dial
}

func (s *shop) notifyURL() string {
	if s.wallets == nil {
		return ""
	}
	return s.wallets.NotifyURL()
}
