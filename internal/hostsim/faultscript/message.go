package faultscript

import (
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// Message is a request as rules see it.
type Message struct {
	MTI        string        // field 0, four digits
	Kind       Kind          // what it asks for
	Processing string        // field 3, six digits; empty where it has none
	Amount     money.Amount  // field 4 in the currency of field 49; without a currency there is none
	Card       card.PAN      // of field 2 or 35; zero where it names none
	Terminal   string        // field 41 without the blanks that pad it
	STAN       till.STAN     // field 11
	At         time.Duration // since the host began to serve
}

// Kind is what a request asks for, in the words of scripts.
type Kind string

// The kinds. A repeat is of the kind of what it repeats. Which message of which layout is
// what is for the host to read; what stands here is ISO 8583:1987.
const (
	Sale        Kind = "sale"         // 0200, processing code 00; with cashback 09
	Void        Kind = "void"         // 0200 or 0100, processing code 02
	Refund      Kind = "refund"       // 0200, processing code 20
	CashAdvance Kind = "cash_advance" // 0200, processing code 01
	PreAuth     Kind = "preauth"      // 0100, processing code 03
	Increment   Kind = "increment"    // the same with its original
	Completion  Kind = "completion"   // 0200, condition code 06
	Tip         Kind = "tip"          // 0200 with the tip in field 54
	Balance     Kind = "balance"      // processing code 31
	Advice      Kind = "advice"       // 0220: something that is done, told
	Reversal    Kind = "reversal"     // 0400 and 0420
	Reconcile   Kind = "reconcile"    // 0500: the totals of a batch
	Upload      Kind = "upload"       // 0320: a record of a batch
	Trailer     Kind = "trailer"      // 0500, processing code 96: the totals after the upload
	Confirm     Kind = "confirm"      // 0320 with the certificate of a chip sale, 0620 with the result of a script
	SignOn      Kind = "sign_on"      // 0800
	SignOff     Kind = "sign_off"     // 0800
	Echo        Kind = "echo"         // 0800
	Download    Kind = "download"     // 0800: parameters
	Other       Kind = "other"
)

// Kinds are all of them, in the order in which help shows them.
func Kinds() []Kind {
	return []Kind{
		Sale, Void, Refund, CashAdvance, PreAuth, Increment, Completion, Tip, Balance, Advice, Reversal,
		Reconcile, Upload, Trailer, Confirm, SignOn, SignOff, Echo, Download, Other,
	}
}
