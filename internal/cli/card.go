package cli

import (
	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
)

func newCard(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "card",
		short: i18n.T("Look at readers and cards", "查看读卡器与卡片"),
		long: i18n.T(
			"Look at the card readers of this machine and at the cards in them. Card numbers,\ntracks and names are masked in whatever is shown.",
			"查看本机的读卡器及其中的卡片。显示时卡号、磁道和姓名均被遮蔽。"),
		commands: []*cobra.Command{
			newCardList(env, nil), newCardRead(env, nil), newCardWatch(env, nil), newCardAPDU(env, nil), newCardTrace(env, nil), newCardReplay(env, nil),
		},
	})
}
