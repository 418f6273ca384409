package config

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zones of the world on machines that bring none, Windows among them

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/money"
)

// Key is one setting: its name as files write it, its default, what it is, what may
// stand there, and how it becomes a part of [Config].
type Key struct {
	Name    string
	Default string
	Means   i18n.Text
	Wants   i18n.Text
	set     func(*Config, string) bool // false refuses the value
}

// Env is the environment variable of the key: TILL_HOST_ADDRESS for host.address.
func (k Key) Env() string {
	return "TILL_" + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
}

// Keys are all settings in the order in which they are listed.
func Keys() []Key {
	return slices.Concat(generalKeys(), shopKeys(), saleKeys(), cardKeys(), limitKeys(), checkoutKeys())
}

func generalKeys() []Key {
	return []Key{
		{
			Name: "profile", Default: string(Lab),
			Means: i18n.T("lab takes published test cards only, live takes real ones", "lab 只接受公开的测试卡，live 接受真实卡"),
			Wants: i18n.T("lab or live", "lab 或 live"),
			set: func(c *Config, v string) bool {
				c.Profile = Profile(v)
				return c.Profile == Lab || c.Profile == Live
			},
		},
		{
			Name: "lang", Default: "",
			Means: i18n.T("language of texts and receipts; empty is the system's", "界面与小票的语言；留空则随系统"),
			Wants: i18n.T("en or zh", "en 或 zh"),
			set: func(c *Config, v string) (ok bool) {
				if v == "" {
					return true
				}
				c.Lang, ok = i18n.ParseLang(v)
				return ok
			},
		},
	}
}

func shopKeys() []Key {
	return []Key{
		{
			Name: "shop.name", Default: "Corner Shop",
			Means: i18n.T("name at the head of receipts", "小票抬头的店名"),
			Wants: i18n.T("one line of text", "一行文本"),
			set:   func(c *Config, v string) bool { c.Shop.Name = v; return isLine(v) && v != "" },
		},
		{
			Name: "shop.address", Default: "",
			Means: i18n.T("address below the name", "店名下方的地址"),
			Wants: i18n.T("one line of text", "一行文本"),
			set:   func(c *Config, v string) bool { c.Shop.Address = v; return isLine(v) },
		},
		{
			Name: "shop.country", Default: "CN",
			Means: i18n.T("country of the shop, ISO 3166-1", "店铺所在国家或地区（ISO 3166-1）"),
			Wants: i18n.T("two letters such as CN", "两个字母，例如 CN"),
			set: func(c *Config, v string) (ok bool) {
				var err error
				c.Shop.Country, err = CountryByCode(v)
				return err == nil
			},
		},
		{
			Name: "shop.currency", Default: "CNY",
			Means: i18n.T("currency of sales, ISO 4217", "交易货币（ISO 4217）"),
			Wants: i18n.T("three letters such as CNY", "三个字母，例如 CNY"),
			set: func(c *Config, v string) bool {
				var err error
				c.Shop.Currency, err = money.CurrencyByCode(v)
				return err == nil
			},
		},
		{
			Name: "shop.timezone", Default: "Local",
			Means: i18n.T("time zone of receipts and of local time in messages", "小票与报文本地时间所用的时区"),
			Wants: i18n.T("Local or a zone such as Asia/Shanghai", "Local 或时区名，例如 Asia/Shanghai"),
			set: func(c *Config, v string) bool {
				var err error
				c.Shop.Timezone, err = time.LoadLocation(v)
				return err == nil && v != ""
			},
		},
		{
			Name: "merchant.id", Default: labMerchant,
			Means: i18n.T("the acquirer's name for the shop, field 42", "收单机构分配的商户号（域 42）"),
			Wants: i18n.T("1 to 15 letters and digits", "1 至 15 位字母或数字"),
			set:   func(c *Config, v string) bool { c.Merchant.ID = v; return isCode(v, 15) },
		},
		{
			Name: "merchant.category", Default: "5411",
			Means: i18n.T("merchant category code, ISO 18245", "商户类别码（ISO 18245）"),
			Wants: i18n.T("4 digits", "4 位数字"),
			set: func(c *Config, v string) bool {
				c.Merchant.Category = v
				return len(v) == 4 && isDigits(v)
			},
		},
		{
			Name: "receipt.width", Default: "32",
			Means: i18n.T("characters of a receipt's line", "小票每行字符数"),
			Wants: i18n.T("32 or 48", "32 或 48"),
			set: func(c *Config, v string) bool {
				c.Receipt.Width, _ = strconv.Atoi(v)
				return v == "32" || v == "48"
			},
		},
	}
}

func cardKeys() []Key {
	return []Key{
		{
			Name: "terminal.id", Default: labTerminal,
			Means: i18n.T("the acquirer's name for this till, field 41", "收单机构分配的终端号（域 41）"),
			Wants: i18n.T("1 to 8 letters and digits", "1 至 8 位字母或数字"),
			set:   func(c *Config, v string) bool { c.Terminal.ID = v; return isCode(v, 8) },
		},
		{
			Name: "host.address", Default: "",
			Means: i18n.T("address of the card host; empty is the embedded one", "卡主机地址；留空则使用内置主机"),
			Wants: i18n.T("HOST:PORT such as 127.0.0.1:8583", "主机:端口，例如 127.0.0.1:8583"),
			set:   func(c *Config, v string) bool { c.Host.Address = v; return v == "" || isAddress(v) },
		},
		{
			Name: "host.profile", Default: "iso87-ascii",
			Means: i18n.T("dialect and framing that the host speaks", "主机使用的报文方言与帧格式"),
			Wants: i18n.T("iso87-ascii, iso87-bcd, nac-pos or unionpay-pos", "iso87-ascii、iso87-bcd、nac-pos 或 unionpay-pos"),
			set: func(c *Config, v string) bool {
				c.Host.Profile = v
				return v == "iso87-ascii" || v == "iso87-bcd" || v == "nac-pos" || v == "unionpay-pos"
			},
		},
		{
			Name: "host.master_key_file", Default: "",
			Means: i18n.T("file of the terminal's master key, under which the host sends working keys; empty is the public one of the lab", "终端主密钥文件，主机以其加密下发工作密钥；留空则使用公开的实验主密钥"),
			Wants: i18n.T("a path of a file with 32 hexadecimal digits", "文件路径，内容为 32 位十六进制数字"),
			set:   func(c *Config, v string) bool { c.Host.MasterKeyFile = v; return isLine(v) },
		},
		{
			Name: "host.timeout", Default: "30s",
			Means: i18n.T("how long an answer is waited for", "等待应答的时间"),
			Wants: i18n.T("a duration from 100ms to 5m, such as 30s", "100ms 至 5m 之间的时长，例如 30s"),
			set: func(c *Config, v string) (ok bool) {
				var err error
				c.Host.Timeout, err = time.ParseDuration(v)
				return err == nil && c.Host.Timeout >= 100*time.Millisecond && c.Host.Timeout <= 5*time.Minute
			},
		},
		{
			Name: "host.while_reversing", Default: "profile",
			Means: i18n.T("whether a card transaction may begin while a reversal waits; profile is what host.profile says", "有待冲正时可否开始新的卡交易；profile 为按 host.profile 的规定"),
			Wants: i18n.T("profile, refuse or allow", "profile、refuse（拒绝）或 allow（允许）"),
			set: func(c *Config, v string) bool {
				c.Host.WhileReversing = v
				return v == "profile" || v == "refuse" || v == "allow"
			},
		},
		{
			Name: "wallet.patience", Default: "60s",
			Means: i18n.T("how long a shopper may take to pay a code, or to say whether a part is paid by card", "等待顾客扫码付款、或决定是否以卡支付部分金额的时间"),
			Wants: i18n.T("a duration from 1s to 10m, such as 60s", "1s 至 10m 之间的时长，例如 60s"),
			set: func(c *Config, v string) (ok bool) {
				var err error
				c.Wallet.Patience, err = time.ParseDuration(v)
				return err == nil && c.Wallet.Patience >= time.Second && c.Wallet.Patience <= 10*time.Minute
			},
		},
		{
			Name: "reader.name", Default: "virtual",
			Means: i18n.T("card reader of a sale, from till card list", "收款所用的读卡器，见 till card list"),
			Wants: i18n.T("virtual or a reader's name", "virtual 或读卡器名称"),
			set:   func(c *Config, v string) bool { c.Reader.Name = v; return isLine(v) && v != "" },
		},
		{
			Name: "reader.tap", Default: "",
			Means: i18n.T("card reader that cards are held to; empty is reader.name", "挥卡所用的读卡器；留空则同 reader.name"),
			Wants: i18n.T("virtual:tapvisa or a reader's name", "virtual:tapvisa 或读卡器名称"),
			set:   func(c *Config, v string) bool { c.Reader.Tap = v; return isLine(v) },
		},
		{
			Name: "tap.insert", Default: "0",
			Means: i18n.T("from this amount on a card must be inserted and not held to the reader; 0 never", "达到此金额须插卡，不能挥卡；0 为不限制"),
			Wants: i18n.T("an amount such as 5000", "金额，例如 5000"),
			set:   func(c *Config, v string) bool { return setAmount(&c.Tap.Insert, c, v) },
		},
		{
			Name: "tap.verify", Default: "1000",
			Means: i18n.T("from this amount on the holder of a card that is held to the reader is verified; 0 always", "挥卡达到此金额须验证持卡人；0 为一律验证"),
			Wants: i18n.T("an amount such as 1000", "金额，例如 1000"),
			set:   func(c *Config, v string) bool { return setAmount(&c.Tap.Verify, c, v) },
		},
		{
			Name: "emv.ca_file", Default: "",
			Means: i18n.T("file with the schemes' public keys, by which chip cards are authenticated offline; empty is none", "卡组织公钥文件，用于芯片卡脱机数据认证；留空则无"),
			Wants: i18n.T("the path of a file, or nothing", "文件路径，或留空"),
			set:   func(c *Config, v string) bool { c.EMV.CAFile = v; return isLine(v) },
		},
	}
}

func checkoutKeys() []Key {
	return []Key{
		{
			Name: "checkout.lock", Default: "5m",
			Means: i18n.T("the checkout screen locks after this long without a key; 0 never", "收银界面无操作多久后锁定；0 为不锁定"),
			Wants: i18n.T("a duration from 10s to 24h, or 0", "10s 至 24h 之间的时长，或 0"),
			set: func(c *Config, v string) bool {
				var err error
				c.Checkout.Lock, err = time.ParseDuration(v)
				return err == nil && (c.Checkout.Lock == 0 || c.Checkout.Lock >= 10*time.Second && c.Checkout.Lock <= 24*time.Hour)
			},
		},
		{
			Name: "checkout.border", Default: "auto",
			Means: i18n.T("what the checkout screen is drawn with; auto asks the terminal", "收银界面的线条字符；auto 视终端而定"),
			Wants: i18n.T("auto, ascii or unicode", "auto、ascii 或 unicode"),
			set: func(c *Config, v string) bool {
				c.Checkout.Border = v
				return v == "auto" || v == "ascii" || v == "unicode"
			},
		},
		{
			Name: "checkout.scan_gap", Default: "30ms",
			Means: i18n.T("longest pause between two keys of a barcode scanner", "扫码枪两次按键之间的最长间隔"),
			Wants: i18n.T("a duration from 5ms to 200ms", "5ms 至 200ms 之间的时长"),
			set: func(c *Config, v string) bool {
				var err error
				c.Checkout.ScanGap, err = time.ParseDuration(v)
				return err == nil && c.Checkout.ScanGap >= 5*time.Millisecond && c.Checkout.ScanGap <= 200*time.Millisecond
			},
		},
	}
}

// What the lab is called at a host; live use needs names of its own.
const (
	labMerchant = "TILLLAB00000001"
	labTerminal = "TILLLAB1"
)

// names are the names of all keys.
func names() []string {
	keys := Keys()
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k.Name
	}
	return list
}

// isLine reports text without control characters, which would break a receipt's line.
func isLine(v string) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// isCode reports 1 to most ASCII letters and digits.
func isCode(v string, most int) bool {
	strange := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	return v != "" && len(v) <= most && !strings.ContainsFunc(v, strange)
}

func isDigits(v string) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return r < '0' || r > '9' })
}

// isAddress reports host:port with a port of 1 to 65535.
func isAddress(v string) bool {
	host, port, err := net.SplitHostPort(v)
	n, bad := strconv.ParseUint(port, 10, 16)
	return err == nil && bad == nil && n > 0 && host != ""
}
