package emv

// Bits of tag 82, first byte.
const (
	aipCardholder   = 0x10
	aipRisk         = 0x08
	aipExternalAuth = 0x04
)

// Bits of tag 9F07.
const (
	aucDomesticCash      = 0x80
	aucInternationalCash = 0x40
	aucDomesticSale      = 0x28 // goods or services
	aucInternationalSale = 0x14
	aucATM               = 0x02
	aucOtherThanATM      = 0x01
	aucDomesticBack      = 0x80 // second byte
	aucInternationalBack = 0x40
)

// examine is what the terminal does by itself between reading and the first GENERATE
// AC. The standard leaves the order of most of it open.
func (r *run) examine() error {
	return r.authenticateData(func() error {
		r.restrict()
		return r.verifyCardholder(r.manageRisk)
	})
}

// restrict is processing restrictions (Book 3, 10.4).
func (r *run) restrict() {
	r.begin(StepRestrictions)
	before := r.tvr
	r.restrictVersion()
	r.restrictUse()
	r.restrictDates()
	r.noteTVR(before)
}

func (r *run) restrictVersion() {
	own, known := r.terminal[TagTerminalVersion]
	cards, present := r.card[TagCardVersion]
	if known && present && string(own) != string(cards) {
		r.setTVR(2, 8)
	}
}

func (r *run) restrictDates() {
	today := dayOf(r.cfg.Date)
	if effective, ok := parseDate(r.card[TagEffective]); ok && today.before(effective) {
		r.setTVR(2, 6)
	}
	if expiry, ok := parseDate(r.card[TagExpiry]); ok && expiry.before(today) {
		r.setTVR(2, 7)
	}
}

// restrictUse compares application usage control with place and kind (10.4.2).
func (r *run) restrictUse() {
	auc, ok := r.card[TagAUC]
	if !ok {
		return
	}
	place := byte(aucOtherThanATM)
	if r.cfg.isATM() {
		place = aucATM
	}
	allowed := auc[0]&place != 0
	if country, ok := r.card[TagIssuerCountry]; ok {
		domestic := string(country) == string(r.terminal[TagTerminalCountry])
		allowed = allowed && r.cfg.allowedBy(auc, domestic)
	}
	if !allowed {
		r.setTVR(2, 5)
	}
}

// allowedBy reports that usage control allows this kind of transaction in the card's
// country or abroad. A refund and an enquiry have no bits.
func (c Config) allowedBy(auc []byte, domestic bool) bool {
	cash, sale, back := byte(aucInternationalCash), byte(aucInternationalSale), byte(aucInternationalBack)
	if domestic {
		cash, sale, back = aucDomesticCash, aucDomesticSale, aucDomesticBack
	}
	switch {
	case c.isCash():
		return auc[0]&cash != 0
	case c.isCashback():
		return auc[0]&sale != 0 && auc[1]&back != 0
	case c.TransactionType == 0x00:
		return auc[0]&sale != 0
	}
	return true
}

// isATM reports an unattended terminal of a bank that gives cash (Book 4, annex A1).
func (c Config) isATM() bool {
	return c.TerminalType >= 0x14 && c.TerminalType <= 0x16 && c.AdditionalCapabilities[0]&0x80 != 0
}

func (c Config) isCash() bool { return c.TransactionType == 0x01 }

func (c Config) isCashback() bool { return c.TransactionType == 0x09 || c.Other > 0 }

// isUnattended reports the terminal types ending in 4, 5 and 6.
func (c Config) isUnattended() bool { return c.TerminalType&0x0F >= 4 }

// isOnlineOnly and isOfflineOnly are the first and the last of each three types.
func (c Config) isOnlineOnly() bool  { return c.TerminalType&0x0F == 1 || c.TerminalType&0x0F == 4 }
func (c Config) isOfflineOnly() bool { return c.TerminalType&0x0F == 3 || c.TerminalType&0x0F == 6 }

// noteTVR says which bits of the verification results came new.
func (r *run) noteTVR(before [5]byte) {
	var fresh [5]byte
	some := false
	for i := range fresh {
		fresh[i] = r.tvr[i] &^ before[i]
		some = some || fresh[i] != 0
	}
	if !some {
		r.note("Nothing to object to", "无异常")
		return
	}
	english, chinese := Bits(TagTVR, fresh[:], "en"), Bits(TagTVR, fresh[:], "zh")
	for i := range english {
		r.step.notes = append(r.step.notes, words{en: english[i], zh: chinese[i]})
	}
}
