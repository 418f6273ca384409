package pages

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/styles"
	"github.com/tillworks/till/pkg/card"
)

// A PIN is in no view, and in nothing that a page prints of itself, at any moment of its
// being typed, given and refused; nor as the numbers of its characters.
func TestPINIsNowhere(t *testing.T) {
	const pin = "739146"
	numbers := strings.Trim(fmt.Sprint([]rune(pin)), "[]")
	refusing := func(b till.Basket, a *shop.Approval) (till.Basket, error) {
		switch {
		case b.Discount == nil:
			return b, nil
		case a == nil:
			return b, wants("amy needs an approval")
		}
		return b, problem("wrong PIN")
	}
	for _, c := range []struct {
		name string
		page common.Page
		keys []string
	}{
		{"sign in", NewSignIn(work(desk{})), []string{"amy", "enter"}},
		{"lock", NewLock(work(desk{}), "amy"), nil},
		{"approval", Approval{asker: newToken(), what: i18n.T("why", "为何").With(), login: components.NewLogin("bob")}, nil},
		{"approval of a sale", func() common.Page { s := NewSale(work(fake{permit: refusing})); s.basket = basket(); return s }(), append(append([]string(nil), discount...), "bob", "enter")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScreen(t, c.page, 80, 24, i18n.English, styles.Lines())
			s.keys(c.keys...)
			s.slow = true
			look := func() {
				t.Helper()
				for _, text := range []string{s.content(), fmt.Sprintf("%+v", s.app), fmt.Sprintf("%#v", s.app), fmt.Sprint(s.app)} {
					if strings.Contains(text, pin) || strings.Contains(text, numbers) || strings.Contains(text, "73914") {
						t.Fatalf("the PIN can be read: %.300s", text)
					}
				}
			}
			for _, r := range pin {
				s.keys(string(r))
				look()
			}
			s.sees("[****** ")
			s.keys("left", "left", "right", "right")
			look()
			s.keys("enter")
			look()
			s.drain()
			look()
		})
	}
	sent := fmt.Sprintf("%+v", approved{newToken(), shop.Approval{Staff: "bob", PIN: card.NewSecret(pin)}})
	if strings.Contains(sent, pin) {
		t.Fatalf("a message holds the PIN: %s", sent)
	}
}
