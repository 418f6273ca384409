package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
)

type emvKeysOptions struct {
	out  out.Output
	file string // "" is what is configured
}

// emvKey is one public key of a scheme.
type emvKey struct {
	RID      string `json:"rid"`
	Index    string `json:"index"`  // as tag 8F, in hexadecimal
	Scheme   string `json:"scheme"` // empty for a scheme that is not known
	Bits     int    `json:"bits"`
	Expires  string `json:"expires"` // the last day of use, YYYY-MM-DD
	DaysLeft int    `json:"days_left"`
	Test     bool   `json:"test"` // its private part is published
	Origin   string `json:"origin"`
	Checksum string `json:"checksum"` // SHA-1, as the scheme publishes it
}

func newEMVKeys(env *Env, runF func(context.Context, *emvKeysOptions) error) *cobra.Command {
	o := &emvKeysOptions{}
	run := either(env, runF, emvKeysRun)
	return newLeaf(env, leaf{
		use:   "keys [FILE]",
		short: i18n.T("List the public keys that authenticate chip cards", "列出用于芯片卡认证的公钥"),
		long: i18n.T(
			"List the public keys of the schemes that chip cards are authenticated with offline:\nthose of the file that emv.ca_file names and, in the lab, the test keys that the virtual\ncards sda, dda and cda are made for; or those of FILE, before it is taken into use.\n\nSuch a file has for each key lines like these; a modulus may take several:\n\n  key A000000003 92\n    expires  2031-12-31\n    origin   bulletin of the scheme, read on 2026-11-29\n    exponent 03\n    modulus  996AF56F569187D09293C148...\n    checksum 429C954A3859CEF91295F663C963E582ED6EB253\n    test\n  revoked A000000003 92 0012F3\n\ntest stands with keys for test cards alone, which the profile live refuses; revoked names\nthe serial number of an issuer's certificate. A mistyped key does not fit its checksum.",
			"列出用于芯片卡脱机数据认证的卡组织公钥：即 emv.ca_file 所指文件中的公钥，lab 模式下\n还包括虚拟卡 sda、dda 和 cda 所用的测试公钥；或在启用前查看 FILE 中的公钥。\n\n文件中每个公钥由如下各行组成，modulus 可分多行：\n\n  key A000000003 92\n    expires  2031-12-31\n    origin   卡组织通告，2026-11-29 查阅\n    exponent 03\n    modulus  996AF56F569187D09293C148...\n    checksum 429C954A3859CEF91295F663C963E582ED6EB253\n    test\n  revoked A000000003 92 0012F3\n\ntest 表示仅用于测试卡的公钥，live 模式拒绝使用；revoked 指明被撤销的发卡行证书序列号。\n输入有误的公钥与其 checksum 不符。"),
		examples: []example{
			{i18n.T("which keys are there, and until when?", "有哪些公钥，何时过期？"), "till emv keys"},
			{i18n.T("is a new file right?", "新文件是否正确？"), "till emv keys new.keys"},
			{i18n.T("keys that expire within a year", "一年内过期的公钥"), `till emv keys --jq '.[] | select(.days_left < 365) | .rid + " " + .index'`},
		},
		result: []emvKey{},
		run: func(ctx context.Context, args []string) error {
			if len(args) > 0 {
				o.file = args[0]
			}
			return run(ctx, o)
		},
	}, &o.out)
}

func emvKeysRun(_ context.Context, env *Env, o *emvKeysOptions) error {
	keys, err := listedKeys(env, o.file)
	if err != nil {
		return err
	}
	rows := []emvKey{}
	for _, k := range keys.All() {
		rows = append(rows, emvKeyOf(k, env.Now()))
	}
	table := out.Table{Columns: []out.Column{
		{Name: "rid", Head: i18n.T("RID", "RID")},
		{Name: "index", Head: i18n.T("INDEX", "索引")},
		{Name: "scheme", Head: i18n.T("SCHEME", "卡组织")},
		{Name: "bits", Head: i18n.T("BITS", "位数"), Align: cells.Right},
		{Name: "expires", Head: i18n.T("EXPIRES", "过期日")},
		{Name: "test", Head: i18n.T("TEST", "测试")},
		{Name: "origin", Head: i18n.T("ORIGIN", "来源")},
	}}
	for _, r := range rows {
		test := ""
		if r.Test {
			test = i18n.T("test", "测试").In(env.lang)
		}
		table.Rows = append(table.Rows, []string{r.RID, r.Index, r.Scheme, fmt.Sprint(r.Bits), r.Expires, test, r.Origin})
	}
	return env.Write(&o.out, out.Result{Value: rows, Table: table})
}

// listedKeys are those of a file, or those that this till trusts.
func listedKeys(env *Env, file string) (*oda.Keys, error) {
	if file != "" {
		return readSchemeKeys(file)
	}
	cfg, err := env.Config()
	if err != nil {
		return nil, err
	}
	return schemeKeys(cfg)
}

func emvKeyOf(k oda.CAKey, now time.Time) emvKey {
	return emvKey{
		RID: fmt.Sprintf("%X", k.RID), Index: fmt.Sprintf("%02X", k.Index), Scheme: emv.SchemeOf(k.RID[:]), Bits: k.Key.Bits(),
		Expires: k.Expires.Format(time.DateOnly), DaysLeft: k.DaysLeft(now), Test: k.Test, Origin: k.Origin,
		Checksum: fmt.Sprintf("%X", k.Checksum()),
	}
}
