package shop

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/catalogue"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// examples are the example shops: NAME.json and, in the catalogue's own columns,
// NAME-items.csv.
//
//go:embed example
var examples embed.FS

// Examples are the names of the example shops.
func Examples() []string { return []string{"cafe"} }

// Seeded is what an example shop was filled with.
type Seeded struct {
	Example    string
	Items      int
	Variants   int
	Members    int
	Programmes int
	TaxClasses int
	Staff      []SeededStaff
}

// SeededStaff is a member of the staff of an example shop. Its PIN is published with the
// program and protects nothing.
type SeededStaff struct {
	Profile
	PIN card.Secret
}

// example is an example shop as its file has it. Amounts are minor units of whatever
// currency the shop has.
type example struct {
	TaxClasses []till.TaxClass    `json:"tax_classes"`
	Members    []till.Member      `json:"members"`
	Programmes []exampleProgramme `json:"programmes"`
	Staff      []exampleStaff     `json:"staff"`
}

type exampleProgramme struct {
	till.Programme
	Rule struct {
		till.PromoRule
		Least int64 `json:"min_amount_minor"`
	} `json:"rule"`
	Reward struct {
		till.PromoReward
		Off int64 `json:"amount_minor"`
	} `json:"reward"`
}

type exampleStaff struct {
	ID   till.StaffID `json:"id"`
	Name string       `json:"name"`
	Role till.Role    `json:"role"`
	PIN  publicPIN    `json:"pin"`
}

// publicPIN is a PIN that stands in a file of examples.
type publicPIN struct{ card.Secret }

// UnmarshalJSON reads the digits.
func (p *publicPIN) UnmarshalJSON(raw []byte) error {
	p.Secret = card.NewSecret(string(bytes.Trim(raw, `"`)))
	return nil
}

// Seed fills an empty shop with an example: items with opening stock, tax classes, members,
// promotions and, last, staff of every role. A shop in which anything stands is refused.
func (s *Shop) Seed(ctx context.Context, name string) (Seeded, error) {
	if !slices.Contains(Examples(), name) {
		return Seeded{}, noExample(name)
	}
	if err := s.checkEmpty(ctx); err != nil {
		return Seeded{}, err
	}
	e, err := readExample(name)
	if err != nil {
		return Seeded{}, err
	}
	done := Seeded{Example: name, Members: len(e.Members), Programmes: len(e.Programmes), TaxClasses: len(e.TaxClasses)}
	if err := s.seedItems(ctx, name, e, &done); err != nil {
		return Seeded{}, err
	}
	for _, m := range e.Members {
		if _, err := s.AddMember(ctx, m); err != nil {
			return Seeded{}, err
		}
	}
	for _, p := range e.Programmes {
		if _, err := s.AddProgramme(ctx, p.in(s.cfg.Currency)); err != nil {
			return Seeded{}, err
		}
	}
	return done, s.seedStaff(ctx, e.Staff, &done)
}

func readExample(name string) (e example, err error) {
	raw, err := examples.ReadFile("example/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(raw, &e)
	}
	if err != nil {
		return e, fmt.Errorf("example %s: %w", name, err)
	}
	return e, nil
}

// in is the promotion with its amounts in the shop's currency.
func (p exampleProgramme) in(c money.Currency) till.Programme {
	done := p.Programme
	done.Rule, done.Reward = p.Rule.PromoRule, p.Reward.PromoReward
	if p.Rule.Least > 0 {
		done.Rule.MinAmount = money.New(p.Rule.Least, c)
	}
	if p.Reward.Off > 0 {
		done.Reward.Amount = money.New(p.Reward.Off, c)
	}
	return done
}

// seedItems puts the tax classes and the items of the example, with their stock.
func (s *Shop) seedItems(ctx context.Context, name string, e example, done *Seeded) error {
	for _, c := range e.TaxClasses {
		if _, err := s.SetTaxClass(ctx, c.Code, TaxClassEdit{Name: &c.Name, Rates: c.Rates, Default: c.Default}); err != nil {
			return err
		}
	}
	items, opening, err := exampleItems(name, e.TaxClasses, s.cfg.Currency)
	if err != nil {
		return err
	}
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return err
	}
	done.Items = len(items)
	for _, item := range items {
		done.Variants += len(item.Variants)
	}
	_, err = s.cfg.Store.ImportItems(ctx, items, openingMoves(opening, name, ch), ch)
	return err
}

// exampleItems reads the items of an example. Their file has two decimals; the shop's
// currency may have others and takes the digits as its own minor units.
func exampleItems(name string, classes []till.TaxClass, c money.Currency) ([]till.Item, []catalogue.Opening, error) {
	raw, err := examples.ReadFile("example/" + name + "-items.csv")
	if err != nil {
		return nil, nil, fmt.Errorf("example %s: %w", name, err)
	}
	cents, err := money.CurrencyByCode("CNY")
	if err != nil {
		return nil, nil, err
	}
	p, err := catalogue.Read(bytes.NewReader(raw), catalogue.Options{Currency: cents, TaxClasses: classes})
	if err != nil {
		return nil, nil, fmt.Errorf("example %s: %w", name, err)
	}
	if n := p.Count(catalogue.New); n != len(p.Rows) {
		return nil, nil, fmt.Errorf("example %s: %d of %d lines can be taken", name, n, len(p.Rows))
	}
	for i := range p.Items {
		for n := range p.Items[i].Variants {
			v := &p.Items[i].Variants[n]
			v.Price, v.Cost = money.New(v.Price.Minor(), c), money.New(v.Cost.Minor(), c)
		}
	}
	return p.Items, p.Opening, nil
}

// seedStaff takes the staff on. The first is an admin, who is signed in while the others
// are added and signed out again.
func (s *Shop) seedStaff(ctx context.Context, staff []exampleStaff, done *Seeded) error {
	for i, m := range staff {
		profile, err := s.AddStaff(ctx, NewStaff{ID: m.ID, Name: m.Name, Role: m.Role, PIN: m.PIN.Secret})
		if err != nil {
			return err
		}
		done.Staff = append(done.Staff, SeededStaff{Profile: profile, PIN: m.PIN.Secret})
		if i == 0 {
			if _, err := s.SignIn(ctx, m.ID, m.PIN.Secret); err != nil {
				return err
			}
		}
	}
	_, err := s.SignOut(ctx)
	return err
}

// checkEmpty refuses a shop in which anything stands.
func (s *Shop) checkEmpty(ctx context.Context) error {
	items, err := s.cfg.Store.CountItems(ctx, till.ItemFilter{Deleted: true})
	if err != nil {
		return err
	}
	staff, err := s.cfg.Store.AllStaff(ctx)
	if err != nil {
		return err
	}
	members, err := s.cfg.Store.Members(ctx, "")
	if err != nil {
		return err
	}
	programmes, err := s.cfg.Store.Programmes(ctx)
	if err != nil {
		return err
	}
	classes, err := s.cfg.Store.TaxClasses(ctx)
	if err != nil {
		return err
	}
	tickets, err := s.cfg.Store.Tickets(ctx, till.TicketFilter{Limit: 1})
	if err != nil {
		return err
	}
	if items+len(staff)+len(members)+len(programmes)+len(classes)+len(tickets) == 0 {
		return nil
	}
	return notEmpty(items, len(staff))
}

func notEmpty(items, staff int) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("the shop is not empty: %d items, %d members of the staff", "店铺不为空：商品 %d 件，员工 %d 人").With(items, staff),
		Hint: i18n.T("an example goes into a new folder alone: till store seed --example cafe --data DIR", "示例只能写入新的数据目录：till store seed --example cafe --data DIR").With(),
	}
}

func noExample(name string) error {
	p := &till.Problem{
		Code: till.CodeUsage, What: i18n.T("there is no example %q", "没有示例 %q").With(name),
		Hint: i18n.T("the examples are %s", "可用示例：%s").With(strings.Join(Examples(), ", ")),
	}
	if near := nearest.Of(name, Examples()); near != "" {
		p.Hint = i18n.T("did you mean %s?", "是否指 %s？").With(near)
	}
	return p
}
