package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/pinblock"
)

func newCryptoPINBlock(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "pinblock",
		short: i18n.T("Make, open and translate PIN blocks", "生成、解开与转换 PIN 块"),
		long: i18n.T(
			"Make, open and translate PIN blocks of ISO 9564-1: ISO-0, 1 and 3 under triple DES,\nISO-4 under AES, and ISO-2 in clear as a chip card takes it. 0, 3 and 4 are bound to a\ncard number.",
			"生成、解开与转换 ISO 9564-1 PIN 块：ISO-0、1、3 使用三重 DES，ISO-4 使用 AES，ISO-2 为\n芯片卡所用的明文块。0、3、4 与卡号绑定。"),
		commands: []*cobra.Command{newCryptoPINBlockMake(env, nil), newCryptoPINBlockOpen(env, nil), newCryptoPINBlockTranslate(env, nil)},
	})
}

type cryptoPINBlockOptions struct {
	out      out.Output
	unmask   unmask
	format   string
	to       string // of a translation
	block    string
	keyFile  string
	toFile   string // the key of the other side
	panFile  string
	pinFile  string
	pinOut   string
	clearOut string
}

// cryptoPINBlock is a PIN block, and of its PIN what may be shown.
type cryptoPINBlock struct {
	Format string `json:"format"`
	KCV    string `json:"kcv,omitempty"`
	Block  string `json:"block,omitempty"`  // enciphered
	Digits int    `json:"digits,omitempty"` // of the PIN
	PIN    string `json:"pin,omitempty"`    // masked, unless --unmask
}

func newCryptoPINBlockMake(env *Env, runF func(context.Context, *cryptoPINBlockOptions) error) *cobra.Command {
	o := &cryptoPINBlockOptions{}
	c := newLeaf(env, leaf{
		use:   "make",
		short: i18n.T("Make a PIN block", "生成 PIN 块"),
		long: i18n.T(
			"Make the enciphered block of a PIN, or with --clear-out write the clear block into a\nfile: ISO-2 for the VERIFY command of a chip card, or what a security module is to\nencipher. A clear block is as secret as its PIN and is shown nowhere.",
			"生成 PIN 的加密块；或用 --clear-out 将明文块写入文件：ISO-2 用于芯片卡的 VERIFY 命令，\n或交由安全模块加密。明文块与 PIN 同样机密，不在任何地方显示。"),
		examples: []example{
			{i18n.T("under a PIN key", "使用 PIN 密钥"), "till crypto pinblock make --key-file pek.hex --pan-file pan.txt"},
			{i18n.T("ISO-4 under AES, the PIN from a file", "AES 下的 ISO-4，PIN 取自文件"), "till crypto pinblock make --format ISO-4 --key-file pek --pan-file pan --pin-file pin"},
			{i18n.T("as a chip card takes it", "芯片卡所用"), "till crypto pinblock make --format ISO-2 --clear-out block.hex"},
		},
		result: cryptoPINBlock{},
		run:    runWith(either(env, runF, cryptoPINBlockMakeRun), o),
	}, &o.out)
	bindPINFormat(env, c, &o.format, "format")
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the PIN key", "PIN 密钥"))
	bindSecretFile(env, c, &o.panFile, "pan-file", i18n.T("the card number", "卡号"))
	bindSecretFile(env, c, &o.pinFile, "pin-file", i18n.T("the PIN", "PIN"))
	bindSecretOut(env, c, &o.clearOut, "clear-out", i18n.T("the clear block", "明文块"))
	return c
}

func newCryptoPINBlockOpen(env *Env, runF func(context.Context, *cryptoPINBlockOptions) error) *cobra.Command {
	o := &cryptoPINBlockOptions{}
	c := newLeaf(env, leaf{
		use:   "open",
		short: i18n.T("Decipher a PIN block", "解密 PIN 块"),
		long: i18n.T(
			"Decipher a PIN block and say whether it is one: a wrong key, a wrong card number and a\nwrong format all show as a block that is none, and end with 7. The PIN itself is not\nshown but goes into a file with --pin-out; --unmask shows it and the journal keeps who\ndid it.",
			"解密 PIN 块并判断其是否有效：密钥、卡号或格式错误均表现为无效块，以 7 结束。PIN 本身不\n显示，可用 --pin-out 写入文件；--unmask 可显示，流水账将记录操作人。"),
		examples: []example{
			{i18n.T("is this block under this key?", "该块是否由此密钥加密？"), "till crypto pinblock open --block 1B9C1845EB993A7A --key-file pek --pan-file pan"},
			{i18n.T("the PIN into a file", "PIN 写入文件"), "till crypto pinblock open --block 1B9C1845EB993A7A --key-file pek --pan-file pan --pin-out pin"},
		},
		result: cryptoPINBlock{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, cryptoPINBlockOpenRun), o),
	}, &o.out)
	bindPINFormat(env, c, &o.format, "format")
	bindBlock(env, c, &o.block)
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the PIN key", "PIN 密钥"))
	bindSecretFile(env, c, &o.panFile, "pan-file", i18n.T("the card number", "卡号"))
	bindSecretOut(env, c, &o.pinOut, "pin-out", i18n.T("the PIN", "PIN"))
	bindUnmask(env, c, &o.unmask)
	return c
}

func newCryptoPINBlockTranslate(env *Env, runF func(context.Context, *cryptoPINBlockOptions) error) *cobra.Command {
	o := &cryptoPINBlockOptions{}
	c := newLeaf(env, leaf{
		use:   "translate",
		short: i18n.T("Take a PIN block from one key to another", "将 PIN 块由一个密钥转换到另一个"),
		long: i18n.T(
			"Decipher a PIN block under one key and encipher it under another, in the same format or\nanother, as a host does between two zones. What PCI PIN Security forbids is refused:\nfrom a format that is bound to a card into one that is not.",
			"将 PIN 块由一个密钥解密并以另一密钥加密，格式可变，如主机在两个区域间所做。PCI PIN\n安全要求禁止的转换会被拒绝：不得由绑定卡号的格式转换为不绑定的格式。"),
		examples: []example{
			{i18n.T("from a terminal's key to a network's", "由终端密钥转到网络密钥"), "till crypto pinblock translate --block 1B9C1845EB993A7A --key-file pek --to-key-file zpk"},
			{i18n.T("from DES to AES", "由 DES 转到 AES"), "till crypto pinblock translate --block 1B9C1845EB993A7A --to ISO-4 --to-key-file aes"},
		},
		result: cryptoPINBlock{},
		exits:  []exitCode{exitNotPermitted, exitDifferences},
		run:    runWith(either(env, runF, cryptoPINBlockTranslateRun), o),
	}, &o.out)
	bindPINFormat(env, c, &o.format, "format")
	bindPINFormat(env, c, &o.to, "to")
	bindBlock(env, c, &o.block)
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the key that it is under", "当前密钥"))
	bindSecretFile(env, c, &o.toFile, "to-key-file", i18n.T("the key that it goes to", "目标密钥"))
	bindSecretFile(env, c, &o.panFile, "pan-file", i18n.T("the card number", "卡号"))
	return c
}

func bindPINFormat(env *Env, c *cobra.Command, format *string, name string) {
	c.Flags().StringVar(format, name, "ISO-0", env.Say(i18n.T("the block's `FORMAT`: ISO-0 to ISO-4", "PIN 块格式 `FORMAT`：ISO-0 至 ISO-4")))
	_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions([]string{"ISO-0", "ISO-1", "ISO-2", "ISO-3", "ISO-4"}, cobra.ShellCompDirectiveNoFileComp))
}

func bindBlock(env *Env, c *cobra.Command, block *string) {
	c.Flags().StringVar(block, "block", "", env.Say(i18n.T("the enciphered block in `HEX`, 8 bytes, of ISO-4 16", "加密的 PIN 块 `HEX`，8 字节，ISO-4 为 16 字节")))
}

func cryptoPINBlockMakeRun(ctx context.Context, env *Env, o *cryptoPINBlockOptions) error {
	f, err := pinFormat("--format", o.format)
	if err != nil {
		return err
	}
	if err := oneFromStdin(o.keyFile, o.panFile, o.pinFile); err != nil {
		return err
	}
	pan, err := o.pan(ctx, env, f)
	if err != nil {
		return err
	}
	if o.clearOut != "" {
		return o.writeClear(ctx, env, f, pan)
	}
	if f == pinblock.ISO2 {
		return pinBlockProblem(pinblock.ErrFormat)
	}
	k, err := env.key(ctx, o.keyFile, "--key-file", keyOfFormat(f))
	if err != nil {
		return err
	}
	pin, err := o.pin(ctx, env)
	if err != nil {
		return err
	}
	block, err := pinblock.Encipher(f, k, pin, pan, env.Random)
	if err != nil {
		return pinBlockProblem(err)
	}
	return o.write(env, cryptoPINBlock{Format: f.String(), KCV: k.CheckValue(), Block: upperHex(block), Digits: pin.Len()})
}

// writeClear writes the clear block into a file.
func (o *cryptoPINBlockOptions) writeClear(ctx context.Context, env *Env, f pinblock.Format, pan card.PAN) error {
	pin, err := o.pin(ctx, env)
	if err != nil {
		return err
	}
	block, err := pinblock.Encode(f, pin, pan, env.Random)
	if err != nil {
		return pinBlockProblem(err)
	}
	if err := writeSecret(o.clearOut, upperHex([]byte(block.Reveal()))); err != nil {
		return err
	}
	return o.write(env, cryptoPINBlock{Format: f.String(), Digits: pin.Len()})
}

func cryptoPINBlockOpenRun(ctx context.Context, env *Env, o *cryptoPINBlockOptions) error {
	f, err := pinFormat("--format", o.format)
	if err != nil {
		return err
	}
	show, err := o.unmask.granted(ctx, env, &o.out, "till crypto pinblock open")
	if err != nil {
		return err
	}
	k, pan, block, err := o.enciphered(ctx, env, f)
	if err != nil {
		return err
	}
	pin, err := pinblock.Decipher(f, k, block, pan)
	if err != nil {
		return pinBlockProblem(err)
	}
	if o.pinOut != "" {
		if err := writeSecret(o.pinOut, pin.Reveal()); err != nil {
			return err
		}
	}
	v := cryptoPINBlock{Format: f.String(), KCV: k.CheckValue(), Digits: pin.Len(), PIN: strings.Repeat("*", pin.Len())}
	if show {
		v.PIN = pin.Reveal()
	}
	return errors.Join(o.write(env, v), o.unmask.shown(ctx, env, 1))
}

func cryptoPINBlockTranslateRun(ctx context.Context, env *Env, o *cryptoPINBlockOptions) error {
	from, err := pinFormat("--format", o.format)
	if err != nil {
		return err
	}
	to, err := pinFormat("--to", o.to)
	if err != nil {
		return err
	}
	if err := oneFromStdin(o.keyFile, o.toFile, o.panFile); err != nil {
		return err
	}
	k, pan, block, err := o.enciphered(ctx, env, from)
	if err != nil {
		return err
	}
	if pan.IsZero() && to.BindsCard() {
		if pan, err = env.cardNumber(ctx, o.panFile, "--pan-file"); err != nil {
			return err
		}
	}
	other, err := env.key(ctx, o.toFile, "--to-key-file", keyOfFormat(to))
	if err != nil {
		return err
	}
	block, err = pinblock.Translate(block, pinblock.Side{Format: from, Key: k, PAN: pan}, pinblock.Side{Format: to, Key: other, PAN: pan}, env.Random)
	if err != nil {
		return pinBlockProblem(err)
	}
	return o.write(env, cryptoPINBlock{Format: to.String(), KCV: other.CheckValue(), Block: upperHex(block)})
}

// enciphered reads what a block is opened with.
func (o *cryptoPINBlockOptions) enciphered(ctx context.Context, env *Env, f pinblock.Format) (k key.Key, pan card.PAN, block []byte, err error) {
	if err = oneFromStdin(o.keyFile, o.panFile); err != nil {
		return k, pan, nil, err
	}
	if block, err = hexFlag("--block", o.block); err != nil {
		return k, pan, nil, err
	}
	if pan, err = o.pan(ctx, env, f); err != nil {
		return k, pan, nil, err
	}
	k, err = env.key(ctx, o.keyFile, "--key-file", keyOfFormat(f))
	return k, pan, block, err
}

// pan is the card number, where the format is bound to one.
func (o *cryptoPINBlockOptions) pan(ctx context.Context, env *Env, f pinblock.Format) (card.PAN, error) {
	if !f.BindsCard() {
		return card.PAN{}, nil
	}
	return env.cardNumber(ctx, o.panFile, "--pan-file")
}

func (o *cryptoPINBlockOptions) pin(ctx context.Context, env *Env) (card.Secret, error) {
	return env.secretText(ctx, o.pinFile, "--pin-file", longestPINFile, i18n.T("PIN: ", "PIN：").With())
}

func (o *cryptoPINBlockOptions) write(env *Env, v cryptoPINBlock) error {
	digits := ""
	if v.Digits > 0 && v.PIN == "" {
		digits = strconv.Itoa(v.Digits)
	}
	return writeFacts(env, &o.out, v, []fact{
		{i18n.T("format", "格式"), v.Format}, {i18n.T("key", "密钥"), v.KCV}, {i18n.T("block", "PIN 块"), v.Block},
		{i18n.T("PIN digits", "PIN 位数"), digits}, {i18n.T("PIN", "PIN"), v.PIN},
	})
}

func pinFormat(flag, text string) (pinblock.Format, error) {
	f, err := pinblock.ParseFormat(text)
	if err != nil {
		return f, wrongWord(flag, text, "ISO-0, ISO-1, ISO-2, ISO-3, ISO-4")
	}
	return f, nil
}

func keyOfFormat(f pinblock.Format) key.Algorithm {
	if f == pinblock.ISO4 {
		return key.AES
	}
	return key.TDES
}

// pinBlockProblem says what is wrong with a PIN block, and which of it a user can change.
func pinBlockProblem(err error) error {
	p := &till.Problem{Code: till.CodeUsage, Cause: err}
	switch {
	case errors.Is(err, pinblock.ErrTranslation):
		p.Code = till.CodeNotPermitted
		p.What = i18n.T("this translation would free the PIN of its card number", "该转换会解除 PIN 与卡号的绑定").With()
		p.Hint = i18n.T("PCI PIN Security allows ISO-0, 3 and 4 among themselves, and ISO-1 into any of them", "PCI PIN 安全要求允许 ISO-0、3、4 之间互转，以及 ISO-1 转入其中之一").With()
	case errors.Is(err, pinblock.ErrBlock):
		p.Code = till.CodeDifference
		p.What = i18n.T("the block is no PIN block: another key, another card number or another format", "不是有效的 PIN 块：密钥、卡号或格式不符").With()
		p.Hint = i18n.T("compare the key's check value with the other side: till crypto kcv", "请与对方核对密钥校验值：till crypto kcv").With()
	case errors.Is(err, pinblock.ErrPIN):
		p.What = i18n.T("that is no PIN", "PIN 无效").With()
		p.Hint = i18n.T("a PIN is 4 to 12 digits", "PIN 为 4 至 12 位数字").With()
	case errors.Is(err, pinblock.ErrPAN):
		p.What = i18n.T("the card number has too few digits for a PIN block", "卡号位数不足，无法用于 PIN 块").With()
		p.Hint = i18n.T("it takes 13 to 19 digits", "需要 13 至 19 位数字").With()
	case errors.Is(err, pinblock.ErrFormat):
		p.What = i18n.T("ISO-2 is not enciphered under a key", "ISO-2 不使用密钥加密").With()
		p.Hint = i18n.T("write the clear block for a chip card with --clear-out FILE", "请用 --clear-out FILE 写出供芯片卡使用的明文块").With()
	case errors.Is(err, pinblock.ErrKey):
		p.What = i18n.T("the key is too short for this format", "密钥长度不足以用于该格式").With()
		p.Hint = i18n.T("ISO-0, 1 and 3 want 16 or 24 bytes of TDES, ISO-4 AES", "ISO-0、1、3 需要 16 或 24 字节 TDES 密钥，ISO-4 需要 AES 密钥").With()
	default:
		return fmt.Errorf("PIN block: %w", err)
	}
	return p
}
