package catalogue

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/tillworks/till/internal/till"
)

// Columns are the heads of our own format in their order.
func Columns() []string {
	var heads []string
	for _, f := range ownFields() {
		heads = append(heads, string(f))
	}
	return heads
}

// Cells are the rows of an item, one a variant, in the order of Columns; texts that a
// spreadsheet could run have an apostrophe in front. The stock of what is not in onHand is
// left empty.
func Cells(item till.Item, onHand map[till.SKU]till.Quantity) [][]string {
	var rows [][]string
	for _, v := range item.Variants {
		stock := ""
		if q, ok := onHand[v.SKU]; ok && !v.Untracked {
			stock = q.String()
		}
		rows = append(rows, []string{
			string(item.ID), defused(item.Name), defused(item.Category), string(item.Unit), defused(item.TaxClass),
			string(v.SKU), defused(v.Option), defused(strings.Join(v.Barcodes, " ")), v.Price.Decimal(), decimal(v.Cost),
			low(v.LowStock), stock, flag(v.OpenPrice), flag(v.Untracked),
		})
	}
	return rows
}

func low(q till.Quantity) string {
	if q == 0 {
		return ""
	}
	return q.String()
}

// defused is a text that no spreadsheet runs.
func defused(text string) string {
	if isFormula(text) {
		return "'" + text
	}
	return text
}

// Write writes items in our own format, UTF-8 with a byte order mark, so that a
// spreadsheet reads Chinese as it is. Deleted items are left out.
func Write(w io.Writer, items []till.Item, onHand map[till.SKU]till.Quantity) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing articles: %w", err)
	}
	out := csv.NewWriter(w)
	rows := [][]string{Columns()}
	for _, item := range items {
		if !item.Deleted {
			rows = append(rows, Cells(item, onHand)...)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing articles: %w", err)
	}
	return nil
}
