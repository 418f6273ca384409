package till

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Rate is a share in millionths: 130000 is 13 %. It is exact for every rate that a law
// or a shop writes with up to four decimals of a percent.
type Rate int64

// Whole is the rate of everything, 100 %.
const Whole Rate = 1_000_000

// ErrRate is the error of a text that is no rate.
var ErrRate = errors.New("not a rate")

// ParseRate reads a percentage, "13", "6.625" or "13%", with at most four decimals, from
// 0 to 1000. The error wraps ErrRate.
func ParseRate(s string) (Rate, error) {
	n, err := parseFixed(strings.TrimSpace(strings.TrimSuffix(s, "%")), 4)
	if err != nil || n < 0 || n > 10*int64(Whole) {
		return 0, fmt.Errorf("%w: %q, want a percentage with at most four decimals, such as 13 or 6.625", ErrRate, clip(s))
	}
	return Rate(n), nil
}

// String is the rate as a percentage: "6.625%".
func (r Rate) String() string { return fixed(int64(r), 4) + "%" }

// MarshalJSON writes the rate as a text: "13%".
func (r Rate) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// UnmarshalJSON reads a text such as "13%" or a number of percent.
func (r *Rate) UnmarshalJSON(b []byte) error {
	s, err := numberText(b)
	if err != nil {
		return err
	}
	*r, err = ParseRate(s)
	return err
}
