package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/internal/wallet/walletsim"
)

// checkStore opens the store, which checks its settings and the newest rows of its
// journal, and looks for transactions that are still open.
func checkStore(ctx context.Context, env *Env) finding {
	dir, err := env.DataDir()
	if err != nil {
		return failing(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "till.db")); errors.Is(err, fs.ErrNotExist) {
		return finding{health: healthOK, what: i18n.T("none yet, made by the first sale", "尚无，将在第一笔交易时创建").With()}
	}
	s, err := sqlite.Open(ctx, dir, sqlite.Options{Now: env.Now})
	if err != nil {
		return failing(err)
	}
	defer func() { _ = s.Close() }()
	open, err := s.Txns(ctx, till.Filter{States: []till.State{till.Intent, till.Reversing, till.Exception, till.Advice}})
	switch {
	case err != nil:
		return failing(err)
	case len(open) > 0:
		return finding{
			healthWarn, i18n.T("%d transactions are open, the newest %s", "有 %d 笔未决交易，最近一笔为 %s").With(len(open), open[0].ID),
			i18n.T("till txn resolve works on them", "till txn resolve 可进行处理").With(),
		}
	}
	return finding{health: healthOK, what: i18n.T("%s, nothing is open", "%s，无未决交易").With(s.Path())}
}

// checkHost dials the configured host, or reads the whole ledger of the embedded one.
func checkHost(ctx context.Context, env *Env) finding {
	cfg, err := env.Config()
	if err != nil {
		return failing(err)
	}
	if cfg.Host.IsEmbedded() {
		return checkEmbedded(ctx, env)
	}
	profile, err := hostProfile(cfg)
	if err != nil {
		return failing(err)
	}
	dialing, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	l, err := host.Dial(dialing, host.Config{Addr: cfg.Host.Address, Profile: profile})
	if err != nil {
		return failing(err)
	}
	_ = l.Close() // nothing was sent
	return finding{health: healthOK, what: i18n.T("%s takes connections, profile %s", "%s 可连接，规范 %s").With(cfg.Host.Address, profile.Name)}
}

func checkEmbedded(ctx context.Context, env *Env) finding {
	dir, err := env.DataDir()
	if err != nil {
		return failing(err)
	}
	dir = filepath.Join(dir, hostFolder)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return finding{health: healthOK, what: i18n.T("embedded, founded by the first sale", "内置主机，将在第一笔交易时建立").With()}
	}
	h, err := hostsim.Open(ctx, hostsim.Config{Dir: dir, Now: env.Now, Random: env.Random})
	if err != nil {
		return failing(err)
	}
	defer func() { _ = h.Close() }()
	rows, err := h.Verify(ctx)
	if err != nil {
		return failing(err)
	}
	return finding{health: healthOK, what: i18n.T("embedded, its ledger of %d rows is sound", "内置主机，账目 %d 行，完好").With(rows)}
}

// checkWallet reads the whole ledger of the embedded wallet gateway.
func checkWallet(ctx context.Context, env *Env) finding {
	cfg, err := env.Config()
	if err != nil {
		return failing(err)
	}
	if cfg.Profile == config.Live {
		return finding{
			healthWarn, i18n.T("none is set up: payments by code are refused", "未设置：不受理扫码付款").With(),
			i18n.T("take cards and cash, or use the lab profile to try codes", "请使用银行卡或现金，或在 lab 模式下试用扫码").With(),
		}
	}
	dir, err := env.DataDir()
	if err != nil {
		return failing(err)
	}
	dir = filepath.Join(dir, walletFolder)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return finding{health: healthOK, what: i18n.T("embedded, founded by the first payment by code", "内置网关，将在第一笔扫码付款时建立").With()}
	}
	keys, err := vault.Open(dir)
	if err != nil {
		return failing(err)
	}
	w, err := walletsim.Open(ctx, walletsim.Config{Dir: dir, Key: keys.TokenKey(), Now: env.Now})
	if err != nil {
		return failing(err)
	}
	defer func() { _ = w.Close() }()
	rows, err := w.Verify(ctx)
	if err != nil {
		return failing(err)
	}
	return finding{health: healthOK, what: i18n.T("embedded, its ledger of %d rows is sound", "内置网关，账目 %d 行，完好").With(rows)}
}
