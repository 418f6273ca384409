package pages

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
)

// hit is one variant that a search found.
type hit struct {
	item    till.Item
	variant till.Variant
}

// found are the hits of a search.
type found struct {
	number int
	hits   []hit
}

// typed looks for what stands in the box: at once, or when the search before has come
// back, so that a long paste asks for its end and not for each of its letters.
func (p Sale) typed() (common.Page, tea.Cmd) {
	p.search++
	if p.searching {
		return p, nil
	}
	p.searching = true
	return p, p.find()
}

// lookFor shows the hits for a text that is no code.
func (p Sale) lookFor(text string) (Sale, tea.Cmd) {
	if p.box.IsEmpty() {
		p.box = p.box.With(text)
	}
	p.finding = true
	next, cmd := p.typed()
	return next.(Sale), cmd
}

// find searches the catalogue for what stands in the box.
func (p Sale) find() tea.Cmd {
	const most = 100
	number := p.search
	_, text := splitQuantity(p.box.Value())
	text = strings.TrimSpace(text)
	return ask(p.work, p.asker, func(ctx context.Context) (found, error) {
		items, err := p.work.Desk.Items(ctx, till.ItemFilter{Text: text, Limit: most})
		return found{number: number, hits: flat(items)}, err
	})
}

// searched shows what was found, unless something else is looked for by now. A search that
// failed shows nothing: whoever acts next is told why.
func (p Sale) searched(d done[found]) (common.Page, tea.Cmd) {
	p.searching = false
	if d.err == nil && d.value.number == p.search {
		p.hits = d.value.hits
		p.list = p.list.Rows(len(p.hits)).Select(0)
	}
	if d.value.number != p.search {
		p.searching = true
		return p, p.find()
	}
	return p, nil
}

// flat are all variants of the items.
func flat(items []till.Item) []hit {
	var hits []hit
	for _, i := range items {
		for _, v := range i.Variants {
			hits = append(hits, hit{i, v})
		}
	}
	return hits
}
