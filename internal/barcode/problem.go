package barcode

import (
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// What is wrong with a code; match with errors.Is.
var (
	ErrCheckDigit = errors.New("check digit")
	ErrLength     = errors.New("number of digits")
	ErrForm       = errors.New("form of the code")
	ErrElement    = errors.New("element string")
)

// refusal is a problem and what it is about, which its words say already.
type refusal struct {
	problem *till.Problem
	about   error
}

func problem(about error, what, hint i18n.Message) error {
	return &refusal{&till.Problem{Code: till.CodeUsage, What: what, Hint: hint}, about}
}

// Error is the English of the problem.
func (r *refusal) Error() string { return r.problem.Error() }

// Unwrap are the problem for users and the kind for errors.Is.
func (r *refusal) Unwrap() []error { return []error{r.problem, r.about} }

func emptyCode() error {
	return problem(ErrForm, i18n.T("the code is empty", "条码为空").With(), scanAgain())
}

func scanAgain() i18n.Message { return i18n.T("scan it again", "请重新扫描").With() }

func wrongCheckDigit(digits string, want byte) error {
	right := digits[:len(digits)-1] + string(want)
	return problem(ErrCheckDigit,
		i18n.T("the check digit of %s is %c, want %c", "%s 的校验位为 %c，应为 %c").With(digits, digits[len(digits)-1], want),
		i18n.T("scan it again, or compare it with what is printed: with its other digits right it is %s", "请重新扫描或与印刷的条码核对：若其余数字无误，则为 %s").With(right))
}

func onlyZeros(digits string) error {
	return problem(ErrForm, i18n.T("%s is nothing but zeros", "%s 全为零").With(digits), scanAgain())
}

func wrongInnerDigit(code string, got, want byte) error {
	return problem(ErrCheckDigit,
		i18n.T("the check digit of the value in %s is %c, want %c", "%s 中内嵌数值的校验位为 %c，应为 %c").With(code, got, want),
		i18n.T("scan it again; a scale that always prints it so wants another pattern", "请重新扫描；若该秤一贯如此打印，请更换条码规则").With())
}

// wrongLength tells digits that no code has so many of. Where zeros in front make a code
// of them whose check digit is right, a spreadsheet has probably taken them away.
func wrongLength(digits string) error {
	what := i18n.T("%s has %d digits; a barcode has 8, 12, 13 or 14", "%s 有 %d 位；条码应为 8、12、13 或 14 位").With(shown(digits), len(digits))
	if full := withLostZeros(digits); full != "" {
		return problem(ErrLength, what,
			i18n.T("a spreadsheet may have dropped zeros in front: it would be %s", "可能被电子表格去掉了前导零：补全后为 %s").With(full))
	}
	return problem(ErrLength, what,
		i18n.T("compare it with what is printed; a number of your own is better given as the SKU, which is scanned as well", "请与印刷的条码核对；自编号码建议作为 SKU，同样可以扫描").With())
}

// withLostZeros is the code that digits were before zeros in front were lost, "" if none
// has a check digit that fits.
func withLostZeros(digits string) string {
	length := 12
	if len(digits) == 7 {
		length = 8
	}
	full := pad(digits, length)
	if len(full) == length && checkDigit(full[:length-1]) == full[length-1] {
		return full
	}
	return ""
}

func computedCode(text string) error {
	return problem(ErrForm,
		i18n.T("%q is a number as a spreadsheet rewrites it, and no barcode", "%q 是电子表格改写后的数字，不是条码").With(shown(text)),
		i18n.T("make the column text in the spreadsheet, put the codes in again and save it", "请在电子表格中将该列设为文本，重新填写条码后保存").With())
}

func longText(text string) error {
	return problem(ErrForm,
		i18n.T("%q has %d characters, want at most %d", "%q 有 %d 个字符，最多 %d 个").With(shown(text), len(text), maxText), scanAgain())
}

func strangeText(text string) error {
	return problem(ErrForm,
		i18n.T("%q is no barcode: it holds a space or a character beyond ASCII", "%q 不是条码：含有空格或非 ASCII 字符").With(shown(text)),
		i18n.T("scan it with the input method off", "请关闭输入法后重新扫描").With())
}

func badElement(text string, at int, why i18n.Message) error {
	return problem(ErrElement,
		i18n.T("element string %q, at character %d: %s", "元素串 %q 第 %d 个字符：%s").With(shown(text), at+1, why), scanAgain())
}

// shown keeps a strange text short in an error, and never shows so many digits that they
// could be a card's.
func shown(text string) string {
	if isDigits(text) && len(text) > 14 {
		return fmt.Sprintf("%s…%s", text[:4], text[len(text)-2:])
	}
	const most = 40
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
