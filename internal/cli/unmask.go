package cli

import (
	"context"
	"errors"
	"os/user"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// unmask is the flag of a command that can show card data in clear. Every use of it is in
// the journal, and a pipe or a file gets such data only where that is said in so many
// words.
type unmask struct {
	wish    string // "" masks, unmaskHere is for eyes, unmaskYes is for anything
	command string // "till iso explain", once it is granted
}

// The values of --unmask.
const (
	unmaskHere = "terminal"
	unmaskYes  = "yes"
)

// bindUnmask gives a command the flag.
func bindUnmask(env *Env, c *cobra.Command, u *unmask) {
	c.Flags().StringVar(&u.wish, "unmask", "", env.Say(i18n.T(
		"show card data in clear; `WHERE` is terminal, or yes for a pipe or a file too; the journal keeps who did it",
		"以明文显示卡数据；`WHERE` 为 terminal（仅终端），或 yes（管道和文件亦可）；流水账将记录操作人")))
	c.Flags().Lookup("unmask").NoOptDefVal = unmaskHere
	_ = c.RegisterFlagCompletionFunc("unmask", cobra.FixedCompletions([]string{unmaskHere, unmaskYes}, cobra.ShellCompDirectiveNoFileComp))
}

// granted reports whether card data is to be shown in clear. That it will be is in the
// journal when it answers yes; what cannot be written there is not shown. Call it before
// the first byte of output, and shown after the last.
func (u *unmask) granted(ctx context.Context, env *Env, o *out.Output, command string) (bool, error) {
	switch {
	case u.command != "":
		return true, nil // it was asked before
	case u.wish == "":
		return false, nil
	}
	switch u.wish {
	case unmaskHere, unmaskYes:
	default:
		return false, wrongWord("--unmask", u.wish, unmaskHere+", "+unmaskYes)
	}
	if u.wish != unmaskYes && (!env.Out.Terminal || o.ToFile()) {
		return false, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--unmask would write card data into a pipe or a file", "--unmask 会将卡数据写入管道或文件").With(),
			Hint: i18n.T("write --unmask=yes if that is meant; nothing was shown", "若确需如此请写 --unmask=yes；未显示任何内容").With(),
		}
	}
	u.command = command
	return true, u.note(ctx, env, 0)
}

// shown writes to the journal of how many messages card data was shown. It is not ended
// by Ctrl-C.
func (u *unmask) shown(ctx context.Context, env *Env, messages int) error {
	if u.command == "" || messages == 0 {
		return nil
	}
	return u.note(context.WithoutCancel(ctx), env, messages)
}

// note appends to the journal who sees card data by which command.
func (u *unmask) note(ctx context.Context, env *Env, messages int) (err error) {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	dir, err := env.DataDir()
	if err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, dir, sqlite.Options{Now: env.Now, Calendar: cfg.Shop.Calendar(), Stock: cfg.Stock})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	staff, _, err := s.SignedIn(ctx, cfg.Terminal.ID)
	if err != nil {
		return err
	}
	return s.Disclose(ctx, till.Disclosure{Command: u.command, User: systemUser(env), Staff: staff, Messages: messages})
}

// systemUser is who runs the process, as the operating system calls them.
func systemUser(env *Env) string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return env.Getenv("USER")
}
