package cli

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
)

type cardReadOptions struct {
	out   out.Output
	steps bool
	wait  time.Duration
}

// cardView is a card as the command shows it: nothing in it needs hiding.
type cardView struct {
	Reader       string            `json:"reader"`
	Kind         string            `json:"kind"` // chip or stripe
	ATR          string            `json:"atr,omitempty"`
	Contactless  bool              `json:"contactless"`
	Applications []applicationView `json:"applications"`
	AID          string            `json:"aid,omitempty"` // of the application that was read
	Label        string            `json:"label,omitempty"`
	Masked       string            `json:"masked,omitempty"`
	Brand        string            `json:"brand,omitempty"`
	PSN          string            `json:"psn,omitempty"`
	Expired      bool              `json:"expired"`
	ServiceCode  string            `json:"service_code,omitempty"`
	Languages    []string          `json:"languages,omitempty"`
	Data         []elementView     `json:"data"` // what the card gave, object by object
	Steps        []stepView        `json:"steps,omitempty"`
	Error        string            `json:"error,omitempty"` // why the reading ended early
}

// applicationView is one application of a chip.
type applicationView struct {
	AID      string `json:"aid"`
	Label    string `json:"label"`
	Scheme   string `json:"scheme,omitempty"`
	Priority int    `json:"priority"`
}

// elementView is one data object, masked.
type elementView struct {
	Tag     string   `json:"tag"`
	Name    string   `json:"name"`
	Value   string   `json:"value"`
	Meaning []string `json:"meaning,omitempty"`
	Depth   int      `json:"depth"`
}

// stepView is one step of the conversation, masked.
type stepView struct {
	Step     string   `json:"step"`
	Title    string   `json:"title"`
	Command  string   `json:"command,omitempty"`
	Response string   `json:"response,omitempty"`
	SW       string   `json:"sw,omitempty"`
	Notes    []string `json:"notes"`
}

func newCardRead(env *Env, runF func(context.Context, *cardReadOptions) error) *cobra.Command {
	o := &cardReadOptions{}
	c := newLeaf(env, leaf{
		use:   "read",
		short: i18n.T("Show what is on a card", "显示卡片内容"),
		long: i18n.T(
			"Wait for a card, select its application with the highest priority, read its records\nand show them masked. Nothing is paid: the card is asked for no cryptogram. Of a\nstripe the number, masked, and the service code are shown.",
			"等待卡片，选择优先级最高的应用，读取记录并以遮蔽形式显示。不发生任何支付：\n不向卡片请求密文。磁条卡显示遮蔽的卡号和服务代码。"),
		examples: []example{
			{i18n.T("the virtual card, without a reader", "虚拟卡，无需读卡器"), "till card read"},
			{i18n.T("every command and answer, in words", "逐条显示命令与应答"), "till card read --steps --reader virtual:pair"},
			{i18n.T("which applications does it have?", "卡片有哪些应用？"), "till card read --jq .applications"},
		},
		result: cardView{},
		exits:  []exitCode{exitNoDevice},
		run:    runWith(either(env, runF, cardReadRun), o),
	}, &o.out)
	bindSetting(env, c.Flags(), "reader", "reader.name", i18n.T(
		"wait at `READER`, a name of till card list", "在 `READER` 等待，名称见 till card list"))
	c.Flags().BoolVar(&o.steps, "steps", false, env.Say(i18n.T(
		"show every command and answer, in words", "逐步显示命令与应答及其含义")))
	c.Flags().DurationVar(&o.wait, "wait", 30*time.Second, env.Say(i18n.T(
		"wait `TIME` for a card", "等待卡片的时间 `TIME`")))
	return c
}

func cardReadRun(ctx context.Context, env *Env, o *cardReadOptions) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	device, err := openReader(cfg.Reader.Name)
	if err != nil {
		return err
	}
	defer func() { _ = device.Close() }()
	if !strings.HasPrefix(cfg.Reader.Name, virtualName) {
		env.Note(i18n.T("put a card into %s", "请将卡片插入 %s").With(device.Name()))
	}
	c, err := waitForCard(ctx, device, o.wait)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	view := cardView{Reader: device.Name()}
	switch c := c.(type) {
	case reader.Chip:
		view.readChip(ctx, c, chipReading(env, cfg.Shop), string(env.lang), env.Now())
	case reader.Stripe:
		view.readStripe(c, env.Now())
	}
	if !o.steps {
		view.Steps = nil
	}
	if err := env.Write(&o.out, cardResult(view)); err != nil {
		return err
	}
	if view.Error != "" {
		return exitError{exitFailure}
	}
	return nil
}

func waitForCard(ctx context.Context, device reader.Reader, patience time.Duration) (reader.Card, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := device.Wait(waiting)
	switch {
	case err == nil:
		return c, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, readerProblem(device.Name(), err)
}

// schemes are the registered prefixes of the payment schemes (EMVCo's list of
// registered application provider identifiers): a reading looks for any application of
// theirs, whether this shop takes it or not.
func schemes() []emv.AID {
	prefixes := []string{
		"A000000003", "A000000004", "A000000025", "A000000065", "A000000152", "A000000324", "A000000333", "A000000277",
	}
	aids := make([]emv.AID, len(prefixes))
	for i, p := range prefixes {
		id, _ := hex.DecodeString(p) // constants above
		aids[i] = emv.AID{ID: id, Partial: true}
	}
	return aids
}

// chipReading is a terminal that only looks: an amount of zero, and no cryptogram will
// be asked for.
func chipReading(env *Env, shop config.Shop) emv.Config {
	number, _ := strconv.ParseUint(shop.Currency.Number(), 10, 16) // three digits always fit
	return emv.Config{
		Currency: uint16(number), CurrencyExponent: uint8(shop.Currency.Exponent()), Country: shop.Country.Number(),
		TerminalType: 0x22, Capabilities: [3]byte{0xE0, 0x28, 0x00}, AdditionalCapabilities: [5]byte{0x70, 0x00, 0xB0, 0xB0, 0x01},
		Date: env.Now(), Random: env.Random, AIDs: schemes(), ForceOnline: true,
		Choose: func([]emv.Candidate) int { return 0 },
	}
}

// insGenerateAC is the instruction that would start a payment.
const insGenerateAC = 0xAE

// readChip talks to the chip as a payment does, up to the command that would ask for a
// cryptogram.
func (v *cardView) readChip(ctx context.Context, chip reader.Chip, cfg emv.Config, lang string, now time.Time) {
	v.Kind, v.ATR, v.Contactless = "chip", strings.ToUpper(hex.EncodeToString(chip.ATR())), chip.Contactless()
	cfg.Observe = func(s emv.Step) { v.Steps = append(v.Steps, stepOf(s, lang)) }
	t, err := emv.NewTransaction(cfg)
	if err == nil {
		err = v.converse(ctx, chip, t, lang)
	}
	if err != nil {
		v.Error = err.Error()
	}
	if t == nil {
		return
	}
	for _, c := range t.Candidates() {
		v.Applications = append(v.Applications, applicationView{
			AID: strings.ToUpper(hex.EncodeToString(c.AID)), Label: c.Label, Scheme: emv.SchemeOf(c.AID), Priority: c.Priority,
		})
	}
	data := t.Card()
	v.AID, v.Label = strings.ToUpper(hex.EncodeToString(data.AID)), data.Label
	v.PSN, v.Languages = data.PSN, data.Languages
	v.identify(data.PAN, data.Expiry, data.ServiceCode, now)
}

func (v *cardView) converse(ctx context.Context, chip reader.Chip, t *emv.Transaction, lang string) error {
	command, more, err := t.Next(nil)
	for more && err == nil && command[1] != insGenerateAC {
		var response []byte
		if response, err = chip.Transmit(ctx, command); err != nil {
			return err
		}
		if len(response) > 2 {
			v.explain(response[:len(response)-2], lang)
		}
		command, more, err = t.Next(response)
	}
	return err
}

// explain adds the data objects of an answer, masked by the dictionary. An answer that
// is no BER-TLV, such as a piece of a longer one, adds nothing.
func (v *cardView) explain(answer []byte, lang string) {
	for _, e := range emv.Explain(answer, lang) {
		if e.Tag == 0 {
			continue
		}
		v.Data = append(v.Data, elementView{Tag: e.Tag.String(), Name: e.Name, Value: e.Value, Meaning: e.Meaning, Depth: e.Depth})
	}
}

func (v *cardView) readStripe(stripe reader.Stripe, now time.Time) {
	v.Kind = "stripe"
	track := stripe.Track2()
	v.identify(track.PAN, track.Expiry, track.ServiceCode, now)
}

func (v *cardView) identify(pan card.PAN, expiry card.Expiry, service card.ServiceCode, now time.Time) {
	v.Masked, v.Brand, v.ServiceCode = pan.Masked(), string(pan.Brand()), string(service)
	v.Expired = expiry.Before(now.Year(), int(now.Month()))
}

func stepOf(s emv.Step, lang string) stepView {
	v := stepView{Step: string(s.Name), Title: s.Name.Text(lang), Command: s.Command, Response: s.Response, Notes: s.Notes(lang)}
	if s.SW != 0 {
		v.SW = fmt.Sprintf("%04X", s.SW)
	}
	return v
}
