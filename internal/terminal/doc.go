// Package terminal decides what a payment terminal does next, and does nothing.
//
// [Step] takes where a transaction stands and what has happened, and answers with
// where it stands now and what must be done: read the card, make something durable,
// send, tell the card, print. Whoever calls it (package register) performs the
// actions in order and feeds back what came of them. Since Step does no I/O, reads no
// clock and draws no random number, a test can stop the world between any two actions
// and look at what is owed.
//
// The rule that everything hangs on: a request is sent only after a [Commit] that
// holds the image of its reversal came back as [Committed], and an outcome is told to
// anyone only after the Commit that holds it did.
//
// [StepBatch] and [StepSignOn] do the same for closing a batch and for signing on.
package terminal
