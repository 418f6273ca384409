package cli

import (
	"context"
	"encoding/binary"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/emv/ac"
)

type cryptoCardKeyOptions struct {
	out       out.Output
	keyFile   string
	panFile   string
	psn       string
	atc       string
	algorithm string
}

// cryptoCardKey is the check values of the keys of one card.
type cryptoCardKey struct {
	Masked  string                `json:"masked"`
	KCV     string                `json:"kcv"` // of the issuer's master key
	Options []cryptoCardKeyOption `json:"options"`
}

// cryptoCardKeyOption is a card's key by one way to derive it.
type cryptoCardKeyOption struct {
	Option     string `json:"option"` // of EMV Book 2, A1.4
	KCV        string `json:"kcv"`
	SessionKCV string `json:"session_kcv,omitempty"` // common session key of --atc
}

func newCryptoCardKey(env *Env, runF func(context.Context, *cryptoCardKeyOptions) error) *cobra.Command {
	o := &cryptoCardKeyOptions{}
	c := newLeaf(env, leaf{
		use:   "cardkey",
		short: i18n.T("Show check values of a card's keys", "显示卡片密钥的校验值"),
		long: i18n.T(
			"Derive a card's master key from the issuer's by each option of EMV Book 2, A1.4: A and B\nwith triple DES, C with AES; and with --atc the common session key of one transaction.\nShown are check values, to compare with those of the personalization. The keys\nthemselves leave the program in no way.",
			"按 EMV Book 2 A1.4 的各选项由发卡行主密钥派生卡片主密钥：三重 DES 为 A、B，AES 为 C；\n给出 --atc 时还派生单笔交易的通用会话密钥。只显示校验值，用于与个人化系统核对；密钥本身\n不会离开程序。"),
		examples: []example{
			{i18n.T("which option did the personalization use?", "个人化使用了哪个选项？"), "till crypto cardkey --key-file imk.hex --pan-file pan.txt --psn 01"},
			{i18n.T("with the session key of transaction 0042", "含交易 0042 的会话密钥"), "till crypto cardkey --key-file imk.hex --pan-file pan.txt --atc 0042"},
		},
		result: cryptoCardKey{},
		run:    runWith(either(env, runF, cryptoCardKeyRun), o),
	}, &o.out)
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the issuer's master key", "发卡行主密钥"))
	bindSecretFile(env, c, &o.panFile, "pan-file", i18n.T("the card number", "卡号"))
	c.Flags().StringVar(&o.psn, "psn", "", env.Say(i18n.T("sequence number `NN` of the card; default: 00", "卡序列号 `NN`；默认为 00")))
	c.Flags().StringVar(&o.atc, "atc", "", env.Say(i18n.T("transaction counter `HEX`, two bytes", "交易计数器 `HEX`，两字节")))
	bindKeyAlgorithm(env, c, &o.algorithm)
	return c
}

func cryptoCardKeyRun(ctx context.Context, env *Env, o *cryptoCardKeyOptions) error {
	a, err := keyAlgorithm(o.algorithm)
	if err != nil {
		return err
	}
	if err := oneFromStdin(o.keyFile, o.panFile); err != nil {
		return err
	}
	pan, err := env.cardNumber(ctx, o.panFile, "--pan-file")
	if err != nil {
		return err
	}
	k, err := env.key(ctx, o.keyFile, "--key-file", a)
	if err != nil {
		return err
	}
	v := cryptoCardKey{Masked: pan.Masked(), KCV: k.CheckValue(), Options: []cryptoCardKeyOption{}}
	facts := []fact{{i18n.T("card", "卡号"), v.Masked}, {i18n.T("issuer's key", "发卡行密钥"), v.KCV}}
	for _, name := range optionsOf(a) {
		derived, err := o.derive(name, k, pan)
		if err != nil {
			return err
		}
		v.Options = append(v.Options, derived)
		facts = append(facts, fact{i18n.T("option ", "选项 "), name + "  " + derived.KCV + sessionNote(env, derived.SessionKCV)})
	}
	return writeFacts(env, &o.out, v, facts)
}

func sessionNote(env *Env, kcv string) string {
	if kcv == "" {
		return ""
	}
	return env.Say(i18n.T(", session ", "，会话密钥 ")) + kcv
}

// optionsOf are the ways to derive a card's key from one of an algorithm.
func optionsOf(a key.Algorithm) []string {
	if a == key.AES {
		return []string{"C"}
	}
	return []string{"A", "B"}
}

func (o *cryptoCardKeyOptions) derive(option string, k key.Key, pan card.PAN) (v cryptoCardKeyOption, err error) {
	master := k.Reveal()
	defer clear(master)
	derive := map[string]func([]byte, card.PAN, string) (ac.Key, error){"A": ac.ICCMasterKey, "B": ac.ICCMasterKeyB, "C": ac.ICCMasterKeyC}[option]
	icc, err := derive(master, pan, o.psn)
	if err != nil {
		return v, chipProblem(err)
	}
	v = cryptoCardKeyOption{Option: option, KCV: icc.CheckValue()}
	if o.atc == "" {
		return v, nil
	}
	atc, err := parseHex([]byte(o.atc))
	if err != nil || len(atc) != 2 {
		return v, &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("--atc is no transaction counter", "--atc 不是交易计数器").With(),
			Hint: i18n.T("it has four hexadecimal digits, such as 0042", "应为四位十六进制数字，例如 0042").With(),
		}
	}
	session, err := ac.SessionKey(icc, binary.BigEndian.Uint16(atc))
	v.SessionKCV = session.CheckValue()
	return v, err
}
