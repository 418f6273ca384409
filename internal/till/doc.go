// Package till holds the nouns of the shop and what must be true of each: a
// transaction and its states, a batch, the data of a card while a sale lasts, and the
// problems that a user is told of. It does no I/O and knows no store, host or screen;
// every other internal package may import it.
package till
