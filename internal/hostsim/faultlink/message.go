package faultlink

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// Describe is a request as rules see it, without its time.
func Describe(req *iso8583.Message) faultscript.Message {
	m := faultscript.Message{
		MTI: string(req.MTI()), Kind: kindOf(req), Processing: req.Value("3"),
		Terminal: strings.TrimRight(req.Value("41"), " "), Card: cardOf(req), Amount: amountOf(req),
	}
	if n, err := strconv.Atoi(req.Value("11")); err == nil {
		m.STAN = till.STAN(n)
	}
	return m
}

// amountOf is field 4 in the currency of field 49; what is no amount has no currency.
func amountOf(req *iso8583.Message) money.Amount {
	c, err := money.CurrencyByNumber(req.Value("49"))
	minor, badAmount := strconv.ParseInt(req.Value("4"), 10, 64)
	if err != nil || badAmount != nil {
		return money.Amount{}
	}
	return money.New(minor, c)
}

// cardOf is the card number by itself or in the track; zero where there is none that
// could be one.
func cardOf(req *iso8583.Message) card.PAN {
	var byNumber struct {
		PAN card.PAN `iso8583:"2"`
	}
	if req.Unmarshal(&byNumber) == nil && !byNumber.PAN.IsZero() {
		return byNumber.PAN
	}
	var byTrack struct {
		Track2 card.Track2 `iso8583:"35"`
	}
	if req.Unmarshal(&byTrack) == nil && !byTrack.Track2.IsZero() {
		return byTrack.Track2.PAN
	}
	return card.PAN{}
}

// kindOf is what a request asks for, as the host reads it.
func kindOf(req *iso8583.Message) faultscript.Kind {
	op, kind := hostsim.Asks(req)
	switch op {
	case till.OpAuthorize:
		return moneyKind(kind)
	case till.OpAdvise:
		return faultscript.Advice
	case till.OpReverse:
		return faultscript.Reversal
	case till.OpBalance:
		return faultscript.Balance
	case till.OpSignOn:
		return faultscript.SignOn
	case till.OpSignOff:
		return faultscript.SignOff
	case till.OpEcho:
		return faultscript.Echo
	case till.OpDownload:
		return faultscript.Download
	case till.OpConfirm:
		return faultscript.Confirm
	case till.OpReconcile:
		return faultscript.Reconcile
	case till.OpUpload:
		return faultscript.Upload
	case till.OpTrailer:
		return faultscript.Trailer
	}
	return faultscript.Other
}

// moneyKind is the kind of what is asked for money.
func moneyKind(k till.Kind) faultscript.Kind {
	switch k {
	case till.Sale:
		return faultscript.Sale
	case till.Void:
		return faultscript.Void
	case till.Refund:
		return faultscript.Refund
	case till.PreAuth:
		return faultscript.PreAuth
	case till.Increment:
		return faultscript.Increment
	case till.Completion:
		return faultscript.Completion
	case till.CashAdvance:
		return faultscript.CashAdvance
	case till.Tip:
		return faultscript.Tip
	}
	return faultscript.Other
}
