package faultlink

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/pkg/iso8583"
)

// alter makes of an answer what the fate wants, before it gets its MAC. What the answer
// does not have cannot be wrong in it and stays away.
func alter(answer *iso8583.Message, f faultscript.Fate) error {
	if f.Batch > 0 && answer.MTI().Class() == '8' {
		if err := setBatch(answer, f.Batch); err != nil {
			return err
		}
	}
	if f.Wrong.Has(faultscript.WrongSTAN) {
		if err := following(answer, "11"); err != nil {
			return err
		}
	}
	if f.Wrong.Has(faultscript.WrongAmount) {
		if err := following(answer, "4"); err != nil {
			return err
		}
	}
	if f.Wrong.Has(faultscript.WrongTerminal) {
		return otherTerminal(answer)
	}
	return nil
}

// setBatch puts a batch number into field 60: the whole of it, or, where it begins with
// a message type of two digits and goes on behind the number, the six after these.
func setBatch(answer *iso8583.Message, batch int) error {
	number := fmt.Sprintf("%06d", batch)
	if old := answer.Value("60"); len(old) >= 8 {
		number = old[:2] + number + old[8:]
	}
	if err := answer.Set("60", number); err != nil {
		return fmt.Errorf("set the batch number: %w", err)
	}
	return nil
}

// following sets a number to the one after it, in the same width.
func following(m *iso8583.Message, path string) error {
	value := m.Value(path)
	n, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return nil // there is none
	}
	next := fmt.Sprintf("%0*d", len(value), n+1)
	if len(next) > len(value) {
		next = fmt.Sprintf("%0*d", len(value), 1)
	}
	if err := m.Set(path, next); err != nil {
		return fmt.Errorf("set field %s: %w", path, err)
	}
	return nil
}

// otherTerminal changes the last character of field 41.
func otherTerminal(m *iso8583.Message) error {
	id := strings.TrimRight(m.Value("41"), " ")
	if id == "" {
		return nil
	}
	last := byte('9')
	if id[len(id)-1] == last {
		last = '8'
	}
	if err := m.Set("41", id[:len(id)-1]+string(last)); err != nil {
		return fmt.Errorf("set field 41: %w", err)
	}
	return nil
}

// spoilMAC flips the bits of the first byte of the MAC, in field 64 or 128; false is
// that there is none.
func spoilMAC(answer *iso8583.Message) bool {
	for _, path := range []string{"64", "128"} {
		mac := answer.Bytes(path)
		if len(mac) == 0 {
			continue
		}
		spoilt := append([]byte{mac[0] ^ 0xFF}, mac[1:]...)
		return answer.SetBytes(path, spoilt) == nil
	}
	return false
}

// unasked sends what nobody asked for.
func unasked(req *iso8583.Message, f faultscript.Fate, w Wire) error {
	m, err := stray(req, f.Unsolicited)
	if err != nil || m == nil {
		return err
	}
	return w.Send(m)
}

// stray is a message that nobody asked for, to the terminal of a request; nil is none.
func stray(req *iso8583.Message, u faultscript.Unsolicited) (*iso8583.Message, error) {
	switch u {
	case faultscript.StrayAnswer:
		return strayAnswer(req)
	case faultscript.HostEcho:
		return hostEcho(req)
	case faultscript.NoMessage:
	}
	return nil, nil
}

// strayAnswer approves the number that comes after the request's.
func strayAnswer(req *iso8583.Message) (*iso8583.Message, error) {
	m := req.Spec().NewMessage(req.MTI().Response())
	if err := repeat(m, req, "3", "4", "7", "11", "41", "42", "49", "60", "70"); err != nil {
		return nil, err
	}
	return m, following(m, "11")
}

// hostEcho is an echo test that the host begins.
func hostEcho(req *iso8583.Message) (*iso8583.Message, error) {
	m := req.Spec().NewMessage("0800")
	if err := repeat(m, req, "7", "11", "41"); err != nil {
		return nil, err
	}
	if err := m.Set("70", "301"); err != nil {
		return nil, fmt.Errorf("set field 70: %w", err)
	}
	return m, nil
}

// repeat copies fields of a request, and approves where it is an answer.
func repeat(m, req *iso8583.Message, paths ...string) error {
	for _, path := range paths {
		if !req.Has(path) {
			continue
		}
		if err := m.Set(path, req.Value(path)); err != nil {
			return fmt.Errorf("set field %s: %w", path, err)
		}
	}
	if !m.MTI().IsResponse() {
		return nil
	}
	if err := m.Set("39", "00"); err != nil {
		return fmt.Errorf("set field 39: %w", err)
	}
	return nil
}
