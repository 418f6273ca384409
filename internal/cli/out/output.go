package out

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Format is a form of the result.
type Format string

// The formats. Text is what people read when they ask for none.
const (
	Text     Format = ""
	TableFmt Format = "table"
	CSV      Format = "csv"
	TSV      Format = "tsv"
	JSON     Format = "json"
	NDJSON   Format = "ndjson"
	Markdown Format = "md"
	HTML     Format = "html" // of commands that say so with [Output.Also]
	XLSX     Format = "xlsx" // likewise
)

// Formats are the names that -O takes.
func Formats() []string {
	return []string{string(TableFmt), string(CSV), string(TSV), string(JSON), string(NDJSON), string(Markdown)}
}

// allFields is what a bare --json stands for.
const allFields = "*"

// Output is what the user asked for: the flags that every leaf has. The zero Output
// writes text to the screen.
type Output struct {
	fields string // --json[=FIELDS]
	jq     string // --jq
	format string // -O
	path   string // -o

	also []Format // beside those that every leaf has

	// Made by Check.
	checked Format
	names   []string // fields chosen; nil is all
	code    *gojq.Code
	file    *file
}

// Also makes the command take further formats. Its results must bring a writer for each.
func (o *Output) Also(formats ...Format) { o.also = formats }

// Formats are the names that -O takes here.
func (o *Output) Formats() []string {
	names := Formats()
	for _, f := range o.also {
		names = append(names, string(f))
	}
	return names
}

// Bind adds the flags to a leaf, their usages in the language.
func (o *Output) Bind(flags *pflag.FlagSet, lang i18n.Lang) {
	flags.StringVar(&o.fields, "json", "", i18n.T(
		"print JSON; all fields, or the `FIELDS` named after =, with commas between",
		"输出 JSON：默认全部字段，或 = 后列出的 `FIELDS`（逗号分隔）").In(lang))
	flags.Lookup("json").NoOptDefVal = allFields
	flags.StringVar(&o.jq, "jq", "", i18n.T(
		"print what the jq `EXPR` makes of the JSON",
		"输出 jq 表达式 `EXPR` 对 JSON 的求值结果").In(lang))
	flags.StringVarP(&o.format, "output", "O", "", i18n.T(
		"print in a `FORMAT`: %s",
		"输出格式 `FORMAT`：%s").With(strings.Join(o.Formats(), ", ")).In(lang))
	flags.StringVarP(&o.path, "out", "o", "", i18n.T(
		"write to a `FILE`, whole or not at all; its ending names the format where -O does not",
		"写入文件 `FILE`（要么完整写入，要么不写）；未给 -O 时由扩展名决定格式").In(lang))
}

// Check refuses what is wrong with the flags before the command does anything, and
// opens the file so that a folder that cannot be written is known now. prototype is a
// zero value of what [Result.Value] will hold.
func (o *Output) Check(prototype any) error {
	format, err := o.chosen()
	if err != nil {
		return err
	}
	o.checked = format
	if o.names, err = o.chosenFields(Fields(prototype)); err != nil {
		return err
	}
	if o.jq != "" {
		if o.code, err = parseJQ(o.jq); err != nil {
			return usage(err, i18n.T("--jq %q is no jq expression", "--jq %q 不是 jq 表达式").With(o.jq),
				i18n.T("try --jq . to see the whole", "可用 --jq . 查看全部内容").With())
		}
	}
	return o.open()
}

func (o *Output) open() (err error) {
	if o.path == "" || o.path == "-" {
		return nil
	}
	if o.file, err = create(o.path); err != nil {
		return failure(err, i18n.T("%s cannot be written", "无法写入 %s").With(o.path),
			i18n.T("name a file in a folder that exists and that you may write to", "请指定一个存在且可写的文件夹中的文件").With())
	}
	return nil
}

// chosen is the format by --jq, --json, -O and the ending of -o, in that order.
func (o *Output) chosen() (Format, error) {
	format := Format(strings.ToLower(o.format))
	if format != Text && !slices.Contains(o.Formats(), string(format)) {
		return "", usage(nil, i18n.T("-O %s: no such format", "-O %s：没有这种格式").With(o.format),
			i18n.T("the formats are %s", "可用的格式：%s").With(strings.Join(o.Formats(), ", ")))
	}
	if o.jq == "" && o.fields == "" {
		if format == Text {
			format = o.formatOfFile()
		}
		return format, nil
	}
	switch format {
	case Text:
		return JSON, nil
	case JSON, NDJSON:
		return format, nil
	case TableFmt, CSV, TSV, Markdown, HTML, XLSX:
	}
	return "", usage(nil, i18n.T("-O %s and --json or --jq ask for two formats", "-O %s 与 --json 或 --jq 要求了两种格式").With(o.format),
		i18n.T("leave one of them out", "请去掉其中一个").With())
}

// formatOfFile is the format that the file's ending names; any other ending is text.
func (o *Output) formatOfFile() Format {
	ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(o.path), "."))
	if ext != string(TableFmt) && slices.Contains(o.Formats(), ext) {
		return Format(ext)
	}
	return Text
}

// chosenFields reads the list after --json=.
func (o *Output) chosenFields(known []string) ([]string, error) {
	if o.fields == "" || o.fields == allFields {
		return nil, nil
	}
	names := strings.Split(o.fields, ",")
	for i, n := range names {
		names[i] = strings.TrimSpace(n)
		if !slices.Contains(known, names[i]) {
			return nil, usage(nil, i18n.T("--json: no field %q", "--json：没有字段 %q").With(names[i]),
				i18n.T("the fields are %s", "可用的字段：%s").With(strings.Join(known, ", ")))
		}
	}
	return names, nil
}

// IsText reports that people read the result as it is on the screen, so that a command
// may tell its story while it works.
func (o *Output) IsText() bool { return o.checked == Text && o.file == nil }

// ToFile reports that the result goes into a file.
func (o *Output) ToFile() bool { return o.file != nil }

// WantsValue reports that fields are chosen or jq is asked for: of a result with a writer
// of its own for JSON, Value is needed then and at no other time.
func (o *Output) WantsValue() bool { return o.code != nil || o.names != nil }

// Format is the format that Check settled on.
func (o *Output) Format() Format { return o.checked }

// Write writes the result in the format that was asked for, to the screen or to the
// file.
func (o *Output) Write(s Screen, r Result) error {
	if o.file == nil {
		return o.writeTo(s, r)
	}
	s.Writer, s.Terminal = o.file, false
	if err := o.writeTo(s, r); err != nil {
		return err
	}
	return o.commit()
}

// commit makes the file what was written to it.
func (o *Output) commit() error {
	if o.file == nil {
		return nil
	}
	f := o.file
	o.file = nil
	if err := f.commit(); err != nil {
		return failure(err, i18n.T("%s was not written", "%s 未能写入").With(o.path),
			i18n.T("the command itself has done its work; free space and ask again", "命令本身已执行完毕；请腾出空间后重新查询").With())
	}
	return nil
}

// Close drops the file of a command that ended without a result.
func (o *Output) Close() error {
	if o.file == nil {
		return nil
	}
	f := o.file
	o.file = nil
	return f.discard()
}

func (o *Output) writeTo(s Screen, r Result) error {
	if write := r.Writers[o.checked]; write != nil && o.code == nil && o.names == nil {
		return write(s)
	}
	switch o.checked {
	case JSON, NDJSON:
		return o.writeJSON(s, r.Value)
	case Text:
		if r.Text != nil {
			return s.write(r.Text(s))
		}
	case TableFmt, CSV, TSV, Markdown, HTML, XLSX:
	}
	table, err := r.table()
	if err != nil {
		return err
	}
	return table.write(s, o.checked)
}

func (t Table) write(s Screen, format Format) error {
	switch format {
	case CSV:
		return t.writeCSV(s)
	case TSV:
		return s.write(t.tsv())
	case Markdown:
		return s.write(t.markdown(s))
	case Text, TableFmt, JSON, NDJSON, HTML, XLSX:
	}
	return s.write(t.Text(s))
}

// table is the result's own table or the one made of its value.
func (r Result) table() (Table, error) {
	if len(r.Table.Columns) > 0 || r.Value == nil {
		return r.Table, nil
	}
	return tableOf(r.Value)
}

func (o *Output) writeJSON(s Screen, value any) error {
	if o.code == nil && o.names == nil && o.checked == JSON {
		raw, err := marshal(value, s.Terminal)
		return writeRaw(s, raw, err)
	}
	list, isList, err := objects(value)
	if err != nil {
		return err
	}
	if o.names != nil {
		for i, obj := range list {
			list[i] = obj.pick(o.names)
		}
	}
	if o.checked == NDJSON {
		return o.writeLines(s, list)
	}
	return o.writeWhole(s, list, isList)
}

// writeLines writes one object a line, each through jq where there is one.
func (o *Output) writeLines(s Screen, list []object) error {
	for _, obj := range list {
		raw, err := marshal(obj, false)
		if err != nil {
			return err
		}
		if o.code != nil {
			err = writeJQ(s, o.code, raw)
		} else {
			err = writeRaw(s, raw, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *Output) writeWhole(s Screen, list []object, isList bool) error {
	var value any = list
	if !isList {
		value = list[0]
	}
	raw, err := marshal(value, s.Terminal && o.code == nil)
	if err == nil && o.code != nil {
		return writeJQ(s, o.code, raw)
	}
	return writeRaw(s, raw, err)
}

func writeRaw(w io.Writer, raw []byte, err error) error {
	if err != nil {
		return err
	}
	_, err = io.Copy(w, bytes.NewReader(raw))
	return err
}

func usage(cause error, what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint, Cause: cause}
}

func failure(cause error, what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeFailure, What: what, Hint: hint, Cause: cause}
}

var _ fmt.Stringer = Format("")

// String is the name that -O takes; text has none.
func (f Format) String() string { return string(f) }
