package cli

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// embeddedHost is the card host inside the program: the same simulator that
// till host serve runs, on a port of loopback that the system chooses, with its own
// durable ledger, so that two commands on one data folder meet the same host.
type embeddedHost struct {
	env *Env
	dir string
	cfg config.Config

	unsynced bool // answers without waiting for the disk

	mu   sync.Mutex
	sim  *hostsim.Host
	addr string
	stop context.CancelFunc
	done chan error
}

func newEmbeddedHost(env *Env, dir string, cfg config.Config) *embeddedHost {
	return &embeddedHost{env: env, dir: dir, cfg: cfg}
}

// Start starts the host on first use and gives its address.
func (e *embeddedHost) Start(ctx context.Context) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.addr != "" {
		return e.addr, nil
	}
	profile, err := hostProfile(e.cfg)
	if err != nil {
		return "", err
	}
	framing, err := profile.Wire()
	if err != nil {
		return "", err
	}
	sim, err := hostsim.Open(ctx, hostsim.Config{Dir: e.dir, Now: e.env.Now, Random: e.env.Random, Master: profile.Master(), LateBy: lateBy(e.cfg.Host.Timeout), Unsynced: e.unsynced})
	if err != nil {
		return "", err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", errors.Join(err, sim.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.sim, e.addr, e.stop, e.done = sim, l.Addr().String(), stop, make(chan error, 1)
	go func() { e.done <- sim.Serve(serving, l, profile.Spec, framing) }()
	return e.addr, nil
}

// lateBy is when an answer comes that the lab makes late: after the till has given up.
func lateBy(timeout time.Duration) time.Duration { return timeout + timeout/4 }

// Close stops serving and closes the ledger.
func (e *embeddedHost) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.sim == nil {
		return nil
	}
	e.stop()
	err := errors.Join(<-e.done, e.sim.Close())
	e.sim, e.addr = nil, ""
	return err
}

// SettlementFile is what the closing of a batch has left for the shop to fetch.
func (e *embeddedHost) SettlementFile(terminal string, batch int) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sim.SettlementFile(terminal, batch)
}

// Totals are the host's own totals of a terminal's batch.
func (e *embeddedHost) Totals(ctx context.Context, terminal string, batch int) (till.Totals, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sim.Totals(ctx, terminal, batch)
}

// warn tells a person what the host has to say beside its answers.
func (e *Env) warn(err error) {
	e.Note(i18n.T("host: %s", "主机：%s").With(err.Error()))
}
