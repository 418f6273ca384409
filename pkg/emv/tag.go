package emv

import (
	"encoding/hex"
	"fmt"
	"math/bits"
	"strings"
)

// Tag names a data object: the one to four bytes of a BER-TLV tag field, read as one
// big-endian number (EMV 4.4 Book 3, annex B1). 0x9F02 is the tag 9F 02. Zero is no
// tag: EMV uses the byte 00 as filling between objects.
type Tag uint32

// The tags that the packages of this module work with by name. The dictionary, see
// [Lookup], knows many more.
const (
	TagApplicationID          Tag = 0x4F   // ADF name in a directory entry
	TagApplicationLabel       Tag = 0x50   //
	TagTrack2                 Tag = 0x57   // track 2 equivalent data
	TagPAN                    Tag = 0x5A   //
	TagApplicationTemplate    Tag = 0x61   // one entry of a directory record
	TagFCI                    Tag = 0x6F   // what SELECT answers
	TagRecord                 Tag = 0x70   // what READ RECORD answers
	TagScriptBefore           Tag = 0x71   // issuer script to run before the second GENERATE AC
	TagScriptAfter            Tag = 0x72   // issuer script to run after it
	TagResponse2              Tag = 0x77   // response message template format 2
	TagResponse1              Tag = 0x80   // response message template format 1
	TagAmountBinary           Tag = 0x81   //
	TagAIP                    Tag = 0x82   // application interchange profile
	TagCommandTemplate        Tag = 0x83   // the filled PDOL
	TagDFName                 Tag = 0x84   //
	TagScriptCommand          Tag = 0x86   // one command APDU of an issuer script
	TagPriority               Tag = 0x87   // application priority indicator
	TagSFI                    Tag = 0x88   // short file identifier of the directory
	TagARC                    Tag = 0x8A   // authorisation response code
	TagCDOL1                  Tag = 0x8C   //
	TagCDOL2                  Tag = 0x8D   //
	TagCVMList                Tag = 0x8E   //
	TagCAKeyIndex             Tag = 0x8F   // certification authority public key index of the card
	TagIssuerCertificate      Tag = 0x90   // issuer public key certificate
	TagIssuerAuthData         Tag = 0x91   //
	TagIssuerRemainder        Tag = 0x92   // issuer public key remainder
	TagSSAD                   Tag = 0x93   // signed static application data
	TagAFL                    Tag = 0x94   // application file locator
	TagTVR                    Tag = 0x95   // terminal verification results
	TagTDOL                   Tag = 0x97   //
	TagTCHash                 Tag = 0x98   //
	TagTransactionDate        Tag = 0x9A   //
	TagTSI                    Tag = 0x9B   // transaction status information
	TagTransactionType        Tag = 0x9C   //
	TagFCIProprietary         Tag = 0xA5   //
	TagCardholderName         Tag = 0x5F20 //
	TagExpiry                 Tag = 0x5F24 // application expiration date
	TagEffective              Tag = 0x5F25 // application effective date
	TagIssuerCountry          Tag = 0x5F28 //
	TagCurrency               Tag = 0x5F2A // transaction currency code
	TagLanguages              Tag = 0x5F2D // language preference
	TagServiceCode            Tag = 0x5F30 //
	TagPSN                    Tag = 0x5F34 // PAN sequence number
	TagCurrencyExponent       Tag = 0x5F36 //
	TagAcquirer               Tag = 0x9F01 //
	TagAmount                 Tag = 0x9F02 // amount, authorised
	TagAmountOther            Tag = 0x9F03 // cashback
	TagAmountOtherBinary      Tag = 0x9F04 //
	TagTerminalAID            Tag = 0x9F06 // application identifier of the terminal
	TagAUC                    Tag = 0x9F07 // application usage control
	TagCardVersion            Tag = 0x9F08 // application version number of the card
	TagTerminalVersion        Tag = 0x9F09 // application version number of the terminal
	TagIACDefault             Tag = 0x9F0D //
	TagIACDenial              Tag = 0x9F0E //
	TagIACOnline              Tag = 0x9F0F //
	TagIAD                    Tag = 0x9F10 // issuer application data
	TagIssuerCodeTable        Tag = 0x9F11 //
	TagPreferredName          Tag = 0x9F12 // application preferred name
	TagLastOnlineATC          Tag = 0x9F13 //
	TagLowerOfflineLimit      Tag = 0x9F14 // lower consecutive offline limit
	TagMCC                    Tag = 0x9F15 //
	TagMerchantID             Tag = 0x9F16 //
	TagPINTries               Tag = 0x9F17 //
	TagScriptID               Tag = 0x9F18 //
	TagTerminalCountry        Tag = 0x9F1A //
	TagFloorLimit             Tag = 0x9F1B //
	TagTerminalID             Tag = 0x9F1C //
	TagRiskData               Tag = 0x9F1D // terminal risk management data
	TagSerialNumber           Tag = 0x9F1E // interface device serial number
	TagTransactionTime        Tag = 0x9F21 //
	TagTerminalCAKeyIndex     Tag = 0x9F22 // certification authority public key index of the terminal
	TagUpperOfflineLimit      Tag = 0x9F23 // upper consecutive offline limit
	TagAC                     Tag = 0x9F26 // application cryptogram
	TagCID                    Tag = 0x9F27 // cryptogram information data
	TagPINCertificate         Tag = 0x9F2D // card's public key certificate for PINs
	TagPINExponent            Tag = 0x9F2E //
	TagPINRemainder           Tag = 0x9F2F //
	TagIssuerExponent         Tag = 0x9F32 // issuer public key exponent
	TagTerminalCapabilities   Tag = 0x9F33 //
	TagCVMResults             Tag = 0x9F34 //
	TagTerminalType           Tag = 0x9F35 //
	TagATC                    Tag = 0x9F36 // application transaction counter
	TagUnpredictableNumber    Tag = 0x9F37 //
	TagPDOL                   Tag = 0x9F38 //
	TagEntryMode              Tag = 0x9F39 // point of service entry mode
	TagAdditionalCapabilities Tag = 0x9F40 //
	TagSequenceCounter        Tag = 0x9F41 // transaction sequence counter
	TagApplicationCurrency    Tag = 0x9F42 //
	TagDAC                    Tag = 0x9F45 // data authentication code
	TagICCCertificate         Tag = 0x9F46 // card's public key certificate
	TagICCExponent            Tag = 0x9F47 //
	TagICCRemainder           Tag = 0x9F48 //
	TagDDOL                   Tag = 0x9F49 // dynamic data authentication data object list
	TagSDATagList             Tag = 0x9F4A // static data authentication tag list
	TagSignedDynamic          Tag = 0x9F4B // signed dynamic application data
	TagICCDynamicNumber       Tag = 0x9F4C //
	TagMerchantName           Tag = 0x9F4E // merchant name and location
	TagScriptResults          Tag = 0x9F5B // issuer script results
	TagKernel                 Tag = 0x9F2A // kernel identifier of a directory entry
	TagTTQ                    Tag = 0x9F66 // terminal transaction qualifiers
	TagCardAuthData           Tag = 0x9F69 // card authentication related data
	TagCTQ                    Tag = 0x9F6C // card transaction qualifiers
	TagFormFactor             Tag = 0x9F6E // form factor indicator, or third party data
	TagIssuerDiscretionary    Tag = 0xBF0C // FCI issuer discretionary data
)

// ParseTag reads a tag from 2 to 8 hexadecimal digits and refuses what is not exactly
// one tag field.
func ParseTag(s string) (Tag, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) == 0 {
		return 0, fmt.Errorf("tag of %d characters: want 2 to 8 hexadecimal digits", len(s))
	}
	tag, n, err := readTag(b)
	if err != nil {
		return 0, fmt.Errorf("tag of %d bytes: %w", len(b), err)
	}
	if n != len(b) {
		return 0, fmt.Errorf("tag of %d bytes: the tag field ends after %d", len(b), n)
	}
	return tag, nil
}

// String is the tag in upper-case hexadecimal: "9F02".
func (t Tag) String() string {
	return strings.ToUpper(hex.EncodeToString(t.Append(nil)))
}

// Append puts the bytes of the tag field behind dst.
func (t Tag) Append(dst []byte) []byte {
	for i := t.Len() - 1; i >= 0; i-- {
		dst = append(dst, byte(t>>(8*i)))
	}
	return dst
}

// Len is the number of bytes of the tag field, 1 to 4.
func (t Tag) Len() int { return max(1, (bits.Len32(uint32(t))+7)/8) }

// IsConstructed reports that the value of the object holds further data objects (bit
// 6 of the first byte).
func (t Tag) IsConstructed() bool { return t.first()&0x20 != 0 }

// IsPrivate reports the private class (both high bits of the first byte), whose tags
// mean what the issuer of the card says.
func (t Tag) IsPrivate() bool { return t.first()&0xC0 == 0xC0 }

func (t Tag) first() byte { return byte(t >> (8 * (t.Len() - 1))) }

// readTag reads the tag field at the start of b and gives its length.
func readTag(b []byte) (Tag, int, error) {
	if len(b) == 0 {
		return 0, 0, ErrTruncated
	}
	if b[0]&0x1F != 0x1F {
		if b[0] == 0 {
			return 0, 0, ErrTag
		}
		return Tag(b[0]), 1, nil
	}
	tag := Tag(b[0])
	for n := 1; n < 4; n++ {
		if n == len(b) {
			return 0, 0, ErrTruncated
		}
		tag = tag<<8 | Tag(b[n])
		if b[n]&0x80 == 0 {
			return tag, n + 1, nil
		}
	}
	return 0, 0, ErrTag
}
