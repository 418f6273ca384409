package cli

import (
	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
)

// newRoot builds the whole tree of commands in the user's language.
func newRoot(env *Env) *cobra.Command {
	root := newGroup(env, group{
		use:   "till",
		short: i18n.T("Take payments, script transactions, explain dumps", "收款、编写交易脚本、解析报文"),
		long: i18n.T(
			"A shop takes a payment with till, a developer scripts transactions with it, support\nstaff paste a dump into it. It works on first run with nothing else installed: the\nstore, a card host that speaks ISO 8583 and a virtual chip card are inside.",
			"商店用 till 收款，开发者用它编写交易脚本，支持人员用它解析报文。首次运行无需安装\n其他组件：内置数据库、支持 ISO 8583 的卡主机和虚拟芯片卡。"),
		commands: []*cobra.Command{
			newBatch(env),
			newCard(env),
			newCheckout(env, nil),
			newCompletion(env, nil),
			newConfig(env),
			newCustomer(env),
			newDemo(env, nil),
			newDoctor(env, nil),
			newHost(env),
			newISO(env),
			newItem(env),
			newMan(env, nil),
			newPay(env, nil),
			newPromo(env),
			newQR(env),
			newRefund(env, nil),
			newReport(env),
			newReturn(env, nil),
			newSale(env),
			newSell(env, nil),
			newSettle(env),
			newShift(env),
			newStaff(env),
			newStock(env),
			newStore(env),
			newTax(env),
			newTxn(env),
			newVersion(env, nil),
			newVoid(env, nil),
		},
	})
	bindGlobals(env, root)
	root.SetHelpCommand(newHelp(env))
	root.CompletionOptions.DisableDefaultCmd = true
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { showHelp(env, c) })
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return translate(c, err) })
	return root
}

// bindGlobals gives every command the flags that are about the program and not about
// what it does.
func bindGlobals(env *Env, root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&env.globals.data, "data", "", env.Say(i18n.T(
		"keep the shop's data in `DIR`", "店铺数据保存在 `DIR`")))
	f.StringVar(&env.globals.lang, "lang", "", env.Say(i18n.T(
		"speak `LANG`: en or zh", "界面语言 `LANG`：en 或 zh")))
	f.BoolVar(&env.globals.noColor, "no-color", false, env.Say(i18n.T(
		"print without colours", "输出不带颜色")))
	f.BoolVar(&env.globals.noInput, "no-input", false, env.Say(i18n.T(
		"never ask; fail where an answer is needed", "从不提问；需要回答时直接失败")))
	f.BoolP("help", "h", false, env.Say(i18n.T(
		"show what a command does", "显示命令的说明")))
}
