package cli

import (
	"context"

	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/pkg/reports"
)

// reportNext tells the next useful command: where nothing was sold in the period, when
// something was; beside a table that a person looks at, how to see more of it.
func (e *Env) reportNext(ctx context.Context, s *shop, o *reportOptions, t *reports.Table) error {
	if t.IsEmpty() && o.name != management.ReportLoyalty && o.name != management.ReportDiscounts {
		return e.noteLastSold(ctx, s, o.name)
	}
	if !t.IsEmpty() && o.out.IsText() && e.Out.Terminal && e.Err.Terminal && t.Chart != reports.HeatChart && o.compare == "" {
		e.Note(i18n.T("beside the period before: till report %s --compare prev; as a page: -o %s.html", "环比：till report %s --compare prev；输出网页：-o %s.html").With(o.name, o.name))
	}
	return nil
}

// noteLastSold says where to look.
func (e *Env) noteLastSold(ctx context.Context, s *shop, name management.ReportName) error {
	last, err := s.shop.LastSold(ctx)
	if err != nil {
		return err
	}
	if last == 0 {
		e.Note(i18n.T("nothing was ever sold here: till sell sells, till pay takes an amount", "尚无任何销售：till sell 销售商品，till pay 收取金额").With())
		return nil
	}
	e.Note(i18n.T("the last sales were on %s: till report %s --period %s", "最近一次销售在 %s：till report %s --period %s").With(last, name, last.String()[:len("2026-03")]))
	return nil
}
