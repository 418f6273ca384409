package cli

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader/replay"
)

// tracedPayment is what a trace tells of the payment that was recorded: the terminal's
// values that the card asked for, and the issuer's answer.
type tracedPayment struct {
	values     map[emv.Tag][]byte
	request    byte // P1 of the first GENERATE AC
	answer     emv.IssuerResult
	isAnswered bool
}

// paymentOf finds the payment in a session; there is none where the card was asked for no
// cryptogram.
func paymentOf(s replay.Session) (tracedPayment, bool) {
	p := tracedPayment{values: map[emv.Tag][]byte{}}
	card := map[emv.Tag][]byte{}
	generated := 0
	for _, a := range s.Answers() {
		switch a.Command[1] {
		case 0xA8: // GET PROCESSING OPTIONS: 83, the length, the values
			if data := commandData(a.Command); len(data) > 2 {
				p.take(card[emv.TagPDOL], data[2:])
			}
		case insGenerateAC:
			if generated++; generated == 1 {
				p.request = a.Command[2]
				p.take(card[emv.TagCDOL1], commandData(a.Command))
			} else {
				p.complete(card[emv.TagCDOL2], commandData(a.Command))
			}
		case 0x82: // EXTERNAL AUTHENTICATE
			p.authenticate(bytes.Clone(commandData(a.Command)))
		}
		tree, _ := emv.Parse(a.Data, emv.Lenient)
		if _, made := tree.Find(emv.TagResponse2, emv.TagAC); made && a.Command[1] == 0xA8 {
			generated++ // the shape of qVSDC: the options come with the cryptogram
			p.request = 0x80
		}
		for _, n := range tree {
			if _, known := card[n.Tag]; !known {
				card[n.Tag] = n.Value
			}
		}
	}
	return p, generated > 0
}

// commandData is the data of a command of case 3 or 4.
func commandData(c []byte) []byte {
	if len(c) <= 5 {
		return nil
	}
	return c[5:min(len(c), 5+int(c[4]))]
}

// take splits the values that a list asked for. Those of the first list stay.
func (p *tracedPayment) take(list, data []byte) {
	for tag, v := range splitValues(list, data) {
		if _, known := p.values[tag]; !known {
			p.values[tag] = v
		}
	}
}

// authenticate takes the issuer's cryptogram. What follows it in the form of method 1 is
// the response code (EMV Book 2, 8.2.1).
func (p *tracedPayment) authenticate(data []byte) {
	p.answer.IssuerAuthData, p.isAnswered = data, true
	if len(data) >= 10 && p.answer.ARC == "" {
		p.answer.ARC = string(data[8:10])
	}
}

// complete reads the issuer's answer out of the second list.
func (p *tracedPayment) complete(list, data []byte) {
	values := splitValues(list, data)
	p.isAnswered = true
	if v, ok := values[emv.TagARC]; ok {
		p.answer.ARC = string(v)
	}
	if v := values[emv.TagIssuerAuthData]; len(bytes.Trim(v, "\x00")) > 0 {
		p.answer.IssuerAuthData = v
	}
	if strings.HasPrefix(p.answer.ARC, "Y3") || strings.HasPrefix(p.answer.ARC, "Z3") {
		p.answer = emv.IssuerResult{UnableOnline: true}
	}
}

func splitValues(list, data []byte) map[emv.Tag][]byte {
	dol, err := emv.ParseDOL(list)
	if err != nil {
		return nil
	}
	objects, err := dol.Split(data)
	if err != nil {
		return nil
	}
	values := map[emv.Tag][]byte{}
	for _, o := range objects {
		values[o.Tag] = o.Value
	}
	return values
}

// config is the terminal of a reading, with what the trace tells of the one that was
// there.
func (p *tracedPayment) config(reading emv.Config) emv.Config {
	c := reading
	if c.Contactless != nil {
		c.Contactless = p.contactless()
	}
	c.ForceOnline = p.request&0xC0 == 0x80
	if !c.ForceOnline {
		c.FloorLimit = 999_999_999_999
	}
	if v, ok := p.number(emv.TagAmount); ok {
		c.Amount = v
	}
	if v, ok := p.number(emv.TagAmountOther); ok && v <= c.Amount {
		c.Other = v
	}
	if v, ok := p.number(emv.TagCurrency); ok && v > 0 && v < 1000 {
		c.Currency = uint16(v)
	}
	if v, ok := p.number(emv.TagTerminalCountry); ok && v > 0 && v < 1000 {
		c.Country = uint16(v)
	}
	if v := p.values[emv.TagTransactionType]; len(v) == 1 {
		c.TransactionType = v[0]
	}
	if v := p.values[emv.TagTerminalCapabilities]; len(v) == 3 {
		c.Capabilities = [3]byte(v)
	}
	if at, err := time.Parse("060102", strings.ToUpper(hex.EncodeToString(p.values[emv.TagTransactionDate]))); err == nil {
		c.Date = at
	}
	if v := p.values[emv.TagUnpredictableNumber]; len(v) > 0 {
		c.Random = bytes.NewReader(bytes.Repeat(v, 64))
	}
	return c
}

// contactless is the reader that the trace tells of: what it could do, and whether the
// amount was one of which the holder had to be verified.
func (p *tracedPayment) contactless() *emv.Contactless {
	c := &emv.Contactless{Qualifiers: [4]byte{0x32, 0x00, 0xC0, 0x00}}
	q := p.values[emv.Tag(0x9F66)]
	if len(q) != 4 {
		return c
	}
	if q[1]&0x40 == 0 {
		c.Limits.CVM = 999_999_999_999
	}
	c.Qualifiers = [4]byte{q[0]&^0x80 | 0x20, q[1] & 0x3F, q[2], q[3]}
	return c
}

// number is a value of digits.
func (p *tracedPayment) number(tag emv.Tag) (int64, bool) {
	v, ok := p.values[tag]
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(hex.EncodeToString(v), 10, 64)
	return n, err == nil
}
