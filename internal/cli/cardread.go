package cli

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
)

type cardReadOptions struct {
	out    out.Output
	unmask unmask
	steps  bool
	wait   time.Duration
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
	Number       string            `json:"number,omitempty"` // in clear, where --unmask was granted
	Expires      string            `json:"expires,omitempty"`
	Since        string            `json:"valid_from,omitempty"`
	Expired      bool              `json:"expired"`
	Country      string            `json:"issuer_country,omitempty"`
	Currency     string            `json:"currency,omitempty"`
	Abilities    []string          `json:"abilities,omitempty"`    // of the application interchange profile
	Verification []string          `json:"verification,omitempty"` // of the cardholder, in the card's order
	PINTries     *int              `json:"pin_tries,omitempty"`
	Transactions *int              `json:"transactions,omitempty"` // that the chip has counted
	LastOnline   *int              `json:"last_online,omitempty"`  // the count at the last one online
	ServiceCode  string            `json:"service_code,omitempty"`
	Languages    []string          `json:"languages,omitempty"`
	Data         []elementView     `json:"data"` // what the card gave, object by object
	Steps        []stepView        `json:"steps,omitempty"`
	Error        string            `json:"error,omitempty"` // why the reading ended early

	said [][]byte // whole answers of the card, in clear
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
			"Wait for a card, select its application with the highest priority, read its records\nand show them masked. Nothing is paid: the card is asked for no cryptogram; a card held\nto the reader may give one all the same, of no amount, and it goes nowhere. Of a stripe\nthe number, masked, and the service code are shown. --unmask shows in clear what a\ncard holds whose number is published for tests, and the journal keeps who did it.",
			"等待卡片，选择优先级最高的应用，读取记录并以遮蔽形式显示。不发生任何支付：\n不向卡片请求密文；感应式卡片可能仍会给出一个金额为零的密文，不会发送到任何地方。\n磁条卡显示遮蔽的卡号和服务代码。仅当卡号为公开测试号时 --unmask 才明文显示卡片内容，\n流水账将记录操作人。"),
		examples: []example{
			{i18n.T("the virtual card, without a reader", "虚拟卡，无需读卡器"), "till card read"},
			{i18n.T("every command and answer, in words", "逐条显示命令与应答"), "till card read --steps --reader virtual:pair"},
			{i18n.T("which applications does it have?", "卡片有哪些应用？"), "till card read --jq .applications"},
		},
		result: cardView{},
		exits:  []exitCode{exitNoDevice},
		run:    runWith(either(env, runF, cardReadRun), o),
	}, &o.out)
	bindCard(env, c, &o.wait)
	bindUnmask(env, c, &o.unmask)
	c.Flags().BoolVar(&o.steps, "steps", false, env.Say(i18n.T(
		"show every command and answer, in words", "逐步显示命令与应答及其含义")))
	return c
}

func cardReadRun(ctx context.Context, env *Env, o *cardReadOptions) error {
	p, err := present(ctx, env, o.wait)
	if err != nil {
		return err
	}
	defer p.close()
	view := cardView{Reader: p.device.Name()}
	switch c := p.card.(type) {
	case reader.Chip:
		looking, err := readingOf(env, p.cfg, c)
		if err != nil {
			return err
		}
		view.readChip(ctx, c, looking, string(env.lang), env.Now())
		if err := o.reveal(ctx, env, &view); err != nil {
			return err
		}
	case reader.Stripe:
		view.readStripe(c, env.Now())
	}
	if !o.steps {
		view.Steps = nil
	}
	if err := env.Write(&o.out, cardResult(view)); err != nil {
		return err
	}
	if err := o.unmask.shown(ctx, env, 1); err != nil {
		return err
	}
	if view.Error != "" {
		return exitError{exitFailure}
	}
	return nil
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
func chipReading(env *Env, shop config.Shop, keys *oda.Keys) emv.Config {
	number, _ := strconv.ParseUint(shop.Currency.Number(), 10, 16) // three digits always fit
	return emv.Config{
		Currency: uint16(number), CurrencyExponent: uint8(shop.Currency.Exponent()), Country: shop.Country.Number(),
		TerminalType: 0x22, Capabilities: [3]byte{0xE0, 0x28, 0xC8}, AdditionalCapabilities: [5]byte{0x70, 0x00, 0xB0, 0xB0, 0x01},
		Date: env.Now(), Random: env.Random, AIDs: schemes(), ForceOnline: true,
		CAKeys: keys, Choose: func([]emv.Candidate) int { return 0 },
	}
}

// lookOnly is a reader without contacts that takes whatever the card has. A card of the
// qVSDC shape gives a cryptogram unasked; it goes nowhere.
func lookOnly() *emv.Contactless {
	return &emv.Contactless{Qualifiers: [4]byte{0x36, 0x00, 0x40, 0x00}}
}

// readingOf is chipReading for a card, put in or held to the reader.
func readingOf(env *Env, cfg config.Config, chip reader.Chip) (emv.Config, error) {
	keys, err := schemeKeys(cfg)
	if err != nil {
		return emv.Config{}, err
	}
	looking := chipReading(env, cfg.Shop, keys)
	if chip.Contactless() {
		looking.Contactless = &emv.Contactless{Qualifiers: [4]byte{0x32, 0x00, 0xC0, 0x00}}
	}
	return looking, nil
}

// insGenerateAC is the instruction that would start a payment.
const insGenerateAC = 0xAE

// readChip talks to the chip as a payment does, up to the command that would ask for a
// cryptogram.
func (v *cardView) readChip(ctx context.Context, chip reader.Chip, cfg emv.Config, lang string, now time.Time) {
	v.Kind, v.ATR, v.Contactless = "chip", strings.ToUpper(hex.EncodeToString(chip.ATR())), chip.Contactless()
	if chip.Contactless() {
		cfg.Contactless = lookOnly()
	}
	cfg.Observe = func(s emv.Step) { v.Steps = append(v.Steps, stepOf(s, lang)) }
	t, err := emv.NewTransaction(cfg)
	if err == nil {
		err = v.converse(ctx, chip, t)
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
	if v.Error == "" && !v.Contactless {
		v.count(ctx, chip)
	}
	v.describe(lang)
	v.explain(lang, false)
}

// count asks the card for its counters. Not every card tells them.
func (v *cardView) count(ctx context.Context, chip reader.Chip) {
	for _, c := range []struct {
		tag emv.Tag
		to  **int
	}{{emv.TagPINTries, &v.PINTries}, {emv.TagATC, &v.Transactions}, {emv.TagLastOnlineATC, &v.LastOnline}} {
		answer, err := askCard(ctx, chip, []byte{0x80, 0xCA, byte(c.tag >> 8), byte(c.tag), 0x00})
		if err != nil {
			return // it left; what was read stands
		}
		tree, _ := emv.Parse(answer[:len(answer)-2], emv.Lenient)
		if o, ok := tree.Find(c.tag); ok && len(o.Value) > 0 && len(o.Value) <= 2 {
			n := 0
			for _, b := range o.Value {
				n = n<<8 | int(b)
			}
			*c.to = &n
		}
	}
}

// describe says what a person wants to know of the card, out of what it told.
func (v *cardView) describe(lang string) {
	v.Expires = strings.Join(v.meaning(emv.TagExpiry, lang), " ")
	v.Since = strings.Join(v.meaning(emv.TagEffective, lang), " ")
	v.Country = strings.Join(v.meaning(emv.TagIssuerCountry, lang), " ")
	v.Currency = strings.Join(v.meaning(emv.TagApplicationCurrency, lang), " ")
	v.Abilities = v.meaning(emv.TagAIP, lang)
	v.Verification = v.meaning(emv.TagCVMList, lang)
}

// meaning is an object of the card in words.
func (v *cardView) meaning(tag emv.Tag, lang string) []string {
	value := v.told(tag)
	if value == nil {
		return nil
	}
	return emv.ExplainValue(tag, value, lang)
}

// told is the value of an object that the card gave, the last where it gave several; nil
// without one.
func (v *cardView) told(tag emv.Tag) []byte {
	for _, answer := range slices.Backward(v.said) {
		tree, _ := emv.Parse(answer, emv.Lenient)
		for _, n := range tree {
			if n.Tag == tag {
				return n.Value
			}
		}
	}
	return nil
}

// reveal shows in clear what was read, where it was asked for and the card's number is
// published for tests.
func (o *cardReadOptions) reveal(ctx context.Context, env *Env, v *cardView) error {
	trace := replay.Trace{Sessions: []replay.Session{{Exchanges: exchangesOf(v.said)}}}
	clear, err := mayShow(ctx, env, &o.unmask, &o.out, "till card read", trace)
	if err != nil || !clear {
		return err
	}
	v.Number = strings.TrimRight(strings.ToUpper(hex.EncodeToString(v.told(emv.TagPAN))), "F")
	v.Data = nil
	v.explain(string(env.lang), true)
	return nil
}

// exchangesOf are whole answers as a trace has them.
func exchangesOf(answers [][]byte) []replay.Exchange {
	all := make([]replay.Exchange, len(answers))
	for i, a := range answers {
		all[i] = replay.Exchange{Command: []byte{0x00, 0xB2, 0x00, 0x00}, Response: append(slices.Clone(a), 0x90, 0x00)}
	}
	return all
}

func (v *cardView) converse(ctx context.Context, chip reader.Chip, t *emv.Transaction) error {
	var answer []byte
	command, more, err := t.Next(nil)
	for more && err == nil && command[1] != insGenerateAC {
		var response []byte
		if response, err = chip.Transmit(ctx, command); err != nil {
			return err
		}
		answer = append(answer, response[:len(response)-2]...)
		if response[len(response)-2] != 0x61 { // else more of it is to be fetched
			v.said, answer = append(v.said, answer), nil
		}
		command, more, err = t.Next(response)
	}
	return err
}

// explain adds the data objects of all answers, masked by the dictionary or not.
func (v *cardView) explain(lang string, clear bool) {
	for _, answer := range v.said {
		v.Data = append(v.Data, elementsOf(answer, lang, clear)...)
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
