package ac

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/emv"
)

// Scheme is who gave a cryptogram version its number: the same number means another
// thing with another scheme.
type Scheme byte

// The schemes whose versions are known here.
const (
	Visa Scheme = iota
	Mastercard
	Interac
	CCD // the Common Core Definitions of EMV 4.4 Book 2 and 3, used by several schemes
)

// String is the name of the scheme as it is written.
func (s Scheme) String() string {
	switch s {
	case Visa:
		return "Visa"
	case Mastercard:
		return "M/Chip"
	case Interac:
		return "Interac"
	case CCD:
		return "CCD"
	}
	return fmt.Sprintf("scheme %d", byte(s))
}

// CVN is a cryptogram version: which data a cryptogram covers, how it is padded and
// under which key it stands. The low byte is the number as the scheme's issuer
// application data carries it, the high byte the [Scheme].
type CVN uint16

// The versions known here.
const (
	// CVN10 is Visa's version 10 (0A): the card's master key itself, zero padding, the
	// card verification results of the issuer application data. The issuer answers with
	// ARPC method 1.
	CVN10 CVN = 0x0A
	// CVN17 is Visa's version 17 (11) of contactless cards: the master key itself, zero
	// padding, and no more than amount, unpredictable number, counter and the second
	// byte of the card verification results. ARPC method 1.
	CVN17 CVN = 0x11
	// CVN18 is Visa's version 18 (12): the common session key, padding with 80, the
	// whole issuer application data. ARPC method 2.
	CVN18 CVN = 0x12
	// CVN22 is Visa's version 22, number 22 hexadecimal, of issuer application data of
	// format 2: as version 18, with common session keys for scripts too.
	CVN22 CVN = 0x22

	// MChip16 is Mastercard's version 16 (10): Mastercard's session key of counter and
	// unpredictable number, padding with 80, the card verification results. The issuer
	// answers with ARPC method 1 under the master key.
	MChip16 CVN = 0x110
	// MChip17 is Mastercard's version 17 (11): as 16, with the card's counters covered.
	MChip17 CVN = 0x111
	// MChip20 is Mastercard's version 20 (14): as 16, under the common session key, and
	// ARPC method 1 under it too.
	MChip20 CVN = 0x114
	// MChip21 is Mastercard's version 21 (15): as 20, with the card's counters covered.
	MChip21 CVN = 0x115

	// Interac133 is Interac's version 133 (85): Mastercard's session key, padding with
	// 80, the whole issuer application data, ARPC method 1 under the session key.
	Interac133 CVN = 0x285

	// CCDTDES is the Common Core cryptogram version 5, for triple DES (EMV 4.4 Book 3,
	// C9.2): the common session key, padding with 80, the whole issuer application data,
	// ARPC method 2.
	CCDTDES CVN = 0x305
	// CCDAES is the Common Core cryptogram version 6, the same with AES.
	CCDAES CVN = 0x306
)

// Versions lists every version known here.
func Versions() []CVN {
	return []CVN{CVN10, CVN17, CVN18, CVN22, MChip16, MChip17, MChip20, MChip21, Interac133, CCDTDES, CCDAES}
}

// Scheme is whose version it is.
func (v CVN) Scheme() Scheme { return Scheme(v >> 8) }

// Number is the version as the card's issuer application data carries it; of the
// Common Core Definitions its low four bits.
func (v CVN) Number() byte { return byte(v) }

// String is scheme and version as people write them: "Visa CVN10", "M/Chip CVN17",
// "CCD AES". Visa's number 22 is hexadecimal, the others are decimal.
func (v CVN) String() string {
	switch v {
	case CVN22:
		return "Visa CVN22"
	case CCDTDES:
		return "CCD TDES"
	case CCDAES:
		return "CCD AES"
	}
	return fmt.Sprintf("%s CVN%d", v.Scheme(), v.Number())
}

// UsesAES reports a version whose keys are AES keys.
func (v CVN) UsesAES() bool { return v == CCDAES }

// method is what a version stands for.
type method struct {
	key     func(icc Key, in Input) (Key, error) // of the cryptogram
	data    func(Input) ([]byte, error)          // what it covers
	padding mac.Padding
	arpcKey func(icc Key, in Input) (Key, error)
	arpc    answerForm
	script  messaging
}

// answerForm is the form of issuer authentication data.
type answerForm byte

const (
	arpcAndCode   answerForm = iota // method 1 and the authorisation response code
	arpcAndMChip                    // method 1 and M/Chip's ARPC response code
	arpcAndUpdate                   // method 2 and the card status update
)

func (v CVN) method() (method, error) {
	visa := messaging{keys: visaScriptKeys, covers: coversTransaction, filling: fillLength}
	mchip := messaging{keys: commonScriptKeys, covers: coversTransaction, next: countUp, filling: fillNeeded}
	switch v {
	case CVN10:
		return method{masterKey, coverResults(3, 7), mac.Method1, masterKey, arpcAndCode, visa}, nil
	case CVN17:
		return method{masterKey, coverContactless, mac.Method1, masterKey, arpcAndCode, visa}, nil
	case CVN18:
		return method{counterKey, coverAll, mac.Method2, counterKey, arpcAndUpdate, visa}, nil
	case CVN22:
		visa.keys = commonScriptKeys
		return method{counterKey, coverAll, mac.Method2, counterKey, arpcAndUpdate, visa}, nil
	case MChip16:
		return method{randomKey, coverResults(2, 8), mac.Method2, masterKey, arpcAndMChip, mchip}, nil
	case MChip17:
		return method{randomKey, coverCounters, mac.Method2, masterKey, arpcAndMChip, mchip}, nil
	case MChip20:
		return method{counterKey, coverResults(2, 8), mac.Method2, counterKey, arpcAndMChip, mchip}, nil
	case MChip21:
		return method{counterKey, coverCounters, mac.Method2, counterKey, arpcAndMChip, mchip}, nil
	case Interac133:
		interac := messaging{keys: commonScriptKeys, covers: coversCommand, filling: fillNeeded}
		return method{randomKey, coverAll, mac.Method2, randomKey, arpcAndCode, interac}, nil
	case CCDTDES, CCDAES:
		ccd := messaging{keys: commonScriptKeys, covers: coversChain, next: chainMAC, filling: fillAlways, format1: true}
		return method{counterKey, coverAll, mac.Method2, counterKey, arpcAndUpdate, ccd}, nil
	}
	return method{}, fmt.Errorf("%w: %s", ErrCVN, v)
}

// MasterKey derives a card's master key for a version from the issuer's: by option A
// (EMV 4.4 Book 2, A1.4.1), for Visa's versions 18 and 22 and the Common Core
// Definitions by option B, for AES by option C.
func MasterKey(v CVN, mdk []byte, pan card.PAN, psn string) (Key, error) {
	switch v {
	case CCDAES:
		return ICCMasterKeyC(mdk, pan, psn)
	case CVN18, CVN22, CCDTDES:
		return ICCMasterKeyB(mdk, pan, psn)
	}
	return ICCMasterKey(mdk, pan, psn)
}

func masterKey(icc Key, _ Input) (Key, error) { return icc, nil }

func counterKey(icc Key, in Input) (Key, error) { return SessionKey(icc, in.ATC) }

// randomKey is Mastercard's session key: counter, two zero bytes and the unpredictable
// number diversify it.
func randomKey(icc Key, in Input) (Key, error) {
	if err := in.wantTerminal(); err != nil {
		return Key{}, err
	}
	r := binary.BigEndian.AppendUint16(nil, in.ATC)
	return SessionKeyFor(icc, [8]byte(append(append(r, 0, 0), in.Terminal[25:29]...)))
}

// minimum is the data that all but one version cover (Book 2, 8.1.1).
func minimum(in Input) []byte {
	data := append(bytes.Clone(in.Terminal), in.AIP[:]...)
	return binary.BigEndian.AppendUint16(data, in.ATC)
}

// coverResults covers the card verification results, the bytes from and to of the
// issuer application data.
func coverResults(from, to int) func(Input) ([]byte, error) {
	return func(in Input) ([]byte, error) {
		if err := in.wantIAD(to); err != nil {
			return nil, err
		}
		return append(minimum(in), in.IAD[from:to]...), nil
	}
}

// coverCounters covers results and counters of M/Chip: behind the dynamic number are
// 8 bytes of counters, in data of more than 20 bytes 16.
func coverCounters(in Input) ([]byte, error) {
	if err := in.wantIAD(18); err != nil {
		return nil, err
	}
	end := 18
	if len(in.IAD) >= 26 {
		end = 26
	}
	return slices.Concat(minimum(in), in.IAD[2:8], in.IAD[10:end]), nil
}

func coverAll(in Input) ([]byte, error) {
	if err := in.wantIAD(1); err != nil {
		return nil, err
	}
	return append(minimum(in), in.IAD...), nil
}

// coverContactless covers 9F02, 9F37, 9F36 and the fifth byte of 9F10.
func coverContactless(in Input) ([]byte, error) {
	if err := in.wantTerminal(); err != nil {
		return nil, err
	}
	if err := in.wantIAD(7); err != nil {
		return nil, err
	}
	data := slices.Concat(in.Terminal[:6], in.Terminal[25:29])
	return append(binary.BigEndian.AppendUint16(data, in.ATC), in.IAD[4]), nil
}

func (in Input) wantIAD(n int) error {
	if len(in.IAD) < n {
		return fmt.Errorf("%w: tag %s: got %d bytes, want at least %d", ErrInput, emv.TagIAD, len(in.IAD), n)
	}
	return nil
}

// wantTerminal wants the values of [TerminalTags], of which single ones are needed.
func (in Input) wantTerminal() error {
	if len(in.Terminal) != terminalLength {
		return fmt.Errorf("%w: data of the terminal: got %d bytes, want %d", ErrInput, len(in.Terminal), terminalLength)
	}
	return nil
}

// terminalLength is how long the values of TerminalTags are together.
const terminalLength = 29

// Detect finds the version from the application's name (tag 84 or 4F) and its issuer
// application data (9F10). Without a name the form of the data decides alone. ok is
// false where the version is not known here.
//
// The Common Core form is known by its fixed bytes whatever the application (Book 3,
// C9.1). Visa's formats 0, 1 and 3 have a length of 06, the key index and the version;
// its formats 2 and 4 a length of 1F and the version. M/Chip has the key index and the
// version and no length, in 18, 20, 26 or 28 bytes. Interac has Visa's order.
func Detect(aid, iad []byte) (v CVN, ok bool) {
	v, ok = detectByForm(iad)
	if len(aid) < 5 || !ok || v.Scheme() == CCD {
		return v, ok
	}
	switch string(aid[:5]) {
	case "\xA0\x00\x00\x00\x03":
		return v, v.Scheme() == Visa
	case "\xA0\x00\x00\x00\x04":
		return v, v.Scheme() == Mastercard
	case "\xA0\x00\x00\x02\x77":
		return v, v.Scheme() == Interac
	}
	return 0, false
}

// DetectCVN is [Detect] where the application's name is not known.
func DetectCVN(iad []byte) (v CVN, ok bool) { return Detect(nil, iad) }

func detectByForm(iad []byte) (v CVN, ok bool) {
	n := len(iad)
	switch {
	case n == 32 && iad[0] == 0x0F && iad[16] == 0x0F && iad[1]>>4 == 0xA:
		v = CVN(CCD)<<8 | CVN(iad[1]&0x0F)
	case n >= 7 && iad[0] == 6 && iad[3] == 3:
		v = CVN(Visa)<<8 | CVN(iad[2])
	case n == 32 && iad[0] == 0x1F:
		v = CVN(Visa)<<8 | CVN(iad[1])
	case n >= 7 && int(iad[0]) == n-1 && iad[2] == Interac133.Number():
		v = Interac133
	case slices.Contains([]int{18, 20, 26, 28}, n):
		v = CVN(Mastercard)<<8 | CVN(iad[1])
	default:
		return 0, false
	}
	if !slices.Contains(Versions(), v) {
		return 0, false
	}
	return v, true
}
