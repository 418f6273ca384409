package register

import (
	"context"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// Decide ends an exception by a manager's word, or has its message sent again. Who may is
// asked before; the reason must not be empty, and both stand in the journal. With what was
// posted goes the host's reference number, if the acquirer told it: without one a refund or
// tip cannot name the transaction at a host that finds it by that.
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
	if err := checkReference(t, d); err != nil {
		return t, err
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

// referenceLength is that of field 37, letters and digits (ISO 8583:1987, table 4).
const referenceLength = 12

// checkReference holds a reference number against the transaction that it is said of.
func checkReference(t till.Txn, d till.Resolution) error {
	switch {
	case d.RRN == "":
	case d.As != till.ResolvedPosted:
		return termsProblem(
			i18n.T("a reference number is of what the host has posted", "参考号只用于主机已入账的交易").With(),
			i18n.T("leave --rrn out, or say posted", "请去掉 --rrn，或裁定为 posted").With())
	case t.RRN != "" && t.RRN != d.RRN:
		return termsProblem(
			i18n.T("the host gave %s the reference number %s, not %s", "主机给 %s 的参考号是 %s，不是 %s").With(t.ID, t.RRN, d.RRN),
			i18n.T("ask the acquirer about that number; leave --rrn out to keep it", "请按该参考号向收单机构核实；去掉 --rrn 则保留该号").With())
	case len(d.RRN) != referenceLength || strings.Trim(d.RRN, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return termsProblem(
			i18n.T("reference number %q: want twelve digits or capital letters, as the acquirer has it", "参考号 %q 无效：应为收单机构提供的十二位数字或大写字母").With(d.RRN),
			i18n.T("ask the acquirer for field 37 of its answer, or leave --rrn out", "请向收单机构索取其应答的第 37 域，或去掉 --rrn").With())
	}
	return nil
}
