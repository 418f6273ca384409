package till

import "time"

// MemberID is the number of a customer who collects points: up to 20 letters and digits.
type MemberID string

// Member is a customer whom the shop knows.
type Member struct {
	ID      MemberID  `json:"id"`
	Name    string    `json:"name,omitempty"`
	Phone   string    `json:"phone,omitempty"` // to be found by; shown with its middle hidden
	Since   time.Time `json:"since"`
	Gone    bool      `json:"gone,omitempty"`
	Version int       `json:"version"`

	Points int64 `json:"points"` // derived by the store when read: the sum of the ledger
}

// MaskedPhone is the phone number with all but its first three and last four digits
// hidden; a short one hides all but its last two. Other characters are left out.
func (m Member) MaskedPhone() string {
	var digits []byte
	for _, c := range []byte(m.Phone) {
		if c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	first, last := 3, len(digits)-4
	if len(digits) < 10 {
		first, last = 0, len(digits)-2
	}
	for i := first; i < last; i++ {
		digits[i] = '*'
	}
	return string(digits)
}

// PointsReason is why points moved.
type PointsReason string

// The reasons.
const (
	PointsEarn   PointsReason = "earn"   // by a sale
	PointsRedeem PointsReason = "redeem" // spent in a sale
	PointsReturn PointsReason = "return" // a return takes back what was earned and gives back what was spent
	PointsVoid   PointsReason = "void"   // a ticket was undone
	PointsAdjust PointsReason = "adjust" // by hand
)

// PointsMove is one line of the ledger of points, which is only ever added to.
type PointsMove struct {
	Seq    int64        `json:"seq,omitempty"`
	Member MemberID     `json:"member"`
	Points int64        `json:"points"` // signed
	Reason PointsReason `json:"reason"`
	Ticket TicketID     `json:"ticket,omitempty"`
	At     time.Time    `json:"at"`
	Staff  StaffID      `json:"staff,omitempty"`
	Note   string       `json:"note,omitempty"`
}
