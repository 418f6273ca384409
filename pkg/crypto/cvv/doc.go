// Package cvv computes the static card verification values of Visa and Mastercard, which
// an issuer checks and nobody else may keep: CVV or CVC on the stripe, iCVV or Chip CVC in
// the track of a chip, CVV2 or CVC2 on the back of the card.
//
// All are the same computation; what differs is the service code that goes in:
//
//	v, err := cvv.Compute(cvk, pan, expiry, "101")             // the stripe's own
//	v, err := cvv.Compute(cvk, pan, expiry, cvv.ServiceChip)   // iCVV
//	v, err := cvv.Compute(cvk, pan, expiry, cvv.ServicePrint)  // CVV2
//
// UnionPay's CVN, JCB's CAV and Discover's DCVV are computed so as well. The value is a
// [card.Secret] of three digits; compare a received one with [Verify].
package cvv
