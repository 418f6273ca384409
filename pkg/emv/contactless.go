package emv

import (
	"errors"
	"fmt"
)

// Contactless is the reader's side of one payment by a card or phone that is held to
// it (EMV Contactless Books A and B). The zero value takes everything, asks the issuer
// for everything and verifies the holder of everything.
type Contactless struct {
	// Qualifiers is tag 9F66, the terminal transaction qualifiers: what the reader can
	// do. Bits 8 and 7 of the second byte, online cryptogram and cardholder verification
	// required, follow from the limits and from ForceOnline in each transaction and
	// must be 0 here. The EMV mode must be set in the first byte, the mode of the
	// magnetic stripe must not: it is not performed here.
	Qualifiers [4]byte
	// Limits hold for the applications whose AID brings none of its own.
	Limits ContactlessLimits
}

// ContactlessLimits are the reader's limits for one application, in minor units (Book
// A, 5.2; Book C-2, annex A, DF8123 to DF8126).
type ContactlessLimits struct {
	// Transaction is the smallest amount that is not taken without contacts; 0 is no
	// limit. OnDevice stands in its place for a phone of the M/Chip shape, which says
	// before it is asked that it verifies its holder itself; 0 is the same limit.
	Transaction, OnDevice int64
	// CVM is the smallest amount of which the holder must be verified; 0 verifies
	// every one.
	CVM int64
	// Floor is the largest amount that may be approved offline.
	Floor int64
}

// Bits of tag 9F66.
const (
	ttqMagstripe      = 0x80 // first byte
	ttqEMV            = 0x20
	ttqOnlinePIN      = 0x04
	ttqSignature      = 0x02
	ttqOnlineRequired = 0x80 // second byte
	ttqCVMRequired    = 0x40
	ttqIssuerUpdate   = 0x80 // third byte
	ttqOnDevice       = 0x40
)

// The kernels of Book B, table 3-6, that are performed here, as the directory of a card
// names them.
const (
	kernelMChip    = 2
	kernelQVSDC    = 3
	kernelUnionPay = 7 // the shape of qVSDC
)

func (c Contactless) check() error {
	q := c.Qualifiers
	switch {
	case q[0]&ttqEMV == 0:
		return fmt.Errorf("terminal transaction qualifiers: got %08X without the EMV mode", q)
	case q[0]&ttqMagstripe != 0:
		return fmt.Errorf("terminal transaction qualifiers: got %08X with the mode of the magnetic stripe, which is not performed here", q)
	case q[1]&(ttqOnlineRequired|ttqCVMRequired) != 0:
		return fmt.Errorf("terminal transaction qualifiers: got %08X, want bits 8 and 7 of byte 2 left to the limits", q)
	}
	return c.Limits.check()
}

func (l ContactlessLimits) check() error {
	return errors.Join(
		inRange("contactless transaction limit", l.Transaction, 0, maxAmount),
		inRange("contactless transaction limit with verification on the device", l.OnDevice, 0, maxAmount),
		inRange("contactless verification limit", l.CVM, 0, maxAmount),
		inRange("contactless floor limit", l.Floor, 0, maxAmount),
	)
}

// isContactless reports a payment by a card that is held to the reader.
func (r *run) isContactless() bool { return r.cfg.Contactless != nil }

// limitsOf are the limits for an entry of the terminal's list.
func (c Config) limitsOf(a AID) ContactlessLimits {
	if a.Contactless != nil {
		return *a.Contactless
	}
	return c.Contactless.Limits
}

// refuses reports an amount that is not taken without contacts, of a holder whom the
// device verified or of any other.
func (l ContactlessLimits) refuses(amount int64, onDevice bool) bool {
	limit := l.Transaction
	if onDevice && l.OnDevice > 0 {
		limit = l.OnDevice
	}
	return limit > 0 && amount >= limit
}
