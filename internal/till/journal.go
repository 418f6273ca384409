package till

import "time"

// JournalRow is one row of the journal as people may read it: which commit made what
// of a transaction, or a remark on it.
type JournalRow struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`             // what was committed
	State  State     `json:"state,omitempty"`  // of the transaction after it
	Remark string    `json:"remark,omitempty"` // of a note

	// Of a chip or contactless transaction after the commit, see [ChipEvidence].
	ARQCVerified bool `json:"arqc_verified,omitempty"`
	ARPCVerified bool `json:"arpc_verified,omitempty"`
}
