// Package linktest is a card host for tests: real TCP on loopback, real frames, and for
// each request the fate that the test wants it to meet. It is to package link what
// httptest is to net/http.
//
// A test that needs no more than approvals says
//
//	host := linktest.NewHost(t, linktest.Config{})
//	client, err := link.Dial(ctx, host.Addr(), host.ClientConfig())
//
// and one that is about trouble says which, in the order in which the requests arrive:
//
//	host := linktest.NewHost(t, linktest.Config{},
//		linktest.Answer(),        // the sign-on
//		linktest.LoseAnswer(),    // the sale: the host has posted it, the shop does not know
//		linktest.Silence(),       // its reversal never arrived
//		linktest.Answer())        // the repeat did
//
// [Host.On] scripts one message type apart from the rest. What arrived is in
// [Host.Received]. A step that no request met fails the test at its end, since a test
// of trouble that never came proves nothing.
//
// # The fates
//
// Two kinds of silence have to be told apart, because the money is in another place: in
// [Silence] the request was lost and the Handler never saw it, in [LoseAnswer] the Handler
// did its work and the answer was lost. [Close] and [CloseAnswered] differ in the same way.
// [HalfFrame] cuts the answer at a byte. [Garbage] is a sound frame without a message,
// [Noise] is bytes without a frame. [OtherSTAN], [OtherTerminal], [OtherAmount] and
// [Alter] are answers that do not belong to the request. [Duplicate], [Unsolicited] and
// [Host.Push] are answers that nobody waits for. [Delay] and [Hold] put any of them off.
//
// For whole connections there are [Host.Refuse], [Host.Accept] and [Host.Drop].
//
// # Books
//
// The default Handler approves everything and remembers nothing. A test that is about
// money gives its own, such as a simulator with a ledger: the fates then happen around
// it, between the ledger and the shop.
package linktest
