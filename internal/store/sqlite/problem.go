package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

var (
	errFull   = errors.New("no room left on the disk")
	errBusy   = errors.New("another program holds the lock")
	errClosed = errors.New("the store is closed")
)

// damaged tells that the file is no store, or not the one that was written.
type damaged struct{ why string }

// Error implements error.
func (d *damaged) Error() string { return d.why }

// newer tells that a newer program made the store.
type newer struct{ version int64 }

// Error implements error.
func (n *newer) Error() string {
	return fmt.Sprintf("schema version %d, this program knows up to %d", n.version, latestVersion)
}

// noRoom tells that the disk has too little room to begin anything.
type noRoom struct{ free int64 }

// Error implements error.
func (n *noRoom) Error() string { return fmt.Sprintf("%d bytes free, want %d", n.free, wantFree) }

// Unwrap makes it match errFull.
func (n *noRoom) Unwrap() error { return errFull }

// problem makes of whatever went wrong with the files what a user can act on: the path
// and the next step. Refusals by a rule, and faults of the program, pass through.
func (s *Store) problem(err error) error {
	var (
		known  *till.Problem
		replay *till.Replay
	)
	if err == nil || errors.As(err, &known) || errors.As(err, &replay) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	what, hint, ok := s.explain(err)
	if !ok {
		return err
	}
	return &till.Problem{Code: till.CodeStore, What: what, Hint: hint, Cause: err}
}

// explain tells what is wrong with the files, in words.
func (s *Store) explain(err error) (what, hint i18n.Message, ok bool) {
	var (
		newer   *newer
		damaged *damaged
		broken  *store.BrokenChain
		room    *noRoom
		unsafe  *notDurable
	)
	switch code := resultCode(err); {
	case errors.As(err, &newer):
		return i18n.T("the store %s was made by a newer till (version %d, this one knows up to %d) and was left as it is", "数据库 %s 由更新版本的 till 创建（版本 %d，本程序最高支持 %d），未作任何改动").With(s.Path(), newer.version, latestVersion),
			i18n.T("run the newer till, or use another folder with --data", "请使用新版 till，或用 --data 指定其他文件夹").With(), true
	case errors.As(err, &damaged), errors.As(err, &broken), code == sqlite3.SQLITE_NOTADB, code == sqlite3.SQLITE_CORRUPT:
		return i18n.T("the store %s is damaged or is no store of till; nothing was written to it", "数据库 %s 已损坏或不是 till 的数据库；未写入任何内容").With(s.Path()),
			i18n.T("keep a copy of the folder, put the last backup in its place, or use another folder with --data", "请先保留该文件夹的副本，再恢复最近的备份，或用 --data 指定其他文件夹").With(), true
	case errors.As(err, &room):
		return i18n.T("the disk of %s has %s MiB free and till begins nothing below %d; nothing was sent", "%s 所在磁盘剩余 %s MiB，低于 %d MiB 时不开始交易；未发送任何数据").With(s.dir, mebibytes(room.free), wantFree>>20),
			i18n.T("free some room on that disk and try again", "请清理磁盘空间后重试").With(), true
	case s.isFull(err):
		return i18n.T("the disk of %s is full", "%s 所在磁盘已满").With(s.dir),
			i18n.T("free some room on that disk and try again; what is owed is kept and goes on", "请清理磁盘空间后重试；未完成的交易已保留，将继续处理").With(), true
	case code == sqlite3.SQLITE_READONLY, code == sqlite3.SQLITE_CANTOPEN, code == sqlite3.SQLITE_PERM, errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return i18n.T("the store in %s cannot be written", "%s 中的数据库不可写").With(s.dir),
			i18n.T("give your user the right to write the folder and the files in it, or use another folder with --data", "请为当前用户开放该文件夹及其文件的写权限，或用 --data 指定其他文件夹").With(), true
	case code == sqlite3.SQLITE_BUSY, errors.Is(err, errBusy):
		return i18n.T("another program kept the store %s locked for more than %s", "数据库 %s 被另一程序锁定超过 %s").With(s.Path(), busyTimeout),
			i18n.T("end the other program, or try again when it is done", "请结束该程序，或待其完成后重试").With(), true
	case errors.As(err, &unsafe):
		return i18n.T("commits to %s would not be durable: %s is %s and must be %s", "%s 的提交不能保证落盘：%s 为 %s，应为 %s").With(s.Path(), unsafe.pragma, unsafe.got, unsafe.want),
			i18n.T("use a folder on a local disk with --data; network file systems cannot hold a store", "请用 --data 指定本地磁盘的文件夹；网络文件系统不能存放数据库").With(), true
	case code != 0 || isPath(err):
		return i18n.T("the store in %s cannot be used", "无法使用 %s 中的数据库").With(s.dir),
			i18n.T("check the disk and the folder, then try again", "请检查磁盘和文件夹后重试").With(), true
	}
	return i18n.Message{}, i18n.Message{}, false
}

// resultCode is SQLite's primary result code, or 0 where the error is not SQLite's.
func resultCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

// isFull knows a full disk by what SQLite and the system say. Where SQLite says no more
// than that it could not write (it does when the index of the log cannot grow), the room
// that is left tells.
func (s *Store) isFull(err error) bool {
	if errors.Is(err, errFull) || resultCode(err) == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) {
		return true
	}
	if resultCode(err) != sqlite3.SQLITE_IOERR {
		return false
	}
	free, asking := s.opt.DiskFree(s.dir)
	return asking == nil && free < reserveSize
}

func isPath(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path)
}

// mebibytes has one decimal, cut off: what is below a bound is shown below it.
func mebibytes(n int64) string { return fmt.Sprintf("%d.%d", n>>20, n%(1<<20)*10>>20) }
