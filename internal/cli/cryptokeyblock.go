package cli

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/keyblock"
)

func newCryptoKeyBlock(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "keyblock",
		short: i18n.T("Wrap and unwrap keys in key blocks", "密钥块的封装与解封"),
		long: i18n.T(
			"Wrap and unwrap keys in the key blocks of ANSI X9.143, also known as TR-31: versions B\nand C under triple DES, D under AES; version A is read only. The header says in words\nwhat a key is for and needs no key to be read.",
			"按 ANSI X9.143（即 TR-31）封装与解封密钥：版本 B、C 使用三重 DES，D 使用 AES；版本 A\n仅可读取。块头以文字说明密钥用途，读取时无需密钥。"),
		commands: []*cobra.Command{newCryptoKeyBlockHeader(env, nil), newCryptoKeyBlockUnwrap(env, nil), newCryptoKeyBlockWrap(env, nil)},
	})
}

type cryptoKeyBlockOptions struct {
	out        out.Output
	block      string // text, or a file
	kbpkFile   string
	keyFile    string
	keyOut     string
	version    string
	usage      string
	algorithm  string
	mode       string
	keyVersion string
	export     string
	optional   []string
	weaker     bool
}

// cryptoKeyBlock is a key block, its header in words and the check value of its key.
type cryptoKeyBlock struct {
	Version       string                   `json:"version"`
	Length        int                      `json:"length"`
	Usage         string                   `json:"usage"`
	UsageText     string                   `json:"usage_text,omitempty"`
	Algorithm     string                   `json:"algorithm"`
	AlgorithmText string                   `json:"algorithm_text,omitempty"`
	Mode          string                   `json:"mode"`
	ModeText      string                   `json:"mode_text,omitempty"`
	KeyVersion    string                   `json:"key_version"`
	Export        string                   `json:"exportability"`
	ExportText    string                   `json:"exportability_text,omitempty"`
	Optional      []cryptoKeyBlockOptional `json:"optional"`
	Bits          int                      `json:"bits,omitempty"`
	KCV           string                   `json:"kcv,omitempty"`
	KBPKKCV       string                   `json:"kbpk_kcv,omitempty"`
	Block         string                   `json:"block,omitempty"` // that was made
}

// cryptoKeyBlockOptional is an optional block of the header.
type cryptoKeyBlockOptional struct {
	ID   string `json:"id"`
	Data string `json:"data"`
}

func newCryptoKeyBlockHeader(env *Env, runF func(context.Context, *cryptoKeyBlockOptions) error) *cobra.Command {
	o := &cryptoKeyBlockOptions{}
	return newLeaf(env, leaf{
		use:   "header BLOCK|FILE",
		short: i18n.T("Say what a key block says of itself", "解释密钥块块头"),
		long: i18n.T(
			"Say in words what a key block says of its key: version, usage, algorithm, mode of use,\nexportability and optional blocks. No key is needed, and nothing of it is proved:\nunwrapping does that.",
			"以文字说明密钥块对其密钥的描述：版本、用途、算法、使用模式、可导出性和可选块。无需密钥，\n但其内容未经验证：解封时才会验证。"),
		examples: []example{
			{i18n.T("of a block in a file", "查看文件中的密钥块"), "till crypto keyblock header zpk.txt"},
		},
		result: cryptoKeyBlock{},
		run:    runWith(either(env, runF, cryptoKeyBlockHeaderRun), o, &o.block),
	}, &o.out)
}

func newCryptoKeyBlockUnwrap(env *Env, runF func(context.Context, *cryptoKeyBlockOptions) error) *cobra.Command {
	o := &cryptoKeyBlockOptions{}
	c := newLeaf(env, leaf{
		use:   "unwrap BLOCK|FILE",
		short: i18n.T("Take the key out of a key block", "从密钥块中取出密钥"),
		long: i18n.T(
			"Check a key block and take its key out. Shown are the header and the check value; the\nkey goes into a file with --key-out. A block that was altered or is under another key\nends with 7.",
			"校验密钥块并取出密钥。显示块头和校验值；用 --key-out 将密钥写入文件。被改动或由其他密钥\n保护的块以 7 结束。"),
		examples: []example{
			{i18n.T("is it the key that was meant?", "是否为预期的密钥？"), "till crypto keyblock unwrap zpk.txt --kbpk-file kbpk.hex"},
			{i18n.T("the key into a file", "密钥写入文件"), "till crypto keyblock unwrap zpk.txt --kbpk-file kbpk.hex --key-out zpk.hex"},
		},
		result: cryptoKeyBlock{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, cryptoKeyBlockUnwrapRun), o, &o.block),
	}, &o.out)
	bindSecretFile(env, c, &o.kbpkFile, "kbpk-file", i18n.T("the key block protection key", "密钥块保护密钥"))
	bindSecretOut(env, c, &o.keyOut, "key-out", i18n.T("the key", "密钥"))
	return c
}

func newCryptoKeyBlockWrap(env *Env, runF func(context.Context, *cryptoKeyBlockOptions) error) *cobra.Command {
	o := &cryptoKeyBlockOptions{}
	c := newLeaf(env, leaf{
		use:   "wrap",
		short: i18n.T("Put a key into a key block", "将密钥封装为密钥块"),
		long: i18n.T(
			"Put a key into a key block under a protection key: triple DES for versions B and C, AES\nfor D. The key is filled up so that its length does not show. A key is not put under a\nweaker one unless --allow-weaker says so.",
			"用保护密钥将密钥封装为密钥块：版本 B、C 使用三重 DES，D 使用 AES。密钥会被填充以隐藏其\n长度。除非给出 --allow-weaker，否则不会将密钥置于更弱的密钥之下。"),
		examples: []example{
			{i18n.T("a PIN key under AES", "AES 保护下的 PIN 密钥"), "till crypto keyblock wrap --usage P0 --mode E --kbpk-file kbpk.hex --key-file pek.hex"},
			{i18n.T("an initial key of DUKPT with its serial number", "DUKPT 初始密钥及其序列号"), "till crypto keyblock wrap --version B --usage B1 --mode X --optional KS=00604B120F9292800000"},
		},
		result: cryptoKeyBlock{},
		run:    runWith(either(env, runF, cryptoKeyBlockWrapRun), o),
	}, &o.out)
	bindSecretFile(env, c, &o.kbpkFile, "kbpk-file", i18n.T("the key block protection key", "密钥块保护密钥"))
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the key", "密钥"))
	f := c.Flags()
	f.StringVar(&o.version, "version", "D", env.Say(i18n.T("key block version `V`: B, C or D", "密钥块版本 `V`：B、C 或 D")))
	f.StringVar(&o.usage, "usage", "", env.Say(i18n.T("what the key is for, two characters `UU`, such as P0 or K0", "密钥用途，两个字符 `UU`，例如 P0 或 K0")))
	bindKeyAlgorithm(env, c, &o.algorithm)
	f.StringVar(&o.mode, "mode", "N", env.Say(i18n.T("mode of use, one character `M`: B, C, D, E, G, N, V or X", "使用模式，一个字符 `M`：B、C、D、E、G、N、V 或 X")))
	f.StringVar(&o.keyVersion, "key-version", "00", env.Say(i18n.T("version of the key, two characters `NN`; 00 is none", "密钥版本，两个字符 `NN`；00 表示无")))
	f.StringVar(&o.export, "exportability", "E", env.Say(i18n.T("whether it may leave, `X`: E under a trusted key, N not, S under any", "可导出性 `X`：E 可在受信任密钥下导出，N 不可导出，S 可在任意密钥下导出")))
	f.StringArrayVar(&o.optional, "optional", nil, env.Say(i18n.T("add an optional block, `ID=DATA`; may be given several times", "添加可选块 `ID=DATA`；可重复给出")))
	f.BoolVar(&o.weaker, "allow-weaker", false, env.Say(i18n.T("wrap a key under a weaker one", "允许用更弱的密钥封装")))
	_ = c.RegisterFlagCompletionFunc("version", cobra.FixedCompletions([]string{"B", "C", "D"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func cryptoKeyBlockHeaderRun(ctx context.Context, env *Env, o *cryptoKeyBlockOptions) error {
	text, err := o.text(ctx, env)
	if err != nil {
		return err
	}
	h, err := keyblock.ParseHeader(text)
	if err != nil {
		return keyBlockProblem(err)
	}
	v := describeHeader(env, h)
	return writeFacts(env, &o.out, v, keyBlockFacts(v))
}

func cryptoKeyBlockUnwrapRun(ctx context.Context, env *Env, o *cryptoKeyBlockOptions) error {
	if err := oneFromStdin(o.block, o.kbpkFile); err != nil {
		return err
	}
	text, err := o.text(ctx, env)
	if err != nil {
		return err
	}
	h, err := keyblock.ParseHeader(text)
	if err != nil {
		return keyBlockProblem(err)
	}
	kbpk, err := env.key(ctx, o.kbpkFile, "--kbpk-file", protectionAlgorithm(h.Version))
	if err != nil {
		return err
	}
	h, k, err := keyblock.Unwrap(kbpk, text)
	if err != nil {
		return keyBlockProblem(err)
	}
	if err := writeKey(o.keyOut, k); err != nil {
		return err
	}
	v := describeHeader(env, h)
	v.Bits, v.KCV, v.KBPKKCV = k.Bits(), k.CheckValue(), kbpk.CheckValue()
	return writeFacts(env, &o.out, v, keyBlockFacts(v))
}

func cryptoKeyBlockWrapRun(ctx context.Context, env *Env, o *cryptoKeyBlockOptions) error {
	if err := oneFromStdin(o.kbpkFile, o.keyFile); err != nil {
		return err
	}
	a, err := keyAlgorithm(o.algorithm)
	if err != nil {
		return err
	}
	h, err := o.header(a)
	if err != nil {
		return err
	}
	kbpk, err := env.key(ctx, o.kbpkFile, "--kbpk-file", protectionAlgorithm(h.Version))
	if err != nil {
		return err
	}
	k, err := env.key(ctx, o.keyFile, "--key-file", a)
	if err != nil {
		return err
	}
	block, err := keyblock.Wrap(kbpk, h, k, keyblock.Options{Random: env.Random, AllowWeaker: o.weaker})
	if err != nil {
		return keyBlockProblem(err)
	}
	if h, err = keyblock.ParseHeader(block); err != nil {
		return err
	}
	v := describeHeader(env, h)
	v.Block, v.Bits, v.KCV, v.KBPKKCV = block, k.Bits(), k.CheckValue(), kbpk.CheckValue()
	return env.Write(&o.out, out.Result{Value: v, Text: func(out.Screen) string { return block }})
}

// header is the header that the flags make.
func (o *cryptoKeyBlockOptions) header(a key.Algorithm) (h keyblock.Header, err error) {
	for _, flag := range []struct{ name, text string }{{"--version", o.version}, {"--mode", o.mode}, {"--exportability", o.export}} {
		if len(flag.text) != 1 {
			return h, wrongWord(flag.name, flag.text, map[string]string{"--version": "B, C, D", "--mode": "B, C, D, E, G, N, V, X", "--exportability": "E, N, S"}[flag.name])
		}
	}
	if len(o.usage) != 2 {
		return h, wrongWord("--usage", o.usage, "B0, B1, C0, D0, E0, K0, K1, M3, M6, P0, V2")
	}
	h = keyblock.Header{
		Version: o.version[0], Usage: o.usage, Algorithm: map[key.Algorithm]byte{key.TDES: 'T', key.AES: 'A', key.HMAC: 'H'}[a],
		Mode: o.mode[0], KeyVersion: o.keyVersion, Exportability: o.export[0],
	}
	for _, text := range o.optional {
		id, data, ok := strings.Cut(text, "=")
		if !ok {
			return h, wrongWord("--optional", text, "KS=00604B120F9292800000")
		}
		h.Blocks = append(h.Blocks, keyblock.Optional{ID: id, Data: data})
	}
	return h, nil
}

// longestKeyBlock is more bytes than a key block has.
const longestKeyBlock = 16 << 10

// text is the block itself, or what a file of that name holds.
func (o *cryptoKeyBlockOptions) text(ctx context.Context, env *Env) (string, error) {
	if info, err := os.Stat(o.block); o.block != "-" && (err != nil || info.IsDir()) {
		return o.block, nil
	}
	raw, err := readInput(ctx, env, o.block, longestKeyBlock)
	return strings.TrimSpace(string(raw)), err
}

func protectionAlgorithm(version byte) key.Algorithm {
	if version == 'D' {
		return key.AES
	}
	return key.TDES
}

func describeHeader(env *Env, h keyblock.Header) cryptoKeyBlock {
	lang := string(env.lang)
	v := cryptoKeyBlock{
		Version: string(h.Version), Length: h.Length, Usage: h.Usage, UsageText: keyblock.UsageMeaning(h.Usage, lang),
		Algorithm: string(h.Algorithm), AlgorithmText: keyblock.AlgorithmMeaning(h.Algorithm, lang),
		Mode: string(h.Mode), ModeText: keyblock.ModeMeaning(h.Mode, lang), KeyVersion: h.KeyVersion,
		Export: string(h.Exportability), ExportText: keyblock.ExportabilityMeaning(h.Exportability, lang),
		Optional: []cryptoKeyBlockOptional{},
	}
	for _, b := range h.Blocks {
		v.Optional = append(v.Optional, cryptoKeyBlockOptional{ID: b.ID, Data: b.Data})
	}
	return v
}

func keyBlockFacts(v cryptoKeyBlock) []fact {
	bits := ""
	if v.Bits > 0 {
		bits = strconv.Itoa(v.Bits) + " bit"
	}
	facts := []fact{
		{i18n.T("version", "版本"), v.Version},
		{i18n.T("usage", "用途"), strings.TrimSpace(v.Usage + "  " + v.UsageText)},
		{i18n.T("algorithm", "算法"), strings.TrimSpace(v.Algorithm + "  " + v.AlgorithmText)},
		{i18n.T("mode of use", "使用模式"), strings.TrimSpace(v.Mode + "  " + v.ModeText)},
		{i18n.T("key version", "密钥版本"), v.KeyVersion},
		{i18n.T("may leave", "可导出性"), strings.TrimSpace(v.Export + "  " + v.ExportText)},
	}
	for _, o := range v.Optional {
		facts = append(facts, fact{i18n.T("optional block", "可选块"), strings.TrimSpace(o.ID + "  " + o.Data)})
	}
	return append(facts, fact{i18n.T("length of the key", "密钥长度"), bits},
		fact{i18n.T("check value", "校验值"), v.KCV}, fact{i18n.T("protected by", "保护密钥"), v.KBPKKCV})
}

// keyBlockProblem says what is wrong with a key block.
func keyBlockProblem(err error) error {
	p := &till.Problem{Code: till.CodeUsage, Cause: err}
	var at *keyblock.FormatError
	switch {
	case errors.As(err, &at):
		p.What = i18n.T("not a key block from character %d on: %s", "第 %d 个字符起不是密钥块：%s").With(at.Offset+1, at.What)
		p.Hint = i18n.T("a key block is one line that begins with A, B, C or D and its length in four digits", "密钥块为一行文本，以 A、B、C 或 D 及四位长度开头").With()
	case errors.Is(err, keyblock.ErrMAC):
		p.Code = till.CodeDifference
		p.What = i18n.T("the key block was altered, or is under another key", "密钥块被改动，或由其他密钥保护").With()
		p.Hint = i18n.T("compare the protection key's check value with the sender's: till crypto kcv", "请与发送方核对保护密钥的校验值：till crypto kcv").With()
	case errors.Is(err, keyblock.ErrContent):
		p.Code = till.CodeDifference
		p.What = i18n.T("the key block is authentic, but what it holds is no key", "密钥块通过校验，但其中不是有效密钥").With()
		p.Hint = i18n.T("ask the sender to make it anew", "请发送方重新生成").With()
	case errors.Is(err, keyblock.ErrStrength):
		p.What = i18n.T("the key would be put under a weaker one", "密钥将被置于更弱的密钥之下").With()
		p.Hint = i18n.T("use a stronger protection key, or --allow-weaker for a test", "请使用更强的保护密钥；测试时可用 --allow-weaker").With()
	case errors.Is(err, keyblock.ErrUnsupported):
		p.What = i18n.T("version A is read only, and asymmetric keys are not taken out", "版本 A 仅可读取，且不支持取出非对称密钥").With()
		p.Hint = i18n.T("use version B or D", "请使用版本 B 或 D").With()
	default:
		p.What = i18n.T("the key does not fit the key block: B and C want TDES of 16 or 24 bytes, D wants AES", "密钥与密钥块不符：B、C 需要 16 或 24 字节 TDES，D 需要 AES").With()
		p.Hint = i18n.T("see --algorithm and --version", "参见 --algorithm 与 --version").With()
	}
	return p
}
