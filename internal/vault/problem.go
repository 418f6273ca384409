package vault

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

var (
	errDamaged = errors.New("root key does not match its check value")
	errLost    = errors.New("check value is there, root key is missing")
)

// exposed tells that others may read the key.
type exposed struct{ mode fs.FileMode }

// Error implements error.
func (e *exposed) Error() string { return fmt.Sprintf("mode %04o, want 0600", e.mode) }

// keyProblem tells what is wrong with the key file and what to do.
func keyProblem(path string, err error) error {
	p := &till.Problem{Code: till.CodeStore, Cause: err}
	var open *exposed
	switch {
	case errors.As(err, &open):
		p.What = i18n.T("the key file %s can be read by other users", "密钥文件 %s 可被其他用户读取").With(path)
		p.Hint = i18n.T("close it with chmod 600 %s; if others had access to this machine, the key is no secret any more", "请执行 chmod 600 %s；若他人可访问本机，该密钥已不再保密").With(path)
	case errors.Is(err, errLost):
		p.What = i18n.T("the key file %s is missing, and what was sealed with it cannot be read", "密钥文件 %s 丢失，用其封存的数据无法读取").With(path)
		p.Hint = i18n.T("put it back from the backup, or use another folder with --data", "请从备份恢复该文件，或用 --data 指定其他文件夹").With()
	case errors.Is(err, errDamaged):
		p.What = i18n.T("the key file %s is damaged or belongs to another shop", "密钥文件 %s 已损坏或不属于本店").With(path)
		p.Hint = i18n.T("put it back from the backup, or use another folder with --data", "请从备份恢复该文件，或用 --data 指定其他文件夹").With()
	default:
		p.What = i18n.T("the key file %s cannot be used", "无法使用密钥文件 %s").With(path)
		p.Hint = i18n.T("give your user, and nobody else, the right to read and write it and its folder", "请仅为当前用户开放该文件及其文件夹的读写权限").With()
	}
	return p
}

// cannotOpen tells that a sealed card does not open for its transaction.
func cannotOpen(id till.TxnID, cause error) error {
	return &till.Problem{
		Code:  till.CodeStore,
		What:  i18n.T("the sealed card of transaction %s does not open: it was changed, or sealed with another key", "交易 %s 封存的卡数据无法打开：数据被改动或使用了其他密钥").With(id),
		Hint:  i18n.T("put the folder keys back that belongs to this store", "请恢复与本数据库对应的 keys 文件夹").With(),
		Cause: cause,
	}
}
