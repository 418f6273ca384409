// Package store holds what every adapter of the shop's store has in common: the form
// of the journal and the rules that a commit must keep. The adapters are its
// subpackages, and storetest is the suite that each of them passes.
//
// # The journal
//
// Each commit that changes something of the shop appends a row to the journal for each
// thing that it changes: the whole of it as it stands after the commit, as canonical JSON,
// and the SHA-256 of the row chained to the row before. What belongs to the shop's books
// and was changed by somebody says by whom, when and why; a line of a ledger is a row of
// its own, stock moves of one commit are one together. Rows are never changed and never removed. A
// [Chain] makes and checks them. Every [CheckpointEvery] rows the hash so far is
// written down a second time, so that opening a store checks the tail and not a
// million rows; a full verification recomputes everything.
//
// The chain has no key. It finds what a failing disk, a wrong backup or a careless hand
// did; somebody who rewrites every row after the one that he changed is found by a
// head that was printed or kept elsewhere.
//
// # The rules
//
// Package terminal decides what happens to a transaction. What stands here is the last
// line behind it, checked inside the commit where nobody else can come between: which
// states may follow which ([CheckMove]), what a void needs ([CheckVoid]), and that
// refunds never exceed the sale ([CheckRefund]).
//
// # Tickets
//
// A ticket is paid by transactions and stands where they have brought it ([TicketState]):
// goods, points and the sums of the reports move in the commit of the transaction that
// completes it, and back in that of the void that undoes the last of them. What may pay
// for it is [CheckPayment], what a return may take back [CheckReturn], what may be undone
// [CheckUndo]. Its body is long, is written once for each state and stands in the journal
// alone; an adapter keeps beside it what finds it.
package store
