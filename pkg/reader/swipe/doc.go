// Package swipe takes cards from a stripe reader that types what it reads, as a keyboard
// does: most stripe readers for a counter are of that kind, and those on a serial line
// send the same.
//
//	device := swipe.NewReader(os.Stdin, swipe.Options{})
//	card, err := device.Wait(ctx)
//
// # What is typed
//
// Each track stands between the start sentinel of its own and the end sentinel ?
// (ISO/IEC 7811-2 and 7813), one behind the other or a line each:
//
//	%B4111111111111111^TEST/CARD^31121010000000000000000?;4111111111111111=31121010000000000?
//
// A payment needs track 2. Track 1 is looked at where it is there: it must tell of the
// same card. Track 3 is passed over. A track that the device found and could not read is
// typed as E between its sentinels by most of them (%E?;E?).
//
// A swipe ends with a line end, or where nothing more comes for a while ([Options]).
// It has at most [MaxLength] bytes. What is longer or is no swipe, somebody typing for
// one, is passed over up to the next line end or pause.
//
// # Card data
//
// What was typed stays in the memory of this package no longer than it takes to read
// the track, and no error holds a character of it. Whoever hands over a terminal must
// turn its echo off.
package swipe
