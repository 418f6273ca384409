package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
)

type cardTraceOptions struct {
	out  out.Output
	file string
	wait time.Duration
}

// traceView is what a trace holds.
type traceView struct {
	File     string `json:"file"`
	Cards    int    `json:"cards"`
	Commands int    `json:"commands"`
	Error    string `json:"error,omitempty"` // why the reading ended early
}

func newCardTrace(env *Env, runF func(context.Context, *cardTraceOptions) error) *cobra.Command {
	o := &cardTraceOptions{}
	c := newLeaf(env, leaf{
		use:   "trace FILE",
		short: i18n.T("Record a reading of a card, masked, to play it back", "录制读卡过程（已遮蔽）以便回放"),
		long: i18n.T(
			"Read a card as till card read does and record every command and answer in FILE, as\nlines of JSON; - is standard output. Nothing of the card is in it: its number becomes\none that is published for tests, tracks, names and PINs are emptied, and it still plays\nback as a card: by --reader replay:FILE, or by till card replay. It may be sent to\nwhoever is to look at it. till pay --trace FILE records a payment.",
			"与 till card read 一样读卡，并将每条命令与应答以 JSON 行录制到 FILE，- 表示标准输出。文件中\n没有卡片数据：卡号替换为公开测试号，磁道、姓名和 PIN 均被清空，仍可作为卡片回放\n（--reader replay:FILE 或 till card replay），可交给他人分析。录制收款请用 till pay --trace FILE。"),
		examples: []example{
			{i18n.T("the virtual card", "虚拟卡"), "till card trace card.jsonl"},
			{i18n.T("straight into another program", "直接交给其他程序"), "till card trace - --reader ACS"},
		},
		result: traceView{},
		exits:  []exitCode{exitNoDevice},
		run:    runWith(either(env, runF, cardTraceRun), o, &o.file),
	}, &o.out)
	bindCard(env, c, &o.wait)
	return c
}

func cardTraceRun(ctx context.Context, env *Env, o *cardTraceOptions) error {
	to, err := traceOutput(env, o.file)
	if err != nil {
		return err
	}
	defer func() { _ = to.Close() }() // closed below; this is for the ways out before
	var recorder *replay.Recorder
	p, err := present(ctx, env, o.wait, func(device reader.Reader) reader.Reader {
		recorder = replay.Record(device, env.Now)
		return recorder
	})
	if err != nil {
		return err
	}
	defer p.close()
	var view cardView
	if chip, ok := p.card.(reader.Chip); ok {
		looking, err := readingOf(env, p.cfg, chip)
		if err != nil {
			return err
		}
		view.readChip(ctx, chip, looking, string(env.lang), env.Now())
	}
	trace := recorder.Trace()
	if err := errors.Join(trace.Write(to), to.Close()); err != nil {
		return &till.Problem{
			Code: till.CodeFailure, Cause: err, What: i18n.T("%s was not written", "%s 未能写入").With(o.file),
			Hint: i18n.T("free space, or name another file", "请腾出空间或指定其他文件").With(),
		}
	}
	result := summaryOf(o.file, trace)
	result.Error = view.Error
	if o.file != "-" {
		err = env.WriteLine(&o.out, result, i18n.T("%s: %d commands of %d cards, masked", "%s：%d 条命令，%d 张卡片，已遮蔽").With(o.file, result.Commands, result.Cards))
	}
	if err == nil && view.Error != "" {
		env.Note(i18n.T("the reading ended early: %s", "读取提前结束：%s").With(view.Error))
		return exitError{exitFailure}
	}
	return err
}

func summaryOf(file string, trace *replay.Trace) traceView {
	v := traceView{File: file, Cards: len(trace.Sessions)}
	for _, s := range trace.Sessions {
		v.Commands += len(s.Exchanges)
	}
	return v
}

// traceOutput is the file that a trace goes to, or standard output.
func traceOutput(env *Env, name string) (io.WriteCloser, error) {
	if name == "-" {
		return keptOpen{env.Out}, nil
	}
	t, err := createTrace(env, name)
	if err != nil {
		return nil, err
	}
	return t.file, nil
}

// keptOpen is a stream that others write to as well.
type keptOpen struct{ io.Writer }

// Close implements io.Closer.
func (keptOpen) Close() error { return nil }
