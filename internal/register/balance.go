package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Balance is what a card holds, as its issuer says.
type Balance struct {
	Available    money.Amount
	Card         *till.CardSummary
	ResponseCode string
}

// Balance asks what a card holds. Nothing is owed by the question: it is in no journal,
// and an answer that does not come is asked for again.
func (r *Register) Balance(ctx context.Context, entry till.Entry) (Balance, error) {
	if _, err := r.ready(ctx); err != nil {
		return Balance{}, err
	}
	stan, err := r.cfg.Store.NextSTAN(ctx, r.cfg.Terminal)
	if err != nil {
		return Balance{}, fmt.Errorf("reserving a trace number: %w", err)
	}
	s, err := r.session(ctx)
	if err != nil {
		return Balance{}, err
	}
	t, err := r.draft(till.Sale, "", money.New(0, r.cfg.Currency))
	if err != nil {
		return Balance{}, err
	}
	t.Tender, t.Entry, t.STAN, t.Batch = till.Card, entry, stan, s.Batch
	a := &attempt{r: r}
	defer a.endCard()
	events, err := a.readCard(ctx, terminal.State{Phase: terminal.Reading, Txn: t})
	if err != nil {
		return Balance{}, err
	}
	read, ok := events[0].(terminal.CardRead)
	if !ok || read.Declined {
		return Balance{}, &till.Problem{
			Code: till.CodeDeclined,
			What: i18n.T("the card refused the balance inquiry", "卡片拒绝余额查询").With(),
			Hint: i18n.T("try its stripe (--entry fallback), or ask for another card", "请尝试磁条（--entry fallback），或换一张卡").With(),
		}
	}
	answer, err := r.exchange(ctx, till.Request{Op: till.OpBalance, STAN: stan, Batch: s.Batch, Txn: t, Card: read.Card}, r.cfg.HostTimeout)
	if err != nil {
		return Balance{}, hostDown(err)
	}
	if !answer.Approved {
		return Balance{}, &till.Problem{
			Code: till.CodeDeclined,
			What: i18n.T("the issuer refused the balance inquiry with response code %s", "发卡行以应答码 %s 拒绝余额查询").With(answer.ResponseCode),
			Hint: i18n.T("till iso explain tells response codes in words; ask for another card", "till iso explain 可解释应答码；请换一张卡").With(),
		}
	}
	return Balance{Available: answer.Available, Card: read.Card.Summary(r.cfg.Vault.TokenKey()), ResponseCode: answer.ResponseCode}, nil
}
