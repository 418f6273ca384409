package register

import (
	"context"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/money"
)

// mayGoOffline reports a transaction that a chip may approve by itself while the host
// cannot be reached: a plain sale within the limits of the shop, which bears the risk. A
// stripe cannot, and neither can cash that is handed out.
func (r *Register) mayGoOffline(ctx context.Context, t till.Txn) (bool, error) {
	b, err := r.bounds(ctx)
	if err != nil {
		return false, err
	}
	limit := b.offline
	return t.Kind == till.Sale && isChip(t.Entry) && t.Cashback.IsZero() && t.Plan == nil &&
		b.limits.OfflineCount > 0 && limit.IsPositive() && limit.Currency() == t.Amount.Currency() && t.Amount.Minor() <= limit.Minor(), nil
}

// goOffline lets the card decide where the host cannot be asked.
func (a *attempt) goOffline(ctx context.Context) error {
	if !a.offline || a.chip.tx.Decision() != emv.GoOnline {
		return nil
	}
	a.chip.tx.Complete(emv.IssuerResult{UnableOnline: true})
	return a.chip.talk(ctx, a.r.cardTimeout())
}

// offlineCode is field 39 of a notice about a card that approved without the host: Y1
// where it did not want to ask, Y3 where it could not (EMV Book 4, annex A6); empty of any
// other card.
func (a *attempt) offlineCode(asked bool) string {
	switch d := a.chip.tx.Decision(); {
	case d == emv.ApprovedOffline && !asked:
		return "Y1"
	case d == emv.ApprovedOffline, d == emv.Approved && asked:
		return "Y3"
	}
	return ""
}

// bounds are the shop's limits, and what one offline sale may be, bounded by those that
// the host downloaded.
type bounds struct {
	limits  till.Limits
	offline money.Amount
}

// setParameters keeps what the host downloaded, as the session has it. It was read whole
// when it came; what cannot be read any more bounds nothing.
func (r *Register) setParameters(text []byte) {
	p, err := ParseParameters(text)
	if err != nil {
		p = Parameters{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parameters = &p
}

// bounds are those that hold now. The session is read where nobody has read it yet, as
// before the first sale without a host.
func (r *Register) bounds(ctx context.Context) (bounds, error) {
	r.mu.Lock()
	known := r.parameters
	r.mu.Unlock()
	if known == nil {
		if _, err := r.session(ctx); err != nil {
			return bounds{}, err
		}
		return r.bounds(ctx)
	}
	b := bounds{limits: known.Bound(r.cfg.Limits), offline: r.cfg.Offline}
	tighten(&b.limits.Batch, r.cfg.Policy.BatchLimit)
	if known.Offline > 0 && known.Offline < b.offline.Minor() {
		b.offline = money.New(known.Offline, b.offline.Currency())
	}
	return b, nil
}

// Limits are the limits that hold now, and the most that one offline sale may be.
func (r *Register) Limits(ctx context.Context) (limits till.Limits, offline money.Amount, err error) {
	b, err := r.bounds(ctx)
	return b.limits, b.offline, err
}
