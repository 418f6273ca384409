package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
)

type isoValidateOptions struct {
	out     out.Output
	in      isoInput
	request string // "" is no answer
	strict  bool
}

// isoValidated is what is wrong with a message.
type isoValidated struct {
	iso8583.Origin
	MTI        iso8583.MTI         `json:"mti"`
	Dialect    string              `json:"dialect"`
	Length     int                 `json:"length"` // bytes of the message
	Sound      bool                `json:"sound"`  // neither an error nor a warning
	Complaints []iso8583.Complaint `json:"complaints"`
}

func newISOValidate(env *Env, runF func(context.Context, *isoValidateOptions) error) *cobra.Command {
	o := &isoValidateOptions{}
	run := either(env, runF, isoValidateRun)
	c := newLeaf(env, leaf{
		use:   "validate [HEX|FILE...]",
		short: i18n.T("List all that is wrong with a message", "列出报文的全部问题"),
		long: i18n.T(
			"List all that is wrong with a message, each with its field and byte: faults of coding,\ncharacters that a field may not hold, dates and times that do not exist, check digits,\nunknown codes and currencies, data objects of another form than EMV gives them. With\n--strict a message is also held to the fields that its type must, should and must not\nhave. With --request it is held to the request that it answers.\n\nThe command ends with 7 where an error or a warning was found; notes are worth a look.\nThe input is that of till iso explain.",
			"列出报文的全部问题，并给出所在的域和字节：编码错误、域内不允许的字符、不存在的日期和时间、\n校验位、未知的代码和币种、与 EMV 规定不符的数据对象。--strict 还检查该类型报文必须、应当和\n不得出现的域。--request 还检查报文与其所应答的请求是否相符。\n\n发现错误或警告时以 7 退出；提示仅供参考。输入方式与 till iso explain 相同。"),
		examples: []example{
			{i18n.T("a message of a dump", "抓取文件中的报文"), "till iso validate dump.hex --strict"},
			{i18n.T("an answer, held to its request", "检查应答与请求是否相符"), "till iso validate answer.hex --request request.hex"},
		},
		result: isoValidated{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.in.words = args
			return run(ctx, o)
		},
	}, &o.out)
	bindISOInput(env, c, &o.in)
	c.Flags().StringVar(&o.request, "request", "", env.Say(i18n.T(
		"hold it to the request in a `FILE` that it answers", "与文件 `FILE` 中所应答的请求核对")))
	c.Flags().BoolVar(&o.strict, "strict", false, env.Say(i18n.T(
		"hold it to the fields that its type must, should and must not have", "检查该类型报文必须、应当和不得出现的域")))
	return c
}

func isoValidateRun(ctx context.Context, env *Env, o *isoValidateOptions) error {
	var request *isoMessage
	if o.request != "" {
		in := isoInput{isoReading: o.in.isoReading, files: []string{o.request}}
		m, err := in.one(ctx, env)
		if err != nil {
			return err
		}
		request = &m
	}
	seq := o.out.Sequence(env.Screen())
	sound := true
	_, err := o.in.each(ctx, env, func(m *bulk.Message) error {
		found := o.look(m, request, string(env.lang))
		sound = sound && found.Sound
		return seq.Write(validateResult(found))
	})
	if err == nil {
		err = seq.End()
	}
	if err != nil || sound {
		return err
	}
	return exitError{exitDifferences}
}

// look is what is wrong with one message.
func (o *isoValidateOptions) look(m *bulk.Message, request *isoMessage, lang string) isoValidated {
	found := isoValidated{Origin: m.Origin, Complaints: []iso8583.Complaint{}}
	if spec := m.Match.Spec; spec != nil {
		found.MTI, found.Dialect, found.Length = typeOf(spec, m.Raw), spec.Name(), len(m.Raw)
		found.Complaints = append(found.Complaints, spec.Validate(m.Raw, iso8583.ValidateOptions{Strict: o.strict, Lang: lang})...)
		if request != nil {
			found.Complaints = append(found.Complaints, spec.ValidateAnswer(request.body(), m.Raw, lang)...)
		}
	}
	if why := m.Why(lang); why != nil {
		found.Complaints = append(found.Complaints, iso8583.Complaint{
			Path: why.Path, Offset: why.Offset, Severity: iso8583.SeverityError, Rule: "unread", Text: why.Text,
		})
	}
	found.Sound = !slices.ContainsFunc(found.Complaints, func(c iso8583.Complaint) bool { return c.Severity != iso8583.SeverityNote })
	return found
}

// validateResult is the complaints as JSON, as rows and as text.
func validateResult(found isoValidated) out.Result {
	table := out.Table{Columns: []out.Column{
		{Name: "n", Head: i18n.T("NO.", "序号"), Align: cells.Right},
		{Name: "severity", Head: i18n.T("SEVERITY", "级别")},
		{Name: "path", Head: i18n.T("FIELD", "域")},
		{Name: "offset", Head: i18n.T("AT", "位置"), Align: cells.Right},
		{Name: "rule", Head: i18n.T("RULE", "规则")},
		{Name: "text", Head: i18n.T("WHAT", "问题")},
		{Name: "hint", Head: i18n.T("HINT", "提示")},
	}}
	for _, c := range found.Complaints {
		at := ""
		if c.Offset >= 0 {
			at = fmt.Sprint(c.Offset)
		}
		table.Rows = append(table.Rows, []string{fmt.Sprint(found.N), string(c.Severity), c.Path, at, c.Rule, c.Text, c.Hint})
	}
	return out.Result{Value: found, Table: table, Text: func(s out.Screen) string { return validateText(s, found) }}
}

// validateText is a line for each complaint, and for its hint.
func validateText(s out.Screen, found isoValidated) string {
	var b strings.Builder
	what := strings.TrimSpace(string(found.MTI) + " " + found.MTI.Describe(string(s.Lang)))
	if found.N > 1 || found.Source != "" {
		b.WriteString(i18n.T("%s message %d: ", "%s 第 %d 条报文：").With(found.Source, found.N).In(s.Lang))
	}
	if found.Dialect != "" {
		b.WriteString(s.Bold(what) + i18n.T(", %d bytes of %s", "，%d 字节，方言 %s").With(found.Length, found.Dialect).In(s.Lang))
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	for _, c := range found.Complaints {
		b.WriteString(severityMark(s, c.Severity) + complaintPlace(c).In(s.Lang) + c.Text + "\n")
		if c.Hint != "" {
			b.WriteString("  " + s.Faint(c.Hint) + "\n")
		}
	}
	if found.Sound {
		b.WriteString(s.Green(i18n.T("nothing is wrong with it", "未发现问题").In(s.Lang)) + "\n")
	}
	return b.String()
}

func severityMark(s out.Screen, v iso8583.Severity) string {
	switch v {
	case iso8583.SeverityError:
		return s.Red(i18n.T("error", "错误").In(s.Lang))
	case iso8583.SeverityWarning:
		return s.Yellow(i18n.T("warning", "警告").In(s.Lang))
	case iso8583.SeverityNote:
	}
	return i18n.T("note", "提示").In(s.Lang)
}

// complaintPlace is where a complaint lies, with the colon behind it.
func complaintPlace(c iso8583.Complaint) i18n.Message {
	switch {
	case c.Path != "" && c.Offset >= 0:
		return i18n.T(" at byte %d, field %s: ", "（第 %d 字节，域 %s）：").With(c.Offset, c.Path)
	case c.Path != "":
		return i18n.T(", field %s: ", "（域 %s）：").With(c.Path)
	case c.Offset >= 0:
		return i18n.T(" at byte %d: ", "（第 %d 字节）：").With(c.Offset)
	}
	return i18n.T(": ", "：").With()
}
