// Package wallet takes payments by QR code and does nothing: it decides.
//
// A till and the wallet of a shopper meet in one of two ways. In the flow [Shown] the
// till asks a gateway for a code, shows it, and the shopper scans it and pays. In the
// flow [Scanned] the shopper shows a payment code (付款码), the till scans it and hands
// it in, and the gateway charges the wallet behind it. Either way the payment happens
// between the shopper and the gateway, and the till learns of it by asking.
//
// [Step] takes where an [Order] stands and what has happened, and answers with where it
// stands now and what must be done: make something durable, call a method of a
// [Gateway], show the code, wait, print. Whoever calls it (package register) performs
// the actions in order and feeds back what came of them. Since Step does no I/O, reads
// no clock and draws no random number, a test can stop the world between any two actions
// and look at what is owed.
//
// # What it holds to
//
// An order number belongs to one attempt and is durable before the gateway hears of it.
// Every call that changes something at the gateway leaves only after a [Commit] for it
// came back as [Committed]; a query changes nothing and may be repeated from the state
// that is durable.
//
// A payment code is handed in once. Nothing makes the till hand it in again: after a
// silence, a failure of the gateway or a restart it queries by the order number.
//
// Nothing fails by time-out alone. Silence after the first call is [StateUnknown], and a
// query leads out of it. An order fails when the gateway says so, when the operator gave
// up before the first byte left, or when not one byte could leave.
//
// When the patience of the shop is over ([Deadline]) an order whose code was shown is
// closed, and one whose payment code was handed in is reversed: closed if it can be,
// refunded whole if it turns out to be paid. An order that is paid after its closing had
// begun refunds itself and ends reversed. One that is paid while the shop still waits is
// paid. When somebody gave up ([Canceled]), a payment that is found is refunded too.
//
// A closing, a reversal and a refund are repeated under the same numbers until the
// gateway acknowledges them, across restarts, without an expiry.
//
// # Notifications
//
// A notification that says "paid" is a reason to query now, not a fact. It counts only
// if the gateway signed it and its order number, refund number, amount and currency are
// those of the order; then the query that it triggers decides. So a forged one changes
// nothing, a late or repeated one is noted in the journal and changes nothing, and a
// till that can hear none (most stand behind a router) works the same, a little later.
//
// # States
//
//	created    INTENT     shown flow: durable, a code was asked for
//	shown      INTENT     the code may be seen
//	submitted  INTENT     the payment code, or the refund, was handed in
//	pending    INTENT     the shopper is paying, or a bank is refunding
//	unknown    INTENT     the first call was not answered
//	closing    INTENT     given up; the gateway has not confirmed yet
//	paid       APPROVED
//	failed     DECLINED   refused, or never sent
//	closed     DECLINED   never paid and never will be
//	reversing  REVERSING  may have been paid, or was; must be undone
//	reversed   REVERSED
//
// A refund is an Order of the flow [Refunding] with the number of the paid order, a
// refund number of its own and the amount to go back. It is submitted, pending or
// unknown until a query says that it is paid (done) or failed. Refunds may be partial and
// repeated; the store bounds their sum here and the gateway does there.
//
// Package gateway speaks to a gateway over signed HTTP, package walletsim is one for the
// lab.
package wallet
