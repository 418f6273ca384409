package virtual

import (
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
)

// Profile is what is written on a card at its making. The zero values of its fields
// are useful: a card under T=0 without PSE and PIN. A [Card] takes a copy; changing a
// profile later changes no card.
type Profile struct {
	Name         string          // by which a command line asks for it
	Protocol     reader.Protocol // T0 or T1
	Mute         bool            // the chip is dead: a reader finds a card and no answer, and Exec is not asked
	PSE          bool            // has the directory 1PAY.SYS.DDF01, so that terminals need not try their list
	Blocked      bool            // the issuer blocked the card: every SELECT is answered 6A81
	PIN          card.Secret     // 4 to 12 digits for VERIFY; zero: the card has no PIN and VERIFY is answered 6984
	PINTries     int             // wrong PINs in a row until VERIFY is answered 6983
	Contactless  bool            // is held to the reader: speaks T=1 and has the directory 2PAY.SYS.DDF01, whatever the fields above say
	Applications []Application   // in the order of the directory
}

// Application is one payment application of a card.
type Application struct {
	AID       []byte // 5 to 16 bytes (tag 4F, 84)
	Label     string // 1 to 16 characters (50)
	Preferred string // name in the issuer's own characters (9F12); empty: none
	Priority  byte   // 1 is the highest, 0 is none (87)
	Blocked   bool   // SELECT is answered 6283 and every cryptogram is an AAC

	PAN         card.PAN         // 5A and 57
	PSN         string           // sequence number, two digits (5F34)
	Expiry      card.Expiry      // last month of use (5F24, 57)
	ServiceCode card.ServiceCode // 5F30, 57
	Holder      string           // name, 2 to 26 characters (5F20)
	Country     uint16           // issuer's country, ISO 3166-1 numeric (5F28)
	Currency    uint16           // ISO 4217 numeric (9F42)

	AIP        [2]byte // what the application can do (82); in byte 1 04: EXTERNAL AUTHENTICATE, 40: SDA, 20: DDA, 01: CDA
	Usage      [2]byte // where it may be used (9F07)
	Version    [2]byte // of the application (9F08)
	PDOL       []byte  // what GET PROCESSING OPTIONS carries (9F38); empty: nothing
	CDOL1      []byte  // what the first GENERATE AC carries (8C)
	CDOL2      []byte  // what the second carries (8D); with 91 in it, that is where the ARPC is checked
	CVMList    []byte  // cardholder verification methods (8E)
	IACDefault [5]byte // issuer action codes (9F0D)
	IACDenial  [5]byte // (9F0E)
	IACOnline  [5]byte // (9F0F)
	PINKey     bool    // takes enciphered PINs under a key of their own (9F2D); else under the one it signs with
	Format2    bool    // answers in templates with tags (77) instead of plain values (80)

	// The issuer's master keys, from which the card's follow as ac.MasterKey derives them
	// for the version: for cryptograms, for the MAC of scripts and for what scripts carry
	// enciphered. Without the last two the card refuses every script.
	MasterKey          []byte
	IntegrityKey       []byte
	ConfidentialityKey []byte

	DerivationIndex byte   // key index in the issuer application data
	CVN             ac.CVN // cryptogram version, which the issuer application data tells
	ATC             uint16 // transaction counter before the first transaction (9F36)
	LastOnlineATC   uint16 // of the last transaction that the issuer answered (9F13); 0: the card is new

	Tap          Tap // what a card that is held to the reader has besides
	IssuerAuth   IssuerAuth
	OfflineLimit int64 // approves offline when asked to, up to this amount in minor units of Currency; 0: never
	OfflineCount int   // and this many times since it was last online; 0: no limit
	DeclineOver  int64 // declines whatever is over this amount of minor units; 0: no limit
}

// Tap is what an application does without contacts.
type Tap struct {
	Kernel     byte    // kernel identifier in the directory (9F2A); 0: none, the reader chooses
	Quick      bool    // the shape of qVSDC: GET PROCESSING OPTIONS gives the cryptogram; else there are records and one GENERATE AC
	Qualifiers [2]byte // card transaction qualifiers (9F6C); how the holder is to be verified is added in each transaction
	FormFactor []byte  // what kind of thing is held to the reader (9F6E)
	OnDevice   bool    // verifies its holder itself
	Locked     bool    // answers 6986 the first time it is asked to verify its holder, as a phone does that must be unlocked
}

// IssuerAuth is what the card makes of the issuer's cryptogram when it is asked to
// approve after an online answer.
type IssuerAuth byte

// The rules of issuer authentication.
const (
	// IssuerAuthOptional approves when the cryptogram is right or was not given, and
	// declines when it is wrong.
	IssuerAuthOptional IssuerAuth = iota
	// IssuerAuthRequired declines too when none was given.
	IssuerAuthRequired
	// IssuerAuthBroken takes every cryptogram to be wrong, as a card does whose issuer
	// lost its key: it declines after every online approval that carries one.
	IssuerAuthBroken
)

// Profiles are the cards that come with the package, a function each.
func Profiles() []Profile {
	return []Profile{
		Visa(), Visa18(), Pair(),
		PlainPIN(), EncipheredPIN(),
		SDA(), DDA(), CDA(),
		TapVisa(), Phone(), TapMC(), PhoneMC(),
		MChip(), CCD(), CCDAES(),
	}
}

// ProfileByName finds one of [Profiles] by its name.
func ProfileByName(name string) (Profile, bool) {
	for _, p := range Profiles() {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}

// Visa is a credit card, profile "visa": T=1, plain answers, cryptogram version 10
// (the card's own key, no padding), issuer authentication by EXTERNAL AUTHENTICATE. It
// goes online for everything, PIN 1234.
func Visa() Profile {
	return Profile{
		Name: "visa", Protocol: reader.T1, PSE: true, PIN: card.NewSecret("1234"), PINTries: 3,
		Applications: []Application{visaCredit()},
	}
}

// Visa18 is a debit card, profile "visa18": answers in templates with tags and
// cryptogram version 18 (a session key by the counter, the whole issuer application
// data under the cryptogram, ARPC by method 2), a right ARPC needed. PIN 1234.
func Visa18() Profile {
	return Profile{
		Name: "visa18", Protocol: reader.T1, PSE: true, PIN: card.NewSecret("1234"), PINTries: 3,
		Applications: []Application{visaDebit()},
	}
}

// Pair is a card with two applications, profile "pair": debit before credit, so that a
// terminal has a choice to offer. It speaks T=0, and its credit application takes the
// ARPC in the second GENERATE AC.
func Pair() Profile {
	debit, credit := visaDebit(), visaCredit()
	credit.Priority = 2
	credit.AIP = [2]byte{0x18, 0x00}
	credit.CDOL2 = append([]byte{0x8A, 0x02, 0x91, 0x0A}, credit.CDOL1...)
	return Profile{
		Name: "pair", Protocol: reader.T0, PSE: true, PIN: card.NewSecret("1234"), PINTries: 3,
		Applications: []Application{debit, credit},
	}
}

// visaCredit is the application that terminals meet most: what a terminal
// must send is country at the start, and the eight values of a Visa cryptogram.
func visaCredit() Application {
	cdol1 := []byte{
		0x9F, 0x02, 6, 0x9F, 0x03, 6, 0x9F, 0x1A, 2, 0x95, 5, 0x5F, 0x2A, 2, 0x9A, 3, 0x9C, 1, 0x9F, 0x37, 4,
	}
	return Application{
		AID: []byte{0xA0, 0, 0, 0, 0x03, 0x10, 0x10}, Label: "VISA CREDIT", Priority: 1,
		PAN: testPAN("4761739001010010"), PSN: "01", Expiry: "3112", ServiceCode: "201",
		Holder: "TEST/CARD", Country: 156, Currency: 156,
		AIP: [2]byte{0x1C, 0x00}, Usage: [2]byte{0xFF, 0x80}, Version: [2]byte{0x00, 0x96},
		PDOL:  []byte{0x9F, 0x1A, 2},
		CDOL1: cdol1, CDOL2: append([]byte{0x8A, 0x02}, cdol1...),
		CVMList: []byte{
			0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0x03, 0x5E, 0x03, 0x42, 0x03, 0x1F, 0x00,
		},
		IACDefault: [5]byte{0xF0, 0x40, 0x8C, 0x88, 0x00},
		IACDenial:  [5]byte{0x00, 0x10, 0x00, 0x00, 0x00},
		IACOnline:  [5]byte{0xF0, 0x40, 0x8C, 0x98, 0x00},
		MasterKey: []byte{
			0x23, 0x15, 0x20, 0x8C, 0x91, 0x10, 0xAD, 0x40, 0x23, 0x15, 0x20, 0x8C, 0x91, 0x10, 0xAD, 0x40,
		},
		IntegrityKey: []byte{
			0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
		},
		ConfidentialityKey: []byte{
			0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x76, 0x54, 0x32, 0x10, 0xFE, 0xDC, 0xBA, 0x98,
		},
		DerivationIndex: 1, CVN: ac.CVN10, ATC: 0x0041, LastOnlineATC: 0x0040,
	}
}

func visaDebit() Application {
	a := visaCredit()
	a.AID = []byte{0xA0, 0, 0, 0, 0x03, 0x20, 0x10}
	a.Label, a.Preferred = "VISA DEBIT", "TILL DEBIT"
	a.PAN = testPAN("4761739001010119")
	a.CVN, a.Format2, a.IssuerAuth = ac.CVN18, true, IssuerAuthRequired
	return a
}

// testPAN makes a number of a literal of this file; one that is none leaves the card
// without a number, which the tests of the profiles would find.
func testPAN(digits string) card.PAN {
	pan, _ := card.ParsePAN(digits)
	return pan
}
