package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/mac"
)

type cryptoMACOptions struct {
	out       out.Output
	keyFile   string
	algorithm string
	padding   int
	hex       string
	file      string
	length    int
	code      string // to verify
}

// cryptoMAC is a code that was computed or compared.
type cryptoMAC struct {
	Algorithm string `json:"algorithm"`
	KCV       string `json:"kcv"`
	Bytes     int    `json:"bytes"` // of data
	Code      string `json:"code,omitempty"`
	Verified  *bool  `json:"verified,omitempty"`
}

// macAlgorithms are the algorithms by the names that the command takes.
func macAlgorithms() []string {
	return []string{"alg1", "alg3", "x919", "cmac-tdes", "cmac-aes", "unionpay"}
}

func newCryptoMAC(env *Env, runF func(context.Context, *cryptoMACOptions) error) *cobra.Command {
	o := &cryptoMACOptions{}
	c := newLeaf(env, leaf{
		use:   "mac",
		short: i18n.T("Compute or compare a message authentication code", "计算或比对报文鉴别码（MAC）"),
		long: i18n.T(
			"Compute the authentication code of data, or compare one with --code.\n\nalg1 and alg3 are those of ISO/IEC 9797-1 over DES with --padding 1 or 2; x919 is alg3\nwith padding 1 as acquirers use it; cmac-tdes and cmac-aes are NIST SP 800-38B;\nunionpay is the ECB algorithm of UnionPay terminals, eight characters.\n\nThe data is --hex, or the bytes of a --file as they are, or standard input.",
			"计算数据的 MAC，或用 --code 比对。\n\nalg1 与 alg3 为 ISO/IEC 9797-1 基于 DES 的算法，填充方式由 --padding 1 或 2 指定；x919 为\n收单机构常用的 alg3 加填充方式 1；cmac-tdes 与 cmac-aes 为 NIST SP 800-38B；unionpay 为\n银联终端的 ECB 算法，结果为八个字符。\n\n数据由 --hex 给出，或取 --file 文件的原始字节，或取标准输入。"),
		examples: []example{
			{i18n.T("of the bytes in a file", "文件中字节的 MAC"), "till crypto mac --key-file mak.hex --file message.bin"},
			{i18n.T("is the code of field 64 right?", "域 64 的 MAC 是否正确？"), "till crypto mac --algorithm unionpay --key-file mak --file message.bin --code 4532363742364532"},
			{i18n.T("CMAC of AES, its left 8 bytes", "AES CMAC，取左 8 字节"), "till crypto mac --algorithm cmac-aes --key-file mak.hex --hex 0102030405 --length 8"},
		},
		result: cryptoMAC{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, cryptoMACRun), o),
	}, &o.out)
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the key", "密钥"))
	f := c.Flags()
	f.StringVar(&o.algorithm, "algorithm", "alg3", i18n.T("compute by `NAME`: %s", "算法 `NAME`：%s").With(strings.Join(macAlgorithms(), ", ")).In(env.lang))
	f.IntVar(&o.padding, "padding", 2, env.Say(i18n.T("fill the data by method `N` of ISO/IEC 9797-1: 1 is zeros, 2 is 80 and zeros; alg1 and alg3 have it", "按 ISO/IEC 9797-1 填充方式 `N`：1 为补零，2 为补 80 再补零；仅用于 alg1 与 alg3")))
	f.StringVar(&o.hex, "hex", "", env.Say(i18n.T("the data in `HEX`", "十六进制数据 `HEX`")))
	f.StringVar(&o.file, "file", "", env.Say(i18n.T("the data is the bytes of `FILE`, - is standard input", "数据为 `FILE` 的原始字节，- 表示标准输入")))
	f.IntVar(&o.length, "length", 0, env.Say(i18n.T("give the left `N` bytes, at least 4; default: the whole code", "取左 `N` 字节，至少 4；默认完整输出")))
	f.StringVar(&o.code, "code", "", env.Say(i18n.T("compare the code `HEX`; the right one is then not shown", "比对 MAC `HEX`；此时不显示正确值")))
	_ = c.RegisterFlagCompletionFunc("algorithm", cobra.FixedCompletions(macAlgorithms(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.MarkFlagFilename("file")
	return c
}

func cryptoMACRun(ctx context.Context, env *Env, o *cryptoMACOptions) error {
	compute, a, err := o.algorithmOf()
	if err != nil {
		return err
	}
	if o.hex == "" && o.file == "" {
		o.file = "-"
	}
	if err := oneFromStdin(o.keyFile, o.file); err != nil {
		return err
	}
	data, err := o.data(ctx, env)
	if err != nil {
		return err
	}
	k, err := env.key(ctx, o.keyFile, "--key-file", a)
	if err != nil {
		return err
	}
	b := k.Reveal()
	defer clear(b)
	code, err := compute(b, data)
	if err != nil {
		return macKeyProblem(o.algorithm, k, err)
	}
	return o.write(env, cryptoMAC{Algorithm: o.algorithm, KCV: k.CheckValue(), Bytes: len(data)}, code)
}

// write shows the code, or whether the one to compare is it.
func (o *cryptoMACOptions) write(env *Env, v cryptoMAC, code []byte) error {
	if o.length != 0 && (o.length < 4 || o.length > len(code)) {
		return wrongWord("--length", strconv.Itoa(o.length), "4 ... "+strconv.Itoa(len(code)))
	}
	facts := []fact{{i18n.T("key", "密钥"), v.KCV}, {i18n.T("data", "数据"), strconv.Itoa(v.Bytes) + " B"}}
	if o.code == "" {
		if o.length > 0 {
			code = code[:o.length]
		}
		v.Code = upperHex(code)
		return writeFacts(env, &o.out, v, append(facts, fact{i18n.T("code", "鉴别码"), v.Code}))
	}
	got, err := hexFlag("--code", o.code)
	if err != nil {
		return err
	}
	right := mac.VerifyBytes(code, got) == nil
	v.Verified = &right
	if err := writeFacts(env, &o.out, v, append(facts, fact{i18n.T("matches", "匹配"), yesNo(env, right)})); err != nil || right {
		return err
	}
	return exitError{exitDifferences}
}

// algorithmOf is how to compute, and what cipher the key is for.
func (o *cryptoMACOptions) algorithmOf() (func(key, data []byte) ([]byte, error), key.Algorithm, error) {
	p := mac.Padding(o.padding)
	if o.padding != 1 && o.padding != 2 {
		return nil, 0, wrongWord("--padding", strconv.Itoa(o.padding), "1, 2")
	}
	short := func(code [8]byte, err error) ([]byte, error) { return code[:], err }
	switch o.algorithm {
	case "alg1":
		return func(k, data []byte) ([]byte, error) { return short(mac.Algorithm1(k, data, p)) }, key.TDES, nil
	case "alg3":
		return func(k, data []byte) ([]byte, error) { return short(mac.Algorithm3(k, data, p)) }, key.TDES, nil
	case "x919":
		return func(k, data []byte) ([]byte, error) { return short(mac.X919(k, data)) }, key.TDES, nil
	case "unionpay":
		return func(k, data []byte) ([]byte, error) { return short(mac.UnionPay(k, data)) }, key.TDES, nil
	case "cmac-tdes":
		return func(k, data []byte) ([]byte, error) { return short(mac.CMACTDES(k, data)) }, key.TDES, nil
	case "cmac-aes":
		return func(k, data []byte) ([]byte, error) {
			code, err := mac.CMACAES(k, data)
			return code[:], err
		}, key.AES, nil
	}
	return nil, 0, wrongWord("--algorithm", o.algorithm, strings.Join(macAlgorithms(), ", "))
}

// data is what the code is over.
func (o *cryptoMACOptions) data(ctx context.Context, env *Env) ([]byte, error) {
	if o.hex != "" && o.file != "" {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--hex and --file are two inputs", "--hex 与 --file 是两个输入").With(),
			Hint: i18n.T("give the one or the other", "请只给出其一").With(),
		}
	}
	if o.hex != "" {
		return hexFlag("--hex", o.hex)
	}
	return readInput(ctx, env, o.file, maxDump)
}

func macKeyProblem(algorithm string, k key.Key, err error) error {
	return &till.Problem{
		Code: till.CodeUsage, Cause: err,
		What: i18n.T("a key of %d bytes is none for %s", "%d 字节的密钥不适用于 %s").With(k.Len(), algorithm),
		Hint: i18n.T("alg3 and x919 want 16 bytes, cmac-tdes 16 or 24, alg1 and unionpay 8, 16 or 24", "alg3 与 x919 需要 16 字节，cmac-tdes 需要 16 或 24 字节，alg1 与 unionpay 需要 8、16 或 24 字节").With(),
	}
}
