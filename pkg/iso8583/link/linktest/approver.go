package linktest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// Approver answers every request with yes: the fields that an answer repeats, as far
// as the request has them (3, 4, 7, 11 to 13, 24, 37, 41, 42, 49, 60, 70), response
// code 00 in field 39, and then what the kind of request asks for: an approval code in
// 38 of an authorization or a sale, a retrieval number in 37 made of its trace number,
// "in balance" in 66 of a reconciliation. It knows no cards and keeps no books.
func Approver(spec *iso8583.Spec) link.Handler {
	return link.HandlerFunc(func(_ context.Context, req *iso8583.Message) (*iso8583.Message, error) {
		answer := spec.NewMessage(req.MTI().Response())
		for _, path := range []string{"3", "4", "7", "11", "12", "13", "24", "37", "41", "42", "49", "60", "70"} {
			if req.Has(path) {
				if err := answer.Set(path, req.Value(path)); err != nil {
					return nil, fmt.Errorf("repeat field %s: %w", path, err)
				}
			}
		}
		return answer, approve(answer)
	})
}

// approve sets what says yes, as far as the spec has room for it.
func approve(answer *iso8583.Message) error {
	set := map[string]string{"39": "00"}
	switch answer.MTI().Class() {
	case '1', '2':
		set["38"] = "123456"
		if !answer.Has("37") {
			set["37"] = "000000" + answer.Value("11")
		}
	case '5':
		set["66"] = "1"
	}
	for path, value := range set {
		if err := answer.Set(path, value); err != nil && !errors.Is(err, iso8583.ErrUndefined) {
			return fmt.Errorf("set field %s: %w", path, err)
		}
	}
	return nil
}
