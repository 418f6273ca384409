package cli

import (
	"context"
	"encoding/binary"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/emv/ac"
)

type cryptoCVC3Options struct {
	out       out.Output
	keyFile   string
	panFile   string
	trackFile string
	psn       string
	atc       string
	random    string
}

// cryptoCVC3 is a dynamic card verification code, good for one transaction.
type cryptoCVC3 struct {
	Masked string `json:"masked"`
	KCV    string `json:"kcv"`
	ATC    string `json:"atc"`
	CVC3   string `json:"cvc3"`
}

func newCryptoCVC3(env *Env, runF func(context.Context, *cryptoCVC3Options) error) *cobra.Command {
	o := &cryptoCVC3Options{}
	c := newLeaf(env, leaf{
		use:   "cvc3",
		short: i18n.T("Compute the dynamic code of a contactless card", "计算非接触卡的动态验证码"),
		long: i18n.T(
			"Compute CVC3, Mastercard's dynamic verification code of a contactless card in magnetic\nstripe mode: five digits, of which the track carries the last ones. It is good for one\ntransaction and is shown. The track data is static, as the card keeps it, in\nhexadecimal.",
			"计算 CVC3，即 Mastercard 非接触卡磁条模式的动态验证码：五位数字，磁道中携带其末几位。\n仅对单笔交易有效，因此直接显示。磁道数据为卡内存储的静态数据，以十六进制给出。"),
		examples: []example{
			{i18n.T("of one transaction", "单笔交易"), "till crypto cvc3 --key-file imk --pan-file pan --track-file track2 --atc 005E --random 00000899"},
		},
		result: cryptoCVC3{},
		run:    runWith(either(env, runF, cryptoCVC3Run), o),
	}, &o.out)
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the issuer's master key for CVC3", "发卡行 CVC3 主密钥"))
	bindSecretFile(env, c, &o.panFile, "pan-file", i18n.T("the card number", "卡号"))
	bindSecretFile(env, c, &o.trackFile, "track-file", i18n.T("the static track data", "静态磁道数据"))
	c.Flags().StringVar(&o.psn, "psn", "", env.Say(i18n.T("sequence number `NN` of the card; default: 00", "卡序列号 `NN`；默认为 00")))
	c.Flags().StringVar(&o.atc, "atc", "", env.Say(i18n.T("transaction counter `HEX`, two bytes", "交易计数器 `HEX`，两字节")))
	c.Flags().StringVar(&o.random, "random", "", env.Say(i18n.T("unpredictable number `HEX`, four bytes", "不可预知数 `HEX`，四字节")))
	return c
}

func cryptoCVC3Run(ctx context.Context, env *Env, o *cryptoCVC3Options) error {
	if err := oneFromStdin(o.keyFile, o.panFile, o.trackFile); err != nil {
		return err
	}
	atc, err := hexFlag("--atc", o.atc)
	if err != nil {
		return err
	}
	random, err := hexFlag("--random", o.random)
	if err != nil {
		return err
	}
	if len(atc) != 2 || len(random) != 4 {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--atc wants two bytes and --random four", "--atc 需要两字节，--random 需要四字节").With(),
			Hint: i18n.T("such as --atc 005E --random 00000899", "例如 --atc 005E --random 00000899").With(),
		}
	}
	pan, err := env.cardNumber(ctx, o.panFile, "--pan-file")
	if err != nil {
		return err
	}
	k, err := env.key(ctx, o.keyFile, "--key-file", key.TDES)
	if err != nil {
		return err
	}
	text, err := env.secretText(ctx, o.trackFile, "--track-file", longestKeyFile, i18n.T("track data (hexadecimal): ", "磁道数据（十六进制）：").With())
	if err != nil {
		return err
	}
	track, err := parseHex([]byte(text.Reveal()))
	if err != nil {
		return err
	}
	master := k.Reveal()
	defer clear(master)
	icc, err := ac.ICCMasterKey(master, pan, o.psn)
	if err != nil {
		return chipProblem(err)
	}
	code, err := ac.CVC3(icc, track, binary.BigEndian.Uint16(atc), [4]byte(random))
	if err != nil {
		return chipProblem(err)
	}
	v := cryptoCVC3{Masked: pan.Masked(), KCV: k.CheckValue(), ATC: upperHex(atc), CVC3: code}
	return writeFacts(env, &o.out, v, []fact{
		{i18n.T("card", "卡号"), v.Masked}, {i18n.T("key", "密钥"), v.KCV}, {i18n.T("counter", "计数器"), v.ATC}, {i18n.T("CVC3", "动态验证码"), v.CVC3},
	})
}
