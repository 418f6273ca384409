// Package money holds amounts as whole minor units of an ISO 4217 currency.
//
// An [Amount] is made by [New] from minor units or by [Parse] from text, and is
// never a float: what cannot be exact is refused, amounts of two currencies are
// never added, and a sum that leaves 64 bits is an error and not a wrapped number.
package money
