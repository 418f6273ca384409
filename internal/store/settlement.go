package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// AboutSettlement is the subject of a journal row about a reconciliation: the body is a
// SettlementRow, the id its sequence number.
const AboutSettlement Subject = "settlement"

// SettlementRow is a reconciliation in the journal: what was compared, and the digests of
// what came of it, which itself may be long.
type SettlementRow struct {
	till.Settlement
	ResultSHA256 string `json:"result_sha256"` // hex
	OpenSHA256   string `json:"open_sha256"`   // hex
}

// SettlementBody is the canonical JSON of a reconciliation in the journal.
func SettlementBody(s till.Settlement) ([]byte, error) {
	body, err := json.Marshal(SettlementRow{Settlement: s, ResultSHA256: digest(s.Result), OpenSHA256: digest(s.Open)})
	if err != nil {
		return nil, fmt.Errorf("reconciliation %d as JSON: %w", s.Seq, err)
	}
	return body, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// NoSettlement is the problem of a reconciliation that the store does not hold.
func NoSettlement(seq int) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no reconciliation %d in this store", "本店数据中没有对账 %d").With(seq),
		Hint: i18n.T("till settle run FILE makes one", "till settle run FILE 可进行对账").With(),
	}
}

// StaleSettlement is the problem of a reconciliation that does not follow the newest; its
// cause is till.ErrStale.
func StaleSettlement(seq, newest int) error {
	return &till.Problem{
		Code:  till.CodeFailure,
		What:  i18n.T("another program has reconciled meanwhile", "另一程序已同时进行了对账").With(),
		Hint:  i18n.T("nothing was stored; run it again", "未保存任何内容；请重新运行").With(),
		Cause: fmt.Errorf("reconciliation %d, the newest is %d: %w", seq, newest, till.ErrStale),
	}
}
