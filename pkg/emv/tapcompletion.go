package emv

// concludeTap is the end of a payment without contacts: the issuer's word is the last
// one, since the card is mostly gone when it comes. Only where reader and card of the
// qVSDC shape both can, and the card is held to the reader again or still, it is told
// (issuer update, Book C-3, 5.9); whatever becomes of that changes nothing of the
// decision.
func (r *run) concludeTap(result IssuerResult) error {
	r.updating = true
	r.begin(StepOnline)
	r.decideTap(result)
	if !r.canUpdate() {
		return nil
	}
	return r.ask(StepSelectApplication, selectCommand(r.chosen.AID, 0x00), func(a answer) error {
		if !a.ok() {
			r.note("The card does not take the issuer's answer", "卡片不接受发卡行应答")
			return nil
		}
		return r.authenticateTap()
	})
}

// decideTap is the issuer's word. Where nobody could be asked there is no approval: the
// card gave none to fall back on.
func (r *run) decideTap(result IssuerResult) {
	switch {
	case result.UnableOnline:
		r.setARC("Z3")
		r.decision = DeclinedOffline
		r.note("Issuer not asked: declined", "未能联机：拒绝")
		return
	case result.Approves():
		r.decision = Approved
	default:
		r.decision = Declined
	}
	r.setARC(result.ARC)
	r.note("%s: %s", "%s：%s", result.ARC, both(func(lang string) string { return coded(sayResponseCode, result.ARC, lang) }))
	r.note("Without contacts that is the decision", "非接交易以此为准")
}

// canUpdate reports that there is something to tell the card, and that both sides can.
func (r *run) canUpdate() bool {
	some := len(r.result.IssuerAuthData) > 0 || len(r.result.Scripts) > 0
	return some && !r.isMChip() && r.qualifiers[2]&ttqIssuerUpdate != 0 && r.ctq(1)&ctqUpdate != 0
}

// authenticateTap proves the issuer to the card. Scripts are for a card that believes.
func (r *run) authenticateTap() error {
	scripts := func() error {
		return r.runScripts(TagScriptBefore, func() error { return r.runScripts(TagScriptAfter, func() error { return nil }) })
	}
	if len(r.result.IssuerAuthData) == 0 {
		return scripts()
	}
	c := command{cla: 0x00, ins: 0x82, data: r.result.IssuerAuthData}
	return r.ask(StepExternalAuth, c, func(a answer) error {
		r.setTSI(5)
		r.authState = IssuerAuthPassed
		if !a.ok() {
			r.authState = IssuerAuthFailed
			r.note("The answer is not the issuer's, says the card", "卡片认为应答并非来自发卡行")
			return nil
		}
		return scripts()
	})
}

// endUpdate is a card that went away, or talks nonsense, while it was told the issuer's
// answer.
func (r *run) endUpdate() {
	r.waiting, r.out = nil, nil
	if r.step == nil {
		r.begin(StepOnline)
	}
	r.note("The card was not told the issuer's answer to its end", "发卡行应答未能完整告知卡片")
}
