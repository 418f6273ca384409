package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reader"
)

// readCard waits for a card of the kind that the sale asks for and reads it as far as
// the point where the host must be asked. Nothing is durable yet: whatever goes wrong
// ends the sale with nothing owed.
func (a *attempt) readCard(ctx context.Context, s terminal.State) ([]terminal.Event, error) {
	if s.Txn.Entry == till.Manual {
		return a.keyCard(ctx)
	}
	device, err := a.r.cfg.Reader(s.Txn.Entry)
	if err != nil {
		return nil, noDevice(err)
	}
	a.r.observe(WaitingForCard, s.Txn)
	c, err := device.Wait(ctx)
	if err != nil {
		return nil, noDevice(err)
	}
	var read terminal.CardRead
	switch c := c.(type) {
	case reader.Chip:
		read, err = a.readChip(ctx, s, c)
	case reader.Stripe:
		read, err = a.readStripe(ctx, s, c)
	default:
		err = fmt.Errorf("internal error: the reader gave a %T", c)
	}
	if err != nil {
		return nil, err
	}
	a.r.observe(CardIsRead, s.Txn)
	return []terminal.Event{read}, nil
}

// readStripe takes a swiped card. A service code that tells of a chip is refused
// unless the chip was tried and failed: the stripe of a chip card is what a forger
// copies.
func (a *attempt) readStripe(ctx context.Context, s terminal.State, stripe reader.Stripe) (terminal.CardRead, error) {
	defer func() { _ = stripe.Close() }()
	if s.Txn.Entry != till.Swipe && s.Txn.Entry != till.Fallback {
		return terminal.CardRead{}, wrongEntry(s.Txn.Entry)
	}
	track := stripe.Track2()
	if err := a.r.permit(track.PAN); err != nil {
		return terminal.CardRead{}, err
	}
	if track.ServiceCode.HasChip() && s.Txn.Entry != till.Fallback {
		return terminal.CardRead{}, &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("this card has a chip (service code %s): its stripe is not taken", "此卡带芯片（服务代码 %s），不受理磁条").With(string(track.ServiceCode)),
			Hint: i18n.T("insert the chip; where the chip was tried and failed, use --entry fallback", "请插入芯片；若芯片已尝试且失败，请使用 --entry fallback").With(),
		}
	}
	if now := a.r.cfg.Now(); track.Expiry.Before(now.Year(), int(now.Month())) {
		return terminal.CardRead{}, expired()
	}
	if err := a.stripePIN(ctx, s.Txn, track.ServiceCode); err != nil {
		return terminal.CardRead{}, err
	}
	return terminal.CardRead{Card: till.CardData{
		PAN: track.PAN, Expiry: track.Expiry, ServiceCode: track.ServiceCode, Track2: track,
		Brand: string(track.PAN.Brand()), PIN: a.pin,
	}}, nil
}

// keyCard takes a card that is not read: by mail, by telephone, or worn out. Its CVV2 goes
// to the issuer once and is kept nowhere.
func (a *attempt) keyCard(ctx context.Context) ([]terminal.Event, error) {
	if a.r.cfg.Keyed == nil {
		return nil, noKeys()
	}
	c, err := a.r.cfg.Keyed(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.r.permit(c.PAN); err != nil {
		return nil, err
	}
	if now := a.r.cfg.Now(); c.Expiry.Before(now.Year(), int(now.Month())) {
		return nil, expired()
	}
	c.Brand = string(c.PAN.Brand())
	return []terminal.Event{terminal.CardRead{Card: c}}, nil
}

func noKeys() error {
	return &till.Problem{
		Code: till.CodeNoDevice,
		What: i18n.T("there is nothing here to key a card number with; nothing was sent", "此处无法输入卡号；未发送任何数据").With(),
		Hint: i18n.T("put it into a file: --card-file FILE, or - for standard input; at a terminal it is asked for", "请用文件提供：--card-file 文件，- 表示标准输入；在终端中会询问").With(),
	}
}

func (a *attempt) endCard() {
	if a.chip != nil {
		a.chip.close()
		a.chip = nil
	}
}

// cardTimeout bounds one command to a chip: a card that hangs must not hold a sale.
func (r *Register) cardTimeout() time.Duration {
	return cmp.Or(r.cfg.CardTimeout, 10*time.Second)
}

func wrongEntry(want till.Entry) error {
	return &till.Problem{
		Code: till.CodeNoDevice,
		What: i18n.T("the reader gave another kind of card than --entry %s asks for", "读卡器读到的卡片类型与 --entry %s 不符").With(string(want)),
		Hint: i18n.T("till card list shows what the reader sees", "till card list 可显示读卡器所见").With(),
	}
}

func expired() error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("the card has expired", "卡片已过期").With(),
		Hint: i18n.T("ask for another card", "请换一张卡").With(),
	}
}

// noDevice is a reader that gave no card, in words.
func noDevice(cause error) error {
	var known *till.Problem
	switch {
	case errors.As(cause, &known), errors.Is(cause, context.Canceled):
		return cause
	case errors.Is(cause, reader.ErrNoCard):
		return &till.Problem{
			Code: till.CodeNoDevice, Cause: cause,
			What: i18n.T("no card was presented in time; nothing was sent", "未及时出示卡片；未发送任何数据").With(),
			Hint: i18n.T("start the sale again and insert the card", "请重新开始交易并插入卡片").With(),
		}
	case errors.Is(cause, reader.ErrStripe):
		return &till.Problem{
			Code: till.CodeNoDevice, Cause: cause,
			What: i18n.T("the stripe could not be read; nothing was sent", "无法读取磁条；未发送任何数据").With(),
			Hint: i18n.T("start the sale again and draw the card through evenly", "请重新开始交易并匀速刷卡").With(),
		}
	case errors.Is(cause, reader.ErrInUse):
		return &till.Problem{
			Code: till.CodeNoDevice, Cause: cause,
			What: i18n.T("the card reader is in use by another program; nothing was sent", "读卡器正被其他程序使用；未发送任何数据").With(),
			Hint: i18n.T("close the program that uses it and start the sale again", "请关闭占用读卡器的程序，然后重新开始交易").With(),
		}
	case errors.Is(cause, reader.ErrMute):
		return &till.Problem{
			Code: till.CodeNoDevice, Cause: cause,
			What: i18n.T("the chip does not answer; nothing was sent", "芯片无应答；未发送任何数据").With(),
			Hint: i18n.T("turn the card round and try again, or use --entry fallback", "请将卡片换向重试，或使用 --entry fallback").With(),
		}
	}
	return &till.Problem{
		Code: till.CodeNoDevice, Cause: cause,
		What: i18n.T("the card reader cannot be used; nothing was sent", "读卡器不可用；未发送任何数据").With(),
		Hint: i18n.T("till card list names the readers, till doctor says what is missing", "till card list 列出读卡器，till doctor 指出缺少什么").With(),
	}
}
