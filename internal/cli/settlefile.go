package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

const (
	detectBytes = 64 << 10 // of a file are looked at to tell its format
	maxRules    = 1 << 20  // bytes of a file of rules
)

// settleFile is a settlement file that is known for what it is.
type settleFile struct {
	path   string
	name   string // in places: the last part of the path, where no other file has the same
	format *settle.Format
	digest string // SHA-256 in hex
}

// settleFiles finds out what the files are. They come back in the order of their names,
// so that the order on the command line makes no difference.
func settleFiles(env *Env, paths []string) ([]settleFile, error) {
	files := make([]settleFile, 0, len(paths))
	for _, path := range paths {
		f, err := knownFile(env, path)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(files, func(g settleFile) bool { return g.digest == f.digest }); i >= 0 {
			return nil, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("%s and %s are the same file", "%s 与 %s 是同一文件").With(files[i].path, path),
				Hint: i18n.T("name each file once", "每个文件只需指定一次").With(),
			}
		}
		files = append(files, f)
	}
	for i := range files {
		if slices.ContainsFunc(files, func(g settleFile) bool { return g.path != files[i].path && filepath.Base(g.path) == files[i].name }) {
			files[i].name = files[i].path
		}
	}
	slices.SortFunc(files, func(a, b settleFile) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

func knownFile(env *Env, path string) (settleFile, error) {
	found, err := detectFile(path)
	if err != nil {
		return settleFile{}, err
	}
	format, ok := found.Sure()
	if !ok {
		return settleFile{}, unknownFormat(env, path, found)
	}
	digest, err := fileDigest(path)
	if err != nil {
		return settleFile{}, err
	}
	return settleFile{path: path, name: filepath.Base(path), format: format, digest: digest}, nil
}

// unknownFormat says what the file was nearest to, or what its bytes are.
func unknownFormat(env *Env, path string, found settle.Detection) error {
	lang := string(env.lang)
	p := &till.Problem{
		Code: till.CodeFailure,
		What: i18n.T("%s has no format that till knows: %s", "%s 不是 till 支持的格式：%s").With(path, strings.Join(inLang(lang, found.Notes), "; ")),
		Hint: i18n.T("a settlement file is text as the acquirer sends it; see till settle identify %s", "清算文件应为收单机构发来的文本；请用 till settle identify %s 查看").With(path),
	}
	if len(found.Candidates) > 0 {
		best := found.Candidates[0]
		p.What = i18n.T("the format of %s is in doubt; the nearest is %s: %s", "无法确定 %s 的格式；最接近 %s：%s").With(
			path, best.Name, strings.Join(inLang(lang, best.Evidence), "; "))
		p.Hint = i18n.T("see the whole evidence: till settle identify %s", "查看全部依据：till settle identify %s").With(path)
	}
	return p
}

func detectFile(path string) (settle.Detection, error) {
	in, err := os.Open(path)
	if err != nil {
		return settle.Detection{}, unreadableFile(path, err)
	}
	defer func() { _ = in.Close() }()
	head, err := io.ReadAll(io.LimitReader(in, detectBytes))
	if err != nil {
		return settle.Detection{}, unreadableFile(path, err)
	}
	return formats.Detect(head)
}

func fileDigest(path string) (string, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", unreadableFile(path, err)
	}
	defer func() { _ = in.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return "", unreadableFile(path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// unreadableFile is a file that should be there: a failure, and no misuse.
func unreadableFile(path string, err error) error {
	return &till.Problem{
		Code: till.CodeFailure, Cause: err,
		What: i18n.T("%s cannot be read", "无法读取 %s").With(path),
		Hint: i18n.T("name a file that is there and that you may read", "请指定存在且可读的文件").With(),
	}
}

// fileSide is the files as a side of a match.
func fileSide(files []settleFile, day time.Time) *settle.FileSide {
	list := make([]settle.File, len(files))
	for i, f := range files {
		list[i] = settle.FileAt(f.path, f.format)
		list[i].Name, list[i].Options.Day = f.name, day
	}
	return settle.Files(list...)
}

// filesKey is what makes two runs the same run.
func filesKey(files []settleFile) string {
	digests := make([]string, len(files))
	for i, f := range files {
		digests[i] = f.digest
	}
	slices.Sort(digests)
	return strings.Join(digests, " ")
}

// settleRules are those of a file, or the usual ones; the fees of our own host are known.
func settleRules(env *Env, path string, files []settleFile) (settle.Rules, error) {
	if path != "" {
		return rulesFile(env, path)
	}
	rules := settle.DefaultRules()
	if slices.ContainsFunc(files, func(f settleFile) bool { return f.format.Name() != "till-host" }) {
		return rules, nil
	}
	fee, err := hostsim.FeeRule()
	if err != nil {
		return rules, err
	}
	rules.Fees = []settle.FeeRule{fee}
	return rules, nil
}

func rulesFile(env *Env, path string) (settle.Rules, error) {
	in, err := os.Open(path)
	if err != nil {
		return settle.Rules{}, unreadableFile(path, err)
	}
	defer func() { _ = in.Close() }()
	raw, err := io.ReadAll(io.LimitReader(in, maxRules+1))
	if err == nil && len(raw) > maxRules {
		err = fmt.Errorf("%w: more than %d bytes", errTooLong, maxRules)
	}
	if err != nil {
		return settle.Rules{}, unreadableFile(path, err)
	}
	rules, err := settle.LoadRules(raw)
	var bad *settle.SpecError
	if errors.As(err, &bad) {
		return rules, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s: %s", "%s：%s").With(path, bad.In(string(env.lang))),
			Hint: i18n.T("rules are YAML: a list match of name, key and days, and a list fees of name and percent", "规则为 YAML：match 列表含 name、key、days，fees 列表含 name、percent").With(),
		}
	}
	return rules, err
}

func inLang(lang string, texts []settle.Text) []string {
	said := make([]string, len(texts))
	for i, t := range texts {
		said[i] = t.In(lang)
	}
	return said
}
