package hostsim

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// common are the fields that mean the same in every layout.
type common struct {
	PAN        card.PAN    `iso8583:"2"`
	Processing string      `iso8583:"3"`
	Amount     int64       `iso8583:"4"`
	Sent       string      `iso8583:"7"`
	STAN       int         `iso8583:"11"`
	LocalTime  string      `iso8583:"12"`
	LocalDate  string      `iso8583:"13"`
	Expiry     card.Expiry `iso8583:"14"`
	PSN        string      `iso8583:"23"`
	Condition  string      `iso8583:"25"`
	Track2     card.Track2 `iso8583:"35"`
	RRN        string      `iso8583:"37"`
	AuthCode   string      `iso8583:"38"`
	Code       string      `iso8583:"39"`
	Terminal   string      `iso8583:"41"`
	Merchant   string      `iso8583:"42"`
	Currency   string      `iso8583:"49"`
	PINBlock   card.Secret `iso8583:"52"`
	Security   string      `iso8583:"53"`
	ICC        []byte      `iso8583:"55"`
}

// readCommon reads the fields that mean the same in every layout.
func (r *request) readCommon() (common, error) {
	m := r.message
	if err := onlyDigits(m, "3", "4", "11", "25", "49", "50"); err != nil {
		return common{}, err
	}
	var f common
	if err := m.Unmarshal(&f); err != nil {
		return common{}, fmt.Errorf("read %s: %w", m.MTI(), err)
	}
	r.merchant, r.card, r.icc = strings.TrimRight(f.Merchant, " "), f.card(), f.ICC
	r.rrn, r.authCode, r.sent = strings.TrimRight(f.RRN, " "), strings.TrimRight(f.AuthCode, " "), f.Sent
	if r.sent == "" { // terminals leave field 7 to the host: the shop's own time tells requests apart
		r.sent = f.LocalDate + f.LocalTime
	}
	r.pin = pinBlock{block: f.PINBlock, control: f.Security}
	if m.MTI().Class() == '4' {
		r.cause = f.Code
	}
	r.terminal, r.stan = strings.TrimRight(f.Terminal, " "), till.STAN(f.STAN)
	switch {
	case r.terminal == "":
		return f, &formatError{"41", "missing"}
	case r.stan < 1:
		return f, &formatError{"11", "missing or 000000"}
	}
	return f, nil
}

// operationOf is what the type of a message and its processing code ask, as far as these
// tell: a 0800 says it elsewhere.
func operationOf(mti iso8583.MTI, processing string) till.Op {
	request, advice := mti.Function() == '0', mti.Function() == '2'
	switch class := mti.Class(); {
	case (class == '1' || class == '2') && request && strings.HasPrefix(processing, "31"):
		return till.OpBalance
	case (class == '1' || class == '2') && request:
		return till.OpAuthorize
	case class == '2' && advice:
		return till.OpAdvise
	case class == '3' && advice && strings.HasPrefix(processing, "94"), class == '6' && advice:
		return till.OpConfirm
	case class == '3' && advice:
		return till.OpUpload
	case class == '4' && (request || advice):
		return till.OpReverse
	case class == '5' && request && strings.HasPrefix(processing, "96"):
		return till.OpTrailer
	case class == '5' && request:
		return till.OpReconcile
	}
	return ""
}

// holds are the point of service conditions of pre-authorization: 06.
const holds = "06"

// readWhat reads the kind of what is asked for, told or undone, and why it is told: by the
// processing code, the condition code and the additional amounts. named says that the
// message names an original.
func (r *request) readWhat(f common, named bool) {
	r.kind = r.kindOf(f, named)
	switch {
	case r.op != till.OpAdvise:
	case f.Code == "Y1", f.Code == "Y3":
		r.notice, r.verdict = till.NoticeOffline, f.Code
	case named, r.kind != till.Sale:
		r.notice = till.NoticeDone
	default:
		r.notice = till.NoticeVoice
	}
}

func (r *request) kindOf(f common, named bool) till.Kind {
	authorization := r.message.MTI().Class() == '1'
	switch code := f.Processing[:min(2, len(f.Processing))]; {
	case code == "03" && named:
		return till.Increment
	case code == "03":
		return till.PreAuth
	case authorization && code != "02":
		return ""
	case code == "00" && f.Condition == holds:
		return till.Completion
	case code == "00" && r.tip:
		return till.Tip
	case code == "00", code == "09":
		return till.Sale
	case code == "01":
		return till.CashAdvance
	case code == "02":
		return till.Void
	case code == "20":
		return till.Refund
	}
	return ""
}

// needsCard refuses what must name a card and does not.
func (r *request) needsCard() error {
	if r.card.pan.IsZero() {
		return &formatError{"2", "no card number and no track"}
	}
	return nil
}

func (r *request) setBatch(digits string) error {
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 6 || n < 1 {
		return &formatError{"60", "want a batch number of six digits"}
	}
	r.batch = n
	return nil
}

// currencyIn is the currency that a field must name.
func currencyIn(field, number string) (money.Currency, error) {
	c, err := money.CurrencyByNumber(number)
	if err != nil || number == "" {
		return c, &formatError{field, "want a currency number of ISO 4217"}
	}
	return c, nil
}

// readMoney reads the amount, and what fields 48 and 54 say beside it.
func (r *request) readMoney(f common) error {
	c, err := currencyIn("49", f.Currency)
	if err != nil {
		return err
	}
	if !r.message.Has("4") && r.op != till.OpBalance {
		return &formatError{"4", "missing"}
	}
	r.amount = money.New(f.Amount, c)
	return r.readAmounts()
}

// amountLength is how long one amount of field 54 is: account type n2, amount type n2,
// currency n3, C or D, twelve digits.
const amountLength = 20

// readAmounts reads field 54: type 40 is cash handed out, type 44 a tip.
func (r *request) readAmounts() error {
	text := r.message.Value("54")
	if len(text)%amountLength != 0 {
		return &formatError{"54", "want amounts of twenty characters"}
	}
	for ; text != ""; text = text[amountLength:] {
		minor, err := strconv.ParseInt(text[8:amountLength], 10, 64)
		if err != nil {
			return &formatError{"54", "an amount that is no number"}
		}
		switch text[2:4] {
		case "40":
			r.cashback = money.New(minor, r.amount.Currency())
		case "44":
			r.tip = true
		}
	}
	return nil
}

// readAdditional reads field 48, or another one in its place: elements of tag (2), length
// (two digits) and value. CV is the card verification value, IP a plan of instalments.
func (r *request) readAdditional(path string) error {
	for text := r.message.Value(path); text != ""; {
		tag, value, rest, ok := element(text)
		if !ok {
			return &formatError{path, "an element longer than the field"}
		}
		switch tag {
		case "CV":
			r.cvv2 = card.NewSecret(value)
		case "IP":
			n, err := strconv.Atoi(value[:min(2, len(value))])
			if err != nil {
				return &formatError{path, "a plan without a number of instalments"}
			}
			r.plan = &till.Plan{Count: n, Code: value[2:]}
		}
		text = rest
	}
	return nil
}

// element takes one element off a field of them.
func element(text string) (tag, value, rest string, ok bool) {
	if len(text) < 4 {
		return "", "", "", false
	}
	n, err := strconv.Atoi(text[2:4])
	if err != nil || n < 0 || len(text) < 4+n {
		return "", "", "", false
	}
	return text[:2], text[4 : 4+n], text[4+n:], true
}

// card is the card of the message, by number or by track.
func (f common) card() cardData {
	c := cardData{pan: f.PAN, expiry: f.Expiry}
	if c.pan.IsZero() && !f.Track2.IsZero() {
		c.pan, c.expiry = f.Track2.PAN, f.Track2.Expiry
	}
	if len(f.PSN) == 3 { // n3 on the wire, two digits on the card
		c.psn = f.PSN[1:]
	}
	return c
}
