package cli

import (
	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
)

// branch is a command below the root, made when it is wanted.
type branch struct {
	name  string
	grown func() *cobra.Command
}

// branches are all commands below the root, by name.
func branches(env *Env) []branch {
	return []branch{
		{"advance", func() *cobra.Command { return newAdvance(env, nil) }},
		{"balance", func() *cobra.Command { return newBalance(env, nil) }},
		{"batch", func() *cobra.Command { return newBatch(env) }},
		{"bench", func() *cobra.Command { return newBench(env, nil) }},
		{"capture", func() *cobra.Command { return newCapture(env, nil) }},
		{"card", func() *cobra.Command { return newCard(env) }},
		{"checkout", func() *cobra.Command { return newCheckout(env, nil) }},
		{"completion", func() *cobra.Command { return newCompletion(env, nil) }},
		{"config", func() *cobra.Command { return newConfig(env) }},
		{"crypto", func() *cobra.Command { return newCrypto(env) }},
		{"customer", func() *cobra.Command { return newCustomer(env) }},
		{"demo", func() *cobra.Command { return newDemo(env, nil) }},
		{"doctor", func() *cobra.Command { return newDoctor(env, nil) }},
		{"emv", func() *cobra.Command { return newEMV(env) }},
		{"host", func() *cobra.Command { return newHost(env) }},
		{"increment", func() *cobra.Command { return newIncrement(env, nil) }},
		{"iso", func() *cobra.Command { return newISO(env) }},
		{"item", func() *cobra.Command { return newItem(env) }},
		{"man", func() *cobra.Command { return newMan(env, nil) }},
		{"pay", func() *cobra.Command { return newPay(env, nil) }},
		{"preauth", func() *cobra.Command { return newPreAuth(env, nil) }},
		{"promo", func() *cobra.Command { return newPromo(env) }},
		{"qr", func() *cobra.Command { return newQR(env) }},
		{"refund", func() *cobra.Command { return newRefund(env, nil) }},
		{"release", func() *cobra.Command { return newRelease(env, nil) }},
		{"report", func() *cobra.Command { return newReport(env) }},
		{"return", func() *cobra.Command { return newReturn(env, nil) }},
		{"sale", func() *cobra.Command { return newSale(env) }},
		{"sell", func() *cobra.Command { return newSell(env, nil) }},
		{"settle", func() *cobra.Command { return newSettle(env) }},
		{"shift", func() *cobra.Command { return newShift(env) }},
		{"staff", func() *cobra.Command { return newStaff(env) }},
		{"stock", func() *cobra.Command { return newStock(env) }},
		{"store", func() *cobra.Command { return newStore(env) }},
		{"tax", func() *cobra.Command { return newTax(env) }},
		{"terminal", func() *cobra.Command { return newTerminal(env) }},
		{"tip", func() *cobra.Command { return newTip(env, nil) }},
		{"txn", func() *cobra.Command { return newTxn(env) }},
		{"version", func() *cobra.Command { return newVersion(env, nil) }},
		{"void", func() *cobra.Command { return newVoid(env, nil) }},
	}
}

// newRoot builds the whole tree of commands in the user's language.
func newRoot(env *Env) *cobra.Command {
	var commands []*cobra.Command
	for _, b := range branches(env) {
		commands = append(commands, b.grown())
	}
	return rootOf(env, commands)
}

// newRootFor builds what of the tree a command line needs. Where it begins with the name
// of a command that is that one alone: the whole tree costs 2 ms, which whoever asks for
// one message after the other waits for each time.
func newRootFor(env *Env, args []string) *cobra.Command {
	for _, b := range branches(env) {
		if len(args) > 0 && args[0] == b.name && !readsTree(b.name) {
			return rootOf(env, []*cobra.Command{b.grown()})
		}
	}
	return newRoot(env)
}

// readsTree reports a command that speaks of all others.
func readsTree(name string) bool { return name == "man" || name == "completion" }

// rootOf is the root with commands below it.
func rootOf(env *Env, commands []*cobra.Command) *cobra.Command {
	root := newGroup(env, group{
		use:   "till",
		short: i18n.T("Take payments, script transactions, explain dumps", "收款、编写交易脚本、解析报文"),
		long: i18n.T(
			"A shop takes a payment with till, a developer scripts transactions with it, support\nstaff paste a dump into it. It works on first run with nothing else installed: the\nstore, a card host that speaks ISO 8583 and a virtual chip card are inside.",
			"商店用 till 收款，开发者用它编写交易脚本，支持人员用它解析报文。首次运行无需安装\n其他组件：内置数据库、支持 ISO 8583 的卡主机和虚拟芯片卡。"),
		commands: commands,
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
