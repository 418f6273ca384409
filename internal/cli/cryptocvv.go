package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/crypto/cvv"
	"github.com/tillworks/till/pkg/crypto/key"
)

type cryptoCVVOptions struct {
	out       out.Output
	unmask    unmask
	keyFile   string
	panFile   string
	expiry    string
	service   string
	valueFile string
	valueOut  string
}

// cryptoCVV is a card verification value, hidden unless --unmask.
type cryptoCVV struct {
	Masked   string `json:"masked"` // card number
	Expiry   string `json:"expiry"`
	Service  string `json:"service_code"`
	KCV      string `json:"kcv"`
	Value    string `json:"value,omitempty"`
	Verified *bool  `json:"verified,omitempty"`
}

func newCryptoCVV(env *Env, runF func(context.Context, *cryptoCVVOptions) error) *cobra.Command {
	o := &cryptoCVVOptions{}
	c := newLeaf(env, leaf{
		use:   "cvv",
		short: i18n.T("Compute or compare a card verification value", "计算或比对卡片验证值"),
		long: i18n.T(
			"Compute the card verification value of a card as its issuer does: CVV, CVC and UnionPay's\nCVN on the stripe with the card's --service-code, iCVV in the chip with 999 and CVV2 on\nthe back with 000. --expiry has the order that the issuer uses: YYMM on stripe and chip,\noften MMYY for CVV2.\n\nThe value is as secret as the law of the schemes makes it: it goes into a file with\n--value-out, is compared with one by --value-file, or is shown by --unmask, which the\njournal keeps.",
			"按发卡行方式计算卡片验证值：磁条上的 CVV、CVC 和银联 CVN 使用卡片的 --service-code，\n芯片中的 iCVV 使用 999，卡背面的 CVV2 使用 000。--expiry 按发卡行所用顺序：磁条与芯片\n为 YYMM，CVV2 常为 MMYY。\n\n该值属敏感验证数据：用 --value-out 写入文件，用 --value-file 比对，或用 --unmask 显示\n（流水账将记录）。"),
		examples: []example{
			{i18n.T("is this the value on the stripe?", "是否为磁条上的值？"), "till crypto cvv --key-file cvk --pan-file pan --expiry 3112 --service-code 201 --value-file cvv"},
			{i18n.T("the iCVV of a chip into a file", "芯片 iCVV 写入文件"), "till crypto cvv --key-file cvk --pan-file pan --expiry 3112 --service-code 999 --value-out icvv"},
		},
		result: cryptoCVV{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, cryptoCVVRun), o),
	}, &o.out)
	bindSecretFile(env, c, &o.keyFile, "key-file", i18n.T("the card verification key", "卡片验证密钥"))
	bindSecretFile(env, c, &o.panFile, "pan-file", i18n.T("the card number", "卡号"))
	c.Flags().StringVar(&o.expiry, "expiry", "", env.Say(i18n.T("expiry `DATE`, four digits in the issuer's order", "有效期 `DATE`，四位数字，按发卡行顺序")))
	c.Flags().StringVar(&o.service, "service-code", "", env.Say(i18n.T("service code `NNN`; 999 is iCVV, 000 is CVV2", "服务代码 `NNN`；999 为 iCVV，000 为 CVV2")))
	c.Flags().StringVar(&o.valueFile, "value-file", "", env.Say(i18n.T("compare the value in `FILE`, - is standard input", "比对 `FILE` 中的值，- 表示标准输入")))
	_ = c.MarkFlagFilename("value-file")
	bindSecretOut(env, c, &o.valueOut, "value-out", i18n.T("the value", "该值"))
	bindUnmask(env, c, &o.unmask)
	return c
}

func cryptoCVVRun(ctx context.Context, env *Env, o *cryptoCVVOptions) error {
	if err := oneFromStdin(o.keyFile, o.panFile, o.valueFile); err != nil {
		return err
	}
	show, err := o.unmask.granted(ctx, env, &o.out, "till crypto cvv")
	if err != nil {
		return err
	}
	pan, err := env.cardNumber(ctx, o.panFile, "--pan-file")
	if err != nil {
		return err
	}
	k, err := env.key(ctx, o.keyFile, "--key-file", key.TDES)
	if err != nil {
		return err
	}
	value, err := cvv.Compute(k, pan, o.expiry, o.service)
	if err != nil {
		return cvvProblem(err)
	}
	v := cryptoCVV{Masked: pan.Masked(), Expiry: o.expiry, Service: o.service, KCV: k.CheckValue(), Value: strings.Repeat("*", value.Len())}
	if show {
		v.Value = value.Reveal()
	}
	if o.valueOut != "" {
		if err := writeSecret(o.valueOut, value.Reveal()); err != nil {
			return err
		}
	}
	if o.valueFile != "" {
		got, err := env.secretText(ctx, o.valueFile, "--value-file", longestPINFile, i18n.T("value: ", "验证值：").With())
		if err != nil {
			return err
		}
		right := value.Equal(got)
		v.Verified = &right
	}
	return errors.Join(o.write(env, v), o.unmask.shown(ctx, env, 1))
}

// write shows the result and ends with a difference where the value to compare is another.
func (o *cryptoCVVOptions) write(env *Env, v cryptoCVV) error {
	matches := ""
	if v.Verified != nil {
		matches = yesNo(env, *v.Verified)
	}
	err := writeFacts(env, &o.out, v, []fact{
		{i18n.T("card", "卡号"), v.Masked}, {i18n.T("key", "密钥"), v.KCV}, {i18n.T("service code", "服务代码"), v.Service},
		{i18n.T("value", "验证值"), v.Value}, {i18n.T("matches", "匹配"), matches},
	})
	if err == nil && v.Verified != nil && !*v.Verified {
		return exitError{exitDifferences}
	}
	return err
}

func cvvProblem(err error) error {
	p := &till.Problem{Code: till.CodeUsage, Cause: err}
	if errors.Is(err, cvv.ErrKey) {
		p.What = i18n.T("a card verification key has 16 bytes of TDES", "卡片验证密钥为 16 字节 TDES").With()
		p.Hint = i18n.T("write the halves A and B one behind the other", "请将 A、B 两半依次连写").With()
		return p
	}
	p.What = i18n.T("--expiry wants four digits and --service-code three", "--expiry 需要四位数字，--service-code 需要三位").With()
	p.Hint = i18n.T("such as --expiry 3112 --service-code 201", "例如 --expiry 3112 --service-code 201").With()
	return p
}
