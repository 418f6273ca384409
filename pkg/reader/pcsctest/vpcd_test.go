package pcsctest_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// The driver's side of the wire, frame by frame. Nothing comes back where the third
// column is empty.
func TestServe(t *testing.T) {
	slot, over := serve(t)
	for _, step := range []struct{ what, frame, want string }{
		{"tell the ATR", "04", "3BE000FF81317C4192"},
		{"power on", "01", ""},
		{"reset", "02", ""},
		{"an order of a later driver", "7F", ""},
		{"SELECT of the directory", "00A404000E315041592E5359532E444446303100", "6F1C840E315041592E5359532E4444463031A50A8801015F2D04656E7A689000"},
		{"READ RECORD", "00B2010C00", "701B61194F07A0000000031010500B56495341204352454449548701019000"},
		{"power off", "00", ""},
		{"power on", "01", ""},
		{"READ RECORD of a card that lost its session", "00B2010C00", "6985"},
		{"an empty frame", "", "6700"},
		{"two bytes", "00A4", "6700"},
	} {
		if got := slot.send(step.frame, step.want != ""); got != step.want {
			t.Errorf("%s: got %s, want %s", step.what, got, step.want)
		}
	}
	slot.conn.Close()
	if err := receive(t, over); err != nil {
		t.Errorf("Serve: %v, want nil after a removal", err)
	}
}

func TestServeAcrossWrites(t *testing.T) {
	slot, _ := serve(t)
	for _, b := range []byte{0, 5, 0x00, 0xB2, 0x01, 0x0C, 0x00} {
		slot.write([]byte{b})
	}
	if got := slot.read(); got != "6985" {
		t.Errorf("got %s, want 6985", got)
	}
}

func TestServeUntilTheCardIsGone(t *testing.T) {
	card := virtual.NewCard(virtual.Visa())
	card.RemoveAt(1)
	slot, over := serveCard(t, card)
	slot.send("00B2010C00", false)
	if err := receive(t, over); err != nil {
		t.Errorf("Serve: %v, want nil", err)
	}
	if _, err := slot.conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is open after the card left")
	}
}

func TestServeCutShort(t *testing.T) {
	slot, over := serve(t)
	slot.write([]byte{0, 5, 0x00})
	slot.conn.Close()
	if err := receive(t, over); err == nil || !strings.Contains(err.Error(), "frame of 5 bytes") {
		t.Errorf("Serve: %v, want an error that tells the frame", err)
	}
}

// The largest frame that a slot can send is answered like any other.
func TestServeLargestFrame(t *testing.T) {
	slot, _ := serve(t)
	frame := slices.Repeat([]byte{0xFF}, 2+0xFFFF)
	go slot.conn.Write(frame) // what fails here shows in what is read
	if got := slot.read(); got != "6E00" {
		t.Errorf("got %s, want 6E00", got)
	}
}

// ExampleServe is a card in a slot, without the slot: the far end of the connection is
// where the driver would be.
func ExampleServe() {
	driver, card := net.Pipe()
	go pcsctest.Serve(card, virtual.NewCard(virtual.Visa()))

	driver.Write([]byte{0, 1, 4}) // tell the answer to reset
	frame := make([]byte, 11)
	io.ReadFull(driver, frame)
	driver.Close()
	fmt.Printf("%X\n", frame)
	// Output: 00093BE000FF81317C4192
}

func FuzzServe(f *testing.F) {
	f.Add([]byte{0, 1, 4, 0, 5, 0x00, 0xB2, 0x01, 0x0C, 0x00})
	f.Add([]byte{0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, sent []byte) {
		driver, card := net.Pipe()
		go io.Copy(io.Discard, driver) // ends with the pipe
		over := make(chan error, 1)
		go func() { over <- pcsctest.Serve(card, virtual.NewCard(virtual.Visa())) }()
		driver.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := driver.Write(sent); err != nil {
			t.Fatalf("write: %v", err)
		}
		driver.Close()
		_ = receive(t, over) // an end in the middle of a frame is an error, any other is none
	})
}

// slot is the driver's end of a connection.
type slot struct {
	t    *testing.T
	conn net.Conn
}

func serve(t *testing.T) (*slot, <-chan error) {
	t.Helper()
	return serveCard(t, virtual.NewCard(virtual.Visa()))
}

func serveCard(t *testing.T, card pcsctest.Card) (*slot, <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialled, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- pcsctest.Serve(dialled, card) }()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	return &slot{t: t, conn: conn}, over
}

// send sends a frame, and reads one if an answer is due.
func (s *slot) send(frame string, answered bool) string {
	s.t.Helper()
	body, err := hex.DecodeString(frame)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(append(binary.BigEndian.AppendUint16(nil, uint16(len(body))), body...))
	if !answered {
		return ""
	}
	return s.read()
}

func (s *slot) write(b []byte) {
	s.t.Helper()
	if _, err := s.conn.Write(b); err != nil {
		s.t.Fatal(err)
	}
}

func (s *slot) read() string {
	s.t.Helper()
	var length [2]byte
	if _, err := io.ReadFull(s.conn, length[:]); err != nil {
		s.t.Fatal(err)
	}
	body := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(s.conn, body); err != nil {
		s.t.Fatal(err)
	}
	return strings.ToUpper(hex.EncodeToString(body))
}

func receive(t *testing.T, over <-chan error) error {
	t.Helper()
	select {
	case err := <-over:
		return err
	case <-time.After(5 * time.Second):
		t.Fatal("Serve did not come back")
		return nil
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
