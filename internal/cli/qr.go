package cli

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

func newQR(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "qr",
		short: i18n.T("Make and read payment codes", "生成与解析支付二维码"),
		long: i18n.T(
			"Make and read payment codes: merchant codes by EMVCo, as PIX, PromptPay, QRIS, VietQR\nand others use them, and the payment codes that a shopper's wallet shows. Card numbers\nand shoppers' codes are masked in whatever is shown.",
			"生成与解析支付二维码：EMVCo 商户码（PIX、PromptPay、QRIS、VietQR 等均基于此），以及\n顾客钱包展示的付款码。显示时卡号与付款码均被遮蔽。"),
		commands: []*cobra.Command{newQRDecode(env, nil), newQRMake(env, nil)},
	})
}

// writeWhole makes a file appear whole or not at all: it is written beside its place,
// flushed and renamed.
func writeWhole(path string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return notWritten(path, err)
	}
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return notWritten(path, err)
	}
	return nil
}

func notWritten(path string, err error) error {
	return &till.Problem{
		Code: till.CodeFailure, Cause: err,
		What: i18n.T("%s cannot be written", "无法写入 %s").With(path),
		Hint: i18n.T("name a file in a folder that exists and that you may write to", "请指定一个存在且可写的文件夹中的文件").With(),
	}
}
