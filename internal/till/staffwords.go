package till

import "github.com/tillworks/till/internal/i18n"

// Text is the word for a role.
func (r Role) Text() i18n.Text {
	switch r {
	case Cashier:
		return i18n.T("cashier", "收银员")
	case Manager:
		return i18n.T("manager", "店长")
	case Admin:
		return i18n.T("admin", "管理员")
	case Support:
		return i18n.T("support", "技术支持")
	case Auditor:
		return i18n.T("auditor", "审计员")
	}
	return i18n.Same(string(r))
}

// Text is what a permission lets somebody do, to stand behind "may".
func (p Permission) Text() i18n.Text {
	for _, w := range permissionWords() {
		if w.permission == p {
			return w.text
		}
	}
	return i18n.Same(string(p))
}

type permissionWord struct {
	permission Permission
	text       i18n.Text
}

func permissionWords() []permissionWord {
	return []permissionWord{
		{MaySell, i18n.T("sell and take payment", "销售与收款")},
		{MayDiscount, i18n.T("give a discount by hand", "手工打折")},
		{MayOverridePrice, i18n.T("change a price", "改价")},
		{MaySellOpenItem, i18n.T("sell what the catalogue does not know", "销售目录外商品")},
		{MayReturn, i18n.T("take back and pay back", "退货退款")},
		{MayVoid, i18n.T("void", "撤销")},
		{MayOpenDrawer, i18n.T("take cash out of the drawer or put it in", "存取钱箱现金")},
		{MayShift, i18n.T("work a shift at a drawer", "开班与交班")},
		{MayCloseDay, i18n.T("read and close the day", "查看与结束营业日")},
		{MayAdjustStock, i18n.T("move and count stock", "调整与盘点库存")},
		{MayEditCatalogue, i18n.T("edit the catalogue", "编辑商品目录")},
		{MayEditMembers, i18n.T("edit customers", "编辑会员")},
		{MayEditStaff, i18n.T("edit staff", "编辑员工")},
		{MayReadReports, i18n.T("read reports", "查看报表")},
		{MayReadTxns, i18n.T("read transactions", "查看交易")},
		{MayResolve, i18n.T("resolve what is open", "处理未决交易")},
		{MayDecide, i18n.T("decide an exception", "裁定异常交易")},
	}
}

// Text is the word for a grant.
func (g Grant) Text() i18n.Text {
	switch g {
	case Allow:
		return i18n.T("yes", "可以")
	case Approve:
		return i18n.T("with approval", "需授权")
	case Deny:
	}
	return i18n.T("no", "不可")
}

// Text is the word for a way in which cash moves beside the sales.
func (r DrawerReason) Text() i18n.Text {
	switch r {
	case DrawerFloat:
		return i18n.T("float", "备用金")
	case DrawerPayIn:
		return i18n.T("paid in", "存入")
	case DrawerPayOut:
		return i18n.T("paid out", "取出")
	}
	return i18n.Same(string(r))
}

// Text is the word for why points moved.
func (r PointsReason) Text() i18n.Text {
	switch r {
	case PointsEarn:
		return i18n.T("earned", "获得")
	case PointsRedeem:
		return i18n.T("spent", "使用")
	case PointsReturn:
		return i18n.T("return", "退货")
	case PointsVoid:
		return i18n.T("void", "撤销")
	case PointsAdjust:
		return i18n.T("by hand", "手工")
	}
	return i18n.Same(string(r))
}
