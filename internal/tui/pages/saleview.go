package pages

import (
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/pkg/money"
)

// Where the screen gets wider and higher than the least, it shows more.
const (
	catalogueFrom = 100 // columns, from which the catalogue stands beside the cart
	catalogueWide = 40
	bigTotalFrom  = 18 // lines of a page, from which the total is drawn large
)

// View implements common.Page.
func (p Sale) View(f common.Frame) string {
	left := f
	beside := f.Width >= catalogueFrom
	if beside {
		left.Width = f.Width - catalogueWide - 2
	}
	body := p.cartView(left)
	switch {
	case beside:
		right := f
		right.Width = catalogueWide
		return components.Beside(body, p.catalogueView(right, f.Height), left.Width, 2)
	case p.finding:
		return p.boxLine(f) + "\n" + p.catalogueView(f, f.Height-1)
	}
	return body
}

// cartView is the box, the lines and what they come to.
func (p Sale) cartView(f common.Frame) string {
	foot := p.footView(f)
	height := f.Height - 2 - strings.Count(foot, "\n") - 1
	if p.lines.IsEmpty() {
		return strings.Join([]string{p.boxLine(f), "", p.emptyView(f, height), foot}, "\n")
	}
	table := f
	if p.finding {
		table.Styles.Selected = f.Styles.Text // the keys act on the hits
	}
	return strings.Join([]string{p.boxLine(f), "", p.lines.View(table, lineColumns(f), height, p.lineCell), foot}, "\n")
}

// boxLine is the box that everything is typed into, and who collects points.
func (p Sale) boxLine(f common.Frame) string {
	who := ""
	if p.basket.Member != "" {
		who = i18n.T(" member %s", " 会员 %s").With(cells.Plain(string(p.basket.Member))).In(f.Lang)
	}
	if p.doing == performing {
		who += " " + f.Styles.Border.More
	}
	room := max(f.Width-2-cells.Width(who), 12)
	box := p.box
	box.Placeholder = f.Say(i18n.T("scan or type: code, name, receipt number, 3* for three", "扫描或输入：编码、名称、小票号，3* 表示三件"))
	return f.Styles.Strong.Render(f.Styles.Border.Right) + " " + box.View(f, room) + who
}

func (p Sale) emptyView(f common.Frame, height int) string {
	text := f.Say(i18n.T("Nothing here yet. Scan the first item.", "尚无商品，请扫描第一件。"))
	return strings.Join(pad(components.Center(f.Styles.Muted.Render(text), f.Width, height), height), "\n")
}

func lineColumns(f common.Frame) []components.Column {
	return []components.Column{
		{Head: "#", Width: 3, Align: cells.Right, Extra: true},
		{Head: f.Say(i18n.T("Item", "商品"))},
		{Head: f.Say(i18n.T("Qty", "数量")), Width: 8, Align: cells.Right},
		{Head: f.Say(i18n.T("Price", "单价")), Width: 9, Align: cells.Right, Extra: true},
		{Head: f.Say(i18n.T("Total", "金额")), Width: 10, Align: cells.Right},
	}
}

// lineCell is the text of a line. Names come from the ticket, which is as long as the
// basket whenever one is shown.
func (p Sale) lineCell(row, column int) string {
	l := p.ticket.Lines[row]
	switch column {
	case 0:
		return itoa(l.N)
	case 1:
		return l.Name + reductionText(l)
	case 2:
		return quantityText(l)
	case 3:
		return l.Price.Decimal()
	}
	return money.New(l.Gross.Minor()-l.Discount().Minor(), l.Gross.Currency()).Decimal()
}

// reductionText is what was taken off a line, behind its name.
func reductionText(l till.Line) string {
	if off := l.Discount(); !off.IsZero() {
		return " (-" + off.Decimal() + ")"
	}
	return ""
}

func quantityText(l till.Line) string {
	if l.Unit == till.Each || l.Unit == "" {
		return l.Quantity.String()
	}
	return l.Quantity.String() + " " + string(l.Unit)
}

// footView is what the lines come to.
func (p Sale) footView(f common.Frame) string {
	t := p.ticket
	if p.lines.IsEmpty() {
		t = till.Ticket{Gross: p.zero(), Discount: p.zero(), Tax: p.zero(), Total: p.zero()}
	}
	lines := append([]string{strings.Repeat(f.Styles.Border.Horizontal, f.Width)}, besideRight(f, promotionLines(f, t), sumLines(f, t))...)
	if f.Height < bigTotalFrom {
		total := f.Say(i18n.T("TOTAL", "应付")) + "  " + t.Total.String()
		return strings.Join(append(lines, f.Styles.Total.Render(cells.Pad(total, f.Width, cells.Right))), "\n")
	}
	head := f.Styles.Strong.Render(f.Say(i18n.T("TOTAL", "应付")) + " " + t.Total.Currency().Code())
	big := strings.Split(components.BigText(f, t.Total.Decimal(), f.Width-cells.Width(head)-2), "\n")
	for i, l := range big {
		if i == 1 {
			l = head + "  " + l
		}
		lines = append(lines, cells.Pad(l, f.Width, cells.Right))
	}
	return strings.Join(lines, "\n")
}

// sumLines are the sums over the total; those that are nothing are not shown.
func sumLines(f common.Frame, t till.Ticket) []string {
	lines := []string{amountLine(f, i18n.T("Sum", "合计"), t.Gross)}
	if !t.Discount.IsZero() {
		lines = append(lines, amountLine(f, i18n.T("Discounts", "优惠"), t.Discount.Neg()))
	}
	if !t.Tax.IsZero() {
		tax := i18n.T("Tax", "税额")
		if t.Inclusive {
			tax = i18n.T("Tax included", "含税")
		}
		lines = append(lines, amountLine(f, tax, t.Tax))
	}
	return lines
}

func (p Sale) zero() money.Amount { return money.New(0, p.work.Currency) }

// promotionLines are the promotions that apply, and the points.
func promotionLines(f common.Frame, t till.Ticket) []string {
	var lines []string
	for _, n := range t.Promotions {
		if n.Applied {
			lines = append(lines, f.Styles.Good.Render(f.Styles.Border.Check+" "+cells.Plain(n.Name)+" -"+n.Amount.Decimal()))
		}
	}
	if t.Member != "" {
		lines = append(lines, i18n.T("points: +%d -%d", "积分：+%d -%d").With(t.Earned, t.Redeemed).In(f.Lang))
	}
	return lines
}

func amountLine(f common.Frame, name i18n.Text, a money.Amount) string {
	return cells.Fit(f.Say(name), 14, cells.Left) + cells.Pad(a.Decimal(), 12, cells.Right)
}

// besideRight puts lines at the left of others that stand at the right side.
func besideRight(f common.Frame, left, right []string) []string {
	const most = 3
	lines := make([]string, max(len(right), min(len(left), most)))
	for i := range lines {
		l, r := "", ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = " " + right[i]
		}
		if i == len(lines)-1 && len(left) > len(lines) {
			l = i18n.T("... and %d more", "... 另有 %d 项").With(len(left) - i).In(f.Lang)
		}
		lines[i] = cells.Fit(l, max(f.Width-cells.Width(r), 0), cells.Left) + r
	}
	return lines
}

// catalogueView lists what the search found.
func (p Sale) catalogueView(f common.Frame, height int) string {
	if len(p.hits) == 0 && !p.searching {
		return f.Styles.Muted.Render(f.Say(i18n.T("no such item", "没有找到商品")))
	}
	columns := []components.Column{
		{Head: f.Say(i18n.T("Catalogue", "商品目录"))}, {Width: 10, Align: cells.Right},
	}
	shown := f
	if !p.finding {
		shown.Styles.Selected = f.Styles.Text
	}
	return p.list.View(shown, columns, height, func(row, column int) string {
		h := p.hits[row]
		if column == 0 {
			return h.item.Label(h.variant)
		}
		return h.variant.Price.Decimal()
	})
}

// pad fills a block up to n lines.
func pad(block string, n int) []string {
	lines := strings.Split(block, "\n")
	for len(lines) < n {
		lines = append(lines, "")
	}
	return lines[:max(n, 0)]
}
