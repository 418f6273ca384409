// Package walletsim is a wallet gateway and the wallets behind it in one process, for the
// lab: it speaks the protocol of package gateway on the loopback, keeps a durable ledger
// and sends notifications. No money moves.
//
// [Open] opens a gateway on a folder and [Sim.Serve] answers tills over HTTP, lets
// shoppers pay and sends notifications. [Sim.Orders] and [Sim.Totals] show the books for
// reconciliation, [Sim.Verify] checks them.
//
// # Orders
//
// An order is known by its number: 6 to 32 letters, digits, hyphens and underscores. The
// first Create or Submit of a number is decided, and written down before its answer
// leaves; the same again gets the same order as it stands, and another order under the
// number is refused (number_used).
//
// Create makes an order with a code to show; some time later ([Config.PayAfter]) a
// shopper scans and pays it, unless a rule says otherwise. Submit takes a payment code of
// 10 to 24 digits and is paid at once, unless a rule says otherwise. The code decides
// whose wallet it is (wechat, alipay, unionpay or lab) and is forgotten: it is not kept,
// logged or reported in any form, not even as a digest, so that the gateway cannot tell
// one that was used before.
//
// Query tells how an order stands. Close ends one that is not decided; its answer "paid"
// tells that it was too late. A number that was never seen is buried by Close: a Create or
// Submit of it that comes later is answered "closed" and never stands. An order that
// passes its own expiry is closed by that.
//
// # Refunds
//
// A refund is known by its refund number. It is done or refused once, and asking again
// gets the same answer. All refunds of an order together stay within its payment.
//
// # Notifications
//
// When an order is paid the gateway posts to the URL that the order named, which must be
// http and on the loopback by number. What is not taken with a 200 is sent again after
// one, two, four and eight seconds. They are in the ledger until then: another process
// on the folder sends what this one left.
//
// # Rules
//
// [Rules] lists the ways in which orders and refunds go wrong, chosen by the last two
// digits of the amount. A rule of an order never touches what undoes it. A rule of a
// refund holds for partial refunds only, so that whatever is undone whole can be undone.
// HTTP status 500 (BrokenOnce) answers a Create of which nothing was kept, and a Submit
// that was paid: a till cannot tell them apart.
//
// # Time
//
// The clock that is handed in decides when a shopper has paid. Whoever looks at an order
// first sees what time has brought by then; the worker of Serve looks when it is due.
package walletsim
