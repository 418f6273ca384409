package cli

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/internal/tui/pages"
	"github.com/tillworks/till/internal/tui/styles"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/pcsc"
)

type checkoutOptions struct {
	out  out.Output
	demo bool
}

// checkoutView is what a program learns of a screen that was worked at: nothing but that
// it was left.
type checkoutView struct {
	Left bool `json:"left"`
}

func newCheckout(env *Env, runF func(context.Context, *checkoutOptions) error) *cobra.Command {
	o := &checkoutOptions{}
	run := either(env, runF, checkoutRun)
	c := newLeaf(env, leaf{
		use:   "checkout",
		short: i18n.T("Work the till by keyboard and scanner: the checkout screen", "收银界面：用键盘与扫码枪收银"),
		long: i18n.T(
			"The screen of a till: ring up, hold and recall, discounts, members, payment by card,\nwallet and cash, receipts, returns, shifts, X and Z. ? shows the keys that are valid on\neach page. Every action is one that a command does too.\n\nIt needs a terminal of 40 by 12 characters, 80 by 24 are comfortable; 100 columns show\nthe catalogue beside the sale. till sell does the same line by line.",
			"收银台界面：录入商品、挂单与取单、折扣、会员、刷卡、扫码与现金收款、小票、退货、班次、\nX 与 Z 报表。按 ? 显示当前页面可用的按键。每项操作都有对应的命令。\n\n终端至少 40×12 字符，80×24 较为舒适；100 列以上同时显示商品目录。till sell 可逐行完成\n同样的操作。"),
		examples: []example{
			{i18n.T("on the shop's own data", "使用本店数据"), "till checkout"},
			{i18n.T("on an example shop that is gone afterwards", "使用示例店铺，退出后删除"), "till checkout --demo"},
		},
		result: checkoutView{},
		exits:  []exitCode{exitNotPermitted},
		run:    func(ctx context.Context, _ []string) error { return run(ctx, o) },
	}, &o.out)
	c.Flags().BoolVar(&o.demo, "demo", false, env.Say(i18n.T("an example shop in a folder that is removed at the end", "使用临时文件夹中的示例店铺，结束后删除")))
	return c
}

func checkoutRun(ctx context.Context, env *Env, o *checkoutOptions) (err error) {
	if !env.In.Terminal || !env.Out.Terminal {
		return noTerminal()
	}
	dir, done := "", func() error { return nil }
	if o.demo {
		if dir, done, err = demoFolder(""); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, done()) }()
	c := &checkout{env: env, begun: time.Now()}
	if c.shop, err = openShop(ctx, env, shopOptions{dir: dir, embedded: o.demo, entry: till.Chip, observe: c.observe, part: c.askPart}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.shop.Close()) }()
	if o.demo {
		if err := c.seed(ctx); err != nil {
			return err
		}
	}
	return c.run(ctx)
}

// seed makes the example shop and notes who works there.
func (c *checkout) seed(ctx context.Context) error {
	done, err := c.shop.shop.Seed(ctx, "cafe")
	if err != nil {
		return err
	}
	for _, m := range viewSeed(done).Staff {
		if m.Role == till.Cashier || m.Role == till.Manager || m.Role == till.Admin {
			c.notes = append(c.notes, i18n.T("%s (%s): PIN %s", "%s（%s）：PIN %s").With(m.ID, m.Role.Text(), m.DemoPIN))
		}
	}
	return nil
}

func noTerminal() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the checkout screen needs a terminal, and there is none", "收银界面需要终端，当前没有").With(),
		Hint: i18n.T("till sell does the same from a script, or line by line", "till sell 可在脚本中或逐行完成同样的操作").With(),
	}
}

// checkout is the screen with the shop behind it.
type checkout struct {
	env     *Env
	shop    *shop
	begun   time.Time
	program atomic.Pointer[messenger]
	staff   atomic.Value // till.StaffID: who was signed in when the status was last read
	notes   []i18n.Message
}

// messenger is a program that takes messages.
type messenger struct{ send func(tea.Msg) }

// observe tells the screen what the register is doing.
func (c *checkout) observe(o register.Observation) {
	if p := c.program.Load(); p != nil {
		p.send(common.Observed{Observation: o})
	}
}

// askPart asks the shopper at the screen whether to pay a part of an amount. Silence is a
// refusal, and so is a screen that is gone.
func (c *checkout) askPart(ctx context.Context, approved, asked money.Amount) bool {
	p := c.program.Load()
	if p == nil {
		return false
	}
	asking, cancel := context.WithTimeout(ctx, c.shop.cfg.Wallet.Patience)
	defer cancel()
	answer := make(chan bool, 1)
	p.send(common.PartAsked{Approved: approved, Asked: asked, Decide: func(accepted bool) {
		select {
		case answer <- accepted:
		default: // it was decided before
		}
	}})
	select {
	case accepted := <-answer:
		return accepted
	case <-asking.Done():
		return false
	}
}

// run shows the screen until it is left. A signal asks it to leave, which it does when
// nothing is owed any more.
func (c *checkout) run(ctx context.Context) error {
	app, err := c.app(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	program := tea.NewProgram(app, tea.WithoutSignalHandler(), tea.WithInput(os.Stdin), tea.WithOutput(os.Stdout), tea.WithEnvironment(c.env.Environ))
	c.program.Store(&messenger{program.Send})
	stop := context.AfterFunc(ctx, func() { program.Send(common.Leave{}) })
	defer stop()
	defer c.shop.work(context.WithoutCancel(ctx))()
	end, err := program.Run()
	if last, ok := end.(tui.App); ok {
		c.part(last)
	}
	if err != nil {
		return &till.Problem{
			Code: till.CodeFailure, Cause: err,
			What: i18n.T("the checkout screen cannot go on", "收银界面无法继续").With(),
			Hint: i18n.T("till txn resolve settles what is open; till sell works without a screen", "till txn resolve 可处理未决交易；till sell 无需界面即可收银").With(),
		}
	}
	return nil
}

// part says again what was told while the screen was being left.
func (c *checkout) part(last tui.App) {
	for _, line := range last.Parting() {
		c.env.Note(i18n.Same(line).With())
	}
}

// app is the screen with its first page: the sign-in where the shop has staff.
func (c *checkout) app(ctx context.Context) (tui.App, error) {
	standing, err := c.shop.shop.Standing(ctx)
	if err != nil {
		return tui.App{}, err
	}
	w := pages.Work{
		Context: ctx, Desk: &checkoutDesk{Shop: c.shop.shop, checkout: c}, Currency: c.shop.cfg.Shop.Currency, Keys: keymap.Standard(), Notes: c.notes,
		Patience: c.shop.cfg.Wallet.Patience,
		Home:     func(w pages.Work) common.Page { return pages.NewSale(w) },
	}
	first := w.Home(w)
	if standing.Staffed {
		first = pages.NewSignIn(w)
	}
	return tui.New(tui.Config{
		First: first, Lang: c.env.Lang(), Styles: styles.New(c.border(false)), Keys: w.Keys,
		Now:   func() time.Time { return c.env.Now().In(c.shop.cfg.Shop.Timezone) },
		Since: func() time.Duration { return time.Since(c.begun) },
		Code:  isScanned, ScanGap: c.shop.cfg.Checkout.ScanGap,
		Idle: c.idle(standing), Lock: func() common.Page { return pages.NewLock(w, c.present()) },
		Status: c.status, Border: c.border,
	}), nil
}

// isScanned reports what a scanner reads and a person does not type by accident: a barcode
// whose check digit is right, or the number of a receipt. A shop's own codes in Code 39 or
// Code 128 check nothing, and are taken as typed.
func isScanned(code string) bool {
	if c, err := barcode.Parse(code); err == nil && c.Kind != barcode.Text {
		return true
	}
	return till.IsID(code)
}

// idle is when the screen locks; a shop without staff has nobody to unlock it.
func (c *checkout) idle(st management.Standing) time.Duration {
	if !st.Staffed {
		return 0
	}
	return c.shop.cfg.Checkout.Lock
}

// border is what the screen is drawn with; confirmed tells that the terminal draws
// characters as wide as we count them.
func (c *checkout) border(confirmed bool) styles.Border {
	setting := c.shop.cfg.Checkout.Border
	if c.env.Getenv("TERM") == "dumb" {
		setting = styles.AlwaysASCII
	}
	return styles.Choose(setting, c.env.locale(), confirmed)
}

// status is the line at the foot of the screen.
func (c *checkout) status(ctx context.Context) (common.Status, error) {
	st, err := c.shop.shop.Standing(ctx)
	if err != nil {
		return common.Status{}, err
	}
	s := common.Status{
		Shop: c.shop.cfg.Shop.Name, Currency: c.shop.cfg.Shop.Currency, Staff: st.Presence.Staff, Role: st.Presence.Role, Shift: st.Presence.Shift,
		Queue: st.Queue, Held: st.Held, Host: c.shop.cfg.Host.Address, Reader: c.shop.cfg.Reader.Name,
	}
	c.staff.Store(s.Staff)
	s.HostDown, s.NoReader = !c.hostAnswers(ctx), !c.readerIsThere()
	return s, nil
}

// present is who is signed in, as far as the screen knows.
func (c *checkout) present() till.StaffID {
	id, _ := c.staff.Load().(till.StaffID)
	return id
}

// hostAnswers reports that somebody listens where the host should be. The embedded one
// starts when it is needed.
func (c *checkout) hostAnswers(ctx context.Context) bool {
	if c.shop.cfg.Host.IsEmbedded() {
		return true
	}
	const patience = 500 * time.Millisecond
	dialing, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(dialing, "tcp", c.shop.cfg.Host.Address)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func (c *checkout) readerIsThere() bool {
	if isVirtual(c.shop.cfg.Reader.Name) {
		return true
	}
	names, err := pcsc.List()
	return err == nil && len(names) > 0
}

// checkoutDesk is the use cases as the screen calls them, with the papers that the
// commands print.
type checkoutDesk struct {
	*management.Shop

	checkout *checkout
}

// Receipt is the shopper's copy of a ticket or of a single transaction.
func (d *checkoutDesk) Receipt(ctx context.Context, name string) (string, error) {
	s, env := d.checkout.shop, d.checkout.env
	options := receipt.Options{Lang: env.Lang(), Zone: s.cfg.Shop.Timezone, Width: s.cfg.Receipt.Width, Copy: receipt.Customer}
	b, err := s.shop.BillOf(ctx, name)
	if err == nil {
		return receipt.Render(s.billDoc(ctx, b), options), nil
	}
	t, missing := s.findTxn(ctx, name)
	if missing != nil {
		return "", errors.Join(err, missing)
	}
	return receipt.Render(s.receiptDoc(t), options), nil
}

// XPage is how the day stands.
func (d *checkoutDesk) XPage(ctx context.Context) (string, error) {
	x, err := d.X(ctx)
	if err != nil {
		return "", err
	}
	return dayPage(viewX(x), d.checkout.env.Lang(), d.checkout.shop.cfg.Shop.Timezone), nil
}

// ZPage closes the day.
func (d *checkoutDesk) ZPage(ctx context.Context) (string, error) {
	z, err := d.CloseDay(ctx)
	if err != nil {
		return "", err
	}
	return dayPage(viewZ(z, d.checkout.shop.cfg.Shop.Currency), d.checkout.env.Lang(), d.checkout.shop.cfg.Shop.Timezone), nil
}

var _ pages.Desk = (*checkoutDesk)(nil)
