package pcsctest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// Card is a card of software. The one of package virtual is one.
type Card interface {
	ATR() []byte             // answer to reset
	Reset()                  // power up
	Exec(apdu []byte) []byte // the response to a command; nil: the card is gone
}

// The orders of the driver.
const (
	orderPowerOff = 0
	orderPowerOn  = 1
	orderReset    = 2
	orderATR      = 4
)

// Serve is the life of a card in a slot: it answers what comes over the connection
// until that is closed or the card is gone. It closes the connection; an end between
// two frames is no error.
func Serve(conn net.Conn, card Card) error {
	defer func() { _ = conn.Close() }() // closed by the other side, or that is the removal
	for {
		frame, err := readFrame(conn)
		if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from the slot: %w", err)
		}
		answer, ok := serve(card, frame)
		if !ok {
			return nil
		}
		if answer == nil {
			continue
		}
		if err := writeFrame(conn, answer); err != nil {
			return fmt.Errorf("answer the slot: %w", err)
		}
	}
}

// serve gives the answer to a frame, nil for none, and whether the card is still there.
func serve(card Card, frame []byte) (answer []byte, ok bool) {
	if len(frame) != 1 {
		answer = card.Exec(frame)
		return answer, answer != nil
	}
	switch frame[0] {
	case orderPowerOn, orderReset:
		card.Reset()
	case orderATR:
		return card.ATR(), true
	case orderPowerOff:
	}
	return nil, true
}

// readFrame reads one frame. The driver writes length and body by two calls without
// TCP_NODELAY, so that its kernel keeps the body back until the length is
// acknowledged; an acknowledgement that is delayed as usual costs 40 ms a command. The
// wish for quick ones does not last, hence twice a frame.
func readFrame(conn net.Conn) ([]byte, error) {
	var length [2]byte
	acknowledgeQuickly(conn)
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	acknowledgeQuickly(conn)
	frame := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, frame); err != nil {
		return nil, fmt.Errorf("frame of %d bytes: %w", len(frame), io.ErrUnexpectedEOF)
	}
	return frame, nil
}

func writeFrame(conn net.Conn, body []byte) error {
	frame := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(body)), uint16(len(body)))
	_, err := conn.Write(append(frame, body...))
	return err
}
