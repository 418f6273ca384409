package dump

import (
	"fmt"
	"slices"
	"strings"
)

// Format is how bytes are written down in an input. The package documentation has a
// table of what each looks like.
type Format string

// The formats. The zero value asks a [Reader] to look at the input and tell.
const (
	Unknown    Format = ""           // tell by the first 64 KiB
	Hex        Format = "hex"        // hex digits: a message a line, wrapped, spaced, 0x, C arrays
	Rows       Format = "rows"       // rows of offset and bytes, of a tool that none of the names below fits
	XXD        Format = "xxd"        // xxd, and xxd -g 1
	Hexdump    Format = "hexdump"    // hexdump -C, and hexdump of 16-bit words
	OD         Format = "od"         // od -t x1, with z or without, -A x, d or o
	Tcpdump    Format = "tcpdump"    // tcpdump -x, -X, -xx, -XX: packets, put together again
	Wireshark  Format = "wireshark"  // Wireshark's "Offset Hex Text", tshark -x
	PowerShell Format = "format-hex" // PowerShell's Format-Hex
	JPOS       Format = "jpos"       // log of jPOS: XML with hexdumps in it, or the hexdumps alone
	Base64     Format = "base64"     // base64, standard or for URLs, a message a line or wrapped
	Text       Format = "text"       // characters as they are, a message a line
	Raw        Format = "raw"        // bytes as they are
	Pcap       Format = "pcap"       // capture of libpcap
	Pcapng     Format = "pcapng"     // capture of Wireshark
)

// Formats lists the formats by name, without Unknown.
func Formats() []Format {
	return []Format{Hex, Rows, XXD, Hexdump, OD, Tcpdump, Wireshark, PowerShell, JPOS, Base64, Text, Raw, Pcap, Pcapng}
}

// ParseFormat reads the name of a format, in any case; "" and "auto" are Unknown.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(strings.TrimSpace(name)))
	if f == Unknown || f == "auto" {
		return Unknown, nil
	}
	if !slices.Contains(Formats(), f) {
		return Unknown, fmt.Errorf("dump: %w", ErrFormat)
	}
	return f, nil
}

// hasRows reports a format of rows that begin with an offset.
func (f Format) hasRows() bool {
	switch f {
	case Rows, XXD, Hexdump, OD, Tcpdump, Wireshark, PowerShell, JPOS:
		return true
	}
	return false
}
