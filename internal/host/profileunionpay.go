package host

import (
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
)

// UnionPayPOS is the profile "unionpay-pos": a terminal that is connected to UnionPay
// directly, as JR/T 0025 and public field tables have it. A refund is told and not asked,
// what asks for money, tells of it or undoes it has a code in field 64, and PINs go in
// field 52 under a key of the sign-on. Terminals are told to sign on again by A0 (the code
// of a message is wrong), 99 (what is under the PIN key is no PIN block) and 77 (the centre
// does not know the terminal as signed on).
func UnionPayPOS() (Profile, error) {
	p, err := newProfile("unionpay-pos", "binary2+tpdu:6000030000", layoutUnionPay{})
	if err != nil {
		return Profile{}, err
	}
	p.Rows = rowsUnionPay()
	p.Reasons[till.ReasonMAC] = "A0"
	p.EntryModes = map[till.Entry]string{
		till.Chip: "052", till.Tap: "072", till.Swipe: "022", till.Fallback: "802", till.Manual: "012", till.NoEntry: "000",
	}
	p.PINEntry = "1"
	p.Expects = Expectations{
		BatchLimit: countLimit,
		Upload:     true, Confirm: true, Keys: true, PIN: true, Scripts: true, Notices: map[till.Kind]bool{till.Refund: true},
	}
	p.Code = Authentication{Field: "64", Algorithm: workingkey.UnionPay, Classes: provenUnionPay, SignOn: []string{"A0", "99", "77"}}
	return p, nil
}

// provenUnionPay are the classes of messages with field 64 at UnionPay's terminals: requests
// and notices of money, reversals, and the results of scripts (0620). Their settlement has
// none, neither the totals (0500) nor the upload (0320, with the TCs in it): a terminal that
// sends a record takes the code off the request that it was, and a host of theirs sends a
// 0510 without. Nobody who changes these messages moves money by it; he can have a batch
// closed whose totals differ, which the settlement file then shows. Against that, and
// against whoever reads along, there is TLS, without which live use is refused.
const provenUnionPay = "1246"

// rowsUnionPay are the messages by the type of field 60.1. Cash against a card, cash with
// a sale and increments are not in the public tables; they go as their neighbours do.
func rowsUnionPay() []Row {
	return []Row{
		{Op: till.OpAuthorize, Kind: till.Sale, MTI: "0200", Processing: "000000", Condition: "00", Type: "22"},
		{Op: till.OpAuthorize, Kind: till.Void, Of: till.PreAuth, MTI: "0100", Processing: "200000", Condition: "06", Type: "11"},
		{Op: till.OpAuthorize, Kind: till.Void, Of: till.Completion, MTI: "0200", Processing: "200000", Condition: "06", Type: "21"},
		{Op: till.OpAuthorize, Kind: till.Void, MTI: "0200", Processing: "200000", Condition: "00", Type: "23"},
		{Op: till.OpAuthorize, Kind: till.PreAuth, MTI: "0100", Processing: "030000", Condition: "06", Type: "10"},
		{Op: till.OpAuthorize, Kind: till.Increment, MTI: "0100", Processing: "030000", Condition: "06", Type: "10"},
		{Op: till.OpAuthorize, Kind: till.Completion, MTI: "0200", Processing: "000000", Condition: "06", Type: "20"},
		{Op: till.OpAuthorize, Kind: till.CashAdvance, MTI: "0200", Processing: "010000", Condition: "00", Type: "22"},
		{Op: till.OpAdvise, Kind: till.Refund, MTI: "0220", Processing: "200000", Condition: "00", Type: "25"},
		{Op: till.OpAdvise, Kind: till.Completion, MTI: "0220", Processing: "000000", Condition: "06", Type: "24"},
		{Op: till.OpAdvise, Kind: till.Tip, MTI: "0220", Processing: "000000", Condition: "00", Type: "34"},
		{Op: till.OpAdvise, Kind: till.Sale, Notice: till.NoticeOffline, MTI: "0220", Processing: "000000", Condition: "00", Type: "36"},
		{Op: till.OpAdvise, Kind: till.Sale, MTI: "0220", Processing: "000000", Condition: "00", Type: "30"},
		{Op: till.OpReverse, MTI: "0400"},
		{Op: till.OpBalance, MTI: "0200", Processing: "310000", Condition: "00", Type: "01"},
		{Op: till.OpSignOn, MTI: "0800", Type: "00", Network: "004"},
		{Op: till.OpSignOff, MTI: "0820", Type: "00", Network: "002"},
		{Op: till.OpEcho, MTI: "0820", Type: "00", Network: "301"},
		{Op: till.OpDownload, MTI: "0800", Type: "00", Network: "360"},
		{Op: till.OpConfirm, Script: true, MTI: "0620", Processing: "000000", Type: "00", Network: "951"},
		{Op: till.OpConfirm, MTI: "0320", Processing: "000000", Type: "00", Network: "203"},
		{Op: till.OpUpload, MTI: "0320", Network: "201"},
		{Op: till.OpReconcile, MTI: "0500", Type: "00", Network: "201"},
		{Op: till.OpTrailer, MTI: "0500", Type: "00", Network: "202"},
	}
}
