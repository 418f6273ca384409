package pages

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/pkg/card"
)

// SignInDesk signs members of the staff in.
type SignInDesk interface {
	SignIn(ctx context.Context, id till.StaffID, pin card.Secret) (shop.Presence, error)
	SignOut(ctx context.Context) (till.StaffID, error)
	WhoAmI(ctx context.Context) (shop.Presence, error)
}

// SignedIn tells the page below a lock who has opened it.
type SignedIn struct{ Presence shop.Presence }

// SignIn asks a member of the staff for id and PIN. As a lock it lies over another page
// and goes away when it is opened; else the sale begins.
type SignIn struct {
	work   Work
	asker  token
	lock   bool
	login  components.Login
	asking bool
}

// NewSignIn is the first page of the day.
func NewSignIn(w Work) SignIn {
	return SignIn{work: w, asker: newToken(), login: components.NewLogin("")}
}

// NewLock is the page that lies over whatever was on the screen when staff left it.
func NewLock(w Work, staff till.StaffID) SignIn {
	return SignIn{work: w, asker: newToken(), lock: true, login: components.NewLogin(string(staff))}
}

// Init implements common.Page.
func (p SignIn) Init() tea.Cmd { return nil }

// Update implements common.Page.
func (p SignIn) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case done[shop.Presence]:
		if msg.asker == p.asker {
			return p.signedIn(msg)
		}
	case tea.KeyPressMsg, tea.PasteMsg, common.Scanned:
		if p.asking {
			return p, nil
		}
		var given bool
		if p.login, given = p.login.Update(msg); given {
			return p.signIn()
		}
	}
	return p, nil
}

func (p SignIn) signIn() (common.Page, tea.Cmd) {
	id, pin := p.login.Given()
	p.asking = true
	return p, ask(p.work, p.asker, func(ctx context.Context) (shop.Presence, error) {
		return p.work.Desk.SignIn(ctx, till.StaffID(id), pin)
	})
}

func (p SignIn) signedIn(d done[shop.Presence]) (common.Page, tea.Cmd) {
	p.asking = false
	p.login = p.login.Again()
	switch {
	case d.err != nil:
		return p, failed(d.err)
	case p.lock:
		return p, common.Send(common.Pop{Result: SignedIn{d.value}})
	}
	return p, common.Send(common.Reset{Page: p.work.Home(p.work)})
}

// View implements common.Page.
func (p SignIn) View(f common.Frame) string {
	head := i18n.T("Who is at the till?", "请登录收银台")
	if p.lock {
		head = i18n.T("Locked. The sale is kept.", "已锁定，当前销售已保留。")
	}
	wait := ""
	if p.asking {
		wait = f.Say(i18n.T("checking the PIN ...", "正在校验 PIN ..."))
	}
	width := min(f.Width-2, 44)
	lines := []string{f.Styles.Strong.Render(f.Say(head)), "", p.login.View(f, width-4), "", wait}
	for _, note := range p.work.Notes {
		lines = append(lines, note.In(f.Lang))
	}
	text := strings.Join(lines, "\n")
	return components.Center(components.Box(f, f.Say(p.Title()), text, width), f.Width, f.Height)
}

// Title implements common.Page.
func (p SignIn) Title() i18n.Text {
	if p.lock {
		return i18n.T("Locked", "已锁定")
	}
	return i18n.T("Sign in", "登录")
}

// Keys implements common.Page.
func (p SignIn) Keys(m keymap.Map) []keymap.Key { return []keymap.Key{m.Enter, m.Next, m.Quit} }

// Traits implements common.Page.
func (p SignIn) Traits() common.Traits { return common.Traits{Text: true, Secret: true} }

var _ common.Page = SignIn{}
