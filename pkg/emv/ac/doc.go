// Package ac computes the application cryptograms of EMV 4.4 Book 2 the way an issuer
// and a card do: the card's keys from the issuer's master key, session keys, the
// request cryptogram (ARQC) and the issuer's answer to it (ARPC).
//
// A host does three things with an authorization request:
//
//	in, err := ac.FromICC(field55)                       // what the card signed
//	cvn, ok := ac.Detect(aid, in.IAD)                    // how it signed
//	icc, err := ac.MasterKey(cvn, mdk, pan, psn)         // the card's own key
//	err = ac.VerifyARQC(cvn, icc, in, arqc)              // nil: this card, this amount
//	auth, err := ac.IssuerAuthData(cvn, icc, in, arqc, "00", ac.Approve())
//
// and sends auth back as tag 91. A card, or a simulation of one, makes the ARQC with
// [ARQC] and checks the answer with [VerifyIssuerAuthData].
//
// Which data a cryptogram covers, how it is padded and under which key, is the scheme's
// choice and named by a cryptogram version number: see [CVN]. The functions below the
// versions, [SessionKey], [Generate], [ARPC1] and [ARPC2], are the pieces that all
// schemes share.
//
// # Versions
//
//	                            master key  session key          under the cryptogram              answer
//	Visa 10 (0A)                option A    none                 29 bytes, AIP, ATC, CVR; zeros    method 1
//	Visa 17 (11)                option A    none                 9F02, 9F37, ATC, CVR byte 2       method 1
//	Visa 18 (12), 22 (22)       option B    common               29 bytes, AIP, ATC, whole IAD     method 2
//	M/Chip 16 (10), 17 (11)     option A    ATC and 9F37         29 bytes, AIP, ATC, CVR, (17:     method 1, master key
//	M/Chip 20 (14), 21 (15)     option A    common                 and 21:) counters               method 1
//	Interac 133 (85)            option A    ATC and 9F37         29 bytes, AIP, ATC, whole IAD     method 1
//	CCD 5 (TDES), 6 (AES)       option B, C common               29 bytes, AIP, ATC, whole IAD     method 2
//
// The 29 bytes are [TerminalTags]; padding is with 80 but for Visa 10 and 17. Where a
// scheme's specification is not public (Visa 17, the counters of M/Chip in data of more
// than 20 bytes) the version is what open implementations agree on, without a published
// vector; so is how the blocks of AES are filled in a script MAC.
//
// # Scripts
//
// After its answer an issuer may change a card with commands that carry a MAC. A
// [Messenger] makes them on the issuer's side and opens them on the card's, in the form
// of the version: Visa's and M/Chip's with counter and cryptogram under the MAC,
// Interac's without, the Common Core's in data objects with each MAC under the next.
// [Messenger.ChangePIN] gives the card a new PIN. [CVC3] is the code of contactless
// cards in magnetic stripe mode.
//
// Keys are of type [Key], which cannot be printed and gives its bytes to nobody. All
// comparisons take the same time wherever the two values differ.
package ac
