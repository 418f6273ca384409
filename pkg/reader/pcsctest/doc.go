// Package pcsctest runs tests over a real PC/SC daemon without hardware: pcscd with the
// driver of vsmartcard (libifdvpcd.so), and cards of software that dial into it.
//
//	func TestPayment(t *testing.T) {
//		pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
//			stack.Insert(0, virtual.NewCard(virtual.Visa()))
//			device, err := pcsc.Open(stack.Reader(0))
//			…
//		})
//	}
//
// Several readers are asked for by their names, each with two slots:
//
//	pcsctest.Run(t, test, "Till Contact", "Till Contactless")
//
// [Bench] does the same for a benchmark. A card of software is any [Card]; [At] makes one
// of it that meets a mishap in the middle of a conversation, [Held] one that is held to
// the reader.
//
// # Isolation
//
// [Run] starts the test binary again in namespaces of its own for network, mounts and
// processes, and runs the test there, beside a pcscd that nobody else can see. So it
// needs no root, disturbs no pcscd of the machine, can run several times at once, and
// leaves nothing behind: all of it dies with the process that it started.
//
// # Skipping
//
// Where pcscd or its driver is missing, where the program was built without PC/SC, or
// where the system permits no namespaces, the test is skipped with a line that says so.
// With TILL_REQUIRE_PCSC=1 in the environment it fails.
//
// # Protocol
//
// A card of vsmartcard is the one who dials: a slot listens on its own TCP port. Both
// ways go frames of a length in two bytes, high byte first, and as many bytes. One
// byte is an order to the card (0 power off, 1 power on, 2 reset, 4 tell the answer to
// reset), and 4 alone is answered; more is a command, and what goes back is the
// response. A card is removed by closing the connection.
package pcsctest
