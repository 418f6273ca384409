package cart

import (
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

func refuse(code till.Code, what, hint i18n.Message) error {
	return &till.Problem{Code: code, What: what, Hint: hint}
}

// atEntry names the entry in front of what is wrong with it: "entry 3 (SKU latte): …".
func atEntry(in Input, i int, err error) error {
	return at(i18n.T("entry %d", "第 %d 条").With(i+1), label(in.Items[i].Variant.SKU, in.Basket.Entries[i]), err)
}

// atLine names a sold line in the same way.
func atLine(l till.Line, err error) error {
	return at(i18n.T("line %d", "第 %d 行").With(l.N), label(l.SKU, till.BasketEntry{Name: l.Name}), err)
}

func at(place i18n.Message, label string, err error) error {
	if label != "" {
		place = i18n.T("%s (%s)", "%s（%s）").With(place, label)
	}
	var p *till.Problem
	if !errors.As(err, &p) {
		return fmt.Errorf("%s: %w", place, err)
	}
	placed := *p
	placed.What = i18n.T("%s: %s", "%s：%s").With(place, p.What)
	return &placed
}

// label is what is best known of an entry: its SKU, its code or its name.
func label(sku till.SKU, e till.BasketEntry) string {
	switch {
	case sku != "":
		return "SKU " + string(sku)
	case e.Code != "":
		return fmt.Sprintf("%q", e.Code)
	case e.Name != "":
		return fmt.Sprintf("%q", e.Name)
	}
	return ""
}
