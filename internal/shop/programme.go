package shop

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
)

// ProgrammeBook keeps the promotions, and knows which items they can be of.
type ProgrammeBook interface {
	PutProgramme(ctx context.Context, p till.Programme, ch till.Change) (till.Programme, error)
	Programmes(ctx context.Context) ([]till.Programme, error) // that have not ended for good
	ItemByCode(ctx context.Context, code string) (till.Item, till.Variant, error)
	Categories(ctx context.Context) ([]string, error)
}

// AddProgramme begins a promotion. SKUs may be given as barcodes; each must be of an item.
// A programme that contradicts itself, one in another currency than the shop's and one
// whose id is taken are refused.
func (s *Shop) AddProgramme(ctx context.Context, p till.Programme) (till.Programme, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.Programme{}, err
	}
	known, err := s.findProgramme(ctx, p.ID)
	if err != nil {
		return till.Programme{}, err
	}
	if known != nil {
		return till.Programme{}, programmeTaken(p.ID)
	}
	p.Version, p.Gone = 0, false
	return s.putProgramme(ctx, p, nil, ch)
}

// EditProgramme changes a promotion. Sales that were priced before keep what they got.
func (s *Shop) EditProgramme(ctx context.Context, id till.ProgrammeID, change func(*till.Programme) error) (till.Programme, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.Programme{}, err
	}
	p, err := s.presentProgramme(ctx, id)
	if err != nil {
		return till.Programme{}, err
	}
	edited := p
	if err := change(&edited); err != nil {
		return till.Programme{}, err
	}
	edited.ID, edited.Version, edited.Gone = p.ID, p.Version, false
	return s.putProgramme(ctx, edited, p.Rule.SKUs, ch)
}

// PauseProgramme switches a promotion off until [Shop.ResumeProgramme]. It is not checked
// again: what is wrong by now can be switched off in any case.
func (s *Shop) PauseProgramme(ctx context.Context, id till.ProgrammeID) (till.Programme, error) {
	return s.switchProgramme(ctx, id, func(p *till.Programme) { p.Paused = true })
}

// ResumeProgramme switches a promotion on again.
func (s *Shop) ResumeProgramme(ctx context.Context, id till.ProgrammeID) (till.Programme, error) {
	return s.switchProgramme(ctx, id, func(p *till.Programme) { p.Paused = false })
}

// EndProgramme ends a promotion for good: no sale looks at it again. Its id may begin
// another one.
func (s *Shop) EndProgramme(ctx context.Context, id till.ProgrammeID) (till.Programme, error) {
	return s.switchProgramme(ctx, id, func(p *till.Programme) { p.Gone = true })
}

// switchProgramme changes whether a promotion is on, and stores it where that is news.
func (s *Shop) switchProgramme(ctx context.Context, id till.ProgrammeID, to func(*till.Programme)) (till.Programme, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.Programme{}, err
	}
	p, err := s.presentProgramme(ctx, id)
	if err != nil {
		return till.Programme{}, err
	}
	was := p
	if to(&p); p.Paused == was.Paused && p.Gone == was.Gone {
		return p, nil
	}
	return s.cfg.Store.PutProgramme(ctx, p, ch)
}

// Programmes are the promotions that have not ended for good, in the order in which they
// are tried. Everybody who works here may read them.
func (s *Shop) Programmes(ctx context.Context) ([]till.Programme, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	all, err := s.cfg.Store.Programmes(ctx)
	slices.SortStableFunc(all, func(a, b till.Programme) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// Programme is one promotion that has not ended for good.
func (s *Shop) Programme(ctx context.Context, id till.ProgrammeID) (till.Programme, error) {
	if _, err := s.Actor(ctx); err != nil {
		return till.Programme{}, err
	}
	return s.presentProgramme(ctx, id)
}

// RunsAt is nil where a promotion runs at this moment, whoever buys whatever; else it is
// why it does not.
func (s *Shop) RunsAt(p till.Programme) *till.PromoNote {
	return promo.Rests(p, s.cfg.Calendar.Moment(s.cfg.Now()))
}

// IdleCategories are the categories of a promotion that no item is in, each with the one
// that may be meant, or "".
func (s *Shop) IdleCategories(ctx context.Context, p till.Programme) (map[string]string, error) {
	if len(p.Rule.Categories) == 0 {
		return nil, nil
	}
	known, err := s.cfg.Store.Categories(ctx)
	if err != nil {
		return nil, err
	}
	idle := map[string]string{}
	for _, c := range p.Rule.Categories {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, c) }) {
			idle[c] = nearest.Of(c, known)
		}
	}
	return idle, nil
}

// putProgramme checks a promotion against itself and against the shop, and stores it.
// SKUs that it had before are not looked for again: their items may have gone since.
func (s *Shop) putProgramme(ctx context.Context, p till.Programme, had []till.SKU, ch till.Change) (till.Programme, error) {
	p.Name, p.Coupon = strings.TrimSpace(p.Name), strings.TrimSpace(p.Coupon)
	if err := promo.Check(p); err != nil {
		return till.Programme{}, err
	}
	if c, ok := promo.Currency(p); ok && c != s.cfg.Currency {
		return till.Programme{}, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("promotion %s is in %s, and the shop sells in %s", "促销 %s 的币种为 %s，本店币种为 %s").With(p.ID, c, s.cfg.Currency),
			Hint: i18n.T("give its amounts in %s", "请以 %s 给出金额").With(s.cfg.Currency),
		}
	}
	skus, err := s.skusOf(ctx, p.Rule.SKUs, had)
	if err != nil {
		return till.Programme{}, err
	}
	p.Rule.SKUs = skus
	return s.cfg.Store.PutProgramme(ctx, p, ch)
}

// skusOf finds the variants that were named by SKU or barcode.
func (s *Shop) skusOf(ctx context.Context, codes, had []till.SKU) ([]till.SKU, error) {
	var skus []till.SKU
	for _, code := range codes {
		if !slices.Contains(had, code) {
			_, v, err := s.cfg.Store.ItemByCode(ctx, string(code))
			if err != nil {
				return nil, err
			}
			code = v.SKU
		}
		if !slices.Contains(skus, code) {
			skus = append(skus, code)
		}
	}
	return skus, nil
}

// findProgramme is the promotion of an id, nil where there is none.
func (s *Shop) findProgramme(ctx context.Context, id till.ProgrammeID) (*till.Programme, error) {
	all, err := s.cfg.Store.Programmes(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p till.Programme) bool { return p.ID == id })
	if i < 0 {
		return nil, nil
	}
	return &all[i], nil
}

func (s *Shop) presentProgramme(ctx context.Context, id till.ProgrammeID) (till.Programme, error) {
	p, err := s.findProgramme(ctx, id)
	if err != nil {
		return till.Programme{}, err
	}
	if p == nil {
		return till.Programme{}, &till.Problem{
			Code: till.CodeNotFound,
			What: i18n.T("there is no promotion %q", "没有促销 %q").With(string(id)),
			Hint: i18n.T("till promo list shows those there are", "till promo list 可列出现有促销").With(),
		}
	}
	return *p, nil
}

func programmeTaken(id till.ProgrammeID) error {
	return &till.Problem{
		Code: till.CodeConflict,
		What: i18n.T("there is a promotion %s already", "促销 %s 已存在").With(id),
		Hint: i18n.T("change it with till promo edit %s, or choose another id", "请用 till promo edit %s 修改，或换一个编号").With(id),
	}
}
