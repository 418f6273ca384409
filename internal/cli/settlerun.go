package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/settle"
)

type settleRunOptions struct {
	out     out.Output
	files   []string
	against string
	rules   string
	day     string
	memory  string
}

// againstJournal is the side that the files are compared with unless another is named.
const againstJournal = "journal"

func newSettleRun(env *Env, runF func(context.Context, *settleRunOptions) error) *cobra.Command {
	o := &settleRunOptions{}
	run := either(env, runF, settleRunRun)
	c := newLeaf(env, leaf{
		use:   "run FILE...",
		short: i18n.T("Reconcile settlement files with the journal", "将清算文件与流水账对账"),
		long: i18n.T(
			"Read the files, prove their own totals, and pair each row with a card transaction of\nthe closed batches that no earlier run has taken in, and of the items that it left\nopen. Every other row is told with its reason and age, and every fee is verified.\nThe same files again repeat their run: the same batches, the same answer, stored once.\nAgainst another file nothing is stored.",
			"读取文件并校验其自身合计，再将每一行与此前未对账的已结算批次中的卡交易，以及以前未了结的\n记录配对。其余各行均说明原因和天数，并校验手续费。再次运行相同的文件即重复该次对账：批次\n相同、结果相同，且只保存一次。与另一文件核对时不保存任何内容。"),
		examples: []example{
			{i18n.T("the file of the day", "核对当天的文件"), "till settle run 20261005.csv"},
			{i18n.T("reasons alone, for a script", "仅输出原因，供脚本使用"), "till settle run 20261005.csv --jq '.exceptions[].reason'"},
			{i18n.T("a processor's file against one of your own", "将机构文件与自有文件核对"), "till settle run theirs.csv --against ours.csv --rules rules.yaml"},
		},
		result: settleView{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.files = args
			return run(ctx, o)
		},
	}, &o.out)
	f := c.Flags()
	f.StringVar(&o.against, "against", againstJournal, env.Say(i18n.T("compare with the `SIDE`: journal, or a file", "核对的另一方 `SIDE`：journal（流水账）或文件")))
	f.StringVar(&o.rules, "rules", "", env.Say(i18n.T("match and verify fees by the rules in a `FILE` of YAML", "按 YAML 文件 `FILE` 中的规则配对并校验手续费")))
	f.StringVar(&o.day, "day", "", env.Say(i18n.T("count ages to the `DATE` 2006-01-02; default: today", "天数计至 `DATE`（2006-01-02）；默认为今天")))
	f.StringVar(&o.memory, "memory", "256M", env.Say(i18n.T("hold rows of at most `SIZE` in memory, such as 64M or 1G", "内存中各行最多占用 `SIZE`，例如 64M 或 1G")))
	return c
}

func settleRunRun(ctx context.Context, env *Env, o *settleRunOptions) error {
	defer ballast()()
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	j := &settleJob{env: env, zone: cfg.Shop.Timezone}
	if err := j.read(o); err != nil {
		return err
	}
	if o.against == againstJournal {
		err = j.withJournal(ctx)
	} else {
		err = j.withFile(ctx, o.against)
	}
	if err != nil {
		return err
	}
	v := viewSettlement(env, j.result, j.run)
	if err := env.Write(&o.out, v.result(env)); err != nil {
		return err
	}
	if !j.result.Clean() {
		return exitError{exitDifferences}
	}
	return nil
}

// settleJob is one reconciliation as it goes on.
type settleJob struct {
	env    *Env
	zone   *time.Location
	files  []settleFile
	opt    settle.Options
	dayIs  bool // the user named the day
	run    till.Settlement
	result *settle.Result
}

// read checks what the user said and finds out what the files are.
func (j *settleJob) read(o *settleRunOptions) (err error) {
	j.opt = settle.Options{Day: j.env.Now().In(j.zone), Zone: j.zone}
	if j.opt.Memory, err = parseSize(o.memory); err != nil {
		return err
	}
	j.opt.MaxExceptions = exceptionsWithin(j.opt.Memory)
	if o.day != "" {
		if j.opt.Day, err = time.ParseInLocation(time.DateOnly, o.day, j.zone); err != nil {
			return wrongWord("--day", o.day, "2006-01-02")
		}
		j.dayIs = true
	}
	if j.files, err = settleFiles(j.env, o.files); err != nil {
		return err
	}
	j.opt.Rules, err = settleRules(j.env, o.rules, j.files)
	return err
}

// withFile compares two sides of files; nothing is stored.
func (j *settleJob) withFile(ctx context.Context, path string) error {
	ours, err := settleFiles(j.env, []string{path})
	if err != nil {
		return err
	}
	return j.match(ctx, fileSide(ours, j.opt.Day))
}

// withJournal compares with the journal and stores what came of it.
func (j *settleJob) withJournal(ctx context.Context) error {
	return withShop(ctx, j.env, func(s *shop) error { return j.withShop(ctx, s) })
}

// withShop compares with the journal of a shop that is open.
func (j *settleJob) withShop(ctx context.Context, s *shop) error {
	earlier, err := s.store.Settlements(ctx)
	if err != nil {
		return err
	}
	isNewest, err := j.begin(ctx, s, earlier)
	if err != nil {
		return err
	}
	records, err := s.journalRecords(ctx, j.run.Batches)
	if err != nil {
		return err
	}
	j.opt.KeepPairs = true // no more than the journal has, and explain tells of them
	if err := j.match(ctx, settle.Slice(records)); err != nil {
		return err
	}
	if !isNewest {
		j.env.Note(i18n.T("run %d was followed by others: it is shown again and not stored", "第 %d 次对账之后还有其他对账：仅重新显示，不保存").With(j.run.Seq))
		return nil
	}
	return j.store(ctx, s)
}

// begin finds the run that this one repeats, or makes the next: its batches, its day and
// what was open before it. isNewest tells that it may be stored.
func (j *settleJob) begin(ctx context.Context, s *shop, earlier []till.Settlement) (isNewest bool, err error) {
	key := filesKey(j.files)
	at := slices.IndexFunc(earlier, func(r till.Settlement) bool { return r.Files == key })
	if at >= 0 {
		j.run = earlier[at]
		if err := j.sameDay(); err != nil {
			return false, err
		}
	} else {
		j.run = till.Settlement{Seq: len(earlier) + 1, Files: key}
		if j.run.Batches, err = s.batchesToSettle(ctx, earlier); err != nil {
			return false, err
		}
	}
	j.run.Day = j.opt.Day.In(j.zone).Format(time.DateOnly)
	j.opt.Open, err = s.openItems(ctx, j.run.Seq-1)
	return at <= 0, err
}

// sameDay counts ages to the day of the run that is repeated, unless the user named one.
func (j *settleJob) sameDay() error {
	if j.dayIs {
		return nil
	}
	day, err := time.ParseInLocation(time.DateOnly, j.run.Day, j.zone)
	if err != nil {
		return fmt.Errorf("reconciliation %d: %w", j.run.Seq, err)
	}
	j.opt.Day = day
	return nil
}

// openItems are what a run has left open; before the first there is nothing.
func (s *shop) openItems(ctx context.Context, seq int) (items []settle.OpenItem, err error) {
	if seq == 0 {
		return nil, nil
	}
	run, err := s.store.Settlement(ctx, seq)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(run.Open, &items); err != nil {
		return nil, fmt.Errorf("reconciliation %d: open items: %w", seq, err)
	}
	return items, nil
}

func (j *settleJob) match(ctx context.Context, ours settle.Side) error {
	result, err := settle.Match(ctx, ours, fileSide(j.files, j.opt.Day), j.opt)
	if err != nil {
		return j.problem(err)
	}
	for _, f := range j.files {
		if !slices.ContainsFunc(result.Files, func(p settle.Proof) bool { return p.SHA256 == f.digest }) {
			return j.problem(fmt.Errorf("%s: %w", f.path, settle.ErrChanged))
		}
	}
	j.result = result
	return nil
}

func (j *settleJob) store(ctx context.Context, s *shop) (err error) {
	if j.run.Result, err = j.result.JSON(); err != nil {
		return err
	}
	if j.run.Open, err = json.Marshal(j.result.Open); err != nil {
		return err
	}
	return s.store.RecordSettlement(ctx, j.run)
}

// problem is what a match that gave no result tells the user.
func (j *settleJob) problem(err error) error {
	lang := string(j.env.lang)
	var totals *settle.TotalsError
	var row *settle.RowError
	p := &till.Problem{Code: till.CodeFailure, Hint: i18n.T("nothing was matched or stored", "未配对，也未保存任何内容").With()}
	switch {
	case errors.As(err, &totals):
		p.What = i18n.T("%s: %s", "%s：%s").With(totals.Source, totals.In(lang))
		p.Hint = i18n.T("the file is not what it says of itself: ask for it again\nnothing was matched or stored", "文件与自身所述不符：请重新获取\n未配对，也未保存任何内容").With()
	case errors.As(err, &row):
		p.What = i18n.T("%s: %s", "%s：%s").With(row.Source, row.In(lang))
	case errors.Is(err, settle.ErrTooMany):
		p.What = i18n.T("the sides have too little in common to be of the same days", "双方差异过多，不像同一时段的记录").With()
		p.Hint = i18n.T("is it the right file? if it is, allow more --memory; nothing was stored", "请确认文件是否正确；若无误，请增大 --memory；未保存任何内容").With()
	case errors.Is(err, settle.ErrChanged):
		p.What = i18n.T("a file was changed while it was being read", "文件在读取过程中被改动").With()
		p.Hint = i18n.T("run it again when the file is complete", "请在文件完整后重新运行").With()
	default:
		return err
	}
	return p
}

// exceptionsWithin is how many differences may be told of: each takes some 16 KiB until it
// is stored and shown, and a file of another shop is nothing but differences.
func exceptionsWithin(memory int64) int {
	return int(min(max(memory>>14, 1000), 250_000))
}

// parseSize reads a size in bytes: a number with K, M or G for powers of 1024.
func parseSize(text string) (int64, error) {
	number, shift := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(text), "B"), "I"), 0
	for i, unit := range []string{"K", "M", "G"} {
		if n, ok := strings.CutSuffix(number, unit); ok {
			number, shift = n, 10*(i+1)
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64>>shift || n<<shift < 1<<20 {
		return 0, wrongWord("--memory", text, "1M … 64M, 256M, 1G …")
	}
	return n << shift, nil
}
