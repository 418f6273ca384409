package walletsim

import (
	"context"
	"errors"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/ledger"
	"github.com/tillworks/till/internal/till"
)

// unusable is a ledger that cannot be reached at all.
func unusable(path string, cause error) error {
	return &till.Problem{
		Code: till.CodeStore,
		What: i18n.T("the simulated wallet gateway cannot use its ledger %s", "模拟钱包网关无法使用账本 %s").With(path),
		Hint: i18n.T("check that the folder exists, that you may write in it and that the disk is not full",
			"请检查目录是否存在、是否可写、磁盘是否已满").With(),
		Cause: cause,
	}
}

// damaged is a ledger whose bytes are not what was written.
func damaged(path string, cause error) error {
	return &till.Problem{
		Code: till.CodeStore,
		What: i18n.T("the ledger %s of the simulated wallet gateway is damaged", "模拟钱包网关的账本 %s 已损坏").With(path),
		Hint: i18n.T("put back a copy of the whole folder, or move the file away to start with an empty gateway",
			"请恢复整个目录的备份，或移走该文件以空账本重新开始").With(),
		Cause: cause,
	}
}

// ledgerProblem tells what is wrong with the ledger in words; an error that is a problem
// already stays as it is.
func ledgerProblem(path string, err error) error {
	var told *till.Problem
	switch {
	case errors.As(err, &told):
		return told
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err // the caller's own doing
	case errors.Is(err, ledger.ErrNewer):
		return &till.Problem{Code: till.CodeStore, Cause: err,
			What: i18n.T("the ledger %s was made by a newer version of till and is left untouched",
				"账本 %s 由更新版本的 till 创建，未作任何改动").With(path),
			Hint: i18n.T("use that version, or another folder with --data", "请使用该版本，或用 --data 指定其他目录").With()}
	case errors.Is(err, ledger.ErrForeign):
		return &till.Problem{Code: till.CodeStore, Cause: err,
			What: i18n.T("%s is a database of another program and is left untouched", "%s 是其他程序的数据库，未作任何改动").With(path),
			Hint: i18n.T("move it away, or use another folder with --data", "请将其移走，或用 --data 指定其他目录").With()}
	case ledger.IsCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
		return damaged(path, err)
	case ledger.IsCode(err, sqlite3.SQLITE_BUSY):
		return &till.Problem{Code: till.CodeStore, Cause: err,
			What: i18n.T("the ledger %s is held by another program", "账本 %s 正被其他程序占用").With(path),
			Hint: i18n.T("wait for the other program, or end it", "请等待其他程序完成，或将其结束").With()}
	}
	return unusable(path, err)
}
