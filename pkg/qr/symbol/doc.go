// Package symbol draws text as QR codes and reads codes from images.
//
// [New] makes a [Symbol] (ISO/IEC 18004) and decodes it again before it hands it out: a
// symbol that does not say what it was asked to say is an error. Text beyond ASCII is
// preceded by an ECI, without which readers guess the character set and guess wrong. A
// Symbol is drawn as PNG and SVG with modules of whole units, and as half blocks for a
// terminal; each drawing holds its quiet zone of four modules on every side.
//
// [Scan] reads QR codes, and Code 128 as wallets show it, from an image, trying harder
// step by step. What it finds may be a shopper's payment code, so it comes hidden in a
// card.Secret.
//
// Programs that only parse payment texts import package qr and do not pay for this one.
package symbol
