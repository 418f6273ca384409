// Package register holds the use cases of the till: take a payment, void, refund,
// settle what was left open, sign on, close the batch. The commands and the screen
// call the same functions.
//
// The register performs what package terminal decides and nothing of its own: it asks
// Step, does each action through a small port (a store, a host, a reader, a vault) and
// feeds back what came of it. The ports are declared here, where they are used.
package register
