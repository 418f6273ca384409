package cli

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/crypto/key"
)

// hostProfile is the configured profile of the card host, with the terminal's master key.
func hostProfile(cfg config.Config) (host.Profile, error) {
	p, err := host.Load(cfg.Host.Profile)
	if err != nil {
		return host.Profile{}, err
	}
	return withMasterKey(p, cfg)
}

// withMasterKey gives a profile the terminal's master key.
func withMasterKey(p host.Profile, cfg config.Config) (host.Profile, error) {
	master, err := masterKey(cfg)
	if err != nil {
		return host.Profile{}, err
	}
	if p.Expects.Keys && cfg.Profile == config.Live && master.Equal(workingkey.LabMaster()) {
		return host.Profile{}, &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("the terminal's master key is the public one of the lab, under which anybody can read PINs: live use refuses it", "终端主密钥为公开的实验密钥，任何人都能据此读出密码：live 模式不予使用").With(),
			Hint: i18n.T("put the key that the acquirer gave you into a file and name it as host.master_key_file: till config list", "请将收单机构提供的密钥存入文件，并设为 host.master_key_file：till config list").With(),
		}
	}
	return p.WithMaster(master), nil
}

// maxKeyFile bounds a file of one key.
const maxKeyFile = 1024

// masterKey is the terminal's master key: that of the file, or the public one of the lab.
func masterKey(cfg config.Config) (key.Key, error) {
	path := cfg.Host.MasterKeyFile
	if path == "" {
		return workingkey.LabMaster(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return key.Key{}, badMasterKey(path, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	defer clear(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return key.Key{}, badMasterKey(path, err)
	}
	k, err := key.Parse(key.TDES, strings.TrimSpace(string(text)))
	if err == nil && (k.Len() != 16 || k.IsWeak()) {
		err = errors.New("want a key of triple DES with two different halves of 16 hexadecimal digits each")
	}
	if err != nil {
		return key.Key{}, badMasterKey(path, err)
	}
	return k, nil
}

func badMasterKey(path string, cause error) error {
	return &till.Problem{
		Code:  till.CodeUsage,
		What:  i18n.T("%s holds no master key of a terminal", "%s 中没有可用的终端主密钥").With(path),
		Hint:  i18n.T("it is a file of 32 hexadecimal digits; till config get host.master_key_file tells which one", "该文件应为 32 位十六进制数字；till config get host.master_key_file 可查看路径").With(),
		Cause: cause,
	}
}
