package reader

import "fmt"

// Protocol is the transmission protocol that a card speaks under contacts.
type Protocol byte

// The protocols of ISO/IEC 7816-3: T0 by single bytes, T1 by blocks.
const (
	T0 Protocol = 0
	T1 Protocol = 1
)

// ContactlessATR reports whether an answer to reset is one that a reader makes up for
// a contactless card: 3B 8n 80 01 and n historical bytes (PC/SC part 3, 3.1.3.2.3).
func ContactlessATR(atr []byte) bool {
	return len(atr) >= 5 && atr[0] == 0x3B && atr[1]&0xF0 == 0x80 && atr[2] == 0x80 && atr[3] == 0x01 &&
		len(atr) == 5+int(atr[1]&0x0F)
}

// CheckCommand refuses, with ErrCommand, what cannot be a command with short lengths:
// fewer than the 4 bytes of the header, or more than header, Lc, 255 bytes and Le.
func CheckCommand(command []byte) error {
	if n := len(command); n < 4 || n > 261 {
		return fmt.Errorf("%w: %d bytes, want 4 to 261", ErrCommand, n)
	}
	return nil
}

// Frame fits a command to the protocol of the card. T=1 carries it as it is. T=0
// knows five header bytes and data in one direction only (ISO/IEC 7816-3, 12.2): a
// command without data or expected length gets a P3 of 00, and one with both loses
// its Le, which the card answers with 61xx. The command is not changed; the result
// may share its bytes.
func Frame(p Protocol, command []byte) []byte {
	switch {
	case p != T0:
		return command
	case len(command) == 4:
		return append(command[:4:4], 0)
	case len(command) > 5 && len(command) == 6+int(command[4]):
		return command[: len(command)-1 : len(command)-1]
	}
	return command
}
