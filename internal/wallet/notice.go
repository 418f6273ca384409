package wallet

// Remarks on notifications, for the journal. None repeats what a notification said.
const (
	remarkNotice   = "notification: looked into by a query"
	remarkLate     = "notification: late or repeated, nothing changed"
	remarkMismatch = "notification: signed, but of another order or amount; nothing changed"
)

// notified is the one way in which a notification counts: it ends the pause before the
// next query. Whatever it says, the gateway's answer to a question of ours decides. One
// that is not signed by the gateway does not even leave a trace, or whoever sends many
// could fill the journal.
func notified(s State, n Notice) (State, []Action) {
	switch {
	case !n.Trusted, s.Phase == Starting:
		return s, nil
	case !s.isAbout(n):
		return s, []Action{Note{Remark: remarkMismatch}}
	case s.Phase != Waiting, !s.isQueried():
		return s, []Action{Note{Remark: remarkLate}}
	}
	s, actions := s.call(resumption(s.Order))
	return s, append([]Action{Note{Remark: remarkNotice}}, actions...)
}

// isAbout reports a notice of this order or refund, with its amount and currency.
func (s State) isAbout(n Notice) bool {
	if n.Number != s.Order.Number || n.Amount != s.Order.Amount {
		return false
	}
	return n.RefundNumber == "" && s.Order.Flow != Refunding || n.RefundNumber == s.Order.RefundNumber
}

// isQueried reports an order of which a query can tell something that is waited for.
func (s State) isQueried() bool {
	return s.isAwaited() || s.Call == CallQueryRefund
}
