// Package odatest is the other side of package oda, for tests and for cards made of
// software: what a scheme, an issuer and a card do with their private keys. It makes
// certificates and signatures of EMV 4.4 Book 2, clauses 5 to 7.
//
//	issuerCert, err := authority.CertifyIssuer(issuer.Public(), pan, terms)
//	iccCert, err := issuer.CertifyICC(icc.Public(), pan, static, terms)
//	sdad, err := icc.SignDynamic(number, asked)
//
// Private keys are used here without any protection against an attacker who measures
// times. Never use it with a key that is worth something.
package odatest
