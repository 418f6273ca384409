package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/emv/ac"
)

type cryptoScriptOptions struct {
	out     out.Output
	in      chipInput
	smi     string // file of the issuer's key for integrity
	smc     string // file of the issuer's key for confidentiality
	command string
	p1p2    string
	hex     string
	pinFile string
	oldFile string
}

// cryptoScript is a command of an issuer script as it goes to a card.
type cryptoScript struct {
	CVN     string `json:"cvn"`
	Masked  string `json:"masked"`
	Command string `json:"command"`
	APDU    string `json:"apdu"` // value of tag 86
}

// The names of the script commands.
const (
	scriptPINChange  = "pin-change"
	scriptPINUnblock = "pin-unblock"
)

// plainScripts are the commands that need nothing but a name, and put-data.
func plainScripts() map[string]ac.Instruction {
	return map[string]ac.Instruction{
		"card-block": ac.CardBlock, "block": ac.ApplicationBlock, "unblock": ac.ApplicationUnblock,
		"put-data": ac.PutData, "update-record": ac.UpdateRecord,
	}
}

func scriptNames() []string {
	return []string{"block", "unblock", "card-block", scriptPINChange, scriptPINUnblock, "put-data", "update-record"}
}

func newCryptoScript(env *Env, runF func(context.Context, *cryptoScriptOptions) error) *cobra.Command {
	o := &cryptoScriptOptions{}
	run := either(env, runF, cryptoScriptRun)
	c := newLeaf(env, leaf{
		use:   "script [HEX|FILE]",
		short: i18n.T("Protect a command of an issuer script", "为发卡行脚本命令添加保护"),
		long: i18n.T(
			"Make a command of an issuer script for the card whose chip data is given, field 55 of\nthe request: with its MAC, and a new PIN enciphered, as the card's version wants it.\nWhat comes out is the value of tag 86, which goes into a script of tag 71 or 72.",
			"为给出芯片数据（请求的域 55）的卡片生成发卡行脚本命令：按卡片的版本添加 MAC，新 PIN 会被\n加密。输出为标签 86 的值，放入标签 71 或 72 的脚本。"),
		examples: []example{
			{i18n.T("block the application", "锁定应用"), "till crypto script f55.hex --command block --key-file ac --smi-file smi --smc-file smc"},
			{i18n.T("a new PIN", "更改 PIN"), "till crypto script f55.hex --command pin-change --pin-file new"},
		},
		result: cryptoScript{},
		run: func(ctx context.Context, args []string) error {
			o.in.data = strings.Join(args, "")
			return run(ctx, o)
		},
	}, &o.out)
	bindChipInput(env, c, &o.in)
	bindSecretFile(env, c, &o.smi, "smi-file", i18n.T("the issuer's master key for integrity", "发卡行脚本完整性主密钥"))
	bindSecretFile(env, c, &o.smc, "smc-file", i18n.T("the issuer's master key for confidentiality", "发卡行脚本机密性主密钥"))
	bindSecretFile(env, c, &o.pinFile, "pin-file", i18n.T("the new PIN", "新 PIN"))
	f := c.Flags()
	f.StringVar(&o.oldFile, "old-pin-file", "", env.Say(i18n.T("read the PIN that the card has from `FILE`, where the new one is made from it too", "从 `FILE` 读取卡片现有 PIN（新 PIN 的加密也用到它时）")))
	f.StringVar(&o.command, "command", "", i18n.T("the command `NAME`: %s", "命令 `NAME`：%s").With(strings.Join(scriptNames(), ", ")).In(env.lang))
	f.StringVar(&o.p1p2, "p1p2", "0000", env.Say(i18n.T("parameters P1 and P2 of put-data and update-record in `HEX`", "put-data 与 update-record 的 P1、P2 `HEX`")))
	f.StringVar(&o.hex, "hex", "", env.Say(i18n.T("data of put-data and update-record in `HEX`", "put-data 与 update-record 的数据 `HEX`")))
	_ = c.MarkFlagFilename("old-pin-file")
	_ = c.RegisterFlagCompletionFunc("command", cobra.FixedCompletions(scriptNames(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func cryptoScriptRun(ctx context.Context, env *Env, o *cryptoScriptOptions) error {
	if !slices.Contains(scriptNames(), o.command) {
		return wrongWord("--command", o.command, strings.Join(scriptNames(), ", "))
	}
	if o.in.data == "" {
		o.in.data = "-"
	}
	if err := oneFromStdin(o.in.data, o.in.keyFile, o.in.panFile, o.smi, o.smc, o.pinFile, o.oldFile); err != nil {
		return err
	}
	d, err := o.in.read(ctx, env)
	if err != nil {
		return err
	}
	if len(d.given) != 8 {
		return chipProblem(ac.ErrInput)
	}
	keys, err := o.keys(ctx, env, d)
	if err != nil {
		return err
	}
	m, err := ac.NewMessenger(d.cvn, keys, d.input.ATC, [8]byte(d.given))
	if err != nil {
		return scriptProblem(err)
	}
	apdu, err := o.seal(ctx, env, m)
	if err != nil {
		return err
	}
	v := cryptoScript{CVN: d.cvn.String(), Masked: d.pan.Masked(), Command: o.command, APDU: upperHex(apdu)}
	return writeFacts(env, &o.out, v, []fact{
		{i18n.T("version", "密文版本"), v.CVN}, {i18n.T("card", "卡号"), v.Masked}, {i18n.T("command", "命令"), v.Command}, {i18n.T("tag 86", "标签 86"), v.APDU},
	})
}

// keys are the card's own keys for scripts.
func (o *cryptoScriptOptions) keys(ctx context.Context, env *Env, d chipData) (keys ac.ScriptKeys, err error) {
	keys.Cryptogram = d.card
	for _, part := range []struct {
		file, flag string
		to         *ac.Key
	}{{o.smi, "--smi-file", &keys.Integrity}, {o.smc, "--smc-file", &keys.Confidentiality}} {
		if d.issuer, err = env.key(ctx, part.file, part.flag, algorithmOfVersion(d.cvn)); err != nil {
			return keys, err
		}
		if *part.to, err = o.in.cardKey(d); err != nil {
			return keys, err
		}
	}
	return keys, nil
}

func algorithmOfVersion(v ac.CVN) key.Algorithm {
	if v.UsesAES() {
		return key.AES
	}
	return key.TDES
}

// seal makes the protected command.
func (o *cryptoScriptOptions) seal(ctx context.Context, env *Env, m *ac.Messenger) (apdu []byte, err error) {
	switch o.command {
	case scriptPINUnblock:
		apdu, err = m.Seal(ac.UnblockPIN())
	case scriptPINChange:
		var pin, old card.Secret
		if pin, err = env.secretText(ctx, o.pinFile, "--pin-file", longestPINFile, i18n.T("new PIN: ", "新 PIN：").With()); err != nil {
			return nil, err
		}
		if o.oldFile != "" {
			if old, err = env.pinFromFile(ctx, o.oldFile); err != nil {
				return nil, err
			}
		}
		apdu, err = m.ChangePIN(pin, old)
	default:
		var c ac.Command
		if c, err = o.plain(); err != nil {
			return nil, err
		}
		apdu, err = m.Seal(c)
	}
	if err != nil {
		return nil, scriptProblem(err)
	}
	return apdu, nil
}

// plain is a command that is not about PINs.
func (o *cryptoScriptOptions) plain() (ac.Command, error) {
	at, err := strconv.ParseUint(o.p1p2, 16, 16)
	if err != nil || len(o.p1p2) != 4 {
		return ac.Command{}, wrongWord("--p1p2", o.p1p2, "0000 ... FFFF")
	}
	c := ac.Command{Instruction: plainScripts()[o.command], P1: byte(at >> 8), P2: byte(at)}
	if o.hex != "" {
		c.Data, err = hexFlag("--hex", o.hex)
	}
	return c, err
}

func scriptProblem(err error) error {
	if errors.Is(err, ac.ErrScript) {
		return &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("no such script command can be made: the PIN or the data does not fit", "无法生成该脚本命令：PIN 或数据不符合要求").With(),
			Hint: i18n.T("a PIN is 4 to 12 digits, data at most 247 bytes", "PIN 为 4 至 12 位数字，数据最多 247 字节").With(),
		}
	}
	return chipProblem(err)
}
