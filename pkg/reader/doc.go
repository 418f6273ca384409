// Package reader is what a payment terminal takes cards from: a chip reader, a
// stripe reader, or a device that is both.
//
// A [Reader] hands over one card at a time. What it hands over is a [Chip], which
// answers commands, or a [Stripe], which was drawn through and is gone already; a
// type switch tells them apart. The packages below are the devices: virtual is a
// card and a reader made of software, pcsc the readers of the machine, swipe a stripe
// reader that types what it reads, replay a conversation that was recorded. readertest
// is the suite that every device for chips passes, for anyone who writes another.
//
// # Commands
//
// A [Chip] carries bytes and knows nothing of what they mean. Commands and responses
// are those of ISO/IEC 7816-4 with short lengths: a command of 4 to 261 bytes, a
// response of 0 to 256 bytes followed by the status words SW1 and SW2. The procedure
// bytes of T=0 are not hidden: a card under T=0 answers 61xx or 6Cxx, and the caller
// sends GET RESPONSE or the command again with the length asked for (EMV Book 1,
// 9.2.2).
//
// # Card data
//
// Nothing here logs, prints or keeps a command or a response, and no error holds a
// byte of one.
package reader
