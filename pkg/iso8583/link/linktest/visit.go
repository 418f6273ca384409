package linktest

import (
	"bytes"
	"fmt"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// visit is one request with its host, and the ways to treat it.
type visit struct {
	conn  *conn
	req   *iso8583.Message
	route link.Framing // back to where the request came from
}

// answer is what the Handler says; nil is silence.
func (v *visit) answer() (*iso8583.Message, error) {
	answer, err := v.conn.host.cfg.Handler.ServeISO(v.conn.host.ctx, v.req)
	if err != nil {
		return nil, fmt.Errorf("handler: %w", err)
	}
	return answer, nil
}

func (v *visit) sendAnswer() error {
	answer, err := v.answer()
	if err != nil || answer == nil {
		return err
	}
	return v.send(answer)
}

func (v *visit) send(m *iso8583.Message) error {
	frame, err := v.frame(m)
	if err == nil {
		v.write(frame)
	}
	return err
}

func (v *visit) frame(m *iso8583.Message) ([]byte, error) {
	body, err := m.Pack()
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return framed(v.route, body)
}

// write writes bytes as they are. It says nothing of failure: a client that went away
// is what many tests are about.
func (v *visit) write(b []byte) {
	v.conn.mu.Lock()
	defer v.conn.mu.Unlock()
	_, _ = v.conn.Write(b)
}

func (v *visit) hangUp() { _ = v.conn.Close() }

func framed(f link.Framing, body []byte) ([]byte, error) {
	var frame bytes.Buffer
	err := f.WriteFrame(&frame, body)
	return frame.Bytes(), err
}
