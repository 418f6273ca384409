package cli

import (
	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
)

func newEMV(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "emv",
		short: i18n.T("Read the data of chip cards", "解读 IC 卡数据"),
		long: i18n.T(
			"Read the data of chip cards: data objects (TLV), bit tables, answers to reset, status\nwords and tracks. Card numbers, tracks, names and PIN data are masked in whatever is\nshown.",
			"解读 IC 卡数据：数据对象（TLV）、位表、复位应答、状态字与磁道。显示时卡号、磁道、\n姓名和 PIN 数据均被遮蔽。"),
		commands: []*cobra.Command{newEMVExplain(env, nil), newEMVTag(env, nil), newEMVKeys(env, nil)},
	})
}
