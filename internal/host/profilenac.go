package host

import (
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
)

// NACPOS is the profile "nac-pos": a terminal behind a network access controller, which
// has its batch, its invoice numbers and its totals in fields 60, 62 and 63, and proves its
// messages by ANSI X9.19 under a key of the sign-on. A host that does not find one proved
// says 88, cryptographic failure, which is said of nothing else.
func NACPOS() (Profile, error) {
	p, err := newProfile("nac-pos", "binary2+tpdu:6000010000", layoutNAC{})
	if err != nil {
		return Profile{}, err
	}
	p.Rows = rowsNAC()
	p.InBalanceCodes = nil
	p.Expects = Expectations{BatchLimit: countLimit, Upload: true, Confirm: true, Keys: true, PIN: true}
	p.Code = Authentication{Field: "64", Algorithm: workingkey.X919, Classes: provenNAC, SignOn: []string{"88"}}
	return p, nil
}

// provenNAC are all classes of messages but the network's (08xx), which come before there
// are keys. Which messages carry a code is each acquirer's own at such terminals; here
// totals and records do too, since the response code of a 0510 alone closes a batch.
const provenNAC = "123456"

// rowsNAC are the messages of ISO 8583:1987 but for what processing codes say of the
// network and of batches.
func rowsNAC() []Row {
	managed := map[till.Op]string{
		till.OpSignOn: "920000", till.OpSignOff: "980000", till.OpDownload: "930000", till.OpEcho: "990000", till.OpReconcile: "920000",
	}
	rows := rowsISO87()
	for i, row := range rows {
		if code, ok := managed[row.Op]; ok {
			rows[i].Processing, rows[i].Network = code, ""
		}
	}
	return rows
}
