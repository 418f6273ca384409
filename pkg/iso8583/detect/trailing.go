package detect

import (
	"errors"

	"github.com/tillworks/till/pkg/iso8583"
)

// trailing is where a message ends that other bytes follow.
func (j *judge) trailing(raw []byte, e envelope, d *entry) (end int, ok bool) {
	spec, _ := d.compiled()
	if spec == nil {
		return 0, false
	}
	var fault *iso8583.Error
	if !errors.As(spec.Decode(raw[e.start:e.end], j.layout), &fault) || !errors.Is(fault.Err, iso8583.ErrTrailing) {
		return 0, false
	}
	return e.start + fault.Offset, true
}
