// Package pinblock makes and reads the PIN blocks of ISO 9564-1:2017: formats 0, 1, 2
// and 3 of 8 bytes for DES and format 4 of 16 bytes for AES.
//
// A terminal enciphers, a host deciphers or, between two zones, translates:
//
//	block, err := pinblock.Encipher(pinblock.ISO0, pek, pin, pan, random)
//	pin, err := pinblock.Decipher(pinblock.ISO0, pek, block, pan)
//	block, err = pinblock.Translate(block, from, to, random)
//
// Formats 0, 3 and 4 bind the PIN to the card number, so that a block cannot be used with
// another card. Use 4 where the host takes AES, 3 where it takes DES, 0 because most
// still ask for it. Format 1 binds nothing, and format 2 is what an EMV card takes in
// VERIFY (EMV 4.4 Book 3, 6.5.12): it never crosses a network.
//
// [Encode] and [Decode] are the clear blocks, for VERIFY and for callers that encipher
// in a security module. PINs and clear blocks are of type [card.Secret].
//
// [Translate] allows the translations that ISO 9564-1 and PCI PIN Security allow and
// refuses the rest: no host may be talked into an oracle that turns a block into a
// weaker format or binds it to another card.
package pinblock
