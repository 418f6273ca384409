package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

type benchOptions struct {
	out     out.Output
	tills   []int
	seconds int
	sales   int
	entry   string
	durable bool
	dir     string
}

// benchRow is what one number of tills came to, beside the disk in the same minute.
type benchRow struct {
	Tills       int        `json:"tills"`
	Entry       till.Entry `json:"entry"`
	HostDurable bool       `json:"host_durable"`
	Sales       int        `json:"sales"`
	Seconds     float64    `json:"seconds"`
	PerSecond   float64    `json:"per_second"`
	P50         float64    `json:"p50_ms"` // of one sale
	P95         float64    `json:"p95_ms"`
	P99         float64    `json:"p99_ms"`
	DiskRate    float64    `json:"disk_per_second"` // appends of 512 bytes, each with fdatasync
	DiskP50     float64    `json:"disk_p50_ms"`
	OfThird     float64    `json:"of_third"` // PerSecond over a third of DiskRate
}

func newBench(env *Env, runF func(context.Context, *benchOptions) error) *cobra.Command {
	o := &benchOptions{}
	c := newLeaf(env, leaf{
		use:   "bench",
		short: i18n.T("Measure durable sales a second on this machine", "测量本机每秒可持久化的交易数"),
		long: i18n.T(
			"Measure whole card sales: key looked up, sale and trace number on the till's disk,\n0200 and 0210 over TCP on the loopback, host with its own ledger on the disk, outcome on\nthe till's disk. Each till is a terminal of its own with its own line to the host; the\ntills of a run are one shop, share one store and with it their waits for the disk.\nNothing of your shop is touched: it all happens in a new folder that is removed.\n\nA sale by itself waits for the disk three times, twice at the till and once at the\nhost. So beside each run stands what the disk does alone, appends of 512 bytes with\nfdatasync in the same minute, and the sales as a part of a third of that.",
			"测量完整的刷卡消费：查幂等键，交易和流水号写入终端磁盘，经本机 TCP 收发 0200 与\n0210，主机账目写入磁盘，结果写入终端磁盘。每台终端有自己的终端号和主机连接；同一轮的\n终端同属一家店，共用一个数据库，因而共享等待磁盘的时间。不会触及您的店铺数据：一切在\n临时的新文件夹中进行，结束后删除。\n\n单笔交易等待磁盘三次：终端两次，主机一次。因此每轮结果旁列出同一时间磁盘本身的速度\n（追加 512 字节并 fdatasync），以及交易速度与其三分之一之比。"),
		examples: []example{
			{i18n.T("one till, four and thirty-two", "1、4 和 32 台终端"), "till bench"},
			{i18n.T("chip cards on the disk of a folder", "芯片卡，指定文件夹所在磁盘"), "till bench --entry chip --dir /var/tmp"},
			{i18n.T("a number for a script", "供脚本使用的数值"), "till bench --tills 1 --jq '.[0].of_third'"},
		},
		result: []benchRow{},
		run:    runWith(either(env, runF, benchRun), o),
	}, &o.out)
	f := c.Flags()
	f.IntSliceVar(&o.tills, "tills", []int{1, 4, 32}, env.Say(i18n.T("measure `N` tills at once; several numbers are several runs", "同时测量 `N` 台终端；多个数字表示多轮")))
	f.IntVar(&o.seconds, "seconds", 3, env.Say(i18n.T("sell for `N` seconds a run", "每轮销售 `N` 秒")))
	f.IntVar(&o.sales, "sales", 0, env.Say(i18n.T("let each till sell `N` times instead", "改为每台终端销售 `N` 笔")))
	f.StringVar(&o.entry, "entry", string(till.Swipe), env.Say(i18n.T("read the card by `ENTRY`: swipe or chip", "读卡方式 `ENTRY`：swipe 或 chip")))
	f.BoolVar(&o.durable, "host-durable", true, env.Say(i18n.T("the host waits for its disk before it answers; =false to see what that costs", "主机应答前等待磁盘写入；=false 可查看其代价")))
	f.StringVar(&o.dir, "dir", "", env.Say(i18n.T("measure on the disk of `DIR`; default: where temporary files are", "测量 `DIR` 所在磁盘；默认为临时文件所在磁盘")))
	return c
}

// The bounds of what can be asked for.
const (
	benchMaxTills   = 1000
	benchMaxSeconds = 3600
	benchMaxSales   = 100_000
)

func (o *benchOptions) check() error {
	for _, n := range o.tills {
		if n < 1 || n > benchMaxTills {
			return wrongWord("--tills", strconv.Itoa(n), fmt.Sprintf("1 … %d", benchMaxTills))
		}
	}
	switch {
	case o.seconds < 1 || o.seconds > benchMaxSeconds:
		return wrongWord("--seconds", strconv.Itoa(o.seconds), fmt.Sprintf("1 … %d", benchMaxSeconds))
	case o.sales < 0 || o.sales > benchMaxSales:
		return wrongWord("--sales", strconv.Itoa(o.sales), fmt.Sprintf("1 … %d", benchMaxSales))
	case o.entry != string(till.Swipe) && o.entry != string(till.Chip):
		return wrongWord("--entry", o.entry, "swipe, chip")
	}
	return nil
}

func benchRun(ctx context.Context, env *Env, o *benchOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(o.dir, "till-bench-")
	if err != nil {
		return benchFolderProblem(o.dir, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rows := make([]benchRow, 0, len(o.tills))
	for i, n := range o.tills {
		env.Note(i18n.T("measuring: %d tills, run %d of %d", "正在测量：%d 台终端，第 %d 轮，共 %d 轮").With(n, i+1, len(o.tills)))
		row, err := measureTills(ctx, env, o, filepath.Join(dir, strconv.Itoa(i)), n)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return env.Write(&o.out, out.Result{Value: rows, Table: benchTable(rows)})
}

func benchFolderProblem(dir string, cause error) error {
	if dir == "" {
		dir = os.TempDir()
	}
	return &till.Problem{
		Code: till.CodeFailure, Cause: cause,
		What: i18n.T("no folder can be made in %s", "无法在 %s 中创建文件夹").With(dir),
		Hint: i18n.T("name a folder that exists and that you may write to: till bench --dir DIR", "请指定一个存在且可写的文件夹：till bench --dir DIR").With(),
	}
}

// measureTills is one run: the disk, the tills, the disk again.
func measureTills(ctx context.Context, env *Env, o *benchOptions, dir string, tills int) (row benchRow, err error) {
	s, err := openBenchShop(ctx, env, o, dir, tills)
	if err != nil {
		return benchRow{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	disk, err := measureDisk(dir)
	if err != nil {
		return benchRow{}, err
	}
	begun := time.Now()
	sold, err := s.sell(ctx)
	seconds := time.Since(begun).Seconds()
	if err != nil {
		return benchRow{}, err
	}
	after, err := measureDisk(dir)
	if err != nil {
		return benchRow{}, err
	}
	disk = append(disk, after...)
	slices.Sort(sold)
	slices.Sort(disk)
	row = benchRow{
		Tills: tills, Entry: till.Entry(o.entry), HostDurable: o.durable, Sales: len(sold), Seconds: seconds,
		PerSecond: float64(len(sold)) / seconds,
		P50:       millis(quantile(sold, 50)), P95: millis(quantile(sold, 95)), P99: millis(quantile(sold, 99)),
		DiskRate: float64(len(disk)) / sum(disk).Seconds(), DiskP50: millis(quantile(disk, 50)),
	}
	row.OfThird = row.PerSecond / (row.DiskRate / 3)
	return row, nil
}

// quantile is the time that so many of a hundred do not exceed, of sorted times.
func quantile(sorted []time.Duration, hundredths int) time.Duration {
	return sorted[min(len(sorted)*hundredths/100, len(sorted)-1)]
}

func sum(all []time.Duration) (total time.Duration) {
	for _, d := range all {
		total += d
	}
	return total
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func benchTable(rows []benchRow) out.Table {
	number := func(name string, head i18n.Text) out.Column {
		return out.Column{Name: name, Head: head, Align: cells.Right}
	}
	table := out.Table{Columns: []out.Column{
		number("tills", i18n.T("TILLS", "终端数")),
		number("sales", i18n.T("SALES", "笔数")),
		number("per_second", i18n.T("SALES/S", "笔/秒")),
		number("p50_ms", i18n.T("P50 MS", "P50 毫秒")),
		number("p95_ms", i18n.T("P95 MS", "P95 毫秒")),
		number("p99_ms", i18n.T("P99 MS", "P99 毫秒")),
		number("disk_per_second", i18n.T("DISK/S", "磁盘/秒")),
		number("disk_p50_ms", i18n.T("DISK P50 MS", "磁盘 P50 毫秒")),
		number("of_third", i18n.T("OF A THIRD", "与三分之一之比")),
	}}
	for _, r := range rows {
		table.Rows = append(table.Rows, []string{
			strconv.Itoa(r.Tills), strconv.Itoa(r.Sales), fmt.Sprintf("%.0f", r.PerSecond),
			fmt.Sprintf("%.3f", r.P50), fmt.Sprintf("%.3f", r.P95), fmt.Sprintf("%.3f", r.P99),
			fmt.Sprintf("%.0f", r.DiskRate), fmt.Sprintf("%.3f", r.DiskP50), fmt.Sprintf("%.2f", r.OfThird),
		})
	}
	return table
}
