package register

import "github.com/tillworks/till/internal/till"

// Observation is something that happened while a use case ran, for screens, stories
// and progress lines. It never holds card data.
type Observation struct {
	What What
	Txn  till.Txn
	Late string // of LateAnswer: the response code
}

// What names an observation.
type What string

// The observations.
const (
	WaitingForCard   What = "waiting_for_card"
	WaitingForPIN    What = "waiting_for_pin"
	CardIsRead       What = "card_read"
	IntentStored     What = "intent_stored" // commit 1
	RequestSent      What = "request_sent"
	CardCompleting   What = "card_completing"
	ReversalSent     What = "reversal_sent"
	Told             What = "told" // the durable outcome, or unknown
	LateAnswer       What = "late_answer"
	CodeShown        What = "code_shown" // Txn.Wallet.Code is to be shown to the shopper
	SigningOn        What = "signing_on"
	TotalsSent       What = "totals_sent"
	AdviceSent       What = "advice_sent"
	RecordSent       What = "record_sent"       // one of a batch whose totals differ
	ConfirmationSent What = "confirmation_sent" // a TC, or the result of a script
)

func (r *Register) observe(w What, t till.Txn) {
	if r.cfg.Observe != nil {
		r.cfg.Observe(Observation{What: w, Txn: t})
	}
}
