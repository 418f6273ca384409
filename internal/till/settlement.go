package till

// Settlement is one reconciliation of the shop's journal with the files of those who
// pay it out, as it is kept. It holds no card number, only truncations.
type Settlement struct {
	Seq     int    `json:"seq"`     // 1, 2, 3 …: each begins with what the one before left open
	Files   string `json:"files"`   // SHA-256 of the files in hex, in ascending order, with a blank between: what makes it the same run
	Day     string `json:"day"`     // to which ages count, 2006-01-02
	Batches []int  `json:"batches"` // that it took in, ascending; no other run takes them in again
	Result  []byte `json:"-"`       // canonical JSON of the settle.Result
	Open    []byte `json:"-"`       // JSON of the []settle.OpenItem that it leaves to the next
}
