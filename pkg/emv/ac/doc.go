// Package ac computes the application cryptograms of EMV 4.4 Book 2 the way an issuer
// and a card do: the card's keys from the issuer's master key, session keys, the
// request cryptogram (ARQC) and the issuer's answer to it (ARPC).
//
// A host does three things with an authorization request:
//
//	in, err := ac.FromICC(field55)                       // what the card signed
//	icc, err := ac.ICCMasterKey(mdk, pan, psn)           // the card's own key
//	err = ac.VerifyARQC(cvn, icc, in, arqc)              // nil: this card, this amount
//	auth, err := ac.IssuerAuthData(cvn, icc, in.ATC, arqc, "00", ac.Approve())
//
// and sends auth back as tag 91. A card, or a simulation of one, makes the ARQC with
// [ARQC] and checks the answer with [VerifyIssuerAuthData].
//
// Which data a cryptogram covers, how it is padded and under which key, is the scheme's
// choice and named by a cryptogram version number: see [CVN]. The functions below the
// versions, [SessionKey], [Generate], [ARPC1] and [ARPC2], are the pieces that all
// schemes share.
//
// Keys are of type [Key], which cannot be printed and gives its bytes to nobody. All
// comparisons take the same time wherever the two values differ.
package ac
