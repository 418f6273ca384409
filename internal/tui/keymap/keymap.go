// Package keymap names every key of the checkout screen once: what it is called, which
// keys press it, and what it does in both languages. Each function key has a twin with
// Ctrl, since browsers and multiplexers keep function keys for themselves.
package keymap

import (
	"slices"

	"github.com/tillworks/till/internal/i18n"
)

// Key is something that a key press does.
type Key struct {
	Names []string  // as bubbletea spells them: "f9", "ctrl+p"; the first is shown
	Label i18n.Text // one or two words for the line of hints
	Does  i18n.Text // a sentence for the help
	Quiet bool      // the help alone names it: whoever works here knows it
}

// Is reports that a key press, as bubbletea spells it, is this key.
func (k Key) Is(press string) bool { return slices.Contains(k.Names, press) }

// Shown is the name of the key on the screen: "F9", "Ctrl+P", "Enter".
func (k Key) Shown() string {
	if len(k.Names) == 0 {
		return ""
	}
	return shown(k.Names[0])
}

// Twin is the other name of the key; empty where it has one alone.
func (k Key) Twin() string {
	if len(k.Names) < 2 {
		return ""
	}
	return shown(k.Names[1])
}

func shown(name string) string {
	switch name {
	case "enter":
		return "Enter"
	case "esc":
		return "Esc"
	case "up":
		return "Up"
	case "down":
		return "Down"
	case "delete":
		return "Del"
	case "tab":
		return "Tab"
	case "space":
		return "Space"
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	}
	if rest, ok := cutPrefix(name, "ctrl+"); ok {
		return "Ctrl+" + upper(rest)
	}
	return upper(name)
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// Map is every key of the screen.
type Map struct {
	Help, Edit, Find, Discount, Member, Hold, Recall, Transactions, Pay, Menu, Lock, Return Key
	Enter, Back, Up, Down, PageUp, PageDown, Delete, Next, Quit, Interrupt                  Key
	Move, Turn                                                                              Key
	Cash, Card, Tap, Code, Void, Refund, Reprint, Again, Choose, All, Shelf, Part, NoPart   Key
}

// Standard is the map that the screen comes with.
func Standard() Map {
	return Map{
		Help:         Key{Names: []string{"f1", "ctrl+g"}, Label: i18n.T("Help", "帮助"), Does: i18n.T("show the keys that are valid now", "显示当前可用的按键")},
		Edit:         Key{Names: []string{"f2", "ctrl+e"}, Label: i18n.T("Qty", "数量"), Does: i18n.T("change quantity or price of the selected line", "修改所选行的数量或价格")},
		Find:         Key{Names: []string{"f3", "ctrl+f"}, Label: i18n.T("Find", "查找"), Does: i18n.T("look for an item by name or code", "按名称或编码查找商品")},
		Discount:     Key{Names: []string{"f4", "ctrl+d"}, Label: i18n.T("Discount", "折扣"), Does: i18n.T("take something off the selected line or the whole", "对所选行或整单打折")},
		Member:       Key{Names: []string{"f5", "ctrl+u"}, Label: i18n.T("Member", "会员"), Does: i18n.T("name the customer who collects points", "指定积分会员")},
		Hold:         Key{Names: []string{"f6", "ctrl+k"}, Label: i18n.T("Hold", "挂单"), Does: i18n.T("put the sale aside", "将本单挂起")},
		Recall:       Key{Names: []string{"f7", "ctrl+r"}, Label: i18n.T("Recall", "取单"), Does: i18n.T("take up a sale that was put aside", "取回挂起的订单")},
		Transactions: Key{Names: []string{"f8", "ctrl+t"}, Label: i18n.T("Transactions", "交易"), Does: i18n.T("look at transactions: reprint, void, refund", "查看交易：补打、撤销、退货")},
		Pay:          Key{Names: []string{"f9", "ctrl+p"}, Label: i18n.T("Pay", "收款"), Does: i18n.T("take the payment", "收款")},
		Menu:         Key{Names: []string{"f10", "ctrl+o"}, Label: i18n.T("Menu", "菜单"), Does: i18n.T("shift, day, drawer, sign out", "班次、日结、钱箱、签退")},
		Lock:         Key{Names: []string{"f12", "ctrl+l"}, Label: i18n.T("Lock", "锁屏"), Does: i18n.T("lock the screen", "锁定屏幕")},
		Return:       Key{Names: []string{"ctrl+b"}, Label: i18n.T("Return", "退货"), Does: i18n.T("take goods back by receipt", "凭小票退货")},

		Enter:     Key{Names: []string{"enter"}, Label: i18n.T("OK", "确定"), Does: i18n.T("do it", "确定")},
		Back:      Key{Names: []string{"esc"}, Label: i18n.T("Back", "返回"), Does: i18n.T("go back, or leave what was typed", "返回，或放弃已输入的内容")},
		Up:        Key{Names: []string{"up"}, Label: i18n.T("Up", "上移"), Does: i18n.T("the line above", "上一行")},
		Down:      Key{Names: []string{"down"}, Label: i18n.T("Down", "下移"), Does: i18n.T("the line below", "下一行")},
		PageUp:    Key{Names: []string{"pgup"}, Label: i18n.T("Page up", "上翻"), Does: i18n.T("a page up", "向上翻页")},
		PageDown:  Key{Names: []string{"pgdown"}, Label: i18n.T("Page down", "下翻"), Does: i18n.T("a page down", "向下翻页")},
		Delete:    Key{Names: []string{"delete", "ctrl+x"}, Label: i18n.T("Remove", "删除"), Does: i18n.T("take the selected line out", "删除所选行")},
		Next:      Key{Names: []string{"tab"}, Label: i18n.T("Next", "下一项"), Does: i18n.T("the next field", "下一个输入项")},
		Quit:      Key{Names: []string{"ctrl+q"}, Label: i18n.T("Quit", "退出"), Does: i18n.T("leave the checkout", "退出收银")},
		Interrupt: Key{Names: []string{"ctrl+c"}, Label: i18n.T("Leave", "退出"), Does: i18n.T("leave; a payment that has begun is seen through first", "退出；已开始的收款会先处理完")},

		Move: Key{Names: []string{"up", "down"}, Label: i18n.T("Move", "移动"), Does: i18n.T("the line above, or below", "上一行或下一行"), Quiet: true},
		Turn: Key{Names: []string{"pgup", "pgdown"}, Label: i18n.T("Page", "翻页"), Does: i18n.T("a page up, or down", "向上或向下翻页"), Quiet: true},

		Cash:    Key{Names: []string{"f2", "ctrl+e"}, Label: i18n.T("Cash", "现金"), Does: i18n.T("take cash", "收现金")},
		Card:    Key{Names: []string{"f3", "ctrl+f"}, Label: i18n.T("Card", "刷卡"), Does: i18n.T("take a card that is inserted", "插卡收款")},
		Tap:     Key{Names: []string{"f5", "ctrl+u"}, Label: i18n.T("Tap", "挥卡"), Does: i18n.T("take a card or phone that is held to the reader", "挥卡或手机收款")},
		Code:    Key{Names: []string{"f4", "ctrl+d"}, Label: i18n.T("Code", "扫码"), Does: i18n.T("show a code to be paid by wallet", "显示收款二维码")},
		Void:    Key{Names: []string{"f6", "ctrl+k"}, Label: i18n.T("Void", "撤销"), Does: i18n.T("undo the selected transaction whole", "整笔撤销所选交易")},
		Refund:  Key{Names: []string{"f7", "ctrl+r"}, Label: i18n.T("Refund", "退款"), Does: i18n.T("pay back the selected transaction", "退还所选交易")},
		Reprint: Key{Names: []string{"f5", "ctrl+u"}, Label: i18n.T("Receipt", "小票"), Does: i18n.T("show the receipt again", "重新显示小票")},
		Again:   Key{Names: []string{"f9", "ctrl+p"}, Label: i18n.T("Try again", "重试"), Does: i18n.T("try once more", "再试一次")},
		Part:    Key{Names: []string{"f9", "ctrl+p"}, Label: i18n.T("Take the part", "收取该部分"), Does: i18n.T("take the part that the bank approves; the rest is paid otherwise", "收取银行批准的部分，余款另行支付")},
		NoPart:  Key{Names: []string{"esc"}, Label: i18n.T("Take nothing", "不收款"), Does: i18n.T("take nothing by this card: the part is given back", "此卡不收款，该部分予以退还")},
		Choose:  Key{Names: []string{"space", "enter"}, Label: i18n.T("Choose", "选择"), Does: i18n.T("choose the line, or not", "选择或取消所选行")},
		All:     Key{Names: []string{"f3", "ctrl+f"}, Label: i18n.T("All", "全选"), Does: i18n.T("choose all lines", "选择所有行")},
		Shelf:   Key{Names: []string{"f4", "ctrl+d"}, Label: i18n.T("Stock", "库存"), Does: i18n.T("goes back into stock, or not", "退回库存，或不退回")},
	}
}
