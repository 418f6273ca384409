package cli

import (
	"strings"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// refuseCardNumbers ends a command that has a card number among its arguments: the
// shell's history and the list of processes have it already, and no error message may
// repeat it.
func refuseCardNumbers(args []string) error {
	for i, a := range args {
		if isCardNumber(a) {
			return &till.Problem{
				Code: till.CodeUsage,
				What: i18n.T("argument %d is a card number; a card is never taken from the command line", "第 %d 个参数是卡号；不接受命令行中的卡号").With(i + 1),
				Hint: i18n.T("use a reader (--reader), and clear the line from your shell's history", "请使用读卡器（--reader），并从 shell 历史中清除该行").With(),
			}
		}
	}
	return nil
}

// isCardNumber reports an argument, or a flag's value, that is a card number.
func isCardNumber(arg string) bool {
	if flag, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(flag, "-") {
		arg = value
	}
	return card.IsNumber(arg) && !isBarcodeOf13(arg)
}

// isBarcodeOf13 reports an EAN-13. Some pass for a card number of thirteen digits, which
// no scheme has issued for decades.
func isBarcodeOf13(arg string) bool {
	c, err := barcode.Parse(arg)
	return err == nil && c.Kind == barcode.EAN13
}
