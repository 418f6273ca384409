package host

import "github.com/tillworks/till/internal/till"

// ISO87ASCII is the profile "iso87-ascii": every field in ASCII, behind a length of
// two bytes.
func ISO87ASCII() (Profile, error) { return newISO87("iso87-ascii", "binary2") }

// ISO87BCD is the profile "iso87-bcd", as terminals behind a network access controller
// speak: packed digits, behind a length of two bytes and a TPDU.
func ISO87BCD() (Profile, error) { return newISO87("iso87-bcd", "binary2+tpdu:6000010000") }

func newISO87(name, framing string) (Profile, error) {
	p, err := newProfile(name, framing, layoutISO87{})
	if err != nil {
		return Profile{}, err
	}
	p.Rows = rowsISO87()
	p.Expects = Expectations{Upload: true}
	return p, nil
}

// rowsISO87 are the messages of ISO 8583:1987 as terminal networks use them.
func rowsISO87() []Row {
	return []Row{
		{Op: till.OpAuthorize, Kind: till.Sale, Cashback: true, MTI: "0200", Processing: "090000", Condition: "00"},
		{Op: till.OpAuthorize, Kind: till.Sale, MTI: "0200", Processing: "000000", Condition: "00"},
		{Op: till.OpAuthorize, Kind: till.Void, Of: till.PreAuth, MTI: "0100", Processing: "020000", Condition: "06"},
		{Op: till.OpAuthorize, Kind: till.Void, MTI: "0200", Processing: "020000", Condition: "00"},
		{Op: till.OpAuthorize, Kind: till.Refund, MTI: "0200", Processing: "200000", Condition: "00"},
		{Op: till.OpAuthorize, Kind: till.PreAuth, MTI: "0100", Processing: "030000", Condition: "06"},
		{Op: till.OpAuthorize, Kind: till.Increment, MTI: "0100", Processing: "030000", Condition: "06"},
		{Op: till.OpAuthorize, Kind: till.Completion, MTI: "0200", Processing: "000000", Condition: "06"},
		{Op: till.OpAuthorize, Kind: till.CashAdvance, MTI: "0200", Processing: "010000", Condition: "00"},
		{Op: till.OpAdvise, Kind: till.Sale, MTI: "0220", Processing: "000000", Condition: "00"},
		{Op: till.OpAdvise, Kind: till.Tip, MTI: "0220", Processing: "000000", Condition: "00"},
		{Op: till.OpAdvise, Kind: till.Completion, MTI: "0220", Processing: "000000", Condition: "06"},
		{Op: till.OpAdvise, Kind: till.Refund, MTI: "0220", Processing: "200000", Condition: "00"},
		{Op: till.OpReverse, MTI: "0400"},
		{Op: till.OpBalance, MTI: "0100", Processing: "310000", Condition: "00"},
		{Op: till.OpSignOn, MTI: "0800", Network: "001"},
		{Op: till.OpSignOff, MTI: "0800", Network: "002"},
		{Op: till.OpDownload, MTI: "0800", Network: "162"},
		{Op: till.OpEcho, MTI: "0800", Network: "301"},
		{Op: till.OpConfirm, Script: true, MTI: "0620", Processing: "000000"},
		{Op: till.OpConfirm, MTI: "0320", Processing: "940000"},
		{Op: till.OpUpload, MTI: "0320"},
		{Op: till.OpReconcile, MTI: "0500"},
		{Op: till.OpTrailer, MTI: "0500", Processing: "960000"},
	}
}
