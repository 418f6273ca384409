package receipt_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/till"
)

// A card may decline what its host approved. The paper then says that it was declined and
// never, beside it, that it was approved.
func TestDeclinedAfterApproval(t *testing.T) {
	for _, code := range strings.Fields("00 08 10 11 16 Y1 Y3") {
		x := with(chipSale(t), declined(code), func(x *till.Txn) { x.DeclinedBy = till.ByCard })
		for _, lang := range []i18n.Lang{i18n.English, i18n.Chinese} {
			for name, d := range map[string]receipt.Doc{"alone": doc(x), "of a ticket": ticketDoc(withTicket(soldTicket(t), state(till.TicketPaying)), nil, x)} {
				paper := receipt.Render(d, receipt.Options{Lang: lang, Copy: receipt.Customer})
				words := receipt.ResponseText(code).In(lang)
				if strings.Contains(strings.ToUpper(paper), strings.ToUpper(words)) {
					t.Errorf("%s, code %s: the paper says %q\n%s", name, code, words, paper)
				}
			}
		}
	}
}
