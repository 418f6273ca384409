package catalogue

import (
	"errors"
	"strings"
	"unicode"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// issue makes one that refuses its line.
func issue(code IssueCode, what, hint i18n.Message) *Issue {
	return &Issue{Code: code, Message: what, Hint: hint, Refuses: true}
}

// notice makes one that does not.
func notice(code IssueCode, what, hint i18n.Message) *Issue {
	return &Issue{Code: code, Message: what, Hint: hint}
}

func textColumn() i18n.Message {
	return i18n.T("write it out in digits; in a spreadsheet make the column text first", "请写出完整数字；电子表格请先将该列设为文本").With()
}

// numberIssue tells what makes a text no plain decimal in ways that any number column has.
func numberIssue(text string) *Issue {
	low := strings.ToLower(text)
	switch {
	case strings.Trim(low, "+-") == "nan", strings.Contains(low, "inf"), low == "#n/a", strings.HasPrefix(low, "#"):
		return issue(NotANumber, i18n.T("%q is no number", "%q 不是数字").With(clip(text, 24)),
			i18n.T("put the number in, or leave the cell empty", "请填写数字，或留空").With())
	case isScientific(low):
		return issue(Scientific, i18n.T("%q is in scientific notation", "%q 为科学计数法").With(clip(text, 24)), textColumn())
	}
	return nil
}

func isScientific(low string) bool {
	mantissa, exponent, ok := strings.Cut(low, "e")
	return ok && isNumeric(mantissa) && isNumeric(strings.TrimLeft(exponent, "+-"))
}

// isNumeric reports digits with a point or comma among them.
func isNumeric(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.,") == "" && strings.ContainsAny(s, "0123456789")
}

// readPrice reads a price or a cost as money.Parse does, and tells of everything else what
// it is. What it may have been is told and not taken.
func readPrice(text string, c money.Currency) (money.Amount, *Issue) {
	a, err := money.Parse(text, c)
	switch {
	case err == nil && a.Minor() < 0:
		return a, issue(PriceNegative, i18n.T("%s is negative", "%s 为负数").With(text),
			i18n.T("a price is not negative; what is taken off is a promotion", "价格不能为负；折扣请使用促销").With())
	case err == nil:
		return a, nil
	case errors.Is(err, money.ErrDecimals):
		return a, issue(PriceDecimals, i18n.T("%s has more decimals than %s, which has %d", "%s 的小数位多于 %s 的 %d 位").With(clip(text, 24), c.Code(), c.Exponent()),
			i18n.T("round it yourself, so that the price is the one you want", "请自行舍入为所需的价格").With())
	}
	if i := numberIssue(text); i != nil {
		return a, i
	}
	return a, oddPrice(text, c, err)
}

// oddPrice tells of a price that is no plain decimal what it is.
func oddPrice(text string, c money.Currency, err error) *Issue {
	if errors.Is(err, money.ErrOverflow) {
		return issue(PriceForm, i18n.T("%q is more than any amount can be", "%q 超出金额上限").With(clip(text, 24)),
			i18n.T("check the number of digits", "请核对位数").With())
	}
	bare := strings.TrimFunc(text, func(r rune) bool {
		return unicode.Is(unicode.Sc, r) || unicode.IsLetter(r) || unicode.IsSpace(r)
	})
	switch {
	case bare != text && isNumeric(bare):
		return issue(PriceSign, i18n.T("%q has a currency sign or a unit in it", "%q 含有货币符号或单位").With(clip(text, 24)), writeAs(bare, c))
	case isGrouped(text):
		return issue(PriceSeparator, i18n.T("%q has separators of thousands", "%q 含有千位分隔符").With(clip(text, 24)), writeAs(text, c))
	case isNumeric(text) && strings.Count(text, ",") == 1 && !strings.Contains(text, "."):
		return issue(PriceComma, i18n.T("%q has a comma; decimals stand behind a point", "%q 含有逗号；小数应使用小数点").With(clip(text, 24)),
			writeAs(strings.Replace(text, ",", ".", 1), c))
	}
	return issue(PriceForm, i18n.T("%q is no price", "%q 不是价格").With(clip(text, 24)),
		i18n.T("write digits with a point before the decimals, as 18.00", "请写为带小数点的数字，例如 18.00").With())
}

// writeAs proposes the price that was probably meant, where there is one.
func writeAs(text string, c money.Currency) i18n.Message {
	if isGrouped(text) {
		text = ungroup(text)
	} else if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	if a, err := money.Parse(text, c); err == nil {
		return i18n.T("write %s if that is meant", "若为此意，请写作 %s").With(a.Decimal())
	}
	return i18n.T("write digits with a point before the decimals, as 18.00", "请写为带小数点的数字，例如 18.00").With()
}

// isGrouped reports groups of three digits with commas, points, spaces or apostrophes
// between: 4,250.00 or 4.250,00.
func isGrouped(text string) bool {
	whole, _ := splitDecimals(text)
	groups := strings.FieldsFunc(whole, isGroupMark)
	if len(groups) < 2 || len(groups[0]) > 3 {
		return false
	}
	for i, g := range groups {
		if !isNumeric(g) || strings.ContainsAny(g, ".,") || i > 0 && len(g) != 3 {
			return false
		}
	}
	return true
}

func isGroupMark(r rune) bool {
	return r == ',' || r == '.' || r == '\'' || r == ' ' || r == '\u00a0' || r == '\u202f'
}

// splitDecimals cuts one or two decimals off behind the last point or comma.
func splitDecimals(text string) (whole, decimals string) {
	i := strings.LastIndexAny(text, ".,")
	if i < 0 || len(text)-i-1 > 2 || len(text)-i-1 == 0 {
		return text, ""
	}
	return text[:i], text[i+1:]
}

func ungroup(text string) string {
	whole, decimals := splitDecimals(text)
	digits := strings.Join(strings.FieldsFunc(whole, isGroupMark), "")
	if decimals == "" {
		return digits
	}
	return digits + "." + decimals
}

// readQuantity reads a quantity of stock.
func readQuantity(text string) (till.Quantity, *Issue) {
	q, err := till.ParseQuantity(text)
	if err == nil {
		return q, nil
	}
	if i := numberIssue(text); i != nil {
		return 0, i
	}
	return 0, issue(BadQuantity, i18n.T("%q is no quantity", "%q 不是数量").With(clip(text, 24)),
		i18n.T("write digits with at most three decimals behind a point, as 2 or 0.375", "请写为最多三位小数的数字，例如 2 或 0.375").With())
}

// readSKU reads a SKU as it stands.
func readSKU(text string) (till.SKU, *Issue) {
	switch whole, point, _ := strings.Cut(text, "."); {
	case isScientific(strings.ToLower(text)):
		return "", issue(Scientific, i18n.T("the SKU %q is a number that a spreadsheet has rewritten", "货号 %q 是被电子表格改写的数字").With(clip(text, 40)), textColumn())
	case point != "" && strings.Trim(point, "0") == "" && len(whole) > 5 && isNumeric(whole):
		return "", issue(Scientific, i18n.T("the SKU %q has decimals that a spreadsheet has put there", "货号 %q 带有电子表格添加的小数").With(clip(text, 40)), textColumn())
	case !IsID(text):
		return "", issue(BadSKU, i18n.T("%q is no SKU", "%q 不是有效的货号").With(clip(text, 40)), idHint())
	}
	return till.SKU(text), nil
}

func idHint() i18n.Message {
	return i18n.T("up to 40 letters of the English alphabet, digits, - _ and ., a letter or digit first", "最多 40 个英文字母、数字、-、_ 和 .，以字母或数字开头").With()
}

// IsID reports a text that may be an item's id or a SKU.
func IsID(text string) bool {
	if text == "" || len(text) > 40 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		alnum := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !alnum && (i == 0 || c != '-' && c != '_' && c != '.') {
			return false
		}
	}
	return true
}

// readBarcodes reads codes with spaces, semicolons or bars between, in Normal form.
func readBarcodes(text string) (codes []string, _ *Issue) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ';' || r == '|' }) {
		c, err := barcode.Parse(word)
		if err != nil {
			return nil, barcodeIssue(err)
		}
		codes = append(codes, c.Normal())
	}
	return codes, nil
}

func barcodeIssue(err error) *Issue {
	i := issue(BadBarcode, i18n.T("%s", "%s").With(err.Error()), i18n.Message{})
	var p *till.Problem
	if errors.As(err, &p) {
		i.Message, i.Hint = p.What, p.Hint
	}
	switch {
	case errors.Is(err, barcode.ErrCheckDigit):
		i.Code = WrongCheckDigit
	case errors.Is(err, barcode.ErrLength):
		i.Code = LostZeros
	}
	return i
}

// readUnit reads a unit by our name or one that people use for it.
func readUnit(text string) (till.Unit, *Issue) {
	names := map[till.Unit][]string{
		till.Each:  {"each", "ea", "pc", "pcs", "piece", "pieces", "unit", "stk", "个", "件", "份", "杯", "瓶", "只"},
		till.Kilo:  {"kg", "kilo", "kilogram", "千克", "公斤"},
		till.Metre: {"m", "metre", "meter", "米"},
		till.Litre: {"l", "litre", "liter", "升"},
	}
	low := strings.ToLower(text)
	for unit, words := range names {
		for _, w := range words {
			if low == w {
				return unit, nil
			}
		}
	}
	return "", unknownUnit(text)
}

func unknownUnit(text string) *Issue {
	return issue(UnknownUnit, i18n.T("the unit %q is not known", "未知的单位 %q").With(clip(text, 24)),
		i18n.T("the units are each, kg, m and l", "单位有 each（个）、kg（千克）、m（米）、l（升）").With())
}

// readFlag reads yes or no.
func readFlag(text string) (bool, *Issue) {
	switch strings.ToLower(text) {
	case "y", "yes", "true", "1", "是":
		return true, nil
	case "n", "no", "false", "0", "", "否":
		return false, nil
	}
	return false, issue(BadFlag, i18n.T("%q is neither yes nor no", "%q 既不是 yes 也不是 no").With(clip(text, 24)),
		i18n.T("write yes or no", "请写 yes 或 no").With())
}

// readText reads a name, a category or an option.
func readText(text string, most int) (string, *Issue) {
	switch {
	case !isText(text):
		return "", issue(BadText, i18n.T("%q holds characters that cannot be printed", "%q 含有不可打印的字符").With(clip(text, 24)),
			i18n.T("type it again without line breaks and control characters", "请重新输入，不要包含换行和控制字符").With())
	case len([]rune(text)) > most:
		return "", issue(BadText, i18n.T("%q has more than %d characters", "%q 超过 %d 个字符").With(clip(text, 24), most),
			i18n.T("shorten it", "请缩短").With())
	}
	return text, nil
}

// isText reports a text of one line, without control characters and space around it.
func isText(text string) bool {
	return text == strings.TrimSpace(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r == '\ufeff' || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029'
	})
}

// readTaxClass reads the code of one of the shop's classes.
func readTaxClass(text string, classes []till.TaxClass) (string, *Issue) {
	var codes []string
	for _, c := range classes {
		if c.Gone {
			continue
		}
		if strings.EqualFold(c.Code, text) || c.Name != "" && c.Name == text {
			return c.Code, nil
		}
		codes = append(codes, c.Code)
	}
	hint := i18n.T("the classes are %s; till tax set makes another", "税类有 %s；till tax set 可新增").With(strings.Join(codes, ", "))
	if near := nearest.Of(text, codes); near != "" {
		hint = i18n.T("did you mean %s?", "是否指 %s？").With(near)
	} else if len(codes) == 0 {
		hint = i18n.T("the shop has none yet: till tax set makes one", "店铺尚无税类：用 till tax set 新增").With()
	}
	return "", unknownTaxClass(text, hint)
}

func unknownTaxClass(text string, hint i18n.Message) *Issue {
	return issue(UnknownTax, i18n.T("the tax class %q is not known", "未知的税类 %q").With(clip(text, 24)), hint)
}

// classOfRate finds the class that has one tax, of this rate; a rate of nothing is also
// that of a class without taxes.
func classOfRate(rate till.Rate, classes []till.TaxClass) (string, bool) {
	for _, c := range classes {
		one := len(c.Rates) == 1 && c.Rates[0].Rate == rate
		if !c.Gone && (one || rate == 0 && len(c.Rates) == 0) {
			return c.Code, true
		}
	}
	return "", false
}

// ParsePrice reads a price as a column of prices has it. The error is a *till.Problem that
// tells what makes the text no price, and what it may have meant.
func ParsePrice(text string, c money.Currency) (money.Amount, error) {
	a, i := readPrice(strings.TrimSpace(text), c)
	if i != nil {
		return money.Amount{}, &till.Problem{Code: till.CodeUsage, What: i.Message, Hint: i.Hint}
	}
	return a, nil
}
