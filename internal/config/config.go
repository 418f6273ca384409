package config

import (
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Profile says how much is at stake.
type Profile string

// The profiles.
const (
	Lab  Profile = "lab"  // published test card numbers only; the embedded host may be used
	Live Profile = "live" // real cards; needs a host and identifiers of its own
)

// Config is every setting, checked.
type Config struct {
	Profile  Profile
	Lang     i18n.Lang // "" is the language of the system
	Shop     Shop
	Merchant Merchant
	Terminal Terminal
	Host     Host
	Wallet   Wallet
	Reader   Reader
	Tap      Tap
	Limits   Limits
	EMV      EMV
	Receipt  Receipt
	Tax      Tax
	Cash     Cash
	Stock    till.StockPolicy
	Loyalty  till.LoyaltyRules
	Checkout Checkout
}

// EMV is what chip cards are taken with.
type EMV struct {
	CAFile string // file with the schemes' public keys, as oda.ParseKeys reads it; "" is none
}

// Checkout is how the checkout screen behaves.
type Checkout struct {
	Lock    time.Duration // locks after this long without a key; 0 never does
	Border  string        // "auto", "ascii" or "unicode"
	ScanGap time.Duration // between two keys of a scanner, at most
}

// Shop is who sells and where.
type Shop struct {
	Name     string
	Address  string
	Country  Country
	Currency money.Currency
	Timezone *time.Location // of receipts and of fields 12 and 13
	DayStart int            // minutes after midnight at which a business day begins
}

// Calendar tells business days on the shop's clock.
func (s Shop) Calendar() till.Calendar {
	return till.Calendar{Zone: s.Timezone, Cutoff: s.DayStart}
}

// Tax is how prices and taxes go together; the classes themselves are in the store.
type Tax struct {
	Inclusive bool          // prices hold their tax
	ByInvoice bool          // a tax is rounded once over the ticket and not per line
	Rounding  till.Rounding // of a tax to the minor unit
}

// Cash is how cash is handled.
type Cash struct {
	Coin  money.Amount // the smallest coin, to which the cash part is rounded; zero rounds nothing
	Limit money.Amount // a drawer that differs by more than this needs a manager; zero needs none
}

// TaxRules are the rules of the configuration with the classes of the store.
func (c Config) TaxRules(classes []till.TaxClass) till.TaxRules {
	return till.TaxRules{
		Inclusive: c.Tax.Inclusive, ByInvoice: c.Tax.ByInvoice, Rounding: c.Tax.Rounding, Classes: classes, Coin: c.Cash.Coin.Minor(),
	}
}

// Merchant is how the acquirer knows the shop.
type Merchant struct {
	ID       string // field 42, at most 15 characters
	Category string // merchant category code of ISO 18245, four digits
}

// Terminal is how the acquirer knows this till.
type Terminal struct {
	ID string // field 41, at most 8 characters
}

// Host is the card host.
type Host struct {
	Address string // "host:port"; "" is the embedded one
	Profile string // of internal/host
	Timeout time.Duration

	MasterKeyFile string // of the terminal's master key; "" is the public one of the lab

	// WhileReversing says whether a transaction may begin while a reversal waits:
	// "profile" as the host's profile has it, "allow" or "refuse".
	WhileReversing string
}

// IsEmbedded reports that the card host is the one inside the program.
func (h Host) IsEmbedded() bool { return h.Address == "" }

// Wallet is how payments by code are taken.
type Wallet struct {
	Patience time.Duration // how long a shopper may take to pay a code
}

// Reader is the card reader that a sale waits at.
type Reader struct {
	Name string // "virtual", or the beginning of a PC/SC reader's name
	Tap  string // the one that cards are held to; "" is the same
}

// Tap is what is taken of cards that are held to the reader.
type Tap struct {
	Insert money.Amount // from this amount on the card must be inserted; zero never
	Verify money.Amount // from this amount on the cardholder must be verified; zero always
}

// Limits bound what the terminal does by itself; what a host downloads tightens them. The
// zero amount of an offline limit takes nothing offline.
type Limits struct {
	Batch         int          // card transactions of one batch; 0 does not bound
	OfflineCount  int          // offline sales that may wait for the host; 0 takes none
	OfflineSum    money.Amount // and what they may come to
	OfflineAmount money.Amount // the most that one of them may be
	Completion    int          // percent of what a pre-auth holds that its completion may take; 0 does not bound
	Tip           int          // percent of a sale that its tips may come to; 0 does not bound
}

// Receipt is how receipts are printed.
type Receipt struct {
	Width int // characters of a line, 32 or 48
}
