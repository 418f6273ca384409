// Package pcsc takes cards from the readers of the machine, by PC/SC: winscard on
// Windows, the PCSC framework on macOS, and the daemon pcscd through libpcsclite
// elsewhere.
//
//	names, err := pcsc.List()
//	device, err := pcsc.Open(names[0])
//	card, err := device.Wait(ctx)
//
// # Building
//
// PC/SC needs nothing on Windows and cgo on macOS. Elsewhere it needs cgo, the header
// files of libpcsclite (libpcsclite-dev on Debian) and the build tag pcsc:
//
//	go build -tags pcsc ./cmd/till
//
// The tag is there so that a plain build works on a machine without the header files.
// A program that was built without PC/SC has this package all the same: [Available] is
// false and everything else fails with an error that says what to build with.
//
// # Readers and cards that come and go
//
// [Readers] tells how every reader stands, [Watch] what changes: both look and touch no
// card, so they may run beside a payment.
//
// # Sharing
//
// A card is connected to exclusively, so that no other program speaks in the middle of
// a payment, and reset when it is closed, so that none finds an application selected
// or a PIN verified. What another program left behind on a card that it did not reset
// is not undone; an EMV payment starts with a SELECT, which does that.
package pcsc
