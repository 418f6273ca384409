package hostsim

import (
	"context"
	"database/sql"

	"github.com/tillworks/till/internal/till"
)

// told is why the entry of a request was told and not asked; empty where it was asked.
func (r request) told() string {
	if r.op == till.OpUpload {
		return toldByUpload
	}
	return string(r.notice)
}

// take posts what a terminal approved without the host, be the card expired or the issuer
// unwilling: the goods are gone. What is wrong with it is kept as the reason. A card that
// nobody issued has nobody who pays.
func (h *Host) take(r request) decision {
	if !r.card.pan.IsPublishedTest() {
		return decline(codeNoSuchCard, "not a published test card")
	}
	d := approve(nil)
	switch _, why := h.checkTC(r); {
	case why != "":
		d.reason = why
	case r.card.expiry.Before(h.now().Year(), int(h.now().Month())):
		d.reason = "the card is expired"
	}
	return d
}

// What the check of a transaction certificate finds.
const (
	tcRight = "right"
	tcWrong = "wrong"
)

// checkTC verifies the last cryptogram of a chip that approved, where the message has it
// and names the card; why is what is wrong with it.
func (h *Host) checkTC(r request) (found, why string) {
	if len(r.icc) == 0 || !r.card.pan.IsPublishedTest() {
		return "", ""
	}
	if _, err := h.readChip(r, isTC); err != nil {
		return tcWrong, chipReason + err.Error() // names tags and lengths and never a value
	}
	return tcRight, ""
}

// decideTip adds to a sale or completion of the same terminal and batch.
func decideTip(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	original, ok, err := findOriginal(ctx, tx, r)
	switch {
	case err != nil:
		return decision{}, err
	case !ok, !original.stands(), original.terminal != r.terminal, original.batch != r.batch:
		return decline(codeNotLocated, "no such original in this batch"), nil
	case original.kind != till.Sale && original.kind != till.Completion:
		return decline(codeInvalid, "a tip is added to a sale"), nil
	}
	a, err := original.aftermath(ctx, tx)
	switch {
	case err != nil:
		return decision{}, err
	case a.voided:
		return decline(codeInvalid, "voided before"), nil
	}
	return approve(&original), nil
}
