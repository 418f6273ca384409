package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/virtual"
)

type cardListOptions struct{ out out.Output }

// readerRow is one reader as `till card list` shows it.
type readerRow struct {
	Name string `json:"name"` // what --reader takes
	Kind string `json:"kind"` // virtual, swipe or pcsc
	Card string `json:"card"` // what is in it
	ATR  string `json:"atr,omitempty"`
}

func newCardList(env *Env, runF func(context.Context, *cardListOptions) error) *cobra.Command {
	o := &cardListOptions{}
	return newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List the card readers", "列出读卡器"),
		long: i18n.T(
			"List the readers that --reader takes: those of the machine by PC/SC, with what is in\nthem; the virtual ones, which are always there and hold cards of published test data; and\nswipe, a stripe reader that types (swipe:FILE is one on a line of its own). replay:FILE is\nthe card of a trace.",
			"列出 --reader 可用的读卡器：本机的 PC/SC 读卡器及其中的卡片；始终可用的虚拟读卡器（其中的\n卡片均为公开的测试数据）；swipe 为键盘式磁条阅读器（swipe:FILE 为独立线路的磁条阅读器）。\nreplay:FILE 为跟踪文件中的卡片。"),
		examples: []example{
			{i18n.T("which readers are there?", "有哪些读卡器？"), "till card list"},
			{i18n.T("the names of real ones", "真实读卡器的名称"), `till card list --jq '.[] | select(.kind == "pcsc") | .name'`},
		},
		result: []readerRow{},
		run:    runWith(either(env, runF, cardListRun), o),
	}, &o.out)
}

func cardListRun(_ context.Context, env *Env, o *cardListOptions) error {
	rows := append(virtualReaders(), readerRow{Name: swipeName, Kind: "swipe", Card: i18n.T("what is drawn through and typed", "刷卡后键入的磁条").In(env.lang)})
	readers, err := pcsc.Readers()
	for _, r := range readers {
		rows = append(rows, readerRow{Name: r.Name, Kind: "pcsc", Card: statusText(env.lang, r), ATR: strings.ToUpper(hex.EncodeToString(r.ATR))})
	}
	noteNoPCSC(env, err)
	table := out.Table{Columns: []out.Column{
		{Name: "name", Head: i18n.T("READER", "读卡器")},
		{Name: "kind", Head: i18n.T("KIND", "类型")},
		{Name: "card", Head: i18n.T("CARD", "卡片")},
	}}
	for _, r := range rows {
		table.Rows = append(table.Rows, []string{r.Name, r.Kind, r.Card})
	}
	return env.Write(&o.out, out.Result{Value: rows, Table: table})
}

// virtualReaders are the readers of software, the one without a profile first.
func virtualReaders() []readerRow {
	rows := []readerRow{{Name: virtualName, Kind: "virtual", Card: virtual.Visa().Name}}
	for _, p := range virtual.Profiles() {
		rows = append(rows, readerRow{Name: virtualName + ":" + p.Name, Kind: "virtual", Card: p.Name})
	}
	return rows
}

// noteNoPCSC says on stderr why no reader of the machine is listed. A machine without
// readers is none to complain about.
func noteNoPCSC(env *Env, err error) {
	var p *till.Problem
	if err != nil && errors.As(readerProblem("", err), &p) {
		env.Note(p.What)
	}
}
