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

type cryptoKCVOptions struct {
	out       out.Output
	keys      []string // files; none asks
	algorithm string
	keyOut    string
}

// cryptoKCV is a key as it may be shown.
type cryptoKCV struct {
	Algorithm  string   `json:"algorithm"`
	Bits       int      `json:"bits"`
	KCV        string   `json:"kcv"`
	KCVCMAC    string   `json:"kcv_cmac,omitempty"`   // of triple DES, by X9.24-1:2017
	KCVLegacy  string   `json:"kcv_legacy,omitempty"` // of AES, from before it
	OddParity  *bool    `json:"odd_parity,omitempty"`
	Weak       bool     `json:"weak"`
	Components []string `json:"components,omitempty"` // check values of what was combined
}

func newCryptoKCV(env *Env, runF func(context.Context, *cryptoKCVOptions) error) *cobra.Command {
	o := &cryptoKCVOptions{}
	c := newLeaf(env, leaf{
		use:   "kcv",
		short: i18n.T("Show the check value of a key", "显示密钥校验值"),
		long: i18n.T(
			"Show the check value by which two people know that they hold the same key: of triple\nDES the first three bytes of zeros enciphered, and beside it the one by CMAC; of AES\nfive bytes by CMAC (ANSI X9.24-1:2017, annex A). Say as well whether its bytes have odd\nparity and whether halves are equal, which makes single DES of it.\n\nSeveral --key-file are components: each has its check value shown, and the key that\nthey make together by XOR.",
			"显示双方核对密钥是否一致所用的校验值：三重 DES 为全零块加密结果的前三字节，并列出按\nCMAC 计算的值；AES 为按 CMAC 计算的五字节（ANSI X9.24-1:2017 附录 A）。同时说明各字节\n是否为奇校验，以及两半是否相同（相同即退化为单 DES）。\n\n给出多个 --key-file 时视为密钥分量：显示各分量的校验值，以及异或合成后的密钥校验值。"),
		examples: []example{
			{i18n.T("of a key in a file", "文件中的密钥"), "till crypto kcv --key-file zmk.hex"},
			{i18n.T("of AES, asked for without echo", "AES 密钥，在终端询问且不回显"), "till crypto kcv --algorithm aes"},
			{i18n.T("of three components, the key into a file", "三个分量合成，密钥写入文件"), "till crypto kcv --key-file a.hex --key-file b.hex --key-file c.hex --key-out zmk.hex"},
		},
		result: cryptoKCV{},
		run:    runWith(either(env, runF, cryptoKCVRun), o),
	}, &o.out)
	c.Flags().StringArrayVar(&o.keys, "key-file", nil, env.Say(i18n.T(
		"read the key from `FILE`, - is standard input; again for each component; default: ask without echo",
		"从 `FILE` 读取密钥，- 表示标准输入；每个分量各写一次；默认在终端询问且不回显")))
	bindKeyAlgorithm(env, c, &o.algorithm)
	bindSecretOut(env, c, &o.keyOut, "key-out", i18n.T("the combined key", "合成的密钥"))
	return c
}

// bindKeyAlgorithm gives a command the flag that says what cipher a key is for.
func bindKeyAlgorithm(env *Env, c *cobra.Command, algorithm *string) {
	c.Flags().StringVar(algorithm, "algorithm", "tdes", env.Say(i18n.T("the key is for `NAME`: tdes, aes or hmac", "密钥所属算法 `NAME`：tdes、aes 或 hmac")))
	_ = c.RegisterFlagCompletionFunc("algorithm", cobra.FixedCompletions(keyAlgorithms(), cobra.ShellCompDirectiveNoFileComp))
}

func keyAlgorithms() []string { return []string{"tdes", "aes", "hmac"} }

// keyAlgorithm reads the name of a cipher.
func keyAlgorithm(name string) (key.Algorithm, error) {
	for _, a := range []key.Algorithm{key.TDES, key.AES, key.HMAC} {
		if strings.EqualFold(a.String(), name) {
			return a, nil
		}
	}
	return 0, wrongWord("--algorithm", name, strings.Join(keyAlgorithms(), ", "))
}

func cryptoKCVRun(ctx context.Context, env *Env, o *cryptoKCVOptions) error {
	a, err := keyAlgorithm(o.algorithm)
	if err != nil {
		return err
	}
	if err := oneFromStdin(o.keys...); err != nil {
		return err
	}
	files := o.keys
	if len(files) == 0 {
		files = []string{""}
	}
	var parts []key.Key
	for _, file := range files {
		k, err := env.key(ctx, file, "--key-file", a)
		if err != nil {
			return err
		}
		parts = append(parts, k)
	}
	k := parts[0]
	if len(parts) > 1 {
		if k, err = key.Combine(parts...); err != nil {
			return componentProblem(err)
		}
	}
	if err := writeKey(o.keyOut, k); err != nil {
		return err
	}
	v := describeKey(k)
	if len(parts) > 1 {
		for _, p := range parts {
			v.Components = append(v.Components, p.CheckValue())
		}
	}
	return writeFacts(env, &o.out, v, kcvFacts(env, v))
}

func componentProblem(err error) error {
	return &till.Problem{
		Code: till.CodeUsage, Cause: err, What: i18n.T("the components have different lengths", "各密钥分量长度不同").With(),
		Hint: i18n.T("each component has as many digits as the key", "每个分量与密钥等长").With(),
	}
}

// describeKey is what of a key may be shown.
func describeKey(k key.Key) cryptoKCV {
	v := cryptoKCV{Algorithm: k.Algorithm().String(), Bits: k.Bits(), KCV: k.CheckValue(), Weak: k.IsWeak()}
	b := k.Reveal()
	defer clear(b)
	switch k.Algorithm() { // lengths that have none of these leave them empty
	case key.TDES:
		odd := k.HasOddParity()
		v.OddParity = &odd
		v.KCVCMAC, _ = mac.KeyCheckValueCMAC(b)
	case key.AES:
		v.KCVLegacy, _ = mac.KeyCheckValueECB(b)
	case key.HMAC:
	}
	return v
}

func kcvFacts(env *Env, v cryptoKCV) []fact {
	facts := []fact{
		{i18n.T("algorithm", "算法"), v.Algorithm + ", " + strconv.Itoa(v.Bits) + " bit"},
		{i18n.T("check value", "校验值"), v.KCV},
		{i18n.T("by CMAC", "按 CMAC"), v.KCVCMAC},
		{i18n.T("of old", "旧式校验值"), v.KCVLegacy},
	}
	if v.OddParity != nil {
		facts = append(facts, fact{i18n.T("odd parity", "奇校验"), yesNo(env, *v.OddParity)})
	}
	if v.Weak {
		facts = append(facts, fact{i18n.T("weak", "弱密钥"), env.Say(i18n.T("it is no more than single DES, or halves are equal", "强度不超过单 DES，或两半相同"))})
	}
	for i, c := range v.Components {
		facts = append(facts, fact{i18n.T("component ", "分量 "), strconv.Itoa(i+1) + "  " + c})
	}
	return facts
}
