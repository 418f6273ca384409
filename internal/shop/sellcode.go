package shop

import (
	"context"
	"errors"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// resolve finds the item of each entry, and what its code says beside the article: the
// basket comes back with the quantities and prices that scales have printed. The item of
// an entry without a code stays empty.
func (s *Shop) resolve(ctx context.Context, b till.Basket) (till.Basket, []cart.Item, error) {
	items := make([]cart.Item, len(b.Entries))
	entries := make([]till.BasketEntry, len(b.Entries))
	for i, e := range b.Entries {
		entries[i] = e
		if e.Code == "" {
			continue
		}
		var err error
		if entries[i], items[i], err = s.scanned(ctx, e); err != nil {
			return b, nil, unknownEntry(i+1, e.Code, err)
		}
	}
	b.Entries = entries
	return b, items, nil
}

// Scanned finds what a code stands for, as a scanner typed it or a person did: a SKU, a
// barcode in any of its forms, or a scale's code, whose weight or price is then in the
// entry.
func (s *Shop) Scanned(ctx context.Context, code string) (till.BasketEntry, till.Item, till.Variant, error) {
	e, item, err := s.scanned(ctx, till.BasketEntry{Code: code})
	if err != nil {
		err = unknownCode(code, err)
	}
	return e, item.Item, item.Variant, err
}

// scanned looks a code up as it stands, and only then as what a barcode may mean.
func (s *Shop) scanned(ctx context.Context, e till.BasketEntry) (till.BasketEntry, cart.Item, error) {
	item, variant, err := s.cfg.Store.ItemByCode(ctx, e.Code)
	if !isNotFound(err) {
		return e, cart.Item{Item: item, Variant: variant}, err
	}
	code, parseErr := barcode.Parse(e.Code)
	if parseErr != nil {
		return e, cart.Item{}, parseErr
	}
	for _, form := range []string{code.Normal(), code.Also} {
		if form == "" || form == e.Code {
			continue
		}
		if item, variant, also := s.cfg.Store.ItemByCode(ctx, form); !isNotFound(also) {
			return withElements(e, code), cart.Item{Item: item, Variant: variant}, also
		}
	}
	return s.weighed(ctx, e, code, err)
}

// weighed looks up the article of a scale's code. cause is that the code as a whole is
// unknown.
func (s *Shop) weighed(ctx context.Context, e till.BasketEntry, code barcode.Code, cause error) (till.BasketEntry, cart.Item, error) {
	m, ok, err := barcode.Usual().Read(code)
	if err == nil && !ok {
		err = cause
	}
	if err != nil {
		return e, cart.Item{}, err
	}
	item, variant, err := s.cfg.Store.ItemByCode(ctx, m.Base)
	if isNotFound(err) {
		err = cause
	}
	if err != nil {
		return e, cart.Item{}, err
	}
	if m.Value == barcode.ByPrice {
		e, err = s.priced(e, m.Price)
		return e, cart.Item{Item: item, Variant: variant}, err
	}
	e.Quantity = times(m.Quantity, quantityOf(e))
	return e, cart.Item{Item: item, Variant: variant}, nil
}

// priced is an entry at the price that its label says, which holds whatever the
// catalogue says of a kilogram.
func (s *Shop) priced(e till.BasketEntry, p barcode.Price) (till.BasketEntry, error) {
	minor := p.Digits
	for d := p.Decimals; d < s.cfg.Currency.Exponent(); d++ {
		minor *= 10
	}
	if p.Decimals > s.cfg.Currency.Exponent() {
		return e, priceDecimals(p, s.cfg.Currency)
	}
	if e.Price == nil {
		price := money.New(minor, s.cfg.Currency)
		e.Price = &price
	}
	return e, nil
}

// withElements takes the weight or the count of an element string over.
func withElements(e till.BasketEntry, c barcode.Code) till.BasketEntry {
	switch {
	case c.Weight > 0:
		e.Quantity = times(c.Weight, quantityOf(e))
	case c.Count > 0:
		e.Quantity = times(till.Units(c.Count), quantityOf(e))
	}
	return e
}

// times is a quantity so many times. What does not fit is more than any line may hold,
// and is refused there.
func times(q, n till.Quantity) till.Quantity {
	product, ok := till.MulDiv(int64(q), int64(n), int64(till.One))
	if !ok {
		return till.MaxQuantity + 1
	}
	return till.Quantity(product)
}

// unknownEntry says which entry the catalogue does not know.
func unknownEntry(n int, code string, cause error) error {
	cause = unknownCode(code, cause)
	var p *till.Problem
	if !errors.As(cause, &p) || p.Code != till.CodeNotFound && p.Code != till.CodeUsage {
		return cause
	}
	return &till.Problem{Code: p.Code, What: i18n.T("entry %d: %s", "第 %d 条：%s").With(n, p.What), Hint: p.Hint, Cause: p.Cause}
}

// unknownCode says that the catalogue does not know a code, and what to do. A card number
// that a reader typed into the wrong place is not repeated.
func unknownCode(code string, cause error) error {
	if card.IsNumber(code) && !isBarcodeOf13(code) {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("that is no item, and it may be a card number", "无此商品，且可能是卡号").With(),
			Hint: i18n.T("scan the item; a card is read when the sale is paid", "请扫描商品；付款时才读卡").With(),
		}
	}
	var p *till.Problem
	if !errors.As(cause, &p) || p.Code != till.CodeNotFound {
		return cause
	}
	return p
}

// isBarcodeOf13 reports an EAN-13. Some pass for a card number of thirteen digits, which
// no scheme has issued for decades.
func isBarcodeOf13(code string) bool {
	c, err := barcode.Parse(code)
	return err == nil && c.Kind == barcode.EAN13
}

func priceDecimals(p barcode.Price, c money.Currency) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the label's price has %d decimals, %s has %d", "标签价格有 %d 位小数，%s 只有 %d 位").With(p.Decimals, c, c.Exponent()),
		Hint: i18n.T("sell the item by its SKU with a price: till item list finds it", "请按 SKU 并注明价格销售：till item list 可查找").With(),
	}
}
