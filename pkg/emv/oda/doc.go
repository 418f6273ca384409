// Package oda is offline data authentication of EMV 4.4 Book 2, clauses 5 to 7: how a
// terminal finds out, without asking anybody, that the data of a card are the issuer's
// and that the card is no copy.
//
// A scheme signs the key of an issuer, the issuer signs the key and the data of a
// card, and the card signs what the terminal sends it:
//
//	ca, err := keys.Find(rid, index)                          // 8F, of the terminal's list
//	issuer, err := oda.RecoverIssuer(ca, issuerCert, who)     // 90, 92, 9F32
//	dac, err := oda.VerifyStatic(issuer.Key, ssad, data)      // 93: the data are whole
//	icc, err := oda.RecoverICC(issuer.Key, iccCert, data, who) // 9F46, 9F47, 9F48
//	number, err := oda.VerifyDynamic(icc.Key, sdad, asked)    // 9F4B: the card is the card
//	signed, err := oda.VerifyCombined(icc.Key, sdad, c)       // and so is its cryptogram
//
// [EncipherPIN] uses the same certificates the other way round: it hides a PIN on its
// way to the card.
//
// # Keys of the schemes
//
// [ParseKeys] reads a terminal's list of certification authority keys, each with the
// day on which its use ends and where it came from; [Keys.Expiring] warns in time. No
// production key comes with the package. [TestKeys] is an authority whose private part
// is published and which no terminal in live use may trust.
//
// # What it rests on
//
// Signatures are RSA with message recovery by ISO/IEC 9796-2 and SHA-1, as Book 2
// annexes A2.1 and B2.1 have them; moduli of 512 to 1984 bits, which crypto/rsa would
// refuse. Only public values are raised to public exponents here, so the time that an
// operation takes tells nothing. Elliptic curves (clauses 8 and 12) are not done.
package oda
