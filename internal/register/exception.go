package register

import (
	"context"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// Decide ends an exception by a manager's word, or has its message sent again. Who may is
// asked before; the reason must not be empty, and both stand in the journal.
func (r *Register) Decide(ctx context.Context, id till.TxnID, d till.Resolution) (till.Txn, error) {
	t, err := r.cfg.Store.Txn(ctx, id)
	if err != nil {
		return t, err
	}
	if t.State != till.Exception {
		return t, &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("%s is no exception: it is %s", "%s 不是异常交易：%s").With(t.ID, t.OutcomeText()),
			Hint: i18n.T("till txn exceptions lists those that wait for a manager", "till txn exceptions 可列出等待主管处理的交易").With(),
		}
	}
	if d.Reason == "" {
		return t, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("an exception is ended with a reason", "处理异常交易须说明原因").With(),
			Hint: i18n.T("say what you found out at the acquirer: --reason TEXT", "请说明向收单机构核实的结果：--reason 文字").With(),
		}
	}
	d.At = r.cfg.Now()
	if d.As == till.ResolvedRetry {
		if _, err := r.ready(ctx); err != nil {
			return t, err
		}
	}
	if !r.cfg.Claims.claim(id) {
		return t, &till.Problem{
			Code: till.CodePending,
			What: i18n.T("%s is being worked on at another till of this program; nothing was decided", "%s 正由本程序的另一终端处理；未作裁定").With(id),
			Hint: i18n.T("look again in a moment: till txn exceptions", "请稍后再看：till txn exceptions").With(),
		}
	}
	defer r.cfg.Claims.release(id)
	a := &attempt{r: r}
	if a.original, a.undoes, err = r.originalsOf(ctx, t); err != nil {
		return t, err
	}
	s, err := a.run(ctx, terminal.Resume(t), terminal.Decided{Resolution: d})
	return s.Txn, err
}
