package ac

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/emv"
)

// ErrScript says of bytes, or of an order, that it is no command of an issuer script that
// a card or an issuer can mean.
var ErrScript = errors.New("not an issuer script command")

// Instruction is the INS byte of a command that an issuer sends in a script.
type Instruction byte

// The instructions of issuer scripts (EMV 4.4 Book 3, 6.5; PUT DATA and UPDATE RECORD of
// ISO/IEC 7816-4).
const (
	CardBlock          Instruction = 0x16
	ApplicationUnblock Instruction = 0x18
	ApplicationBlock   Instruction = 0x1E
	PINChange          Instruction = 0x24 // with data, PIN CHANGE; without, PIN UNBLOCK
	PutData            Instruction = 0xDA
	UpdateRecord       Instruction = 0xDC
)

// ScriptKeys are the master keys that secure messaging needs, derived from the issuer's
// with [MasterKey]. Visa's PIN change needs the key of the cryptograms too.
type ScriptKeys struct {
	Integrity       Key // SMI: of the MAC
	Confidentiality Key // SMC: of enciphered data
	Cryptogram      Key
}

// Command is a script command before it is protected, or after it was read.
type Command struct {
	Instruction Instruction
	P1, P2      byte
	Data        []byte // in the clear
	Secret      bool   // Data goes enciphered
}

// Messenger protects the script commands of one transaction, on the issuer's side with
// [Messenger.Seal] and on the card's with [Messenger.Open] (EMV 4.4 Book 2, 9). Both
// sides take the commands in their order: the key or the MAC of a command depends on
// the commands before it. It is not safe for concurrent use.
type Messenger struct {
	version CVN
	keys    ScriptKeys
	counter uint16
	chain   [8]byte // the cryptogram, and what takes its place for later commands
	how     messaging
}

// messaging is how a version protects scripts.
type messaging struct {
	keys    func(Messenger) (ScriptKeys, error)
	covers  func(Messenger, sealed) []byte
	next    func(chain, code [8]byte) [8]byte // nil: every command is protected alike
	filling filling
	format1 bool // Book 2, 9.2.1.1: the data field is BER-TLV
}

// filling is how enciphered data fills its blocks.
type filling byte

const (
	fillAlways filling = iota // padding method 2, in CBC
	fillNeeded                // the same where the data does not fill its blocks already
	fillLength                // its length before it and padding method 2, in ECB: Visa's
)

// sealed is a command as a MAC covers it.
type sealed struct {
	header [4]byte
	lc     byte
	data   []byte
}

// NewMessenger begins the scripts that answer a cryptogram: arqc is the request
// cryptogram and atc the counter of the transaction.
func NewMessenger(v CVN, keys ScriptKeys, atc uint16, arqc [8]byte) (*Messenger, error) {
	m, err := v.method()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(v.wantKey(keys.Integrity), v.wantKey(keys.Confidentiality)); err != nil {
		return nil, fmt.Errorf("script keys: %w", err)
	}
	return &Messenger{version: v, keys: keys, counter: atc, chain: arqc, how: m.script}, nil
}

// Seal is a command as it goes into tag 86 of a script: the header, the data as the
// version carries it, and the MAC of 8 bytes.
func (m *Messenger) Seal(c Command) ([]byte, error) {
	keys, err := m.how.keys(*m)
	if err != nil {
		return nil, err
	}
	data := bytes.Clone(c.Data)
	if c.Secret {
		data = m.encipher(keys.Confidentiality, data)
	}
	s := sealed{header: m.header(c), data: m.field(data, c.Secret)}
	length := len(s.data) + m.macLength()
	if length > 255 {
		return nil, fmt.Errorf("%w: data of %d bytes, want at most 255 with the MAC", ErrScript, length)
	}
	s.lc = byte(length)
	code, err := m.code(keys.Integrity, s)
	if err != nil {
		return nil, err
	}
	m.advance(code)
	apdu := append(append(s.header[:], s.lc), s.data...)
	if m.how.format1 {
		return emv.AppendTLV(apdu, tagMAC, code[:]), nil
	}
	return append(apdu, code[:]...), nil
}

// Open checks the MAC of a command and gives it in the clear. A command whose MAC is
// wrong is ErrCryptogram and leaves the messenger where it was; what is no protected
// command is ErrScript.
func (m *Messenger) Open(apdu []byte) (Command, error) {
	s, got, secret, err := m.take(apdu)
	if err != nil {
		return Command{}, err
	}
	keys, err := m.how.keys(*m)
	if err != nil {
		return Command{}, err
	}
	code, err := m.code(keys.Integrity, s)
	if err != nil {
		return Command{}, err
	}
	if err := mac.Verify(code, got); err != nil {
		return Command{}, fmt.Errorf("%w: MAC of the script command", ErrCryptogram)
	}
	c := Command{Instruction: Instruction(s.header[1]), P1: s.header[2], P2: s.header[3], Secret: secret}
	if c.Data, err = m.plain(keys.Confidentiality, s.data, secret); err != nil {
		return Command{}, err
	}
	m.advance(code)
	return c, nil
}

// take splits a command into what the MAC covers and the MAC.
func (m *Messenger) take(apdu []byte) (s sealed, code []byte, secret bool, err error) {
	if len(apdu) < 5+m.macLength() || len(apdu) != 5+int(apdu[4]) {
		return sealed{}, nil, false, fmt.Errorf("%w: %d bytes do not hold the data that their length tells, with a MAC", ErrScript, len(apdu))
	}
	s = sealed{header: [4]byte(apdu[:4]), lc: apdu[4]}
	if s.header[0] != m.class(Instruction(s.header[1])) {
		return sealed{}, nil, false, fmt.Errorf("%w: class %02X, want %02X", ErrScript, s.header[0], m.class(Instruction(s.header[1])))
	}
	end := len(apdu) - m.macLength()
	s.data, code = apdu[5:end], apdu[end:]
	if !m.how.format1 {
		return s, code, Instruction(s.header[1]) == PINChange && len(s.data) > 0, nil
	}
	if code[0] != tagMAC || code[1] != 8 {
		return sealed{}, nil, false, fmt.Errorf("%w: no tag 8E with 8 bytes at its end", ErrScript)
	}
	return s, code[2:], len(s.data) > 0 && s.data[0] == tagEnciphered, nil
}

// plain takes the data out of the form that it travels in.
func (m *Messenger) plain(k Key, data []byte, secret bool) ([]byte, error) {
	if m.how.format1 && len(data) > 0 {
		tree, err := emv.Parse(data, emv.Strict)
		if err != nil || len(tree) != 1 || tree[0].Tag != tagPlain && tree[0].Tag != tagEnciphered {
			return nil, fmt.Errorf("%w: want one object 81 or 87 before the MAC", ErrScript)
		}
		data = tree[0].Value
		if secret {
			if len(data) == 0 || data[0] != 0x01 {
				return nil, fmt.Errorf("%w: want a padding indicator of 01", ErrScript)
			}
			data = data[1:]
		}
	}
	if !secret {
		return bytes.Clone(data), nil
	}
	return m.decipher(k, data)
}

// Objects of format 1 (Book 2, 9.2.1.1 and 9.3.1.1).
const (
	tagPlain      = 0x81
	tagEnciphered = 0x87
	tagMAC        = 0x8E
)

// field is the data field without the MAC.
func (m *Messenger) field(data []byte, secret bool) []byte {
	switch {
	case !m.how.format1 || len(data) == 0:
		return data
	case secret:
		return emv.AppendTLV(nil, tagEnciphered, append([]byte{0x01}, data...))
	}
	return emv.AppendTLV(nil, tagPlain, data)
}

func (m *Messenger) macLength() int {
	if m.how.format1 {
		return 10
	}
	return 8
}

func (m *Messenger) header(c Command) [4]byte {
	return [4]byte{m.class(c.Instruction), byte(c.Instruction), c.P1, c.P2}
}

// class is the class byte: the low four bits tell the format of secure messaging, the
// high ones are 8 for the instructions of EMV and 0 for those of ISO/IEC 7816-4.
func (m *Messenger) class(i Instruction) byte {
	low := byte(0x04)
	if m.how.format1 {
		low = 0x0C
	}
	if i == PutData || i == UpdateRecord {
		return low
	}
	return 0x80 | low
}

func (m *Messenger) code(k Key, s sealed) ([8]byte, error) {
	return Generate(k, m.how.covers(*m, s), mac.Method2)
}

func (m *Messenger) advance(code [8]byte) {
	if m.how.next != nil {
		m.chain = m.how.next(m.chain, code)
	}
}

// coversTransaction is the MAC of Visa and M/Chip: counter and cryptogram go between
// the header and the data.
func coversTransaction(m Messenger, s sealed) []byte {
	head := binary.BigEndian.AppendUint16(append(s.header[:], s.lc), m.counter)
	return slices.Concat(head, m.chain[:], s.data)
}

// coversCommand is the MAC of Interac: the command alone.
func coversCommand(_ Messenger, s sealed) []byte {
	return slices.Concat(s.header[:], []byte{s.lc}, s.data)
}

// coversChain is the MAC of format 1 with chaining (Book 2, 9.2.3.1): the cryptogram or
// the MAC of the command before, the header filled with 80 and zeros, the data
// objects. The blocks of AES are filled as those of DES are.
func coversChain(m Messenger, s sealed) []byte {
	size := m.keys.Integrity.cipher().BlockSize()
	chain := append(m.chain[:], make([]byte, size-len(m.chain))...)
	head := append(append(s.header[:], 0x80), make([]byte, size-5)...)
	return slices.Concat(chain, head, s.data)
}

// countUp is M/Chip's way to the next command: the number that stands for the
// cryptogram goes up by one.
func countUp(chain, _ [8]byte) [8]byte {
	return [8]byte(binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(chain[:])+1))
}

func chainMAC(_, code [8]byte) [8]byte { return code }

// visaScriptKeys are the master keys with the counter in the last bytes of the left half
// and its complement in those of the right.
func visaScriptKeys(m Messenger) (ScriptKeys, error) {
	return m.derived(func(k Key) (Key, error) { return VisaScriptKey(k, m.counter) })
}

// VisaScriptKey is the session key of Visa's secure messaging: the master key, the last
// two bytes of its left half combined with the counter and those of the right half with
// the counter's complement. No parity is set.
func VisaScriptKey(icc Key, atc uint16) (Key, error) {
	if icc.IsZero() || icc.aes {
		return Key{}, fmt.Errorf("master key %w: want one of triple DES", ErrKey)
	}
	b := icc.bytes()
	b[6] ^= byte(atc >> 8)
	b[7] ^= byte(atc)
	b[14] ^= ^byte(atc >> 8)
	b[15] ^= ^byte(atc)
	return newKey(b), nil
}

// commonScriptKeys are the common session keys of the cryptogram (Book 2, A1.3.1).
func commonScriptKeys(m Messenger) (ScriptKeys, error) {
	return m.derived(func(k Key) (Key, error) { return SessionKeyFor(k, m.chain) })
}

func (m Messenger) derived(session func(Key) (Key, error)) (k ScriptKeys, err error) {
	k.Cryptogram = m.keys.Cryptogram
	if k.Integrity, err = session(m.keys.Integrity); err != nil {
		return ScriptKeys{}, err
	}
	k.Confidentiality, err = session(m.keys.Confidentiality)
	return k, err
}

func (f filling) pad(data []byte, size int) []byte {
	switch {
	case f == fillNeeded && len(data)%size == 0:
		return data
	case f == fillLength:
		data = append([]byte{byte(len(data))}, data...)
	}
	data = append(slices.Clip(data), 0x80)
	return append(data, make([]byte, (size-len(data)%size)%size)...)
}

// unpad is the way back. Padding that is there only where it is needed cannot be told
// from data that ends in 80 and zeros; no PIN block does.
func (f filling) unpad(data []byte) ([]byte, bool) {
	plain := bytes.TrimRight(data, "\x00")
	padded := len(plain) > 0 && plain[len(plain)-1] == 0x80
	if padded {
		plain = plain[:len(plain)-1]
	}
	switch f {
	case fillNeeded:
		if !padded {
			return data, true
		}
		return plain, true
	case fillLength:
		if !padded || len(plain) == 0 || int(plain[0]) != len(plain)-1 {
			return nil, false
		}
		return plain[1:], true
	case fillAlways:
	}
	return plain, padded
}

func (m *Messenger) encipher(k Key, data []byte) []byte {
	block := k.cipher()
	data = m.how.filling.pad(data, block.BlockSize())
	out := make([]byte, len(data))
	if m.how.filling == fillLength {
		eachBlock(block.Encrypt, block.BlockSize(), out, data)
		return out
	}
	cipher.NewCBCEncrypter(block, make([]byte, block.BlockSize())).CryptBlocks(out, data)
	return out
}

func (m *Messenger) decipher(k Key, data []byte) ([]byte, error) {
	block := k.cipher()
	if len(data) == 0 || len(data)%block.BlockSize() != 0 {
		return nil, fmt.Errorf("%w: %d enciphered bytes, want whole blocks of %d", ErrScript, len(data), block.BlockSize())
	}
	out := make([]byte, len(data))
	if m.how.filling == fillLength {
		eachBlock(block.Decrypt, block.BlockSize(), out, data)
	} else {
		cipher.NewCBCDecrypter(block, make([]byte, block.BlockSize())).CryptBlocks(out, data)
	}
	plain, ok := m.how.filling.unpad(out)
	if !ok {
		return nil, fmt.Errorf("%w: enciphered data is not filled as it should be", ErrScript)
	}
	return plain, nil
}

func eachBlock(crypt func(dst, src []byte), size int, dst, src []byte) {
	for i := 0; i < len(src); i += size {
		crypt(dst[i:i+size], src[i:i+size])
	}
}
