package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
)

type cardReplayOptions struct {
	out   out.Output
	file  string
	timed bool
}

// replayView is one card of a trace, played back.
type replayView struct {
	Line     int        `json:"line"` // of the trace that the card begins in
	Kind     string     `json:"kind"` // reading, payment or stripe
	Recorded int        `json:"recorded"`
	Played   int        `json:"played"`             // commands that were said again
	Same     bool       `json:"same"`               // everything recorded was said again
	Decision string     `json:"decision,omitempty"` // of a payment: approved, declined
	Masked   string     `json:"masked,omitempty"`
	Steps    []stepView `json:"steps"`
	Differs  int        `json:"differs_in_line,omitempty"`
	Got      string     `json:"got,omitempty"`
	Want     string     `json:"want,omitempty"`
	Error    string     `json:"error,omitempty"`
}

func newCardReplay(env *Env, runF func(context.Context, *cardReplayOptions) error) *cobra.Command {
	o := &cardReplayOptions{}
	c := newLeaf(env, leaf{
		use:   "replay FILE",
		short: i18n.T("Play a recorded card back, step by step in words", "回放录制的卡片并逐步解释"),
		long: i18n.T(
			"Read or pay with the cards of a trace once more, as they were read or paid with, and\nshow each step in words. A payment is made with the amount, date and random number that\nthe trace has, and the issuer's answer in it; no host is asked and no money moves. Where\nthis program says something else to the card than was recorded, the line is told and the\ncommand ends with 7: so a case of the field is a test.",
			"用跟踪文件中的卡片按原样重新读卡或支付，并逐步解释。支付使用跟踪中的金额、日期、随机数\n以及发卡行应答；不联系主机，无资金划转。若本程序对卡片发出的命令与录制不同，则指出所在行并\n以 7 退出，从而使现场案例成为测试。"),
		examples: []example{
			{i18n.T("what happened at the counter?", "柜台发生了什么？"), "till card replay card.jsonl"},
			{i18n.T("in a test: the same conversation still?", "用于测试：交互是否仍相同？"), "till card replay card.jsonl --jq '.[].same'"},
		},
		result: []replayView{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, cardReplayRun), o, &o.file),
	}, &o.out)
	c.Flags().BoolVar(&o.timed, "timed", false, env.Say(i18n.T("answer as slowly as the card did", "按卡片原有速度应答")))
	return c
}

func cardReplayRun(ctx context.Context, env *Env, o *cardReplayOptions) error {
	trace, err := readTrace(o.file)
	if err != nil {
		return err
	}
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	device := replay.NewReader(trace, replay.Options{Name: replayName, Timed: o.timed})
	defer func() { _ = device.Close() }() // software
	var views []replayView
	same := true
	for _, s := range trace.Sessions {
		c, err := device.Wait(ctx)
		if err != nil {
			return readerProblem(device.Name(), err)
		}
		v := replayView{Line: s.Line, Kind: "stripe", Recorded: len(s.Exchanges), Same: true}
		if chip, ok := c.(reader.Chip); ok {
			looking, err := readingOf(env, cfg, chip)
			if err != nil {
				return err
			}
			v.play(ctx, env, &countingChip{Chip: chip}, s, looking)
		} else {
			v.Masked = s.Track2.PAN.Masked()
		}
		_ = c.Close() // software
		if ctx.Err() != nil {
			return ctx.Err()
		}
		views, same = append(views, v), same && v.Same
	}
	if err := env.Write(&o.out, out.Result{Value: views, Text: replayText(views)}); err != nil || same {
		return err
	}
	return exitError{exitDifferences}
}

// countingChip counts the commands that a trace had an answer for.
type countingChip struct {
	reader.Chip
	answered int
}

// Transmit implements [reader.Chip].
func (c *countingChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	response, err := c.Chip.Transmit(ctx, command)
	if !errors.Is(err, replay.ErrMismatch) {
		c.answered++
	}
	return response, err
}

// play says to the card what was said to it, as a reading or as a payment.
func (v *replayView) play(ctx context.Context, env *Env, chip *countingChip, s replay.Session, reading emv.Config) {
	p, isPayment := paymentOf(s)
	cfg := reading
	v.Kind = "reading"
	if isPayment {
		v.Kind, cfg = "payment", p.config(reading)
	} else if !s.At.IsZero() {
		cfg.Date = s.At
	}
	cfg.Observe = func(step emv.Step) { v.Steps = append(v.Steps, stepOf(step, string(env.lang))) }
	txn, err := emv.NewTransaction(cfg)
	if err == nil {
		err = converseWith(ctx, chip, txn, !isPayment)
	}
	if err == nil && isPayment && txn.Decision() == emv.GoOnline && p.isAnswered {
		txn.Complete(p.answer)
		err = converseWith(ctx, chip, txn, false)
	}
	if txn != nil {
		v.Masked = txn.Card().PAN.Masked()
		if isPayment {
			v.Decision = txn.Decision().String()
		}
	}
	v.Played = chip.answered
	v.judge(s, err)
}

// judge compares what was said with what was recorded.
func (v *replayView) judge(s replay.Session, err error) {
	var mismatch *replay.MismatchError
	ended := errors.Is(err, reader.ErrRemoved) && len(s.Exchanges) > 0 && s.Exchanges[len(s.Exchanges)-1].Failure != replay.NoFailure
	switch {
	case errors.As(err, &mismatch):
		v.Differs, v.Got, v.Want = mismatch.Line, mismatch.Got, mismatch.Want
	case err != nil && !ended:
		v.Error = err.Error()
	}
	v.Same = v.Differs == 0 && v.Played >= v.Recorded-optional(s)
}

// optional is how many commands of a session a terminal may do without.
func optional(s replay.Session) int {
	n := 0
	for _, x := range s.Exchanges {
		if replay.IsOptional(x.Command) {
			n++
		}
	}
	return n
}

// cardPatience is how long a recorded card that does not answer is waited for.
const cardPatience = time.Second

// converseWith carries commands until the transaction wants something else, or, of a
// reading, a cryptogram is next.
func converseWith(ctx context.Context, chip reader.Chip, txn *emv.Transaction, reading bool) error {
	command, more, err := txn.Next(nil)
	for more && err == nil && (!reading || command[1] != insGenerateAC) {
		sending, cancel := context.WithTimeout(ctx, cardPatience)
		response, failure := chip.Transmit(sending, command)
		cancel()
		if failure != nil {
			return failure
		}
		command, more, err = txn.Next(response)
	}
	return err
}

// replayText is each card's steps and whether they are those that were recorded.
func replayText(views []replayView) func(out.Screen) string {
	return func(s out.Screen) string {
		var b strings.Builder
		for i, v := range views {
			if i > 0 {
				b.WriteString("\n")
			}
			for _, step := range v.Steps {
				writeStep(&b, s, step)
			}
			for _, line := range replayVerdict(s, v) {
				b.WriteString(line + "\n")
			}
		}
		return b.String()
	}
}

func replayVerdict(s out.Screen, v replayView) []string {
	head := i18n.T("line %d, %s: %d of %d commands said again", "第 %d 行，%s：%d/%d 条命令重新发送").With(v.Line, kindText(v.Kind).In(s.Lang), v.Played, v.Recorded).In(s.Lang)
	lines := []string{strings.TrimRight(head+" "+v.Masked+" "+v.Decision, " ")}
	switch {
	case v.Same:
		lines[0] = s.Green(i18n.T("the same", "相同").In(s.Lang)) + "  " + lines[0]
	default:
		lines[0] = s.Red(i18n.T("different", "不同").In(s.Lang)) + "  " + lines[0]
	}
	if v.Differs > 0 {
		lines = append(lines, fmt.Sprintf(i18n.T("line %d: got %s", "第 %d 行：实际 %s").In(s.Lang), v.Differs, v.Got))
		if v.Want != "" {
			lines = append(lines, i18n.T("want %s", "应为 %s").With(v.Want).In(s.Lang))
		}
	}
	if v.Error != "" {
		lines = append(lines, cells.Plain(v.Error))
	}
	return lines
}

func kindText(kind string) i18n.Text {
	switch kind {
	case "payment":
		return i18n.T("payment", "支付")
	case "stripe":
		return i18n.T("stripe", "磁条")
	}
	return i18n.T("reading", "读卡")
}
