package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
)

// bindCard gives a command that looks at a card the flags for the reader and the waiting.
func bindCard(env *Env, c *cobra.Command, wait *time.Duration) {
	bindSetting(env, c.Flags(), "reader", "reader.name", i18n.T(
		"wait at `READER`, a name of till card list", "在 `READER` 等待，名称见 till card list"))
	c.Flags().DurationVar(wait, "wait", 30*time.Second, env.Say(i18n.T(
		"wait `TIME` for a card", "等待卡片的时间 `TIME`")))
}

// presentedCard is a card that is there, and the device that gave it.
type presentedCard struct {
	cfg    config.Config
	device reader.Reader
	card   reader.Card
}

// present waits for a card at the configured reader; listen, if there is one, gets to
// hear what is said to it.
func present(ctx context.Context, env *Env, patience time.Duration, listen ...func(reader.Reader) reader.Reader) (*presentedCard, error) {
	cfg, err := env.Config()
	if err != nil {
		return nil, err
	}
	name := cfg.Reader.Name
	device, err := openReader(ctx, env, name)
	if err != nil {
		return nil, err
	}
	for _, l := range listen {
		device = l(device)
	}
	switch {
	case isSwipe(name):
		env.Note(i18n.T("draw the card through %s", "请在 %s 刷卡").With(device.Name()))
	case !strings.HasPrefix(name, virtualName) && !isReplay(name):
		env.Note(i18n.T("put a card into %s", "请将卡片插入 %s").With(device.Name()))
	}
	c, err := waitForCard(ctx, device, patience)
	if err != nil {
		_ = device.Close() // the error that matters is the one at hand
		return nil, err
	}
	return &presentedCard{cfg: cfg, device: device, card: c}, nil
}

func (p *presentedCard) close() {
	_ = p.card.Close()   // the command has what it wanted
	_ = p.device.Close() // likewise
}

func waitForCard(ctx context.Context, device reader.Reader, patience time.Duration) (reader.Card, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := device.Wait(waiting)
	switch {
	case err == nil:
		return c, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, readerProblem(device.Name(), err)
}

// noChip is the problem of a stripe in the place of a chip.
func noChip() error {
	return &till.Problem{
		Code: till.CodeNoDevice, What: i18n.T("a stripe takes no commands", "磁条不接受命令").With(),
		Hint: i18n.T("put the chip of the card into a reader of till card list", "请将卡片芯片插入 till card list 中的读卡器").With(),
	}
}
