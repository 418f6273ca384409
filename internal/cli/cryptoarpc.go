package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv/ac"
)

type cryptoARPCOptions struct {
	out     out.Output
	in      chipInput
	arc     string
	decline bool
}

// cryptoARPC is an issuer's answer to a cryptogram.
type cryptoARPC struct {
	CVN    string `json:"cvn"`
	Masked string `json:"masked"`
	ARQC   string `json:"arqc"`
	Data   string `json:"issuer_auth_data"` // value of tag 91
}

func newCryptoARPC(env *Env, runF func(context.Context, *cryptoARPCOptions) error) *cobra.Command {
	o := &cryptoARPCOptions{}
	run := either(env, runF, cryptoARPCRun)
	c := newLeaf(env, leaf{
		use:   "arpc [HEX|FILE]",
		short: i18n.T("Answer the cryptogram of a chip card", "应答芯片卡应用密文"),
		long: i18n.T(
			"Make the issuer authentication data, tag 91, with which an issuer answers the chip data\nof a request: the method follows from the cryptogram version. The request's own\ncryptogram is checked first, and one that is another gets no answer and ends with 7.",
			"生成发卡行对请求芯片数据的应答，即发卡行认证数据（标签 91）；方法由密文版本决定。先校验\n请求中的密文，不一致则不予应答并以 7 结束。"),
		examples: []example{
			{i18n.T("an approval", "批准"), "till crypto arpc field55.hex --key-file imk.hex"},
			{i18n.T("a refusal", "拒绝"), "till crypto arpc field55.hex --key-file imk.hex --arc 05 --decline"},
		},
		result: cryptoARPC{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.in.data = strings.Join(args, "")
			return run(ctx, o)
		},
	}, &o.out)
	bindChipInput(env, c, &o.in)
	c.Flags().StringVar(&o.arc, "arc", "00", env.Say(i18n.T("authorisation response code `CC` of method 1", "方法 1 的授权响应代码 `CC`")))
	c.Flags().BoolVar(&o.decline, "decline", false, env.Say(i18n.T("with method 2, a status update that does not approve", "方法 2 中使用不批准的卡状态更新")))
	return c
}

func cryptoARPCRun(ctx context.Context, env *Env, o *cryptoARPCOptions) error {
	d, err := o.in.read(ctx, env)
	if err != nil {
		return err
	}
	if len(d.given) != 8 || ac.VerifyARQC(d.cvn, d.card, d.input, d.given) != nil {
		return &till.Problem{
			Code: till.CodeDifference, What: i18n.T("the cryptogram of the request is not the card's; it was not answered", "请求中的密文不属于该卡；未予应答").With(),
			Hint: i18n.T("till crypto arqc shows both", "till crypto arqc 可显示两者").With(),
		}
	}
	update := ac.Approve()
	if o.decline {
		update = ac.Decline()
	}
	data, err := ac.IssuerAuthData(d.cvn, d.card, d.input, [8]byte(d.given), o.arc, update)
	if err != nil {
		return chipProblem(err)
	}
	v := cryptoARPC{CVN: d.cvn.String(), Masked: d.pan.Masked(), ARQC: upperHex(d.given), Data: upperHex(data)}
	return writeFacts(env, &o.out, v, []fact{
		{i18n.T("version", "密文版本"), v.CVN}, {i18n.T("card", "卡号"), v.Masked}, {i18n.T("cryptogram", "应用密文"), v.ARQC},
		{i18n.T("tag 91", "标签 91"), v.Data},
	})
}
