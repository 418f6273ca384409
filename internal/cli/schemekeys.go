package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv/oda"
)

// schemeKeys are the public keys of the schemes that this till trusts: those of the file
// that is configured, and in the lab the test authority too. Live use refuses a key whose
// private part is published.
func schemeKeys(cfg config.Config) (*oda.Keys, error) {
	keys, err := readSchemeKeys(cfg.EMV.CAFile)
	if err != nil {
		return nil, err
	}
	if cfg.Profile != config.Live {
		both, err := keys.With(oda.TestKeys())
		if err != nil {
			return nil, badSchemeKeys(cfg.EMV.CAFile, err)
		}
		return both, nil
	}
	if untrusted := keys.Untrusted(); len(untrusted) > 0 {
		return nil, &till.Problem{
			Code: till.CodeFailure,
			What: i18n.T("%s has the test key %s, which live use must not trust", "%s 含有测试公钥 %s，live 模式不得使用").With(cfg.EMV.CAFile, untrusted[0].Name()),
			Hint: i18n.T("take test keys out of the file, or use the profile lab", "请从文件中删除测试公钥，或使用 lab 模式").With(),
		}
	}
	return keys, nil
}

// readSchemeKeys reads a file of keys; no file is no keys.
func readSchemeKeys(path string) (*oda.Keys, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadableSchemeKeys(path, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, oda.MaxKeyFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, unreadableSchemeKeys(path, err)
	}
	keys, err := oda.ParseKeys(text)
	if err != nil {
		return nil, badSchemeKeys(path, err)
	}
	return keys, nil
}

func unreadableSchemeKeys(path string, err error) error {
	return &till.Problem{
		Code: till.CodeFailure, Cause: err,
		What: i18n.T("the schemes' keys in %s cannot be read", "无法读取卡组织公钥文件 %s").With(path),
		Hint: i18n.T("name a file that you may read in the setting emv.ca_file, or none", "请在设置 emv.ca_file 中指定可读的文件，或留空").With(),
	}
}

// badSchemeKeys names the place in the file: what stands there is public.
func badSchemeKeys(path string, err error) error {
	return &till.Problem{
		Code: till.CodeFailure, Cause: err,
		What: i18n.T("%s is no list of keys: %s", "%s 不是有效的公钥列表：%s").With(path, err.Error()),
		Hint: i18n.T("till emv keys --help shows the format", "till emv keys --help 说明其格式").With(),
	}
}

// expiryNotice is how many days before a key's end it is warned of: time enough for a
// bulletin of the scheme and a visit to every till.
const expiryNotice = 90

// checkSchemeKeys looks at the keys that cards are authenticated with, and at their end.
func checkSchemeKeys(_ context.Context, env *Env) finding {
	cfg, err := env.Config()
	if err != nil {
		return failing(err)
	}
	keys, err := schemeKeys(cfg)
	if err != nil {
		return failing(err)
	}
	if keys.Len() == 0 {
		return finding{
			healthWarn, i18n.T("none: chip cards are not authenticated offline", "无：芯片卡不做脱机数据认证").With(),
			i18n.T("name the file of your acquirer's keys in the setting emv.ca_file", "请在设置 emv.ca_file 中指定收单机构提供的公钥文件").With(),
		}
	}
	if going := keys.Expiring(env.Now(), expiryNotice); len(going) > 0 {
		return expiringKey(going, env.Now())
	}
	return finding{health: healthOK, what: i18n.T("%d, none expires within %d days", "%d 个，%d 天内无过期").With(keys.Len(), expiryNotice)}
}

// expiringKey tells of the key that goes first.
func expiringKey(going []oda.CAKey, now time.Time) finding {
	first := going[0]
	f := finding{
		health: healthWarn,
		what:   i18n.T("%[1]s expires in %[2]d days, on %[3]s; %[4]d expire soon or have", "%[1]s 将在 %[2]d 天后（%[3]s）过期；共 %[4]d 个已过期或即将过期").With(first.Name(), first.DaysLeft(now), first.Expires.Format(time.DateOnly), len(going)),
		fix:    i18n.T("ask your acquirer for the keys that follow; till emv keys lists all", "请向收单机构索取新公钥；till emv keys 列出全部").With(),
	}
	if first.Expired(now) {
		f.what = i18n.T("%[1]s expired on %[2]s, so its cards fail authentication; %[3]d expire soon or have", "%[1]s 已于 %[2]s 过期，其卡片将认证失败；共 %[3]d 个已过期或即将过期").With(first.Name(), first.Expires.Format(time.DateOnly), len(going))
	}
	return f
}
