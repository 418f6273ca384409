package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/money"
)

// shop is the parts that a command works with, opened on one data folder.
type shop struct {
	cfg      config.Config
	dir      string
	store    *sqlite.Store
	register *register.Register
	shop     *management.Shop
	embedded *embeddedHost    // nil where another host is configured
	wallets  *embeddedGateway // nil where real money is at stake
	profile  host.Profile
	policy   register.Policy
	devices  devices    // opened when a card was needed
	trace    *cardTrace // nil where nothing is recorded
}

// hostFolder is where the embedded host lives within the data folder.
const hostFolder = "host"

// shopOptions is what a command changes of the configured shop.
type shopOptions struct {
	dir      string                                                       // "" is the data folder of the user
	embedded bool                                                         // the embedded host, whatever is configured
	timeout  time.Duration                                                // of the host; 0 is the configured one
	entry    till.Entry                                                   // how the card of this command is read
	track    string                                                       // file with track 2 of a card to swipe, "-" is stdin; "" is the reader
	choose   func(context.Context, []emv.Candidate) int                   // asks for an application of the card; nil takes its first
	pinPad   register.PINPad                                              // where a cardholder enters a PIN for the card; may be nil
	keyed    func(context.Context) (till.CardData, error)                 // takes a card that is not read; may be nil
	part     func(ctx context.Context, approved, asked money.Amount) bool // asks whether to pay a part; nil wants the whole or nothing
	tap      func(link.Direction, []byte)                                 // sees messages in clear; may be nil
	observe  func(register.Observation)                                   // may be nil
	trace    string                                                       // file that the conversation with the card is written to; "" is none
}

// openShop opens the store and makes the register. Nothing is dialled and no reader is
// touched before a use case needs it.
func openShop(ctx context.Context, env *Env, o shopOptions) (*shop, error) {
	cfg, err := env.Config()
	if err != nil {
		return nil, err
	}
	s := &shop{cfg: cfg, dir: o.dir}
	if s.profile, err = host.Load(cfg.Host.Profile); err != nil {
		return nil, err
	}
	s.policy = policyOf(s.profile, cfg)
	if s.dir == "" {
		if s.dir, err = env.DataDir(); err != nil {
			return nil, err
		}
	}
	if s.store, err = sqlite.Open(ctx, s.dir, sqlite.Options{Now: env.Now, Calendar: cfg.Shop.Calendar(), Stock: cfg.Stock}); err != nil {
		return nil, err
	}
	keys, err := vault.Open(s.dir)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.trace, err = createTrace(env, o.trace); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.chooseHost(env, o)
	if cfg.Profile == config.Lab {
		s.wallets = newEmbeddedGateway(env, filepath.Join(s.dir, walletFolder))
	}
	s.register = register.New(register.Config{
		Store: s.store, Vault: keys,
		Dial:   s.dialer(o.tap),
		PINPad: o.pinPad, Choose: o.choose, Keyed: o.keyed, Part: o.part,
		Policy: s.policy, Limits: limitsOf(cfg), Offline: cfg.Limits.OfflineAmount,
		Wallet: s.walletDialer(), NotifyURL: s.notifyURL, Patience: cfg.Wallet.Patience,
		Reader:   func(e till.Entry) (register.Reader, error) { return s.reader(ctx, env, o, e) },
		Terminal: cfg.Terminal.ID, Merchant: cfg.Merchant.ID,
		Currency: cfg.Shop.Currency, Country: cfg.Shop.Country.Number(), Category: cfg.Merchant.Category,
		CAKeys:      func() (*oda.Keys, error) { return schemeKeys(cfg) },
		Tap:         register.TapLimits{Insert: cfg.Tap.Insert, Verify: cfg.Tap.Verify},
		Lab:         cfg.Profile == config.Lab,
		HostTimeout: s.hostTimeout(o), DialTimeout: min(s.hostTimeout(o), 5*time.Second),
		Now:    func() time.Time { return env.Now().In(cfg.Shop.Timezone) },
		Random: env.Random, Observe: o.observe,
	})
	if s.wallets != nil {
		s.wallets.notice = s.register.Notice
	}
	s.shop = s.management(env, keys)
	return s, nil
}

// withShop opens the shop as it is configured, for one use case, and closes it again.
func withShop(ctx context.Context, env *Env, do func(*shop) error) error {
	return withShopAs(ctx, env, shopOptions{}, do)
}

// withShopAs is withShop of a shop that the command changes something of.
func withShopAs(ctx context.Context, env *Env, o shopOptions, do func(*shop) error) (err error) {
	s, err := openShop(ctx, env, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(s)
}

// actAndShow opens the shop for one act and shows what came of it.
func actAndShow[O, T any](ctx context.Context, env *Env, o *O, show func(*Env, *O, T) error, act func(*shop) (T, error)) error {
	return withShop(ctx, env, func(s *shop) error {
		done, err := act(s)
		if err != nil {
			return err
		}
		return show(env, o, done)
	})
}

// management makes the use cases around the register.
func (s *shop) management(env *Env, keys *vault.Vault) *management.Shop {
	return management.New(management.Config{
		Store: s.store, Register: s.register,
		Pepper:   func() ([]byte, error) { return keys.Pepper(), nil },
		Terminal: s.cfg.Terminal.ID, Currency: s.cfg.Shop.Currency, Calendar: s.cfg.Shop.Calendar(),
		Tax: s.cfg.TaxRules(nil), Loyalty: s.cfg.Loyalty, Stock: s.cfg.Stock, DrawerLimit: s.cfg.Cash.Limit,
		Now:    func() time.Time { return env.Now().In(s.cfg.Shop.Timezone) },
		Random: env.Random,
	})
}

// Close gives everything back, in the reverse order of opening.
func (s *shop) Close() error {
	var errs []error
	if s.register != nil {
		errs = append(errs, s.register.Close())
	}
	errs = append(errs, s.devices.Close())
	s.trace.Close()
	if s.embedded != nil {
		errs = append(errs, s.embedded.Close())
	}
	if s.wallets != nil {
		errs = append(errs, s.wallets.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}

func (s *shop) hostTimeout(o shopOptions) time.Duration {
	if o.timeout > 0 {
		return o.timeout
	}
	return s.cfg.Host.Timeout
}

// chooseHost prepares the embedded host where no other is asked for.
func (s *shop) chooseHost(env *Env, o shopOptions) {
	if o.embedded {
		s.cfg.Host.Address = ""
	}
	s.cfg.Host.Timeout = s.hostTimeout(o)
	if s.cfg.Host.IsEmbedded() {
		s.embedded = newEmbeddedHost(env, filepath.Join(s.dir, hostFolder), s.cfg)
	}
}

// dialer starts the embedded host if it is the one, and dials.
func (s *shop) dialer(tap func(link.Direction, []byte)) register.Dialer {
	return func(ctx context.Context, late func(string, till.STAN, string)) (register.Host, error) {
		addr := s.cfg.Host.Address
		if s.embedded != nil {
			var err error
			if addr, err = s.embedded.Start(ctx); err != nil {
				return nil, err
			}
		}
		profile, err := withMasterKey(s.profile, s.cfg) // only now: who reads a report needs no key
		if err != nil {
			return nil, err
		}
		return host.Dial(ctx, host.Config{
			Addr: addr, Profile: profile, Tap: tap, TLS: s.tls(),
			Late: func(a host.LateAnswer) { late(a.Terminal, a.STAN, a.ResponseCode) },
		})
	}
}

// tls is what the line to the host is wrapped in. Real cards never travel in clear; the
// lab's published numbers may.
func (s *shop) tls() *tls.Config {
	if s.cfg.Profile != config.Live {
		return nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12}
}

// work tries what waits for the host again whenever it is due, until stop is called: for
// commands that stay. What goes wrong there the next use case meets and tells.
func (s *shop) work(ctx context.Context) (stop func()) {
	working, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.register.Work(working)
	}()
	return func() { cancel(); <-done }
}

// findTxn reads a transaction by its id in either case; "last" is the newest.
func (s *shop) findTxn(ctx context.Context, name string) (till.Txn, error) {
	if name != "last" {
		return s.store.Txn(ctx, till.TxnID(strings.ToUpper(name)))
	}
	newest, err := s.store.Txns(ctx, till.Filter{Limit: 1})
	if err != nil {
		return till.Txn{}, err
	}
	if len(newest) == 0 {
		return till.Txn{}, &till.Problem{
			Code: till.CodeNotFound,
			What: i18n.T("there is no transaction yet", "尚无任何交易").With(),
			Hint: i18n.T("till pay 12.50 takes the first", "till pay 12.50 可进行第一笔交易").With(),
		}
	}
	return newest[0], nil
}
