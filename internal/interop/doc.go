// Package interop has no code of the product: its tests let till and jPOS, a library for
// ISO 8583 that others wrote, talk to each other over TCP, in both directions and over
// every combination of framing and packager that [testdata/interop] names.
//
// They run by `make interop`, which sets the build tag interop, where Maven and a JDK of
// version 17 or above are there. The programs on jPOS are ours, are built once into the
// user's cache folder and run as processes of their own: jPOS is under the AGPL, and
// nothing of it is linked, shipped or stored here.
//
// [testdata/interop]: https://github.com/tillworks/till/tree/main/testdata/interop
package interop
