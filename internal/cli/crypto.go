package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
)

func newCrypto(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "crypto",
		short: i18n.T("Compute what payment keys are for", "支付密钥运算"),
		long: i18n.T(
			"Compute what a security module computes: PIN blocks, keys by DUKPT, key blocks,\nauthentication codes, check values, card verification values and cryptograms of chip\ncards. For tests and for finding out why two sides disagree; keys of live shops belong\nin a security module.\n\nKeys, PINs and card numbers come from a file, from standard input (-) or are asked for\nwithout echo. As arguments they are refused, since the shell's history and the list of\nprocesses would keep them. What comes out and is secret goes into a file that is for\nits owner alone; on the screen stand check values.",
			"执行安全模块的运算：PIN 块、DUKPT 密钥、密钥块、MAC、密钥校验值、卡片验证值和芯片卡\n密文。用于测试和查找双方结果不一致的原因；生产密钥应存放在安全模块中。\n\n密钥、PIN 和卡号取自文件、标准输入（-）或在终端询问且不回显。不接受以参数给出，因为\nshell 历史和进程列表会留下它们。输出的机密写入仅限所有者访问的文件；屏幕上只显示校验值。"),
		commands: []*cobra.Command{
			newCryptoARPC(env, nil), newCryptoARQC(env, nil), newCryptoCardKey(env, nil), newCryptoCVC3(env, nil),
			newCryptoCVV(env, nil), newCryptoDUKPT(env, nil), newCryptoKCV(env, nil), newCryptoKeyBlock(env),
			newCryptoMAC(env, nil), newCryptoPINBlock(env), newCryptoScript(env, nil),
		},
	})
}

// fact is a line of a result: what it is, and the value.
type fact struct {
	label i18n.Text
	value string
}

// factLines are facts as people read them, one a line, those without a value left out.
func factLines(s out.Screen, facts []fact) string {
	width := 0
	for _, f := range facts {
		if f.value != "" {
			width = max(width, cells.Width(f.label.In(s.Lang)))
		}
	}
	var lines []string
	for _, f := range facts {
		if f.value != "" {
			lines = append(lines, cells.Pad(f.label.In(s.Lang), width, cells.Left)+"  "+f.value)
		}
	}
	return strings.Join(lines, "\n")
}

// writeFacts writes a value that people read as facts.
func writeFacts(env *Env, o *out.Output, value any, facts []fact) error {
	return env.Write(o, out.Result{Value: value, Text: func(s out.Screen) string { return factLines(s, facts) }})
}

// yesNo is a truth in the user's language.
func yesNo(env *Env, yes bool) string {
	if yes {
		return env.Say(i18n.T("yes", "是"))
	}
	return env.Say(i18n.T("no", "否"))
}
