package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader/pcsc"
)

type cardWatchOptions struct {
	out    out.Output
	reader string // a part of a reader's name; "" is every one
	count  int    // of events; 0 is no end
	during time.Duration
	watch  func(context.Context, func(pcsc.Event) error) error
}

// cardEvent is one change at a reader.
type cardEvent struct {
	At          string `json:"at"`     // RFC 3339
	Change      string `json:"change"` // reader added, reader removed, card inserted, card removed
	Reader      string `json:"reader"`
	ATR         string `json:"atr,omitempty"`
	Meaning     string `json:"meaning,omitempty"` // of the answer to reset
	Mute        bool   `json:"mute"`
	Contactless bool   `json:"contactless"`
}

// errEnough ends a watch that has told all it was asked for.
var errEnough = errors.New("enough")

func newCardWatch(env *Env, runF func(context.Context, *cardWatchOptions) error) *cobra.Command {
	o := &cardWatchOptions{watch: pcsc.Watch}
	c := newLeaf(env, leaf{
		use:   "watch",
		short: i18n.T("Tell of readers and cards that come and go", "监视读卡器与卡片的接入和移除"),
		long: i18n.T(
			"Tell of readers that are plugged in and out and of cards that are put in, held to and\ntaken away, until Ctrl-C. It begins with what is there. No card is touched, so it may\nrun beside a payment. Only readers on PC/SC tell of such changes.",
			"监视读卡器的插拔以及卡片的插入、贴近与取走，直到按下 Ctrl-C；首先列出现有的读卡器和\n卡片。不与卡片通信，可与收款同时运行。仅 PC/SC 读卡器支持。"),
		examples: []example{
			{i18n.T("what happens at the readers?", "读卡器上发生了什么？"), "till card watch"},
			{i18n.T("for a program, a line of JSON each", "供程序使用，每个事件一行 JSON"), "till card watch -O ndjson"},
			{i18n.T("the next card, and its answer to reset", "下一张卡及其复位应答"), `till card watch --jq 'select(.change == "card inserted") | .atr'`},
		},
		result: cardEvent{},
		exits:  []exitCode{exitNoDevice},
		run:    runWith(either(env, runF, cardWatchRun), o),
	}, &o.out)
	f := c.Flags()
	f.StringVar(&o.reader, "reader", "", env.Say(i18n.T("only readers with `NAME` in their name", "仅名称包含 `NAME` 的读卡器")))
	f.IntVar(&o.count, "count", 0, env.Say(i18n.T("end after `N` changes", "在 `N` 个变化后结束")))
	f.DurationVar(&o.during, "for", 0, env.Say(i18n.T("end after a `TIME`, such as 30s", "在时间 `TIME` 后结束，例如 30s")))
	return c
}

func cardWatchRun(ctx context.Context, env *Env, o *cardWatchOptions) error {
	watching := ctx
	if o.during > 0 {
		var cancel context.CancelFunc
		watching, cancel = context.WithTimeout(ctx, o.during)
		defer cancel()
	}
	seq, told := o.out.Sequence(env.Screen()), 0
	err := o.watch(watching, func(e pcsc.Event) error {
		if !strings.Contains(strings.ToLower(e.Reader), strings.ToLower(o.reader)) {
			return nil
		}
		if err := o.tell(env, seq, eventOf(env, e)); err != nil {
			return err
		}
		if told++; told == o.count {
			return errEnough
		}
		return nil
	})
	switch {
	case errors.Is(err, errEnough), ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return seq.End()
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), seq.End())
	}
	var known *till.Problem
	if errors.As(err, &known) {
		return err
	}
	return readerProblem(i18n.T("(all)", "（全部）").In(env.lang), err)
}

func eventOf(env *Env, e pcsc.Event) cardEvent {
	v := cardEvent{
		At: env.Now().Format(time.RFC3339), Change: string(e.Change), Reader: e.Reader,
		Mute: e.IsMute(), Contactless: e.IsContactless(), ATR: strings.ToUpper(hex.EncodeToString(e.ATR)),
	}
	if len(e.ATR) > 0 {
		v.Meaning = emv.ATRSummary(e.ATR, string(env.lang))
	}
	return v
}

// tell writes one change: a line for people, what was asked for to others.
func (o *cardWatchOptions) tell(env *Env, seq *out.Sequence, v cardEvent) error {
	if !o.out.IsText() {
		return seq.Write(out.Result{Value: v})
	}
	screen := seq.Screen()
	_, err := fmt.Fprintln(screen, eventLine(screen, v))
	return err
}

func eventLine(s out.Screen, v cardEvent) string {
	clock := v.At
	if at, err := time.Parse(time.RFC3339, v.At); err == nil {
		clock = at.Format("15:04:05")
	}
	line := clock + "  " + cells.Pad(changeText(pcsc.Change(v.Change)).In(s.Lang), 14, cells.Left) + "  " + cells.Plain(v.Reader)
	switch {
	case v.Mute:
		line += "  " + s.Red(i18n.T("the chip does not answer", "芯片无应答").In(s.Lang))
	case v.ATR != "":
		line += "  " + v.ATR + "  " + cells.Plain(v.Meaning)
	}
	return line
}

func changeText(c pcsc.Change) i18n.Text {
	switch c {
	case pcsc.ReaderAdded:
		return i18n.T("reader added", "读卡器接入")
	case pcsc.ReaderRemoved:
		return i18n.T("reader removed", "读卡器移除")
	case pcsc.CardInserted:
		return i18n.T("card inserted", "卡片插入")
	case pcsc.CardRemoved:
		return i18n.T("card removed", "卡片移除")
	}
	return i18n.T("change", "变化")
}
