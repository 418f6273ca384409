package shop

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// DrawerBook keeps the shifts and what moved in their drawers beside the sales.
type DrawerBook interface {
	OpenShift(ctx context.Context, sh till.Shift) (till.Shift, error)
	CurrentShift(ctx context.Context, terminal string) (till.Shift, error)
	Shift(ctx context.Context, number int) (till.Shift, error)
	Shifts(ctx context.Context, limit int) ([]till.Shift, error)
	MoveCash(ctx context.Context, m till.DrawerMove) (till.DrawerMove, error)
	DrawerMoves(ctx context.Context, shift int) ([]till.DrawerMove, error)
	Drawer(ctx context.Context, shift int) (till.Drawer, error)
	CloseShift(ctx context.Context, sh till.Shift) (till.Shift, error)
}

// OpenShift begins a shift of whoever acts at this terminal, with what is in the drawer.
func (s *Shop) OpenShift(ctx context.Context, float money.Amount) (till.Shift, error) {
	ch, err := s.authorize(ctx, till.MayShift, nil, "")
	if err != nil {
		return till.Shift{}, err
	}
	if float.Minor() < 0 {
		return till.Shift{}, negative(float)
	}
	if open, is, err := s.openShift(ctx); err != nil {
		return till.Shift{}, err
	} else if is {
		return till.Shift{}, shiftIsOpen(open, s.zone())
	}
	return s.cfg.Store.OpenShift(ctx, till.Shift{Terminal: s.cfg.Terminal, Staff: ch.Staff, OpenedAt: ch.At, Float: float})
}

// openShift is the shift that is open at this terminal, if one is.
func (s *Shop) openShift(ctx context.Context) (till.Shift, bool, error) {
	sh, err := s.cfg.Store.CurrentShift(ctx, s.cfg.Terminal)
	var missing *till.Problem
	if errors.As(err, &missing) && missing.Code == till.CodeNotFound {
		return till.Shift{}, false, nil
	}
	return sh, err == nil, err
}

// CurrentShift is the shift that is open at this terminal; none is a *till.Problem of
// till.CodeNotFound.
func (s *Shop) CurrentShift(ctx context.Context) (till.Shift, error) {
	sh, open, err := s.openShift(ctx)
	if err == nil && !open {
		err = noShift()
	}
	return sh, err
}

// CashMove is cash that goes into the drawer or out of it without a sale.
type CashMove struct {
	Reason till.DrawerReason // DrawerPayIn or DrawerPayOut
	Amount money.Amount      // positive
	Note   string            // what for
}

// MoveCash puts cash into the drawer of the open shift, or takes it out.
func (s *Shop) MoveCash(ctx context.Context, m CashMove, a *Approval) (till.DrawerMove, error) {
	if err := checkCashMove(m); err != nil {
		return till.DrawerMove{}, err
	}
	sh, err := s.shiftOfDrawer(ctx)
	if err != nil {
		return till.DrawerMove{}, err
	}
	ch, err := s.authorize(ctx, till.MayOpenDrawer, a, m.Note)
	if err != nil {
		return till.DrawerMove{}, err
	}
	return s.cfg.Store.MoveCash(ctx, till.DrawerMove{
		Shift: sh.Number, Reason: m.Reason, Amount: m.Amount, At: ch.At,
		Staff: ch.Staff, Approver: ch.Approver, Note: strings.TrimSpace(m.Note),
	})
}

// shiftOfDrawer is the open shift, for somebody who is anybody.
func (s *Shop) shiftOfDrawer(ctx context.Context) (till.Shift, error) {
	if _, err := s.Actor(ctx); err != nil {
		return till.Shift{}, err
	}
	return s.CurrentShift(ctx)
}

func checkCashMove(m CashMove) error {
	switch {
	case m.Reason != till.DrawerPayIn && m.Reason != till.DrawerPayOut:
		return errors.New("cash move of reason " + string(m.Reason) + ", want pay_in or pay_out")
	case !m.Amount.IsPositive():
		return negative(m.Amount)
	case strings.TrimSpace(m.Note) == "":
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("cash moves with a reason", "存取现金须注明原因").With(),
			Hint: i18n.T("add --note \"change from the bank\"", "请加上 --note \"从银行换零\"").With(),
		}
	}
	return nil
}

// Cash is what somebody counted: by coin and note, or as a sum.
type Cash struct {
	Coins []till.Denomination
	Sum   money.Amount // of Coins where they are given
}

// Counting is what a count came to.
type Counting struct {
	Shift    int                 `json:"shift"`
	Counted  money.Amount        `json:"counted"`
	Coins    []till.Denomination `json:"coins,omitempty"`
	Expected *money.Amount       `json:"expected,omitempty"` // only for who may read the day's figures
	Over     *money.Amount       `json:"over,omitempty"`     // counted less expected
}

// CountDrawer adds up what is in the drawer of the open shift and changes nothing. Who may
// not read the day's figures counts blind.
func (s *Shop) CountDrawer(ctx context.Context, c Cash) (Counting, error) {
	if _, err := s.authorize(ctx, till.MayShift, nil, ""); err != nil {
		return Counting{}, err
	}
	sh, err := s.CurrentShift(ctx)
	if err != nil {
		return Counting{}, err
	}
	counted, err := s.sum(c)
	if err != nil {
		return Counting{}, err
	}
	result := Counting{Shift: sh.Number, Counted: counted, Coins: c.Coins}
	if open, err := s.mayOpenBooks(ctx); err != nil || !open {
		return result, err
	}
	drawer, err := s.cfg.Store.Drawer(ctx, sh.Number)
	if err != nil {
		return Counting{}, err
	}
	over, err := counted.Sub(drawer.Expected)
	result.Expected, result.Over = &drawer.Expected, &over
	return result, err
}

// mayOpenBooks reports whether the actor may see what a drawer must hold before it is
// counted.
func (s *Shop) mayOpenBooks(ctx context.Context) (bool, error) {
	actor, err := s.Actor(ctx)
	return actor.Role.Grant(till.MayCloseDay) == till.Allow || actor.Role.Grant(till.MayReadReports) == till.Allow, err
}

// sum is the whole of what was counted, in the shop's currency.
func (s *Shop) sum(c Cash) (money.Amount, error) {
	if len(c.Coins) == 0 {
		if c.Sum.Minor() < 0 {
			return money.Amount{}, negative(c.Sum)
		}
		return c.Sum, nil
	}
	total := money.New(0, s.cfg.Currency)
	for _, d := range c.Coins {
		if d.Count < 0 || !d.Value.IsPositive() || int64(d.Count) > till.MaxMinor/d.Value.Minor() {
			return money.Amount{}, badCount(d)
		}
		var err error
		if total, err = total.Add(money.New(d.Value.Minor()*int64(d.Count), d.Value.Currency())); err != nil {
			return money.Amount{}, err
		}
	}
	return total, nil
}

// Closing is the end of a shift.
type Closing struct {
	Shift int // 0 is the one that is open at this terminal
	Cash  Cash
	Note  string
}

// CloseShift ends a shift with what was counted. Everybody closes their own; that of
// another is closed by who may close the day. A difference beyond the configured limit
// wants somebody who may open the drawer.
func (s *Shop) CloseShift(ctx context.Context, c Closing, a *Approval) (till.Shift, error) {
	ch, err := s.authorize(ctx, till.MayShift, nil, c.Note)
	if err != nil {
		return till.Shift{}, err
	}
	sh, err := s.shiftToClose(ctx, c.Shift)
	if err != nil {
		return till.Shift{}, err
	}
	if ch, err = s.authorizeOther(ctx, sh, ch); err != nil {
		return till.Shift{}, err
	}
	if sh.Counted, err = s.sum(c.Cash); err != nil {
		return till.Shift{}, err
	}
	if ch.Approver, err = s.approveDifference(ctx, sh, a); err != nil {
		return till.Shift{}, err
	}
	sh.ClosedAt, sh.Closer, sh.Approver = ch.At, ch.Staff, ch.Approver
	sh.Coins, sh.Note = c.Cash.Coins, strings.TrimSpace(c.Note)
	sh, err = s.cfg.Store.CloseShift(ctx, sh)
	return sh.Whole(), err
}

// authorizeOther lets nobody close the shift of another but who may close the day.
func (s *Shop) authorizeOther(ctx context.Context, sh till.Shift, ch till.Change) (till.Change, error) {
	if sh.Staff == ch.Staff {
		return ch, nil
	}
	ch, err := s.authorize(ctx, till.MayCloseDay, nil, ch.Reason)
	var problem *till.Problem
	if errors.As(err, &problem) && problem.Code == till.CodeNotPermitted {
		problem.What = i18n.T("shift %d is that of %s", "班次 %d 属于 %s").With(sh.Number, sh.Staff)
		problem.Hint = i18n.T("have them close it, or somebody who may close the day: till staff permissions", "请由其本人或有权日结者交班：till staff permissions").With()
	}
	return ch, err
}

func (s *Shop) shiftToClose(ctx context.Context, number int) (till.Shift, error) {
	if number == 0 {
		return s.CurrentShift(ctx)
	}
	sh, err := s.cfg.Store.Shift(ctx, number)
	if err == nil && !sh.IsOpen() {
		err = shiftIsClosed(sh, s.zone())
	}
	return sh, err
}

// approveDifference asks for an approval where the drawer is too far from the books. What
// it should hold is not told: it would end the count.
func (s *Shop) approveDifference(ctx context.Context, sh till.Shift, a *Approval) (till.StaffID, error) {
	if s.cfg.DrawerLimit.IsZero() {
		return "", nil
	}
	drawer, err := s.cfg.Store.Drawer(ctx, sh.Number)
	if err != nil {
		return "", err
	}
	over, err := sh.Counted.Sub(drawer.Expected)
	if err != nil || max(over.Minor(), -over.Minor()) <= s.cfg.DrawerLimit.Minor() {
		return "", err
	}
	ch, err := s.authorize(ctx, till.MayOpenDrawer, a, "")
	var problem *till.Problem
	if errors.Is(err, ErrNeedsApproval) && errors.As(err, &problem) {
		problem.What = i18n.T("the drawer differs from the books by more than %s: count again, or have it approved", "钱箱与账面相差超过 %s：请重新清点或由他人授权").With(s.cfg.DrawerLimit)
	}
	return ch.Approver, err
}

// ShiftView is a shift with its drawer's ledger.
type ShiftView struct {
	till.Shift
	Drawer *till.Drawer      `json:"drawer,omitempty"` // of an open one only for who may read the day's figures
	Moves  []till.DrawerMove `json:"moves"`
}

// Shift is one shift; 0 is the one that is open at this terminal.
func (s *Shop) Shift(ctx context.Context, number int) (ShiftView, error) {
	open, err := s.mayOpenBooks(ctx)
	if err != nil {
		return ShiftView{}, err
	}
	sh, err := s.shiftByNumber(ctx, number)
	if err != nil {
		return ShiftView{}, err
	}
	v := ShiftView{Shift: sh.Whole(), Moves: []till.DrawerMove{}}
	moves, err := s.cfg.Store.DrawerMoves(ctx, sh.Number)
	if err != nil {
		return ShiftView{}, err
	}
	v.Moves = append(v.Moves, moves...)
	if open || !sh.IsOpen() {
		drawer, err := s.cfg.Store.Drawer(ctx, sh.Number)
		if err != nil {
			return ShiftView{}, err
		}
		v.Drawer = &drawer
	}
	return v, nil
}

func (s *Shop) shiftByNumber(ctx context.Context, number int) (till.Shift, error) {
	if number == 0 {
		return s.CurrentShift(ctx)
	}
	return s.cfg.Store.Shift(ctx, number)
}

// Shifts are the newest shifts, newest first; a limit of 0 is all.
func (s *Shop) Shifts(ctx context.Context, limit int) ([]till.Shift, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	all, err := s.cfg.Store.Shifts(ctx, limit)
	for i := range all {
		all[i] = all[i].Whole()
	}
	return all, err
}

func noShift() error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("no shift is open at this till", "本收银台没有进行中的班次").With(),
		Hint: i18n.T("open one with till shift open --float 100.00", "请先开班：till shift open --float 100.00").With(),
	}
}

func shiftIsOpen(sh till.Shift, zone *time.Location) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("shift %d is open at this till since %s", "本收银台的班次 %d 自 %s 起进行中").With(sh.Number, sh.OpenedAt.In(zone).Format("2006-01-02 15:04")),
		Hint: i18n.T("count its drawer and close it: till shift close --counted AMOUNT", "请清点钱箱并交班：till shift close --counted 金额").With(),
	}
}

func shiftIsClosed(sh till.Shift, zone *time.Location) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("shift %d is closed since %s", "班次 %d 已于 %s 交班").With(sh.Number, sh.ClosedAt.In(zone).Format("2006-01-02 15:04")),
		Hint: i18n.T("till shift list shows which are open", "till shift list 可查看进行中的班次").With(),
	}
}

func negative(a money.Amount) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the amount %s makes no sense here", "此处金额 %s 无效").With(a),
		Hint: i18n.T("give a positive amount such as 100.00", "请输入正数，例如 100.00").With(),
	}
}

func badCount(d till.Denomination) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%d times %s cannot be in a drawer", "钱箱中不可能有 %d 个 %s").With(d.Count, d.Value),
		Hint: i18n.T("count by value and number, as --count 100x3 --count 0.50x12", "请按面额与数量清点，例如 --count 100x3 --count 0.50x12").With(),
	}
}
