package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
)

// longestKeyFile is more bytes than a key in hexadecimal has, with spaces and a line end.
const longestKeyFile = 512

// longestNumberFile is more bytes than a card number has.
const longestNumberFile = 64

// refuseSecrets ends a command of till crypto that has what looks like a key, a PIN or a
// card verification value among its arguments, and repeats none of it: the shell's history
// has it already.
func refuseSecrets(args []string) error {
	if !slices.Contains(args, "crypto") {
		return nil
	}
	for i := range args {
		flag, value := flagAndValue(args, i)
		switch {
		case value == "" || slices.Contains(flagsOfHex(), flag):
		case looksLikeKey(value):
			return secretArgument(i+1, i18n.T("a key", "密钥"))
		case isDigits(value, 4, 12) && !slices.Contains(flagsOfNumbers(), flag):
			return secretArgument(i+1, i18n.T("a PIN", "PIN"))
		case isDigits(value, 3, 3) && strings.HasSuffix(flag, "-file"):
			return secretArgument(i+1, i18n.T("a card verification value", "卡片验证值"))
		}
	}
	return nil
}

// flagAndValue is an argument and the flag before it or in it, whether that takes a value
// or not. A flag without a value in it is none itself.
func flagAndValue(args []string, i int) (flag, value string) {
	if strings.HasPrefix(args[i], "-") && args[i] != "-" {
		flag, value, _ = strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		return flag, value
	}
	if i > 0 && strings.HasPrefix(args[i-1], "-") && !strings.Contains(args[i-1], "=") {
		flag = strings.TrimLeft(args[i-1], "-")
	}
	return flag, args[i]
}

// flagsOfHex are the flags whose values are no secret and may have the length of a key.
func flagsOfHex() []string { return []string{"block", "hex", "code", "ksn", "aid"} }

// flagsOfNumbers are the flags whose values are no secret and may have the length of a PIN.
func flagsOfNumbers() []string {
	return []string{"expiry", "atc", "random", "p1p2", "out", "o", "data"}
}

// looksLikeKey reports hexadecimal digits in the number that keys have.
func looksLikeKey(text string) bool {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' || r == '-' {
			return -1
		}
		return r
	}, text)
	return slices.Contains([]int{16, 32, 48, 64}, len(digits)) && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}

// isDigits reports digits alone, of a number between two.
func isDigits(text string, least, most int) bool {
	return len(text) >= least && len(text) <= most && strings.Trim(text, "0123456789") == ""
}

func secretArgument(at int, what i18n.Text) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("argument %d looks like %s; none is taken from the command line, and it is not repeated here", "第 %d 个参数疑似%s；不接受命令行中的机密，此处亦不重复显示").With(at, what),
		Hint: i18n.T("put it into a file and name the file, or write - and pipe it in, or leave the flag out and be asked; clear the line from your shell's history, and count the secret as known", "请存入文件并指定文件名，或写 - 由管道传入，或去掉该标志以便在终端询问；请从 shell 历史中清除该行，并视该机密为已泄露").With(),
	}
}

// bindSecretFile gives a command the flag that a secret comes from.
func bindSecretFile(env *Env, c *cobra.Command, file *string, name string, whose i18n.Text) {
	c.Flags().StringVar(file, name, "", env.Say(i18n.Join(
		i18n.T("read ", "从 `FILE` 读取"), whose, i18n.T(" from `FILE`, - is standard input; default: ask without echo", "，- 表示标准输入；默认在终端询问且不回显"))))
	_ = c.MarkFlagFilename(name)
}

// oneFromStdin refuses two secrets from one standard input.
func oneFromStdin(files ...string) error {
	first := slices.Index(files, "-")
	if first < 0 || !slices.Contains(files[first+1:], "-") {
		return nil
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("two inputs cannot both come from standard input", "两个输入不能同时来自标准输入").With(),
		Hint: i18n.T("put one of them into a file", "请将其中一个存入文件").With(),
	}
}

// key reads a key in hexadecimal from a file, or asks for it.
func (e *Env) key(ctx context.Context, file, flag string, a key.Algorithm) (key.Key, error) {
	text, err := e.secretText(ctx, file, flag, longestKeyFile, i18n.T("key (%s, hexadecimal): ", "密钥（%s，十六进制）：").With(a))
	if err != nil {
		return key.Key{}, err
	}
	k, err := key.Parse(a, text.Reveal())
	if err != nil {
		return key.Key{}, &till.Problem{
			Code: till.CodeUsage, Cause: err,
			What: i18n.T("%s gives no %s key: %d characters were read", "%s 未给出 %s 密钥：读到 %d 个字符").With(flag, a, text.Len()),
			Hint: i18n.T("a key is hexadecimal digits alone, two a byte: 8, 16 or 24 bytes of TDES, 16, 24 or 32 of AES", "密钥只由十六进制数字组成，每字节两位：TDES 为 8、16 或 24 字节，AES 为 16、24 或 32 字节").With(),
		}
	}
	return k, nil
}

// cardNumber reads a card number from a file, or asks for it.
func (e *Env) cardNumber(ctx context.Context, file, flag string) (card.PAN, error) {
	text, err := e.secretText(ctx, file, flag, longestNumberFile, i18n.T("card number: ", "卡号：").With())
	if err != nil {
		return card.PAN{}, err
	}
	pan, err := card.ParsePAN(strings.ReplaceAll(text.Reveal(), " ", ""))
	if err != nil {
		return card.PAN{}, &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("%s gives no card number", "%s 未给出卡号").With(flag),
			Hint: i18n.T("a card number is 8 to 19 digits", "卡号为 8 至 19 位数字").With(),
		}
	}
	return pan, nil
}

// secretText is the first line of a file, or what is typed.
func (e *Env) secretText(ctx context.Context, file, flag string, limit int64, ask i18n.Message) (card.Secret, error) {
	if file == "" {
		if !e.CanAsk() || e.In.Secret == nil {
			return card.Secret{}, secretNeeded(flag)
		}
		return e.askSecret(ctx, ask)
	}
	raw, err := readInput(ctx, e, file, limit)
	if err != nil {
		return card.Secret{}, err
	}
	defer clear(raw)
	if e.isOpenToOthers(file) {
		e.Note(i18n.T("%s can be read by other users of this machine: chmod 600 %s", "本机其他用户可读取 %s：请执行 chmod 600 %s").With(file, file))
	}
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return card.NewSecret(string(bytes.TrimSpace(line))), nil
}

// isOpenToOthers reports a file that its group or everyone may read, where a system has
// such permissions.
func (e *Env) isOpenToOthers(file string) bool {
	if file == "-" {
		return false
	}
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0 && os.PathSeparator == '/'
}

func secretNeeded(flag string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%s is needed and there is no terminal to ask", "需要 %s，但没有可询问的终端").With(flag),
		Hint: i18n.T("give %s FILE, or %s - to read it from standard input", "请用 %s 指定文件，或用 %s - 从标准输入读取").With(flag, flag),
	}
}

// bindSecretOut gives a command the flag of a file that a secret result goes to.
func bindSecretOut(env *Env, c *cobra.Command, file *string, name string, what i18n.Text) {
	c.Flags().StringVar(file, name, "", env.Say(i18n.Join(
		i18n.T("write ", "将"), what, i18n.T(" to a new `FILE` that its owner alone may read", "写入新文件 `FILE`，仅所有者可读"))))
	_ = c.MarkFlagFilename(name)
}

// writeSecret writes a line into a new file for its owner alone. A file that is there is
// left as it is: it may hold the only copy of another key.
func writeSecret(path, line string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("%s exists and was left as it is", "%s 已存在，未作更改").With(path),
			Hint: i18n.T("name a new file", "请指定新文件").With(),
		}
	}
	if err == nil {
		_, err = f.WriteString(line + "\n")
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return &till.Problem{
			Code: till.CodeFailure, Cause: err, What: i18n.T("%s cannot be written", "无法写入 %s").With(path),
			Hint: i18n.T("name a file in a folder that exists and that you may write to", "请指定一个存在且可写的文件夹中的文件").With(),
		}
	}
	return nil
}

// writeKey writes a key in hexadecimal digits, where a file was named.
func writeKey(path string, k key.Key) error {
	if path == "" {
		return nil
	}
	return writeSecret(path, strings.ToUpper(hex.EncodeToString(k.Reveal())))
}

// hexFlag reads the hexadecimal digits of a flag whose value is no secret.
func hexFlag(flag, text string) ([]byte, error) {
	raw, err := parseHex([]byte(text))
	if err != nil || len(raw) == 0 {
		return nil, &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("%s is no hexadecimal", "%s 不是十六进制").With(flag),
			Hint: i18n.T("two hexadecimal digits a byte", "每字节两位十六进制数字").With(),
		}
	}
	return raw, nil
}
