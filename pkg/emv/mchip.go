package emv

// Bits of tag 82 that cards without contacts use (Book C-2, annex A).
const (
	aipOnDevice = 0x02 // first byte: the device verifies its holder
	aipEMVMode  = 0x80 // second byte
)

// onMChipOptions goes on as a contact card does: records, then one GENERATE AC.
func (r *run) onMChipOptions(a answer) error {
	aip, afl, err := options(a.data)
	if err != nil {
		return err
	}
	if aip[1]&aipEMVMode == 0 {
		return noMagstripe("a card of the magnetic stripe mode")
	}
	onDevice := aip[0]&aipOnDevice != 0 && r.qualifiers[2]&ttqOnDevice != 0
	if r.cfg.limitsOf(r.chosen.aid).refuses(r.cfg.Amount, onDevice) {
		r.overLimit = true
		return r.drop("The amount is over the limit without contacts", "金额超过非接限额")
	}
	return r.takeOptions(aip, afl)
}

// verifyTap is cardholder verification of the M/Chip shape (Book C-2, 7.5): by the
// device where it says so, and else by the card's list of methods, among those that
// claimCVM left.
func (r *run) verifyTap(then func() error) error {
	if r.card[TagAIP][0]&aipOnDevice == 0 || r.qualifiers[2]&ttqOnDevice == 0 {
		return r.verifyByList(then)
	}
	r.begin(StepCardholder)
	r.cvm = CVMResults{byte(CVMNotPerformed), 0, CVMSuccessful}
	if r.qualifiers[1]&ttqCVMRequired != 0 {
		r.cvm = CVMResults{byte(CVMPlaintextPIN), 0, CVMSuccessful}
		r.note("Verified by the cardholder's device", "已在持卡人设备上验证")
	} else {
		r.note("Not asked for below the limit", "未达限额，无需验证")
	}
	return then()
}

// weighTap is terminal risk management of the M/Chip shape: the reader's floor limit
// (Book C-2, S456).
func (r *run) weighTap() error {
	r.begin(StepRisk)
	before := r.tvr
	if r.cfg.Amount > r.cfg.limitsOf(r.chosen.aid).Floor {
		r.setTVR(4, 8)
	}
	r.checkExceptions()
	r.noteTVR(before)
	return r.analyse()
}
