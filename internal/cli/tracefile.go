package cli

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
)

// cardTrace is a file that the conversation with a card goes to, masked. The nil one
// records nothing.
type cardTrace struct {
	env       *Env
	file      *os.File
	recorders []*replay.Recorder // a device each
}

// bindTrace gives a command the flag.
func bindTrace(env *Env, c *cobra.Command, name *string) {
	c.Flags().StringVar(name, "trace", "", env.Say(i18n.T(
		"record what is said to the card in a `FILE`, masked; till card replay plays it back", "将与卡片的交互（已遮蔽）录制到 `FILE`；till card replay 可回放")))
}

// createTrace makes the file before anything is done, so that a folder that cannot be
// written is known now. The empty name is no trace.
func createTrace(env *Env, name string) (*cardTrace, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("%s cannot be written", "无法写入 %s").With(name),
			Hint: i18n.T("name a file in a folder that exists and that you may write to", "请指定一个存在且可写的文件夹中的文件").With(),
		}
	}
	return &cardTrace{env: env, file: f}, nil
}

// record is the device, and from now on listens to it.
func (t *cardTrace) record(device reader.Reader) reader.Reader {
	if t == nil {
		return device
	}
	recorder := replay.Record(device, t.env.Now)
	t.recorders = append(t.recorders, recorder)
	return recorder
}

// Close writes the trace. One that cannot be written is told and changes nothing of what
// was done: a sale is not to be tried again for it.
func (t *cardTrace) Close() {
	if t == nil {
		return
	}
	var err error
	for _, r := range t.recorders {
		err = errors.Join(err, r.Trace().Write(t.file))
	}
	if err = errors.Join(err, t.file.Close()); err != nil {
		t.env.Note(i18n.T("the trace was not written: %v", "未能写入跟踪文件：%v").With(err))
	}
}
