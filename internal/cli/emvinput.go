package cli

import (
	"bytes"
	"context"
	"os"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
)

// emvInput is one thing to explain.
type emvInput struct {
	source string // the file, where there is more than one input
	line   int    // in the file, where it has several inputs
	text   string // as it was written; a track is read as text
	data   []byte // the bytes
}

// maxEMV is the most that is read of a file, in bytes: hexadecimal of two megabytes.
const maxEMV = 4 << 20

// inputs are what is to be explained: words that are files, or digits, or standard input.
func (o *emvExplainOptions) inputs(ctx context.Context, env *Env) ([]emvInput, error) {
	files, err := o.files()
	switch {
	case err != nil:
		return nil, err
	case len(files) == 0 && len(o.words) > 0:
		return o.wordInputs()
	case len(files) == 0:
		files = []string{"-"}
	}
	var all []emvInput
	for _, name := range files {
		raw, err := readInput(ctx, env, name, maxEMV)
		if err != nil {
			return nil, err
		}
		found, err := o.fileInputs(raw)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if len(files) > 1 {
				found[i].source = name
			}
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, emptyEMV()
	}
	return all, nil
}

// files are the arguments, if they are files. A track may look like the path of one.
func (o *emvExplainOptions) files() ([]string, error) {
	if o.kind != emvTrack {
		return (&isoInput{words: o.words}).filesAmong()
	}
	for _, w := range o.words {
		if info, err := os.Stat(w); w != "-" && (err != nil || info.IsDir()) {
			return nil, nil
		}
	}
	return o.words, nil
}

func emptyEMV() error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("there is nothing to explain", "没有可解释的内容").With(),
		Hint: i18n.T("give hexadecimal digits, a file, or a pipe", "请提供十六进制数字、文件或管道").With(),
	}
}

// wordInputs are the arguments: status words one each, all else one thing with spaces in it.
func (o *emvExplainOptions) wordInputs() ([]emvInput, error) {
	words := []string{strings.Join(o.words, " ")}
	if o.kind == emvSW {
		words = o.words
	}
	var all []emvInput
	for _, w := range words {
		in := emvInput{text: w}
		if o.kind != emvTrack {
			var err error
			if in.data, err = parseHex([]byte(w)); err != nil {
				return nil, err
			}
		}
		all = append(all, in)
	}
	return all, nil
}

// fileInputs are the inputs of a file: one a line, unless only all lines together are whole,
// or the file is no text.
func (o *emvExplainOptions) fileInputs(raw []byte) ([]emvInput, error) {
	if o.kind != emvTrack && !isHexText(raw) {
		return []emvInput{{data: raw}}, nil
	}
	var lines []emvInput
	for n, line := range strings.Split(string(raw), "\n") {
		in := emvInput{text: strings.TrimSpace(line), line: n + 1}
		if in.text == "" {
			continue
		}
		if o.kind != emvTrack {
			in.data, _ = parseHex([]byte(in.text))
		}
		lines = append(lines, in)
	}
	if len(lines) > 1 && (o.kind == emvTLV || o.kind == emvValue) && o.isWrapped(lines) {
		data, err := parseHex(raw)
		return []emvInput{{data: data}}, err
	}
	for i := range lines {
		if o.kind == emvTrack {
			continue
		}
		if _, err := parseHex([]byte(lines[i].text)); err != nil {
			return nil, err
		}
		if len(lines) == 1 {
			lines[i].line = 0
		}
	}
	return lines, nil
}

// isWrapped reports lines that are parts of one dump: a value on its own is one, and of
// data objects some line is broken and all together are not.
func (o *emvExplainOptions) isWrapped(lines []emvInput) bool {
	if o.kind == emvValue {
		return true
	}
	var joined []byte
	broken := false
	for _, l := range lines {
		joined = append(joined, l.data...)
		_, err := emv.Parse(l.data, emv.Strict)
		broken = broken || err != nil || len(l.data) == 0
	}
	_, err := emv.Parse(joined, emv.Strict)
	return broken && err == nil
}

// isHexText reports text of hexadecimal digits, blanks and colons.
func isHexText(raw []byte) bool {
	return len(bytes.Trim(bytes.ToUpper(raw), "0123456789ABCDEFX: \t\r\n")) == 0
}
