package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// benchShop is a shop of several tills in a folder of its own, with the host inside the
// program.
type benchShop struct {
	options  *benchOptions
	store    *sqlite.Store
	embedded *embeddedHost
	tills    []*register.Register
	sale     register.Payment
}

// benchTimeout is longer than any disk takes: an answer that is late is no measurement.
const benchTimeout = 30 * time.Second

// openBenchShop opens the shop and has each till sign on and sell once: a line that is
// made and a statement that is compiled are no part of a sale.
func openBenchShop(ctx context.Context, env *Env, o *benchOptions, dir string, tills int) (*benchShop, error) {
	cfg, err := env.Config()
	if err != nil {
		return nil, err
	}
	cfg.Host.Address, cfg.Host.Timeout = "", benchTimeout
	s := &benchShop{options: o, embedded: newEmbeddedHost(env, filepath.Join(dir, hostFolder), cfg)}
	s.embedded.unsynced = !o.durable
	s.sale = register.Payment{Amount: money.New(1250, cfg.Shop.Currency), Tender: till.Card, Entry: till.Entry(o.entry)}
	if err := s.open(ctx, env, cfg, dir, tills); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *benchShop) open(ctx context.Context, env *Env, cfg config.Config, dir string, tills int) (err error) {
	if s.store, err = sqlite.Open(ctx, dir, sqlite.Options{Now: env.Now, Calendar: cfg.Shop.Calendar()}); err != nil {
		return err
	}
	keys, err := vault.Open(dir)
	if err != nil {
		return err
	}
	random, claims := &sharedRandom{from: env.Random}, register.NewClaims()
	for n := range tills {
		reg := register.New(register.Config{
			Store: s.store, Vault: keys, Claims: claims,
			Dial: s.dial(cfg), Reader: s.reader,
			Terminal: fmt.Sprintf("BENCH%03d", n), Merchant: cfg.Merchant.ID,
			Currency: cfg.Shop.Currency, Country: cfg.Shop.Country.Number(), Lab: true,
			HostTimeout: benchTimeout, DialTimeout: benchTimeout,
			Now: env.Now, Random: random,
		})
		s.tills = append(s.tills, reg)
		if err := s.take(ctx, reg); err != nil {
			return err
		}
	}
	return nil
}

func (s *benchShop) dial(cfg config.Config) register.Dialer {
	return func(ctx context.Context, _ func(string, till.STAN, string)) (register.Host, error) {
		profile, err := hostProfile(cfg)
		if err != nil {
			return nil, err
		}
		addr, err := s.embedded.Start(ctx)
		if err != nil {
			return nil, err
		}
		return host.Dial(ctx, host.Config{Addr: addr, Profile: profile})
	}
}

func (s *benchShop) reader(entry till.Entry) (register.Reader, error) {
	if entry == till.Chip {
		return virtual.NewReader(virtual.NewCard(virtual.Visa())), nil
	}
	return virtual.NewStripe(virtual.PlainStripe()), nil
}

// take sells once.
func (s *benchShop) take(ctx context.Context, reg *register.Register) error {
	res, err := reg.Take(ctx, s.sale)
	if err == nil && res.Outcome != till.OutcomeApproved {
		err = fmt.Errorf("transaction %s is %s, want an approved sale", res.Txn.ID, res.Outcome)
	}
	return err
}

// sell has all tills sell at once, as long or as often as was asked for, and gives the
// time that each sale took.
func (s *benchShop) sell(ctx context.Context) ([]time.Duration, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	took, failed := make([][]time.Duration, len(s.tills)), make([]error, len(s.tills))
	deadline := time.Now().Add(time.Duration(s.options.seconds) * time.Second)
	var tills sync.WaitGroup
	for n, reg := range s.tills {
		tills.Go(func() {
			took[n], failed[n] = s.sellBy(ctx, reg, deadline)
			if failed[n] != nil {
				stop() // what the others would measure is of no use
			}
		})
	}
	tills.Wait()
	var all []time.Duration
	for n := range s.tills {
		if failed[n] != nil && !errors.Is(failed[n], context.Canceled) {
			return nil, failed[n]
		}
		all = append(all, took[n]...)
	}
	return all, ctx.Err()
}

// sellBy has one till sell until the deadline, or as often as was asked for.
func (s *benchShop) sellBy(ctx context.Context, reg *register.Register, deadline time.Time) (took []time.Duration, err error) {
	for {
		begun := time.Now()
		if err := s.take(ctx, reg); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
		if s.options.sales > 0 && len(took) == s.options.sales || s.options.sales == 0 && time.Now().After(deadline) {
			return took, nil
		}
	}
}

// Close ends the lines, the host and the store.
func (s *benchShop) Close() error {
	var errs []error
	for _, reg := range s.tills {
		errs = append(errs, reg.Close())
	}
	errs = append(errs, s.embedded.Close())
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}

// sharedRandom lets many tills draw from one source.
type sharedRandom struct {
	mu   sync.Mutex
	from io.Reader
}

// Read implements io.Reader.
func (r *sharedRandom) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from.Read(p)
}
