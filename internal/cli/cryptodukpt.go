package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/crypto/dukpt"
	"github.com/tillworks/till/pkg/crypto/key"
)

type cryptoDUKPTOptions struct {
	out     out.Output
	ksn     string
	bdk     string // file of the base key
	initial string // file of the initial key; one of the two
	use     string // "" is all
	kind    string
	keyOut  string
}

// cryptoDUKPT is what a key serial number stands for.
type cryptoDUKPT struct {
	Scheme     string             `json:"scheme"` // TDES or AES
	KSN        string             `json:"ksn"`
	Counter    uint32             `json:"counter"`
	NextKSN    string             `json:"next_ksn,omitempty"` // empty after the last
	InitialKCV string             `json:"initial_kcv"`
	Keys       []cryptoDUKPTKey   `json:"keys"`
	all        map[string]key.Key // by use
}

// cryptoDUKPTKey is a working key of the transaction.
type cryptoDUKPTKey struct {
	Use  string `json:"use"`
	Kind string `json:"kind"`
	KCV  string `json:"kcv,omitempty"`
}

// dukptDerivation derives by one of the two schemes.
type dukptDerivation struct {
	scheme   key.Algorithm
	ksn      string
	counter  uint32
	next     string
	initial  func(bdk key.Key) (key.Key, error)
	working  func(initial key.Key, use dukpt.Use) (key.Key, error)
	kind     string
	withUses []dukpt.Use
}

func newCryptoDUKPT(env *Env, runF func(context.Context, *cryptoDUKPTOptions) error) *cobra.Command {
	o := &cryptoDUKPTOptions{}
	c := newLeaf(env, leaf{
		use:   "dukpt",
		short: i18n.T("Derive the keys of one transaction", "派生单笔交易的密钥"),
		long: i18n.T(
			"Derive by DUKPT the keys of one transaction from the base derivation key, or from the\ninitial key of the terminal. The length of the key serial number tells the scheme: 20\ndigits are triple DES (ANSI X9.24-1), 24 are AES (ANSI X9.24-3), whose working keys can\nbe of another --kind.\n\nShown are check values. One key, or with --use initial the initial key, goes into a file\nwith --key-out.",
			"按 DUKPT 由基础派生密钥或终端初始密钥派生单笔交易的密钥。方案由密钥序列号长度决定：\n20 位为三重 DES（ANSI X9.24-1），24 位为 AES（ANSI X9.24-3），后者的工作密钥可用 --kind\n指定种类。\n\n只显示校验值。用 --key-out 将某一密钥写入文件；--use initial 表示初始密钥。"),
		examples: []example{
			{i18n.T("all keys of a transaction", "某笔交易的全部密钥"), "till crypto dukpt --ksn FFFF9876543210E00001 --bdk-file bdk.hex"},
			{i18n.T("its PIN key into a file", "将其 PIN 密钥写入文件"), "till crypto dukpt --ksn FFFF9876543210E00001 --bdk-file bdk.hex --use pin --key-out pek.hex"},
			{i18n.T("what a new terminal is loaded with", "新终端灌注的初始密钥"), "till crypto dukpt --ksn 123456789012345600000001 --bdk-file bdk --use initial --key-out ik"},
		},
		result: cryptoDUKPT{},
		run:    runWith(either(env, runF, cryptoDUKPTRun), o),
	}, &o.out)
	c.Flags().StringVar(&o.ksn, "ksn", "", env.Say(i18n.T("key serial number `HEX`, as the terminal sends it", "密钥序列号 `HEX`，即终端所发送的值")))
	bindSecretFile(env, c, &o.bdk, "bdk-file", i18n.T("the base derivation key", "基础派生密钥"))
	bindSecretFile(env, c, &o.initial, "initial-file", i18n.T("the initial key, instead of the base key,", "初始密钥（代替基础密钥）"))
	c.Flags().StringVar(&o.use, "use", "", i18n.T("only the key for `USE`: %s", "只派生用途为 `USE` 的密钥：%s").With(strings.Join(dukptUses(), ", ")).In(env.lang))
	c.Flags().StringVar(&o.kind, "kind", "", i18n.T("with AES, working keys of `KIND`: %s; default: as the initial key", "AES 方案的工作密钥种类 `KIND`：%s；默认与初始密钥相同").With(strings.Join(dukptKinds(), ", ")).In(env.lang))
	bindSecretOut(env, c, &o.keyOut, "key-out", i18n.T("the key of --use", "--use 指定的密钥"))
	_ = c.RegisterFlagCompletionFunc("use", cobra.FixedCompletions(dukptUses(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(dukptKinds(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// useInitial is the name of the initial key among the uses.
const useInitial = "initial"

func dukptUses() []string {
	names := []string{useInitial}
	for _, u := range dukpt.Uses() {
		names = append(names, u.String())
	}
	return names
}

func dukptKinds() []string {
	var names []string
	for _, k := range dukpt.Kinds() {
		names = append(names, k.String())
	}
	return names
}

func cryptoDUKPTRun(ctx context.Context, env *Env, o *cryptoDUKPTOptions) error {
	d, err := o.derivation()
	if err != nil {
		return err
	}
	if o.keyOut != "" && o.use == "" {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--key-out writes one key, and --use names none", "--key-out 只写一个密钥，而未用 --use 指定").With(),
			Hint: i18n.T("name the key: --use %s", "请指定密钥：--use %s").With(strings.Join(dukptUses(), ", ")),
		}
	}
	initial, err := o.initialKey(ctx, env, d)
	if err != nil {
		return err
	}
	v, err := d.derive(initial)
	if err != nil {
		return dukptProblem(err)
	}
	if o.keyOut != "" {
		if err := writeKey(o.keyOut, v.all[o.use]); err != nil {
			return err
		}
	}
	return env.Write(&o.out, out.Result{Value: v, Text: func(s out.Screen) string { return dukptText(s, v) }})
}

// initialKey reads the terminal's key, or derives it.
func (o *cryptoDUKPTOptions) initialKey(ctx context.Context, env *Env, d dukptDerivation) (key.Key, error) {
	if o.bdk != "" && o.initial != "" {
		return key.Key{}, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--bdk-file and --initial-file are two keys to begin with", "--bdk-file 与 --initial-file 是两个起始密钥").With(),
			Hint: i18n.T("give the one or the other", "请只给出其一").With(),
		}
	}
	if o.initial != "" {
		return env.key(ctx, o.initial, "--initial-file", d.scheme)
	}
	bdk, err := env.key(ctx, o.bdk, "--bdk-file", d.scheme)
	if err != nil {
		return bdk, err
	}
	initial, err := d.initial(bdk)
	if err != nil {
		return initial, dukptProblem(err)
	}
	return initial, nil
}

// derivation is the scheme that the serial number is of.
func (o *cryptoDUKPTOptions) derivation() (dukptDerivation, error) {
	uses, err := o.uses()
	if err != nil {
		return dukptDerivation{}, err
	}
	if ksn, err := dukpt.ParseTDESKSN(o.ksn); err == nil {
		return o.tdes(ksn, uses)
	}
	ksn, err := dukpt.ParseAESKSN(o.ksn)
	if err != nil {
		return dukptDerivation{}, &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("--ksn is no key serial number", "--ksn 不是密钥序列号").With(),
			Hint: i18n.T("it has 16 to 20 hexadecimal digits with triple DES and 24 with AES", "三重 DES 为 16 至 20 位十六进制数字，AES 为 24 位").With(),
		}
	}
	return o.aes(ksn, uses)
}

func (o *cryptoDUKPTOptions) tdes(ksn dukpt.TDESKSN, uses []dukpt.Use) (dukptDerivation, error) {
	if o.kind != "" {
		return dukptDerivation{}, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("with triple DES all keys are of one kind", "三重 DES 方案只有一种密钥").With(),
			Hint: i18n.T("leave --kind out", "请去掉 --kind").With(),
		}
	}
	d := dukptDerivation{
		scheme: key.TDES, ksn: ksn.String(), counter: ksn.Counter(), kind: dukpt.TDES2.String(), withUses: uses,
		initial: func(bdk key.Key) (key.Key, error) { return dukpt.TDESInitialKey(bdk, ksn) },
		working: func(initial key.Key, use dukpt.Use) (key.Key, error) { return dukpt.TDESWorkingKey(initial, ksn, use) },
	}
	if next, err := ksn.Next(); err == nil {
		d.next = next.String()
	}
	return d, nil
}

func (o *cryptoDUKPTOptions) aes(ksn dukpt.AESKSN, uses []dukpt.Use) (dukptDerivation, error) {
	kind := dukpt.Kind(0)
	if o.kind != "" {
		var err error
		if kind, err = dukpt.ParseKind(o.kind); err != nil {
			return dukptDerivation{}, wrongWord("--kind", o.kind, strings.Join(dukptKinds(), ", "))
		}
	}
	d := dukptDerivation{
		scheme: key.AES, ksn: ksn.String(), counter: ksn.Counter(), kind: o.kind, withUses: uses,
		initial: func(bdk key.Key) (key.Key, error) { return dukpt.AESInitialKey(bdk, ksn) },
		working: func(initial key.Key, use dukpt.Use) (key.Key, error) {
			if kind == 0 {
				k, err := dukpt.ParseKind(fmt.Sprintf("aes-%d", initial.Bits()))
				if err != nil {
					return key.Key{}, err
				}
				return dukpt.AESWorkingKey(initial, ksn, use, k)
			}
			return dukpt.AESWorkingKey(initial, ksn, use, kind)
		},
	}
	if next, err := ksn.Next(); err == nil {
		d.next = next.String()
	}
	return d, nil
}

// uses are the working keys that are asked for; all where none is named, none where the
// initial key is.
func (o *cryptoDUKPTOptions) uses() ([]dukpt.Use, error) {
	switch o.use {
	case "":
		return dukpt.Uses(), nil
	case useInitial:
		return nil, nil
	}
	use, err := dukpt.ParseUse(o.use)
	if err != nil {
		return nil, wrongWord("--use", o.use, strings.Join(dukptUses(), ", "))
	}
	return []dukpt.Use{use}, nil
}

// derive makes the keys. Where all are asked for, those that the scheme has not are left
// out.
func (d dukptDerivation) derive(initial key.Key) (cryptoDUKPT, error) {
	v := cryptoDUKPT{
		Scheme: d.scheme.String(), KSN: d.ksn, Counter: d.counter, NextKSN: d.next, InitialKCV: initial.CheckValue(),
		Keys: []cryptoDUKPTKey{}, all: map[string]key.Key{useInitial: initial},
	}
	for _, use := range d.withUses {
		if d.scheme == key.TDES && use == dukpt.KeyEncryption && len(d.withUses) > 1 {
			continue
		}
		k, err := d.working(initial, use)
		if err != nil {
			return v, err
		}
		v.all[use.String()] = k
		v.Keys = append(v.Keys, cryptoDUKPTKey{Use: use.String(), Kind: fmt.Sprintf("%s-%d", strings.ToLower(k.Algorithm().String()), k.Bits()), KCV: k.CheckValue()})
	}
	return v, nil
}

func dukptText(s out.Screen, v cryptoDUKPT) string {
	lines := []string{factLines(s, []fact{
		{i18n.T("scheme", "方案"), v.Scheme},
		{i18n.T("serial number", "密钥序列号"), v.KSN},
		{i18n.T("counter", "计数器"), fmt.Sprintf("%d (%X)", v.Counter, v.Counter)},
		{i18n.T("next", "下一个"), v.NextKSN},
		{i18n.T("initial key", "初始密钥"), v.InitialKCV},
	})}
	for _, k := range v.Keys {
		lines = append(lines, "  "+cells.Pad(k.Use, 15, cells.Left)+cells.Pad(k.Kind, 10, cells.Left)+k.KCV)
	}
	return strings.Join(lines, "\n")
}

func dukptProblem(err error) error {
	p := &till.Problem{Code: till.CodeUsage, Cause: err}
	if errors.Is(err, dukpt.ErrCounter) {
		p.What = i18n.T("no terminal sends this counter: it is 0, or has too many ones", "终端不会发送该计数器：其值为 0，或其中 1 的个数过多").With()
		p.Hint = i18n.T("a counter has at most 10 ones with triple DES and 16 with AES", "计数器中 1 的个数：三重 DES 最多 10 个，AES 最多 16 个").With()
		return p
	}
	p.What = i18n.T("the key does not fit: DUKPT with triple DES wants 16 bytes, with AES 16, 24 or 32, and no working key is longer than the initial key", "密钥不适用：三重 DES DUKPT 需要 16 字节，AES 需要 16、24 或 32 字节，且工作密钥不得长于初始密钥").With()
	p.Hint = i18n.T("compare its check value: till crypto kcv", "请核对其校验值：till crypto kcv").With()
	return p
}
