package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/tui/common"
)

// give gives a message to the page on top.
func (a App) give(msg tea.Msg) (App, tea.Cmd) {
	return a.giveTo(a.layers[len(a.layers)-1].id, msg)
}

// giveTo gives a message to a page, wherever it lies now; one that is gone gets nothing.
func (a App) giveTo(id int, msg tea.Msg) (App, tea.Cmd) {
	i := a.index(id)
	if i < 0 {
		return a, nil
	}
	next, cmd := a.layers[i].page.Update(msg)
	a.layers = slices.Clone(a.layers)
	a.layers[i].page = next
	return a.perform(id, cmd)
}

// spread gives a message to every page that is there now.
func (a App) spread(msg tea.Msg) (App, tea.Cmd) {
	layers := a.layers
	cmds := make([]tea.Cmd, len(layers))
	for i, l := range layers {
		a, cmds[i] = a.giveTo(l.id, msg)
	}
	return a, tea.Batch(cmds...)
}

// perform does what a page has asked for, at once and in order, so that the next key goes
// to the page that it is meant for. What takes its time is left to the program.
func (a App) perform(id int, cmd tea.Cmd) (App, tea.Cmd) {
	if cmd == nil {
		return a, nil
	}
	switch msg := cmd().(type) {
	case nil:
		return a, nil
	case common.Task:
		return a, tea.Cmd(msg)
	case tea.BatchMsg:
		later := make([]tea.Cmd, len(msg))
		for i, c := range msg {
			a, later[i] = a.perform(id, c)
		}
		return a, tea.Batch(later...)
	default:
		return a.turn(id, msg)
	}
}

// turn is a change of pages that a page has asked for, or another message of it. A lock
// that lies over the page stays there whatever is changed below it.
func (a App) turn(id int, msg tea.Msg) (App, tea.Cmd) {
	switch msg := msg.(type) {
	case common.Push:
		return a.add(msg.Page, false)
	case common.Replace:
		i := a.index(id)
		if i < 0 {
			return a, nil
		}
		a.layers = slices.Clone(a.layers)
		a.lastID++
		a.layers[i] = layer{id: a.lastID, page: msg.Page}
		return a.perform(a.lastID, msg.Page.Init())
	case common.Reset:
		return a.reset(id, msg.Page)
	case common.Pop:
		return a.pop(id, msg)
	}
	return a.update(msg)
}

// add lays a page over all others, but under a lock.
func (a App) add(page common.Page, lock bool) (App, tea.Cmd) {
	a.lastID++
	at := len(a.layers)
	if a.layers[at-1].lock {
		at--
	}
	a.layers = slices.Insert(slices.Clone(a.layers), at, layer{id: a.lastID, page: page, lock: lock})
	return a.perform(a.lastID, page.Init())
}

// reset leaves one page alone on the screen.
func (a App) reset(id int, page common.Page) (App, tea.Cmd) {
	a.lastID++
	fresh := []layer{{id: a.lastID, page: page}}
	if l := a.layers[len(a.layers)-1]; l.lock && l.id != id {
		fresh = append(fresh, l)
	}
	a.layers = fresh
	a, cmd := a.perform(a.lastID, page.Init())
	return a, tea.Batch(cmd, a.readStatus())
}

// pop takes a page away; the last one stays.
func (a App) pop(id int, msg common.Pop) (App, tea.Cmd) {
	below := 0
	if i := a.index(id); i > 0 {
		below = a.layers[i-1].id
		a.layers = slices.Delete(slices.Clone(a.layers), i, i+1)
	}
	cmds := []tea.Cmd{a.readStatus()}
	var cmd tea.Cmd
	if msg.Result != nil {
		a, cmd = a.spread(msg.Result)
		cmds = append(cmds, cmd)
	}
	if msg.Scan != "" {
		a, cmd = a.giveTo(below, common.Scanned{Code: msg.Scan})
		cmds = append(cmds, cmd)
	}
	return a, tea.Batch(cmds...)
}

// index is where a page lies; less than nothing where it is gone.
func (a App) index(id int) int {
	return slices.IndexFunc(a.layers, func(l layer) bool { return l.id == id })
}

func (a App) top() common.Page { return a.layers[len(a.layers)-1].page }
