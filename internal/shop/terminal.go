package shop

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Balance asks what a card holds.
func (s *Shop) Balance(ctx context.Context, entry till.Entry) (register.Balance, error) {
	if _, err := s.authorize(ctx, till.MaySell, nil, ""); err != nil {
		return register.Balance{}, err
	}
	return s.cfg.Register.Balance(ctx, entry)
}

// TerminalStatus is how a terminal stands with its host, without a word to it.
type TerminalStatus struct {
	Session    till.Session
	Limits     till.Limits  // that hold: the shop's, tightened by the host's
	Offline    money.Amount // the most that one offline sale may be
	Reversals  []till.Txn   // that the host has not acknowledged
	Notices    []till.Txn   // that the host is still to be told of, offline sales among them
	Exceptions []till.Txn   // that wait for a manager
	Scripts    int          // results of issuer scripts that the host is to be told of
}

// OfflineWaiting are the count and the sum of the offline sales among the notices.
func (t TerminalStatus) OfflineWaiting() (n int, minor int64) {
	for _, x := range t.Notices {
		if x.Notice == till.NoticeOffline {
			n, minor = n+1, minor+x.Amount.Minor()
		}
	}
	return n, minor
}

// TerminalStatus tells how this terminal stands.
func (s *Shop) TerminalStatus(ctx context.Context) (TerminalStatus, error) {
	var st TerminalStatus
	if _, err := s.authorize(ctx, till.MayReadTxns, nil, ""); err != nil {
		return st, err
	}
	var err error
	if st.Session, err = s.cfg.Store.Session(ctx, s.cfg.Terminal); err != nil {
		return st, err
	}
	if st.Limits, st.Offline, err = s.cfg.Register.Limits(ctx); err != nil {
		return st, err
	}
	scripts, err := s.cfg.Store.Confirmations(ctx, s.cfg.Terminal)
	if err != nil {
		return st, err
	}
	st.Scripts = len(scripts)
	open, err := s.cfg.Store.Txns(ctx, till.Filter{States: []till.State{till.Intent, till.Reversing, till.Advice, till.Exception}})
	for _, t := range open {
		switch {
		case t.Terminal != s.cfg.Terminal || t.Tender != till.Card:
		case t.State == till.Advice:
			st.Notices = append(st.Notices, t)
		case t.State == till.Exception:
			st.Exceptions = append(st.Exceptions, t)
		default:
			st.Reversals = append(st.Reversals, t)
		}
	}
	return st, err
}

// TerminalSignOn signs the terminal on, again where it is already, and tells how far the
// host's clock is ahead.
func (s *Shop) TerminalSignOn(ctx context.Context) (till.Session, time.Duration, error) {
	if _, err := s.authorize(ctx, till.MayReadTxns, nil, ""); err != nil {
		return till.Session{}, 0, err
	}
	if err := s.cfg.Register.SignOnAgain(ctx); err != nil {
		return till.Session{}, 0, err
	}
	session, err := s.cfg.Store.Session(ctx, s.cfg.Terminal)
	return session, s.cfg.Register.ClockSkew(), err
}

// TerminalSignOff signs the terminal off; the next message signs it on again.
func (s *Shop) TerminalSignOff(ctx context.Context) (till.Session, error) {
	if _, err := s.authorize(ctx, till.MayResolve, nil, ""); err != nil {
		return till.Session{}, err
	}
	if err := s.cfg.Register.SignOff(ctx); err != nil {
		return till.Session{}, err
	}
	return s.cfg.Store.Session(ctx, s.cfg.Terminal)
}

// TerminalEcho asks the host for a sign of life.
func (s *Shop) TerminalEcho(ctx context.Context) (till.Answer, error) {
	if _, err := s.authorize(ctx, till.MayReadTxns, nil, ""); err != nil {
		return till.Answer{}, err
	}
	return s.cfg.Register.Echo(ctx)
}

// TerminalDownload fetches the parameters that the host keeps for the terminal, and tells
// how many parts they had.
func (s *Shop) TerminalDownload(ctx context.Context) (parts int, err error) {
	if _, err := s.authorize(ctx, till.MayResolve, nil, ""); err != nil {
		return 0, err
	}
	return s.cfg.Register.Download(ctx)
}
