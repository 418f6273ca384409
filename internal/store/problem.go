package store

import (
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// NoTxn is the problem of a transaction that the store does not hold.
func NoTxn(id till.TxnID) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no transaction %s in this store", "本店数据中没有交易 %s").With(id),
		Hint: i18n.T("till txn list shows what there is", "till txn list 可列出已有交易").With(),
	}
}

// NoKey is the problem of an idempotency key that was never used.
func NoKey(key string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("no transaction has the key %q", "没有交易使用键 %q").With(key),
		Hint: i18n.T("till txn list shows what there is", "till txn list 可列出已有交易").With(),
	}
}

// NoBatch is the problem of a batch that the store does not hold.
func NoBatch(number int) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no batch %d in this store", "本店数据中没有批次 %d").With(number),
		Hint: i18n.T("till batch show shows the open one", "till batch show 可查看当前批次").With(),
	}
}

// Stale is the problem of a commit that names another version than the store holds;
// its cause is till.ErrStale.
func Stale(id till.TxnID, named, held int) error {
	return &till.Problem{
		Code:  till.CodeFailure,
		What:  i18n.T("transaction %s was changed by another program meanwhile", "交易 %s 已被另一程序更改").With(id),
		Hint:  i18n.T("look at it again: till txn show %s", "请重新查看：till txn show %s").With(id),
		Cause: fmt.Errorf("commit names version %d, the store holds %d: %w", named, held, till.ErrStale),
	}
}

// BatchNotSettled is the problem of a batch that cannot close over open transactions.
func BatchNotSettled(number, open int, first till.TxnID) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("batch %d cannot close: %d of its transactions are not settled, the first is %s", "批次 %d 不能结算：有 %d 笔交易结果未定，首笔为 %s").With(number, open, first),
		Hint: i18n.T("till txn resolve sends them again; those that till txn exceptions lists wait for a manager", "till txn resolve 可重新发送；till txn exceptions 所列的须由主管裁定").With(),
	}
}

// BatchFull is the problem of a batch that has used every trace number.
func BatchFull(number int) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("batch %d has used all 999,999 trace numbers", "批次 %d 的 999,999 个流水号已用尽").With(number),
		Hint: i18n.T("close it: till batch close", "请结算：till batch close").With(),
	}
}

// OtherCurrency is the problem of a card sale in another currency than its batch has.
func OtherCurrency(number int, batch, sale string) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("batch %d is in %s and takes no card transaction in %s: a batch is settled in one currency", "批次 %d 的币种为 %s，不接受 %s 的刷卡交易：一个批次只结算一种币种").With(number, batch, sale),
		Hint: i18n.T("close the batch first: till batch close", "请先结算批次：till batch close").With(),
	}
}
