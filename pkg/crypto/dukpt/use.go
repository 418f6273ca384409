package dukpt

import "fmt"

// Use is what a working key is for. Request is from the terminal to the host, response
// the other way.
type Use uint8

// The uses. Their numbers mean nothing on the wire.
const (
	// PIN enciphers PIN blocks.
	PIN Use = iota + 1
	// MACRequest makes the codes of requests; with AES it is "message authentication,
	// generation", as seen from the terminal.
	MACRequest
	// MACResponse checks the codes of responses; with AES "verification".
	MACResponse
	// MACBoth is one key for both ways; with triple DES it is MACRequest.
	MACBoth
	// DataRequest enciphers data to the host; with AES "data encryption, encrypt".
	DataRequest
	// DataResponse deciphers data from the host; with AES "decrypt".
	DataResponse
	// DataBoth is one key for both ways; with triple DES it is DataRequest.
	DataBoth
	// KeyEncryption wraps other keys; AES alone has it.
	KeyEncryption
)

// Uses are all uses in their order.
func Uses() []Use {
	return []Use{PIN, MACRequest, MACResponse, MACBoth, DataRequest, DataResponse, DataBoth, KeyEncryption}
}

// String is the name as "mac-request".
func (u Use) String() string {
	switch u {
	case PIN:
		return "pin"
	case MACRequest:
		return "mac-request"
	case MACResponse:
		return "mac-response"
	case MACBoth:
		return "mac-both"
	case DataRequest:
		return "data-request"
	case DataResponse:
		return "data-response"
	case DataBoth:
		return "data-both"
	case KeyEncryption:
		return "key-encryption"
	}
	return fmt.Sprintf("use %d", uint8(u))
}

// ParseUse reads a name as [Use.String] gives it.
func ParseUse(name string) (Use, error) {
	for _, u := range Uses() {
		if u.String() == name {
			return u, nil
		}
	}
	return 0, fmt.Errorf("%w: no use %q", ErrKey, name)
}

// indicator is the key usage indicator of X9.24-3:2017, clause 6.
func (u Use) indicator() (uint16, bool) {
	switch u {
	case KeyEncryption:
		return 0x0002, true
	case PIN:
		return 0x1000, true
	case MACRequest:
		return 0x2000, true
	case MACResponse:
		return 0x2001, true
	case MACBoth:
		return 0x2002, true
	case DataRequest:
		return 0x3000, true
	case DataResponse:
		return 0x3001, true
	case DataBoth:
		return 0x3002, true
	}
	return 0, false
}

// variant is the byte of each half of a triple DES key that is XORed with FF, and whether
// the result is enciphered under itself (X9.24-1:2009, A.4.1).
func (u Use) variant() (at int, oneWay, ok bool) {
	switch u {
	case PIN:
		return 7, false, true
	case MACRequest, MACBoth:
		return 6, false, true
	case MACResponse:
		return 4, false, true
	case DataRequest, DataBoth:
		return 5, true, true
	case DataResponse:
		return 3, true, true
	case KeyEncryption:
	}
	return 0, false, false
}
