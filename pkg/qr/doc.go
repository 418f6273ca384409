// Package qr reads, builds and explains the text of payment codes: merchant-presented
// codes by EMVCo (QR Code Specification for Payment Systems, Merchant-Presented Mode,
// version 1.1), as PIX, PromptPay, QRIS, VietQR, PayNow, DuitNow and others use them,
// and the payment codes that a shopper's wallet shows (付款码).
//
// # Reading
//
// [Parse] takes the text of a merchant code apart and keeps every byte of it: offsets,
// duplicates, order, objects that nobody defined. It judges in grades: a [Fatal] finding
// means that the code must be refused, a [Scheme] finding that it strays from the
// standard in a way that national schemes are known for, a [Warning] that it is odd.
// [Code.Amount], [Code.Currency], [Code.Merchant] and the like say what it asks for.
// [ParsePassive] classifies a shopper's code. [Explain] takes a text of any kind and
// gives every object with its place, its name and its meaning in English or Chinese; it
// never fails.
//
// Lengths count characters, as EMVCo does; offsets count bytes; the check value is taken
// over the bytes of UTF-8 up to and with "6304".
//
// # Building and changing
//
// [Builder] makes a code from typed values and refuses what cannot be. [Code.With]
// changes one object of a code that somebody else made and leaves every other byte as
// it was, save the lengths around it and the check value.
//
// # Secrets
//
// The objects 02 to 25 may hold a card number, and a shopper's code is as good as cash
// until it is used. [Code], [Element] and [Passive] give a mask to everything that
// formats them; the text comes out by Reveal alone. No finding holds a value.
//
// # Symbols
//
// This package knows text only. Package symbol draws and reads the squares.
package qr
