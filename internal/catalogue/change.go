package catalogue

import (
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Changes tells how two states of an item differ, by the names of our own columns; those
// of a variant have its SKU in front: "latte-l price".
func Changes(before, after till.Item) []Change {
	changes := itemChanges(before, after)
	for _, v := range after.Variants {
		was, _ := before.Variant(v.SKU)
		for _, c := range variantChanges(was, v) {
			c.Field = string(v.SKU) + " " + c.Field
			changes = append(changes, c)
		}
	}
	return changes
}

func itemChanges(before, after till.Item) []Change {
	return differing([]Change{
		{string(fName), before.Name, after.Name},
		{string(fCategory), before.Category, after.Category},
		{string(fUnit), string(before.Unit), string(after.Unit)},
		{string(fTaxClass), before.TaxClass, after.TaxClass},
	})
}

func variantChanges(before, after till.Variant) []Change {
	return differing([]Change{
		{string(fOption), before.Option, after.Option},
		{string(fBarcodes), strings.Join(before.Barcodes, " "), strings.Join(after.Barcodes, " ")},
		{string(fPrice), decimal(before.Price), decimal(after.Price)},
		{string(fCost), decimal(before.Cost), decimal(after.Cost)},
		{string(fLow), before.LowStock.String(), after.LowStock.String()},
		{string(fOpenPrice), flag(before.OpenPrice), flag(after.OpenPrice)},
		{string(fUntracked), flag(before.Untracked), flag(after.Untracked)},
	})
}

func differing(all []Change) []Change {
	var list []Change
	for _, c := range all {
		if c.From != c.To {
			list = append(list, c)
		}
	}
	return list
}

// decimal is an amount as our own columns have it; nothing is empty, in whatever currency.
func decimal(a money.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.Decimal()
}

func flag(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}
