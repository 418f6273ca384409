package cart

import (
	"fmt"
	"slices"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/loyalty"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Return prices what comes back of a finished sale, given the returns of it so far; voided
// and canceled ones count for nothing. Without lines everything that is left comes back.
// The return is open and names the sale by its Original and each sold line by its Origin;
// the points it takes back are its Earned, those it gives back its Redeemed. Goods that
// cannot be sold again are not Tracked. When, where and by whom is for the caller to add.
//
// The error is a *till.Problem that names the sold line, or wraps ErrSums where the sale or
// its returns do not add up.
func Return(sold till.Ticket, returned []till.Ticket, ret till.BasketReturn) (till.Ticket, error) {
	r, err := newReturning(sold, returned, ret)
	if err != nil {
		return till.Ticket{}, err
	}
	t := till.Ticket{
		Kind: till.TicketReturn, State: till.TicketOpen, Member: sold.Member, Inclusive: sold.Inclusive,
		Original: sold.ID, Reason: ret.Reason,
	}
	wanted, err := r.wanted(ret.Lines)
	if err != nil {
		return till.Ticket{}, err
	}
	for i, p := range wanted {
		line := p.line(sold.Inclusive)
		line.N, line.Tracked = i+1, line.Tracked && !ret.NoStock
		t.Lines = append(t.Lines, line)
	}
	total(&t, taxesOf(t.Lines), sold.Total.Currency())
	r.reverse(&t)
	return t, Check(t)
}

// returning is a sale with what has come back of it.
type returning struct {
	sold till.Ticket
	back []till.Ticket // the returns that stand
}

func newReturning(sold till.Ticket, returned []till.Ticket, ret till.BasketReturn) (*returning, error) {
	switch {
	case sold.Kind != till.TicketSale:
		return nil, refuse(till.CodeNotPermitted, i18n.T("%s is no sale", "%s 不是销售小票").With(sold.ID),
			i18n.T("name the sale whose goods come back", "请指定所退商品的销售小票").With())
	case sold.State != till.TicketDone:
		return nil, refuse(till.CodeNotPermitted, i18n.T("the sale %s is %s, want DONE", "销售 %s 的状态为 %s，应为 DONE").With(sold.ID, sold.State),
			i18n.T("only goods that were paid come back", "只有已付款的商品可以退货").With())
	case ret.Original != "" && ret.Original != sold.ID:
		return nil, fmt.Errorf("returning goods of %s with the sale %s", ret.Original, sold.ID)
	}
	if err := Check(sold); err != nil {
		return nil, fmt.Errorf("sale %s: %w", sold.ID, err)
	}
	r := &returning{sold: sold}
	for _, t := range returned {
		if t.Original != sold.ID || t.Kind != till.TicketReturn {
			return nil, fmt.Errorf("%s is no return of %s", t.ID, sold.ID)
		}
		if t.State != till.TicketVoided && t.State != till.TicketCanceled {
			r.back = append(r.back, t)
		}
	}
	return r, nil
}

// wanted are the pieces that come back: those asked for, or all that is left.
func (r *returning) wanted(lines []till.BasketReturnLine) ([]*piece, error) {
	var pieces []*piece
	for _, l := range lines {
		p, err := r.piece(l)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(pieces, func(o *piece) bool { return o.sold.N == l.Line }) {
			return nil, atLine(p.sold, refuse(till.CodeUsage, i18n.T("it is named twice", "重复出现").With(),
				i18n.T("name it once, with all that comes back of it", "请只写一次，并填写全部退回数量").With()))
		}
		pieces = append(pieces, p)
	}
	if len(lines) == 0 {
		pieces = r.rest()
	}
	if len(pieces) == 0 {
		return nil, refuse(till.CodeNotPermitted, i18n.T("everything of %s has come back already", "%s 的商品已全部退回").With(r.sold.ID),
			i18n.T("the sale and its returns: till sale show %s", "该销售及其退货：till sale show %s").With(r.sold.ID))
	}
	return pieces, nil
}

// rest is all that has not come back.
func (r *returning) rest() []*piece {
	var pieces []*piece
	for _, l := range r.sold.Lines {
		if p := r.begin(l); p.before < l.Quantity {
			p.now = l.Quantity - p.before
			pieces = append(pieces, p)
		}
	}
	return pieces
}

// piece is what is asked for of one line.
func (r *returning) piece(l till.BasketReturnLine) (*piece, error) {
	if l.Line < 1 || l.Line > len(r.sold.Lines) {
		return nil, refuse(till.CodeNotFound, i18n.T("there is no line %d, the sale has lines 1 to %d", "没有第 %d 行，销售共有第 1 至 %d 行").With(l.Line, len(r.sold.Lines)),
			i18n.T("take the number from the receipt", "请以小票上的行号为准").With())
	}
	p := r.begin(r.sold.Lines[l.Line-1])
	left := p.sold.Quantity - p.before
	p.now = l.Quantity
	if l.Quantity == 0 {
		p.now = left
	}
	switch {
	case p.now < 0:
		return nil, atLine(p.sold, refuse(till.CodeUsage, i18n.T("quantity %s comes back, want more than nothing", "退回数量为 %s，应大于零").With(p.now),
			i18n.T("say how much comes back, or nothing for all that is left", "请填写退回数量，不填则为全部剩余").With()))
	case left <= 0:
		return nil, atLine(p.sold, refuse(till.CodeNotPermitted, i18n.T("all of it has come back already, %s", "已全部退回，共 %s").With(p.before),
			i18n.T("leave the line out", "请去掉该行").With()))
	case p.now > left:
		return nil, atLine(p.sold, refuse(till.CodeNotPermitted, i18n.T("%s to come back, %s of %s is left", "要退回 %s，仅剩 %s（共售 %s）").With(p.now, left, p.sold.Quantity),
			i18n.T("return %s at most", "最多可退 %s").With(left)))
	case p.sold.Unit == till.Each && !p.now.IsWhole():
		return nil, atLine(p.sold, refuse(till.CodeUsage, i18n.T("%s comes back of something sold by the piece, want a whole number", "按件销售的商品退回 %s，应为整数").With(p.now),
			i18n.T("return whole pieces", "请按整件退货").With()))
	}
	return p, nil
}

// begin is a line with what has come back of it.
func (r *returning) begin(l till.Line) *piece {
	p := &piece{sold: l}
	for _, t := range r.back {
		for _, b := range t.Lines {
			if b.Origin == l.N {
				p.back = append(p.back, b)
				p.before += b.Quantity
			}
		}
	}
	return p
}

// reverse writes the points that move back. Those that were earned go with what is paid
// back, those that were spent with what they took off.
func (r *returning) reverse(t *till.Ticket) {
	t.Earned = r.points(*t, func(t till.Ticket) int64 { return t.Earned }, func(l till.Line) int64 { return l.Total.Minor() })
	t.Redeemed = r.points(*t, func(t till.Ticket) int64 { return t.Redeemed }, pointsOff)
}

// points is what goes with a return of the points of a sale: their part of a measure of all
// that has come back with it, less what went with the returns before.
func (r *returning) points(t till.Ticket, of func(till.Ticket) int64, measure func(till.Line) int64) int64 {
	upTo, moved := sum(t.Lines, measure), int64(0)
	for _, b := range r.back {
		upTo += sum(b.Lines, measure)
		moved += of(b)
	}
	c, points := r.sold.Total.Currency(), of(r.sold)
	due := loyalty.Share(points, money.New(sum(r.sold.Lines, measure), c), money.New(0, c), money.New(upTo, c))
	return between(due-moved, 0, points-moved)
}

// pointsOff is what points took off a line.
func pointsOff(l till.Line) int64 {
	sum := int64(0)
	for _, r := range l.Reductions {
		if r.Source == till.ByPoints {
			sum += r.Amount.Minor()
		}
	}
	return sum
}

func sum(lines []till.Line, measure func(till.Line) int64) int64 {
	sum := int64(0)
	for _, l := range lines {
		sum += measure(l)
	}
	return sum
}
