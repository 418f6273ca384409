// Package vault keeps the keys of the shop and seals what must not lie on the disk in
// the clear: the card number and expiry date that a reversal may need after the
// program that read them is no more.
//
// There is one root key of 32 random bytes in keys/root.key, readable by its owner
// alone, made once with the shop. Every use has a key of its own, derived from it by
// HKDF-SHA-256 (RFC 5869) under the name of the use, so that no key serves two ends.
// Cards are sealed with AES-256-GCM (NIST SP 800-38D) under a random nonce; the use
// and the transaction are authenticated with it, so that a sealed card opens only for
// the transaction that it was sealed for.
//
// keys/root.id holds a check value of the root key. It tells a key that was damaged,
// exchanged or lost from a shop that has none yet: a new key in its place would make
// every sealed card unreadable and give every card another token.
//
// The root key is cleared from memory once the keys are derived, and buffers that held
// a card are cleared after use. That is the best that can be done: the Go runtime may
// have copied them, and the derived keys stay in memory for as long as the Vault does.
package vault
