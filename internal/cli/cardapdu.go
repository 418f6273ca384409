package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
)

type cardAPDUOptions struct {
	out    out.Output
	unmask unmask
	words  []string
	file   string
	raw    bool
	wait   time.Duration
}

// apduView is one command and its answer.
type apduView struct {
	Command  string        `json:"command"`
	Response string        `json:"response"` // without the status words
	SW       string        `json:"sw"`
	Meaning  string        `json:"meaning"` // of the status words
	Took     int64         `json:"took_us"`
	Data     []elementView `json:"data,omitempty"`
}

func newCardAPDU(env *Env, runF func(context.Context, *cardAPDUOptions) error) *cobra.Command {
	o := &cardAPDUOptions{}
	run := either(env, runF, cardAPDURun)
	c := newLeaf(env, leaf{
		use:   "apdu [HEX...]",
		short: i18n.T("Send commands to a card and show the answers in words", "向卡片发送命令并解释应答"),
		long: i18n.T(
			"Send commands to a card, each argument or each line one of them in hexadecimal, and\nshow the answers in words. What a card of T=0 leaves to be fetched (61xx) or asked anew\n(6Cxx) is fetched and asked; --raw sends nothing but the commands.\n\nAnswers are masked. --unmask shows them in clear where the card's number is published\nfor tests, and the journal keeps who did it. A command with a PIN in it, VERIFY say, is\ntaken from a file or standard input alone. Lines that begin with # are passed over.",
			"向卡片发送命令，每个参数或每行为一条十六进制命令，并解释应答。T=0 卡片待取（61xx）或\n需重发（6Cxx）的数据会自动处理；--raw 只发送给出的命令。\n\n应答默认遮蔽；仅当卡号为公开测试号时 --unmask 才明文显示，流水账将记录操作人。含 PIN 的\n命令（如 VERIFY）只能来自文件或标准输入。以 # 开头的行被忽略。"),
		examples: []example{
			{i18n.T("is there a payment directory?", "是否有支付目录？"), "till card apdu 00A404000E315041592E5359532E444446303100"},
			{i18n.T("many, from a file", "从文件发送多条"), "till card apdu --file commands.txt --reader ACS"},
			{i18n.T("the status words alone", "仅显示状态字"), "till card apdu 80CA9F1700 --jq '.[].sw'"},
		},
		result: []apduView{},
		exits:  []exitCode{exitNoDevice},
		run: func(ctx context.Context, args []string) error {
			o.words = args
			return run(ctx, o)
		},
	}, &o.out)
	bindCard(env, c, &o.wait)
	bindUnmask(env, c, &o.unmask)
	c.Flags().StringVar(&o.file, "file", "", env.Say(i18n.T("read commands from a `FILE`, one a line, - is standard input", "从 `FILE` 读取命令，每行一条，- 表示标准输入")))
	c.Flags().BoolVar(&o.raw, "raw", false, env.Say(i18n.T("neither fetch what is left nor ask anew", "不自动取数据，也不自动重发")))
	return c
}

// maxCommandFile is what a file of commands may have, in bytes.
const maxCommandFile = 1 << 20

func cardAPDURun(ctx context.Context, env *Env, o *cardAPDUOptions) error {
	commands, err := o.commands(ctx, env)
	if err != nil {
		return err
	}
	p, err := present(ctx, env, o.wait)
	if err != nil {
		return err
	}
	defer p.close()
	chip, ok := p.card.(reader.Chip)
	if !ok {
		return noChip()
	}
	said, failure := o.send(ctx, chip, commands)
	clear, err := mayShow(ctx, env, &o.unmask, &o.out, "till card apdu", replay.Trace{Sessions: []replay.Session{{Exchanges: said}}})
	if err != nil {
		return err
	}
	views := make([]apduView, 0, len(said))
	for _, x := range said {
		views = append(views, apduOf(x, string(env.lang), clear))
	}
	if err := env.Write(&o.out, out.Result{Value: views, Table: apduTable(views), Text: apduText(views)}); err != nil {
		return err
	}
	if err := o.unmask.shown(ctx, env, len(views)); err != nil {
		return err
	}
	if failure != nil {
		return readerProblem(p.device.Name(), failure)
	}
	return nil
}

// commands are those of the arguments or of the file.
func (o *cardAPDUOptions) commands(ctx context.Context, env *Env) ([][]byte, error) {
	lines, typed := o.words, true
	if o.file != "" || len(lines) == 0 {
		if o.file != "" && len(lines) > 0 {
			return nil, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("commands and --file are two inputs", "同时给出了命令和 --file 两个输入").With(),
				Hint: i18n.T("give the one or the other", "请只给出其一").With(),
			}
		}
		raw, err := readInput(ctx, env, fileOr(o.file, "-"), maxCommandFile)
		if err != nil {
			return nil, err
		}
		lines, typed = strings.Split(string(raw), "\n"), false
	}
	var all [][]byte
	for i, line := range lines {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c, err := parseCommand(line, i+1, typed)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, nothingToRead()
	}
	return all, nil
}

func fileOr(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}

// parseCommand reads one command. What is wrong is told without its text, which may be a
// PIN.
func parseCommand(line string, n int, typed bool) ([]byte, error) {
	c, err := parseHex([]byte(line))
	if err == nil {
		err = reader.CheckCommand(c)
	}
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("command %d is none: hexadecimal of 4 to 261 bytes is wanted", "第 %d 条不是命令：应为 4 至 261 字节的十六进制").With(n),
			Hint: i18n.T("the form is CLA INS P1 P2, then Lc and data, then Le: 00B2010C00", "格式为 CLA INS P1 P2，其后为 Lc 与数据，再后为 Le：00B2010C00").With(),
		}
	}
	if typed && carriesPIN(c) {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("command %d carries a PIN, which is never taken from the command line", "第 %d 条命令含 PIN；不接受命令行中的 PIN").With(n),
			Hint: i18n.T("write it into a file and give --file FILE, or --file - for a pipe; clear the line from your shell's history", "请写入文件并以 --file FILE 给出，或用 --file - 读取管道；并从 shell 历史中清除该行").With(),
		}
	}
	return c, nil
}

// carriesPIN reports a command with data of VERIFY, CHANGE REFERENCE DATA, RESET RETRY
// COUNTER and their kin (ISO/IEC 7816-4, 11.5).
func carriesPIN(c []byte) bool {
	switch c[1] {
	case 0x20, 0x21, 0x24, 0x25, 0x26, 0x28, 0x2C, 0x2D:
		return len(c) > 5
	}
	return false
}

// send sends the commands. Where the card fails, what it answered before is kept.
func (o *cardAPDUOptions) send(ctx context.Context, chip reader.Chip, commands [][]byte) ([]replay.Exchange, error) {
	var said []replay.Exchange
	for _, c := range commands {
		begun := time.Now()
		response, err := o.ask(ctx, chip, c)
		if err != nil {
			return said, err
		}
		said = append(said, replay.Exchange{Command: c, Response: response, Took: time.Since(begun)})
	}
	return said, nil
}

// ask sends a command and gives the whole answer.
func (o *cardAPDUOptions) ask(ctx context.Context, chip reader.Chip, command []byte) ([]byte, error) {
	if o.raw {
		return chip.Transmit(ctx, command)
	}
	return askCard(ctx, chip, command)
}

// maxPieces is how many pieces an answer may come in.
const maxPieces = 256

// askCard sends a command, fetches what a card of T=0 leaves to be fetched, and asks anew
// where it tells another length (EMV Book 1, 9.3.1).
func askCard(ctx context.Context, chip reader.Chip, command []byte) ([]byte, error) {
	var data []byte
	for range maxPieces {
		piece, err := chip.Transmit(ctx, command)
		if err != nil {
			return nil, err
		}
		sw1, sw2 := piece[len(piece)-2], piece[len(piece)-1]
		data = append(data, piece[:len(piece)-2]...)
		switch {
		case sw1 == 0x61:
			command = []byte{0x00, 0xC0, 0x00, 0x00, sw2}
		case sw1 == 0x6C && len(command) >= 5:
			command = append(bytes.Clone(command[:len(command)-1]), sw2)
		default:
			return append(data, sw1, sw2), nil
		}
	}
	return nil, fmt.Errorf("%w: more than %d pieces of one answer", reader.ErrNotSupported, maxPieces)
}

// mayShow reports that the answers may be shown as they are: it was asked for, and every
// number that the card told is published for tests.
func mayShow(ctx context.Context, env *Env, u *unmask, o *out.Output, command string, trace replay.Trace) (bool, error) {
	if u.wish == "" {
		return false, nil
	}
	numbers := trace.Numbers()
	strange := slices.ContainsFunc(numbers, func(n card.PAN) bool { return !n.IsPublishedTest() })
	if strange || len(numbers) == 0 {
		env.Note(i18n.T("masked all the same: --unmask is for cards whose number is published for tests", "仍予遮蔽：--unmask 仅用于卡号为公开测试号的卡片").With())
		return false, nil
	}
	return u.granted(ctx, env, o, command)
}

func apduOf(x replay.Exchange, lang string, clear bool) apduView {
	v := apduView{
		Command: maskedCommand(x.Command), Response: emv.Masked(x.Data()), SW: fmt.Sprintf("%04X", x.SW()),
		Meaning: emv.StatusWord(x.SW(), lang), Took: x.Took.Microseconds(), Data: elementsOf(x.Data(), lang, clear),
	}
	if clear {
		v.Response = strings.ToUpper(hex.EncodeToString(x.Data()))
	}
	return v
}

// maskedCommand is a command without a PIN in it.
func maskedCommand(c []byte) string {
	text := strings.ToUpper(hex.EncodeToString(c))
	if carriesPIN(c) {
		return text[:10] + strings.Repeat("*", len(text)-10)
	}
	return text
}

// elementsOf are the data objects of an answer, masked or not. An answer that is no
// BER-TLV gives none.
func elementsOf(answer []byte, lang string, clear bool) []elementView {
	var all []elementView
	tree, _ := emv.Parse(answer, emv.Lenient)
	for i, e := range emv.Explain(answer, lang) {
		if e.Tag == 0 {
			continue
		}
		v := elementView{Tag: e.Tag.String(), Name: e.Name, Value: e.Value, Meaning: e.Meaning, Depth: e.Depth}
		if clear && e.Value != "" {
			v.Value = strings.ToUpper(hex.EncodeToString(tree[i].Value)) // the same objects in the same order
		}
		all = append(all, v)
	}
	return all
}

func apduTable(views []apduView) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "command", Head: i18n.T("COMMAND", "命令")},
		{Name: "response", Head: i18n.T("RESPONSE", "应答")},
		{Name: "sw", Head: i18n.T("SW", "状态字")},
		{Name: "meaning", Head: i18n.T("MEANING", "含义")},
	}}
	for _, v := range views {
		t.Rows = append(t.Rows, []string{v.Command, v.Response, v.SW, v.Meaning})
	}
	return t
}

// apduText is what was sent, what came back, and what both mean.
func apduText(views []apduView) func(out.Screen) string {
	return func(s out.Screen) string {
		var b strings.Builder
		for _, v := range views {
			b.WriteString("> " + v.Command + "\n")
			b.WriteString("< " + strings.TrimSpace(v.Response+" "+v.SW) + "  " + v.Meaning + "\n")
			for _, e := range v.Data {
				line := strings.Repeat("  ", e.Depth+1) + strings.TrimSpace(e.Tag+" "+e.Name+"  "+e.Value)
				if len(e.Meaning) > 0 {
					line += "  " + strings.Join(e.Meaning, "; ")
				}
				b.WriteString(line + "\n")
			}
		}
		return b.String()
	}
}
