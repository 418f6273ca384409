package config

import (
	"strconv"

	"github.com/tillworks/till/internal/i18n"
)

// limitKeys are the settings that bound what the terminal does by itself. They stand
// behind shop.currency, which the amounts among them are in.
func limitKeys() []Key {
	return []Key{
		{
			Name: "batch.limit", Default: "0",
			Means: i18n.T("card transactions that one batch takes; 0 does not bound", "每个批次的卡交易笔数上限；0 为不限制"),
			Wants: i18n.T("a number from 0 to 999999", "0 至 999999 的整数"),
			set:   func(c *Config, v string) bool { return setNumber(&c.Limits.Batch, v, 999_999) },
		},
		{
			Name: "offline.count", Default: "0",
			Means: i18n.T("chip sales that may be approved without the host and wait for it; 0 takes none", "主机不可达时可脱机批准并等待上送的芯片消费笔数；0 为不受理"),
			Wants: i18n.T("a number from 0 to 9999", "0 至 9999 的整数"),
			set:   func(c *Config, v string) bool { return setNumber(&c.Limits.OfflineCount, v, 9999) },
		},
		{
			Name: "offline.sum", Default: "0",
			Means: i18n.T("what the offline sales that wait may come to; 0 takes none", "等待上送的脱机消费合计上限；0 为不受理"),
			Wants: i18n.T("an amount such as 500", "金额，例如 500"),
			set:   func(c *Config, v string) bool { return setAmount(&c.Limits.OfflineSum, c, v) },
		},
		{
			Name: "offline.amount", Default: "0",
			Means: i18n.T("the most that one offline sale may be; 0 takes none", "单笔脱机消费上限；0 为不受理"),
			Wants: i18n.T("an amount such as 100", "金额，例如 100"),
			set:   func(c *Config, v string) bool { return setAmount(&c.Limits.OfflineAmount, c, v) },
		},
		{
			Name: "completion.percent", Default: "115",
			Means: i18n.T("percent of what a pre-authorization holds that its completion may take; 0 does not bound", "预授权完成金额占冻结金额的百分比上限；0 为不限制"),
			Wants: i18n.T("a number from 0 to 1000", "0 至 1000 的整数"),
			set:   func(c *Config, v string) bool { return setNumber(&c.Limits.Completion, v, 1000) },
		},
		{
			Name: "tip.percent", Default: "50",
			Means: i18n.T("percent of a sale that its tips may come to; 0 does not bound", "小费占消费金额的百分比上限；0 为不限制"),
			Wants: i18n.T("a number from 0 to 1000", "0 至 1000 的整数"),
			set:   func(c *Config, v string) bool { return setNumber(&c.Limits.Tip, v, 1000) },
		},
	}
}

// setNumber reads a whole number from 0 to most.
func setNumber(into *int, v string, most int) bool {
	n, err := strconv.Atoi(v)
	*into = n
	return err == nil && n >= 0 && n <= most
}
