package faultlink

import "github.com/tillworks/till/pkg/iso8583"

// handed is the way back where there is no connection: it keeps the last whole answer.
type handed struct {
	spec   *iso8583.Spec
	answer *iso8583.Message
}

// Send implements Wire: what nobody asked for is not kept.
func (h *handed) Send(*iso8583.Message) error { return nil }

// SendBody implements Wire: what is no message is no answer.
func (h *handed) SendBody(body []byte) error {
	if m, err := h.spec.Unpack(body); err == nil {
		h.answer = m
	}
	return nil
}

// SendRaw implements Wire: half a frame is no answer.
func (h *handed) SendRaw([]byte) error { return nil }

// Frame implements Wire.
func (h *handed) Frame(body []byte) ([]byte, error) { return body, nil }

// Hangup implements Wire.
func (h *handed) Hangup() {}

var _ Wire = (*handed)(nil)
