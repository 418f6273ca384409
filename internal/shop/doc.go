// Package shop holds the use cases of the shop around a payment: who may do what, staff
// and their hours, shifts and the drawer, the closing of the day, customers and their
// points, the catalogue and its stock, sales and returns of lines, reports. The commands
// and the screen call the same methods of [Shop].
//
// # Who acts
//
// Every method asks first who acts and whether that role may do it; the table is
// [till.PermissionTable] and there is no other. A shop that has no staff has nobody to tell
// apart: its actor is [till.Owner] and may do everything. As soon as there is one member,
// somebody must be signed in at the terminal. Where the role asks for an approval, another
// member who is allowed gives it in place with their PIN, and both are recorded.
//
// # PINs
//
// A PIN is hashed with argon2id (RFC 9106) under a pepper that is not in the store, so that
// a copy of the store alone does not let anybody try the ten thousand PINs of four digits.
// Each try is counted durably before the PIN is looked at, so that a program that is ended
// in between has not tried for nothing.
package shop
